"""What was corrected, who got what was wrong and who has heard of it, and what is still to be made.

This is what `brinkwatch archive corrections` lists.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.deliver.explaining import explaining
from analysis.publish import listing
from analysis.publish.editions import Change, corrections, said_of
from analysis.publish.order import Order
from analysis.publish.reading import Published
from analysis.schedule.corrections import Stale, again, stale


@dataclass(frozen=True)
class Heard:
    """A reader who got an edition, and what became of the mail that corrects it.

    `state` is that of the mail, as the ledger has it; ``not owed`` before `brinkwatch deliver` has
    seen the newer edition.
    """

    address: str
    state: str
    reason: str


@dataclass(frozen=True)
class Corrected:
    """An edition that a later one has replaced.

    Parameters
    ----------
    folder: of the report, and `before` and `after` the folders of the two editions.
    said: what differs and why, as the page of the later one says it.
    changes: what was said, what is right.
    reasons: why numbers differ, with the rows; see :mod:`analysis.deliver.explaining`.
    facts: the names of all facts that differ.
    readers: who got the earlier one.
    """

    folder: str
    before: str
    after: str
    said: str
    changes: tuple[Change, ...]
    reasons: tuple[str, ...]
    facts: tuple[str, ...]
    readers: tuple[Heard, ...]

    def __str__(self) -> str:
        lines = [f"{self.before}: {self.said}", *(f"  {reason}" for reason in self.reasons)]
        if not self.readers:
            lines.append("  nobody was sent it")
        for one in self.readers:
            why = f" ({one.reason})" if one.reason else ""
            lines.append(f"  sent to {one.address}; the correction: {one.state}{why}")
        return "\n".join(lines)


@dataclass(frozen=True)
class ToMake:
    """A published edition whose rows have changed, and that nobody has made anew yet."""

    folder: str
    rows: dict[str, tuple[int, int]]
    lost: bool
    readers: tuple[str, ...]
    mend: str

    def __str__(self) -> str:
        counts = (f"{table} {was}, now {now}" for table, (was, now) in self.rows.items())
        told = "; ".join(counts) or "other values"
        to_whom = ", ".join(self.readers) or "nobody"
        return (f"{self.folder}: its rows have changed ({told}), and it is not made anew yet; "
                f"sent to {to_whom}. Mend it: {self.mend}")  # fmt: skip


def corrected(connection: sqlite3.Connection, order: Order) -> Iterator[Corrected]:
    """Yield each edition of an archive that a later one has replaced, newest as-of first."""
    explain = explaining(order.data)
    for newest in listing.published(order.reports):
        for after, before, comparison in corrections(newest):
            yield Corrected(
                newest.name,
                before.name,
                after.name,
                after.correction or said_of(comparison),
                tuple(comparison.changes),
                explain(before, after),
                tuple(one.name for one in comparison.found),
                tuple(_heard(connection, before, newest)),
            )


def to_make(connection: sqlite3.Connection, order: Order, now: dt.datetime) -> Iterator[ToMake]:
    """Yield each edition that a change of the record touches, however old, and that stands.

    Raises
    ------
    RecordError
        If the record has to be read and does not check.
    """
    for one in stale(order, now):
        had = _sent(connection, one.edition)
        yield ToMake(one.edition.name, _counts(one), bool(one.lost), tuple(had), _mend(one))


def _counts(one: Stale) -> dict[str, tuple[int, int]]:
    """Of each table of which more or fewer rows were public by the day: how many, and by now."""
    was = one.edition.made_from["rows"]
    pairs = {table: (was.get(table, 0), count) for table, count in one.now.rows.items()}
    return {table: pair for table, pair in pairs.items() if pair[0] != pair[1]}


def _mend(one: Stale) -> str:
    command = again(one.edition.folder)
    return f"put the rows back, or {command} --force" if one.lost else command


def _sent(connection: sqlite3.Connection, edition: Published) -> list[str]:
    """The addresses to which an edition was sent."""
    rows = connection.execute(
        "SELECT DISTINCT address FROM delivery WHERE manifest_sha256 = ? AND state = 'sent' "
        "AND kind <> 'failure' ORDER BY address",
        (edition.manifest_sha256,),
    )
    return [row["address"] for row in rows]


def _heard(connection: sqlite3.Connection, before: Published, newest: Published) -> Iterator[Heard]:
    """Who got an edition, and the newest mail that corrects it for them."""
    for address in _sent(connection, before):
        row = connection.execute(
            "SELECT state, coalesce(reason, '') AS reason FROM delivery WHERE folder = ? "
            "AND address = ? AND kind = 'correction' AND manifest_sha256 <> ? "
            "ORDER BY state = 'sent' DESC, id DESC LIMIT 1",
            (newest.name, address, before.manifest_sha256),
        ).fetchone()
        yield Heard(address, *(row or ("not owed", "")))
