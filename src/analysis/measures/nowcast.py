"""How many attacks of the last days there will be once all reports are in.

The count of a day grows while reports come in. With the delays so far (see
:mod:`analysis.measures.delay`) one can say which share of a day's attacks is known by now, and from
that how many are still to come (Lawless, 1994, Canadian Journal of Statistics 22; Höhle and an der
Heiden, 2014, Biometrics 70; as epinowcast does it):

- The share known after d days is the product over longer delays k of one minus the reverse-time
  hazard. Each factor has a Beta distribution: reports and attacks at risk, and a prior worth one
  attack that is known on its day with probability 1/2, a day later with 1/4 and so on (a Dirichlet
  distribution over delays). The product is matched by a Beta distribution of equal mean and
  variance.
- Reports of one day come together: given the share, the number known is beta-binomial, with a
  correlation within a day that the same-day reports of past days give.
- The rate of a day has a Gamma distribution from the days around it, each day further off counting
  a fifth less, and as wide as days have varied about their neighbours; so the eventual count is
  negative binomial before any report is seen.

Bayes' rule then gives the distribution of the reports still to come, on a grid and without random
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaincinv, betaln, gammaln

from analysis.measures.delay import ASSUMPTION, LONGEST_DELAY, hazard_counts, known_delays
from analysis.measures.estimate import Estimate
from analysis.measures.triangle import known_spans
from analysis.record import Known, remembered

#: What a day tells of the rate of the day beside it, as a weight.
FADING = 0.8

#: Days further off tell next to nothing.
REACH = 60

#: No rate is taken to vary more than this from day to day.
SMALLEST_SHAPE = 0.5

#: Gamma shape and rate of a day of which nothing is known: the outlook's.
PRIOR = (0.1, 0.1)

#: Correlations of reports within a day that are tried; 0.001 is next to none.
CORRELATIONS = np.array([0.001, 0.02, 0.05, *np.arange(0.1, 0.91, 0.1)])

#: What so many reports say that rounding would hide it counts as this share.
NEXT_TO_NOTHING = 1e-9

#: So old is a day when it is taken as settled, to learn from how days vary.
SETTLED = 7

#: Equally likely values that stand for the distribution of the share known.
LEVELS = (np.arange(9) + 0.5) / 9


@dataclass(frozen=True)
class Nowcast:
    """The last days, corrected for reports still to come.

    Parameters
    ----------
    days: one row for each day, index `event_date`, oldest first: `observed`, `known_share` (the
        share of a day's attacks that is known at its age, on average), `estimate`, `low`, `high`
        (90 % interval of the eventual count), `complete` (the probability that none is to come).
    total: all these days together once all reports are in: the mean, and an interval as near to
        90 % as whole numbers allow; n attacks whose delays it rests on.
    missing: the distribution of each day's reports still to come, days × number from 0, for
        whoever builds on it; rows sum to 1.
    missing_in_all: the same of all days together, by number from 0.
    """

    days: pd.DataFrame
    total: Estimate
    missing: np.ndarray
    missing_in_all: np.ndarray


def nowcast(
    delays: pd.DataFrame, start: pd.Timestamp, as_of: pd.Timestamp, days: int = 14
) -> Nowcast:
    """Correct the counts of the last days for reports still to come.

    Parameters
    ----------
    delays: `event_date` and `delay` of each attack known on the as-of date, of the whole campaign;
        see :func:`analysis.measures.delay.known_delays`.
    start: the first day of the campaign.
    as_of: the day; its reports are in.
    days: how many days to correct, those before the campaign left out.

    Returns
    -------
    Nowcast
        Counts are taken never to fall: a report that is withdrawn or moved to another day is not
        foreseen.

    Examples
    --------
    >>> dates = pd.date_range("2023-10-17", "2023-11-30").repeat(3)
    >>> delays = pd.DataFrame({"event_date": dates, "delay": [0, 0, 1] * (len(dates) // 3)})
    >>> found = nowcast(delays[:-1], dates[0], dates[-1], days=2)
    >>> found.days["observed"].tolist(), found.days["estimate"].round(1).tolist()
    ([3, 2], [3.0, 3.0])
    """
    series = pd.date_range(min(start, as_of), as_of, name="event_date")
    daily = delays["event_date"].value_counts().reindex(series, fill_value=0).to_numpy()
    mean, spread = known_share(hazard_counts(delays, as_of))
    ages = np.arange(len(series))[::-1].clip(max=LONGEST_DELAY)
    last = np.arange(len(series))[-days:]
    observed = daily[last]
    shape, rate = _rates_around(daily, mean[ages])
    by_level = still_to_come(
        observed,
        _levels(mean, spread)[:, ages[last]],
        (shape[last], rate[last]),
        correlation(delays, as_of),
    )
    missing = by_level.mean(axis=0)
    table = pd.DataFrame(
        {"observed": observed, "known_share": mean[ages[last]], **_summary(missing, observed)},
        index=series[last],
    )
    in_all = _together(by_level)
    return Nowcast(table, _total(in_all, int(observed.sum()), len(delays)), missing, in_all)


@remembered
def delays_of(known: Known) -> pd.DataFrame:
    """Delays of the campaign's attacks; see :func:`analysis.measures.delay.known_delays`."""
    return known_delays(known_spans(known), known.date)


@remembered
def nowcast_of(known: Known, days: int = 14) -> Nowcast:
    """Correct the counts of the last days before a record's as-of date; see :func:`nowcast`."""
    return nowcast(delays_of(known), known.campaign.start, known.date, days)


def known_share(counts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the share of attacks known within each delay.

    Parameters
    ----------
    counts: what :func:`analysis.measures.delay.hazard_counts` returns.

    Examples
    --------
    With nothing reported yet the prior speaks:

    >>> nothing = pd.DataFrame({"reported": [0] * 29, "at_risk": [0] * 29})
    >>> known_share(nothing)[0].round(3)[:3].tolist()
    [0.5, 0.75, 0.875]
    """
    prior = 0.5 ** np.arange(1, len(counts) + 1)
    by_then = prior + counts["reported"].to_numpy()
    before = prior.cumsum() - prior + (counts["at_risk"] - counts["reported"]).to_numpy()
    survival = before[1:] / (before + by_then)[1:]
    square = survival * (before[1:] + 1) / ((before + by_then)[1:] + 1)
    mean, second = (np.append(np.cumprod(part[::-1])[::-1], 1.0) for part in (survival, square))
    return mean, second - mean**2


def correlation(delays: pd.DataFrame, as_of: pd.Timestamp) -> float:
    """How strongly the reports of one day come together, from 0 to 1.

    The mean over :data:`CORRELATIONS`, weighted by the beta-binomial likelihood of the number
    known on the same day, given the day's count, of all days at least a week old.
    """
    settled = delays[delays["event_date"] <= as_of - pd.Timedelta(days=SETTLED)]
    at_once = (settled["delay"] == 0).groupby(settled["event_date"]).agg(["sum", "size"])
    known, later = at_once["sum"].to_numpy(), (at_once["size"] - at_once["sum"]).to_numpy()
    share = (known.sum() + 0.5) / (known.sum() + later.sum() + 1)
    precision = (1 / CORRELATIONS - 1)[:, None]
    alpha, beta = precision * share, precision * (1 - share)
    log_likelihood = (betaln(alpha + known, beta + later) - betaln(alpha, beta)).sum(axis=1)
    return float(np.average(CORRELATIONS, weights=np.exp(log_likelihood - log_likelihood.max())))


def _rates_around(daily: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gamma shape and rate of each day from the days around it, corrected for what is known.

    The shape is at most such that settled days vary about their neighbours as they did: their
    squared distance beyond what a Poisson count has, over the squared rate (method of moments).
    """
    distance = np.arange(-REACH, REACH + 1)
    weights = np.where(distance, FADING ** np.abs(distance), 0.0)
    shape, rate = (
        prior + np.convolve(part, weights)[REACH:-REACH]
        for prior, part in zip(PRIOR, (daily, known), strict=True)
    )
    expected = (shape / rate)[:-SETTLED]
    excess = ((daily[:-SETTLED] - expected) ** 2 - expected).sum()
    widest = (expected**2).sum() / excess if excess > 0 else np.inf
    capped = np.minimum(shape, max(widest, SMALLEST_SHAPE))
    return capped, capped * rate / shape


def _levels(mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Equally likely shares known within each delay, levels × delays.

    A level is high or low at all delays alike, so it stands for one state of the world.
    """
    inner = mean[:-1].clip(max=1 - NEXT_TO_NOTHING)
    most = inner * (1 - inner)
    precision = most / np.maximum(spread[:-1], NEXT_TO_NOTHING * most) - 1
    levels = betaincinv(precision * inner, precision * (1 - inner), LEVELS[:, None])
    return np.hstack([levels, np.ones((len(LEVELS), 1))])


def still_to_come(
    observed: np.ndarray,
    known: np.ndarray,
    rates: tuple[np.ndarray, np.ndarray],
    together: float,
) -> np.ndarray:
    """Distributions of the reports still to come, by Bayes' rule.

    Parameters
    ----------
    observed: reports so far, by day.
    known: shares known by now, levels × days.
    rates: Gamma shape and rate of the attacks a day, by day.
    together: correlation of the reports of one day, above 0.

    Returns
    -------
    ndarray
        Levels × days × number still to come, from 0.

    Examples
    --------
    Two of a day's attacks known, half of all being known by now, before which two a day were
    expected, give or take as many. Reports that come one by one leave a negative binomial number:

    >>> one_by_one = still_to_come(
    ...     np.array([2]), np.array([[0.5]]), (np.array([1.0]), np.array([0.5])), 1e-6
    ... )
    >>> from scipy.stats import nbinom
    >>> bool(np.allclose(one_by_one[0, 0, :9], nbinom.pmf(range(9), 1 + 2, 1 / 1.5), atol=1e-4))
    True
    """
    shape, rate = rates
    expected = (shape + observed) / (rate + known) * (1 - known)
    missing = np.arange(int(20 + 10 * expected.max()))
    share = known.clip(1e-9, 1 - 1e-9)[:, :, None]
    eventual = observed[:, None] + missing
    precision = 1 / together - 1
    logarithm: np.ndarray = (
        gammaln(shape[:, None] + eventual)
        - eventual * np.log1p(rate)[:, None]
        - gammaln(missing + 1)
        + betaln(observed[:, None] + precision * share, missing + precision * (1 - share))
    )
    weights = np.exp(logarithm - logarithm.max(axis=2, keepdims=True))
    distributions: np.ndarray = weights / weights.sum(axis=2, keepdims=True)
    return distributions


def _summary(missing: np.ndarray, observed: np.ndarray) -> dict[str, np.ndarray]:
    """Mean, 90 % interval and the chance of none, of distributions in rows.

    The interval begins at the first number with half of whose probability more than 5 % is reached
    (a mid-p limit: Lancaster, 1961, JASA 56) and is as near to 90 % as whole numbers allow. With
    its ends counted in full it would hold 95 % and more.
    """
    numbers = np.arange(missing.shape[1])
    upper = missing.cumsum(axis=1)
    low = (upper - missing / 2 < 0.05).sum(axis=1)
    below = np.take_along_axis(upper - missing, low[:, None], axis=1)
    off = np.where(numbers < low[:, None], np.inf, np.abs(upper - below - 0.9))
    return {
        "estimate": observed + missing @ numbers,
        "low": observed + low,
        "high": observed + off.argmin(axis=1),
        "complete": missing[:, 0],
    }


def _together(by_level: np.ndarray) -> np.ndarray:
    """The distribution over all days: within a level they are independent, so they convolve."""
    _, days, width = by_level.shape
    size = days * (width - 1) + 1
    sums = np.fft.irfft(np.fft.rfft(by_level, size).prod(axis=1), size)
    distribution: np.ndarray = sums.mean(axis=0)
    return distribution


def _total(in_all: np.ndarray, observed: int, n: int) -> Estimate:
    found = {name: of[0] for name, of in _summary(in_all[None, :], np.array([observed])).items()}
    low, high = int(found["low"]), int(found["high"])
    return Estimate(float(found["estimate"]), low, high, n, ASSUMPTION, level=0.9)
