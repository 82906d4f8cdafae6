"""Where the reports of a fleet are made: by the workers of a Dask cluster.

A context that gives a function from the record to what `fleet` calls `Submit`, as
`analysis.publish.workers` does for processes of this machine.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import RunError, UsageError
from analysis.publish.fleet import Outcome, Submit, outcome_of
from analysis.publish.order import Order
from analysis.publish.plan import Plan, settled
from analysis.publish.run import Means, carry_out, handed_on
from analysis.publish.warm.process import own_warm_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.record import Record

#: How long a scheduler, and then the first of its workers, may take to answer, in seconds.
PATIENCE = 10

_ADDRESS = re.compile(r"((tcp|tls)://)?([\w.-]+|\[[0-9a-fA-F:.]+\]):\d{1,5}")

# Jupyter changes to a report's folder and reads the environment: one report a process at a time.
_ONE_AT_A_TIME = threading.Lock()


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


def _make_on_cluster(plan: Plan) -> Outcome:
    """Make a report in this process of a Dask worker, if it would become the same here."""
    with _ONE_AT_A_TIME:
        return outcome_of(plan.order, lambda: _carry_out_here(plan))


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
