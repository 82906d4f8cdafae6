"""The discounted Gamma-Poisson model: the next days resemble the last, older ones ever less.

The rate of attacks has a Gamma distribution that each day's count updates and each night widens
by a discount factor, so that old days fade (West and Harrison, 1997, Bayesian Forecasting and
Dynamic Models, ch. 10 and 14; Harvey and Fernandes, 1989, Journal of Business & Economic
Statistics 7). The count of the next days is then negative binomial. Evidence fades towards a weak
prior instead of towards nothing (stabilised forgetting: Kulhavý and Zarrop, 1993, International
Journal of Control 58), so that after months without an attack the model says "very unlikely" and
not "impossible".

The memory is a week, whatever the horizon: the discount factor is 1 - 1 ÷ 7, and the evidence fades
by as much as to the middle of the coming week. So one rate makes the forecasts of all horizons, and
the chance of any attack never falls with a longer one. That rule and the prior are reasoned, not
fitted, but were set with this record in sight; a factor chosen by past scores forecast no better.
"""

from __future__ import annotations

import numpy as np

from analysis.measures.outlook.known_then import KnownThen
from analysis.measures.outlook.predictive import LARGEST_SHAPE, Predictive, negative_binomial
from analysis.measures.outlook.truce import exposure, exposure_ahead

#: Gamma shape and rate to which evidence fades: one attack in two days, worth a fifth of a day.
PRIOR = (0.1, 0.2)

#: Days of memory; the horizon at which models are fitted and chosen.
MEMORY = 7


def gamma_poisson(known: KnownThen, horizon: int, counts: np.ndarray) -> Predictive:
    """Forecast the attacks of the next `horizon` days on every origin.

    Parameters
    ----------
    known: what was known on each origin.
    horizon: days ahead.
    counts: the grid of counts.

    Returns
    -------
    Predictive
        A negative binomial for each origin. Assumption: attacks of a day are Poisson, at a rate
        that changes slowly.
    """
    shape, rate = rates(known, ahead=(MEMORY + 1) / 2)
    mean = shape / rate * exposure_ahead(known, horizon).sum(axis=1)
    return Predictive(counts, negative_binomial(counts, mean, np.minimum(shape, LARGEST_SHAPE)))


def rates(known: KnownThen, ahead: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Gamma shape and rate of the attacks a day on each origin, faded for `ahead` days more."""
    discount = 1 - 1 / MEMORY
    weights = discount ** (np.maximum(known.age, 0) + ahead)
    shape = PRIOR[0] + (weights * known.counts).sum(axis=1)
    rate = PRIOR[1] + (weights * exposure(known)).sum(axis=1)
    return shape, rate
