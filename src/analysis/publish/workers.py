"""Where the reports of a fleet are made: in processes of this machine, or on a Dask cluster.

Each of the two is a context that gives a function from the record to what `fleet` calls `Submit`.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

from analysis.errors import RunError, UsageError
from analysis.lean import garbage
from analysis.publish.capacity import available_cpus
from analysis.publish.fleet import Outcome, Submit, one_line
from analysis.publish.order import Order
from analysis.publish.plan import Plan, settled
from analysis.publish.run import Means, carry_out, handed_on
from analysis.publish.warm.process import own_warm_process, warm_process
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

#: How long a Dask scheduler, and then the first of its workers, may take to answer, in seconds.
PATIENCE = 10

_ADDRESS = re.compile(r"((tcp|tls)://)?([\w.-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}")

# Jupyter changes to a report's folder and reads the environment: one report a process at a time.
_ONE_AT_A_TIME = threading.Lock()


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
                _outcome, plan.order, partial(carry_out, plan, means)
            )

        yield submitter


@contextmanager
def cluster(address: str) -> Iterator[Callable[[Record], Submit]]:
    """Make reports on a Dask cluster, whose workers have the same code and see the same folders.

    What a lost worker was making goes to another one. When the context ends, what has not begun
    is cancelled.

    Parameters
    ----------
    address: of the scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    UsageError
        If this is no address.
    RunError
        If the scheduler does not answer or has no worker.
    """
    if not _ADDRESS.fullmatch(address):
        raise UsageError(f"--dask: {address!r} is no address; write it as tcp://10.0.0.5:8786.")

    from distributed import Client

    # What it would log of a lost scheduler is in the outcomes.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except OSError as reason:
        raise RunError(f"No Dask scheduler answers at {address}: {reason}.") from reason
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise RunError(f"The Dask scheduler at {address} has no worker.") from None
        executor = client.get_executor(pure=False)

        def submit(plan: Plan) -> Future[Outcome]:
            return in_words(executor.submit(_make_on_cluster, plan), plan.order)

        try:
            yield lambda record: submit
        finally:
            executor.shutdown(wait=False)


def in_words(made: Future[Outcome], order: Order) -> Future[Outcome]:
    """Return the future of what comes of an order on a cluster, if need be why it took its workers.

    The scheduler gives up a report with which one worker after the other is lost, and only that.
    """
    from distributed import KilledWorker

    told: Future[Outcome] = Future()

    def tell(made: Future[Outcome]) -> None:
        try:
            told.set_result(made.result())
        except KilledWorker as lost:
            count = lost.allowed_failures + 1
            why = (
                f"{count} workers were lost while they made it; it may need more memory than they "
                "have, and their logs say more"
            )
            told.set_result(Outcome(order, reason=why))
        except BaseException as reason:
            told.set_exception(reason)

    made.add_done_callback(tell)
    return told


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
        return _outcome(plan.order, lambda: carry_out(plan, means))
    except SystemExit:
        # The pool would take this for an answer and wait for the next question.
        os._exit(1)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _stop(number: int, _: object) -> NoReturn:
    # Once is enough: what ends the kernel is not to be interrupted.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(128 + number)


def _make_on_cluster(plan: Plan) -> Outcome:
    """Make a report in this process of a Dask worker, if it would become the same here."""
    with _ONE_AT_A_TIME:
        return _outcome(plan.order, lambda: _carry_out_here(plan))


def _carry_out_here(plan: Plan) -> Path:
    code = _loaded_code(plan.report.name, plan.order.notebooks)
    (here,), record = settled([plan.order])
    found = {**here.made_from, "code": code}
    if other := [name for name, value in plan.made_from.items() if found[name] != value]:
        raise RunError(
            f"the Dask worker has other {' and '.join(other)} than this command; "
            "give it the same, and start it again"
        )
    with handed_on(record) as told:
        del record
        return carry_out(here, Means(own_warm_process(), told))


@cache  # A worker that lives on works with the code that it has loaded, whatever is there since.
def _loaded_code(report: str, notebooks: Path) -> str:
    from analysis.publish.catalogue import find
    from analysis.publish.manifest import code_digest

    return code_digest(find(report, notebooks))


def _outcome(order: Order, make: Callable[[], Path]) -> Outcome:
    try:
        make()
    except Exception as error:
        return Outcome(order, reason=one_line(error))
    return Outcome(order, fresh=True)
