"""What the words of a source tell of an attack: who struck whom, with what, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.intake.parties import heard
from analysis.record.codebook import codes, word_if_any

_STRIKE = re.compile(
    r"\b(?:fired?|firing|launch(?:ed|ing)?|target(?:ed|ing)?|attack(?:ed|ing|s)?|struck|strikes?|hit"
    r"|shell(?:ed|ing)|bomb(?:ed|ing|arded|s)?|raid(?:ed|s)?|kill(?:ed|ing)|airstrikes?"
    r"|fell|falls|landed|exploded|detonated|impacted|rocketed|mortared|ambushed|carried out"
    r"|conducted|eliminated|destroyed)\b",
    re.IGNORECASE,
)
#: What weapons do by themselves, whoever is named before.
_INTRANSITIVE = re.compile(r"fell|falls|landed|exploded|detonated|impacted", re.IGNORECASE)
_BY = re.compile(
    r"\s*(?:\w+ ){0,4}?(?:by|from)\b|\s+(?:with|using) (?:\w+ ){0,4}by\b", re.IGNORECASE
)
_PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are|came) (?:\w+ )?$", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:came|come|under|comes) (?:under )?(?:\w+ )?(?:attack|fire)\b", re.I)
_DEFENCE = re.compile(
    r"\bintercept\w*|\bshot (?:\w+ ){0,3}down\b|\bdown(?:ed|s)\b|\brepel\w*|\bfoil\w*|\bthwart\w*"
    r"|\bair defen[cs]es?\b",
    re.IGNORECASE,
)
_ONE_TO_TWENTY = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_NUMBERS = {word: number for number, word in enumerate(_ONE_TO_TWENTY.split(" "), start=1)}
_NUMBERS |= {"a": 1, "an": 1}
_WORDED = list(_NUMBERS)
_NUMBER = rf"(?:\d{{1,4}}|{'|'.join(_WORDED)})"
_HURT = r"(?:injur|wound|hurt)"
_INJURED = (
    rf"\b(?P<n>{_NUMBER})(?: [a-z]+){{0,4}}? (?:were |was |have been |are |got )?(?:[a-z]+ly )?"
    rf"{_HURT}(?:ed)?\b",
    rf"\b{_HURT}(?:ing|ed) (?:at least |about |some )?(?P<n>{_NUMBER})\b",
)

#: A number that tells of what size weapons are, not how many.
_CALIBRE = r"(?i)\b\d{2,3}(?:\.\d)?[ -]?mm\b *"
#: Two numbers that leave open which of them it is.
_RANGE = rf"(?i)\b{_NUMBER}(?: ?[-–] ?| to | or ){_NUMBER}\b *"

_NOBODY_INJURED = r"(?i)\b(?:no|without) (?:[a-z]+ ){0,2}?(?:casualties|injuries|injured|wounded)\b"


def on_or_by(text: str, target: str) -> int:
    """Whether a text tells of an attack on a target or of one by its side.

    Parameters
    ----------
    text: a sentence or two in English.
    target: a code of the codebook.

    Returns
    -------
    int
        1 on it, -1 by it, 0 where the text does not say.

    Examples
    --------
    >>> of = codes("target")[0]
    >>> on_or_by("A group fired two rockets at US forces.", of)
    1
    >>> on_or_by("US forces intercepted a drone near the base.", of)
    1
    >>> on_or_by("A US drone struck a group's warehouse.", of)
    -1
    >>> on_or_by("The warehouse was hit by US aircraft.", of)
    -1
    >>> on_or_by("Rockets were fired at a base of US forces.", of)
    1
    """
    pattern = heard("target", target)
    named = None if pattern is None else pattern.search(text)
    if named is None:
        return 0
    if _UNDER.search(text, named.end()) or _defends(text, named.start()):
        return 1
    strike = _STRIKE.search(text)
    if strike is None:
        return 0
    before = named.start() < strike.start()
    passive = _PASSIVE.search(text, 0, strike.start()) is not None
    by = _BY.match(text, strike.end())
    if passive and not before and by is not None and by.end() <= named.start():
        return -1
    itself = _INTRANSITIVE.match(text, strike.start()) is not None
    return -1 if before and not passive and not itself else 1


def aimed_at(text: str, target: str) -> bool:
    """Whether a text says in so many words that a target was aimed at.

    >>> of = codes("target")[0]
    >>> aimed_at("It fired rockets at a base hosting US forces.", of)
    True
    >>> aimed_at("It attacked a checkpoint; US forces were not involved.", of)
    False
    """
    return _aimed(target).search(text) is not None


@cache
def _aimed(target: str) -> re.Pattern[str]:
    pattern = heard("target", target)
    assert pattern is not None
    verbs = "at|on|against|towards?|targeting|targeted|attacked|struck|hit|hitting|near"
    between = r"(?:[\w'-]+ ){0,3}?(?:(?:hosting|housing|used by|with) (?:[\w'-]+ ){0,2}?)?"
    return re.compile(rf"\b(?:{verbs}) (?:the |an? )?{between}(?:{pattern.pattern})", re.IGNORECASE)


def _defends(text: str, named: int) -> bool:
    """Whether the side that is named there wards something off, in the same sentence."""
    end = text.find(". ", named)
    return _DEFENCE.search(text, named, len(text) if end < 0 else end) is not None


def read_texts(texts: pd.Series) -> pd.DataFrame:
    """What the words of events tell.

    Returns
    -------
    DataFrame
        `weapons` and `outcome`, codes of the record, empty where not told; `munitions` (how many
        were fired) and `injured`, missing where not told.

    Examples
    --------
    >>> read_texts(pd.Series(["Six 122 mm rockets fell.", "A 107mm rocket"]))["munitions"].tolist()
    [6.0, 1.0]
    >>> read_texts(pd.Series(["2-3 drones", "two or three rockets"]))["munitions"].tolist()
    [nan, nan]
    >>> read_texts(pd.Series([
    ...     "A group fired 12 rockets and drones at US forces. They were intercepted.",
    ...     "A ballistic missile struck. The base was hit. It wounded two soldiers.",
    ...     "They met.",
    ... ])).to_dict("list")["weapons"]
    ['drone+rocket', 'ballistic-missile', '']
    """
    told = pc.replace_substring_regex(pa.array(texts, pa.string()), _RANGE, "")
    weapons = {code: _hears(told, pattern) for code, pattern in _of("weapon")}
    kinds = [heard_so for code, heard_so in weapons.items() if code.endswith(f"-{_MISSILE}")]
    weapons[_MISSILE] &= ~np.any(kinds, axis=0)
    outcomes = {code: _hears(told, pattern) for code, pattern in _of("outcome")}
    partly = codes("outcome")[1]  # says more than that all were
    ordered = sorted(outcomes, key=lambda code: code != partly)
    outcome = np.select([outcomes[code] for code in ordered], ordered, default="")
    return pd.DataFrame(
        {
            "weapons": _joined(weapons),
            "outcome": pd.Series(outcome, dtype="str").to_numpy(),
            "munitions": _first_number(
                pc.replace_substring_regex(told, _CALIBRE, ""), _munitions()
            ),
            "injured": _injured(told),
        },
        index=texts.index,
    )


#: A missile whose kind is not stated; the codes of kinds end so.
_MISSILE = "missile"


def _hears(told: pa.Array, pattern: str) -> np.ndarray:
    """Which texts a pattern is in; the engine knows no look-around, and is the faster for it."""
    found: np.ndarray = pc.match_substring_regex(told, pattern, ignore_case=True).to_numpy(False)
    return found.astype(bool)


def _joined(named: Mapping[str, np.ndarray]) -> np.ndarray:
    """Codes in their order, joined by +, of those that are named."""
    bits = sum(heard_so.astype("int64") << place for place, heard_so in enumerate(named.values()))
    number, distinct = pd.factorize(np.asarray(bits))
    joined = [
        "+".join(code for place, code in enumerate(named) if one >> place & 1) for one in distinct
    ]
    return np.array([*joined, ""], dtype=object)[number]


def _injured(told: pa.Array) -> np.ndarray:
    """How many were injured; 0 where a text says that nobody was."""
    number = _first_number(told, _INJURED)
    nobody = pc.match_substring_regex(told, _NOBODY_INJURED).to_numpy(False).astype(bool)
    return np.where(np.isnan(number) & nobody, 0.0, number)


def _first_number(told: pa.Array, patterns: Sequence[str]) -> np.ndarray:
    """The number that the first of the patterns finds; missing where none does."""
    found = pd.Series(np.nan, index=range(len(told)))
    for pattern in patterns:
        parts = pc.extract_regex(told, f"(?i){pattern}").field("n").to_pandas()
        number = pd.to_numeric(parts.str.lower().replace(_NUMBERS), errors="coerce")
        found = found.fillna(number)
    return found.to_numpy(float)


@cache
def _of(what: str) -> tuple[tuple[str, str], ...]:
    said = ((code, word_if_any(what, code, "heard")) for code in codes(what))
    return tuple((code, pattern) for code, pattern in said if pattern is not None)


@cache
def _munitions() -> tuple[str, ...]:
    weapons = "|".join(f"(?:{pattern})" for _, pattern in _of("weapon"))
    return (
        rf"\b(?P<n>\d{{1,4}}) (?:[a-z-]+ ){{0,2}}?(?:{weapons})",
        rf"\b(?P<n>{'|'.join(_WORDED)}) (?:[a-z-]+ )?(?:{weapons})",
    )
