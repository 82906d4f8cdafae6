"""Where the reports of a fleet are made: in processes of this machine.

A context that gives a function from the record to what `fleet` calls `Submit`, as
`analysis.publish.cluster` does.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

from analysis.errors import RunError
from analysis.lean import garbage
from analysis.publish.capacity import available_cpus
from analysis.publish.fleet import Outcome, Submit, outcome_of
from analysis.publish.plan import Plan
from analysis.publish.run import Means, carry_out, handed_on
from analysis.publish.warm.process import warm_process
from analysis.telling import show_remarks

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.record import Record

#: What every process that makes reports loads; here once, and the processes are forked.
LOADED = (
    "analysis.publish.execution",
    "analysis.publish.ready",
    "analysis.publish.workers",
    "typer",  # for the command itself, which multiprocessing runs once more, up to its `main`
)

#: How often a report is tried whose process is killed.
TRIES = 2

#: How long a process that is told to stop has for ending its kernel, in seconds.
GRACE = 5


@contextmanager
def processes(jobs: int) -> Iterator[Callable[[Record], Submit]]:
    """Make reports in processes of this machine, which end when this one does, even if killed.

    Each job has a process of its own, and a new one should that be killed; a report at which that
    happens twice is given up. Where there is a CPU to spare, a job has a second process: they take
    turns at running cells, and one sets its page while the other's kernel runs. What is still being
    made when the context ends is stopped.

    Parameters
    ----------
    jobs: of how many reports the cells are run at once, at most.

    Raises
    ------
    RunError
        If there are to be several and this machine lets processes share nothing.
    """
    if why := why_nothing_is_shared():
        if jobs > 1:
            raise RunError(f"Reports cannot be made {jobs} at once: {why}; or give --jobs 1.")
        with _this_process() as submitter:
            yield submitter
        return
    context = _warm_context()
    lifeline, our_end = context.Pipe(duplex=False)
    idle: SimpleQueue[tuple[ProcessPoolExecutor, Path]] = SimpleQueue()

    def process() -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, context, _begin, (lifeline,))

    def make_in_a_process(plan: Plan, means: Means) -> Outcome:
        for _ in range(TRIES):
            worker, turn = idle.get()
            try:
                return worker.submit(_make_or_exit, plan, replace(means, turn=turn)).result()
            except BrokenProcessPool:
                worker = process()
                if our_end.closed:
                    break
            finally:
                idle.put((worker, turn))
        return Outcome(plan.order, reason="its process was killed, and at a second try again")

    in_flight = min(2 * jobs, max(jobs, available_cpus()))
    threads = ThreadPoolExecutor(in_flight)
    with ExitStack() as stack:
        turns = Path(stack.enter_context(TemporaryDirectory(prefix="brinkwatch-turns-")))
        for number in range(in_flight):
            idle.put((process(), turns / str(number % jobs)))
        zygote = stack.enter_context(warm_process())

        def submitter(record: Record) -> Submit:
            means = Means(zygote, stack.enter_context(handed_on(record)))
            return lambda plan: threads.submit(make_in_a_process, plan, means)

        try:
            yield submitter
        finally:
            our_end.close()
            threads.shutdown(cancel_futures=True)
            while not idle.empty():
                worker, _ = idle.get()
                worker.shutdown()


def why_nothing_is_shared() -> str:
    """Return why processes cannot wait for each other here; empty if they can."""
    try:
        multiprocessing.Lock()
    except (OSError, ImportError) as reason:
        why = getattr(reason, "strerror", None) or str(reason)
        return f"this machine gives no semaphores ({why}); make /dev/shm writable"
    return ""


@contextmanager
def _this_process() -> Iterator[Callable[[Record], Submit]]:
    """Make reports one after the other in this process."""
    with ExitStack() as stack:
        zygote = stack.enter_context(warm_process())
        threads = ThreadPoolExecutor(1)
        stack.callback(threads.shutdown, cancel_futures=True)

        def submitter(record: Record) -> Submit:
            means = Means(zygote, stack.enter_context(handed_on(record)))
            return lambda plan: threads.submit(
                outcome_of, plan.order, partial(carry_out, plan, means)
            )

        yield submitter


def _warm_context() -> BaseContext:
    """Start what processes are forked from; it loads while there is something else to do."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    # Ctrl-C reaches every process at the terminal, but it is for this one to act on.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)
    return context


def _begin(lifeline: Connection) -> None:
    """Let a process stop when the command has no more use for it, or is gone."""
    garbage.seldom_looked_for()
    show_remarks(partial(print, file=sys.stderr))
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    """Wait for the end of the lifeline, then stop; by force if that takes long."""
    wait([lifeline])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


def _make_or_exit(plan: Plan, means: Means) -> Outcome:
    """Make a report; told to stop, end its kernel and then this process."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        return outcome_of(plan.order, lambda: carry_out(plan, means))
    except SystemExit:
        # The pool would take this for an answer and wait for the next question.
        os._exit(1)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _stop(number: int, _: object) -> NoReturn:
    # Once is enough: what ends the kernel is not to be interrupted.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(128 + number)
