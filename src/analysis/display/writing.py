"""Sentences written from facts.

A template names facts in braces; each number in it becomes a link to where it comes from. How a
fact is set follows from its kind: a share in per cent, a date in full, a site by its name. Where a
count stands in running text it is a word up to nine; a template may ask for digits, or for the noun
or verb that goes with the number. Everything that is put in is escaped, so text of the record stays
text.

    {attacks_window}                  "13", "six", "none"
    {attacks_window:attack|attacks}   "13 attacks", "one attack", "no attacks"
    {attacks_window:~is|are}          "are", "is": what goes with the number, without it
    {attacks_window:digits}           "6"
    {busiest_site_attacks:times}      "twice", "six times"
    {close_pairs_expected:rounded}    "17", "0.4": no more digits than a reader can use
    {nowcast_missing:whole}           "two" of 1.7, after "about"
    {drone_share}                     "62 %"
    {attacks_official_through}        "24 October 2023"
    {attacks_official:attack|attacks} "at least 165 attacks", where that is how officials put it
    {busiest_site}                    the name of the site
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from analysis.display import words
from analysis.measures.fact import Fact, Kind, Withheld
from analysis.record.codebook import word

#: How a value of each kind is set in a sentence; of sites and actors the name is.
IN_SENTENCES: dict[Kind, Callable[[Any], str]] = {
    "count": words.number,
    "people": words.number,
    "rank": words.number,
    "days": words.number,
    "mean": words.digits,
    "score": words.digits,
    "ratio": words.digits,
    "correlation": words.digits,
    "share": words.percent,
    "probability": words.probability,
    "date": words.day,
}

#: How it is set where there is little room: in tables and on cards.
IN_TABLES: dict[Kind, Callable[[Any], str]] = {
    **IN_SENTENCES,
    "count": words.digits,
    "people": words.digits,
    "rank": words.digits,
    "days": words.digits,
    "date": words.short_day,
}

#: What a template may ask for instead.
FORMS: dict[str, Callable[[Any], str]] = {
    "digits": words.digits,
    "rounded": words.rounded,
    "whole": lambda value: words.number(round(value)),
    "chance": words.chance,
}


@dataclass(frozen=True)
class Reference:
    """A fact as a template sees it: its kind and the format specification decide how it is set."""

    name: str
    fact: Fact
    names: Mapping[str, str]

    def __html_format__(self, specification: str) -> Markup:
        value = self.fact.value
        if self.fact.withheld:
            raise Withheld(self.fact)
        if value is None:
            raise ValueError(f"the fact {self.name} is not known, so no sentence can state it")
        if specification.startswith("~"):
            return escape(words.noun(float(value), specification[1:]))
        if "|" in specification:
            text, noun = words.counted(float(value), specification)
            return self._link(text) + " " + noun
        if specification == "times":
            text, rest = words.times(float(value))
            return self._link(text) + rest
        form = FORMS.get(specification)
        return self._link(form(value) if form else set_as(self.fact.kind, value, self.names))

    def _link(self, text: str) -> Markup:
        number = Markup('<a class="fact" href="#fact-{}">{}</a>').format(self.name, text)
        if not self.fact.qualifier:
            return number
        qualifier = word("qualifier", self.fact.qualifier, "before")
        return Markup('<span class="qualifier">{}</span>').format(qualifier) + number


def set_as(
    kind: str,
    value: Any,
    names: Mapping[str, str],
    forms: Mapping[Kind, Callable[[Any], str]] = IN_SENTENCES,
) -> str:
    """The value of a fact as its kind is set: in a sentence, where a name has its article, or in a
    table.

    Parameters
    ----------
    kind, value: of the fact; the value is known.
    names: names of sites and actors by id.
    forms: :data:`IN_SENTENCES` or :data:`IN_TABLES`.
    """
    if form := forms.get(kind):  # type: ignore[call-overload]
        return str(form(value))
    name = names.get(str(value), str(value))
    return words.with_article(name) if kind == "actor" and forms is IN_SENTENCES else name


def write(
    template: str,
    facts: Mapping[str, Fact],
    names: Mapping[str, str] | None = None,
    **extra: object,
) -> Markup:
    """Write a phrase from facts; :func:`capital` makes a sentence of it.

    Parameters
    ----------
    template: text with facts in braces, see the module's first lines.
    facts: facts by name.
    names: names of sites and actors by id.
    extra: other things that the template names: text (escaped) or markup.

    Returns
    -------
    Markup
        The phrase, everything put in escaped.

    Examples
    --------
    >>> facts = {"n": Fact(2, "count", "attacks")}
    >>> write("{n:attack|attacks} on {where}.", facts, where="<b>")
    Markup('<a class="fact" href="#fact-n">two</a> attacks on &lt;b&gt;.')
    """
    return Markup(template).format_map(_Named(facts, names or {}, extra))


class _Named(dict[str, Any]):
    """What a template names; of hundreds of facts those alone are referred to."""

    def __init__(
        self, facts: Mapping[str, Fact], names: Mapping[str, str], extra: Mapping[str, object]
    ) -> None:
        super().__init__(extra)
        self.facts, self.names = facts, names

    def __missing__(self, name: str) -> Reference:
        return Reference(name, self.facts[name], self.names)


def capital(sentence: Markup) -> Markup:
    """The same sentence with its first letter capital, whatever tags stand before it."""
    return Markup(
        re.sub(r"^((?:<[^>]*>)*)([a-z])", lambda start: start[1] + start[2].upper(), str(sentence))
    )


def plain(text: Markup) -> str:
    """The words alone, for image descriptions and captions.

    >>> plain(Markup('<a href="#n">Two</a> attacks &amp; more'))
    'Two attacks & more'
    """
    return text.striptags()


class Sentence(Markup):
    """A sentence that a notebook shows as a paragraph of its page."""

    def _repr_html_(self) -> str:
        return str(paragraph(self))


def facts_named(text: Markup) -> set[str]:
    """The names of the facts whose numbers stand in a text.

    >>> facts_named(Markup('<a class="fact" href="#fact-n">two</a> attacks'))
    {'n'}
    """
    return set(re.findall(r'href="#fact-([^"]+)"', text))


def paragraph(*sentences: Markup | None, kind: str = "") -> Markup:
    """Sentences as one paragraph; those that are None are left out."""
    said = [sentence for sentence in sentences if sentence]
    attribute = Markup(' class="{}"').format(kind) if kind else Markup("")
    return Markup("<p{}>{}</p>").format(attribute, Markup(" ").join(said))


def as_text(value: object) -> Markup:
    """Anything as escaped text; nothing where a value is missing."""
    missing = value is None or value is pd.NA or value != value
    return Markup("") if missing else escape(value)
