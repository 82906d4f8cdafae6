"""What a schedule runs after it has published an edition: a command of the operator's, once.

The command gets the folder as its last argument and an announcement as JSON on its standard input.
It is owed from the moment at which the ledger has the edition as made, and run at the end of the
call, when index and feed show it. One that fails, or was killed, is told to the operator, and run
again only if its slot is asked for: `brinkwatch due --retry`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shlex
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from analysis.plain_text import one_line
from analysis.publish import reading
from analysis.publish.announcement import announcement
from analysis.publish.reading import Published
from analysis.schedule import machines, progress
from analysis.schedule.call import Call, tell_operator
from analysis.schedule.clock import stamp
from analysis.schedule.ledger import change, value
from analysis.schedule.settings import Config, Schedule, Site

#: How much of what a command complains of is read, from its end, in bytes.
_LAST = 2_000

_NO_COMMAND = "its schedule has no such command any more"

_OWE = """
INSERT INTO afterwards (manifest_sha256, schedule, folder, state, noted)
VALUES (?, ?, ?, 'owed', ?)
ON CONFLICT (manifest_sha256, schedule)
DO UPDATE SET state = 'owed', noted = excluded.noted, reason = NULL WHERE ? AND state = 'failed'
"""


def owe(
    connection: sqlite3.Connection,
    schedule: Schedule,
    reports: Path,
    folder: str | None,
    now: dt.datetime,
    again: bool = False,
) -> None:
    """Owe the command of a schedule for the edition in a folder, unless it was run for that.

    Parameters
    ----------
    connection: the ledger.
    schedule: without a command nothing is owed.
    reports: the archive.
    folder: of the report, within the archive; None if nothing was made.
    now: when this is.
    again: whether to run once more what failed.
    """
    if not schedule.after_publish or folder is None:
        return
    digest = reading.manifest_sha256(reports / folder)
    connection.execute(_OWE, (digest, schedule.name, folder, stamp(now), again))


def owe_all(
    connection: sqlite3.Connection, config: Config, reports: Path, folder: str, now: dt.datetime
) -> None:
    """Owe the commands of all schedules that made a folder, for the edition that is there now."""
    rows = connection.execute("SELECT DISTINCT schedule FROM slot WHERE folder = ?", (folder,))
    for (name,) in rows.fetchall():
        if name in config.by_name:
            owe(connection, config.by_name[name], reports, folder, now)


def run_owed(call: Call) -> Iterator[str]:
    """Run the commands that are owed, oldest first, and write down what came of each.

    What was being run when a call was killed counts as run, and failed: nobody knows how far it
    came. Yields a sentence for each that failed.
    """
    connection, config, reports = call.connection, call.config, call.order.reports
    for row in _in_state(call, "running"):
        yield from _end(call, row, progress.SILENT)
    for row in _in_state(call, "failed"):
        if _schedule_with_command(config, row) is None:
            _note(connection, row, "skipped", f"{_NO_COMMAND}; it had failed: {row['reason']}")
    for row in _in_state(call, "owed"):
        schedule = _schedule_with_command(config, row)
        if schedule is None:
            _note(connection, row, "skipped", _NO_COMMAND)
            continue
        edition = reading.read(reports / row["folder"])
        if edition is None or edition.manifest_sha256 != row["manifest_sha256"]:
            _note(connection, row, "skipped", "it was replaced or removed before the command ran")
            continue
        _note(connection, row, "running")
        told = announced(connection, config, schedule, edition)
        yield from _end(call, row, _why_failed(schedule, config, edition, told))


def _in_state(call: Call, state: str) -> list[sqlite3.Row]:
    """The commands of a state, oldest first, but for those of other machines' schedules."""
    rows = call.connection.execute(
        "SELECT * FROM afterwards WHERE state = ? ORDER BY noted, folder", (state,)
    ).fetchall()
    return [
        row
        for row in rows
        if not machines.is_schedule_of_another(call.connection, row["schedule"], call.config)
    ]


def _schedule_with_command(config: Config, row: sqlite3.Row) -> Schedule | None:
    schedule = config.by_name.get(row["schedule"])
    return schedule if schedule and schedule.after_publish else None


def announced(
    connection: sqlite3.Connection, config: Config, schedule: Schedule, edition: Published
) -> dict[str, object]:
    """Return what a command is told: the announcement, and which slot of which schedule made it."""
    site = config.site or Site()
    told = announcement(edition, site.address, site.clearance)
    slot = _newest_slot(connection, schedule.name, edition.name)
    return {**told, "schedule": schedule.name, "slot": slot}


def _why_failed(
    schedule: Schedule, config: Config, edition: Published, told: dict[str, object]
) -> str:
    """Run the command of a schedule; return why it failed, or nothing."""
    hidden = config.secret_variables
    with tempfile.TemporaryFile() as heard, tempfile.TemporaryFile() as complaints:
        heard.write(json.dumps(told, ensure_ascii=False, default=str).encode())
        heard.seek(0)
        try:
            process = subprocess.Popen(
                [*schedule.after_publish, str(edition.folder.absolute())],
                stdin=heard,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                cwd=config.path.parent,
                env={name: value for name, value in os.environ.items() if name not in hidden},
                start_new_session=True,
            )
        except OSError as reason:
            return f"{schedule.after_publish[0]} cannot be started: {reason.strerror}"
        try:
            code = process.wait(schedule.time_limit.total_seconds())
        except subprocess.TimeoutExpired:
            return f"it took longer than its time limit, {schedule.time_limit}"
        finally:
            # What it has started goes with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return _failure(code, complaints)


def _failure(code: int, complaints: IO[bytes]) -> str:
    if code == 0:
        return ""
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - _LAST))
    lines = complaints.read().decode("utf-8", "replace").strip().splitlines()
    end = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return ": ".join([f"it ended with {end}", *map(one_line, lines[-1:])])


def _note(connection: sqlite3.Connection, row: sqlite3.Row, state: str, reason: str = "") -> None:
    key = {name: row[name] for name in ("manifest_sha256", "schedule")}
    change(connection, "afterwards", key, state=state, reason=reason or None)


def _end(call: Call, row: sqlite3.Row, reason: str) -> Iterator[str]:
    """Write down what came of a command; yield what is said of one that failed."""
    _note(call.connection, row, "failed" if reason else "done", reason)
    if reason:
        what = f"after_publish of {row['schedule']} for {row['folder']}"
        command = again(call.connection, row)
        mend = f"The edition is published. This runs the command again:\n{command}"
        tell_operator(call, what, f"{reason}\n\n{mend}")
        yield f"{what}: {reason}."


def _newest_slot(connection: sqlite3.Connection, schedule: str, folder: str) -> str | None:
    """The newest slot of a schedule that has made a folder."""
    query = "SELECT max(slot) FROM slot WHERE schedule = ? AND folder = ?"
    slot: str | None = value(connection, query, schedule, folder)
    return slot


def again(connection: sqlite3.Connection, row: sqlite3.Row) -> str:
    """The command that runs once more what failed."""
    slot = _newest_slot(connection, row["schedule"], row["folder"])
    return shlex.join(["brinkwatch", "due", "--retry", row["schedule"], *([slot] if slot else [])])
