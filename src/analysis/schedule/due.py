"""Make what the schedules owe, once, and stop: the story of `brinkwatch due`.

What is owed is first written into the ledger, then made, oldest first. A slot that is being made
when this process is killed is found `running` by the next call, which holds the lock: that was an
attempt, and is counted as one. Nothing waits in here: what failed is tried again by a later call.
What a slot can become, `progress` says. Then come editions that are to be corrected.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from analysis.errors import BrinkwatchError, RunError, UsageError
from analysis.parameters import known
from analysis.publish.catalogue import find
from analysis.publish.index import refresh
from analysis.publish.lock import machine
from analysis.publish.order import Order
from analysis.schedule import (
    afterwards,
    attempt,
    calling,
    corrections,
    freshness,
    ledger,
    machine_clock,
    machines,
    notes,
    progress,
    slots,
)
from analysis.schedule.attempt import Make, Outcome, Tried
from analysis.schedule.call import Call, tell_operator
from analysis.schedule.clock import moment, stamp
from analysis.schedule.corrections import Remade
from analysis.schedule.ledger import transaction
from analysis.schedule.look import many
from analysis.schedule.machine_clock import Clock
from analysis.schedule.progress import READY, happen
from analysis.schedule.retention import prune
from analysis.schedule.settings import Config, Schedule


@dataclass(frozen=True, kw_only=True)
class Made(Tried):
    """What came of one slot in this call."""

    schedule: Schedule
    slot: dt.datetime

    def __str__(self) -> str:
        day = slots.as_of(self.schedule, self.slot)
        what = f"{self.schedule.name} {stamp(self.slot)}: {self.schedule.report} as of {day}"
        told = self.outcome.told
        if self.outcome.reason is None and self.outcome.folder is None and told:
            return f"{what}: {told}."
        if self.outcome.reason is None:
            return f"{what}: made in {self.seconds:.1f} s{f', for {told}' if told else ''}."
        return f"{what}: {self.failure}"


@dataclass(frozen=True)
class Again:
    """What somebody asks to be made again: a schedule's slot, or the newest that it owes."""

    schedule: str
    slot: dt.datetime | None = None


def due(
    config: Config,
    order: Order,
    now: dt.datetime,
    *,
    make: Make = attempt.attempt,
    tell: Callable[[Made | Remade], object] = lambda made: None,
    warn: Callable[[str], object] = lambda sentence: None,
    again: Again | None = None,
) -> list[Made | Remade] | None:
    """Make what is owed, slots and then corrections.

    None, and nothing is done, if another call is at work.

    Parameters
    ----------
    config: the schedules.
    order: where record, archive and notebooks are; report and parameters are each schedule's.
    now: slots up to this moment have passed.
    make: what makes one report.
    tell: called with what came of each slot and correction, as soon as it is known.
    warn: called with a sentence for whoever calls about each thing that is wrong besides: the
        record is stale, a folder of the archive cannot be read, a clock was ahead.
    again: a slot to make once more, with its schedule's own parameters.

    Raises
    ------
    RunError
        If the ledger cannot be used, or what need not be kept or the index cannot be changed.
    UsageError
        If what is to be made again is no slot of the configuration.
    """
    with ledger.alone(order.reports, "due") as connection:
        if connection is None:
            return None
        ledger.check(connection)
        call = Call(connection, config, order, now, make)
        told, given_up = _take_stock(call, again)
        if told:
            warn(f"{told[0].upper()}{told[1:]}.")
        calling.note_changes(call)
        for name, row in notes.standing(connection, "change").items():
            warn(f"{name}: {row['reason']}.")
        every: list[Made | Remade] = []
        for made in chain(given_up, _make_all(call, again)):
            tell(made)
            every.append(made)
        corrections.note_owed(call)
        for what, name, row in machines.found_by(connection, "unread"):
            if name == machine():
                warn(f"{what[0].upper()}{what[1:]}: {row['reason']}.")
        for remade in corrections.make_all(call):
            if remade.outcome.reason is None:
                afterwards.owe_all(connection, config, order.reports, remade.folder, now)
            tell(remade)
            every.append(remade)
        fault = _put_on_show(call)
        for sentence in afterwards.run_owed(call):
            warn(sentence)
        for folder, row in notes.standing(connection, "folder").items():
            warn(f"{order.reports / folder}: {row['reason']}.")
        # Last, as whoever made a report has read the record, and remembers on which day it ends.
        if stale := freshness.look(call):
            warn(stale)
        ledger.back_up(connection, order.reports)
        if fault:
            raise fault
    return every


def _take_stock(call: Call, again: Again | None) -> tuple[str, list[Made]]:
    """Write down what is owed at this moment, before any of it is made.

    Returns what is said of a clock that is wrong, or was, and the slots that are given up.
    """
    connection, now = call.connection, call.now
    with transaction(connection):
        machines.note_site(connection, call.config, now)
        told = _look_at_the_clock(connection, now)
        given_up = _count_what_was_killed(call)
        _forget_schedules_that_went(call)
        for schedule in call.config.schedules:
            progress.note_owed(connection, schedule, now)
        if again:
            progress.ask_for(connection, *_wanted(call, again), now)
    return told, given_up


def _look_at_the_clock(connection: sqlite3.Connection, now: dt.datetime) -> str:
    """Take back what a clock has written down that was ahead; return what is said of it.

    What was made before a clock fell behind stays, or it would be missed when that is put right.
    """
    if machine_clock.note_call(connection, now) is Clock.IS_BEHIND:
        return machine_clock.behind(connection, now)
    ahead = progress.forget_what_has_not_come(connection, now)
    if not ahead:
        return ""
    those = f"{many(ahead, 'slot')} that had not come {'were' if ahead > 1 else 'was'}"
    told = f"{machine_clock.EITHER}: {those} written down, and {'go' if ahead > 1 else 'goes'}"
    notes.note_event(connection, now, "clock", told)
    return told


def _count_what_was_killed(call: Call) -> list[Made]:
    """What is being made while this call holds the lock is made by nobody.

    Returns the slots of which that was the last attempt.
    """
    given_up = []
    connection, now = call.connection, call.now
    schedules, others = call.config.by_name, machines.others(connection)
    for row in connection.execute("SELECT * FROM slot WHERE state = 'running'").fetchall():
        if machines.of_another(row, call.config, others):
            continue
        key, attempts = (row["schedule"], row["slot"]), row["attempts"] + 1
        counted = {"attempts": attempts, "started": None, "reason": progress.SILENT, "cell": None}
        notes.note_event(connection, now, "killed", f"{'/'.join(key)}, attempt {attempts}")
        schedule = schedules.get(row["schedule"])
        if schedule is None or progress.next_try(schedule, attempts, now):
            happen(connection, *key, "killed", **counted)
        else:
            happen(connection, *key, "given up", ended=stamp(now), **counted)
            tell_operator(call, "/".join(key), progress.SILENT)
            nothing = Outcome(reason=progress.SILENT)
            given_up.append(
                Made(schedule=schedule, slot=moment(row["slot"]), outcome=nothing, seconds=0)
            )
    return given_up


def _forget_schedules_that_went(call: Call) -> None:
    connection, config = call.connection, call.config
    others = machines.others(connection)
    waiting = connection.execute("SELECT * FROM slot WHERE state IN ('owed', 'failed')")
    for row in waiting.fetchall():
        if row["schedule"] not in config.by_name and not machines.of_another(row, config, others):
            last = f"; it had failed: {row['reason']}" if row["state"] == "failed" else ""
            why = f"the schedule was taken out{last}"
            happen(connection, row["schedule"], row["slot"], "taken out",
                   next_try=None, ended=stamp(call.now), reason=why)  # fmt: skip


def _wanted(call: Call, again: Again) -> tuple[Schedule, dt.datetime]:
    """The schedule and the slot that somebody asks for."""
    schedules, now = call.config.by_name, call.now
    if again.schedule not in schedules:
        there_are = known(again.schedule, schedules)
        raise UsageError(f"There is no schedule {again.schedule!r}; {there_are}.")
    schedule, slot = schedules[again.schedule], again.slot
    if slot is None:
        missing = "coalesce(max(slot) FILTER (WHERE state <> 'done'), max(slot))"
        query = f"SELECT {missing} FROM slot WHERE schedule = ?"
        newest = ledger.value(call.connection, query, schedule.name)
        if newest is None:
            raise UsageError(f"{schedule.name} has had no slot yet.")
        return schedule, moment(newest)
    if slot > now or not _is_slot(call.connection, schedule, slot):
        near = slots.newest(schedule, min(slot, now))
        meant = f"; the newest before it is {stamp(near)}" if near else ""
        raise UsageError(f"{stamp(slot)} is no slot of {schedule.name} that has passed{meant}.")
    return schedule, slot


def _is_slot(connection: sqlite3.Connection, schedule: Schedule, slot: dt.datetime) -> bool:
    if schedule.on == "record":
        return progress.is_noted(connection, schedule, slot)
    return slot in slots.between(schedule, slot - slots.SECOND, slot)


def _make_all(call: Call, again: Again | None) -> Iterator[Made]:
    """Make each slot that is ready, write down what came of it, and yield that."""
    connection, now, schedules = call.connection, call.now, call.config.by_name
    begun = time.monotonic()
    for row in connection.execute(READY, (stamp(now),)).fetchall():
        if row["schedule"] not in schedules:
            continue
        schedule, slot = schedules[row["schedule"]], moment(row["slot"])
        before = time.monotonic() - begun
        wanted = _order(schedule, slot, call.order)
        _note_start(connection, row, wanted, now + dt.timedelta(seconds=before))
        if schedule.when:
            outcome = calling.weigh(call, schedule, slot, wanted)
        else:
            outcome = call.make(wanted, schedule.time_limit, call.config.secret_variables)
        seconds = time.monotonic() - begun - before
        attempts = row["attempts"] + 1
        is_tried_again = outcome.reason and not outcome.hopeless
        next_try = progress.next_try(schedule, attempts, now) if is_tried_again else None
        made = Made(
            schedule=schedule, slot=slot, outcome=outcome, seconds=seconds, next_try=next_try
        )
        ended = now + dt.timedelta(0, before + seconds)
        with transaction(connection):
            _note_end(call, made, attempts, ended)
            is_asked_for = again is not None and again.schedule == schedule.name
            reports, folder = call.order.reports, outcome.folder
            afterwards.owe(connection, schedule, reports, folder, now, is_asked_for)
        yield made


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


def _note_start(
    connection: sqlite3.Connection, row: sqlite3.Row, order: Order, at: dt.datetime
) -> None:
    with transaction(connection):
        # The schedule may have changed since the slot was written down.
        happen(connection, row["schedule"], row["slot"], "begun", started=stamp(at),
               machine=machine(), report=order.report, as_of=order.parameters["as_of"])  # fmt: skip


def _note_end(call: Call, made: Made, attempts: int, at: dt.datetime) -> None:
    outcome, key = made.outcome, (made.schedule.name, stamp(made.slot))
    event = "made" if outcome.reason is None else "given up" if made.given_up else "failed"
    happen(call.connection, *key, event, attempts=attempts, ended=stamp(at),
           next_try=made.next_try and stamp(made.next_try), seconds=round(made.seconds, 3),
           folder=outcome.folder, reason=outcome.reason or outcome.told,
           cell=outcome.cell)  # fmt: skip
    if made.given_up:
        tell_operator(call, "/".join(key), outcome.reason or "", at)


def _put_on_show(call: Call) -> RunError | None:
    """Take away what need not be kept, and renew the pages where people look.

    What is in the way of that is written down, and no reason to leave the rest undone.
    """
    connection, reports, now = call.connection, call.order.reports, call.now
    faults = {}
    try:
        prune(connection, reports, call.config, now)
    except RunError as reason:
        faults["keep"] = reason
    notes.note_publications(connection, reports, now)
    try:
        site, _ = machines.site(connection, call.config)
        moments = notes.moments(connection)
        refresh(reports, site.title, site.address, moments, site.clearance)
    except RunError as reason:
        faults["index"] = reason
    found = {what: str(fault) for what, fault in faults.items()}
    machines.note_own(connection, "archive", found, now)
    return next(iter(faults.values()), None)
