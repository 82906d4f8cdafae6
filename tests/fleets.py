"""Fleets of a small report in processes of their own, which tests watch, interrupt and kill."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook

PARAMETERS = "as_of = None\nwindow_days = 7\nmarking = 'TLP:CLEAR'\nsite_id = 'al-tanf'"

#: Makes the report `small` of four days for two sites; says what came of each, and the summary.
PROGRAM = """
import signal, sys
import datetime as dt
from pathlib import Path
from analysis.errors import BrinkwatchError
from analysis.publish.fleet import days, fleet, orders, summary
from analysis.publish.order import Order
from analysis.publish.cluster import cluster
from analysis.publish.workers import processes

signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
folder, where = Path(sys.argv[1]), sys.argv[2]
order = Order("small", reports=folder / "reports", notebooks=folder / "notebooks")
as_of = days("2023-10-23", "2023-10-26", dt.timedelta(days=1))
wanted = orders(order, as_of, {"site_id": ["al-tanf", "ain-al-asad"]})
workers = processes(int(where)) if where.isdigit() else cluster(where)
try:
    outcomes = fleet(wanted, workers, lambda outcome: print(outcome, flush=True))
    print(summary(outcomes, 46))
except BrinkwatchError as error:
    sys.exit(str(error))
"""

#: The name of a variable by which a test knows the processes that are its own.
MARK = "BRINKWATCH_TEST_FLEET"


def small(folder: Path, *sources: str) -> Path:
    """Write the report `small`, of these cells after its parameters; return the folder."""
    cells = [
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        *map(new_code_cell, sources),
    ]
    (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), folder / "notebooks" / "small.ipynb")
    return folder


def small_and_slow(folder: Path) -> Path:
    """Write the report `small`, which takes a second more while a file is there; return that."""
    brake = folder / "brake"
    small(folder, f"import os, time; time.sleep(os.path.exists({str(brake)!r}))")
    brake.touch()
    return brake


class Fleet:
    """A fleet at work."""

    def __init__(self, folder: Path, where: str):
        self.mark = uuid.uuid4().hex
        self.command = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, folder, where],
            env=os.environ | {MARK: self.mark},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def outcome(self) -> str:
        """Wait for what came of the next report."""
        assert self.command.stdout
        return self.command.stdout.readline().strip()

    def processes(self) -> list[psutil.Process]:
        """Every process that the fleet has started and that is still there."""
        return [process for process in psutil.process_iter() if _marked(process, self.mark)]

    def workers(self) -> list[psutil.Process]:
        """The processes that make reports."""
        # They are forked from a process that multiprocessing has begun alike.
        return [one for one in self.processes() if _is_forked(one) and _is_forked(_parent(one))]

    def is_gone(self, seconds: float) -> bool:
        """Whether no process is left after some time."""
        return wait_until(lambda: not self.processes(), seconds)


@contextlib.contextmanager
def begun(folder: Path, where: str) -> Iterator[Fleet]:
    """Start a fleet; none of it is left after."""
    fleet = Fleet(folder, where)
    try:
        yield fleet
    finally:
        for process in fleet.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        fleet.command.communicate()


def done(folder: Path, where: str) -> tuple[int, str, str]:
    """Run a fleet to its end; return its exit code, what it said, and its complaints."""
    with begun(folder, where) as fleet:
        out, err = fleet.command.communicate()
    return fleet.command.returncode, out, err


def digests(reports: Path) -> dict[str, str]:
    """SHA-256 of every file of an archive; locks, which say who held them last, are left out."""
    return {
        path.relative_to(reports).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in reports.rglob("*")
        if path.is_file() and not path.name.startswith(".lock")
    }


def wait_until(condition: object, seconds: float) -> bool:
    """Whether a condition comes true within some time."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return bool(met)


def _marked(process: psutil.Process, mark: str) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and process.environ().get(MARK) == mark
    return False


def _parent(process: psutil.Process) -> psutil.Process | None:
    with contextlib.suppress(psutil.Error):
        return process.parent()
    return None  # it has ended meanwhile, as kernels do


def _is_forked(process: psutil.Process | None) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        return process is not None and "multiprocessing.forkserver" in " ".join(process.cmdline())
    return False
