"""How alike two reports of an attack are: pairs that may be one, and the score of each.

Windows and weights stand in `weights.toml` beside this module, with the model that they are of.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from analysis.record.codebook import codes

#: By how many days an attack's own date may be off, by its precision.
SLACK = {"day": 0, "night": 1, "about": 2}

#: So many days before and after an attack are looked at for others at its site.
_SPAN = 10

#: Weapons of which the code says that nobody named one.
_UNNAMED = codes("weapon")[-1]

#: A missile of a kind that is not stated; the other kinds' codes end so.
_MISSILE = "missile"

#: What comparing two reports looks at; each gives one word of the weights' table of that name.
PARTS = ("place", "day", "target", "weapon", "attacker", "munitions", "injured", "outcome", "ship")

#: The columns of a report that are compared.
_COMPARED = [
    "event_date", "slack", "target", "weapons", "actor_id", "munitions", "injured", "outcome",
    "ships",
]  # fmt: skip


@cache
def weights() -> Mapping[str, Any]:
    """The windows and weights."""
    return tomllib.loads((Path(__file__).parent / "weights.toml").read_text(encoding="utf-8"))


def mask(weapons: pd.Series) -> np.ndarray:
    """Weapons as bits of whole numbers, so that many can be compared at once; 0 for none named.

    A missile of no stated kind is one of any, and the other way round.

    >>> mask(pd.Series(["drone", "drone+rocket", "unknown", ""])).tolist()
    [1, 3, 0, 0]
    """
    number, distinct = pd.factorize(weapons.astype("str"))
    values = [_bits(frozenset(joined.split("+"))) for joined in distinct]
    return np.array([*values, 0], dtype="int64")[number]


def _bits(weapons: frozenset[str]) -> int:
    kinds = {code for code in codes("weapon") if code.endswith(_MISSILE)}
    if _MISSILE in weapons:
        weapons |= kinds
    elif weapons & kinds:
        weapons |= {_MISSILE}
    named = enumerate(code for code in codes("weapon") if code != _UNNAMED)
    return sum(1 << place for place, code in named if code in weapons)


def others(attacks: pd.DataFrame) -> np.ndarray:
    """How many others there were a day at the site of each attack, in the days around it."""
    days = _number(attacks["event_date"])
    found = np.zeros(len(attacks))
    for places in attacks.groupby("site_id", sort=False).indices.values():
        ordered = np.sort(days[places])
        first = np.searchsorted(ordered, days[places] - _SPAN, side="left")
        after = np.searchsorted(ordered, days[places] + _SPAN, side="right")
        found[places] = after - first - 1
    return found / (2 * _SPAN + 1)


def within_window(events: pd.DataFrame, near: pd.DataFrame, attacks: pd.DataFrame) -> pd.DataFrame:
    """Pairs of an event and a known attack, at one site within the days that either allows for.

    Parameters
    ----------
    events: with `event_date` and `days_off`.
    near: as :func:`analysis.intake.places.sites_near` gives them.
    attacks: with `site_id`, `event_date` and `slack`, indexed from 0.

    Returns
    -------
    DataFrame
        `left` (an event), `right` (an attack), `named`, `elsewhere`, `nearness`.
    """
    site_of = {site: number for number, site in enumerate(pd.unique(attacks["site_id"]))}
    far = 1_000_000  # days, more than there are between any two
    keys = attacks["site_id"].map(site_of).to_numpy("int64") * far + _number(attacks["event_date"])
    order = np.argsort(keys, kind="stable")
    asked = near[near["site_id"].isin(site_of)]
    dated = events.loc[events["event_date"].notna(), ["event_date", "days_off"]]
    asked = asked[asked["event"].isin(dated.index)]
    of_event = dated.loc[asked["event"]]
    centre = asked["site_id"].map(site_of).to_numpy("int64") * far + _number(of_event["event_date"])
    window = of_event["days_off"].to_numpy("int64") + int(weights()["days"]) + max(SLACK.values())
    first = np.searchsorted(keys[order], centre - window, side="left")
    after = np.searchsorted(keys[order], centre + window, side="right")
    number = after - first
    row = np.repeat(np.arange(len(asked)), number)
    place = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    return pd.DataFrame(
        {
            "left": asked["event"].to_numpy()[row],
            "right": attacks.index.to_numpy()[order[first[row] + place]],
            "named": asked["named"].to_numpy(bool)[row],
            "elsewhere": asked["elsewhere"].to_numpy(bool)[row],
            "nearness": asked["nearness"].to_numpy(float)[row],
        }
    )


def score(
    left: pd.DataFrame, right: pd.DataFrame, pairs: pd.DataFrame, actors: pd.DataFrame
) -> pd.DataFrame:
    """Compare reports pair by pair.

    Parameters
    ----------
    left, right: reports, with `event_date`, `slack` (days), `target`, `weapons` (bits, see
        :func:`mask`), `actor_id`, `munitions`, `injured`, `outcome` and `ships` (words of names);
        of attacks that are known, `others`, too (see :func:`others`).
    pairs: `left`, `right` (indices of the two), `named`, `elsewhere` (whether the source names
        another site) and `nearness`.
    actors: the record's table, for who belongs to whom.

    Returns
    -------
    DataFrame
        The pairs with a column for each of :data:`PARTS`, the word of `weights.toml` that holds
        (empty where nothing can be compared), and `score`, from 0 to 1.
    """
    one, other = left[_COMPARED].loc[pairs["left"]], right[_COMPARED].loc[pairs["right"]]
    gap = np.abs(_number(one["event_date"]) - _number(other["event_date"]))
    beyond = gap - (one["slack"].to_numpy("int64") + other["slack"].to_numpy("int64"))
    used, known = (side["weapons"].to_numpy("int64") for side in (one, other))
    shared, armed = used & known, (used > 0) & (known > 0)
    parts = {
        "place": np.select([pairs["named"], pairs["elsewhere"]], ["named", "other"], "near"),
        "day": np.select(
            [gap == 0, beyond <= 0, beyond <= 1], ["same", "allowed", "one"], default="more"
        ),
        "target": np.where(_words(one, "target") == _words(other, "target"), "same", "other"),
        "weapon": np.where(armed, np.where(shared > 0, "same", "other"), ""),
        "attacker": _attackers(_words(one, "actor_id"), _words(other, "actor_id"), actors),
        "munitions": _numbers(one["munitions"], other["munitions"], one_says_little=True),
        "injured": _numbers(one["injured"], other["injured"]),
        "outcome": _outcomes(_words(one, "outcome"), _words(other, "outcome")),
        "ship": _ships(_words(one, "ships"), _words(other, "ships")),
    }
    total = weights()["prior"] - np.where(gap > 0, _crowding(right, pairs["right"]), 0.0)
    for part, words in parts.items():
        table = weights()[part]
        weight = pd.Series(words).map({"": 0.0, **table}).to_numpy(float)
        if part == "place":
            weight = np.where(words == "near", pairs["nearness"] * weight, weight)
        total += weight
    close = beyond <= int(weights()["days"])
    scored = pairs.assign(**parts, score=np.round(1 / (1 + np.exp(-total)), 3))
    within: pd.DataFrame = scored[close]
    return within


def _crowding(known: pd.DataFrame, rows: pd.Series) -> np.ndarray | float:
    """What a pair of two days loses where there are attacks so often that another is near anyway.

    Nothing where it is not known how often there are.
    """
    if "others" not in known:
        return 0.0
    table = weights()["crowded"]
    a_day = known["others"].loc[rows].to_numpy(float) / table["a_day"]
    lost: np.ndarray = table["weight"] * np.log(np.maximum(a_day, 1.0))
    return lost


def _attackers(one: np.ndarray, other: np.ndarray, actors: pd.DataFrame) -> np.ndarray:
    left, left_names = pd.factorize(one)
    right, right_names = pd.factorize(other)
    if not len(one):
        return np.array([], dtype=object)
    above = _above(actors)
    vague = set(actors.loc[actors["kind"] == "unspecified", "actor_id"])
    table = [[_kinship(a, b, above, vague) for b in right_names] for a in left_names]
    return np.array(table, dtype=object)[left, right]


def _kinship(one: str, other: str, above: Mapping[str, set[str]], vague: set[str]) -> str:
    """How two actors stand to each other; one that is not specified may be any of its backer's."""
    if not one or not other:
        return ""
    if one == other:
        return "same"
    over_one, over_other = above.get(one, set()), above.get(other, set())
    if other in over_one or one in over_other:
        return "kin"
    return "kin" if {one, other} & vague and over_one & over_other else "other"


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


def _numbers(one: pd.Series, other: pd.Series, one_says_little: bool = False) -> np.ndarray:
    a, b = one.to_numpy(float), other.to_numpy(float)
    equal = np.where((a == 1) & one_says_little, "one", "same")
    told = ~(np.isnan(a) | np.isnan(b))
    return np.where(told, np.where(a == b, equal, "other"), "")


def _outcomes(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    unknown = codes("outcome")[-1]
    silent = np.isin(one, ["", unknown]) | np.isin(other, ["", unknown])
    return np.where(silent, "", np.where(one == other, "same", "other"))


def _ships(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Whether two reports name the same ship; nothing where either names none."""
    said = [
        "" if not (a and b) else "other" if a.isdisjoint(b) else "same"
        for a, b in zip(one, other, strict=True)
    ]
    return np.array(said, dtype=object)


def _words(reports: pd.DataFrame, column: str) -> np.ndarray:
    return reports[column].to_numpy(object)


def _number(days: pd.Series) -> np.ndarray:
    """Days since 1970; those that are missing are far from all others."""
    return cast(np.ndarray, days.to_numpy("datetime64[D]").astype("int64"))
