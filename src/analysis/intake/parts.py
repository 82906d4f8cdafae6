"""What two reports say of one thing: for each pair of them the word of `weights.toml` that holds.

Reports are compared as numbers, what is text by a number for each distinct one, and words are kept
as categories: of a million pairs either is made in a moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.record.codebook import codes

#: Where the two reports of each pair stand in their tables.
Places = tuple[np.ndarray, np.ndarray]


def compared(
    left: pd.DataFrame, right: pd.DataFrame, at: Places, actors: pd.DataFrame
) -> dict[str, pd.Categorical[str]]:
    """What the two reports of each pair say beside place and day.

    Parameters
    ----------
    left, right: reports, as :func:`analysis.intake.scoring.score` has them.
    at: where the two of each pair stand in these.
    actors: the record's table, for who belongs to whom.
    """

    def text(column: str) -> _Both:
        return _coded(left[column], right[column], at)

    def number(column: str, kind: str = "float64") -> _Both:
        return numbers(left[column], right[column], at, kind)

    return {
        "target": _targets(text("target")),
        "weapon": _weapons(number("weapons", "int64")),
        "attacker": _attackers(text("actor_id"), actors),
        "munitions": _munitions(number("munitions")),
        "killed": _casualties(number("killed")),
        "injured": _casualties(number("injured")),
        "outcome": _outcomes(text("outcome")),
        "ship": _ships(text("ships")),
    }


class _Both(NamedTuple):
    """What the two reports of each pair say of one thing: numbers, or those of some `words`."""

    one: np.ndarray
    other: np.ndarray
    words: Sequence[Any] = ()


def numbers(left: pd.Series, right: pd.Series, at: Places, kind: str) -> _Both:
    """Numbers of the reports that stand at these places."""
    return _Both(left.to_numpy(kind)[at[0]], right.to_numpy(kind)[at[1]])


def _coded(left: pd.Series, right: pd.Series, at: Places) -> _Both:
    """The same of what is no number, each distinct one as a number."""
    codes, words = pd.factorize(pd.concat([left, right]))
    return _Both(codes[: len(left)][at[0]], codes[len(left) :][at[1]], list(words))


def first_of(words: Mapping[str, np.ndarray], otherwise: str) -> pd.Categorical[str]:
    """For each pair the first of some words that holds."""
    place: np.ndarray[Any, np.dtype[np.int64]] = np.select(
        list(words.values()), list(range(len(words))), default=len(words)
    )
    return pd.Categorical.from_codes(place, pd.Index([*words, otherwise]))


def _where_told(
    one: np.ndarray, other: np.ndarray, words: Mapping[str, np.ndarray]
) -> pd.Categorical[str]:
    """Which word holds where both reports tell of a thing; `silent` where one alone does."""
    return first_of({"": ~(one | other), "silent": ~(one & other), **words}, "other")


def _targets(of: _Both) -> pd.Categorical[str]:
    return first_of({"same": of.one == of.other}, "other")


def _attackers(of: _Both, actors: pd.DataFrame) -> pd.Categorical[str]:
    above = _above(actors)
    vague = set(actors.loc[actors["kind"] == "unspecified", "actor_id"])
    akin = [[_are_kin(a, b, above, vague) for b in of.words] for a in of.words]
    table = np.array(akin, dtype=bool).reshape(len(of.words), len(of.words))
    named = np.array([word != "" for word in of.words], dtype=bool)
    words = {"same": of.one == of.other, "kin": table[of.one, of.other]}
    return _where_told(named[of.one], named[of.other], words)


def _are_kin(one: str, other: str, above: Mapping[str, set[str]], vague: set[str]) -> bool:
    """Whether two actors belong together; one not specified may be any of its backer's."""
    over_one, over_other = above.get(one, set()), above.get(other, set())
    if other in over_one or one in over_other:
        return True
    return bool({one, other} & vague and over_one & over_other)


def _above(actors: pd.DataFrame) -> dict[str, set[str]]:
    """Of each actor what it is part of and who backs it, however far up."""
    above = {
        str(actor): {up for up in ups if isinstance(up, str)}
        for actor, *ups in actors[["actor_id", "parent", "sponsor"]].itertuples(index=False)
    }
    while True:
        wider = {
            actor: ups.union(*(above.get(up, set()) for up in ups)) for actor, ups in above.items()
        }
        if wider == above:
            return above
        above = wider


def _weapons(of: _Both) -> pd.Categorical[str]:
    """Whether two reports, as bits of :func:`mask`, have a weapon in common."""
    words = {"equal": of.one == of.other, "same": (of.one & of.other) > 0}
    return _where_told(of.one > 0, of.other > 0, words)


def _munitions(of: _Both) -> pd.Categorical[str]:
    """How two numbers of weapons compare; that both tell of one says little."""
    equal = of.one == of.other
    words = {"one": equal & (of.one == 1), "same": equal}
    return _where_told(~np.isnan(of.one), ~np.isnan(of.other), words)


def _casualties(of: _Both) -> pd.Categorical[str]:
    """How two numbers of people compare; that there were none is said as a matter of course."""
    words = {
        "": ~((of.one > 0) | (of.other > 0)),
        "more": (of.one > of.other) & (of.other > 0),
        "silent": np.isnan(of.one) | np.isnan(of.other),
        "same": of.one == of.other,
    }
    return first_of(words, "other")


def _outcomes(of: _Both) -> pd.Categorical[str]:
    """How two outcomes compare; of what was intercepted in part either part may be told alone."""
    silence = ("", codes("outcome")[-1])
    wholly, partly, came_through = codes("outcome")[:3]
    tells = np.array([word not in silence for word in of.words], dtype=bool)
    in_part, a_part = (
        np.array([word in some for word in of.words], dtype=bool)
        for some in ((partly,), (wholly, came_through))
    )
    of_it = (in_part[of.one] & a_part[of.other]) | (a_part[of.one] & in_part[of.other])
    words = {"same": of.one == of.other, "part": of_it}
    return _where_told(tells[of.one], tells[of.other], words)


def _ships(of: _Both) -> pd.Categorical[str]:
    """Whether two reports name the same ship; nothing where either names none."""
    named = np.array([len(names) > 0 for names in of.words], dtype=bool)
    both = named[of.one] & named[of.other]
    words = of.words
    common = np.zeros(len(both), dtype=bool)
    common[both] = [not words[a].isdisjoint(words[b])
                    for a, b in zip(of.one[both], of.other[both], strict=True)]  # fmt: skip
    return first_of({"": ~both, "same": common}, "other")
