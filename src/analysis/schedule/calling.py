"""Whether a report is called for: by a change of the record, by a condition over its facts.

A report with a condition is first made aside, where nobody looks, and its facts are held against
the condition and against those of the edition that was sent last.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from analysis.errors import BrinkwatchError
from analysis.publish import listing, memory, reading
from analysis.publish.order import Order
from analysis.schedule import machines, notes, progress
from analysis.schedule.attempt import Outcome
from analysis.schedule.call import Call
from analysis.schedule.clock import moment, stamp
from analysis.schedule.ledger import transaction, value
from analysis.schedule.settings import Schedule
from analysis.schedule.triggers import Stated, TriggerError, Verdict, judge

#: Where a report is made to see what it states; a hidden folder of the archive.
ASIDE = ".aside"

#: Folder and manifest of the editions of a report, newest first: sent to somebody, or made.
_SENT = """
    SELECT folder, manifest_sha256 FROM delivery
    WHERE state = 'sent' AND kind <> 'failure' AND substr(folder, 1, length(?1)) = ?1
    ORDER BY last_try DESC, id DESC
"""
_MADE = """
    SELECT folder, NULL FROM slot
    WHERE state = 'done' AND substr(folder, 1, length(?1)) = ?1 ORDER BY ended DESC, slot DESC
"""


def note_changes(call: Call) -> None:
    """Owe the reports that are made when the record has changed, if it checks.

    A change within a quiet time, or too soon after the report before, is seen after that.
    """
    watching = [schedule for schedule in call.config.schedules if schedule.on == "record"]
    if not watching:
        return
    connection, data, now = call.connection, call.order.data, call.now
    digest = _digest(data)
    ready = [
        schedule
        for schedule in watching
        if notes.record_seen(connection, schedule.name, now) != digest
        and not why_quiet(connection, schedule, now)
    ]
    fault = _fault(data, now.date()) if ready else ""
    if not fault:
        with transaction(connection):
            for schedule in ready:
                progress.owe(connection, schedule, now)
                notes.note_record_seen(connection, schedule.name, digest, now)
    found = {schedule.name: fault for schedule in ready if fault}
    machines.note_troubles(connection, "change", found, call.config.by_name, now)


def _digest(data: Path) -> str:
    try:
        return memory.record_digest(data)
    except OSError:
        return "of no record that can be read"  # what is wrong with it, its check says


def _fault(data: Path, today: dt.date) -> str:
    """Why a record cannot be reported on; empty if it checks."""
    # What settles reports takes long to load, for which a call with nothing to do need not wait.
    from analysis.publish.plan import contents

    try:
        contents(data, today)
    except (BrinkwatchError, OSError) as reason:
        return f"the record has changed and does not check: {notes.in_a_line(reason)}"
    return ""


def why_quiet(connection: sqlite3.Connection, schedule: Schedule, slot: dt.datetime) -> str:
    """Return why nothing is made on a condition or a change at a moment; empty if it may be."""
    if schedule.quiet and schedule.quiet.holds(slot.astimezone(schedule.zone).time()):
        return f"quiet = {schedule.quiet}"
    newest = _newest_made(connection, schedule, slot)
    if schedule.at_most_every and newest and slot - newest < schedule.at_most_every:
        return f"it was made at {stamp(newest)}, and is at most every {schedule.at_most_every}"
    return ""


def _newest_made(
    connection: sqlite3.Connection, schedule: Schedule, before: dt.datetime
) -> dt.datetime | None:
    # What has only its change to go by counts from when it is owed, whatever becomes of it.
    made = "folder IS NOT NULL" if schedule.when else "TRUE"
    query = f"SELECT max(slot) FROM slot WHERE schedule = ? AND slot < ? AND {made}"
    newest = value(connection, query, schedule.name, stamp(before))
    return moment(newest) if newest else None


def weigh(call: Call, schedule: Schedule, slot: dt.datetime, order: Order) -> Outcome:
    """Return what came of an attempt at what a slot orders of a schedule with a condition.

    Where the condition does not hold nothing is published, and the outcome tells why.
    """
    if why := why_quiet(call.connection, schedule, slot):
        return Outcome(told=f"not asked: {why}")
    hidden = call.config.secret_variables
    aside = order.reports / ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    try:
        outcome = call.make(replace(order, reports=aside), schedule.time_limit, hidden)
        if outcome.folder is None:
            return outcome
        verdict = _verdict(call, schedule, aside / outcome.folder)
    except TriggerError as reason:
        return Outcome(reason=f"its condition cannot be evaluated: {reason}", hopeless=True)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    if not verdict.holds:
        return Outcome(told=f"not called for: {verdict.reason}")
    return replace(call.make(order, schedule.time_limit, hidden), told=verdict.reason)


def _verdict(call: Call, schedule: Schedule, made: Path) -> Verdict:
    """Whether the condition holds for the report that was made, and why."""
    assert schedule.when is not None
    # What knows the facts loads slowly, and most schedules have no condition.
    from analysis.schedule import facts

    known = facts.names(call.order.notebooks / f"{schedule.report}.ipynb")
    return judge(
        schedule.when,
        facts.stated(made),
        _stated_before(call, made.relative_to(call.order.reports / ASIDE)),
        lambda name: facts.may_be_absent(name, known),
    )


def _stated_before(call: Call, folder: Path) -> Mapping[str, Stated] | None:
    """What the edition of a report stated that was sent last; None if none was, or it is gone.

    Where the report is sent to nobody it is the one that was made last.
    """
    from analysis.schedule import facts

    report, day_and_variant = folder.parts
    variant = day_and_variant.partition("--")[2]
    is_sent = any(report in reader.reports for reader in call.config.within_reach)
    editions = call.connection.execute(_SENT if is_sent else _MADE, (f"{report}/",))
    for name, manifest in editions:
        if name.partition("--")[2] == variant:
            newest = reading.read(call.order.reports / name)
            there = listing.editions(newest) if newest else []
            wanted = [one for one in there if manifest in (None, one.manifest_sha256)]
            return facts.stated(wanted[-1].folder) if wanted else None
    return None
