"""Sentences written from facts.

A template names facts in braces; each number in it becomes a link to where it comes from.
Everything that is put in is escaped, so text of the record stays text.

    {attacks_window}                  "13", "six", "none"
    {attacks_window:attack|attacks}   "13 attacks", "one attack", "no attacks"
    {attacks_window:digits}           "6"
    {drone_share:percent}             "62 %"
    {forecast_probability_any:probability}
    {attacks_official_through:day}    "24 October 2023"
    {busiest_site:name}               the name of a site or an actor
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from analysis.display import words
from analysis.measures.fact import Fact, Value

FORMATS: dict[str, Callable[..., str]] = {
    "": words.number,
    "digits": words.digits,
    "percent": words.percent,
    "probability": words.probability,
    "chance": words.chance,
    "day": words.day,
}


@dataclass(frozen=True)
class Reference:
    """A fact as a template sees it: its format specification decides how it is set."""

    name: str
    value: Value
    names: Mapping[str, str]

    def __html_format__(self, specification: str) -> Markup:
        if self.value is None:
            raise ValueError(f"the fact {self.name} is not known, so no sentence can state it")
        text, unit = self._in_words(specification)
        return Markup('<a class="fact" href="#fact-{}">{}</a>{}').format(self.name, text, unit)

    def _in_words(self, specification: str) -> tuple[str, str]:
        if specification == "name":
            return self.names.get(str(self.value), str(self.value)), ""
        if "|" in specification:
            amount, noun = words.counted(float(self.value or 0), specification)
            return amount, " " + noun
        return FORMATS[specification](self.value), ""


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
    names: names of sites and actors by id, for the format `name`.
    extra: other things that the template names: text (escaped) or markup.

    Returns
    -------
    Markup
        The phrase, everything put in escaped.

    Examples
    --------
    >>> write("{n:attack|attacks} on {where}.", {"n": Fact(2, "attacks")}, where="<b>")
    Markup('<a class="fact" href="#fact-n">two</a> attacks on &lt;b&gt;.')
    """
    references = {name: Reference(name, fact.value, names or {}) for name, fact in facts.items()}
    return Markup(template).format_map({**references, **extra})


def capital(sentence: Markup) -> Markup:
    """The same sentence with its first letter capital, whatever tags stand before it."""
    return Markup(re.sub(r"^((?:<[^>]*>)*)([a-z])", _raise_first, str(sentence)))


def _raise_first(match: re.Match[str]) -> str:
    return match[1] + match[2].upper()


def plain(text: Markup) -> str:
    """The words alone, for image descriptions and captions.

    >>> plain(Markup('<a href="#n">Two</a> attacks &amp; more'))
    'Two attacks & more'
    """
    return text.striptags()


def paragraph(*sentences: Markup | None, kind: str = "") -> Markup:
    """Sentences as one paragraph; those that are None are left out."""
    said = [sentence for sentence in sentences if sentence]
    attribute = Markup(' class="{}"').format(kind) if kind else Markup("")
    return Markup("<p{}>{}</p>").format(attribute, Markup(" ").join(said))


def as_text(value: object) -> Markup:
    """Anything as escaped text; nothing where a value is missing."""
    return Markup("") if value is None or value != value else escape(value)
