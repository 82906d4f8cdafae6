"""The ledger: which slots were made, what is published, and what was sent to whom.

One SQLite file in the archive, and a copy of it. Every change is one transaction, so whoever is
killed leaves the ledger as it was before or after, never in between. All moments are UTC, as
`clock.stamp` has them. Its tables are in `tables`, what is written into it in `notes`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from analysis.errors import RunError
from analysis.publish.file_system import is_shared
from analysis.publish.lock import lock, machine, waited_for
from analysis.schedule.tables import MIGRATIONS

#: The file in the archive.
FILE = ".ledger.sqlite"

#: Its copy, of the end of the newest call that changed it; no ``.ledger.sqlite*``.
COPY = ".ledger-copy.sqlite"

#: It holds readers' addresses.
MODE = 0o600

#: A machine that has not opened it for so long is none of those that work on the archive.
_GONE = "-7 days"

#: How SQLite writes a moment as `clock.stamp` does.
_STAMP = "%Y-%m-%dT%H:%M:%SZ"

#: How SQLite says that a part of a ledger is missing, which does not pass.
_MISSING = ("no such table", "no such column")

#: How long whoever finds the ledger in use waits for it, in seconds.
PATIENCE = 60


def open(reports: Path) -> sqlite3.Connection:
    """Open the ledger of an archive; both are made if they are not there.

    The connection commits each statement by itself; several belong into `transaction`.

    Raises
    ------
    RunError
        If there can be no ledger there, a newer brinkwatch has written it, or there was one and
        it is lost; then what was sent is not known, and nothing goes on before it is restored.
    """
    file = reports / FILE
    try:
        with waited_for(reports, "ledger", PATIENCE):
            _refuse_a_lost_one(reports)
            if not file.exists():
                with _anew(file) as empty:
                    _migrate(empty)
            connection = _connected(f"{file.absolute().as_uri()}?mode=rw")
            try:
                _set_up(connection, is_shared(reports))
            except sqlite3.Error:
                connection.close()  # or what it has locked stays so
                raise
            file.chmod(MODE)
    except (OSError, sqlite3.Error) as reason:
        raise _cannot_be_used(reports, reason) from None
    return connection


def _set_up(connection: sqlite3.Connection, is_over_a_network: bool) -> None:
    """Bring the ledger to the newest version, and to a journal that all who use it can."""
    if is_over_a_network:
        _without_shared_memory(connection)
    _migrate(connection)
    has_others = _join(connection)
    if not (is_over_a_network or has_others):
        connection.execute("PRAGMA journal_mode = WAL")


def _without_shared_memory(connection: sqlite3.Connection) -> None:
    """Bring a ledger out of WAL, which needs memory that all share who have it open.

    Without it the ledger is only slower. The server of a network file system may have left it so,
    or have it open: then this waits, and fails.
    """
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # so that no such memory is made for it
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA locking_mode = NORMAL")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _join(connection: sqlite3.Connection) -> bool:
    """Enter this machine into the ledger; return whether others work on the archive, too.

    Where they do, one may be the server of a network file system, to which the archive is a folder
    as any other: nobody makes a WAL of it any more. The clock of the machine says who is there.
    """
    connection.execute(
        "INSERT INTO machine (name, seen) VALUES (?, strftime(?, 'now')) ON CONFLICT (name) "
        "DO UPDATE SET seen = excluded.seen WHERE seen < strftime(?, 'now', '-1 hour')",
        (machine(), _STAMP, _STAMP),
    )
    connection.execute("DELETE FROM machine WHERE seen < strftime(?, 'now', ?)", (_STAMP, _GONE))
    has_others = bool(value(connection, "SELECT 1 FROM machine WHERE name <> ?", machine()))
    if has_others:
        connection.execute("PRAGMA journal_mode = DELETE")
    return has_others


def look(reports: Path) -> sqlite3.Connection:
    """Open the ledger of an archive to read it; an empty one, in memory, if there is none.

    Nothing is written, so that whoever may only read can look.
    """
    file = reports / FILE
    try:
        _refuse_a_lost_one(reports)
        if not file.exists():
            return blank()
        connection = _to_be_read(file)
        if value(connection, "PRAGMA user_version") == len(MIGRATIONS):
            return connection
        with closing(connection):
            copy = _connected(":memory:")
            connection.backup(copy)
            _migrate(copy)
    except (OSError, sqlite3.Error) as reason:
        raise _cannot_be_used(reports, reason) from None
    return copy


def blank() -> sqlite3.Connection:
    """An empty ledger, in memory."""
    connection = _connected(":memory:")
    _migrate(connection)
    return connection


def check(connection: sqlite3.Connection) -> None:
    """Raise a sqlite3.DatabaseError if a page of the ledger is damaged, or a table is missing."""
    found = value(connection, "PRAGMA quick_check(1)")
    if found != "ok":
        raise sqlite3.DatabaseError(f"it is damaged, {str(found).splitlines()[-1]}")
    if missing := sorted(_all_tables() - _tables(connection)):
        raise sqlite3.DatabaseError(f"{missing[0]!r} is missing in it")


@cache
def _all_tables() -> frozenset[str]:
    with closing(blank()) as empty:
        return _tables(empty)


def _tables(connection: sqlite3.Connection) -> frozenset[str]:
    """The names of tables and indexes."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    return frozenset(names)


def back_up(connection: sqlite3.Connection, reports: Path) -> None:
    """Keep a copy of the ledger beside it, from which it can be restored.

    Raises
    ------
    sqlite3.DatabaseError
        If the ledger is damaged. The copy of before stays.
    """
    with _anew(reports / COPY) as copy:
        connection.backup(copy)
        check(copy)
        # A ledger of its own, in one file.
        copy.execute("PRAGMA journal_mode = DELETE")


def _connected(place: str) -> sqlite3.Connection:
    is_uri = place.startswith("file:")
    connection = sqlite3.connect(place, timeout=PATIENCE, isolation_level=None, uri=is_uri)
    connection.row_factory = sqlite3.Row
    return connection


def _to_be_read(file: Path) -> sqlite3.Connection:
    """A connection that writes nothing, not even the files beside the ledger if it may not."""
    place = file.absolute().as_uri()
    connection = _connected(f"{place}?mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        connection = _connected(f"{place}?mode=ro&immutable=1")
    return connection


@contextmanager
def _anew(file: Path) -> Iterator[sqlite3.Connection]:
    """An empty ledger, which is in a file's place as a whole or not at all."""
    new = file.with_name(f"{file.name}-new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE))
    with closing(_connected(str(new))) as connection:
        yield connection
    new.replace(file)


def _refuse_a_lost_one(reports: Path) -> None:
    """Raise a sqlite3.DatabaseError where a ledger is gone, empty or an old one."""
    file, copy = reports / FILE, reports / COPY
    if not file.exists():
        if copy.exists():
            raise sqlite3.DatabaseError("it is gone")
        return
    if file.is_symlink():
        raise OSError(f"{FILE} is a link, which is not followed")
    if not file.is_file():
        raise sqlite3.DatabaseError("it is no file")
    if file.stat().st_size == 0:
        raise sqlite3.DatabaseError("it is empty")
    if not copy.is_file():
        return
    is_blank, calls = _age(file)
    try:
        is_blank_there, calls_there = _age(copy)
    except sqlite3.Error:
        return  # a copy that is damaged says nothing of the ledger
    if is_blank and not is_blank_there:
        raise sqlite3.DatabaseError("nothing is in it, and its copy holds what was made and sent")
    if calls < calls_there:
        raise sqlite3.DatabaseError("it is older than its copy")


def _age(file: Path) -> tuple[bool, int]:
    """Whether nothing is in a ledger, and how many calls have written into it."""
    with closing(_to_be_read(file)) as connection:
        return _is_blank(connection), _calls(connection)


def _is_blank(connection: sqlite3.Connection) -> bool:
    return value(connection, "PRAGMA user_version") == 0 or not any(
        value(connection, f"SELECT 1 FROM {table} LIMIT 1")
        for table in ("slot", "publication", "delivery")
    )


def _calls(connection: sqlite3.Connection) -> int:
    """How many calls have written into a ledger; of an old version none is known."""
    try:
        return int(value(connection, "SELECT max(number) FROM call") or 0)
    except sqlite3.OperationalError:
        return 0


def _cannot_be_used(reports: Path, reason: Exception) -> RunError:
    """Why the ledger cannot be used; where it is damaged or lost, how to restore it."""
    file, copy = reports / FILE, reports / COPY
    why = f"The ledger {file} cannot be used: {reason}."
    # Its children are for what may pass: a full disk, a lock that somebody else holds.
    if type(reason) is not sqlite3.DatabaseError and not str(reason).startswith(_MISSING):
        return RunError(why)
    remove = f"rm -rf {file}*"
    restore = (
        f"restore it from its copy: {remove}; cp -p {copy} {file}"
        if copy.exists()
        else f"there is no copy of it; to begin anew: {remove}"
    )
    return RunError(f"{why} What was sent is not known without it, so {restore}")


def _migrate(connection: sqlite3.Connection) -> None:
    done = value(connection, "PRAGMA user_version")
    if done > len(MIGRATIONS):
        raise sqlite3.OperationalError("a newer brinkwatch has written it; update this one")
    for number, script in enumerate(MIGRATIONS[done:], start=done + 1):
        connection.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")


def value(connection: sqlite3.Connection, query: str, *values: object) -> Any:
    """The first value of the first row that a query finds; None where it finds none."""
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def change(
    connection: sqlite3.Connection, table: str, key: Mapping[str, object], **columns: object
) -> None:
    """Write columns into the row of a table that a key names."""
    changes = ", ".join(f"{name} = ?" for name in columns)
    row = " AND ".join(f"{name} = ?" for name in key)
    query = f"UPDATE {table} SET {changes} WHERE {row}"
    connection.execute(query, (*columns.values(), *key.values()))


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Do all of it or nothing; nobody else writes meanwhile."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def alone(reports: Path, name: str) -> Iterator[sqlite3.Connection | None]:
    """Hold a lock on an archive, with its ledger open; None if another holds the lock.

    Raises
    ------
    RunError
        If the ledger cannot be used; where it is damaged or lost, it says how to restore it.
    """
    with lock(reports, name) as held:
        if not held:
            yield None
            return
        with closing(open(reports)) as connection:
            try:
                connection.execute("UPDATE call SET number = number + 1")
                yield connection
            except sqlite3.Error as reason:
                raise _cannot_be_used(reports, reason) from reason


@contextmanager
def reading(reports: Path) -> Iterator[sqlite3.Connection]:
    """Have the ledger open to read it.

    Raises
    ------
    RunError
        If it cannot be used; where it is damaged or lost, it says how to restore it.
    """
    with closing(look(reports)) as connection:
        try:
            yield connection
        except sqlite3.Error as reason:
            raise _cannot_be_used(reports, reason) from reason
