"""A statistic against chance: what was seen, what chance gives, and how far apart the two are.

The p-value is two-sided mid-p: twice the smaller tail, the observed value counted half (Lancaster,
1961, JASA 56). Half, because a discrete statistic would otherwise reject too seldom.
"""

from __future__ import annotations

import numpy as np

from analysis.measures.estimate import Estimate

#: Probabilities that differ by less are the same: the sums behind them are rounded.
ROUNDING = 1e-9


def against_distribution(
    observed: int, probabilities: np.ndarray, n: int, assumption: str
) -> Estimate | None:
    """Hold a count against its exact distribution; None where chance allows one value only.

    Parameters
    ----------
    observed: the count.
    probabilities: the probability of each count from 0 on.
    n, assumption: see :class:`analysis.measures.estimate.Estimate`; n counts attacks.

    Examples
    --------
    >>> found = against_distribution(2, np.array([0.25, 0.5, 0.25]), 2, "two fair coins")
    >>> found.expected, found.low, found.high, found.p_value
    (1.0, 0, 2, 0.25)
    """
    if probabilities.max() > 1 - ROUNDING:
        return None
    cumulated = np.cumsum(probabilities)
    low, high = (int(np.searchsorted(cumulated, tail - ROUNDING)) for tail in (0.025, 0.975))
    half = probabilities[observed] / 2
    below = float(cumulated[observed] - half)
    above = float(probabilities[observed:].sum() - half)
    expected = float(np.arange(len(probabilities)) @ probabilities)
    return _tested(observed, expected, (low, high), (below, above), n, assumption)


def against_draws(observed: int, draws: np.ndarray, n: int, assumption: str) -> Estimate | None:
    """Hold a count against counts drawn under chance; None where all draws are the same.

    The observed value is one draw more, so no p-value is 0 (Phipson and Smyth, 2010, Statistical
    Applications in Genetics and Molecular Biology 9).

    Parameters
    ----------
    observed: the count.
    draws: whole numbers drawn under chance.
    n, assumption: see :class:`analysis.measures.estimate.Estimate`; n counts attacks.

    Examples
    --------
    >>> against_draws(3, np.array([0, 1, 2, 3]), 10, "made up").p_value
    0.4
    """
    if draws.min() == draws.max():
        return None
    half = (np.count_nonzero(draws == observed) + 1) / 2
    below, above = (
        float((np.count_nonzero(side) + half) / (len(draws) + 1))
        for side in (draws < observed, draws > observed)
    )
    low, high = np.quantile(draws, (0.025, 0.975), method="inverted_cdf").tolist()
    expected = float(draws.mean())
    return _tested(observed, expected, (low, high), (below, above), n, assumption)


def _tested(
    observed: int,
    expected: float,
    span: tuple[float, float],
    tails: tuple[float, float],
    n: int,
    assumption: str,
) -> Estimate:
    p_value = min(1.0, 2 * min(tails))
    low, high = span
    return Estimate(observed, low, high, n, assumption, expected=expected, p_value=p_value)
