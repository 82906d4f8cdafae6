"""Whether the record is kept up: how long ago it ends, and whom that concerns."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from analysis.errors import BrinkwatchError
from analysis.schedule import notes, rules
from analysis.schedule.call import Call, tell_operator
from analysis.schedule.ledger import transaction


def complaint(ends: dt.date, limit: dt.timedelta, now: dt.datetime) -> str | None:
    """Say in one sentence that a record is stale, and what to do; None if it is not.

    Parameters
    ----------
    ends: the newest day on which anything was reported.
    limit: how long ago that may be; a day of which a part is within the limit is.
    now: the moment of which this is asked.

    >>> sentence = complaint(dt.date(2024, 3, 6), dt.timedelta(3), dt.datetime(2024, 3, 10, 6))
    >>> sentence.partition(":")[0]
    'The record ends on 2024-03-06, 4 days before today; the limit is 3d'
    """
    if ends >= (now - limit).date():
        return None
    days = (now.date() - ends).days
    return (
        f"The record ends on {ends}, {days} day{'s' * (days > 1)} before today; "
        f"the limit is {rules.written(limit)}: add what has been reported since, "
        "or raise stale_after under [record] if nothing has."
    )


def look(call: Call) -> str | None:
    """Return the complaint about a record, if there is one; let the operator have it by mail, once.

    Where the configuration sets no limit, nobody looks. A record with faults or without a row is
    not judged: the attempts tell what cannot be made from it. The ledger learns on which day the
    record ends; rows reported more than a day later than the call do not count.
    """
    limit = call.config.stale_after
    ends = None if limit is None else _end(call.order.data, call.now.date())
    if limit is None or ends is None:
        return None
    sentence = complaint(ends, limit, call.now)
    with transaction(call.connection):
        notes.note_record_through(call.connection, ends, call.now)
        if sentence:
            what = f"upkeep of the record, which ends on {ends}"
            tell_operator(call, what, sentence, once=True)
    return sentence


def _end(data: Path, today: dt.date) -> dt.date | None:
    # What settles reports takes long to load, for which `brinkwatch status` need not wait.
    from analysis.publish.plan import contents

    try:
        return contents(data, today).record_through
    except BrinkwatchError:
        return None
