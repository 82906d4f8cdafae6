"""Whether fronts move together: weekly counts of one front beside those of another.

Two measures, for every pair of fronts: the rank correlation of their weekly counts (Spearman,
1904, American Journal of Psychology 15), and in how many of the weeks in which both moved they
moved the same way. Weeks follow from one another, so the interval of the correlation comes from
weeks drawn in blocks, not one by one (Künsch, 1989, Annals of Statistics 17; blocks that run round
the end: Politis and Romano, 1992, in LePage and Billard, Exploring the Limits of Bootstrap).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from analysis.measures import fronts
from analysis.measures.attacks import last_whole_week, until
from analysis.measures.estimate import Estimate
from analysis.record import Known, remembered

WEEK = 7

SEED, SAMPLES = 20231019, 1_000

#: Five years of weeks; older ones say little of fronts today, and many more take long to draw.
MOST_WEEKS = 260

#: With fewer whole weeks, or fewer of them with attacks on a front, nothing is said of it.
FEWEST_WEEKS = 12
FEWEST_ACTIVE = 4

#: Correlations beyond it, which few weeks can give, have no finite z.
LARGEST = 0.9999


@dataclass(frozen=True)
class Comovement:
    """How the weekly counts of two fronts go together.

    Parameters
    ----------
    first, second: the fronts.
    correlation: of ranks, from −1 (one is high where the other is low) to 1 (high together); n
        weeks were compared.
    block: length of the blocks of the bootstrap, in weeks.
    """

    first: str
    second: str
    correlation: Estimate
    block: int


def weekly(known: Known) -> pd.DataFrame:
    """Attacks on each front in every whole week since the campaign began.

    Returns
    -------
    DataFrame
        One row for each week (index: its last day), :data:`MOST_WEEKS` at most, one column for
        each front; a week that is not over is not compared.
    """
    end = last_whole_week(known)
    weeks = ((end - known.campaign.start).days + 1) // WEEK
    named = [front.name for front in known.campaign.fronts]
    attacks = fronts.on_all_fronts(known)
    return fronts.by_span(until(attacks, end), named, end, min(weeks, MOST_WEEKS))


@remembered
def of_all_pairs(known: Known) -> list[Comovement]:
    """Every pair of fronts that can be compared, the highest correlation first."""
    counts = weekly(known)
    pairs = (comovement(counts[list(pair)]) for pair in combinations(counts.columns, 2))
    found = [pair for pair in pairs if pair is not None]
    return sorted(found, key=lambda pair: -float(pair.correlation.value or 0))


def comovement(counts: pd.DataFrame) -> Comovement | None:
    """How two fronts' counts go together, week by week.

    Parameters
    ----------
    counts: two columns named by front, one row for each week, oldest first.

    Returns
    -------
    Comovement or None
        None with fewer than :data:`FEWEST_WEEKS` weeks, or where a front has attacks in fewer than
        :data:`FEWEST_ACTIVE` of them or the same number in all.

    Examples
    --------
    >>> counts = pd.DataFrame({"Iraq": [0, 4, 2, 6, 4, 8] * 2, "Syria": [1, 3, 2, 4, 3, 5] * 2})
    >>> found = comovement(counts)
    >>> round(found.correlation.value, 6), found.correlation.n
    (1.0, 12)
    """
    first, second = counts.to_numpy(dtype=float).T
    if len(counts) < FEWEST_WEEKS or not (_varies(first) and _varies(second)):
        return None
    estimate = float(_correlations(_ranks(first[None, :]), _ranks(second[None, :]))[0])
    block = block_length(len(counts))
    samples = _correlations(*(_drawn_ranks(tuple(front), block) for front in (first, second)))
    low, high = _interval(estimate, samples, len(counts) / block)
    return Comovement(
        first=str(counts.columns[0]),
        second=str(counts.columns[1]),
        correlation=Estimate(estimate, low, high, len(counts), _assumption(block)),
        block=block,
    )


def _varies(counts: np.ndarray) -> bool:
    """Whether a front has attacks in enough weeks, and not the same number in all."""
    return bool(np.ptp(counts) > 0 and np.count_nonzero(counts) >= FEWEST_ACTIVE)


def _assumption(block: int) -> str:
    return (
        f"The interval draws weeks in blocks of {block}, which takes for granted that what ties "
        "weeks together is over within a block; weeks in which both fronts are quiet count as "
        "moving together, and going together is not acting together."
    )


def block_length(weeks: int) -> int:
    """The cube root of the number of weeks, rounded up: the rate of Künsch (1989).

    >>> block_length(15), block_length(30)
    (3, 4)
    """
    return int(np.ceil(np.round(weeks ** (1 / 3), 9)))


def _blocks(weeks: int, block: int) -> np.ndarray:
    """Weeks drawn in circular blocks: one row for each sample, as many weeks as there are."""
    starts = np.random.default_rng(SEED).integers(weeks, size=(SAMPLES, -(-weeks // block)))
    runs = (starts[:, :, None] + np.arange(block)) % weeks
    return runs.reshape(SAMPLES, -1)[:, :weeks]


@lru_cache(maxsize=16)
def _drawn_ranks(counts: tuple[float, ...], block: int) -> np.ndarray:
    """Of each sample of weeks the ranks of a front's counts; it is compared with every other."""
    return _ranks(np.array(counts)[_blocks(len(counts), block)])


def _ranks(counts: np.ndarray) -> np.ndarray:
    """Ranks in each row, less their mean; a column for each row."""
    ranks = pd.DataFrame(counts.T).rank().to_numpy()
    less: np.ndarray = ranks - ranks.mean(axis=0)
    return less


def _correlations(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Spearman's correlation of ranks column by column; NaN where they do not vary."""
    with np.errstate(invalid="ignore"):
        correlation: np.ndarray = (one * other).sum(axis=0) / np.sqrt(
            (one**2).sum(axis=0) * (other**2).sum(axis=0)
        )
    return correlation


def _interval(estimate: float, samples: np.ndarray, blocks: float) -> tuple[float, float]:
    """Fisher's z of the estimate ± t times the spread of the samples' z, back on the scale of r.

    Percentiles of the samples cover too seldom when there are few blocks; Student's t with one
    degree of freedom less than there are blocks makes up for it (`studies/coordination.py`).
    """
    z = np.arctanh(np.clip(samples[~np.isnan(samples)], -LARGEST, LARGEST))
    centre = np.arctanh(np.clip(estimate, -LARGEST, LARGEST))
    margin = stdtrit(blocks - 1, 0.975) * z.std()
    return float(np.tanh(centre - margin)), float(np.tanh(centre + margin))
