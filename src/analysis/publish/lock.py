"""Locks on an archive: who holds one, since when, and whether they are stopped.

A lock is a hidden file that is opened for writing, as network file systems want it, and that
belongs to one account, so that no other can hold it. The system releases it even if its owner is
killed. What the file holds is the owner's process number; when it was written is since when.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import RunError

#: How long whoever only looks may be in the way, in seconds.
GLANCE = 0.2

#: How often whoever waits tries again, in seconds.
_KNOCK = 0.02


@dataclass(frozen=True)
class Owner:
    """Whoever holds a lock: what it is for, the process, since when, and whether it is stopped."""

    name: str
    process: str
    since: dt.datetime
    stopped: bool

    def __str__(self) -> str:
        is_stopped = ", which is stopped," if self.stopped else ""
        return f"process {self.process}{is_stopped} at work since {self.since:%Y-%m-%d %H:%M} UTC"


@contextmanager
def lock(reports: Path, name: str, *, wait: float = GLANCE) -> Iterator[bool]:
    """Hold a lock on an archive.

    Parameters
    ----------
    reports: the archive; it is made if it is not there.
    name: what is locked, such as ``due``.
    wait: for how many seconds to wait until another has released it.

    Yields
    ------
    bool
        Whether the lock is held; False if another holds it.
    """
    reports.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(
        reports / f".lock-{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
    )
    try:
        held = _taken(descriptor, wait)
        if held:
            with suppress(PermissionError):  # an older one may be open to others
                os.fchmod(descriptor, 0o600)
            with suppress(OSError):  # a full disk keeps nobody from working
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield held
    finally:
        os.close(descriptor)


@contextmanager
def waited_for(reports: Path, name: str, wait: float) -> Iterator[None]:
    """Hold a lock on an archive that others hold for moments only.

    Raises
    ------
    RunError
        If another has held it for so many seconds; it says who.
    """
    with lock(reports, name, wait=wait) as held:
        if not held:
            at_work = owner(reports, name) or "another process at work"
            raise RunError(
                f"{reports} is locked: {at_work}. It was waited for {wait:g} s in vain; "
                "end that process, and call again."
            )
        yield


def owner(reports: Path, name: str) -> Owner | None:
    """Return who holds a lock at this moment; None if nobody does."""
    path = reports / f".lock-{name}"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        if _taken(descriptor, 0):
            return None
        process = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
        since = dt.datetime.fromtimestamp(os.fstat(descriptor).st_mtime, dt.UTC)
        return Owner(name, process, since.replace(microsecond=0), _is_stopped(process))
    finally:
        os.close(descriptor)


def _taken(descriptor: int, wait: float) -> bool:
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_KNOCK)


def _is_stopped(process: str) -> bool:
    """Whether a process is there and does nothing, as after SIGSTOP."""
    try:
        # What follows the name of the program, which may hold anything.
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError, ValueError):
        return False
    return state in ("T", "t")
