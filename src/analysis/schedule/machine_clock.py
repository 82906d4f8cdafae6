"""Whether the clock of a machine can be right, by when the machines of an archive have called.

Nobody tells a desk what time it is. But calls come again and again, and each says what its clock
showed: a clock that shows less than before was ahead until now, or is behind from now on. If it
had run through this moment already, step by step, it is behind; if it had leapt over it, it was
ahead.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from enum import Enum

from analysis.publish.lock import machine
from analysis.schedule.clock import moment, stamp

#: What calls may be apart whose clocks agree.
TOLERANCE = dt.timedelta(minutes=15)

#: Calls that are further apart are no steps of a clock that runs.
_GAP = dt.timedelta(hours=2)

#: What can be behind something of a time that has not come.
EITHER = "a clock was ahead, or this one is behind"


class Clock(Enum):
    """What a machine's clock is at a moment, by the calls before."""

    RIGHT = "as far as anybody knows"
    WAS_AHEAD = "it was ahead"
    IS_BEHIND = "it is behind"


def look(connection: sqlite3.Connection, now: dt.datetime) -> tuple[Clock, str]:
    """Return what this machine's clock is, and when it was called last by it; read only.

    Parameters
    ----------
    connection: the ledger.
    now: what the clock shows.
    """
    query = "SELECT called, steady_since FROM machine WHERE name = ?"
    row = connection.execute(query, (machine(),)).fetchone()
    if row is None or not row["called"] or moment(row["called"]) - now <= TOLERANCE:
        return Clock.RIGHT, (row and row["called"]) or ""
    has_run_through = row["steady_since"] <= stamp(now)
    return (Clock.IS_BEHIND if has_run_through else Clock.WAS_AHEAD), row["called"]


def note_call(connection: sqlite3.Connection, now: dt.datetime) -> Clock:
    """Write down that this machine calls at a moment; return what its clock is.

    Of a clock that was ahead the calls of then are forgotten; one that is behind changes nothing
    until it has caught up.
    """
    found, called = look(connection, now)
    if found is Clock.IS_BEHIND:
        return found
    at = stamp(now)
    if found is Clock.WAS_AHEAD or not called or now - moment(called) > _GAP:
        change, values = "called = :at, steady_since = :at", {"at": at}
    else:
        change, values = "called = :newest", {"newest": max(called, at)}
    connection.execute(
        f"UPDATE machine SET {change} WHERE name = :name", {**values, "name": machine()}
    )
    return found


def behind(connection: sqlite3.Connection, now: dt.datetime) -> str:
    """What is said of a clock that is behind."""
    _, called = look(connection, now)
    return (
        f"this machine's clock shows {stamp(now)}, and has shown {called} before: it is behind, "
        "or was ahead until it was put right"
    )


def ahead_of(connection: sqlite3.Connection, now: dt.datetime) -> list[tuple[str, str]]:
    """Other machines that have called at a moment that has not come here, and which moment."""
    rows = connection.execute(
        "SELECT name, called FROM machine WHERE name <> ? AND called > ? ORDER BY name",
        (machine(), stamp(now + TOLERANCE)),
    )
    return [(name, called) for name, called in rows]
