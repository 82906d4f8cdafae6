"""Two editions, or two days of a report: their facts, and what the record knew by each.

What is published is taken as it is; a day of which nothing is published is made in a folder of its
own, as `run` makes it, and goes nowhere.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.errors import UsageError
from analysis.measures.explained import explained
from analysis.measures.told import Told
from analysis.publish.manifest import MADE_BY
from analysis.publish.order import Order
from analysis.publish.plan import settled
from analysis.publish.reading import read, read_file
from analysis.publish.run import Means, carry_out, handed_on
from analysis.publish.warm.process import warm_process

if TYPE_CHECKING:
    from analysis.record import Record

#: What a published report has beside its manifest: its facts.
FACTS = "facts.json"


@dataclass(frozen=True)
class Side:
    """One of the two that are compared: what it is called, and what its two files for machines say.

    Parameters
    ----------
    label: in words, such as ``brief/2024-01-29``.
    report, as_of, parameters, facts: see :func:`analysis.publish.manifest.facts_file`.
    made_from: see :func:`analysis.publish.manifest.inputs`.
    """

    label: str
    report: str
    as_of: str
    parameters: Mapping[str, Any]
    facts: Mapping[str, Any]
    made_from: Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Two reports, the one of the earlier day before the other, and why their numbers differ.

    `found` is what :func:`analysis.measures.explained.explained` returns, `names` what sites and
    actors are called, `notes` are what bears on all of it, in sentences.
    """

    before: Side
    after: Side
    found: pd.DataFrame
    names: Mapping[str, str]
    notes: Sequence[str]

    @property
    def head(self) -> list[str]:
        """What was compared, in lines."""
        differing = self.found["name"].nunique()
        every = len({**self.before.facts, **self.after.facts})
        numbers = (
            f"{differing:,} of {every:,} numbers differ." if differing else "No number differs."
        )
        return [f"{self.before.label} and {self.after.label}", numbers, *self.notes]

    @property
    def about(self) -> dict[str, Any]:
        """What was compared, for machines."""
        sides = {
            part: {"label": side.label, "report": side.report, "as_of": side.as_of,
                   "parameters": dict(side.parameters)}
            for part, side in (("before", self.before), ("after", self.after))
        }  # fmt: skip
        return {**sides, "notes": list(self.notes)}


def compare(one: str, other: str, order: Order) -> Comparison:
    """Compare two published editions, or days of a report.

    Parameters
    ----------
    one, other: the folder of an edition, by its path or its name in the archive
        (``brief/2024-01-29``), or a day of the order's report in ISO.
    order: the report and its parameters where days are given; the record, the archive.

    Raises
    ------
    UsageError
        If there is no such edition, or the two are not of one report.
    RecordError
        If the record does not check.
    RunError
        If a report that has to be made cannot be.
    """
    sides, record = _sides([one, other], order)
    before, after = sorted(sides, key=lambda side: side.as_of)
    if before.report != after.report:
        raise UsageError(f"{before.label} and {after.label} are not of one report.")
    return _compared(before, after, record)


def compare_editions(before: Path, after: Path, record: Record) -> Comparison | None:
    """Compare two editions of a report by the record from which the later one was made.

    Parameters
    ----------
    before, after: their folders, the earlier edition first.
    record: the record as it is; None comes back if the later edition was made from another one.

    Raises
    ------
    UsageError
        If the manifest or the facts of one cannot be read.
    """
    earlier, later = _side(before), _side(after)
    return _compared(earlier, later, record) if _is_of(later, record) else None


def _compared(before: Side, after: Side, record: Record) -> Comparison:
    earlier, later = _told(before, record), _told(after, record)
    last = later.known.told
    names = {row: name for table in (last.sites, last.actors)
             for row, name in table.iloc[:, :2].itertuples(index=False)}  # fmt: skip
    notes = list(_notes(before, after, earlier, later))
    return Comparison(before, after, explained(earlier, later), names, notes)


def _notes(before: Side, after: Side, earlier: Told, later: Told) -> Iterator[str]:
    """What bears on all numbers: other code, and a record that is not the one they rest on."""
    if earlier.code != later.code:
        yield "They were made by different code or libraries."
    for side, told in ((before, earlier), (after, later)):
        if not told.is_of_the_record:
            yield f"The record of {side.as_of} is another one than {side.label} was made from."


def _sides(wanted: Sequence[str], order: Order) -> tuple[list[Side], Record]:
    """Both, of which those are made that are not there; and the record."""
    from analysis.record import read as read_record

    there = [_published(which, order) for which in wanted]
    if all(there):
        return [side for side in there if side], read_record(order.data, order.today)
    missing = [replace(order, parameters={**order.parameters, "as_of": which}, force=True)
               for which, side in zip(wanted, there, strict=True) if side is None]  # fmt: skip
    made, record = _made(missing)
    return [side or made.pop(0) for side in there], record


def _published(which: str, order: Order) -> Side | None:
    """An edition that is published; None where a day is given of which there is none."""
    from analysis.record.columns import is_day

    folders = [Path(which), order.reports / which]
    if not order.parameters:
        folders.append(order.reports / order.report / which)
    for folder in folders:
        if (folder / FACTS).is_file():
            return _side(folder)
    if is_day(which):
        return None
    raise UsageError(f"{which}: there is no such edition; name its folder, or a day as YYYY-MM-DD.")


def _side(folder: Path, note: str = "") -> Side:
    """What a published folder says.

    Raises
    ------
    UsageError
        If its two files for machines cannot be read.
    """
    one = read(folder)
    try:
        said = json.loads(read_file(folder / FACTS))
        facts = {str(name): dict(fact) for name, fact in said["facts"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        one, facts = None, {}
    if one is None:
        raise UsageError(f"{folder}: its manifest or its facts cannot be read.")
    label = f"{one.report}/{folder.name}" if folder.name.startswith(one.as_of) else str(folder)
    return Side(f"{label}{note}", one.report, one.as_of, one.parameters, facts, one.made_from)


def _made(orders: Sequence[Order]) -> tuple[list[Side], Record]:
    """Reports of one kind, made in a folder that is gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="brinkwatch-compare-") as archive,
        warm_process() as zygote,
    ):
        plans, record = settled([replace(order, reports=Path(archive)) for order in orders])
        with handed_on(record) as told:
            means = Means(zygote, told)
            return [_side(carry_out(plan, means), " (made for this)") for plan in plans], record


def _told(side: Side, record: Record) -> Told:
    """What a report told, with what its day knew by the record as it is now."""
    return Told(
        facts=side.facts,
        known=record.as_of(side.as_of),
        parameters={**side.parameters, "campaign": side.made_from.get("campaign")},
        code=json.dumps([side.made_from.get(part) for part in MADE_BY], sort_keys=True),
        is_of_the_record=_is_of(side, record),
        came_since=record.came_since(side.as_of, side.made_from.get("census", {})),
    )


def _is_of(side: Side, record: Record) -> bool:
    """Whether a report was made from this very record; of a campaign that is no more, none was."""
    try:
        digest = record.digest(side.as_of, side.made_from.get("campaign"))
    except UsageError:
        return False
    return side.made_from.get("data") == digest
