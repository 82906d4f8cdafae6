"""How coordinated the attacks were: days with several sites, attacks close in time, one claimant.

Several sites on one day are no sign of coordination by themselves: with many attacks a week they
happen by chance. So both are held against chance at the same weekly rates: every attack keeps its
site and its week and draws its day within the week anew, independently of all others (a
permutation test conditional on weekly counts: Good, 2005, Permutation, Parametric and Bootstrap
Tests of Hypotheses). Weeks are counted from the start of the campaign; reports leave out one that
is not over, so that these statistics stand still from day to day.

The record has dates, not hours: attacks "within hours of each other" cannot be told from attacks
on the same day, so the latter are counted (:func:`close_pairs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np
import pandas as pd

from analysis.measures.attacks import multi_site_days
from analysis.measures.chance import against_distribution, against_draws
from analysis.measures.estimate import Estimate

WEEK = 7

#: A site hit more often than this in a week was hit on all its days, but for rounding errors.
SURELY_EVERY_DAY = 300

SEED, PERMUTATIONS = 20231017, 2_000

#: Pairs are counted one by one; with more attacks than this there would be too many.
MOST_PAIRED = 1_000

#: So many pairs are looked at together, in all draws: few enough for the processor's cache, and to
#: be counted in a byte.
PAIRS_AT_ONCE = 64

CHANCE = (
    "Chance means that each attack keeps its site and its week (counted from the campaign's start) "
    "and draws its day within the week anew, independently of all others"
)


@dataclass(frozen=True)
class Weeks:
    """The week of each attack: how many weeks ago, and how many days that week has.

    `ago` 0 is the week that ends on the as-of date; `days` is 7 but for the oldest week.
    """

    ago: np.ndarray
    days: np.ndarray


def weeks_of(attacks: pd.DataFrame, start: pd.Timestamp, as_of: pd.Timestamp) -> Weeks:
    """Place attacks in weeks that end on the as-of date and begin at the start at the earliest.

    >>> dates = pd.to_datetime(["2023-10-17", "2023-10-18", "2023-10-25"])
    >>> weeks = weeks_of(pd.DataFrame({"event_date": dates}), dates[0], dates[-1])
    >>> weeks.ago.tolist(), weeks.days.tolist()
    ([1, 1, 0], [2, 2, 7])
    """
    ago = ((as_of - attacks["event_date"]).dt.days // WEEK).to_numpy()
    left = (as_of - start).days + 1 - WEEK * ago
    return Weeks(ago, np.minimum(left, WEEK))


def multi_site_days_against_chance(
    attacks: pd.DataFrame, start: pd.Timestamp, as_of: pd.Timestamp
) -> Estimate | None:
    """Days on which two or more sites were hit, against chance at the same weekly rates.

    The permutation distribution is worked out exactly, not drawn: sites are added to a week one by
    one, and the number of its days with one site and with several is a Markov chain (the committee
    problem: Feller, 1968, An Introduction to Probability Theory, vol. 1, ch. IV); weeks are
    convolved. No seed, no error of simulation, and no more work for a million attacks.

    Parameters
    ----------
    attacks: one row for each attack, with `event_date` and `site_id`.
    start, as_of: the first day of the oldest week, and the last of the newest.

    Returns
    -------
    Estimate or None
        None where chance allows one number only: no week has attacks at two sites.

    Examples
    --------
    Two sites hit once each in a week of seven days share a day with a probability of 1/7.

    >>> dates = pd.to_datetime(["2023-11-01", "2023-11-01"])
    >>> rows = pd.DataFrame({"event_date": dates, "site_id": ["alpha", "bravo"]})
    >>> found = multi_site_days_against_chance(rows, dates[0], pd.Timestamp("2023-11-07"))
    >>> round(found.expected, 4), found.value, round(found.p_value, 4)
    (0.1429, 1, 0.1429)
    """
    weeks = weeks_of(attacks, start, as_of)
    table = pd.DataFrame({"ago": weeks.ago, "days": weeks.days, "site": attacks["site_id"].array})
    counts = table.groupby(["ago", "days", "site"], observed=True).size()
    probabilities = np.ones(1)
    for _, of_week in counts.groupby(level="ago"):
        days = int(of_week.index.get_level_values("days")[0])
        probabilities = np.convolve(probabilities, _of_one_week(of_week.to_numpy(), days))
    assumption = (
        f"{CHANCE}; an attack seen twice under two sites, or dated to the wrong day, would count "
        "as two or not at all."
    )
    observed = len(multi_site_days(attacks))
    return against_distribution(observed, probabilities, len(attacks), assumption)


def _of_one_week(attacks: np.ndarray, days: int) -> np.ndarray:
    """Probability of 0, 1 … `days` days with several sites, from the attacks on each site."""
    states = _states(days)
    probability = np.zeros(len(states))
    probability[states.index((0, 0))] = 1.0
    capped, times = np.unique(np.minimum(attacks, SURELY_EVERY_DAY), return_counts=True)
    for count, sites in zip(capped.tolist(), times.tolist(), strict=True):
        probability = probability @ np.linalg.matrix_power(_one_site_more(count, days), sites)
    several = np.array([state[1] for state in states])
    return np.asarray(np.bincount(several, weights=probability, minlength=days + 1))


@cache
def _states(days: int) -> list[tuple[int, int]]:
    """How many days of a week can have one site and how many several."""
    return [(one, several) for one in range(days + 1) for several in range(days + 1 - one)]


@cache
def _one_site_more(attacks: int, days: int) -> np.ndarray:
    """Probabilities from state to state when a site hit so often is added to a week."""
    steps: np.ndarray = np.tensordot(_days_hit(attacks, days), _steps(days), axes=1)
    return steps


def _days_hit(attacks: int, days: int) -> np.ndarray:
    """Probability that so many attacks fall on 0, 1 … `days` different days.

    >>> _days_hit(2, 7).round(4).tolist()
    [0.0, 0.1429, 0.8571, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    probability: np.ndarray = np.eye(1, days + 1)[0]
    hit = np.arange(days + 1) / days
    for _ in range(attacks):
        missed = probability * (1 - hit)
        probability = probability * hit
        probability[1:] += missed[:-1]
    return probability


@cache
def _steps(days: int) -> np.ndarray:
    """Probabilities from state to state when 0, 1 … `days` days, any of them, get one site more."""
    states = _states(days)
    place = {state: number for number, state in enumerate(states)}
    steps = np.zeros((days + 1, len(states), len(states)))
    for before, (one, several) in enumerate(states):
        empty = days - one - several
        for to_one in range(empty + 1):
            for to_several in range(one + 1):
                after = place[one + to_one - to_several, several + to_several]
                ways = comb(empty, to_one) * comb(one, to_several)
                for no_change in range(several + 1):
                    hit = to_one + to_several + no_change
                    steps[hit, before, after] += ways * comb(several, no_change) / comb(days, hit)
    return steps


def close_pairs(attacks: pd.DataFrame, start: pd.Timestamp, as_of: pd.Timestamp) -> Estimate | None:
    """Pairs of attacks at different sites on the same day or night, against chance.

    The record has no hours. Two attacks are a pair if they have the same date, or adjacent dates
    where at least one is of the night (a night begins or ends on its date). Attacks dated to within
    two days only are left out. Chance is drawn, :data:`PERMUTATIONS` times with a fixed seed.

    Parameters
    ----------
    attacks: one row for each attack, with `event_date`, `date_precision` and `site_id`.
    start, as_of: the first day of the oldest week, and the last of the newest.

    Returns
    -------
    Estimate or None
        None where no pair is possible, and with more than :data:`MOST_PAIRED` attacks.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "event_date": pd.to_datetime(["2023-11-01", "2023-11-02"]),
    ...     "date_precision": ["night", "day"], "site_id": ["alpha", "bravo"],
    ... })
    >>> found = close_pairs(rows, pd.Timestamp("2023-11-01"), pd.Timestamp("2023-11-07"))
    >>> found.value, found.n
    (1, 2)
    """
    dated = attacks[attacks["date_precision"] != "about"]
    if not 2 <= len(dated) <= MOST_PAIRED:
        return None
    weeks = weeks_of(dated, start, as_of)
    first, second = np.triu_indices(len(dated), k=1)
    site = pd.factorize(dated["site_id"])[0]
    possible = (site[first] != site[second]) & (abs(weeks.ago[first] - weeks.ago[second]) <= 1)
    if not possible.any():
        return None
    night = (dated["date_precision"] == "night").to_numpy()
    at_night = night[first] | night[second]
    # Days of different weeks are never the same.
    possible &= at_night | (weeks.ago[first] == weeks.ago[second])
    pairs = first[possible], second[possible], at_night[possible]
    moved = np.random.default_rng(SEED).integers(weeks.days, size=(PERMUTATIONS, len(dated)))
    draws = _close(WEEK * weeks.ago + moved, *pairs)
    observed = int(_close((as_of - dated["event_date"]).dt.days.to_numpy()[None], *pairs)[0])
    assumption = (
        f"{CHANCE}; the record has dates, not hours, so attacks count as close on the same day, or "
        "on adjacent days where one of them is of the night."
    )
    return against_draws(observed, draws, len(dated), assumption)


def _close(
    days_ago: np.ndarray, first: np.ndarray, second: np.ndarray, at_night: np.ndarray
) -> np.ndarray:
    """How many of some pairs are close in each row, which has a day for each attack."""
    days, reach = np.ascontiguousarray(days_ago.T, dtype=np.int16), at_night.astype(np.int16)
    found = np.zeros(len(days_ago), dtype=int)
    for start in range(0, len(first), PAIRS_AT_ONCE):
        some = slice(start, start + PAIRS_AT_ONCE)
        apart = abs(days[first[some]] - days[second[some]])
        found += (apart <= reach[some, None]).sum(axis=0, dtype=np.uint8)
    return found
