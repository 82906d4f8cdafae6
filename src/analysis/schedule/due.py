"""Make what the schedules owe, once, and stop: the story of `brinkwatch due`.

What is owed is first written into the ledger, then made, oldest first. A slot that is being made
when this process is killed is found `running` by the next call, which holds the lock, and is owed
again. Nothing waits in here: what failed is tried again by a later call.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.errors import BrinkwatchError
from analysis.publish.catalogue import find
from analysis.publish.index import refresh
from analysis.publish.order import Order
from analysis.schedule import attempt, freshness, ledger, slots
from analysis.schedule.attempt import Outcome
from analysis.schedule.clock import moment, stamp
from analysis.schedule.ledger import transaction
from analysis.schedule.retention import prune
from analysis.schedule.settings import Config, Schedule, Site

#: Makes a report within a time limit, blind to some environment variables.
Make = Callable[[Order, dt.timedelta, Collection[str]], Outcome]

#: Slots that can be made at this moment, oldest first.
READY = """
    SELECT schedule, slot, attempts FROM slot
    WHERE state = 'owed' AND (next_try IS NULL OR next_try <= ?) ORDER BY slot, schedule
"""


@dataclass(frozen=True)
class Made:
    """What came of one slot in this call; `next_try` is None where no later call will try."""

    schedule: Schedule
    slot: dt.datetime
    outcome: Outcome
    seconds: float
    next_try: dt.datetime | None = None

    @property
    def given_up(self) -> bool:
        """Whether the slot failed for good."""
        return self.outcome.reason is not None and self.next_try is None

    def __str__(self) -> str:
        day = slots.as_of(self.schedule, self.slot)
        what = f"{self.schedule.name} {stamp(self.slot)}: {self.schedule.report} as of {day}"
        if self.outcome.reason is None:
            return f"{what}: made in {self.seconds:.1f} s."
        then = f"next try from {stamp(self.next_try)}" if self.next_try else "given up"
        return f"{what}: failed, {then}: {self.outcome.reason}"


def due(
    config: Config,
    order: Order,
    now: dt.datetime,
    *,
    make: Make = attempt.attempt,
    tell: Callable[[Made], object] = lambda made: None,
    warn: Callable[[str], object] = lambda sentence: None,
) -> list[Made] | None:
    """Make what is owed; None, and nothing is done, if another call is at work.

    Parameters
    ----------
    config: the schedules.
    order: where record, archive and notebooks are; report and parameters are each schedule's.
    now: slots up to this moment have passed.
    make: what makes one report.
    tell: called with what came of each slot, as soon as it is known.
    warn: called with a sentence for whoever calls, if the record is stale.

    Raises
    ------
    RunError
        If the ledger cannot be written.
    """
    with ledger.alone(order.reports, "due") as connection:
        if connection is None:
            return None
        _take_stock(connection, config, now)
        every = _make_all(connection, config, order, now, make, tell)
        _put_on_show(connection, config, order, now)
        # Last, as whoever made a report has read the record, and remembers on which day it ends.
        if sentence := freshness.look(connection, config, order.data, now):
            warn(sentence)
    return every


def _take_stock(connection: sqlite3.Connection, config: Config, now: dt.datetime) -> None:
    """Write down what is owed at this moment, before any of it is made."""
    with transaction(connection):
        interrupted = connection.execute(
            "UPDATE slot SET state = 'owed', started = NULL WHERE state = 'running'"
        ).rowcount
        if interrupted:
            ledger.note_event(connection, now, "interrupted", f"{interrupted} run, owed again")
        _forget_schedules_that_went(connection, config, now)
        for schedule in config.schedules:
            _note_owed(connection, schedule, now)


def _forget_schedules_that_went(
    connection: sqlite3.Connection, config: Config, now: dt.datetime
) -> None:
    names = {schedule.name for schedule in config.schedules}
    for row in connection.execute("SELECT DISTINCT schedule FROM slot WHERE state = 'owed'"):
        if row["schedule"] not in names:
            connection.execute(
                "UPDATE slot SET state = 'skipped', next_try = NULL, ended = ?, "
                "reason = 'the schedule was taken out' WHERE schedule = ? AND state = 'owed'",
                (stamp(now), row["schedule"]),
            )


def _note_owed(connection: sqlite3.Connection, schedule: Schedule, now: dt.datetime) -> None:
    (newest,) = connection.execute(
        "SELECT max(slot) FROM slot WHERE schedule = ?", (schedule.name,)
    ).fetchone()
    owed = slots.owed(schedule, moment(newest) if newest else None, now)
    for passed, state, reason in (
        (owed.skipped, "skipped", f"missed, and more than catch_up = {schedule.catch_up} ago"),
        (owed.made, "owed", None),
    ):
        connection.executemany(
            "INSERT INTO slot (schedule, slot, as_of, report, state, reason) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (schedule.name, stamp(slot), slots.as_of(schedule, slot).isoformat(),
                 schedule.report, state, reason)
                for slot in passed
            ],
        )  # fmt: skip


def _make_all(
    connection: sqlite3.Connection,
    config: Config,
    order: Order,
    now: dt.datetime,
    make: Make,
    tell: Callable[[Made], object],
) -> list[Made]:
    """Make each slot that is ready, and write down what came of it."""
    schedules = {schedule.name: schedule for schedule in config.schedules}
    begun = time.monotonic()
    every = []
    for row in connection.execute(READY, (stamp(now),)).fetchall():
        schedule, slot = schedules[row["schedule"]], moment(row["slot"])
        before = time.monotonic() - begun
        wanted = _order(schedule, slot, order)
        _note_start(connection, row, wanted, now + dt.timedelta(seconds=before))
        outcome = make(wanted, schedule.time_limit, config.secret_variables)
        seconds = time.monotonic() - begun - before
        next_try = _next_try(schedule, row["attempts"] + 1, now) if outcome.reason else None
        made = Made(schedule, slot, outcome, seconds, next_try)
        _note_end(connection, made, config, now + dt.timedelta(seconds=before + seconds))
        tell(made)
        every.append(made)
    return every


def _order(schedule: Schedule, slot: dt.datetime, order: Order) -> Order:
    """What a slot owes; always the same, so that a slot made again gives the same bytes."""
    parameters = {**schedule.parameters, "as_of": slots.as_of(schedule, slot).isoformat()}
    since = slots.since(schedule, slot)
    if since is not None and _counts_changes(schedule.report, order.notebooks):
        parameters["since"] = since.isoformat()
    return replace(order, report=schedule.report, parameters=parameters)


def _counts_changes(report: str, notebooks: Path) -> bool:
    """Whether a report can be told since when; what is wrong with it, its attempt says."""
    try:
        return "since" in find(report, notebooks).defaults
    except BrinkwatchError:
        return False


def _next_try(schedule: Schedule, attempts: int, now: dt.datetime) -> dt.datetime | None:
    """When a slot may be tried again; None after the last attempt."""
    if attempts > schedule.retries:
        return None
    # Beyond 2**10 the wait is months; it need not grow into what no date can hold.
    wait: dt.timedelta = schedule.retry_after * 2 ** min(attempts - 1, 10)
    return now + min(wait, dt.timedelta(days=366))


def _note_start(
    connection: sqlite3.Connection, row: sqlite3.Row, order: Order, at: dt.datetime
) -> None:
    with transaction(connection):
        # The schedule may have changed since the slot was written down.
        connection.execute(
            "UPDATE slot SET state = 'running', started = ?, report = ?, as_of = ? "
            "WHERE schedule = ? AND slot = ?",
            (stamp(at), order.report, order.parameters["as_of"], row["schedule"], row["slot"]),
        )


def _note_end(connection: sqlite3.Connection, made: Made, config: Config, at: dt.datetime) -> None:
    outcome = made.outcome
    state = "done" if outcome.reason is None else "failed" if made.given_up else "owed"
    key = (made.schedule.name, stamp(made.slot))
    with transaction(connection):
        connection.execute(
            "UPDATE slot SET state = ?, attempts = attempts + 1, next_try = ?, ended = ?, "
            "seconds = ?, folder = ?, reason = ?, cell = ? WHERE schedule = ? AND slot = ?",
            (state, made.next_try and stamp(made.next_try), stamp(at), round(made.seconds, 3),
             outcome.folder, outcome.reason, outcome.cell, *key),
        )  # fmt: skip
        if made.given_up and config.mail and config.mail.operator:
            what, reason = "/".join(key), outcome.reason or ""
            ledger.queue_failure(connection, what, reason, config.mail.operator)


def _put_on_show(
    connection: sqlite3.Connection, config: Config, order: Order, now: dt.datetime
) -> None:
    """Take away what need not be kept, and renew the pages where people look."""
    prune(connection, order.reports, config, now)
    ledger.note_publications(connection, order.reports, now)
    noted = dict(connection.execute("SELECT folder, published FROM publication").fetchall())
    site = config.site or Site()
    refresh(order.reports, site.title, site.address, noted)
