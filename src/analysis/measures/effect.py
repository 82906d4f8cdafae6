"""Everything the response report asks of the record: strikes, arrivals, placebo dates, the model.

The parts are measures of their own; here they are put together once, for the facts, the figures
and the table of the report alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from analysis.measures import event_study as study
from analysis.measures.attacks import (
    daily_counts,
    on_any_target,
    recorded,
    recorded_counted,
)
from analysis.measures.estimate import Estimate
from analysis.measures.interrupted_series import (
    InterruptedSeries,
    interrupted_series,
    usable_breaks,
    why_not,
)
from analysis.measures.placebo import joint_test, period_of, place_of_each, placebo_ratios
from analysis.record import Known, Theatre, remembered
from analysis.record.coded import is_one_of

#: Strikes at most so many days apart are one series of strikes for the model of the whole period:
#: shorter pieces would bear no trend of their own.
SERIES_GAP = 14


@dataclass(frozen=True)
class Effect:
    """Events of one kind, what came before and after each, and the same at placebo dates.

    Parameters
    ----------
    counts: attacks on each day of the campaign.
    days: length of a whole span.
    events: all events; see :func:`analysis.measures.event_study.event_study`.
    compared: those with enough days on both sides.
    places: for each of these, where it lies among placebo dates of its own kind.
    placebos: log rate ratio at each placebo date, single days with whole spans.
    together: all of them among random placements of the same events; None without any.
    """

    counts: pd.Series
    days: int
    events: pd.DataFrame
    compared: pd.DataFrame
    places: list[Estimate]
    placebos: pd.Series
    together: Estimate | None


@remembered
def counts_of_days(known: Known) -> pd.Series:
    """Recorded attacks on each day of the campaign."""
    return daily_counts(recorded_counted(known), known.campaign.start, known.through)


@remembered
def after_strikes(known: Known, days: int) -> Effect:
    """What came after episodes of US strikes in the main theatre."""
    return _effect(study.strike_episodes, known, days)


def latest_study(known: Known, days: int) -> pd.Series | None:
    """The latest episode of US strikes and what came before and after it; None without any.

    Returns
    -------
    Series or None
        A row of :func:`analysis.measures.event_study.event_study`.
    """
    counts = counts_of_days(known)
    if counts.empty:
        return None
    events = study.event_study(counts, study.strike_episodes(known, days).tail(1), days)
    return None if events.empty else events.iloc[-1]


@remembered
def after_arrivals(known: Known, days: int) -> Effect:
    """What came after large arrivals in the region."""
    return _effect(study.arrival_episodes, known, days)


def _effect(episodes: Callable[[Known, int], pd.DataFrame], known: Known, days: int) -> Effect:
    counts = counts_of_days(known)
    events = study.event_study(counts, episodes(known, days), days)
    compared = study.comparable(events)
    return Effect(
        counts=counts,
        days=days,
        events=events,
        compared=compared,
        places=place_of_each(counts, compared, days),
        placebos=placebo_ratios(counts, events, days),
        together=joint_test(counts, compared, days),
    )


@dataclass(frozen=True)
class RateModel:
    """The interrupted time series of the whole period, or why there is none.

    Parameters
    ----------
    counts: attacks on each day of the period.
    fit: the model; None where the series bears none.
    reason: why not, in words that follow "because"; empty where there is a model.
    """

    counts: pd.Series
    fit: InterruptedSeries | None
    reason: str


@remembered
def rate_model(known: Known) -> RateModel:
    """A break in level and trend at the first day of each series of strikes, if it bears one."""
    series = study.strike_episodes(known, SERIES_GAP)
    period = period_of(counts_of_days(known), series, SERIES_GAP)
    if series.empty:
        return RateModel(period, None, "there has been no strike")
    breaks = usable_breaks(period, list(series["first"]))
    reason = why_not(period, breaks)
    if reason:
        return RateModel(period, None, reason)
    fit = interrupted_series(period, breaks)
    return RateModel(period, fit, "" if fit else "the fit does not converge")


def answered_in(known: Known, theatre: Theatre) -> pd.DataFrame:
    """Recorded attacks on the targets that strikes in a theatre answer, by event date."""
    targets = theatre.answers or known.campaign.targets
    attacks = recorded(on_any_target(known))
    return attacks[is_one_of(attacks["target"], targets)].reset_index(drop=True)
