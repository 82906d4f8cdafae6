"""Which ships a report names: at sea places are wide, and a name tells attacks of a day apart."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterable

import pandas as pd

#: A name of several words, after what a ship is called; or at the start, as our notes have it.
_NAME = r"([A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,4})"
_CALLED = re.compile(
    r"\b(?:vessel|ship|tanker|carrier|destroyer|frigate|cruiser|freighter|bulker|USS|HMS|M/?[VT]) "
    + _NAME
)
_AT_THE_START = re.compile(f"{_NAME}(?:[,:;]| claimed| and )")

#: The words of a name by which one can be told: of numbers and companies there are many.
_WORD = re.compile(r"\b[A-Z][A-Za-z]{3,}\b")
_NO_SHIP = {"navy", *(name.lower() for name in (*calendar.month_name, *calendar.day_name))}

#: What is in more notes than this names no ship, or one that is attacked every week.
_RARE = 12


def ships_known(notes: pd.Series, places: Iterable[str] = ()) -> pd.Series:
    """The words by which the ship of each note can be told.

    They are in few notes, stand for ships in most of these, and are no others' name.

    Parameters
    ----------
    notes: of attacks at sea.
    places: names of sites and actors, whose words name no ship.

    >>> notes = pd.Series(["Marlin Luanda, tanker: fire aboard in March.", ""])
    >>> ships_known(notes).map(sorted).tolist()
    [['luanda', 'marlin'], []]
    """
    names = notes.fillna("").map(lambda note: _words(_at_the_start(note)) | _called(note))
    named = Counter(word for of_one in names for word in of_one)
    said = Counter(word for note in notes.dropna() for word in _words(note))
    plain = {word for note in notes.dropna() for word in re.findall(r"\b[a-z]{4,}\b", note)}
    others = plain | _NO_SHIP | {word for name in places for word in _words(name)}
    rare = {word for word, count in named.items() if said[word] / 2 <= count <= _RARE}
    ships = frozenset(rare - others)
    return names.map(lambda words: words & ships)


def ships_named(texts: pd.Series, known: frozenset[str]) -> pd.Series:
    """The words by which the ships of each text can be told: those after what a ship is called.

    Parameters
    ----------
    texts: of events at sea.
    known: words that are known to name ships, wherever they stand.

    >>> texts = pd.Series(["A missile hit the tanker Cape X.", "On the Marlin"])
    >>> ships_named(texts, frozenset({"marlin"})).map(sorted).tolist()
    [['cape'], ['marlin']]
    """
    distinct = {text: _called(text) | (_words(text) & known) for text in texts.unique()}
    return texts.map(distinct)


def _called(text: str) -> frozenset[str]:
    return _words(" ".join(_CALLED.findall(text)))


def _at_the_start(note: str) -> str:
    found = _AT_THE_START.match(note)
    return found[1] if found else ""


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))
