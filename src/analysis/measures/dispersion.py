"""Whether attacks bunch: the dispersion of daily counts, overall and within weeks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.measures.chance import against_draws
from analysis.measures.estimate import Estimate

SEED, DRAWS = 20231018, 2_000

#: With fewer days or attacks than these there is no variance to speak of.
FEWEST = 2


def dispersion_index(daily: pd.Series, span: int | None = None) -> Estimate | None:
    """Variance ÷ mean of daily counts, with its exact test.

    Independent attacks at one rate give 1, bunched ones more, spaced ones less. Given the total,
    the days of independent attacks are equally likely, so the exact null distribution is the
    multinomial one (Fisher, 1950, Biometrics 6, The significance of deviations from expectation
    in a Poisson series); it is drawn :data:`DRAWS` times with a fixed seed. A rate that changes
    over months bunches attacks too; within spans, in which each may have a rate of its own, only
    bunching from day to day is left.

    Parameters
    ----------
    daily: attacks on consecutive days, oldest first.
    span: None compares every day with the mean of all; else days are compared with the mean of
        their own span of so many days. Spans end on the last day; what is left at the beginning
        is a shorter one.

    Returns
    -------
    Estimate or None
        `value` is the sum of squared deviations from the means ÷ the sum expected of independent
        attacks (for one span this is variance ÷ mean, the variance with n − 1), `expected` 1.
        None with fewer than two days or attacks, or none that could have fallen otherwise.

    Examples
    --------
    >>> found = dispersion_index(pd.Series([0, 4, 0, 0]))
    >>> found.value, found.n
    (4.0, 4)
    """
    counts = daily.to_numpy(dtype=int)
    length = span or max(len(counts), FEWEST)
    spans = [counts[max(0, end - length) : end] for end in range(len(counts), 0, -length)]
    spans = [days for days in spans if len(days) >= FEWEST and days.sum() >= FEWEST]
    if not spans:
        return None
    sums = [int(days.sum()) for days in spans]
    chance = np.random.default_rng(SEED)
    drawn = np.zeros(DRAWS, dtype=int)
    for days, total in zip(spans, sums, strict=True):
        evenly = np.full(len(days), 1 / len(days))
        drawn += (chance.multinomial(total, evenly, DRAWS) ** 2).sum(axis=1)
    squares = sum(int((days**2).sum()) for days in spans)
    one_rate = "the whole time" if span is None else f"each span of {span} days"
    found = against_draws(
        squares,
        drawn,
        sum(sums),
        f"Chance means independent attacks at one rate over {one_rate}: each attack is as likely "
        "on every day of it.",
    )
    if found is None:
        return None
    chance_gives = (float(found.low or 0), float(found.high or 0))
    of_means = sum(total**2 / len(days) for days, total in zip(spans, sums, strict=True))
    by_chance = sum(sums) - sum(total / len(days) for days, total in zip(spans, sums, strict=True))
    index = [(value - of_means) / by_chance for value in (squares, *chance_gives)]
    return replace(found, value=index[0], expected=1.0, low=index[1], high=index[2])
