"""What kind of file system a folder is on: whether several machines may share it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

#: Kinds that several machines can have open at once, as Linux calls them.
SHARED = frozenset(
    ("9p", "afs", "beegfs", "ceph", "cifs", "coda", "gfs2", "glusterfs", "gpfs", "lustre", "nfs",
     "nfs4", "ocfs2", "orangefs", "smb3", "smbfs", "sshfs", "virtiofs")
)  # fmt: skip

_MOUNTS = Path("/proc/self/mountinfo")


def is_shared(folder: Path) -> bool:
    """Whether a folder is on a file system that other machines may have open, too.

    Where nobody can tell it is taken for one of this machine alone.
    """
    kind = _kind(folder)
    return kind.removeprefix("fuse.") in SHARED


def _kind(folder: Path) -> str:
    """What Linux calls the file system of a folder; empty if it does not say."""
    with suppress(OSError, UnicodeDecodeError):
        device = os.stat(folder).st_dev
        number = f"{os.major(device)}:{os.minor(device)}"
        for line in _MOUNTS.read_text().splitlines():
            mounted, _, system = line.partition(" - ")
            if mounted.split()[2] == number:
                return system.split()[0]
    return ""
