"""An interrupted time series: did level or trend of the attacks a day break at an event?

Segmented regression of daily counts: one log-linear trend, and at each break a step in level and a
change in slope (Wagner, Soumerai, Zhang and Ross-Degnan, 2002, Journal of Clinical Pharmacy and
Therapeutics 27; Bernal, Cummins and Gasparrini, 2017, International Journal of Epidemiology 46).
Counts are negative binomial; their dispersion is where Pearson's statistic equals its degrees of
freedom (Breslow, 1984, Applied Statistics 33), and where they vary no more than Poisson counts they
are Poisson. Standard errors are robust to autocorrelation (Newey and West, 1987, Econometrica 55),
but in series as short as these robust ones are too small as often as not, so the larger of the
robust and the model's own is used (Angrist and Pischke, 2009, Mostly Harmless Econometrics, ch. 8).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

ASSUMPTION = (
    "Between breaks the attack rate rises or falls by a constant share a week, and nothing else "
    "that moved the rate fell on the same days."
)

#: A segment needs so many days for a trend of its own, and the series so many attacks a segment.
SHORTEST_SEGMENT = 14
FEWEST_ATTACKS = 10


#: Beyond this the counts are no series that rates describe.
LARGEST_DISPERSION = 1e3


@dataclass(frozen=True)
class InterruptedSeries:
    """A fitted interrupted time series.

    Parameters
    ----------
    breaks: one row for each: `day`; `level`, `level_low`, `level_high`, `level_p`: the rate just
        after ÷ the rate that the trend before led to expect, its 95 % interval and p-value;
        `slope`, `slope_low`, `slope_high`, `slope_p`: the same of the change a week, after ÷
        before.
    fitted: the fitted rate of each day, in attacks a day.
    dispersion: of the negative binomial distribution: variance = mean + dispersion · mean².
    n: days.
    """

    breaks: pd.DataFrame
    fitted: pd.Series
    dispersion: float
    n: int
    assumption: str = ASSUMPTION


@dataclass(frozen=True)
class _Fit:
    """What is used of a fitted model: logarithms of ratios, their errors, the mean of each day."""

    log_ratios: Any
    errors: Any
    mean: Any
    dispersion: float
    degrees: float


def usable_breaks(counts: pd.Series, days: Sequence[pd.Timestamp]) -> list[pd.Timestamp]:
    """Those of the days, oldest first, that leave every segment long enough for a trend."""
    chosen: list[pd.Timestamp] = []
    start, end = counts.index[0], counts.index[-1]
    for day in sorted(days):
        long_before = (day - start).days >= SHORTEST_SEGMENT
        if long_before and (end - day).days + 1 >= SHORTEST_SEGMENT:
            chosen.append(day)
            start = day
    return chosen


def why_not(counts: pd.Series, breaks: Sequence[pd.Timestamp]) -> str | None:
    """Why the series bears no such model, in words that follow "because"; None where it does."""
    if not breaks:
        return f"no break leaves {SHORTEST_SEGMENT} days on either side of it"
    places = np.searchsorted(counts.index, np.array(breaks, dtype="datetime64[ns]"))
    held = [int(segment.sum()) for segment in np.split(counts.to_numpy(), places)]
    if sum(held) < FEWEST_ATTACKS * len(held):
        return f"there are fewer than {FEWEST_ATTACKS} attacks for each part of the series"
    if min(held) == 0:
        return "a part of the series holds no attack at all"
    return None


def interrupted_series(
    counts: pd.Series, breaks: Sequence[pd.Timestamp]
) -> InterruptedSeries | None:
    """Fit level and slope of the daily counts with a break on each of the days.

    Parameters
    ----------
    counts: attacks on each day.
    breaks: first days of the new segments, oldest first; see :func:`usable_breaks`.

    Returns
    -------
    InterruptedSeries or None
        None where :func:`why_not` says why, or where the fit does not converge or gives no end
        of an interval.
    """
    if why_not(counts, breaks):
        return None
    design = _design(counts, breaks)
    lags = int(4 * (len(counts) / 100) ** (2 / 9))  # Newey and West's rule
    found = _fit(counts.to_numpy(float), design, lags)
    if found is None:
        return None
    effects = _effects(found, breaks)
    if not np.isfinite(effects.drop(columns="day").to_numpy(float)).all():
        return None
    return InterruptedSeries(
        breaks=effects,
        fitted=pd.Series(found.mean, counts.index),
        dispersion=found.dispersion,
        n=len(counts),
    )


def _design(counts: pd.Series, breaks: Sequence[pd.Timestamp]) -> Any:
    """Columns: constant, weeks since the start, and for each break its step and weeks since."""
    weeks = np.arange(len(counts)) / 7
    columns = [np.ones(len(counts)), weeks - weeks.mean()]
    for day in breaks:
        since = (day - counts.index[0]).days
        columns += [(weeks >= since / 7).astype(float), np.maximum(weeks - since / 7, 0)]
    return np.column_stack(columns)


def _fit(observed: Any, design: Any, lags: int) -> _Fit | None:
    """The generalised linear model, twice: for its own errors and for robust ones."""
    # Not statsmodels.api, which loads six times as many modules.
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    robust = {"maxlags": lags, "use_correction": True}
    with warnings.catch_warnings():
        # Said by the result: converged or not, finite or not.
        for known in (ConvergenceWarning, PerfectSeparationWarning, RuntimeWarning):
            warnings.simplefilter("ignore", known)
        poisson = GLM(observed, design, family=families.Poisson())
        dispersion = _dispersion(observed, poisson.fit().fittedvalues, design.shape[1])
        if dispersion is None:
            return None
        model = poisson
        if dispersion > 0:
            family = families.NegativeBinomial(alpha=dispersion)
            model = GLM(observed, design, family=family)
        own, against_lags = model.fit(), model.fit(cov_type="HAC", cov_kwds=robust)
    errors = np.fmax(own.bse, against_lags.bse)
    if not own.converged or not np.isfinite(errors).all():
        return None
    return _Fit(own.params, errors, own.fittedvalues, dispersion, own.df_resid)


def _dispersion(observed: Any, mean: Any, parameters: int) -> float | None:
    """Of the negative binomial: Pearson's statistic equals its degrees of freedom there.

    None where it does so nowhere: the counts are no series that such rates describe.
    """
    from scipy.optimize import brentq

    def surplus(dispersion: float) -> float:
        variance = mean + dispersion * mean**2
        return float(((observed - mean) ** 2 / variance).sum()) - (len(observed) - parameters)

    if surplus(0.0) <= 0:
        return 0.0
    if surplus(LARGEST_DISPERSION) > 0:
        return None
    return float(brentq(surplus, 0.0, LARGEST_DISPERSION))


def _effects(found: _Fit, breaks: Sequence[pd.Timestamp]) -> pd.DataFrame:
    """Ratios with intervals and p-values by Student's t, one row for each break."""
    half = stdtrit(found.degrees, 0.975) * found.errors
    with np.errstate(over="ignore"):  # said by the result: finite or not
        ratio, low, high = (np.exp(found.log_ratios + step) for step in (0, -half, half))
    p_value = 2 * stdtr(found.degrees, -np.abs(found.log_ratios / found.errors))
    rows = []
    for place, day in enumerate(breaks):
        row: dict[str, object] = {"day": day}
        for name, column in (("level", 2 + 2 * place), ("slope", 3 + 2 * place)):
            row |= {
                name: float(ratio[column]),
                f"{name}_low": float(low[column]),
                f"{name}_high": float(high[column]),
                f"{name}_p": float(p_value[column]),
            }
        rows.append(row)
    return pd.DataFrame(rows)
