"""A proportion of a small number of things, with the exact interval."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import betaincinv


@dataclass(frozen=True)
class Proportion:
    """So many of so many, with an interval.

    Parameters
    ----------
    estimate: part ÷ whole.
    low, high: its 95 % interval.
    n: the whole.
    assumption: what the interval takes for granted, in one sentence.
    """

    estimate: float
    low: float
    high: float
    n: int
    assumption: str


def proportion(part: int, whole: int, assumption: str, level: float = 0.95) -> Proportion | None:
    """The proportion with the exact interval of Clopper and Pearson (1934, Biometrika 26).

    Parameters
    ----------
    part, whole: `part` of `whole` things; both whole numbers from 0.
    assumption: see :class:`Proportion`.
    level: probability that the interval covers the truth, at least.

    Returns
    -------
    Proportion or None
        None where `whole` is 0.

    Examples
    --------
    >>> found = proportion(3, 10, "ten independent draws")
    >>> found.estimate, round(found.low, 3), round(found.high, 3)
    (0.3, 0.067, 0.652)
    """
    if not whole:
        return None
    tail = (1 - level) / 2
    low = float(betaincinv(part, whole - part + 1, tail)) if part else 0.0
    high = float(betaincinv(part + 1, whole - part, 1 - tail)) if part < whole else 1.0
    return Proportion(part / whole, low, high, whole, assumption)
