"""What of a configuration it takes a report to judge: its parameters, and the facts it states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import parameters
from analysis.errors import BrinkwatchError
from analysis.parameters import CORRECTION, known
from analysis.schedule.contradictions import Entry
from analysis.toml_text import Note, Place

if TYPE_CHECKING:
    from analysis.publish.catalogue import Report

#: Parameters that follow from the slot, and so are not a schedule's to give.
OF_THE_SLOT = {
    "as_of": "the schedule itself says which day a slot stands for; leave it out",
    "since": "the schedule itself says since when: since its slot before; leave it out",
    CORRECTION: "what is corrected follows from the edition before; leave it out",
}


@cache
def find_report(report: str, notebooks: Path) -> Report:
    """Return a report by its name; a BrinkwatchError says what is wrong with its notebook."""
    # Many subscriptions name the same report. And what reads notebooks takes a second to load,
    # which `brinkwatch status` need not wait for.
    from analysis.publish.catalogue import find

    return find(report, notebooks)


def fact_notes(entry: Entry, notebooks: Path) -> Iterator[Note]:
    """Names in a condition that are no facts of the report."""
    values = entry.values
    if "report" not in values or "when" not in values:
        return
    # What it takes to know the facts loads slowly, and most schedules have no condition.
    from analysis.schedule import facts

    try:
        known_facts = facts.names(find_report(values["report"], notebooks).notebook)
    except BrinkwatchError:
        return
    for name in sorted(values["when"].names):
        if not facts.may_state(name, known_facts):
            message = f"unknown fact {name!r}; {facts.nearest(name, known_facts)}"
            yield Note((*entry.place, "when"), message)


def choice_notes(entry: Entry, notebooks: Path) -> Iterator[Note]:
    """What is wrong with the parameters by which a reader chooses, for each report they get."""
    place, values = entry.place, entry.values
    for report in values.get("reports", ()):
        try:
            defaults = find_report(report, notebooks).defaults
        except BrinkwatchError:
            continue
        for name, choices in values.get("parameters", {}).items():
            at = (*place, "parameters", name)
            if name in OF_THE_SLOT:
                yield Note(at, "a reader gets every day; leave it out")
            elif name not in defaults:
                yield Note(at, _no_such_parameter(report, name, defaults))
            else:
                for value in choices:
                    yield from _value_notes(at, name, value, defaults[name])


def _no_such_parameter(report: str, name: str, defaults: Mapping[str, object]) -> str:
    names = [name for name in defaults if name not in OF_THE_SLOT]
    return f"the report {report!r} has no such parameter; {known(name, names)}"


def _value_notes(at: Place, name: str, value: object, default: object) -> Iterator[Note]:
    try:
        parameters.validate(name, value, default=default)
    except BrinkwatchError as reason:
        yield Note(at, str(reason).removeprefix(f"{name}: ").rstrip("."))


def parameter_notes(entry: Entry, notebooks: Path) -> Iterator[Note]:
    """What is wrong with the parameters of a schedule, for the report that it makes."""
    place, values = entry.place, entry.values
    if "report" not in values:
        return
    try:
        defaults = find_report(values["report"], notebooks).defaults
    except BrinkwatchError:
        return
    wanted = values.get("parameters", {})
    typed = {}
    for name, value in wanted.items():
        at = (*place, "parameters", name)
        if name in OF_THE_SLOT:
            yield Note(at, OF_THE_SLOT[name])
        elif name not in defaults:
            yield Note(at, _no_such_parameter(values["report"], name, defaults))
        else:
            try:
                typed[name] = parameters.validate(name, value)
            except BrinkwatchError as reason:
                yield Note(at, str(reason).removeprefix(f"{name}: ").rstrip("."))
    try:
        parameters.check_together(defaults | typed)
    except BrinkwatchError as reason:
        yield Note((*place, "parameters"), str(reason).rstrip("."))
