"""A page under way: what was known, the facts counted from it, and the sources cited so far."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from string import Formatter
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.display import words
from analysis.display.evidence import Endnotes
from analysis.display.writing import Sentence, capital, write
from analysis.errors import UsageError
from analysis.measures import coverage, fronts
from analysis.measures.attacks import counted, recorded_counted, recorded_on_targets
from analysis.measures.fact import Fact, Found, Kind, Span, Value, Withheld, ids, rounded
from analysis.measures.metadata import counted_by
from analysis.record import Campaign, Known
from analysis.record.coverage import Level
from analysis.record.wording import usual_words

#: Which report takes a parameter that others do not.
TAKEN_BY = {"site_id": "site", "actor_id": "actor", "horizon_days": "outlook"}

#: What stands for a sentence of one's own that cannot be said.
LEFT_OUT = {
    "none": "The record was not kept for these days, and cannot tell.",
    "sampled": "The record only samples these days, and cannot tell.",
    "daily": "The record cannot tell.",
}


class OfAReport(dict[str, Any]):
    """What a page of a report has, by name; of what another has instead it says which that is."""

    def __init__(self, report: str, has: Mapping[str, Any]):
        super().__init__(has)
        self.report = report

    def __missing__(self, name: str) -> Any:
        other = TAKEN_BY.get(name) or counted_by(name)
        if other in ("", self.report):
            raise KeyError(name)
        raise UsageError(
            f"This belongs to a page of the report {other!r}, which has {name!r}; the page is of "
            f"{self.report!r}. Open the other: an.open({other!r}, …)."
        )


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
    then: the record as of the day from which changes are counted.
    changes: what the record has learned since; see :func:`analysis.record.changes`.
    facts: the facts of the day by name, as far as its days were kept.
    earlier_facts: those of them that the earlier day is compared in.
    facts_then: the same of the day from which changes are counted.
    targets: codes of the targets that it counts attacks on.
    comment: what an analyst wrote for the report of this day, in Markdown; None if nothing.

    What the page remembers while it is written: in `endnotes` the sources cited so far, in
    `stated` the names of the facts that its text has used, in `headline` those of its bottom line
    and key figures, in `left_out` those that a section could not state because their days were not
    kept well enough, in `within` how many sections of the house are under way.
    """

    report: str
    title: str
    parameters: Mapping[str, Any]
    known: Known
    earlier: Known
    then: Known
    changes: pd.DataFrame
    facts: dict[str, Fact]
    earlier_facts: Mapping[str, Fact]
    facts_then: Mapping[str, Fact]
    targets: tuple[str, ...] = ()
    comment: str | None = None
    endnotes: Endnotes = field(init=False)
    stated: set[str] = field(init=False, default_factory=set)
    headline: set[str] = field(init=False, default_factory=set)
    left_out: list[Fact] = field(init=False, default_factory=list)
    within: list[None] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "endnotes", Endnotes(self.known))
        for name in ("facts", "parameters"):
            object.__setattr__(self, name, OfAReport(self.report, getattr(self, name)))

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
        return recorded_counted(self.known)

    @property
    def shown(self) -> pd.DataFrame:
        """Recorded attacks that figures over time show: also those after the campaign's end."""
        return recorded_on_targets(self.known)

    @cached_property
    def words(self) -> dict[str, str]:
        """What every sentence of the page may name: `{since}`, `{forces}`, `{days}`, `{to_day}` …

        See :func:`analysis.record.wording.usual_words`; `coming` are the days ahead, `nbsp` is a
        no-break space, `samples` what a record that was not kept daily does, `to_the_last` through
        which day counts run where the record was not kept to this day.
        """
        return {
            **usual_words(self.known, space=words.NBSP),
            "days": self.days,
            "coming": self.coming,
            "fronts": words.number(len(fronts.names(self.known))),
            "nbsp": words.NBSP,
            "to_the_last": f", through {words.day(self.known.through)}" if self.stops else "",
            "samples": "only sampled the days that it was kept for"
            if self.kept_window == "none"
            else "only samples these days",
        }

    @property
    def changed_since(self) -> pd.Timestamp:
        """The day from which changes are counted."""
        return self.then.date

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
    def stops(self) -> bool:
        """Whether counts end before this day, and before the campaign: nobody kept the record."""
        last = self.campaign.last_day
        end = self.as_of if last is None else min(last, self.as_of)
        return self.kept_window == "none" and self.known.through < end

    @property
    def window(self) -> str:
        """The window in words, such as "23–29 January 2024"."""
        return words.span(self.as_of - pd.Timedelta(days=self.window_days - 1), self.as_of)

    @property
    def days(self) -> str:
        """The length of the window after "the", such as "seven days" or "day"."""
        return "day" if self.window_days == 1 else f"{words.number(self.window_days)} days"

    def began_within(self, days: int) -> bool:
        """Whether the campaign began after the first of so many days to this one."""
        return self.as_of - pd.Timedelta(days=days - 1) < self.campaign.start

    @property
    def opens(self) -> bool:
        """Whether the window is not whole, because the campaign began in it."""
        return self.began_within(self.window_days)

    @property
    def begins(self) -> bool:
        """Whether the window before is not whole, because the campaign had not begun."""
        return self.began_within(2 * self.window_days)

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

    def sentence(self, template: str, **extra: object) -> Sentence:
        """Write a sentence from this page's facts; each number becomes a link to its rows.

        Parameters
        ----------
        template: names facts, and whatever is among `words`, in braces. `{name}` is "six",
            `{name:attack|attacks}` "six attacks" or "one attack", `{name:~was|were}` the verb
            alone, `{name:digits}` "6"; more in :mod:`analysis.display.writing`.
        extra: what else it names.

        Returns
        -------
        Sentence
            HTML that is safe to show; where a fact may not be stated, what is said instead of it.

        Raises
        ------
        UsageError
            If it names what the page does not have.

        Examples
        --------
        >>> import analysis as an
        >>> page = an.open("brief", as_of="2023-10-24")
        >>> page.sentence("{attacks_official:attack was|attacks were} counted.").striptags()
        'At least 13 attacks were counted.'
        """
        try:
            return Sentence(capital(self.phrase(template, **extra)))
        except Withheld as reason:
            # Sections of the house say why by themselves, see :mod:`analysis.display.kept`.
            if self.within:
                raise
            return Sentence(LEFT_OUT[reason.fact.kept])

    def fact(
        self,
        name: str,
        rows: pd.DataFrame,
        unit: str,
        value: Value = None,
        kind: Kind = "count",
        span: Span = "campaign",
    ) -> None:
        """State a number of one's own, so that sentences may name it and readers can trace it.

        Parameters
        ----------
        name: how sentences name it, such as `ships`; it stands in facts.json.
        rows: what it was counted from; the first column holds the ids of rows of the record.
        unit: what is counted and how, in words that a reader understands.
        value: the number; how many rows there are, if not given.
        kind: what the value is, which says how sentences set it: `count`, `people`, `days`, `mean`,
            `ratio`, `share` (0.6 is "60 %"), `probability`, `date` (YYYY-MM-DD), `site` (its id),
            `name` and the others of :data:`analysis.measures.fact.Kind`.
        span: which days it speaks of: `campaign`, `window`, `window before`, `day`, `record`; over
            days that were not kept it has no value.

        Raises
        ------
        UsageError
            If the name is no name, or is that of another number.

        Examples
        --------
        >>> import analysis as an
        >>> page = an.open("brief", as_of="2023-10-24")
        >>> page.fact("at_tanf", page.recorded.query("site_id == 'al-tanf'"), "attacks at Al-Tanf")
        >>> page.sentence("{at_tanf:attack was|attacks were} recorded at Al-Tanf.").striptags()
        'Two attacks were recorded at Al-Tanf.'
        """
        if not isinstance(rows, pd.DataFrame):
            raise UsageError(
                f"{name!r} is counted from {rows!r:.60}; give a frame of the rows, whose first "
                "column holds their ids."
            )
        if not name.isidentifier():
            raise UsageError(f"{name!r} is no name of a fact; letters, digits and _ are.")
        found = Found(len(rows) if value is None else value, ids(rows))
        fact = Fact(rounded(found.value, kind), kind, unit, span, found.evidence)
        kept = coverage.as_kept({name: fact}, self.known, self.window_days, self.targets)[name]
        if kept.kept == "sampled" and kind in ("count", "people") and kept.value:
            kept = replace(kept, qualifier="at-least")
        if self.facts.get(name, kept) != kept:
            raise UsageError(f"The page has another fact {name!r}; choose another name.")
        self.facts[name] = kept

    def phrase(self, template: str, **extra: object) -> Markup:
        """Part of a sentence from this page's facts."""
        try:
            phrase = write(template, self.facts, self.names, **{**self.words, **extra})
        except KeyError as name:
            missing = str(name.args[0])
            with suppress(KeyError):
                self.facts[missing]  # where another report has it, this says which
            near = get_close_matches(missing, [*self.facts, *self.words], n=3)
            others = f"near are {', '.join(near)}" if near else "list(page.facts) names them all"
            raise UsageError(f"A sentence names {name}, which is no fact; {others}.") from None
        except IndexError:
            right = "write {name}, or {{ and }} where braces are meant"
            raise UsageError(
                f"The sentence {template!r} has braces without a name; {right}."
            ) from None
        except (ValueError, AttributeError) as reason:
            raise UsageError(f"The sentence {template!r} cannot be written: {reason}.") from None
        fields = {name for _, name, _, _ in Formatter().parse(template) if name}
        self.stated.update(fields & self.facts.keys())
        return phrase

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of the known sites and actors by id."""
        return {**self.known.site_names(), **self.known.actor_names()}

    def cite(self, *fact_names: str, ids: tuple[str, ...] = ()) -> Markup:
        """Endnote numbers for the rows behind facts, or for rows by id."""
        cited = [row for name in fact_names for row in self.facts[name].evidence]
        return self.endnotes.cite(*cited, *ids)


#: The page that a notebook opened last.
_OPENED: list[Page] = []


def remember(page: Page) -> Page:
    """Note that a page was opened; see :func:`opened`."""
    _OPENED[:] = [page]
    return page


def opened(page: Page | None = None) -> Page:
    """The page that is given, or the one that was opened last.

    Raises
    ------
    UsageError
        If none was.
    """
    if page is None and not _OPENED:
        raise UsageError("No report is open; open one first: page = an.open(…).")
    return page or _OPENED[0]
