"""The hurdle model: is there any attack in the next days, and if so, how many?

A logistic regression says whether the coming count is above 0, a negative binomial regression
truncated at 0 how large it then is (Mullahy, 1986, Journal of Econometrics 33; Cameron and
Trivedi, 2013, Regression Analysis of Count Data, ch. 4). Both look at the recent rate, at whether
a truce is in force, and at whether the US struck in the main theatre in the last seven days. They
learn from past origins what came after counts as they were known then, so reports that were still
to come are corrected for.

It is fitted to weeks. For another horizon the chance of any attack is that of a week at the same
hazard a day, and the size that of as many days at the same rate.

A young record has few origins, and spans that overlap tell less than they count: each origin weighs
1 ÷ 7, and normal priors hold the coefficients near the plain guess that the next days
resemble the last, halved in a truce. The priors were set with this record in sight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit, gammaln, log_expit, psi

from analysis.measures.outlook.gamma_poisson import MEMORY, rates
from analysis.measures.outlook.known_then import SHORTEST_SERIES, KnownThen
from analysis.measures.outlook.predictive import Predictive, negative_binomial

#: Minus a log-likelihood and its gradient, at coefficients, from what was seen and what came.
Loss = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[float, np.ndarray]]

#: A strike counts as recent for so many days.
RECENT_DAYS = 7

#: Mean and standard deviation of the normal priors: one, log expected count, truce, strike; for
#: the size also log shape of the negative binomial.
PRIOR_ANY = (np.array([0.5, 1.0, -0.7, 0.0]), np.array([0.5, 0.5, 0.35, 0.3]))
PRIOR_SIZE = (np.array([0.0, 1.0, -0.7, 0.0, 1.0]), np.array([0.2, 0.1, 0.35, 0.3, 0.7]))

#: A logarithm further from 0 than this is of no count that a record can hold.
FURTHEST = 20.0


def hurdle(known: KnownThen, horizon: int, counts: np.ndarray) -> Predictive:
    """Forecast the attacks of the next `horizon` days on every origin.

    Parameters, return as :func:`analysis.measures.outlook.gamma_poisson.gamma_poisson`; fitted
    anew once a week to what had come of the origins before.
    """
    seen = features(known, MEMORY)
    outcomes = known.outcomes(MEMORY)
    chance = np.tile(PRIOR_ANY[0], (len(seen), 1))
    size = np.tile(PRIOR_SIZE[0], (len(seen), 1))
    any_now, size_now = PRIOR_ANY[0], PRIOR_SIZE[0]
    for origin, served in known.weekly():
        past = slice(SHORTEST_SERIES - 1, max(SHORTEST_SERIES - 1, origin - MEMORY + 1))
        came = outcomes[origin, past]
        any_now = _maximum(_any_loss, any_now, PRIOR_ANY, seen[past], came)
        size_now = _maximum(_size_loss, size_now, PRIOR_SIZE, seen[past][came > 0], came[came > 0])
        chance[served], size[served] = any_now, size_now
    ahead = seen if horizon == MEMORY else features(known, horizon)
    mean, shape = _bounded((ahead * size[:, :-1]).sum(axis=1)), _bounded(size[:, -1])
    whole = negative_binomial(counts, mean, shape)
    none = whole[:, :1]
    log_none = log_expit(-(seen * chance).sum(axis=1)) * horizon / MEMORY
    some = -np.expm1(log_none)[:, None]
    return Predictive(counts, 1 - some + some * (whole - none) / (1 - none))


def features(known: KnownThen, horizon: int) -> np.ndarray:
    """What each origin looks at: one, log expected count, truce, strike; shape (n, 4)."""
    shape, rate = rates(known)
    truce = known.ahead(1)[:, 0]
    recent = (known.age >= 0) & (known.age < RECENT_DAYS)
    struck = (known.struck & recent).any(axis=1)
    return np.column_stack([np.ones(len(rate)), np.log(horizon * shape / rate), truce, struck])


def _bounded(logarithm: Any) -> Any:
    """What has this logarithm, within what numbers can hold."""
    return np.exp(np.clip(logarithm, -FURTHEST, FURTHEST))


def _any_loss(place: np.ndarray, seen: np.ndarray, came: np.ndarray) -> tuple[float, np.ndarray]:
    """Minus the log-likelihood of whether anything came, and its gradient."""
    linear = seen @ place
    sign = np.where(came > 0, 1.0, -1.0)
    return -float(log_expit(sign * linear).sum()), -(sign * expit(-sign * linear)) @ seen


def _size_loss(place: np.ndarray, seen: np.ndarray, came: np.ndarray) -> tuple[float, np.ndarray]:
    """Minus the log-likelihood of how much came, if anything, and its gradient."""
    mean, shape = _bounded(seen @ place[:-1]), _bounded(place[-1])
    log_none = -shape * np.log1p(mean / shape)
    likelihood = (
        gammaln(came + shape)
        - gammaln(shape)
        - gammaln(came + 1)
        + log_none
        + came * np.log(mean / (shape + mean))
        - np.log(-np.expm1(log_none))
    )
    odds_of_none = np.exp(log_none) / -np.expm1(log_none)
    by_linear = shape * (came - mean - odds_of_none * mean) / (shape + mean)
    by_shape = (
        psi(came + shape)
        - psi(shape)
        + (mean - came) / (shape + mean)
        + log_none / shape
        + odds_of_none * (log_none / shape + mean / (shape + mean))
    )
    return -float(likelihood.sum()), -np.append(by_linear @ seen, shape * by_shape.sum())


def _maximum(
    loss: Loss,
    start: np.ndarray,
    prior: tuple[np.ndarray, np.ndarray],
    seen: np.ndarray,
    came: np.ndarray,
) -> np.ndarray:
    """Where the posterior density is largest; the prior's mean where nothing has come yet."""
    from scipy.optimize import minimize

    weight = 1 / MEMORY

    def against(place: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = loss(place, seen, came)
        off = (place - prior[0]) / prior[1]
        return weight * value + float(off @ off) / 2, weight * slope + off / prior[1]

    if not len(came):
        return prior[0]
    found: np.ndarray = minimize(against, start, jac=True, method="BFGS").x
    return found
