"""What may become of a slot: one table, and the writing of it into the ledger.

Whatever happens to a slot is an event of this table. A slot is never made in silence, and never
dropped: what was killed counts as an attempt, what was given up or skipped waits to be asked for.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from analysis.publish.lock import machine
from analysis.schedule import slots
from analysis.schedule.clock import moment, stamp
from analysis.schedule.ledger import change, value
from analysis.schedule.settings import Schedule

#: What a slot is, what happens to it, and what it is then.
STATES: Mapping[tuple[str, str], str] = MappingProxyType({
    ("owed", "begun"): "running",
    ("running", "made"): "done",
    ("running", "failed"): "owed",  # and tried again by a later call
    ("running", "killed"): "owed",  # the process that made it is gone, without a word
    ("running", "given up"): "failed",
    ("owed", "taken out"): "skipped",  # its schedule is no longer in the configuration
    ("failed", "taken out"): "skipped",
    ("failed", "asked for"): "owed",
    ("skipped", "asked for"): "owed",
    ("done", "asked for"): "owed",
    ("owed", "asked for"): "owed",
})  # fmt: skip

#: Slots that can be made at this moment, oldest first.
READY = """
    SELECT schedule, slot, attempts FROM slot
    WHERE state = 'owed' AND (next_try IS NULL OR next_try <= ?) ORDER BY slot, schedule
"""

#: What was written down by a clock that was ahead: a slot that has not come, or one that was missed
#: only in its eyes.
AHEAD = "(slot > :now OR (state = 'skipped' AND noted > :now))"

#: Why an attempt failed that did not say so.
SILENT = "the process that made it was killed, or the machine stopped; it left no word"


def happen(
    connection: sqlite3.Connection, schedule: str, slot: str, event: str, **columns: object
) -> str:
    """Write down what happens to a slot; return what it is then.

    Parameters
    ----------
    connection: the ledger.
    schedule, slot: which slot.
    event: of :data:`STATES`.
    columns: further columns and their values.
    """
    query = "SELECT state FROM slot WHERE schedule = ? AND slot = ?"
    after = STATES[value(connection, query, schedule, slot), event]
    change(connection, "slot", {"schedule": schedule, "slot": slot}, state=after, **columns)
    return after


def owed(connection: sqlite3.Connection, schedule: Schedule, now: dt.datetime) -> slots.Owed:
    """The slots of a schedule that have passed since its newest one that is written down."""
    newest = value(connection, "SELECT max(slot) FROM slot WHERE schedule = ?", schedule.name)
    return slots.owed(schedule, moment(newest) if newest else None, now)


def note_owed(connection: sqlite3.Connection, schedule: Schedule, now: dt.datetime) -> None:
    """Write down the slots of a schedule that have passed since its newest one."""
    skipped, made = owed(connection, schedule, now)
    missed = f"missed, and more than catch_up = {schedule.catch_up} ago"
    _add(connection, schedule, skipped, "skipped", missed, now)
    _add(connection, schedule, made, "owed", None, now)


def is_noted(connection: sqlite3.Connection, schedule: Schedule, slot: dt.datetime) -> bool:
    """Whether a slot is written down."""
    query = "SELECT 1 FROM slot WHERE schedule = ? AND slot = ?"
    return bool(value(connection, query, schedule.name, stamp(slot)))


def owe(connection: sqlite3.Connection, schedule: Schedule, slot: dt.datetime) -> None:
    """Owe what is made at a moment of no cron expression."""
    if not is_noted(connection, schedule, slot):
        _add(connection, schedule, [slot], "owed", None, slot)


def ask_for(
    connection: sqlite3.Connection, schedule: Schedule, slot: dt.datetime, now: dt.datetime
) -> None:
    """Owe a slot once more, whatever became of it, with all its attempts before it."""
    if is_noted(connection, schedule, slot):
        key = schedule.name, stamp(slot)
        happen(connection, *key, "asked for", attempts=0, next_try=None, noted=stamp(now))
    else:
        _add(connection, schedule, [slot], "owed", None, now)


def forget_what_has_not_come(connection: sqlite3.Connection, now: dt.datetime) -> int:
    """Take back what a clock that was ahead has written down; return how many slots that are."""
    at = {"now": stamp(now)}
    connection.execute("UPDATE slot SET next_try = NULL WHERE started > :now", at)
    return connection.execute(f"DELETE FROM slot WHERE {AHEAD}", at).rowcount


def _add(
    connection: sqlite3.Connection,
    schedule: Schedule,
    passed: Iterable[dt.datetime],
    state: str,
    reason: str | None,
    now: dt.datetime,
) -> None:
    connection.executemany(
        "INSERT INTO slot (schedule, slot, as_of, report, state, reason, noted, machine) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (schedule.name, stamp(slot), slots.as_of(schedule, slot).isoformat(),
             schedule.report, state, reason, stamp(now), machine())
            for slot in passed
        ],
    )  # fmt: skip


def next_try(schedule: Schedule, attempts: int, now: dt.datetime) -> dt.datetime | None:
    """When a slot may be tried again after so many attempts; None after the last."""
    if attempts > schedule.retries:
        return None
    # Beyond 2**10 the wait is months; it need not grow into what no date can hold.
    wait: dt.timedelta = schedule.retry_after * 2 ** min(attempts - 1, 10)
    return now + min(wait, dt.timedelta(days=366))
