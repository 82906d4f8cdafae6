"""What ran, when, how long, what failed and why, and what was sent, as the ledger has it.

Whether all is well, and what is not, :mod:`analysis.schedule.health` says; it comes first.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analysis.plain_text import one_line
from analysis.publish import listing
from analysis.schedule import health, ledger, notes, slots, unmade, unsent
from analysis.schedule.clock import stamp
from analysis.schedule.look import PATIENCE, Look, Trouble, look_at
from analysis.schedule.settings import Config, Schedule

Row = dict[str, Any]

#: The columns of each part that a table shows; the rest is for machines.
SHOWN = {
    "schedules": ("schedule", "newest", "state", "next", "then", "days", "overdue"),
    "slots": ("schedule", "slot", "state", "attempts", "seconds", "folder", "next_try", "reason"),
    "publications": ("folder", "edition", "marking", "published", "correction"),
    "deliveries": (
        "id", "kind", "folder", "address", "state", "attempts", "last_try", "next_try", "reply",
        "reason",
    ),
    "events": ("at", "what", "detail"),
}  # fmt: skip

#: Columns of text that takes as many lines as it needs.
LONG = ("folder", "address", "reply", "reason", "detail", "correction", "then", "days")

#: How many mails are told, newest first, besides all that are still to go: after years there are
#: hundreds of thousands. What is parked and not made good is told by itself, as many.
NEWEST_MAILS = 1000

_DELIVERIES = """delivery WHERE state IN ('pending', 'sending')
    OR id > (SELECT max(id) FROM delivery) - :newest ORDER BY id DESC"""

#: How many of its slots to come are told of a schedule: enough to see what its days are.
_COMING = 3

STYLES = {"failed": "bold red", "parked": "bold red", "withheld": "yellow", "running": "cyan"}


def status(
    connection: sqlite3.Connection,
    config: Config | None,
    now: dt.datetime,
    patience: dt.timedelta = PATIENCE,
    reports: Path | None = None,
) -> Row:
    """Return all that the ledger knows as plain values, newest first.

    Parameters
    ----------
    connection: the ledger.
    config: the schedules whose next slots are told; None if there is no configuration.
    now: what is to come is to come after this moment.
    patience: how long what is owed may wait.
    reports: the archive, to see who is at work on it and what was made by hand; None if that is
        no matter.
    """
    look = look_at(connection, config, now, patience, reports)
    found = health.troubles(look)
    through = notes.record_through(connection)
    publications = _rows(look, "publication ORDER BY published DESC, as_of DESC, folder")
    by_hand = len(listing.published(reports)) if reports and not publications else 0
    counts = "SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state"
    return {
        "now": stamp(now),
        "healthy": not found,
        "answer": health.answer(look, found, by_hand),
        "troubles": [asdict(trouble) | {"said": str(trouble)} for trouble in found],
        "failed": [dict(row) for row in unmade.not_made_good(look)],
        "parked": [dict(row) for row in unsent.parked(look)[:NEWEST_MAILS]],
        "late": [trouble.what for trouble in found if trouble.kind == "late"],
        "record_through": through and through.isoformat(),
        "stale": next((one.reason for one in found if one.kind == "stale"), None),
        "schedules": [_schedule(look, one) for one in look.config.schedules],
        "slots": _rows(look, "slot ORDER BY slot DESC, schedule"),
        "publications": publications,
        "deliveries": _rows(look, _DELIVERIES, newest=NEWEST_MAILS),
        "deliveries_by_state": {state: number for state, number in connection.execute(counts)},
        "events": _rows(look, "event ORDER BY at DESC, rowid DESC"),
    }


def without_ledger(reason: str, now: dt.datetime) -> Row:
    """Return what `status` does where the ledger cannot be read: that alone, and all else empty."""
    with closing(ledger.blank()) as connection:
        told = status(connection, None, now)
    trouble = Trouble("ledger", "the ledger", reason, "as it says")
    answer = "Not well: nobody knows whether every reader has what is owed."
    troubles = [asdict(trouble) | {"said": reason}]
    return told | {"healthy": False, "answer": answer, "troubles": troubles}


def _rows(look: Look, table: str, **values: object) -> list[Row]:
    return [dict(row) for row in look.rows(f"SELECT * FROM {table}", **values)]


def _schedule(look: Look, schedule: Schedule) -> Row:
    """The newest slot of a schedule, those to come, and the first that nobody has looked at."""
    newest = look.connection.execute(
        "SELECT slot, state FROM slot WHERE schedule = ? ORDER BY slot DESC LIMIT 1",
        (schedule.name,),
    ).fetchone()
    overdue = unmade.first_overdue(look, schedule)
    coming = [stamp(slot) for slot in slots.coming(schedule, look.now, _COMING)]
    return {
        "schedule": schedule.name,
        "newest": newest and newest["slot"],
        "state": newest["state"] if newest else None,
        "next": next(iter(coming), None),
        "then": coming[1:],
        "days": slots.which_days(schedule),
        "overdue": overdue and stamp(overdue),
    }


def show(told: Mapping[str, Any], console: Console, most: int) -> None:
    """Show a status: the answer, what is wrong, and tables, of each part the newest rows.

    Parameters
    ----------
    told: what `status` returns.
    console: where to.
    most: how many rows of a part.
    """
    style = "" if told["healthy"] else "bold red"
    said = [told["answer"], *(one_line(trouble["said"]) for trouble in told["troubles"])]
    for line in said:
        console.print(Text(line, style=style), soft_wrap=True)
    for part, columns in SHOWN.items():
        rows = told[part]
        if rows:
            console.print(_table(f"{part.capitalize()} ({len(rows)})", columns, rows[:most]))
    counts = (f"{number} {state}" for state, number in told["deliveries_by_state"].items())
    if told["deliveries"]:
        console.print(Text(f"Mail: {', '.join(counts)}."))


def _table(title: str, columns: Sequence[str], rows: Sequence[Row]) -> Table:
    """A table without the columns that say nothing."""
    said = [column for column in columns if any(row[column] not in (None, "", []) for row in rows)]
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, title_style="bold")
    for column in said:
        wraps = column in LONG
        table.add_column(column.replace("_", " "), no_wrap=not wraps, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in said))
    return table


def _cell(value: object) -> Text:
    """A value as plain text: nothing in it is markup, or a command to the terminal."""
    text = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    first_line = next(iter(text.splitlines()), "")
    return Text(one_line(first_line), style=STYLES.get(text, ""))
