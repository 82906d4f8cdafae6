"""A page under way: what was known, the facts counted from it, and the sources cited so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.display import words
from analysis.display.evidence import Endnotes
from analysis.display.writing import capital, write
from analysis.measures import coverage, fronts
from analysis.measures.attacks import counted, on_targets, recorded
from analysis.measures.fact import Fact, Value, Withheld
from analysis.record import Campaign, Known
from analysis.record.coverage import Level
from analysis.record.wording import usual_words


@dataclass(frozen=True)
class Page:
    """Everything that the pieces of one report are made from.

    Parameters
    ----------
    report: name of the report, such as "brief".
    title: what its readers call it.
    parameters: the report's parameters, `as_of`, `window_days` and `marking` among them.
    known: the record as of that day, of the campaign that the report is about.
    earlier: the record as of one window before, of the same campaign.
    changed_since: from when changes are counted.
    changes: what the record has learned since; see :func:`analysis.record.changes`.
    facts: the facts of the day by name, as far as its days were kept.
    earlier_facts: those of them that the earlier day is compared in.
    targets: codes of the targets that it counts attacks on.
    comment: what an analyst wrote for the report of this day, in Markdown; None if nothing.

    What the page remembers while it is written: in `endnotes` the sources cited so far, in
    `stated` the names of the facts that its text has used, in `headline` those of its bottom line
    and key figures, in `left_out` those that a section could not state because their days were not
    kept well enough.
    """

    report: str
    title: str
    parameters: Mapping[str, Any]
    known: Known
    earlier: Known
    changed_since: pd.Timestamp
    changes: pd.DataFrame
    facts: Mapping[str, Fact]
    earlier_facts: Mapping[str, Fact]
    targets: tuple[str, ...] = ()
    comment: str | None = None
    endnotes: Endnotes = field(init=False)
    stated: set[str] = field(init=False, default_factory=set)
    headline: set[str] = field(init=False, default_factory=set)
    left_out: list[Fact] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "endnotes", Endnotes(self.known))

    @property
    def campaign(self) -> Campaign:
        """The campaign that the report is about, as known on the as-of date."""
        return self.known.campaign

    @property
    def attacks(self) -> pd.DataFrame:
        """Attacks that the campaign counts, all confirmation levels."""
        return counted(self.known)

    @property
    def recorded(self) -> pd.DataFrame:
        """Those of them that officials confirm or news and monitors report."""
        return recorded(self.attacks)

    @property
    def shown(self) -> pd.DataFrame:
        """Recorded attacks that figures over time show: also those after the campaign's end."""
        return recorded(on_targets(self.known))

    @cached_property
    def words(self) -> dict[str, str]:
        """What every sentence of the page may name: `{since}`, `{forces}`, `{days}`, `{to_day}` …

        See :func:`analysis.record.wording.usual_words`; `coming` are the days ahead, `nbsp` is a
        no-break space.
        """
        return {
            **usual_words(self.known, space=words.NBSP),
            "days": self.days,
            "coming": self.coming,
            "fronts": words.number(len(fronts.names(self.known))),
            "nbsp": words.NBSP,
        }

    @property
    def as_of(self) -> pd.Timestamp:
        """The as-of date."""
        return self.known.date

    @property
    def window_days(self) -> int:
        """Length of the window of event dates."""
        return int(self.parameters["window_days"])

    @cached_property
    def kept_window(self) -> Level:
        """How well the window was kept."""
        return coverage.of_window(self.known, self.window_days, self.targets)

    @cached_property
    def kept(self) -> Level:
        """How well the campaign was kept, to the last day that was."""
        return coverage.of_campaign(self.known, self.targets)

    @property
    def window(self) -> str:
        """The window in words, such as "23–29 January 2024"."""
        return words.span(self.as_of - pd.Timedelta(days=self.window_days - 1), self.as_of)

    @property
    def days(self) -> str:
        """The length of the window after "the", such as "seven days" or "day"."""
        return "day" if self.window_days == 1 else f"{words.number(self.window_days)} days"

    @property
    def begins(self) -> bool:
        """Whether the campaign begins in the window, so that no window lies before it."""
        return self.as_of - pd.Timedelta(days=self.window_days) < self.campaign.start

    @property
    def horizon_days(self) -> int:
        """How many days ahead the forecast looks."""
        return int(self.parameters.get("horizon_days", 7))

    @property
    def coming(self) -> str:
        """The coming days, such as "the next seven days" or "the next day"."""
        return words.coming(self.horizon_days)

    def value(self, name: str) -> Value:
        """The value of a fact; :class:`Withheld` where its days were not kept well enough."""
        fact = self.facts[name]
        if fact.withheld:
            raise Withheld(fact)
        return fact.value

    def count(self, name: str) -> int:
        """The value of a fact that counts something; 0 where it has none, see :meth:`value`."""
        value = self.value(name)
        return int(value) if isinstance(value, int | float) else 0

    def needs(self, name: str) -> None:
        """Go on only if a fact may be stated; else :class:`Withheld`."""
        self.value(name)

    def given(self, name: str) -> bool:
        """Whether a fact has a value that may be stated."""
        return self.facts[name].value is not None

    def sentence(self, template: str, **extra: object) -> Markup:
        """A sentence from this page's facts; see :mod:`analysis.display.writing`."""
        return capital(self.phrase(template, **extra))

    def phrase(self, template: str, **extra: object) -> Markup:
        """Part of a sentence from this page's facts."""
        phrase = write(template, self.facts, self.names, **{**self.words, **extra})
        fields = {name for _, name, _, _ in Formatter().parse(template) if name}
        self.stated.update(fields & set(self.facts))
        return phrase

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of the known sites and actors by id."""
        return {**self.known.site_names(), **self.known.actor_names()}

    def cite(self, *fact_names: str, ids: tuple[str, ...] = ()) -> Markup:
        """Endnote numbers for the rows behind facts, or for rows by id."""
        cited = [row for name in fact_names for row in self.facts[name].evidence]
        return self.endnotes.cite(*cited, *ids)
