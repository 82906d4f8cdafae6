"""Two editions of one report: what differs, why, and how the later one says so.

What is published stays. Where the same report would come out otherwise it is a new edition, whose
page says in the parameter `correction` what the edition before it said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from analysis.measures.differences import Difference, differences, numbers_that_differ
from analysis.parameters import LONGEST_LINE
from analysis.plain_text import day_in_words, one_line, ordinal
from analysis.publish.listing import editions
from analysis.publish.manifest import MADE_BY, deciding
from analysis.publish.reading import KeyFigure, Published, read_file

#: What rows of each dated table are about.
TABLES = {
    "attacks": "attacks",
    "tallies": "official counts",
    "deployments": "deployments",
    "responses": "strikes",
    "milestones": "milestones",
}

#: So many numbers are told one by one where no key figure differs.
_TOLD = 3


@dataclass(frozen=True)
class Content:
    """What an edition says, as far as it is data, and what decided it.

    Parameters
    ----------
    number: which edition it is, from 1.
    facts: what stands under `facts` in its facts.json.
    title, bottom_line, key_figures: what its page says first, as plain text.
    made_from: see :func:`analysis.publish.manifest.inputs`.
    """

    number: int
    facts: Mapping[str, Any]
    title: str
    bottom_line: tuple[str, ...]
    key_figures: tuple[KeyFigure, ...]
    made_from: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """What was said, and what is said now, each as text; empty where nothing is."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label}: {self.after or 'not known'}, was {self.before or 'not known'}"


@dataclass(frozen=True)
class Comparison:
    """A later edition held against an earlier one."""

    before: Content
    after: Content
    found: list[Difference] = field(default_factory=list)

    @property
    def is_the_same(self) -> bool:
        """Whether the later says all that is data, and says first, as the earlier did."""
        first = [(one.title, one.bottom_line, one.key_figures) for one in (self.before, self.after)]
        return not self.found and first[0] == first[1]

    @property
    def headline(self) -> str:
        """Which edition it is and how much differs: ``2nd edition, 3 numbers differ``."""
        return f"{ordinal(self.after.number)} edition, {numbers_that_differ(self.found)}"

    @property
    def changes(self) -> list[Change]:
        """The key figures that differ; where none does, the first of the numbers that do."""
        was, now = ({one.label: one.value for one in of.key_figures}
                    for of in (self.before, self.after))  # fmt: skip
        figures = [
            Change(label, was.get(label, ""), now.get(label, ""))
            for label in {**now, **was}
            if was.get(label) != now.get(label)
        ]
        return figures or [_told(one) for one in self.found if one.is_number][:_TOLD]


def content_of(one: Published) -> Content:
    """What a published edition says; facts that cannot be read are none."""
    try:
        facts = dict(json.loads(read_file(one.folder / "facts.json"))["facts"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        facts = {}
    return Content(one.number, facts, one.title, one.bottom_line, one.key_figures, one.made_from)


def compared(before: Content, after: Content) -> Comparison:
    """Hold a later edition against an earlier one."""
    return Comparison(before, after, differences(before.facts, after.facts))


def corrections(newest: Published) -> Iterator[tuple[Published, Published, Comparison]]:
    """Yield each edition of a report that replaced one, that, and how they differ, oldest first."""
    for before, after in pairwise(editions(newest)):
        yield after, before, compared(content_of(before), content_of(after))


def said_of(comparison: Comparison, reason: str | None = None) -> str:
    """What the page of a later edition says of the one before it, as one line.

    Parameters
    ----------
    comparison: of the two.
    reason: why, in somebody's own words; worked out if not given.
    """
    before, after = comparison.before, comparison.after
    head = (f"{ordinal(after.number)} edition: {numbers_that_differ(comparison.found)} "
            f"from the {ordinal(before.number)}.")  # fmt: skip
    because = reason or " ".join(reasons(before.made_from, after.made_from))
    changes = "; ".join(map(str, comparison.changes))
    told = one_line(" ".join(filter(None, [head, because, f"{changes}." if changes else ""])))
    return told if len(told) <= LONGEST_LINE else f"{told[: LONGEST_LINE - 1]}…"


def only_made_otherwise(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether two editions differ in nothing but the software that made them."""
    one, other = (
        deciding({**made_from, **dict.fromkeys(MADE_BY)}) for made_from in (before, after)
    )
    return one == other


def reasons(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Why an edition is another than the one before, a sentence for each reason.

    Other software may digest the same rows otherwise; how many there are it cannot change.
    """
    found = []
    by_other = any(before.get(name) != after.get(name) for name in MADE_BY)
    is_other = before.get("data") != after.get("data") and not by_other
    if is_other or before.get("rows") != after.get("rows"):
        found.append(_of_the_record(before, after))
    was, now = deciding(before), deciding(after)
    if was["parameters"].get("since") != now["parameters"].get("since"):
        found.append("Changes are counted since another day.")
    found += _of_parameters(was["parameters"], now["parameters"])
    if before.get("comment") != after.get("comment"):
        found.append("The analyst’s comment is another.")
    if by_other:
        found.append("The notebook or the software that makes the report is another version.")
    return found


def _of_parameters(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What else a report was asked for: a default may be another by now."""
    for name in sorted((was.keys() & now.keys()) - {"as_of", "since"}):
        if was[name] != now[name]:
            new, old = ("not set" if value is None else value for value in (now[name], was[name]))
            yield f"The parameter {name} is {new}, was {old}."


def _of_the_record(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What became of the record as it was public on the day, by how many rows it has more."""
    was, now = before.get("rows", {}), after.get("rows", {})
    more = {name: now[name] - was[name] for name in TABLES if name in was and name in now}
    added = [
        f"{count} more row{'s' * (count > 1)} on {TABLES[name]}"
        for name, count in more.items()
        if count > 0
    ]
    day = day_in_words(str(after["as_of"]))
    if not added:
        return f"What the record holds as public by {day} was changed."
    *others, last = added
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"The record now holds {listed} that had been public by {day}."


def _told(one: Difference) -> Change:
    """A number that differs, as a table has it."""
    from analysis.display.writing import IN_TABLES, set_as

    before, after = (
        "" if value is None else set_as(one.kind, value, {}, IN_TABLES)
        for value in (one.before, one.after)
    )
    return Change(f"{one.unit[:1].upper()}{one.unit[1:]}", before, after)
