"""A proportion of a small number of things, with the exact interval."""

from __future__ import annotations

from scipy.special import betaincinv

from analysis.measures.estimate import Estimate


def proportion(part: int, whole: int, assumption: str, level: float = 0.95) -> Estimate | None:
    """The proportion with the exact interval of Clopper and Pearson (1934, Biometrika 26).

    Parameters
    ----------
    part, whole: `part` of `whole` things; both whole numbers from 0.
    assumption: what the interval takes for granted, in one sentence.
    level: probability that the interval covers the truth, at least.

    Returns
    -------
    Estimate or None
        Its n is the whole; None where that is 0.

    Examples
    --------
    >>> found = proportion(3, 10, "ten independent draws")
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (0.3, 0.067, 0.652)
    """
    if not whole:
        return None
    tail = (1 - level) / 2
    low = float(betaincinv(part, whole - part + 1, tail)) if part else 0.0
    high = float(betaincinv(part + 1, whole - part, 1 - tail)) if part < whole else 1.0
    return Estimate(part / whole, low, high, whole, assumption, level)
