"""How good forecasts have been: proper scores, coverage of intervals, and PIT.

The continuous ranked probability score (CRPS) is in attacks: for a sure forecast it is the error.
It is the sum of Brier scores over all counts (Gneiting and Raftery, 2007, JASA 102), which is the
ranked probability score of a count. The log score is minus the log of the probability that the
forecast gave to what came. For both, less is better.
"""

from __future__ import annotations

import numpy as np

from analysis.measures.outlook.predictive import Predictive

#: A log score counts no probability as less: one surprise must not decide everything.
LEAST_PROBABILITY = 1e-9


def crps(forecast: Predictive, came: np.ndarray) -> np.ndarray:
    """CRPS of each forecast of a batch, in attacks.

    Examples
    --------
    A forecast that is sure of 0, and 2 attacks came: both counts below 2 were missed.

    >>> crps(Predictive(np.arange(4), np.ones((1, 4))), np.array([2])).tolist()
    [2.0]
    """
    import scoringrules

    steps = np.diff(forecast.counts)
    # Where the grid is thin the distribution function is taken as a straight line.
    line = (forecast.cdf[:, :-1] + forecast.cdf[:, 1:]) / 2
    level = np.clip(np.where(steps > 1, line, forecast.cdf[:, :-1]), 0, 1)
    reached = np.clip((forecast.counts[1:] - came[:, None]) / steps, 0, 1)
    over = scoringrules.brier_score(np.ones_like(level), level) * reached
    under = scoringrules.brier_score(np.zeros_like(level), level) * (1 - reached)
    score: np.ndarray = (over + under) @ steps
    return score


def probability_of(forecast: Predictive, came: np.ndarray) -> np.ndarray:
    """Probability that each forecast of a batch gave to the count that came."""
    places = np.minimum(np.searchsorted(forecast.counts, came), len(forecast.counts) - 1)
    return forecast.pmf_at(places).clip(min=LEAST_PROBABILITY)


def log_score(forecast: Predictive, came: np.ndarray) -> np.ndarray:
    """Minus the log of that probability, in nats."""
    import scoringrules

    score: np.ndarray = scoringrules.log_score(np.ones(len(came)), probability_of(forecast, came))
    return score


def covered(forecast: Predictive, came: np.ndarray, level: float) -> np.ndarray:
    """Whether the central interval of each forecast of a batch held what came."""
    low, high = forecast.interval(level)
    held: np.ndarray = (low <= came) & (came <= high)
    return held


def pit_histogram(forecast: Predictive, came: np.ndarray, bins: int = 10) -> np.ndarray:
    """Share of outcomes in each tenth of their forecasts; level where forecasts are calibrated.

    The non-randomised probability integral transform of counts (Czado, Gneiting and Held, 2009,
    Biometrics 65): a count spreads evenly over the span that its probability takes.

    Examples
    --------
    >>> fair = Predictive(np.arange(2), np.array([[0.5, 1.0], [0.5, 1.0]]))
    >>> pit_histogram(fair, np.array([0, 1]), bins=4).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    places = np.minimum(np.searchsorted(forecast.counts, came), len(forecast.counts) - 1)
    rows = np.arange(len(places))
    upper = forecast.cdf[rows, places]
    lower = np.where(places > 0, forecast.cdf[rows, np.maximum(places - 1, 0)], 0.0)
    edges = np.linspace(0, 1, bins + 1)[:, None]
    below = np.clip((edges - lower) / np.maximum(upper - lower, LEAST_PROBABILITY), 0, 1)
    share: np.ndarray = np.diff(below.mean(axis=1))
    return share
