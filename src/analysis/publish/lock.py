"""Locks on an archive: who holds one, since when, and whether they are stopped.

A lock is a hidden file that is opened for writing, as network file systems want it, and that
belongs to one account, so that no other can hold it. The system releases it even if its owner is
killed. What the file holds is the owner's process number and machine; when it was written is since
when. A process of another machine is none of this one's process table.
"""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import os
import platform
import pwd
import stat
import struct
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import RunError, WaitWarning
from analysis.publish.file_system import why_locks_stay_here

#: How long whoever only looks may be in the way, in seconds.
GLANCE = 0.2

#: After how many seconds whoever waits for another says so.
SOON = 3

#: How a lock's file is opened, and its mode; none but its owner may open it.
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_MODE, _OTHERS = 0o600, 0o077

#: How often a lock's file is replaced that is not as it should be.
_TRIES = 5

#: How often whoever waits tries again, in seconds.
_KNOCK = 0.02


#: Locks of a whole file that belong to whoever has it open, not to the process, and that the server
#: of a network file system knows as well as its clients do; where the system has none, flock.
_BY_RANGE = hasattr(fcntl, "F_OFD_SETLK") and sys.maxsize > 2**32
_WHOLE = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Owner:
    """Whoever holds a lock: what it is for, the process, its machine, since when.

    `elsewhere` says whether that is another machine than this one, `stopped` whether the process
    is, which only its own machine can tell.
    """

    name: str
    process: str
    since: dt.datetime
    stopped: bool
    machine: str = ""
    elsewhere: bool = False

    @property
    def who(self) -> str:
        """The process, and where it is if not here."""
        return f"process {self.process}{f' on {self.machine}' if self.elsewhere else ''}"

    def __str__(self) -> str:
        is_stopped = ", which is stopped," if self.stopped else ""
        return f"{self.who}{is_stopped} at work since {self.since:%Y-%m-%d %H:%M} UTC"


def machine() -> str:
    """What this machine calls itself, as one word."""
    return "-".join(platform.node().split()) or "unknown"


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

    Raises
    ------
    RunError
        If the lock's file is that of another account, or no file; or if another machine has held
        it, which cannot learn of this one's locks.
    """
    reports.mkdir(parents=True, exist_ok=True)
    path = reports / f".lock-{name}"
    descriptor = _opened(path)
    try:
        held = _taken(path, descriptor, wait)
        while held and not _is_still_there(path, os.fstat(descriptor)):
            # Another has replaced it in between, and could hold the one that is there now.
            before, descriptor = descriptor, _opened(path)
            os.close(before)
            held = _taken(path, descriptor, wait)
        if held:
            _refuse_what_another_cannot_see(path, _written(descriptor))
            with suppress(OSError):  # a full disk keeps nobody from working
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()} {machine()} {_boot()}\n".encode(), 0)
        yield held
    finally:
        os.close(descriptor)


@contextmanager
def waited_for(reports: Path, name: str, wait: float) -> Iterator[None]:
    """Hold a lock on an archive that others hold for moments only.

    Warns
    -----
    WaitWarning
        If another holds it for longer than that; it says who.

    Raises
    ------
    RunError
        If another has held it for so many seconds; it says who.
    """
    with ExitStack() as stack:
        held = stack.enter_context(lock(reports, name, wait=min(wait, SOON)))
        if not held and wait > SOON:
            told = f"{reports} is locked, which is waited for: {_at_work(reports, name)}"
            warnings.warn(told, WaitWarning, stacklevel=3)
            held = stack.enter_context(lock(reports, name, wait=wait - SOON))
        if not held:
            at_work = _at_work(reports, name)
            raise RunError(
                f"{reports} is locked: {at_work}. It was waited for {wait:g} s in vain; "
                "end that process, and call again."
            )
        yield


def _at_work(reports: Path, name: str) -> Owner | str:
    return owner(reports, name) or "another process at work"


def owner(reports: Path, name: str) -> Owner | None:
    """Return who holds a lock at this moment; None if nobody does."""
    path = reports / f".lock-{name}"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        return None if _taken(path, descriptor, 0) else _holder(name, descriptor)
    except RunError:  # where nothing can be locked nobody holds a lock
        return None
    finally:
        os.close(descriptor)


def _holder(name: str, descriptor: int) -> Owner:
    """Who holds a lock, by what its file says."""
    process, where, boot = _written(descriptor)
    is_here = (where, boot) == (machine(), _boot())
    since = dt.datetime.fromtimestamp(os.fstat(descriptor).st_mtime, dt.UTC)
    stopped = is_here and _is_stopped(process)
    return Owner(
        name, process, since.replace(microsecond=0), stopped, where, bool(where) and not is_here
    )


def _written(descriptor: int) -> tuple[str, str, str]:
    """The process that took a lock last, its machine, and which of its boots that was."""
    words = os.pread(descriptor, 500, 0).decode("utf-8", "replace").split()
    process, where, boot = (*words[:3], "", "", "")[:3]
    return process, where, boot


def _boot() -> str:
    """What this machine calls the time since it was started; empty if it does not say."""
    with suppress(OSError):
        return _BOOT.read_text().strip()
    return ""


def _refuse_what_another_cannot_see(path: Path, before: tuple[str, str, str]) -> None:
    """Let no second machine work where its locks are known to itself alone."""
    _, where, _ = before
    if where and where != machine() and (why := why_locks_stay_here(path.parent)):
        raise RunError(
            f"{path.parent} is used by {where}, too, which cannot learn of the locks of this "
            f"machine: {why}. Mount it so that locks hold for all; or remove {path}, if {where} "
            "works there no more."
        )


def _opened(path: Path) -> int:
    """The file of a lock, open for writing: of this account or the archive's, closed to all others.

    One that others may open, as an old version left it or as somebody put it there, is replaced:
    whoever has it open could hold it for ever.
    """
    for _ in range(_TRIES):
        try:
            descriptor = os.open(path, _FLAGS, _MODE)
        except OSError as reason:
            if reason.errno not in (errno.EACCES, errno.EPERM, errno.ELOOP, errno.ENXIO):
                raise
            raise RunError(f"{path} cannot be opened: {_whose(path)}.") from None
        found = os.fstat(descriptor)
        is_good = _is_closed_to_others(found, path) or not _replace(path, found)
        if is_good and _is_still_there(path, found):
            return descriptor
        os.close(descriptor)
    raise RunError(f"{path} is replaced by others again and again, and cannot be used.")


def _is_closed_to_others(found: os.stat_result, path: Path) -> bool:
    own = (os.geteuid(), path.parent.stat().st_uid)
    return stat.S_ISREG(found.st_mode) and found.st_uid in own and not found.st_mode & _OTHERS


def _is_still_there(path: Path, found: os.stat_result) -> bool:
    """Whether a path leads to the file that was opened, and not to another one by now."""
    with suppress(FileNotFoundError):
        return os.path.samestat(path.lstat(), found)
    return False


def _replace(path: Path, found: os.stat_result) -> bool:
    """Put a file of this account in a lock's place, unless that is another account's.

    Returns
    -------
    bool
        False, and nothing is done, where the file system knows neither owners nor modes.
    """
    fresh = path.with_name(f"{path.name}-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, _FLAGS | os.O_EXCL, _MODE))
    try:
        if not _is_closed_to_others(fresh.stat(), path):
            return False
        if found.st_uid not in (os.geteuid(), path.parent.stat().st_uid):
            raise RunError(f"{path} cannot be used: {_whose(path)}.")
        fresh.replace(path)
        return True
    finally:
        fresh.unlink(missing_ok=True)


def _whose(path: Path) -> str:
    """Why a lock's file is not for this account."""
    with suppress(OSError):
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            return "it is no file, or a link, which is not followed; remove it"
        if found.st_uid != os.geteuid():
            owner = _account(found.st_uid)
            return f"it belongs to {owner}; call as {owner}, or remove it"
    return f"this account, {_account(os.geteuid())}, may not write there"


def _account(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"account {number}"


def _taken(path: Path, descriptor: int, wait: float) -> bool:
    end = time.monotonic() + wait
    while True:
        try:
            _lock(descriptor)
            return True
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_KNOCK)
        except OSError as reason:
            raise RunError(
                f"{path} cannot be locked: {reason.strerror}. Two calls at once would spoil the "
                "archive; put it on a file system that has locks."
            ) from None


def _lock(descriptor: int) -> None:
    """Lock a file as a whole, or raise a BlockingIOError at once."""
    if _BY_RANGE:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _WHOLE)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_stopped(process: str) -> bool:
    """Whether a process is there and does nothing, as after SIGSTOP."""
    try:
        # What follows the name of the program, which may hold anything.
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError, ValueError):
        return False
    return state in ("T", "t")
