"""Everything the response report asks of the record: strikes, arrivals, placebo dates, the model.

The parts are measures of their own; here they are put together once, for the facts, the figures
and the table of the report alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from analysis.measures import event_study as study
from analysis.measures.attacks import RECORDED, SOURCE, daily_counts
from analysis.measures.interrupted_series import (
    InterruptedSeries,
    interrupted_series,
    usable_breaks,
    why_not,
)
from analysis.measures.placebo import PlaceboTest, period_of, place_of_each, placebo_ratios
from analysis.record import Known
from analysis.record.wave import WAVE_START

#: Strikes at most so many days apart are one campaign for the model of the whole period: shorter
#: pieces would bear no trend of their own.
CAMPAIGN_GAP = 14

#: What US strikes in Yemen answer.
SHIPS = ("us-warship", "commercial-shipping")


@dataclass(frozen=True)
class Effect:
    """Events of one kind, what came before and after each, and the same at placebo dates.

    Parameters
    ----------
    counts: attacks on each day since 17 October 2023.
    days: length of a whole span.
    events: all events; see :func:`analysis.measures.event_study.event_study`.
    compared: those with enough days on both sides.
    places: for each of these, where it lies among placebo dates of its own kind.
    placebos: log rate ratio at each placebo date, single days with whole spans.
    """

    counts: pd.Series
    days: int
    events: pd.DataFrame
    compared: pd.DataFrame
    places: list[PlaceboTest]
    placebos: pd.Series


def after_strikes(known: Known, held: pd.DataFrame, days: int) -> Effect:
    """What came after episodes of US strikes in Iraq and Syria."""
    return _effect(study.strike_episodes, known, held, days)


def after_arrivals(known: Known, held: pd.DataFrame, days: int) -> Effect:
    """What came after large arrivals in the region."""
    return _effect(study.arrival_episodes, known, held, days)


def _effect(
    episodes: Callable[[Known, int], pd.DataFrame], known: Known, held: pd.DataFrame, days: int
) -> Effect:
    counts = daily_counts(held, known.date)
    events = study.event_study(counts, episodes(known, days), days)
    compared = study.comparable(events)
    return Effect(
        counts=counts,
        days=days,
        events=events,
        compared=compared,
        places=place_of_each(counts, compared, days),
        placebos=placebo_ratios(counts, events, days),
    )


@dataclass(frozen=True)
class CampaignModel:
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


def model_of_campaigns(known: Known, held: pd.DataFrame) -> CampaignModel:
    """A break in level and trend at the first day of each campaign of strikes, if it bears one."""
    campaigns = study.strike_episodes(known, CAMPAIGN_GAP)
    period = period_of(daily_counts(held, known.date), campaigns, CAMPAIGN_GAP)
    if campaigns.empty:
        return CampaignModel(period, None, "there has been no strike")
    breaks = usable_breaks(period, list(campaigns["first"]))
    reason = why_not(period, breaks)
    if reason:
        return CampaignModel(period, None, reason)
    fit = interrupted_series(period, breaks)
    return CampaignModel(period, fit, "" if fit else "the fit does not converge")


def attacks_on_ships(known: Known) -> pd.DataFrame:
    """Recorded attacks on warships and merchant ships since 17 October 2023, by event date."""
    rows = known.attacks.drop(columns=SOURCE)
    wanted = (
        rows["target"].isin(SHIPS)
        & rows["confirmation"].isin(RECORDED)
        & (rows["event_date"] >= WAVE_START)
    )
    return rows[wanted].sort_values(["event_date", "attack_id"], ignore_index=True)
