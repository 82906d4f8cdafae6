"""The strip of key figures at the head of a page, each with its change since the window before."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import PAGE_TYPE, Fragment, words_alone
from analysis.display.page import Page
from analysis.measures.fact import Fact

#: How values are set on a card, where not as in a sentence.
ON_CARDS = {"count": "digits", "people": "digits", "probability": "chance"}

#: What is said of a count beside which others may be missing.
OF_A_SAMPLE = "or more; a sample"

#: In lines of their own also where there is no style at all.
_ITEM = Markup(
    '<li><strong class="value">{value}</strong> <div class="label">{label}</div> '
    '<div class="change">{change}</div></li>'
)


class Card(NamedTuple):
    """One key figure: what it is, its value, and how it moved."""

    label: str
    value: str
    change: str


def strip(*cards: Card) -> Fragment:
    """Key figures side by side; of two that are the same thing the last is shown."""
    figures = [card._asdict() for card in {card.label: card for card in cards}.values()]
    items = Markup("").join(_ITEM.format(**figure) for figure in figures)
    said = [{part: words_alone(text) for part, text in figure.items()} for figure in figures]
    html = Markup('<ul class="key-figures">{}</ul>').format(items)
    return Fragment(html, {PAGE_TYPE: {"key_figures": said}})


def card(
    page: Page,
    name: str,
    change: str | None = None,
    unknown: str = "not known",
    label: str = "",
) -> Card:
    """One key figure: the fact, what it is, and how it moved.

    Parameters
    ----------
    page: the page under way.
    name: of the fact.
    change: what to say instead of the change since the earlier day.
    unknown: what to say where the fact has no value.
    label: what the figure is, in a few words, where that is not the title of the fact.
    """
    fact = page.facts[name]
    label = (label or fact.title).format_map(page.words)
    page.headline.add(name)
    if fact.withheld:
        return Card(label, "–", _why_withheld(fact))
    # Strikes and movements are taken as kept where any target is; none in a sample is not none.
    sampled = "sampled" in (fact.kept, page.kept)
    if sampled and fact.known and fact.kind == "count" and not fact.value:
        return Card(label, "–", "none in the record, a sample")
    if fact.known:
        value = page.phrase(f"{{{name}:{ON_CARDS.get(fact.kind, '')}}}")
        moved = _since_window_before(page, name) if change is None else change
        return Card(label, value, moved)
    return Card(label, "–", unknown)


def _why_withheld(fact: Fact) -> str:
    if fact.span in ("ahead", "past forecasts"):
        return "no forecast is made"
    return "not recorded" if fact.kept == "none" else "not given of a sample"


def window_card(page: Page) -> Card:
    """Attacks recorded in the window, against the window before."""
    now, before = page.facts["attacks_window"], page.facts["attacks_previous_window"]
    if now.kept == "sampled":
        return card(page, "attacks_window", OF_A_SAMPLE)
    if page.opens and not now.value:
        # None in the days before the campaign would be more than is known.
        return card(page, "attacks_window", "", label=page.facts["attacks_cumulative"].title)
    return card(page, "attacks_window", "" if page.begins else moved(now, before))


def strikes_card(page: Page, name: str) -> Card:
    """Strikes that the record holds, against the earlier day; of a sample at least so many."""
    return card(page, name, OF_A_SAMPLE if page.kept == "sampled" else None)


def _since_window_before(page: Page, name: str) -> str:
    """How a count moved since the earlier day; nothing where the earlier day does not have it."""
    now = page.facts[name]
    if now.kept == "sampled" and now.kind in ("count", "people") and not now.qualifier:
        return OF_A_SAMPLE
    if page.stops and now.span == "campaign" and now.basis != "statements":
        return f"through {words.short_day(page.known.through)}"
    if name not in page.earlier_facts or page.kept_window == "none":
        return ""
    before = page.earlier_facts[name]
    if before.value is None and not before.withheld:
        unknown = "not known" if now.kind == "people" else "none"
        return f"{unknown} by {words.short_day(page.earlier.date)}"
    return moved(now, before)


def moved(now: Fact, before: Fact) -> str:
    """How a count moved; of a sample only that it is one."""
    if "none" in (now.kept, before.kept):
        return ""
    if "sampled" in (now.kept, before.kept):
        return OF_A_SAMPLE
    return words.change(int(now.value or 0), int(before.value or 0))
