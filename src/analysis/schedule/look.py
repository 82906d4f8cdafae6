"""What is looked at to see whether a desk is well, and what a trouble is; rules are in `health`."""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from analysis.plain_text import first_line
from analysis.publish.lock import Owner, owner
from analysis.schedule.clock import stamp
from analysis.schedule.settings import Config

#: How long what is owed may wait before somebody has to look.
PATIENCE = dt.timedelta(hours=2)


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong.

    Parameters
    ----------
    kind: of which rule.
    what: what it is about: a schedule's slot, a folder, a reader.
    reason: why, in a sentence.
    mend: the command that mends it, or the first to call.
    since: since when, as the ledger has moments; empty if nobody knows.
    readers: the addresses of those who lack something for it.
    """

    kind: str
    what: str
    reason: str
    mend: str
    since: str = ""
    readers: tuple[str, ...] = ()

    def __str__(self) -> str:
        since = f" since {self.since}" if self.since else ""
        return f"{self.what}{since}: {self.reason.rstrip('.')}. Mend it: {self.mend}"


@dataclass(frozen=True)
class Look:
    """What the rules look at."""

    connection: sqlite3.Connection
    config: Config
    now: dt.datetime
    patience: dt.timedelta = PATIENCE
    owners: tuple[Owner, ...] = ()
    reports: Path = Path()

    def rows(self, query: str, **values: object) -> list[sqlite3.Row]:
        """Rows of the ledger; a query may name `:now`, and `:past`, which is too long ago."""
        named = {"now": stamp(self.now), "past": stamp(self.now - self.patience), **values}
        return self.connection.execute(query, named).fetchall()

    def readers_of(self, report: str, schedule: str = "") -> tuple[str, ...]:
        """Who gets a report, or what a schedule makes of it."""
        getting = (
            reader.address
            for reader in self.config.readers
            if report in reader.reports
            and not (schedule and reader.schedules and schedule not in reader.schedules)
        )
        return tuple(dict.fromkeys(getting))


def look_at(
    connection: sqlite3.Connection,
    config: Config | None,
    now: dt.datetime,
    patience: dt.timedelta = PATIENCE,
    reports: Path | None = None,
) -> Look:
    """Return what the rules look at.

    Parameters
    ----------
    connection: the ledger.
    config: schedules and subscriptions; None if there is no configuration.
    now: the moment of which it is asked.
    patience: how long what is owed may wait.
    reports: the archive, to see who is at work on it; None if that is no matter.
    """
    settings = config or Config(Path())
    owners = [owner(reports, name) for name in ("due", "deliver", "archive")] if reports else []
    return Look(connection, settings, now, patience, tuple(filter(None, owners)), reports or Path())


def reason(row: sqlite3.Row) -> str:
    """Why something failed, as its row has it, in a line; empty where nothing was noted."""
    return first_line(row["reason"] or "")


def many(count: int, what: str, several: str = "s") -> str:
    """So many of something, in words.

    >>> many(1, "mail"), many(2, "address", "es")
    ('1 mail', '2 addresses')
    """
    return f"{count} {what}{several * (count > 1)}"
