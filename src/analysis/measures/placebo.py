"""Placebo dates: what the same comparison gives on days without an event, and the test from it.

The rate of attacks moves by itself, so a ratio of two neighbouring weeks is rarely 1. How unusual
the ratio at a real event is shows where it lies among the ratios at all other days of the period
(placebo tests in time: Abadie, Diamond and Hainmueller, 2010, JASA 105; randomisation test: Fisher,
1935). A p-value is mid-rank: equal ratios count one half (Lancaster, 1961, JASA 56), so that few
placebo dates do not make the test blunt, and two-sided: twice the smaller tail.

The ratio is compared on the log scale, with half an attack added to each count so that zeros can
take part (Haldane, 1956, Annals of Human Genetics 20).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.measures.estimate import Estimate

ASSUMPTION = (
    "Any other day of the period might as well have been the day of the event: what decided on "
    "the day had nothing to do with the attacks before it."
)

#: With fewer placebo dates no share of them can be called five per cent: the least mid-rank
#: p-value of a true null would be too often, or never, below it.
FEWEST_PLACEBOS = 29

#: Random placements of all events that the joint test compares the real one with.
PLACEMENTS = 1_999
SEED = 20231017


def period_of(counts: pd.Series, events: pd.DataFrame, days: int) -> pd.Series:
    """The part of the series in which an event could be: to `days` days after all is over.

    Long after the last attack and the last event every comparison is of nothing with nothing;
    such days would make any real event look special.
    """
    active = counts.index[counts.to_numpy() > 0]
    ends = [*active[-1:], *events["last"].tail(1)]
    if not ends:
        return counts.iloc[:0]
    length = (max(ends) - counts.index[0]).days + 1 + days
    return counts.iloc[:length]


def log_ratios(counts: pd.Series, days_before: int, days: int, days_after: int) -> pd.Series:
    """Log rate ratio of an event of `days` days, begun on any day on which its spans fit.

    Returns
    -------
    Series
        By the first day of the event; half an attack is added to both counts.

    Examples
    --------
    >>> counts = pd.Series([1, 0, 4, 1], pd.date_range("2024-01-01", periods=4))
    >>> np.exp(log_ratios(counts, 1, 1, 1)).round(2).tolist()
    [3.0, 3.0]
    """
    first = np.arange(days_before, len(counts) - days - days_after + 1)
    values = _log_ratios_at(counts, first, days_before, days, days_after)
    return pd.Series(values, counts.index[first])


def placebo_ratios(counts: pd.Series, events: pd.DataFrame, days: int) -> pd.Series:
    """Log rate ratios at all placebo dates: single days of the period that are in no episode."""
    return _away_from(events, 1, log_ratios(period_of(counts, events, days), days, 1, days))


@dataclass(frozen=True)
class AfterBusyDays:
    """What came after days that followed as many attacks as real events do, but were none.

    `least` is how many attacks their days before held at least (the median of the events' own),
    `n` how many such days there are, `estimate` the ratio of their pooled rates, after ÷ before:
    what regression to the mean alone gives.
    """

    estimate: float
    least: int
    n: int


def after_busy_days(counts: pd.Series, study: pd.DataFrame, days: int) -> AfterBusyDays | None:
    """The rate ratio at placebo dates that followed at least as many attacks as the real events.

    A strike that follows a burst of attacks is followed by fewer attacks on average, whatever it
    does: bursts end (regression to the mean; Barnett, van der Pols and Dobson, 2005, International
    Journal of Epidemiology 34). None without events or without such days.
    """
    if study.empty:
        return None
    least = max(1, int(np.median(study["before"])))
    dates = pd.DatetimeIndex(placebo_ratios(counts, study, days).index)
    first = np.searchsorted(counts.index, dates)
    sums = np.concatenate([[0], counts.to_numpy().cumsum()])
    before, after = sums[first] - sums[first - days], sums[first + 1 + days] - sums[first + 1]
    busy = before >= least
    if not busy.any():
        return None
    return AfterBusyDays(float(after[busy].sum() / before[busy].sum()), least, int(busy.sum()))


def place_of_each(counts: pd.Series, study: pd.DataFrame, days: int) -> list[Estimate]:
    """Each event among the placebo dates of its own kind: as long, with spans as long.

    The value is the rate ratio, after ÷ before, the range where the middle 95 % of placebo values
    lie, n how many there are; without a p-value where they are too few.

    Parameters
    ----------
    counts: attacks on each day of the campaign.
    study: comparable rows of :func:`analysis.measures.event_study.event_study`.
    days: length of a whole span.
    """
    period = period_of(counts, study, days)
    return [_place_of_one(period, row, study) for row in study.to_dict("records")]


def _place_of_one(period: pd.Series, row: dict[Any, Any], events: pd.DataFrame) -> Estimate:
    length = (row["last"] - row["first"]).days + 1
    everywhere = log_ratios(period, row["days_before"], length, row["days_after"])
    placebos = _away_from(events, length, everywhere)
    return _tested(float(everywhere[row["first"]]), placebos.to_numpy())


def joint_test(counts: pd.Series, study: pd.DataFrame, days: int) -> Estimate | None:
    """All events together: their mean log ratio among random placements of the same events.

    Each placement puts the same events, with spans as long, in random order on random days of the
    period on which all spans fit and more than `days` days lie between two events, as they do
    between real ones.

    Parameters
    ----------
    counts: attacks on each day of the campaign.
    study: comparable rows of :func:`analysis.measures.event_study.event_study`.
    days: length of a whole span.

    Returns
    -------
    Estimate or None
        None without an event; of one event its own place, over all dates. Without a p-value where
        the period leaves the events no room to move by both spans: random placements would then
        be much the same as the real one.
    """
    if len(study) < 2:
        return next(iter(place_of_each(counts, study, days)), None)
    period = period_of(counts, study, days)
    shape = study[["days_before", "days_after"]].assign(
        days=(study["last"] - study["first"]).dt.days + 1
    )
    first = ((study["first"] - period.index[0]).dt.days).to_numpy()
    real = _mean_log_ratio(period, first[None, :], np.arange(len(study))[None, :], shape)
    order, placed = _placements(len(period), shape, days)
    found = _tested(float(real[0]), _mean_log_ratio(period, placed, order, shape))
    return found if _slack(len(period), shape, days) >= 2 * days else replace(found, p_value=None)


def _slack(period_days: int, shape: pd.DataFrame, gap: int) -> int:
    """Days that are left over where the events stand as close as they may, in their real order."""
    edges = shape["days_before"].iloc[0] + shape["days_after"].iloc[-1]
    return int(period_days - edges - shape["days"].sum() - gap * (len(shape) - 1))


def _placements(period_days: int, shape: pd.DataFrame, gap: int) -> tuple[Any, Any]:
    """Random orders of the events and their first days, one placement a row."""
    rng = np.random.default_rng(SEED)
    order = rng.permuted(np.tile(np.arange(len(shape)), (PLACEMENTS, 1)), axis=1)
    lengths = shape["days"].to_numpy()[order]
    lead = shape["days_before"].to_numpy()[order[:, 0]]
    trail = shape["days_after"].to_numpy()[order[:, -1]]
    taken = lead + trail + lengths.sum(axis=1) + gap * (len(shape) - 1)
    slack = period_days - taken
    order, lengths, lead, slack = (part[slack >= 0] for part in (order, lengths, lead, slack))
    spread = np.sort(rng.integers(0, slack[:, None] + 1, order.shape), axis=1)
    earlier = np.cumsum(lengths + gap, axis=1) - lengths - gap
    return order, lead[:, None] + earlier + spread


def _mean_log_ratio(period: pd.Series, first: Any, order: Any, shape: pd.DataFrame) -> Any:
    before, days, after = (
        shape[name].to_numpy()[order] for name in ("days_before", "days", "days_after")
    )
    return _log_ratios_at(period, first, before, days, after).mean(axis=1)


def _log_ratios_at(counts: pd.Series, first: Any, before: Any, days: Any, after: Any) -> Any:
    sums = np.concatenate([[0], counts.to_numpy().cumsum()])
    ahead = sums[first] - sums[first - before]
    behind = sums[first + days + after] - sums[first + days]
    return np.log((behind + 0.5) / after) - np.log((ahead + 0.5) / before)


def _away_from(events: pd.DataFrame, length: int, ratios: pd.Series) -> pd.Series:
    """Ratios of placebo events of this length, by first day, that touch no real event."""
    starts = pd.DatetimeIndex(ratios.index)
    ends = starts + pd.Timedelta(days=length - 1)
    touched = np.zeros(len(starts), dtype=bool)
    for first, last in zip(events["first"], events["last"], strict=True):
        touched |= (starts <= last) & (ends >= first)
    apart: pd.Series = ratios[~touched]
    return apart


def _tested(real: float, placebos: Any) -> Estimate:
    """The real value among placebo values; equal within rounding counts as equal."""
    n = len(placebos)
    equal = np.isclose(placebos, real)
    lower = int(((placebos < real) & ~equal).sum())
    ties = int(equal.sum())
    tail = min(lower, n - lower - ties) + (ties + 1) / 2
    low, high = np.exp(np.quantile(placebos, [0.025, 0.975])).tolist() if n else (None, None)
    return Estimate(
        value=float(np.exp(real)),
        low=low,
        high=high,
        p_value=min(1.0, 2 * tail / (n + 1)) if n >= FEWEST_PLACEBOS else None,
        place=(lower + ties / 2) / n if n else 0.5,
        n=n,
        assumption=ASSUMPTION,
    )
