"""A published report is taken back: out of sight, kept for `verify`, and its readers hear of it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

from analysis.deliver.course import OPEN
from analysis.deliver.outbox import withhold
from analysis.errors import RunError, UsageError
from analysis.parameters import known
from analysis.publish import archive, listing
from analysis.publish.reading import Published
from analysis.schedule import notes
from analysis.schedule.clock import stamp
from analysis.schedule.ledger import transaction
from analysis.schedule.settings import WEBHOOK, Mail

#: Who got an edition of the report, or may have: the last of them each.
_RECEIVED = """
SELECT address, manifest_sha256, max(id) FROM delivery
WHERE folder = ? AND kind NOT IN ('failure', 'withdrawal')
AND (state IN ('sent', 'sending') OR attempts > 0) GROUP BY address ORDER BY address"""

#: What of the report is still to go to somebody.
_TO_GO = f"""
SELECT id FROM delivery WHERE folder = ? AND kind NOT IN ('failure', 'withdrawal') AND {OPEN}"""


def withdraw(
    connection: sqlite3.Connection,
    reports: Path,
    name: str,
    why: str,
    mail: Mail | None,
    now: dt.datetime,
) -> list[str]:
    """Take a report back, with all its editions; return to whom that is still to be said.

    Parameters
    ----------
    connection: the ledger of the archive.
    reports: the archive.
    name: of the report's folder, such as ``brief/2024-01-29``.
    why: what its readers are told.
    mail: in whose name; None if no mail goes, and webhooks alone are told.
    now: when this is.

    Raises
    ------
    UsageError
        If there is no such report.
    RunError
        If it cannot be moved; it is where it was.
    """
    found = {one.name: one for one in listing.published(reports)}
    if name not in found:
        raise UsageError(f"There is no report {name!r} in {reports}; {known(name, found)}.")
    one = found[name]
    editions = listing.editions(one)
    with transaction(connection):
        told = _tell(connection, one, why, mail, now)
        for (number,) in connection.execute(_TO_GO, (name,)).fetchall():
            withhold(connection, number, f"withdrawn: {why}")
        connection.executemany(
            "INSERT OR IGNORE INTO withdrawn VALUES (?, ?, ?, ?)",
            [(each.manifest_sha256, each.name, stamp(now), why) for each in editions],
        )
        connection.execute("DELETE FROM publication WHERE folder = ?", (name,))
        connection.execute("DELETE FROM edition WHERE folder GLOB ?", (f"{name}/*",))
        notes.note_event(connection, now, "withdrawn", f"{name}: {why}")
        try:
            archive.put_out_of_sight(reports, name)
        except OSError as reason:
            raise RunError(f"{reports / name} could not be withdrawn: {reason}.") from reason
    return told


def _tell(
    connection: sqlite3.Connection, one: Published, why: str, mail: Mail | None, now: dt.datetime
) -> list[str]:
    """Owe whoever received a report the word that it is withdrawn."""
    received = [
        row
        for row in connection.execute(_RECEIVED, (one.name,)).fetchall()
        if mail or row["address"].startswith(WEBHOOK)
    ]
    text = f"{one.title}, as of {one.as_of} [{one.marking}]\n{why}"
    for address, manifest, _ in received:
        connection.execute(
            "INSERT OR IGNORE INTO delivery (folder, manifest_sha256, address, kind, "
            "state, next_try, owed, reason) VALUES (?, ?, ?, 'withdrawal', 'pending', ?, ?, ?)",
            (one.name, manifest, address, stamp(now), stamp(now), text),
        )
    return [address for address, _, _ in received]
