"""How many attacks the next days will probably bring: the discounted Gamma-Poisson model.

The rate of attacks has a Gamma distribution that each day's count updates and each night
widens by a discount factor, so that old days fade (West and Harrison, 1997, Bayesian
Forecasting and Dynamic Models, ch. 10 and 14; Harvey and Fernandes, 1989, Time series models
for count or qualitative observations, JBES 7). The discount is chosen by past one-step log
scores alone; the count of the next days is then negative binomial.

Evidence fades towards a weak prior instead of towards nothing (stabilised forgetting: Kulhavy
and Zarrop, 1993, International Journal of Control 58), so that after months without an attack
the model says "very unlikely" and not "impossible". The coming week is discounted to its
middle day.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betainc, gammaln, xlog1py

#: Discount factors tried; 1 forgets nothing, 0.7 has a memory of about three days.
DISCOUNTS = np.round(np.arange(0.70, 1.0001, 0.01), 2)

#: Gamma shape and rate to which evidence fades: one attack a day, worth a tenth of a day.
PRIOR = (0.1, 0.1)

#: A forecast never goes beyond; it is where the search for a quantile ends.
LARGEST_COUNT = 2**40

#: Fewer days than this give no forecast.
SHORTEST_SERIES = 7


@dataclass(frozen=True)
class Forecast:
    """Attacks in the next `horizon` days: quantiles of a negative binomial distribution.

    `shape` and `probability` are its parameters as scipy names them; `discount` is the factor
    that past one-step log scores chose among :data:`DISCOUNTS`.
    """

    horizon: int
    median: int
    low: int
    high: int
    probability_any: float
    discount: float
    shape: float
    probability: float

    def quantile(self, level: float) -> int:
        """The smallest count that is not exceeded with this probability."""
        return _quantile(level, self.shape, self.probability)


def forecast(daily: pd.Series, horizon: int = 7, level: float = 0.90) -> Forecast | None:
    """Forecast the number of attacks in the next `horizon` days.

    Parameters
    ----------
    daily: counts of consecutive days, oldest first, the last being the as-of date.
    horizon: number of days ahead.
    level: probability that the interval [`low`, `high`] holds, with equal tails.

    Returns
    -------
    Forecast or None
        None where the series is shorter than seven days.

    Examples
    --------
    >>> steady = forecast(pd.Series([2] * 60))
    >>> steady.low <= 14 <= steady.high
    True
    """
    counts = daily.to_numpy(dtype=float)
    if len(counts) < SHORTEST_SERIES:
        return None
    shapes, rates, log_scores = _filter(counts)
    best = int(np.argmax(log_scores))
    discount = float(DISCOUNTS[best])
    shape, rate = _faded(shapes[best], rates[best], discount ** ((horizon + 1) / 2))
    probability = rate / (rate + horizon)
    tail = (1 - level) / 2
    low, median, high = (_quantile(part, shape, probability) for part in (tail, 0.5, 1 - tail))
    return Forecast(
        horizon=horizon,
        median=median,
        low=low,
        high=high,
        probability_any=round(float(1 - probability**shape), 4),
        discount=discount,
        shape=float(shape),
        probability=float(probability),
    )


def _quantile(level: float, shape: float, probability: float) -> int:
    """The smallest count that a negative binomial does not exceed with probability `level`."""
    counts = range(LARGEST_COUNT)
    return bisect_left(counts, level, key=lambda n: float(betainc(shape, n + 1, probability)))


def _log_probability(observed: float, shapes: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Log probability of a count under negative binomial distributions."""
    ways = gammaln(shapes + observed) - gammaln(observed + 1) - gammaln(shapes)
    logarithm: np.ndarray = ways + shapes * np.log(probabilities)
    return logarithm + xlog1py(observed, -probabilities)


def _filter(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run the filter for all discounts at once: posterior shapes, rates, summed log scores."""
    shapes = np.full(len(DISCOUNTS), PRIOR[0])
    rates = np.full(len(DISCOUNTS), PRIOR[1])
    log_scores = np.zeros(len(DISCOUNTS))
    for observed in counts:
        shapes, rates = _faded(shapes, rates, DISCOUNTS)
        log_scores += _log_probability(observed, shapes, rates / (rates + 1))
        shapes, rates = shapes + observed, rates + 1
    return shapes, rates, log_scores


def _faded(shapes: Any, rates: Any, weight: Any) -> tuple[Any, Any]:
    """What is left of the evidence, the rest replaced by the prior."""
    return weight * shapes + (1 - weight) * PRIOR[0], weight * rates + (1 - weight) * PRIOR[1]
