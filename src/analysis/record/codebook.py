"""The codes of the record and their words: the one place that reads `codebook.toml`.

Tables and rules take their lists of codes from here, sentences and tables of a page the words.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

#: The code of what lies at sea, among those of countries.
SEA = "SEA"

#: The scope of a count that is of no one country.
ALL = "ALL"


@cache
def _book() -> dict[str, dict[str, Any]]:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def codes(of: str, having: str = "") -> tuple[str, ...]:
    """The codes of a list in their order, those only that have a word of one use.

    >>> codes("confirmation")
    ('official', 'claim', 'media')
    >>> codes("area", having="standing")
    ('iraq', 'syria', 'jordan', 'centcom')
    """
    return tuple(code for code, words in _book()[of].items() if not having or having in words)


def word(of: str, code: str, use: str = "label") -> str:
    """The word of a code for one use; the code itself, hyphens as spaces, where the book has none.

    >>> word("qualifier", "at-least", "before"), word("method", "air-strike")
    ('at least ', 'air strike')
    """
    words = _book()[of].get(code, {})
    return str(words.get(use, code.replace("-", " ")))


def word_if_any(of: str, code: str, use: str) -> str | None:
    """The word of a code for one use; None where the book has none.

    >>> word_if_any("weapon", "drone", "forms"), word_if_any("weapon", "small-arms", "forms")
    ('drone|drones', None)
    """
    said = _book()[of].get(code, {}).get(use)
    return None if said is None else str(said)


def country(code: str) -> str:
    """A country as it follows "in"; a code that is none stays what it is.

    >>> country("IRQ"), country("ARE"), country("SEA")
    ('Iraq', 'the United Arab Emirates', 'the sea')
    """
    return str(_book()["country"].get(code, code))


def place(code: str) -> str:
    """A country, or the sea, after a verb.

    >>> place("IRQ"), place("SEA")
    ('in Iraq', 'at sea')
    """
    return "at sea" if code == SEA else f"in {country(code)}"
