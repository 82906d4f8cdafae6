"""One attempt at one report in a process of its own, so that a hang or a crash stays in there.

`attempt` starts `python -m analysis.schedule.attempt`, which reads an order as one line of JSON
from its standard input and writes what came of it to its standard output. The input stays open as
long as the caller lives: when it ends, the attempt ends too, and its kernel with it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from analysis.errors import BrinkwatchError, RunError, stopped_by
from analysis.home import have_a_home

if TYPE_CHECKING:
    from analysis.publish.order import Order

#: How long an attempt that is told to stop has for ending its kernel, in seconds.
GRACE = 10

#: Lines of a reason that the ledger keeps; a record can have thousands of faults.
LONGEST_REASON = 20


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: the folder that is published, or why not and in which cell.

    `told` is why a report with a condition was made, or was not called for; without a folder and
    a `reason` it was not. What is `hopeless` is not tried again.
    """

    folder: str | None = None
    reason: str | None = None
    cell: str | None = None
    told: str | None = None
    hopeless: bool = False


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of one attempt in this call; `next_try` is None where no later call will try."""

    outcome: Outcome
    seconds: float
    next_try: dt.datetime | None = None

    @property
    def given_up(self) -> bool:
        """Whether it failed for good."""
        return self.outcome.reason is not None and self.next_try is None

    @property
    def failure(self) -> str:
        """What is said of an attempt that failed."""
        from analysis.schedule.clock import stamp

        then = f"next try from {stamp(self.next_try)}" if self.next_try else "given up"
        return f"failed, {then}: {self.outcome.reason}"


#: Makes a report within a time limit, blind to some environment variables.
Make: TypeAlias = "Callable[[Order, dt.timedelta, Collection[str]], Outcome]"


def attempt(order: Order, time_limit: dt.timedelta, hidden: Collection[str] = ()) -> Outcome:
    """Make a report in a process of its own.

    Parameters
    ----------
    order: what to make.
    time_limit: how long it may take.
    hidden: environment variables that hold secrets, of which the attempt sees nothing.
    """
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "analysis.schedule.attempt"],
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=complaints,
            env=_environment(hidden),
            start_new_session=True,
        )
        try:
            _tell(process, order)
            process.wait(time_limit.total_seconds())
        except subprocess.TimeoutExpired:
            return Outcome(reason=f"it took longer than its time limit, {time_limit}")
        finally:
            _stop(process)
        return _outcome(said, complaints, process.returncode)


def _environment(hidden: Collection[str]) -> dict[str, str]:
    # Not at the top: the process of an attempt is to watch its input before it loads anything slow.
    from analysis.publish.warm.environment import python_path

    seen = {name: value for name, value in os.environ.items() if name not in hidden}
    return seen | {"PYTHONPATH": python_path()}


def _tell(process: subprocess.Popen[bytes], order: Order) -> None:
    """Give the order, and leave the input open."""
    line = json.dumps(asdict(order), default=str)
    assert process.stdin is not None
    # Should it have ended already, its exit code says so.
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(f"{line}\n".encode())
        process.stdin.flush()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process if it has not ended: kindly first, so that it takes its kernel along."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()


def _outcome(said: IO[bytes], complaints: IO[bytes], code: int) -> Outcome:
    lines = _lines(said)
    if code == 0 and lines:
        return Outcome(**json.loads(lines[-1]))
    end = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return Outcome(reason=": ".join([f"the run ended with {end}", *_lines(complaints)[-1:]]))


def _lines(file: IO[bytes]) -> list[str]:
    file.seek(0)
    return file.read().decode("utf-8", "replace").strip().splitlines()


def _main() -> None:
    """What happens in the process of an attempt."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_caller, daemon=True).start()
    print(json.dumps(asdict(made(order))), flush=True)


def _end_with_the_caller() -> None:
    """Wait for the end of the input, then stop."""
    # Not by way of sys.stdin, whose lock a thread may not hold when Python ends.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def made(order: dict[str, Any]) -> Outcome:
    """Make what was ordered; whatever goes wrong is the reason in the outcome."""
    have_a_home()
    from analysis.publish.order import Order
    from analysis.publish.run import run

    places: dict[str, Any] = {name: Path(order[name]) for name in ("data", "reports", "notebooks")}
    try:
        folder = run(Order(order["report"], order["parameters"], **places))
    except BrinkwatchError as error:
        return Outcome(reason=_shortened(str(error)), cell=_failing_cell(error))
    except OSError as error:
        return Outcome(reason=stopped_by(error))
    return Outcome(folder=folder.relative_to(places["reports"]).as_posix())


def _shortened(reason: str) -> str:
    lines = reason.splitlines()
    more = len(lines) - LONGEST_REASON
    return "\n".join(lines[:LONGEST_REASON] + [f"and {more} lines more"] * (more > 0))


def _failing_cell(error: BrinkwatchError) -> str | None:
    """Number and source of the cell at which a run stopped, if it came to a cell."""
    if not isinstance(error, RunError) or error.notebook is None:
        return None
    cells = json.loads(error.notebook.read_bytes())["cells"]
    for number, cell in enumerate(cells, start=1):
        if cell["metadata"].get("papermill", {}).get("status") in ("failed", "running"):
            return f"cell {number}:\n{''.join(cell['source'])}"
    return None


if __name__ == "__main__":
    _main()
