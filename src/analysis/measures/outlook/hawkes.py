"""The self-exciting model: each attack raises the rate of the days after it, for a while.

A Hawkes process (Hawkes, 1971, Biometrika 58) in daily time with a geometric kernel, the discrete
form of the exponential one: on day t attacks are Poisson with mean

    e_t · (background + branching · s_t),
    s_t = Σ (1 - persistence) · persistence^(k-1) · x_(t-k) ÷ e_(t-k)   for k = 1, 2 …

where x are the counts and e the exposure of the days. Each attack brings `branching` others on
average, spread over 1 ÷ (1 - persistence) days. It is also an INGARCH(1, 1) model, for which
maximum likelihood is consistent and asymptotically normal (Ferland, Latour and Oraichi, 2006,
Journal of Time Series Analysis 27; Fokianos, Rahbek and Tjøstheim, 2009, JASA 104); standard
errors are from the observed information. The mean and variance of the coming count follow exactly
by recursion, and the forecast is the negative binomial that has them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from analysis.measures.outlook.known_then import KnownThen
from analysis.measures.outlook.predictive import LARGEST_SHAPE, Predictive, negative_binomial
from analysis.measures.outlook.truce import exposure, exposure_ahead

#: Where a fit starts that has nothing better: background, branching, persistence.
START = (0.5, 0.5, 0.5)

#: For forecasts only, a normal prior on log background and on logit branching and persistence,
#: mean and standard deviation: without recent attacks about one in three weeks, most attacks
#: follow others, memory of about three days. It stands in for the ends of waves, of which a young
#: record has seen none, and was set with this record in sight.
PRIOR = (np.array([-3.0, 1.7, 0.8]), np.array([1.0, 1.0, 1.0]))

#: For forecasts, days count half after so many: how a wave goes on changes within weeks.
HALF_LIFE_DAYS = 21

#: Beyond this on their scales without bounds, parameters are not told apart.
FURTHEST = 14.0


@dataclass(frozen=True)
class HawkesFit:
    """Parameters by maximum likelihood and their 95 % intervals.

    Parameters
    ----------
    estimate: background (attacks a day), branching (attacks that one brings), persistence (share
        of an attack's pull that is left after another day).
    low, high: ends of the 95 % intervals, estimate ± 1.96 standard errors from the observed
        information; NaN where that is not positive.
    n: days of the series.
    assumption: what it rests on, in one sentence.
    """

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: int
    assumption: str = (
        "Attacks of a day are Poisson, given those of the days before, and the same three numbers "
        "hold throughout."
    )


def fit(counts: np.ndarray, exposure: np.ndarray | None = None) -> HawkesFit:
    """Fit the model to a series of daily counts by maximum likelihood.

    Parameters
    ----------
    counts: attacks of consecutive days, oldest first.
    exposure: how much of an ordinary day each was; by default 1.

    Returns
    -------
    HawkesFit
        Estimates with intervals.

    Examples
    --------
    >>> found = fit(simulate((0.5, 0.5, 0.5), 2_000, np.random.default_rng(1)))
    >>> bool(((found.low < 0.5) & (0.5 < found.high)).all())
    True
    """
    observed = np.asarray(counts, dtype=float)
    series = _Series(observed, np.ones(len(observed)) if exposure is None else exposure)
    place = _maximum(series, _free(np.array(START)))
    information = _information(series, place)
    variance = np.diag(np.linalg.pinv(information))
    error = np.sqrt(np.where(variance > 0, variance, np.nan))
    estimate = _natural(place)
    slope = np.array([estimate[0], *(estimate[1:] * (1 - estimate[1:]))])
    reach = ndtri(0.975) * slope * error
    return HawkesFit(
        estimate=estimate,
        low=estimate - reach,
        high=estimate + reach,
        n=len(observed),
    )


def simulate(
    parameters: tuple[float, float, float], days: int, chance: np.random.Generator
) -> np.ndarray:
    """A series of daily counts from the model, begun without attacks before it."""
    background, branching, persistence = parameters
    counts, pull = np.zeros(days), 0.0
    for day in range(days):
        counts[day] = chance.poisson(background + branching * pull)
        pull = persistence * pull + (1 - persistence) * counts[day]
    return counts


def hawkes(known: KnownThen, horizon: int, counts: np.ndarray) -> Predictive:
    """Forecast the attacks of the next `horizon` days on every origin.

    Parameters, return as :func:`analysis.measures.outlook.gamma_poisson.gamma_poisson`; fitted
    anew once a week to what was known then.
    """
    exposed = exposure(known)
    fitted = np.tile(PRIOR[0], (len(known.days), 1))
    place = PRIOR[0]
    for origin, served in known.weekly():
        past = slice(0, origin + 1)
        weights = 0.5 ** (known.age[origin, past] / HALF_LIFE_DAYS)
        series = _Series(known.counts[origin, past].astype(float), exposed[origin, past], weights)
        place = _maximum(series, place, PRIOR)
        fitted[served] = place
    background, branching, persistence = _natural(fitted.T)
    scaled = np.divide(known.counts, exposed, out=np.zeros(exposed.shape), where=exposed > 0)
    kernel = (1 - persistence[:, None]) * persistence[:, None] ** np.maximum(known.age, 0)
    # Day by day, so that days to come, which have nothing yet, change no rounding.
    pull = np.cumsum(kernel * scaled, axis=1)[:, -1]
    mean, variance = sum_ahead(
        (background, branching, persistence), pull, exposure_ahead(known, horizon)
    )
    shape = mean**2 / np.maximum(variance - mean, mean**2 / LARGEST_SHAPE)
    return Predictive(counts, negative_binomial(counts, mean, shape))


def sum_ahead(
    parameters: tuple[np.ndarray, np.ndarray, np.ndarray], pull: np.ndarray, exposure: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the attacks in the days ahead, exact.

    Parameters
    ----------
    parameters: background, branching and persistence, each of shape (n,).
    pull: s of the first day ahead, shape (n,).
    exposure: of each day ahead, shape (n, days).

    Returns
    -------
    (array, array)
        Mean and variance, each of shape (n,).

    Examples
    --------
    >>> half = (np.array([1.0]), np.array([0.5]), np.array([0.0]))
    >>> mean, variance = sum_ahead(half, np.array([2.0]), np.ones((1, 2)))
    >>> mean.tolist(), variance.tolist()
    ([4.0], [6.5])
    """
    background, branching, persistence = parameters
    carried = persistence + (1 - persistence) * branching
    mean, variance = np.zeros_like(pull), np.zeros_like(pull)
    pull_variance, together = np.zeros_like(pull), np.zeros_like(pull)
    for exposed in exposure.T:
        expected = exposed * (background + branching * pull)
        answer, share = exposed * branching, (1 - persistence) / exposed
        mean = mean + expected
        variance = variance + 2 * answer * together + answer**2 * pull_variance + expected
        together = carried * (together + answer * pull_variance) + share * expected
        pull_variance = carried**2 * pull_variance + share**2 * expected
        pull = carried * pull + (1 - persistence) * background
    return mean, variance


@dataclass(frozen=True)
class _Series:
    """Counts, exposure and, if days do not all count alike, weights of days."""

    counts: np.ndarray
    exposure: np.ndarray
    weights: np.ndarray | float = 1.0


def _free(parameters: np.ndarray) -> np.ndarray:
    """The parameters on scales without bounds: log, logit, logit."""
    return np.array([np.log(parameters[0]), *logit(parameters[1:])])


def _natural(place: np.ndarray) -> np.ndarray:
    """Background, branching and persistence from their scales without bounds."""
    held = np.clip(place, -FURTHEST, FURTHEST)
    return np.array([np.exp(held[0]), *expit(held[1:])])


def _loss(place: np.ndarray, series: _Series) -> tuple[float, np.ndarray]:
    """Minus the log-likelihood, up to a constant, and its gradient."""
    background, branching, persistence = _natural(place)
    scaled = series.counts / series.exposure
    days_before = np.arange(len(scaled) - 1)
    kernel = np.append(0, (1 - persistence) * persistence**days_before)
    pull = np.convolve(scaled, kernel)[: len(scaled)]
    steeper = np.append(0, persistence**days_before)
    pull_slope = np.convolve(pull - scaled, steeper)[: len(scaled)]
    mean = series.exposure * (background + branching * pull)
    loss = float(np.sum(series.weights * (mean - series.counts * np.log(mean))))
    by_rate = series.weights * series.exposure * (1 - series.counts / mean)
    slopes = (
        background * by_rate.sum(),
        branching * (1 - branching) * (by_rate @ pull),
        persistence * (1 - persistence) * branching * (by_rate @ pull_slope),
    )
    return loss, np.array(slopes)


def _maximum(
    series: _Series, start: np.ndarray, prior: tuple[np.ndarray, np.ndarray] | None = None
) -> np.ndarray:
    """Where the likelihood, or with a prior the posterior density, is largest."""
    from scipy.optimize import minimize

    def against(place: np.ndarray) -> tuple[float, np.ndarray]:
        loss, slopes = _loss(place, series)
        if prior is None:
            return loss, slopes
        off = (place - prior[0]) / prior[1]
        return loss + float(off @ off) / 2, slopes + off / prior[1]

    found: np.ndarray = minimize(against, start, jac=True, method="BFGS").x
    return found


def _information(series: _Series, place: np.ndarray, step: float = 1e-4) -> np.ndarray:
    """The observed information: differences of the gradient of minus the log-likelihood."""
    moves = np.eye(len(place)) * step
    rows = [
        (_loss(place + move, series)[1] - _loss(place - move, series)[1]) / (2 * step)
        for move in moves
    ]
    information: np.ndarray = np.add(rows, np.transpose(rows)) / 2
    return information
