"""What a section does with facts whose days were not kept well enough: leave them out, say so.

A sentence that asks for such a fact ends in :class:`Withheld`. :func:`if_kept` leaves that sentence
out, :func:`section` says once, at the end of its section, why something is missing;
:func:`figure` leaves out a figure or a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.manual import in_full
from analysis.display.page import Page
from analysis.display.writing import paragraph
from analysis.measures import coverage
from analysis.measures.fact import Withheld
from analysis.record.coded import is_one_of

#: Spans of facts that need every day of the campaign to have been kept.
AHEAD = ("ahead", "past forecasts")

#: Why facts over sampled days are left out.
SAMPLED = (
    "Comparisons that need every attack are not made: of these attacks the record holds only a "
    "sample."
)
A_SAMPLE = (
    "the record {samples}: its counts are lower bounds, and rates, ratios, shares, comparisons and "
    "forecasts are not given."
)

NO_FORECAST = "No forecast is made, because the record only samples these days."
NOT_EVERY_DAY = "no forecast is made: it needs a record kept on every day from {start} to {to_day}."

Given = ParamSpec("Given")
Section = Callable[Concatenate[Page, Given], Fragment]
Sentence = Callable[Concatenate[Page, Given], Markup | None]


def if_kept(sentence: Sentence[Given]) -> Sentence[Given]:
    """A sentence that is left out where a fact of it may not be stated."""

    @wraps(sentence)
    def said(page: Page, /, *args: Given.args, **kwargs: Given.kwargs) -> Markup | None:
        try:
            with _taken_back(page):
                return sentence(page, *args, **kwargs)
        except Withheld as reason:
            page.left_out.append(reason.fact)
            return None

    return said


def section(of_page: Section[Given]) -> Section[Given]:
    """A section that says at its end what it had to leave out, and why."""

    @in_full
    @wraps(of_page)
    def said(page: Page, /, *args: Given.args, **kwargs: Given.kwargs) -> Fragment:
        page.left_out.clear()
        fragment = NOTHING
        try:
            with _taken_back(page):
                fragment = of_page(page, *args, **kwargs)
        except Withheld as reason:
            page.left_out.append(reason.fact)
        why = reasons(page)
        if fragment.html and _is_a_sample(page):
            why = [reason for reason in why if reason != SAMPLED]  # the bottom line says it in full
        if not why:
            return fragment
        said_why = paragraph(*why, kind="" if fragment.html else "answer")
        html = Markup("\n").join(part for part in (fragment.html, said_why) if part)
        return Fragment(html, fragment.data)

    return said


def figure(of_page: Section[Given]) -> Section[Given]:
    """A figure or a table that is left out where a fact of it may not be stated."""

    @in_full
    @wraps(of_page)
    def shown(page: Page, /, *args: Given.args, **kwargs: Given.kwargs) -> Fragment:
        try:
            with _taken_back(page):
                return of_page(page, *args, **kwargs)
        except Withheld:
            return NOTHING

    return shown


@contextmanager
def _taken_back(page: Page) -> Iterator[None]:
    """What cannot be said cites no source and states no fact."""
    numbers, stated = dict(page.endnotes.numbers), set(page.stated)
    page.within.append(None)
    try:
        yield
    except Withheld:
        page.endnotes.numbers.clear()
        page.endnotes.numbers.update(numbers)
        page.stated.intersection_update(stated)
        raise
    finally:
        page.within.pop()


def reasons(page: Page, in_full: bool = False) -> list[Markup]:
    """Why what was left out so far is not stated, each reason in one sentence; then forget it.

    Where a page begins, it says `in_full` what a sample cannot tell, for all sections that have
    something else to say.
    """
    levels = {fact.kept for fact in page.left_out}
    if in_full and _is_a_sample(page):
        levels |= {fact.kept for fact in page.facts.values() if fact.withheld}
    ahead = any(fact.span in AHEAD for fact in page.left_out)
    page.left_out.clear()
    if ahead and page.kept == page.kept_window == "daily":
        return [page.sentence(NOT_EVERY_DAY)]
    said = []
    if page.kept_window == "none" and "none" in levels:
        said.append(kept_through(page) if in_full else _not_kept(page))
    elif "none" in levels and not ahead:
        said.append(Markup("The record was not kept on some of these days, and cannot tell."))
    if in_full and ("sampled" in levels or (ahead and not said)):
        said.append(page.sentence(A_SAMPLE))
    elif "sampled" in levels:
        said.append(Markup(SAMPLED))
    elif ahead and not said:
        said.append(Markup(NO_FORECAST))
    return said


def _is_a_sample(page: Page) -> bool:
    """Whether no day of the page was kept daily."""
    return page.kept == "sampled" and page.kept_window != "daily"


def _not_kept(page: Page) -> Markup:
    """The same where a page has said it before."""
    next_on = page.campaign.superseded_on
    if next_on is None:
        return kept_through(page, again=True)
    return Markup("What came since {} its next campaign’s reports tell.").format(words.day(next_on))


def kept_through(page: Page, again: bool = False) -> Markup:
    """To which day the record was kept, or holds the campaign, where not to the as-of date.

    A page that has said it says it `again` in short.
    """
    known, next_on = page.known, page.campaign.superseded_on
    if next_on is not None:
        return page.sentence(
            "attacks and US strikes of the {days} to {to_day} are not told here: on {begun} the "
            "next campaign began, and its reports tell what came since.",
            begun=words.day(next_on),
        )
    if page.kept == "none":
        return page.sentence("the record was not kept for this campaign, and cannot tell.")
    is_over = page.campaign.last_day is not None and known.through >= page.campaign.last_day
    if is_over or known.through >= page.as_of:
        first = page.as_of - (page.window_days - 1) * coverage.DAY
        some = known.levels(max(first, page.campaign.start), page.as_of, page.targets).any()
        return page.sentence(
            "the record was not kept on {which} of the {days} to {to_day}.",
            which="all" if some else "any",
        )
    later = is_one_of(known.attacks["target"], page.targets) & (
        known.attacks["event_date"] > known.through
    )
    return page.sentence(
        "of the days since {last} the record {tells}."
        if again
        else "the record was kept through {last}; of the days since then it {tells}.",
        last=words.day(known.through),
        tells="holds some attacks, but counts none" if later.any() else "tells nothing",
    )
