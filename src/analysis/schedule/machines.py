"""Several machines, one archive: which there are, and what is whose.

A slot belongs to every machine whose configuration has its schedule. One that this machine has no
schedule for, and that another has written down, is not touched; nor is what was made for it. So it
is with mail: what another machine owes a reader whom this one does not have is for it to send.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Mapping

from analysis.publish.lock import machine
from analysis.schedule import notes
from analysis.schedule.clock import stamp
from analysis.schedule.settings import Config, Site


def others(connection: sqlite3.Connection) -> frozenset[str]:
    """The other machines that work on the archive; see :func:`analysis.schedule.ledger.open`."""
    return frozenset(name for (name,) in connection.execute("SELECT name FROM machine")) - {
        machine()
    }


def of_another(row: sqlite3.Row, config: Config, others: Collection[str]) -> str:
    """The machine to which a slot belongs and not to this one; empty if it is this one's, too."""
    return str(row["machine"]) if _is_theirs(row, config, others) else ""


def _is_theirs(row: sqlite3.Row, config: Config, others: Collection[str]) -> bool:
    return row["machine"] in others and row["schedule"] not in config.by_name


def is_schedule_of_another(connection: sqlite3.Connection, name: str, config: Config) -> bool:
    """Whether a schedule is not this machine's, and another has written down slots of it."""
    if name in config.by_name:
        return False
    rows = connection.execute("SELECT DISTINCT machine FROM slot WHERE schedule = ?", (name,))
    return not others(connection).isdisjoint(whose for (whose,) in rows)


def owed_by_another(
    owes: str | None, address: str, readers: Collection[str], others: Collection[str]
) -> str:
    """The machine that owes a delivery to a reader whom this one has not; empty if there is none.

    Parameters
    ----------
    owes, address: which machine has written down that it is owed, and to whom.
    readers: the addresses that this machine's configuration has.
    others: the other machines.
    """
    return owes if owes and owes in others and address not in readers else ""


def note_troubles(
    connection: sqlite3.Connection,
    kind: str,
    found: Mapping[str, str],
    own: Collection[str],
    now: dt.datetime,
) -> None:
    """Write down all that is wrong of a kind; what another machine has found wrong stays.

    Parameters
    ----------
    connection, kind, found, now: see :func:`analysis.schedule.notes.note_troubles`.
    own: what this machine looks after; of the rest it says nothing.
    """
    standing = notes.standing(connection, kind) if others(connection) else {}
    theirs = {what: row["reason"] for what, row in standing.items() if what not in own}
    notes.note_troubles(connection, kind, theirs | dict(found), now)


def note_own(
    connection: sqlite3.Connection, kind: str, found: Mapping[str, str], now: dt.datetime
) -> None:
    """Write down all that this machine finds wrong of a kind that each finds for itself.

    Its key may be missing where another has one: neither takes back what the other has found.

    Parameters
    ----------
    connection, kind, found, now: see :func:`analysis.schedule.notes.note_troubles`.
    """
    there_are = others(connection)
    theirs = {
        key: row["reason"]
        for key, row in notes.standing(connection, kind).items()
        if key.rpartition(" ")[2] in there_are
    }
    ours = {f"{what} {machine()}": why for what, why in found.items()}
    notes.note_troubles(connection, kind, theirs | ours, now)


def found_by(connection: sqlite3.Connection, kind: str) -> list[tuple[str, str, sqlite3.Row]]:
    """What machines find wrong for themselves: what it is about, which machine, and the note."""
    standing = notes.standing(connection, kind)
    return [(*key.rpartition(" ")[::2], row) for key, row in standing.items()]


def made_for_another(connection: sqlite3.Connection, config: Config) -> set[str]:
    """The folders that slots of other machines have made, and none of this one's."""
    theirs, ours = _made(connection, config)
    return theirs - ours


def made_also_for_another(connection: sqlite3.Connection, config: Config) -> set[str]:
    """The folders that slots of other machines have made, whoever else has."""
    theirs, _ = _made(connection, config)
    return theirs


def _made(connection: sqlite3.Connection, config: Config) -> tuple[set[str], set[str]]:
    """The folders made for slots of other machines, and for those of this one."""
    there_are, theirs, ours = others(connection), set[str](), set[str]()
    if there_are:
        rows = connection.execute("SELECT * FROM slot WHERE state = 'done' AND folder IS NOT NULL")
        for row in rows.fetchall():
            (theirs if _is_theirs(row, config, there_are) else ours).add(row["folder"])
    return theirs, ours


def note_site(connection: sqlite3.Connection, config: Config, now: dt.datetime) -> None:
    """Write down what this machine's [site] says, and since when it has one."""
    site = config.site
    said = (site.title, site.address, site.clearance) if site else (None, None, None)
    since = stamp(now) if site else None
    connection.execute(
        "UPDATE machine SET title = ?, address = ?, clearance = ?, "
        "site_since = CASE WHEN ? IS NULL THEN NULL ELSE coalesce(site_since, ?) END "
        "WHERE name = ?",
        (*said, since, since, machine()),
    )


def site(connection: sqlite3.Connection, config: Config) -> tuple[Site, str]:
    """Return how pages are to be shown, and what stands against what this machine says of it.

    All machines write the same pages: as the one has it that has had a [site] for longest.
    """
    row = connection.execute(
        "SELECT * FROM machine WHERE site_since IS NOT NULL ORDER BY site_since, name LIMIT 1"
    ).fetchone()
    if row is None or row["name"] == machine():
        return config.site or Site(), ""
    shown = Site(row["title"], row["address"], row["clearance"])
    if config.site in (None, shown):
        return shown, ""
    why = f"it is another on {row['name']}, which has had one for longer, and counts"
    return shown, why
