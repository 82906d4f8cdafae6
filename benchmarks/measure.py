"""Run a command and say what it took: wall and CPU seconds of it and all it started, and memory."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of CPU and the largest memory in MiB."""

    wall: float = 0
    cpu: float = 0
    memory: float = 0

    def __add__(self, other: Cost) -> Cost:
        """The cost of one after the other."""
        memory = max(self.memory, other.memory)
        return Cost(self.wall + other.wall, self.cpu + other.cpu, memory)

    def over(self, number: int) -> Cost:
        """The cost of one of so many."""
        return Cost(self.wall / number, self.cpu / number, self.memory)


def measured(command: Sequence[str | Path], folder: Path, watch_memory: bool = False) -> Cost:
    """Run a command to its end.

    Parameters
    ----------
    command, folder: what to run and where; the kernels that it starts are of this Python.
    watch_memory: also add up the memory of all its processes, each its share of what they have
        in common (PSS), twenty times a second. That costs time: such a run is not for timing.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    _adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    # As with users, code is compiled once, also where whoever builds an image wants no such files.
    environment = os.environ | {"PATH": path, "PYTHONDONTWRITEBYTECODE": ""}
    process = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL)
    memory = _watched(process) if watch_memory else 0.0
    process.wait()
    wall = time.perf_counter() - begun
    with suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, memory)


def _adopt_orphans() -> None:
    """Let processes whose parents end become ours, so that their seconds are counted, too."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _watched(process: subprocess.Popen[bytes]) -> float:
    """The largest sum of the memory of a process and its descendants, in MiB."""
    root, most = psutil.Process(process.pid), 0.0
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        total = 0
        with suppress(psutil.Error):
            for one in [root, *root.children(recursive=True)]:
                with suppress(psutil.Error):
                    total += one.memory_full_info().pss
        most = max(most, total / 2**20)
        time.sleep(0.05)
    return most
