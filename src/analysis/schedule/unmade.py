"""Slots that were not made: nobody looked at them, they failed, were skipped, or wait for too long.

Four rules of :mod:`analysis.schedule.health`.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from analysis.schedule import machines, progress
from analysis.schedule.clock import stamp
from analysis.schedule.look import Look, Trouble, many, reason
from analysis.schedule.settings import Schedule

#: What makes a slot again, with its schedule's own parameters.
RETRY = "brinkwatch due --retry"

#: What mends what a schedule left that is no longer there to be asked.
DROPS_IT = "brinkwatch due, which drops it, as its schedule was taken out of the configuration"


def late(look: Look) -> Iterator[Trouble]:
    """Slots that have passed, at which nobody has looked."""
    for schedule in look.config.schedules:
        overdue = first_overdue(look, schedule)
        if overdue and look.now - overdue > look.patience:
            why = "a slot has passed and `brinkwatch due` did not come, or stopped before it"
            readers = look.readers_of(schedule.report, schedule.name)
            yield Trouble("late", schedule.name, why, "brinkwatch due", stamp(overdue), readers)


def first_overdue(look: Look, schedule: Schedule) -> dt.datetime | None:
    """Return the oldest slot that has passed and is not in the ledger; None if there is none."""
    owed = progress.owed(look.connection, schedule, look.now)
    return next(iter(owed.skipped + owed.made), None)


#: A slot that was given up or skipped is made good by a later one of its schedule, no other's. One
#: that was skipped by one that came after that was seen, so that a day passes in which it is told.
_NOT_MADE_GOOD = """
    SELECT * FROM slot AS missing WHERE state = :state AND max(slot, noted) <= :now
    AND NOT EXISTS (
        SELECT 1 FROM slot WHERE schedule = missing.schedule AND state = 'done'
        AND slot > CASE :state WHEN 'skipped' THEN missing.noted ELSE missing.slot END)
    ORDER BY slot DESC
"""


def not_made_good(look: Look) -> list[sqlite3.Row]:
    """The slots that failed for good and were not made good."""
    return look.rows(_NOT_MADE_GOOD, state="failed")


def given_up(look: Look) -> Iterator[Trouble]:
    """Each of them, with why it failed the last time."""
    for row in not_made_good(look):
        tries = many(row["attempts"], "attempt")
        why = f"it could not be made, and was given up after {tries}: {reason(row)}"
        yield _of_a_slot("failed", row, why, look)


def skipped(look: Look) -> Iterator[Trouble]:
    """Of each schedule that skipped slots, how many, by the newest."""
    seen: dict[str, list[sqlite3.Row]] = {}
    for row in look.rows(_NOT_MADE_GOOD, state="skipped"):
        if row["schedule"] in look.config.by_name:
            seen.setdefault(row["schedule"], []).append(row)
    for rows in seen.values():
        others = f", and {len(rows) - 1} before it" if len(rows) > 1 else ""
        yield _of_a_slot("skipped", rows[0], f"it was {rows[0]['reason']}{others}", look)


def unfinished(look: Look) -> Iterator[Trouble]:
    """Slots that are to be made, or said to be being made, for too long."""
    for row in look.rows("SELECT * FROM slot WHERE state IN ('owed', 'running') "
                         "AND max(slot, noted) < :past"):  # fmt: skip
        attempts = row["attempts"]
        tries = many(attempts, "attempt")
        last = f"; the last of {tries}: {reason(row)}" * bool(attempts)
        by = f" by {row['machine']}" if row["machine"] and machines.others(look.connection) else ""
        state = f"said to be being made{by}" if row["state"] == "running" else "to be made"
        then = f", next try {row['next_try']}" * bool(row["next_try"])
        yield _of_a_slot("unfinished", row, f"it is still {state}{then}{last}", look)


def has_schedule(look: Look, name: str) -> bool:
    """Whether a schedule can be asked; without a configuration nobody knows."""
    return look.config.path == Path() or name in look.config.by_name


def _of_a_slot(kind: str, row: sqlite3.Row, why: str, look: Look) -> Trouble:
    name, slot = row["schedule"], row["slot"]
    where = machines.of_another(row, look.config, machines.others(look.connection))
    what = f"{row['report']} as of {row['as_of']} ({name} {slot})"
    mend = f"{f'on {where}: ' if where else ''}{RETRY} {name} {slot}"
    if not where and not has_schedule(look, name):
        mend = DROPS_IT
    return Trouble(kind, what, why, mend, row["noted"], look.readers_of(row["report"], name))
