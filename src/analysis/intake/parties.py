"""Who a party is that a source names: a target, a group of the record, or anybody else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import pandas as pd

from analysis.record.codebook import codes, country, word_if_any

#: What a party may be to the record.
#: target: one of the targets of the codebook, such as US forces;
#: aligned: a group of the record that somebody backs, or who backs it, or that has attacked;
#: foreign: a group that the record knows as another's, or a state that is no target;
#: unidentified: nobody whom the source could name;  named: a group that the record does not know;
#: nobody: the field is empty.
STANCES = ("target", "aligned", "foreign", "unidentified", "named", "nobody")

_BRACKETS = re.compile(r"\s*\([^)]*\)")
_UNIDENTIFIED = re.compile(r"\b(?:unidentified|unknown|unspecified|unnamed|suspected)\b", re.I)
_STATE = (
    r"\b(?:(?:military|police|armed|security|air|naval)? ?forces?|government|army|navy|military"
    r"|state|republic|border guards?) (?:of|from) (?:the )?"
)
#: A shorter name is told from a word by its capitals.
_SHORT = 4


@cache
def heard(of: str, code: str) -> re.Pattern[str] | None:
    """What others call a code of the codebook, as a pattern; None where it has no such words."""
    pattern = word_if_any(of, code, "heard")
    return None if pattern is None else re.compile(pattern, re.IGNORECASE)


def aligned_actors(actors: pd.DataFrame, attacks: pd.DataFrame) -> set[str]:
    """Groups and states that the record knows as attackers.

    Parameters
    ----------
    actors, attacks: tables of the record.

    Returns
    -------
    set of actor_id
        Who is backed by or part of another, who backs or has one, and who has claimed an attack
        or was held responsible for one.
    """
    above = actors[["parent", "sponsor"]].stack().dropna()
    below = actors.loc[actors[["parent", "sponsor"]].notna().any(axis=1), "actor_id"]
    attackers = [attacks[column].dropna().astype("str") for column in _ATTACKERS]
    return set(above) | set(below) | {actor for column in attackers for actor in column}


_ATTACKERS = ("claimed_by", "attributed_to")


def who(names: Iterable[str], actors: pd.DataFrame, attacks: pd.DataFrame) -> pd.DataFrame:
    """Say of each name who it is.

    Parameters
    ----------
    names: as sources write them; several of one side are separated by `; `.
    actors, attacks: tables of the record.

    Returns
    -------
    DataFrame
        By name: `stance`, one of :data:`STANCES`; `target`, a code of the codebook where that is
        what it is; `actor_id`, where it is a group of the record; `country`, ISO alpha-3, where it
        is a state's.

    Examples
    --------
    >>> from analysis.record import read
    >>> record = read()
    >>> names = ["Military Forces of the United States (2021-)", "Kataib Hizballah (Hezbollah "
    ...     "Brigades)", "Unidentified Armed Group (Iraq)", "Military Forces of Turkey (2016-)"]
    >>> who(names, record.actors, record.attacks)["stance"].tolist()
    ['target', 'aligned', 'unidentified', 'foreign']
    """
    aligned = aligned_actors(actors, attacks)
    called = list(_called(actors))
    unspecified = actors.loc[actors["kind"] == "unspecified", "actor_id"]
    backed = str(unspecified.iloc[0]) if len(unspecified) else ""
    rows = {}
    for name in dict.fromkeys(names):
        found = [_one(part, called, aligned, backed) for part in name.split("; ")]
        rows[name] = min(found, key=lambda one: STANCES.index(one[0]))
    columns = ["stance", "target", "actor_id", "country"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype("str")


def _one(
    name: str, called: list[tuple[re.Pattern[str], str]], aligned: set[str], backed: str
) -> tuple[str, str, str, str]:
    base = _BRACKETS.sub("", name).strip()
    if not base:
        return "nobody", "", "", ""
    state = _state(base)
    for target in codes("target"):
        pattern = heard("target", target)
        if pattern is not None and pattern.search(base):
            return "target", target, "", state
    for pattern, actor in called:
        if pattern.search(base) or pattern.fullmatch(name):
            return "aligned" if actor in aligned else "foreign", "", actor, state
    hint = heard("actor_kind", "unspecified")
    if hint is not None and hint.search(name):
        return "aligned", "", backed, state
    if state:
        return "foreign", "", "", state
    return ("unidentified" if _UNIDENTIFIED.search(base) else "named"), "", "", ""


def _called(actors: pd.DataFrame) -> Iterator[tuple[re.Pattern[str], str]]:
    """Patterns of all names of actors with their ids, long ones first."""
    names = []
    for actor, name, aliases, kind in actors[["actor_id", "name", "aliases", "kind"]].itertuples(
        index=False
    ):
        others = aliases.split("|") if isinstance(aliases, str) else []
        names += [(called, str(actor), kind) for called in (str(name), *others) if called]
    for called, actor, kind in sorted(names, key=lambda one: -len(one[0])):
        word = rf"(?<![\w-]){_spelled(called)}(?![\w-])"
        exactly = len(called) <= _SHORT
        if kind == "state" and called in _countries():
            word, exactly = rf"(?:{_STATE}{re.escape(called)}|^{re.escape(called)})$", False
        yield re.compile(word, 0 if exactly else re.IGNORECASE), actor


def _spelled(name: str) -> str:
    """A pattern for a name whatever its hyphens, and without what stands in brackets."""
    bare = _BRACKETS.sub("", name).strip() or name
    parts = re.split(r"[\s'’-]+", bare)
    return r"[\s'’-]*".join(map(re.escape, parts))


@cache
def _countries() -> dict[str, str]:
    """Codes of countries by name, as they stand alone."""
    return {country(code).removeprefix("the "): code for code in codes("country")}


@cache
def _states() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _countries()), key=len, reverse=True))
    return re.compile(rf"{_STATE}({names})\b|^({names})$", re.IGNORECASE)


def _state(name: str) -> str:
    """The country whose state or forces a name is; nothing where it is none."""
    found = _states().search(name)
    if found is None:
        return ""
    called = (found[1] or found[2]).casefold()
    return next(code for word, code in _countries().items() if word.casefold() == called)
