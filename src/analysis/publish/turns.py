"""Turns: of the reports that one job has in flight, one runs its cells while another is set.

A turn is a lock on a file, which the system releases even if whoever has it is killed.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(file: Path | None) -> Iterator[None]:
    """Wait for the turn that a file stands for, and have it for the time of the context.

    Parameters
    ----------
    file: what all share who take turns; None for whoever shares with nobody.
    """
    if file is None:
        yield
        return
    with file.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
