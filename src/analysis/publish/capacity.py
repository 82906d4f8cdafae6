"""How many reports this machine can make at once: by its CPUs, its memory, a container's share.

A container sees all CPUs of its host, and is slowed down or killed if it takes more than its share;
what that is, its control groups say (Linux, of both versions).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

#: What a process that makes reports needs with its kernel, in bytes.
PER_REPORT = 700 * 2**20

_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")
_MEMORY = Path("/proc/meminfo")


def reports_at_once() -> int:
    """How many reports this process may have made at once; one at least."""
    return max(1, int(min(available_cpus(), _quota(), _memory() / PER_REPORT)))


def available_cpus() -> int:
    """How many CPUs this process may run on, however short its time there is."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota() -> float:
    """For how many CPUs there is time, by the group that gets least; infinite without a limit."""
    shares = [math.inf]
    for folder in _folders():
        with suppress(OSError, ValueError, ZeroDivisionError):
            time, period = (folder / "cpu.max").read_text().split()
            shares.append(int(time) / int(period))  # "max" is no number
        with suppress(OSError, ValueError, ZeroDivisionError):
            time, period = ((folder / f"cpu.cfs_{name}_us").read_text()
                            for name in ("quota", "period"))  # fmt: skip
            if int(time) > 0:
                shares.append(int(time) / int(period))
    return min(shares)


def _memory() -> float:
    """How much memory there is to be had, in bytes; infinite where nothing says so."""
    limits = [math.inf]
    for folder in _folders():
        for name in ("memory.max", "memory.limit_in_bytes"):
            with suppress(OSError, ValueError):
                limits.append(int((folder / name).read_text()))
    with suppress(OSError, ValueError):
        for line in _MEMORY.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                limits.append(int(line.split()[1]) * 1024)
    return min(limits)


def _folders() -> Iterator[Path]:
    """Where limits of this process stand: of its own groups, and of those that they are in."""
    own = ""
    with suppress(OSError):
        own = _OWN_GROUPS.read_text()
    for line in own.splitlines():
        _, _, named = line.partition(":")
        controllers, _, path = named.partition(":")
        root = _GROUPS / controllers
        yield root  # in a container, its own group may be all that it sees
        group = root / path.lstrip("/")
        yield from (one for one in (group, *group.parents) if one.is_relative_to(root))
