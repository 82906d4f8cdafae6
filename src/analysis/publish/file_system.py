"""What kind of file system a folder is on: whether machines share it, and know of its locks."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

#: Kinds that several machines can have open at once, as Linux calls them.
SHARED = frozenset(
    ("9p", "afs", "beegfs", "ceph", "cifs", "coda", "gfs2", "glusterfs", "gpfs", "lustre", "nfs",
     "nfs4", "ocfs2", "orangefs", "smb3", "smbfs", "sshfs", "virtiofs")
)  # fmt: skip

#: Kinds on which a lock is never known to another machine, and options of a mount that say so, as
#: nfs(5), mount.cifs(8), mount.lustre(8) and ocfs2(5) have them.
_LOCKS_STAY = frozenset(("sshfs",))
_LOCKS_STAY_BY = frozenset(
    ("nolock", "local_lock=all", "local_lock=flock", "local_lock=posix", "nobrl", "localflock",
     "localflocks")
)  # fmt: skip

_MOUNTS = Path("/proc/self/mountinfo")


class _Mount(NamedTuple):
    """The kind of a file system as Linux calls it, and how it is mounted."""

    kind: str = ""
    options: frozenset[str] = frozenset()


def is_shared(folder: Path) -> bool:
    """Whether a folder is on a file system that other machines may have open, too.

    Where nobody can tell it is taken for one of this machine alone.
    """
    return _mount(folder).kind in SHARED


def why_locks_stay_here(folder: Path) -> str:
    """Return why no other machine learns of a lock on a file in a folder; empty if they do."""
    mount = _mount(folder)
    if mount.kind not in SHARED:
        return ""
    if mount.kind in _LOCKS_STAY:
        return f"{mount.kind} tells other machines of no lock"
    said = sorted(mount.options & _LOCKS_STAY_BY)
    return f"it is mounted with {said[0]}" if said else ""


def _mount(folder: Path) -> _Mount:
    with suppress(OSError, ValueError):
        device = os.stat(folder).st_dev
        number = f"{os.major(device)}:{os.minor(device)}"
        for line in _MOUNTS.read_text().splitlines():
            mounted, _, system = line.partition(" - ")
            _, _, on, _, _, options, *_ = mounted.split()
            if on == number:
                kind, _, more = system.split(maxsplit=2)
                said = frozenset(f"{options},{more}".split(","))
                return _Mount(kind.removeprefix("fuse."), said)
    return _Mount()
