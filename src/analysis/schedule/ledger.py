"""The ledger: which slots were made, what is published, and what was sent to whom.

One SQLite file in the archive. Every change is one transaction, so whoever is killed leaves the
ledger as it was before or after, never in between. All moments are UTC, as `clock.stamp` has them.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from analysis.errors import RunError
from analysis.publish import listing
from analysis.schedule.clock import stamp

#: The file in the archive.
FILE = ".ledger.sqlite"

#: How long whoever finds the ledger in use waits for it, in seconds.
PATIENCE = 60

#: The event that says on which day the record ends.
RECORD_THROUGH = "record through"

#: What brings the ledger from one version to the next; the number of those done is its
#: `user_version`. Never change one that is out: add another.
MIGRATIONS = (
    """
    CREATE TABLE slot (
        schedule TEXT NOT NULL,
        slot TEXT NOT NULL,
        as_of TEXT NOT NULL,
        report TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('owed', 'running', 'done', 'failed', 'skipped')),
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try TEXT,
        started TEXT,
        ended TEXT,
        seconds REAL,
        folder TEXT,
        reason TEXT,
        cell TEXT,
        PRIMARY KEY (schedule, slot)
    ) STRICT;
    CREATE INDEX slot_by_state ON slot (state);
    CREATE TABLE publication (
        folder TEXT PRIMARY KEY,
        report TEXT NOT NULL,
        as_of TEXT NOT NULL,
        marking TEXT NOT NULL,
        manifest_sha256 TEXT NOT NULL,
        published TEXT NOT NULL
    ) STRICT;
    CREATE TABLE delivery (
        id INTEGER PRIMARY KEY,
        folder TEXT NOT NULL,
        manifest_sha256 TEXT NOT NULL,
        address TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('report', 'digest', 'failure')),
        message_id TEXT UNIQUE,
        state TEXT NOT NULL
            CHECK (state IN ('pending', 'sending', 'sent', 'parked', 'withheld')),
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try TEXT,
        last_try TEXT,
        reply TEXT,
        reason TEXT,
        UNIQUE (folder, manifest_sha256, address, kind)
    ) STRICT;
    CREATE INDEX delivery_by_state ON delivery (state);
    -- A publication for whose readers there are rows; who comes later gets only newer ones.
    CREATE TABLE made_out (
        folder TEXT NOT NULL,
        manifest_sha256 TEXT NOT NULL,
        PRIMARY KEY (folder, manifest_sha256)
    ) STRICT;
    CREATE TABLE event (at TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
    """,
)


def open(reports: Path) -> sqlite3.Connection:
    """Open the ledger of an archive; both are made if they are not there.

    The connection commits each statement by itself; several belong into `transaction`.

    Raises
    ------
    RunError
        If there can be no ledger there, or a newer brinkwatch has written it.
    """
    try:
        reports.mkdir(parents=True, exist_ok=True)
        with lock(reports, "ledger", wait=True):
            connection = sqlite3.connect(reports / FILE, timeout=PATIENCE, isolation_level=None)
            connection.row_factory = sqlite3.Row
            # Where the file system cannot do this, the ledger stays as it is, only slower.
            connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection)
    except (OSError, sqlite3.Error) as reason:
        raise RunError(f"The ledger {reports / FILE} cannot be opened: {reason}.") from None
    return connection


def look(reports: Path) -> sqlite3.Connection:
    """Open the ledger of an archive to read it; an empty one, in memory, if there is none."""
    if (reports / FILE).exists():
        return open(reports)
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    _migrate(connection)
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    (done,) = connection.execute("PRAGMA user_version").fetchone()
    if done > len(MIGRATIONS):
        raise sqlite3.DatabaseError("a newer brinkwatch has written it; update this one")
    for number, script in enumerate(MIGRATIONS[done:], start=done + 1):
        connection.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Do all of it or nothing; nobody else writes meanwhile.

    Raises
    ------
    RunError
        If the ledger cannot be written.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    except sqlite3.Error as reason:
        raise RunError(f"The ledger cannot be written: {reason}.") from reason
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def lock(reports: Path, name: str, *, wait: bool = False) -> Iterator[bool]:
    """Hold a lock on an archive, which the system releases even if this process is killed.

    Parameters
    ----------
    reports: the archive.
    name: what is locked, such as ``due``.
    wait: whether to wait until another has released it.

    Yields
    ------
    bool
        Whether the lock is held; False if another holds it.
    """
    reports.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(reports / f".lock-{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


@contextmanager
def alone(reports: Path, name: str) -> Iterator[sqlite3.Connection | None]:
    """Hold a lock on an archive, with its ledger open; None if another holds the lock."""
    with lock(reports, name) as held:
        if not held:
            yield None
            return
        with closing(open(reports)) as connection:
            yield connection


def note_event(connection: sqlite3.Connection, now: dt.datetime, what: str, detail: str) -> None:
    """Write a line into the log that `brinkwatch status` shows."""
    connection.execute("INSERT INTO event VALUES (?, ?, ?)", (stamp(now), what, detail))


def note_record_through(connection: sqlite3.Connection, day: dt.date, now: dt.datetime) -> None:
    """Write down on which day the record ends, if that is news."""
    if day != record_through(connection):
        note_event(connection, now, RECORD_THROUGH, day.isoformat())


def record_through(connection: sqlite3.Connection) -> dt.date | None:
    """The day on which the record ended when somebody last looked; None if nobody has."""
    row = connection.execute(
        "SELECT detail FROM event WHERE what = ? ORDER BY rowid DESC LIMIT 1", (RECORD_THROUGH,)
    ).fetchone()
    return row and dt.date.fromisoformat(row["detail"])


def queue_failure(connection: sqlite3.Connection, what: str, reason: str, operator: str) -> None:
    """Put into the outbox that something failed, once for each thing.

    The delivery's `folder` is what failed: of a slot ``schedule/slot``, by which its row in `slot`
    is found.
    """
    connection.execute(
        "INSERT OR IGNORE INTO delivery "
        "(folder, manifest_sha256, address, kind, state, reason) "
        "VALUES (?, '', ?, 'failure', 'pending', ?)",
        (what, operator, reason),
    )


def noted(connection: sqlite3.Connection) -> dict[str, str]:
    """The digest of the manifest of each report that is noted as published, by its folder."""
    return dict(connection.execute("SELECT folder, manifest_sha256 FROM publication").fetchall())


def note_publications(connection: sqlite3.Connection, reports: Path, now: dt.datetime) -> int:
    """Write down what is published, by whomever; return how many reports are new or changed.

    A report is known by the digest of its manifest. What is no longer there is forgotten.
    """
    known = noted(connection)
    there = {one.name: one for one in listing.published(reports)}
    new = [one for name, one in there.items() if known.get(name) != one.manifest_sha256]
    # What was published and can no longer be read is not forgotten: somebody may have to mend it.
    gone = [
        (name,)
        for name in known
        if name not in there and not (reports / name / listing.MANIFEST).exists()
    ]
    rows = [
        (one.name, one.report, one.as_of, one.marking, one.manifest_sha256, stamp(now))
        for one in new
    ]
    if rows or gone:
        with transaction(connection):
            connection.executemany("INSERT OR REPLACE INTO publication VALUES (?,?,?,?,?,?)", rows)
            connection.executemany("DELETE FROM publication WHERE folder = ?", gone)
    return len(rows)
