"""How long published reports stay: of a schedule with `keep`, the newest so many.

What no schedule makes is nobody's to remove, and the latest of a report always stays.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from analysis.errors import RunError
from analysis.publish import archive
from analysis.publish.listing import Published, by_report, latest, published
from analysis.schedule import ledger
from analysis.schedule.settings import Config, Schedule


def prune(
    connection: sqlite3.Connection, reports: Path, config: Config, now: dt.datetime
) -> list[str]:
    """Remove the published reports that are beyond what their schedules keep.

    Parameters
    ----------
    connection: the ledger, and so `brinkwatch status`, says what was removed.
    reports: the archive.
    config: its schedules say what they make and how many of it they keep; of two that make
        the same, the one that keeps more counts.
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
            for one in _surplus(published(reports), config.schedules):
                _remove(reports, one)
                removed.append(one.name)
    except OSError as reason:
        raise RunError(f"The archive {reports} could not be pruned: {reason}.") from reason
    finally:
        for name in removed:
            ledger.note_event(connection, now, "removed", f"{name}, beyond what is kept")
    return removed


def _surplus(found: Sequence[Published], schedules: Iterable[Schedule]) -> list[Published]:
    """What may go, oldest first."""
    made: set[str] = set()
    kept = {latest(editions).name for editions in by_report(found).values()}
    for schedule in schedules:
        names = [one.name for one in found if _makes(schedule, one)]
        made.update(names)
        kept.update(names[: schedule.keep])
    return [one for one in reversed(found) if one.name in made - kept]


def _makes(schedule: Schedule, one: Published) -> bool:
    """Whether a published report is what the schedule makes: the same but for its as-of."""
    others = {name: str(value) for name, value in schedule.parameters.items() if name != "as_of"}
    return (
        one.report == schedule.report
        and one.variant.keys() <= others.keys()
        and all(str(one.parameters.get(name)) == value for name, value in others.items())
    )


def _remove(reports: Path, one: Published) -> None:
    """Take a report out of its place in one step; its files go when all are out."""
    aside = reports / archive.STAGING / "removed" / one.name
    aside.parent.mkdir(parents=True, exist_ok=True)
    one.folder.rename(aside)
    archive.sync(one.folder.parent)
