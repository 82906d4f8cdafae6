"""A predictive distribution of a count: its distribution function on a grid of whole numbers.

The grid holds every whole number up to a few hundred and then thins out by one per cent a step,
so that a week with ten attacks is exact and a week with fifty thousand costs no more than it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import betainc, pdtr

#: Up to this count the grid holds every whole number, beyond it steps grow by this factor.
EXACT_UP_TO, GROWTH = 256, 1.01

#: A negative binomial of a larger shape is a Poisson distribution for all practical purposes.
LARGEST_SHAPE = 1e6

#: What rounding in the last digits may take from a probability.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Predictive:
    """Distributions of counts: one, or a batch of one for each origin.

    Parameters
    ----------
    counts: the grid, whole numbers from 0, ascending; shape (grid,).
    cdf: probability that the count is not larger; shape (grid,) or (origins, grid).
    """

    counts: np.ndarray
    cdf: np.ndarray

    def __getitem__(self, origin: int) -> Predictive:
        """One distribution of a batch."""
        return Predictive(self.counts, self.cdf[origin])

    def quantile(self, level: float) -> Any:
        """The smallest count of the grid that is not exceeded with this probability.

        >>> Predictive(np.arange(3), np.array([0.2, 0.6, 1.0])).quantile(0.5)
        1
        """
        reached = self.cdf >= level - ROUNDING
        reached[..., -1] = True
        place = reached.argmax(axis=-1)
        return int(self.counts[place]) if self.cdf.ndim == 1 else self.counts[place]

    def interval(self, level: float) -> tuple[Any, Any]:
        """The central interval of a level, tails equal, with mid-p limits.

        A count is in it if neither tail beyond, its own probability counted one half, is below
        (1 - level) ÷ 2 (Lancaster, 1961, JASA 56). Such intervals hold what they promise on
        average; with their ends counted in full they would hold more.

        >>> Predictive(np.arange(4), np.array([0.02, 0.5, 0.94, 1.0])).interval(0.9)
        (1, 2)
        """
        tail = (1 - level) / 2
        middle = self.cdf - np.diff(self.cdf, axis=-1, prepend=0) / 2
        low = (middle < tail).sum(axis=-1)
        high = np.maximum((middle <= 1 - tail).sum(axis=-1) - 1, low)
        ends = self.counts[low], self.counts[high]
        return ends if self.cdf.ndim > 1 else (int(ends[0]), int(ends[1]))

    @property
    def probability_any(self) -> Any:
        """Probability of at least one."""
        return 1 - self.cdf[..., 0]

    def probability_of_at_least(self, count: int) -> Any:
        """Probability of `count` or more; on the thin part of the grid of slightly less."""
        place = int(np.searchsorted(self.counts, count, side="left"))
        return 1 - self.cdf[..., place - 1] if place else np.ones(self.cdf.shape[:-1])

    def pmf_at(self, places: np.ndarray) -> np.ndarray:
        """Of each distribution of a batch the probability of the count at a place of the grid; on
        its thin part the mean over the step.
        """
        rows, steps = np.arange(len(places)), np.diff(self.counts, prepend=-1)
        below = np.where(places > 0, self.cdf[rows, places - 1], 0.0)
        probability: np.ndarray = (self.cdf[rows, places] - below) / steps[places]
        return probability


def grid(largest: float) -> np.ndarray:
    """The grid that reaches well beyond the largest count seen.

    >>> int(grid(2)[-1]), len(grid(50_000)) < 1_000
    (68, True)
    """
    top = int(6 * largest) + 56
    if top <= EXACT_UP_TO:
        return np.arange(top + 1)
    steps = int(np.ceil(np.log(top / EXACT_UP_TO) / np.log(GROWTH)))
    thin = EXACT_UP_TO * GROWTH ** np.arange(1, steps + 1)
    return np.concatenate([np.arange(EXACT_UP_TO + 1), np.ceil(thin).astype(int)])


def negative_binomial(counts: np.ndarray, mean: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Distribution function of negative binomials; variance = mean + mean² ÷ shape.

    Parameters
    ----------
    counts: the grid of :func:`grid`, or its beginning.
    mean, shape: one for each origin, above 0.

    Returns
    -------
    array
        Shape (origins, grid).

    Examples
    --------
    >>> negative_binomial(np.arange(2), np.array([1.0]), np.array([1.0])).tolist()
    [[0.5, 0.75]]
    """
    shape, mean = shape[:, None], mean[:, None]
    exact, thin = counts[1 : EXACT_UP_TO + 1], counts[EXACT_UP_TO + 1 :]
    none, further = (betainc(shape, at + 1.0, shape / (shape + mean)) for at in (counts[:1], thin))
    # One probability follows from the other, at a tenth of what the beta function takes.
    steps = mean / (shape + mean) * (exact - 1 + shape) / exact
    cdf = np.minimum(np.cumsum(np.cumprod(np.hstack([none, steps]), axis=1), axis=1), 1)
    return np.hstack([cdf, np.maximum(further, cdf[:, -1:])])


def poisson(counts: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Distribution function of Poisson distributions, shape (origins, grid)."""
    cdf: np.ndarray = pdtr(counts, mean[:, None])
    return cdf
