"""Many reports at once: the story of `brinkwatch fleet`.

`orders` lists what is wanted; `fleet` settles all of it before anything runs, has `workers` make
what is not published yet, and tells what came of each; `summary` says it in words.
"""

from __future__ import annotations

import datetime as dt
import itertools
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, as_completed
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis import parameters
from analysis.errors import BrinkwatchError, UsageError
from analysis.publish.order import Order
from analysis.publish.plan import Plan, recalled, settled

if TYPE_CHECKING:
    from analysis.record import Record

#: Has a report made somewhere; the future has what came of it.
Submit = Callable[[Plan], "Future[Outcome]"]

#: What makes reports for the time of a context, which it enters while the record is still read.
Workers = AbstractContextManager[Callable[["Record"], Submit]]


@dataclass(frozen=True)
class Outcome:
    """What came of one order.

    Parameters
    ----------
    order: what was to be published.
    fresh: whether it was made now, rather than published already from the same inputs.
    reason: why it could not be made, in one line; None if it is published.
    """

    order: Order
    fresh: bool = False
    reason: str | None = None

    def __str__(self) -> str:
        others = [f", {name}={value}" for name, value in self.order.parameters.items()
                  if name != "as_of"]  # fmt: skip
        came = self.reason or ("made" if self.fresh else "as it was")
        name = "".join([f"{self.order.report} {self.order.parameters['as_of']}", *others])
        return f"{name}: {came.removeprefix(f'{self.order.report}: ')}"


def days(first: str, last: str, every: dt.timedelta) -> list[dt.date]:
    """The as-of dates of a fleet, from the first day to the last, both included.

    Raises
    ------
    UsageError
        If a day cannot be, the last is before the first, or the step is not of whole days.

    Examples
    --------
    >>> [str(day) for day in days("2023-10-24", "2023-11-08", dt.timedelta(days=7))]
    ['2023-10-24', '2023-10-31', '2023-11-07']
    """
    start, end = _day("--from", first), _day("--to", last)
    if end < start:
        raise UsageError(f"--to: {end} is before {start}, the day of --from.")
    if every < dt.timedelta(days=1) or every % dt.timedelta(days=1):
        raise UsageError("--every: give whole days, such as 7d.")
    return [start + number * every for number in range((end - start) // every + 1)]


def orders(
    order: Order, as_of: Sequence[dt.date], choices: Mapping[str, Sequence[object]]
) -> list[Order]:
    """List the orders of a fleet: each day with each combination of the values, each once.

    Parameters
    ----------
    order: the report and the folders; its parameters are not used.
    as_of: the as-of dates.
    choices: values by name for those parameters that should not be the notebook's defaults,
        as typed; those of the last name change fastest.

    Raises
    ------
    UsageError
        If a parameter is unknown, or a value cannot be.
    """
    if "as_of" in choices:
        raise UsageError("as_of: --from, --to and --every say which days; leave it out.")
    for name in ("since", parameters.CORRECTION):
        if len(choices.get(name, ())) > 1:
            raise UsageError(
                f"{name}: it names no folder, so each day has one report; give one value."
            )
    typed = [
        dict.fromkeys(parameters.validate(name, value) for value in values)
        for name, values in choices.items()
    ]
    # A worker may have another working folder.
    folders = {name: getattr(order, name).absolute() for name in ("data", "reports", "notebooks")}
    combinations = [dict(zip(choices, values, strict=True)) for values in itertools.product(*typed)]
    return [
        replace(order, parameters={"as_of": day.isoformat(), **values}, **folders)
        for day in as_of
        for values in combinations
    ]


def fleet(
    wanted: Sequence[Order],
    workers: Workers,
    tell: Callable[[Outcome], object] = lambda outcome: None,
) -> list[Outcome]:
    """Publish all orders; return what came of each.

    Parameters
    ----------
    wanted: orders of one report from one record.
    workers: see :mod:`analysis.publish.workers` and `cluster`; not called if all is
        published already.
    tell: called with each outcome as soon as it is known.

    Raises
    ------
    UsageError
        If there is no such report, or an order cannot be. Nothing has been made.
    RecordError
        If the record does not check; it lists every fault. Nothing has been made.
    """
    plans = recalled(wanted)
    if plans is not None and all(plan.is_done for plan in plans):
        return [Outcome(plan.order) for plan in plans]
    outcomes = []
    with workers as submitter:
        plans, record = settled(wanted)

        from analysis.record.room import give_back

        submit = submitter(record)
        del record  # the workers have their own; a large one need not be there twice
        give_back()
        for outcome in _outcomes(plans, submit):
            outcomes.append(outcome)
            tell(outcome)
    return outcomes


@contextmanager
def bar(total: int) -> Iterator[Callable[[Outcome], None]]:
    """On a terminal, a bar that shows how far a fleet has come; elsewhere nothing.

    Yields
    ------
    callable
        What wants to be told of each outcome.
    """
    if not sys.stderr.isatty():
        yield lambda outcome: None
        return

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    progress = Progress(
        *(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")),
        console=Console(stderr=True),
        transient=True,
    )
    failed: list[Outcome] = []

    def show(outcome: Outcome) -> None:
        failed.extend([outcome] * (outcome.reason is not None))
        progress.update(task, advance=1, description=f"{len(failed)} failed" if failed else "")

    with progress:
        task = progress.add_task("", total=total)
        yield show


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """What came of a fleet: a line for each failure, then one about all, and where they are.

    Parameters
    ----------
    outcomes: of every order, in any order, and of at least one.
    seconds: how long it took.
    """
    failures = sorted(str(outcome) for outcome in outcomes if outcome.reason is not None)
    made = sum(outcome.reason is None and outcome.fresh for outcome in outcomes)
    left = len(outcomes) - made - len(failures)
    counts = {"made": made, "as it was" if left == 1 else "as they were": left}
    counts["failed"] = len(failures)
    came = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    reports = "1 report" if len(outcomes) == 1 else f"{len(outcomes)} reports"
    lines = [*failures, f"{reports}: {came}; {_span(seconds)}."]
    if made + left:
        order = outcomes[0].order
        lines.append(f"{order.reports / order.report}")
    return "\n".join(lines)


def outcome_of(order: Order, make: Callable[[], object]) -> Outcome:
    """Have one order made, and say what came of it."""
    try:
        make()
    except Exception as error:
        return Outcome(order, reason=one_line(error))
    return Outcome(order, fresh=True)


def one_line(error: Exception) -> str:
    """Why something failed, for a list."""
    if not isinstance(error, BrinkwatchError):
        return textwrap.shorten(f"{type(error).__name__}: {error}", 300).removesuffix(":")
    first, *rest = str(error).splitlines()
    return f"{first} (and {len(rest)} lines more)" if rest else first


def _outcomes(plans: Sequence[Plan], submit: Submit) -> Iterator[Outcome]:
    """Yield what came of each plan as soon as it is known."""
    futures = {}
    for plan in plans:
        if plan.is_done:
            yield Outcome(plan.order)
        else:
            futures[submit(plan)] = plan
    for future in as_completed(futures):
        try:
            yield future.result()
        except CancelledError:
            yield Outcome(futures[future].order, reason="cancelled; the Dask scheduler is gone")
        except Exception as error:
            # Whoever made it could not say so any more: the worker is lost, or the whole cluster.
            yield Outcome(futures[future].order, reason=one_line(error))


def _day(option: str, text: str) -> dt.date:
    try:
        day = parameters.validate("as_of", text)
    except UsageError as reason:
        raise UsageError(str(reason).replace("as_of", option, 1)) from None
    assert isinstance(day, dt.date)
    return day


def _span(seconds: float) -> str:
    """A span of time as one says it.

    >>> _span(3.21), _span(46.4), _span(200)
    ('3.2 s', '46 s', '3 min 20 s')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes >= 2 else f"{round(seconds)} s"
