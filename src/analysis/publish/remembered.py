"""What earlier looks have found in an archive, so that thousands of editions are not read anew.

It is one SQLite file for each archive in the user's cache folder: what lists show of an edition, as
long as its manifest is the very file that it was. Each entry counts only if its own digest holds,
and nothing is lost if the file goes. Where there is no place for it, nothing is remembered.
"""

from __future__ import annotations

import hashlib
import math
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import platformdirs

#: How many archives are remembered.
_KEPT = 20

#: How long somebody else may be at it, in seconds; what is remembered is not worth waiting for.
_PATIENCE = 2

#: What was changed within so many nanoseconds is not remembered: it may change again unseen.
_SETTLED = 2_000_000_000

_MODE = 0o600

#: A file of another version begins anew.
_VERSION = 4
_TABLES = """
CREATE TABLE head (
    folder TEXT PRIMARY KEY, stamp TEXT NOT NULL, digest TEXT NOT NULL, content TEXT NOT NULL
) STRICT;
CREATE TABLE told (folder TEXT PRIMARY KEY, digest TEXT NOT NULL, events TEXT NOT NULL) STRICT;
CREATE TABLE edition (
    id INTEGER PRIMARY KEY, folder TEXT UNIQUE, manifest_sha256 TEXT NOT NULL
) STRICT;
CREATE TABLE fact_list (id INTEGER PRIMARY KEY, facts TEXT UNIQUE) STRICT;
CREATE TABLE said (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, plain TEXT NOT NULL,
    UNIQUE (kind, text)
) STRICT;
CREATE TABLE mention (
    said INTEGER NOT NULL, edition INTEGER NOT NULL, fact_list INTEGER NOT NULL,
    PRIMARY KEY (said, edition)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_by_edition ON mention (edition);
"""


def stamp(file: Path) -> str:
    """What tells a file from any other that was in its place; empty if there is none."""
    try:
        found = os.lstat(file)
    except OSError:
        return ""
    return f"{found.st_ctime_ns} {found.st_mtime_ns} {found.st_ino} {found.st_size}"


def heads(reports: Path, stamps: Mapping[str, str]) -> dict[str, str]:
    """Return what is remembered of editions whose manifests are what they were.

    Parameters
    ----------
    reports: the archive.
    stamps: see :func:`stamp`, of each manifest by its folder's name.
    """
    found = {}
    with suppress(sqlite3.Error), opened(reports) as memory:
        for folder, known, digest, content in memory.execute("SELECT * FROM head"):
            if stamps.get(folder) == known and digest == _digest(folder, known, content):
                found[folder] = content
    return found


def events(reports: Path, folders: Collection[str]) -> dict[str, str]:
    """Return what is remembered of the events that editions tell, by their folders' names."""
    wanted, found = set(folders), {}
    with suppress(sqlite3.Error), opened(reports) as memory:
        for folder, digest, told in memory.execute("SELECT * FROM told"):
            if folder in wanted and digest == _digest(folder, told):
                found[folder] = told
    return found


def keep(reports: Path, stamps: Mapping[str, str], news: Mapping[str, tuple[str, str]]) -> None:
    """Remember what lists show of editions, and their events; forget what is not there.

    Parameters
    ----------
    reports: the archive.
    stamps: see :func:`heads`.
    news: what lists show of an edition, and its events, by its folder's name.
    """
    until = _now(reports) - _SETTLED
    settled = {name: said for name, said in news.items() if _changed(stamps[name]) <= until}
    if not settled:
        return
    with suppress(sqlite3.Error), opened(reports) as memory, memory:
        known = {folder for (folder,) in memory.execute("SELECT folder FROM head")}
        gone = [(folder,) for folder in known - stamps.keys()]
        for table in ("head", "told"):
            memory.executemany(f"DELETE FROM {table} WHERE folder = ?", gone)
        memory.executemany(
            "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?)",
            [
                (folder, stamps[folder], _digest(folder, stamps[folder], head), head)
                for folder, (head, _) in settled.items()
            ],
        )
        memory.executemany(
            "INSERT OR REPLACE INTO told VALUES (?, ?, ?)",
            [(folder, _digest(folder, told), told) for folder, (_, told) in settled.items()],
        )


def _now(reports: Path) -> float:
    """The time as files have it, in nanoseconds; before all of them where nothing is kept."""
    with suppress(OSError):
        if file := _file(reports):
            os.utime(file)
            return file.stat().st_mtime_ns
    return -math.inf


def _changed(stamp: str) -> float:
    """When a file was changed last, in nanoseconds; never for none."""
    return int(stamp.split(maxsplit=1)[0]) if stamp else math.inf


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def opened(reports: Path) -> Iterator[sqlite3.Connection]:
    """Have what is remembered of an archive open; an empty memory where there is no place for it.

    Raises
    ------
    sqlite3.Error
        If it is damaged; then it is gone, and the next one begins anew.
    """
    file = _file(reports)
    with closing(_connected(file)) as memory:
        try:
            yield memory
        except sqlite3.DatabaseError as reason:
            if file and not isinstance(reason, sqlite3.OperationalError):
                file.unlink(missing_ok=True)
            raise


def _connected(file: Path | None) -> sqlite3.Connection:
    if file is not None:
        try:
            return _prepared(sqlite3.connect(file, timeout=_PATIENCE))
        except sqlite3.OperationalError:
            pass  # in use, on a full disk, or not ours
        except sqlite3.DatabaseError:
            file.unlink(missing_ok=True)
    return empty()


def empty() -> sqlite3.Connection:
    """A memory that lasts no longer than it is open."""
    return _prepared(sqlite3.connect(":memory:"))


def _prepared(memory: sqlite3.Connection) -> sqlite3.Connection:
    # Nothing is lost if it goes: whoever remembers need not wait for the disk.
    memory.execute("PRAGMA synchronous = OFF")
    (version,) = memory.execute("PRAGMA user_version").fetchone()
    if version != _VERSION:
        tables = memory.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for (name,) in tables:
            memory.execute(f'DROP TABLE "{name}"')
        memory.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
    return memory


def _file(reports: Path) -> Path | None:
    """The file of an archive, which is there and for this account alone; None if it cannot be."""
    try:
        folder = platformdirs.user_cache_path("brinkwatch") / "archives"
        name = hashlib.sha256(os.fsencode(reports.resolve())).hexdigest()
        file = folder / f"{name}.sqlite"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, _MODE))
            by_age = sorted(folder.glob("*.sqlite"), key=lambda path: path.stat().st_mtime)
            for old in by_age[:-_KEPT]:
                old.unlink()
    except (OSError, RuntimeError):  # RuntimeError: this account has no home
        return None
    return file
