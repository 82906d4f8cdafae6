"""How long published reports stay: of what a schedule with `keep` has made, the newest so many.

What no schedule has made by the ledger, or what somebody is still to get, is nobody's to remove,
and the latest of a report always stays. So does what a schedule of another machine has made, too.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from analysis.errors import RunError
from analysis.publish import archive
from analysis.publish.listing import by_report, latest, published
from analysis.publish.reading import Published
from analysis.schedule import machines, notes
from analysis.schedule.ledger import value
from analysis.schedule.settings import Config


def prune(
    connection: sqlite3.Connection, reports: Path, config: Config, now: dt.datetime
) -> list[str]:
    """Remove the published reports that are beyond what their schedules keep.

    Parameters
    ----------
    connection: the ledger, and so `brinkwatch status`, says what was removed.
    reports: the archive.
    config: its schedules say how many of what they made they keep; of two that made the same,
        the one that keeps more counts.
    now: when this is; the ledger has it beside what was removed.

    Returns
    -------
    list of str
        The folders that are gone, oldest as-of first, such as ``brief/2024-01-29``.

    Raises
    ------
    RunError
        If one cannot be removed. It is still there as a whole, or gone as a whole.
    """
    if all(schedule.keep is None for schedule in config.schedules):
        return []
    removed: list[str] = []
    try:
        with archive.changing(reports):
            for one in _surplus(published(reports), connection, config):
                _remove(reports, one)
                removed.append(one.name)
    except OSError as reason:
        raise RunError(f"The archive {reports} could not be pruned: {reason}.") from reason
    finally:
        for name in removed:
            notes.note_event(connection, now, "removed", f"{name}, beyond what is kept")
    return removed


def _surplus(
    found: Sequence[Published], connection: sqlite3.Connection, config: Config
) -> list[Published]:
    """What may go, oldest first."""
    made: set[str] = set()
    kept = {latest(editions).name for editions in by_report(found).values()}
    kept |= machines.made_also_for_another(connection, config)
    for schedule in config.schedules:
        folders = connection.execute(
            "SELECT folder FROM slot WHERE schedule = ? AND state = 'done'", (schedule.name,)
        )
        own = {folder for (folder,) in folders}
        names = [one.name for one in found if one.name in own]
        made.update(names)
        kept.update(names[: schedule.keep])
    beyond = [one for one in reversed(found) if one.name in made - kept]
    return [one for one in beyond if not _is_awaited(one, connection, config)]


def _is_awaited(one: Published, connection: sqlite3.Connection, config: Config) -> bool:
    """Whether somebody is still to get this edition."""
    open_ones = "manifest_sha256 = ? AND state NOT IN ('sent', 'withheld')"
    if value(connection, f"SELECT 1 FROM delivery WHERE {open_ones}", one.manifest_sha256):
        return True
    readers = any(one.report in reader.reports for reader in config.within_reach)
    if not readers and machines.others(connection):
        # Whom another machine serves.
        query = "SELECT 1 FROM reader WHERE report = ?1 OR report GLOB ?1 || ' *'"
        readers = bool(value(connection, query, one.report))
    seen = "SELECT 1 FROM made_out WHERE manifest_sha256 = ?"
    return readers and not value(connection, seen, one.manifest_sha256)


def _remove(reports: Path, one: Published) -> None:
    """Take a report out of its place in one step; its files go when all are out."""
    aside = reports / archive.STAGING / "removed" / one.name
    aside.parent.mkdir(parents=True, exist_ok=True)
    one.folder.rename(aside)
    archive.sync(one.folder.parent)
