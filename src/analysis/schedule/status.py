"""What ran, when, how long, what failed and why, and what was sent: from the ledger alone."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.plain_text import one_line
from analysis.schedule import freshness, ledger, slots
from analysis.schedule.clock import moment, stamp
from analysis.schedule.settings import Config, Schedule

Row = dict[str, Any]

#: A slot that failed is made good by a later one of its schedule, or by its report made by hand.
FAILED = """
    SELECT * FROM slot AS failed WHERE state = 'failed'
    AND NOT EXISTS (
        SELECT 1 FROM slot
        WHERE schedule = failed.schedule AND slot > failed.slot AND state = 'done')
    AND NOT EXISTS (
        SELECT 1 FROM publication
        WHERE report = failed.report AND as_of = failed.as_of AND published >= failed.ended)
    ORDER BY slot DESC
"""

#: Mail that was refused for good is made good by any that the same address got later.
PARKED = """
    SELECT * FROM delivery AS parked WHERE state = 'parked'
    AND NOT EXISTS (
        SELECT 1 FROM delivery
        WHERE address = parked.address AND state = 'sent' AND last_try > parked.last_try)
    ORDER BY id DESC
"""

#: The columns of each part that a table shows; the rest is for machines.
SHOWN = {
    "schedules": ("schedule", "newest", "state", "next", "overdue"),
    "slots": ("schedule", "slot", "state", "attempts", "seconds", "folder", "next_try", "reason"),
    "publications": ("folder", "marking", "published"),
    "deliveries": (
        "id", "kind", "folder", "address", "state", "attempts", "last_try", "next_try", "reply",
        "reason",
    ),
    "events": ("at", "what", "detail"),
}  # fmt: skip

#: Columns of text that takes as many lines as it needs.
LONG = ("folder", "address", "reply", "reason", "detail")

STYLES = {"failed": "bold red", "parked": "bold red", "withheld": "yellow", "running": "cyan"}


def status(
    connection: sqlite3.Connection,
    config: Config | None,
    now: dt.datetime,
    patience: dt.timedelta | None = None,
) -> Row:
    """Return all that the ledger knows as plain values, newest first.

    Parameters
    ----------
    connection: the ledger.
    config: the schedules whose next slots are told; None if there is no configuration.
    now: what is to come is to come after this moment.
    patience: how long after a slot `brinkwatch due` has to have looked; None if that is no
        matter of health.
    """
    failed, parked = _rows(connection, FAILED), _rows(connection, PARKED)
    schedules = [_schedule(connection, one, now) for one in (config.schedules if config else ())]
    late = [
        row["schedule"] for row in schedules
        if patience is not None and row["overdue"] and now - moment(row["overdue"]) > patience
    ]  # fmt: skip
    through, limit = ledger.record_through(connection), config.stale_after if config else None
    stale = freshness.complaint(through, limit, now) if through and limit else None
    counts = "SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state"
    return {
        "now": stamp(now),
        "healthy": not (failed or parked or late or stale),
        "failed": failed,
        "parked": parked,
        "late": late,
        "record_through": through and through.isoformat(),
        "stale": stale,
        "schedules": schedules,
        "slots": _rows(connection, "SELECT * FROM slot ORDER BY slot DESC, schedule"),
        "publications": _rows(
            connection, "SELECT * FROM publication ORDER BY published DESC, as_of DESC, folder"
        ),
        "deliveries": _rows(connection, "SELECT * FROM delivery ORDER BY id DESC"),
        "deliveries_by_state": {state: number for state, number in connection.execute(counts)},
        "events": _rows(connection, "SELECT * FROM event ORDER BY at DESC, rowid DESC"),
    }


def _rows(connection: sqlite3.Connection, query: str) -> list[Row]:
    return [dict(row) for row in connection.execute(query)]


def _schedule(connection: sqlite3.Connection, schedule: Schedule, now: dt.datetime) -> Row:
    """The newest slot of a schedule, the next one, and the first that nobody has looked at."""
    newest = connection.execute(
        "SELECT slot, state FROM slot WHERE schedule = ? ORDER BY slot DESC LIMIT 1",
        (schedule.name,),
    ).fetchone()
    known = moment(newest["slot"]) if newest else None
    owed = slots.owed(schedule, known, now)
    overdue = next(iter(owed.skipped + owed.made), None)
    coming = slots.coming(schedule, now)
    return {
        "schedule": schedule.name,
        "newest": known and stamp(known),
        "state": newest["state"] if newest else None,
        "next": coming and stamp(coming),
        "overdue": overdue and stamp(overdue),
    }


def show(told: Mapping[str, Any], console: Console, most: int) -> None:
    """Show a status as tables, of each part the newest rows.

    Parameters
    ----------
    told: what `status` returns.
    console: where to.
    most: how many rows of a part.
    """
    for part, columns in SHOWN.items():
        rows = told[part]
        if rows:
            console.print(_table(f"{part.capitalize()} ({len(rows)})", columns, rows[:most]))
    counts = (f"{number} {state}" for state, number in told["deliveries_by_state"].items())
    if told["deliveries"]:
        console.print(Text(f"Mail: {', '.join(counts)}."))
    for sentence in _troubles(told):
        console.print(Text(sentence, style="bold red"))
    if told["healthy"]:
        console.print(Text(_all_is_well(told)))


def _all_is_well(told: Mapping[str, Any]) -> str:
    if told["slots"] or told["publications"]:
        return "All is well."
    return "Nothing has been made yet."


def _table(title: str, columns: Sequence[str], rows: Sequence[Row]) -> Table:
    """A table without the columns that say nothing."""
    said = [column for column in columns if any(row[column] not in (None, "") for row in rows)]
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, title_style="bold")
    for column in said:
        wraps = column in LONG
        table.add_column(column.replace("_", " "), no_wrap=not wraps, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in said))
    return table


def _cell(value: object) -> Text:
    """A value as plain text: nothing in it is markup, or a command to the terminal."""
    text = "" if value is None else str(value)
    first_line = next(iter(text.splitlines()), "")
    return Text(one_line(first_line), style=STYLES.get(text, ""))


def _troubles(told: Mapping[str, Any]) -> list[str]:
    """One sentence for each thing that somebody has to look at."""
    return [
        *(
            f"{row['schedule']} {row['slot']}: the report {row['report']} as of {row['as_of']} "
            f"could not be made."
            for row in told["failed"]
        ),
        *(
            f"{row['folder']} to {row['address']}: refused for good; see its reply above or "
            "with --json."
            for row in told["parked"]
        ),
        *(f"{name}: a slot has passed and `brinkwatch due` did not come." for name in told["late"]),
        *filter(None, [told["stale"]]),
    ]
