"""What is to be made of an order, settled before anything is run: values, folder and inputs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import parameters
from analysis.comments import comment_on, digest
from analysis.errors import BrinkwatchError, UsageError
from analysis.parameters import CORRECTION, Contents
from analysis.publish import memory, reading
from analysis.publish.catalogue import Report, find
from analysis.publish.manifest import code_and_versions, inputs, is_current
from analysis.publish.memory import Subject
from analysis.publish.naming import folder_of
from analysis.publish.order import Order
from analysis.publish.reading import Published
from analysis.today import last_day

if TYPE_CHECKING:
    from analysis.record import Record


@dataclass(frozen=True)
class Plan:
    """A report that can be made as it stands; it may be handed to another process.

    Parameters
    ----------
    order: what was ordered.
    report: the notebook to run.
    values: of all its parameters, as the notebook gets them.
    made_from: everything that decides what comes of it; see :func:`manifest.inputs`.
    """

    order: Order
    report: Report
    values: Mapping[str, Any]
    made_from: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name of the folder in which it is published."""
        return self.folder.name

    @property
    def folder(self) -> Path:
        """The folder in which it is published."""
        place = self.order.reports / self.report.name
        return folder_of(place, self.values, self.report.defaults)

    @property
    def can_tell_a_correction(self) -> bool:
        """Whether its page says what was corrected."""
        return CORRECTION in self.report.defaults

    def correcting(self, said: str | None) -> Plan:
        """The same with a page that says this of the edition before it."""
        values = {**self.values, CORRECTION: said}
        return replace(self, values=values, made_from={**self.made_from, "parameters": values})

    @property
    def is_done(self) -> bool:
        """Whether it need not be made: published from the same inputs, and not to be forced."""
        return not self.order.force and is_current(self.folder, self.made_from)


def recalled(orders: Sequence[Order]) -> list[Plan] | None:
    """Settle orders by what is remembered of their record, without reading it.

    Parameters
    ----------
    orders: one or more, all of one report from one record.

    Returns
    -------
    list of Plan
        In the order of the orders; None if too little is remembered.

    Raises
    ------
    UsageError
        If there is no such report or parameter, or a value cannot be.
    """
    known = memory.recall(memory.fingerprint(orders[0].data))
    if known is None or _is_ahead(known.contents.newest_report, orders[0].today):
        return None
    try:
        return _plans(orders, known.contents, lambda *asked: known.subjects[memory.key(*asked)])
    except KeyError:
        return None


def settled(orders: Sequence[Order]) -> tuple[list[Plan], Record]:
    """Settle orders by reading their record, and remember what was found out.

    Parameters
    ----------
    orders: one or more, all of one report from one record.

    Returns
    -------
    list of Plan, Record
        The plans in the order of the orders, and what was read.

    Raises
    ------
    UsageError
        If there is no such report or parameter, or a value cannot be.
    RecordError
        If the record does not check; it lists every fault.
    """
    # What cannot be, whatever the record holds, is told before it is read.
    report = find(orders[0].report, orders[0].notebooks)
    for order in orders:
        _chosen(report, order)

    data = orders[0].data
    fingerprint = memory.fingerprint(data)
    today = orders[0].today
    record = _read(data, fingerprint, today)
    held = record.contents(today)
    subjects = _remembered(fingerprint)
    if subjects and memory.fingerprint(data) != fingerprint:
        subjects = {}  # of what was there before it was read
    plans = _plans(orders, held, partial(_subject, record, subjects))
    _remember(data, fingerprint, memory.Memory(held, subjects), record, today)
    return plans, record


def subjects_of(
    data: Path, asked: Collection[tuple[str, str | None]], today: dt.date
) -> dict[tuple[str, str | None], Subject]:
    """What reports of some days and campaigns are about, by what is remembered of the record.

    If too little is, the record is read. A campaign that there is not, or was not by then, is left
    out.

    Raises
    ------
    RecordError
        If the record has to be read and does not check; it lists every fault.
    """
    fingerprint = memory.fingerprint(data)
    subjects = _remembered(fingerprint)
    if missing := {one for one in asked if memory.key(*one) not in subjects}:
        record = _read(data, fingerprint)
        for one in missing:
            with suppress(UsageError):
                _subject(record, subjects, *one)
        found = memory.Memory(record.contents(today), subjects)
        _remember(data, fingerprint, found, record, today)
    return {one: subjects[memory.key(*one)] for one in asked if memory.key(*one) in subjects}


def _remembered(fingerprint: str) -> dict[str, Subject]:
    """What is known of days of a record."""
    known = memory.recall(fingerprint)
    return dict(known.subjects) if known else {}


def _read(data: Path, fingerprint: str, today: dt.date | None = None) -> Record:
    """Read a record, and check it unless it is remembered that it is good.

    Parameters
    ----------
    data: folder of the record.
    fingerprint: of its files; if they are changed meanwhile, they are checked.
    today: see :func:`analysis.record.read`.
    """
    from analysis.record import read

    if memory.is_good(fingerprint):
        record = read(data, today, checked=True)
        if memory.fingerprint(data) == fingerprint:
            return record
    return read(data, today)


def is_of_this_software(one: Published, notebooks: Path) -> bool:
    """Whether a published report was made by the software and the notebook that there are now."""
    try:
        made_by = code_and_versions(find(one.report, notebooks))
    except BrinkwatchError:
        return False
    return all(one.made_from.get(name) == value for name, value in made_by.items())


def _subject(
    record: Record, subjects: dict[str, Subject], as_of: str, campaign: str | None
) -> Subject:
    """What a report of a day and campaign is about; worked out once."""
    asked = memory.key(as_of, campaign)
    if asked not in subjects:
        about = record.campaign_of(as_of, campaign)
        digest = record.digest(as_of, campaign)
        subjects[asked] = Subject(about.id, digest, record.rows(as_of), record.census(as_of))
    return subjects[asked]


def contents(data: Path, today: dt.date) -> Contents:
    """What a record holds, as it is remembered; if too little is, it is read.

    Parameters
    ----------
    data: folder of the record.
    today: what is reported more than a day later is not looked at.

    Raises
    ------
    RecordError
        If the record has to be read and does not check; it lists every fault.
    """
    fingerprint = memory.fingerprint(data)
    known = memory.recall(fingerprint)
    if known is None or _is_ahead(known.contents.record_through, today):
        known = memory.recall(_of_a_day(fingerprint, today))
    if known is not None:
        return known.contents

    record = _read(data, fingerprint)
    held = record.contents(today)
    _remember(data, fingerprint, memory.Memory(held, {}), record, today)
    return held


def _remember(
    data: Path, fingerprint: str, found: memory.Memory, record: Record, today: dt.date | None
) -> None:
    """Remember what was found in a record, for today alone if it holds today only.

    Not if it is of older files.
    """
    if memory.fingerprint(data) != fingerprint:
        return
    if today is None or not record.ahead_of(today):
        memory.remember(fingerprint, found)
    else:
        memory.remember(_of_a_day(fingerprint, today), found)


def _of_a_day(fingerprint: str, day: dt.date) -> str:
    """Where to remember what holds on one day only: what is ahead of it is not of the next."""
    return f"{fingerprint}-{day}"


def _plans(
    orders: Sequence[Order], contents: Contents, subject: Callable[[str, str | None], Subject]
) -> list[Plan]:
    """Settle orders of one report.

    Parameters
    ----------
    orders: what to make.
    contents: what of the record decides which values can be.
    subject: gives what a report of a day and campaign, if one is named, is about.
    """
    report = find(orders[0].report, orders[0].notebooks)
    made_by = code_and_versions(report)
    plans = []
    for order in orders:
        values = _as_published(report, order, _settled(report, _chosen(report, order), contents))
        about = subject(values["as_of"], values.get("campaign"))
        comment = comment_on(report.name, values["as_of"], order.comments)
        made_from = inputs(report, values, about, made_by, digest(comment))
        plans.append(Plan(order, report, values, made_from))
    return plans


def _as_published(report: Report, order: Order, values: dict[str, Any]) -> dict[str, Any]:
    """The values, with changes counted since the day that is published, where no other is asked.

    Whoever makes a report of the schedule once more by hand means that report.
    """
    if "since" not in report.defaults or "since" in order.parameters:
        return values
    place = order.reports / report.name
    published = reading.read(folder_of(place, values, report.defaults))
    since = published.parameters.get("since") if published else None
    return {**values, "since": since} if isinstance(since, str) else values


def _chosen(report: Report, order: Order) -> dict[str, object]:
    """The notebook's defaults with the wanted values in their place, each a value that can be."""
    for name, value in order.parameters.items():
        if name not in report.defaults:
            names = parameters.known(name, report.defaults)
            raise UsageError(f"The report {report.name!r} has no parameter {name!r}; {names}.")
        typed = parameters.validate(name, value, default=report.defaults[name])
        if name == "as_of" and _is_ahead(typed, order.today):
            raise UsageError(
                f"as_of: {typed} is more than a day ahead of today, {order.today}; "
                "nothing can be known of it yet."
            )
    return report.defaults | dict(order.parameters)


def _is_ahead(day: object, today: dt.date | None) -> bool:
    return today is not None and isinstance(day, dt.date) and day > last_day(today)


def _settled(report: Report, chosen: Mapping[str, object], contents: Contents) -> dict[str, Any]:
    """The values as the notebook gets them: numbers and text that the record agrees to."""
    typed = {
        name: parameters.validate(name, value, contents, report.defaults[name])
        for name, value in chosen.items()
    }
    parameters.check_together(typed, contents)
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in typed.items()
    }
