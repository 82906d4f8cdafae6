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

from analysis.intake.parts import compared, first_of, numbers
from analysis.record.codebook import codes
from analysis.record.rules.days import SLACK

#: So many days before and after an attack are looked at for others at its site.
_SPAN = 10
DAYS_AROUND = 2 * _SPAN + 1

#: Weapons of which the code says that nobody named one.
_UNNAMED = codes("weapon")[-1]

#: A missile of a kind that is not stated; the other kinds' codes end so.
_MISSILE = "missile"

#: What comparing two reports looks at; each gives one word of the weights' table of that name.
PARTS = (
    "place", "day", "target", "weapon", "attacker", "munitions", "killed", "injured", "outcome",
    "ship",
)  # fmt: skip


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


def crowd(reports: pd.DataFrame, attacks: pd.DataFrame) -> np.ndarray:
    """On which share of the days around each report there were attacks at its site.

    Parameters
    ----------
    reports, attacks: with `site_id` and `event_date`.

    Examples
    --------
    >>> days = pd.date_range("2024-01-20", periods=7).astype("datetime64[s]")
    >>> attacks = pd.DataFrame({"site_id": "al-tanf", "event_date": days})
    >>> crowd(attacks, attacks).round(2).tolist()
    [0.33, 0.33, 0.33, 0.33, 0.33, 0.33, 0.33]
    """
    of_site = attacks.groupby("site_id", sort=False).indices
    days, known = _number(reports["event_date"]), _number(attacks["event_date"])
    found = np.zeros(len(reports))
    for site, places in reports.groupby("site_id", sort=False).indices.items():
        ordered = np.unique(known[of_site.get(site, [])])
        first = np.searchsorted(ordered, days[places] - _SPAN, side="left")
        after = np.searchsorted(ordered, days[places] + _SPAN, side="right")
        found[places] = after - first
    return found / DAYS_AROUND


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
        :func:`mask`), `actor_id`, `munitions`, `killed`, `injured`, `outcome`, `ships` (words of
        names) and `crowd` (see :func:`crowd`).
    pairs: `left`, `right` (indices of the two), `named`, `elsewhere` (whether the source names
        another site) and `nearness`.
    actors: the record's table, for who belongs to whom.

    Returns
    -------
    DataFrame
        The pairs with a column for each of :data:`PARTS`, the word of `weights.toml` that holds
        (empty where nothing can be compared), `crowd` of the right one, and `score`, from 0 to 1.
    """
    at = (
        left.index.get_indexer(pd.Index(pairs["left"])),
        right.index.get_indexer(pd.Index(pairs["right"])),
    )
    named, elsewhere = (pairs[name].to_numpy(bool) for name in ("named", "elsewhere"))
    gap = np.abs(_number(left["event_date"])[at[0]] - _number(right["event_date"])[at[1]])
    slack = numbers(left["slack"], right["slack"], at, "int64")
    beyond = gap - (slack.one + slack.other)
    parts = {
        "place": first_of({"named": named, "other": elsewhere}, "near"),
        "day": first_of({"same": gap == 0, "allowed": beyond <= 0, "one": beyond <= 1}, "more"),
        **compared(left, right, at, actors),
    }
    crowd = right["crowd"].to_numpy(float)[at[1]]
    # A ship tells an attack from others however many there are.
    total = weights()["prior"] - np.where(parts["ship"] == "same", 0.0, _crowding(crowd, gap))
    silence = np.zeros(len(pairs))
    for part, words in parts.items():
        of_word = {"": 0.0, **weights()[part]}
        weight = np.array([of_word[word] for word in words.categories])[words.codes]
        if part == "place":
            weight = np.where(words == "near", pairs["nearness"] * weight, weight)
        silent = words == "silent"
        total += np.where(silent, 0.0, weight)
        silence += np.where(silent, weight, 0.0)
    total += np.maximum(silence, weights()["silence"])
    close = beyond <= int(weights()["days"])
    scored = pairs.assign(**parts, crowd=crowd, score=np.round(1 / (1 + np.exp(-total)), 3))
    within: pd.DataFrame = scored[close]
    return within


def told_twice(scored: pd.DataFrame) -> pd.Series:
    """Which pairs of two events of one file, as :func:`score` has them, are of one attack."""
    least = np.where(scored["day"] == "same", weights()["same"], weights()["again"])
    twice: pd.Series = scored["score"] >= least
    return twice


def _crowding(crowd: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """What a pair loses where there are attacks so often that another is near anyway."""
    table = weights()["crowded"]
    often = np.log(np.maximum(crowd / table["days"], 1.0))
    lost: np.ndarray = np.where(gap == 0, table["same"], table["apart"]) * often
    return lost


def _number(days: pd.Series) -> np.ndarray:
    """Days since 1970; those that are missing are far from all others."""
    return cast(np.ndarray, days.to_numpy("datetime64[D]").astype("int64"))
