"""The ratio of two attack rates, after ÷ before, with an interval that holds what it promises.

Given how many attacks both spans hold together, the number in the later one is binomial, and its
probability depends on the ratio of the rates alone (Przyborowski and Wilenski, 1940, Biometrika
31). The interval inverts that exact test with the mid-p tail, in which the observed count weighs
one half (Lancaster, 1961, JASA 56; Berry and Armitage, 1995, The Statistician 44). The plain exact
interval of Clopper and Pearson covers 97 to 99 % at the counts of a week; the mid-p interval covers
95 to 97 % from about a dozen attacks in both spans on, and is wider than it need be below.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import betainc

from analysis.measures.estimate import Estimate

ASSUMPTION = (
    "Counts are Poisson with one rate in each span; bursts of attacks make the true uncertainty "
    "larger than the interval."
)

#: Halvings of the interval from 0 to 1: ends of an interval are right to twelve decimals.
HALVINGS = 40


def rate_ratio(
    before: int,
    after: int,
    days_before: float,
    days_after: float,
    *,
    dispersion: float = 1.0,
) -> Estimate | None:
    """Compare the rates of two spans: conditional maximum likelihood, mid-p exact interval.

    Parameters
    ----------
    before, after: attacks in the two spans.
    days_before, days_after: their lengths in days, more than 0.
    dispersion: variance of the counts ÷ that of Poisson counts. Above 1 the interval is that of
        so many times fewer attacks (effective counts: Rao and Scott, 1992, Biometrics 48).

    Returns
    -------
    Estimate or None
        After ÷ before: no value and no upper end where there was no attack before; n is the number
        of attacks in both spans. None where neither span holds an attack: nothing can be said.

    Examples
    --------
    >>> found = rate_ratio(before=8, after=4, days_before=7, days_after=7)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2), found.n
    (0.5, 0.13, 1.65, 12)
    """
    total = before + after
    if not total:
        return None
    scale = days_before / days_after
    low, high = mid_p_interval(after / dispersion, total / dispersion)
    return Estimate(
        value=after / before * scale if before else None,
        low=float(_odds(low)) * scale,
        high=float(_odds(high)) * scale if before else None,
        n=total,
        assumption=ASSUMPTION,
    )


def mid_p_interval(part: Any, whole: Any, level: float = 0.95) -> tuple[Any, Any]:
    """The mid-p exact interval of a binomial proportion, number by number or array by array.

    Parameters
    ----------
    part, whole: events that count, and events in all (more than 0); numbers or arrays, whole or
        not.
    level: share of intervals that should cover.

    Examples
    --------
    >>> low, high = mid_p_interval(3, 10)
    >>> round(float(low), 3), round(float(high), 3)
    (0.083, 0.62)
    """
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    tail = (1 - level) / 2
    tails = np.array([tail, 1 - tail]).reshape(2, *(1,) * part.ndim)
    low, high = _where_upper_tail_is(tails, part, whole)
    return np.where(part > 0, low, 0.0), np.where(part < whole, high, 1.0)


def _where_upper_tail_is(tails: Any, part: Any, whole: Any) -> Any:
    """The proportions at which `part` or more have these mid-p probabilities, by bisection."""
    low = np.zeros(np.broadcast_shapes(tails.shape, part.shape))
    high = np.ones_like(low)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        beyond = _mid_p_upper_tail(part, whole, middle) > tails
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    return (low + high) / 2


def _mid_p_upper_tail(part: Any, whole: Any, proportion: Any) -> Any:
    """P(more than `part`) + ½ P(`part`), each tail as an incomplete beta function."""
    with np.errstate(invalid="ignore"):
        as_many = np.where(part > 0, betainc(part, whole - part + 1, proportion), 1.0)
        more = np.where(part < whole, betainc(part + 1, whole - part, proportion), 0.0)
    return (as_many + more) / 2


def _odds(proportion: Any) -> Any:
    """The ratio of two equally long spans that belongs to the later one's share of attacks."""
    with np.errstate(divide="ignore"):
        return np.divide(proportion, 1 - proportion)
