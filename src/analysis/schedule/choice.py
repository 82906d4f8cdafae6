"""Which editions a reader has chosen: by report, by the schedule that made them, by parameters.

And at which of them one has to look to see what is owed, as :func:`to_make_out` has it.

What they may see is another matter: :mod:`analysis.deliver.clearance`.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from analysis.parameters import may_see
from analysis.schedule import machines
from analysis.schedule.clock import stamp
from analysis.schedule.settings import Reader
from analysis.today import last_day

_TO_MAKE_OUT = """
SELECT * FROM (
    SELECT *, max(as_of) OVER (PARTITION BY report) AS newest,
        manifest_sha256 IN (SELECT * FROM made_out) AS is_made_out
    FROM publication WHERE as_of <= :day)
WHERE as_of = newest OR NOT is_made_out OR published >= :since
ORDER BY as_of, folder"""

#: For so long what one machine has made out is looked at by the others, for their own readers.
_BY_OTHERS = dt.timedelta(days=7)


@dataclass(frozen=True)
class Edition:
    """What of a published edition a choice looks at.

    Parameters
    ----------
    report: its report.
    parameters: all its parameters.
    schedules: names of the schedules that made it; none of what was made by hand.
    """

    report: str
    parameters: Mapping[str, object]
    schedules: Collection[str] = ()


def chooses(reader: Reader, edition: Edition) -> bool:
    """Whether an edition is among those that a reader has chosen."""
    return (
        edition.report in reader.reports
        and (not reader.schedules or not set(reader.schedules).isdisjoint(edition.schedules))
        and all(
            # As text: what TOML has as a date or a number, a manifest may have as words.
            str(edition.parameters.get(name)) in map(str, values)
            for name, values in reader.parameters.items()
        )
    )


def choice_of(reader: Reader, report: str) -> str:
    """Return what a reader gets, in words: a report, and what they have chosen of it.

    The ledger tells by it since when they have been getting that.
    """
    values = [f"{name}={'|'.join(map(str, each))}" for name, each in reader.parameters.items()]
    made_by = [f"schedule={name}" for name in reader.schedules]
    return " ".join([report, *sorted(values), *sorted(made_by)])


def edition_of(connection: sqlite3.Connection, publication: sqlite3.Row) -> Edition:
    """Return what a choice looks at of a row of `publication`."""
    rows = connection.execute(
        "SELECT DISTINCT schedule FROM slot WHERE folder = ?", (publication["folder"],)
    )
    parameters = json.loads(publication["parameters"] or "{}")
    return Edition(publication["report"], parameters, [schedule for (schedule,) in rows])


def chosen_by(
    connection: sqlite3.Connection, readers: Sequence[Reader], address: str, folder: str
) -> Reader | None:
    """Return by which of its choices an address gets a published folder; None if by none."""
    row = connection.execute("SELECT * FROM publication WHERE folder = ?", (folder,)).fetchone()
    own = [reader for reader in readers if reader.address == address]
    return chosen_among(connection, own, row) if row else None


def chosen_among(
    connection: sqlite3.Connection, readers: Sequence[Reader], publication: sqlite3.Row
) -> Reader | None:
    """Return by which of its choices an address gets a row of `publication`; None if by none.

    Of several it is the first by which it may see it.
    """
    if not any(publication["report"] in reader.reports for reader in readers):
        return None
    edition = edition_of(connection, publication)
    fitting = [reader for reader in readers if chooses(reader, edition)]
    seeing = (one for one in fitting if may_see(publication["marking"], one.clearance))
    return next(seeing, next(iter(fitting), None))


def to_make_out(connection: sqlite3.Connection, now: dt.datetime) -> list[sqlite3.Row]:
    """Return the rows of `publication` that may be owed to somebody still, oldest first.

    Those that were not made out (`is_made_out` says so), the newest of each report for readers who
    are new, and where there are several machines what one of them may have made out for its
    readers alone. What is of a day that has not come has to wait for it.
    """
    since = stamp(now - _BY_OTHERS) if machines.others(connection) else None
    day = last_day(now.date()).isoformat()
    return connection.execute(_TO_MAKE_OUT, {"day": day, "since": since}).fetchall()
