"""What was known on each day of the past: the only thing that a model sees.

Row `o` of every array is the origin, the day on which one forecasts; column `j` a day of the
record. Nothing that was reported after day `o` is in row `o`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from analysis.measures.responses import AMERICAN
from analysis.measures.triangle import counts_as_known, known_spans
from analysis.record import Known
from analysis.record.coded import is_one_of
from analysis.record.versions import as_told

#: With fewer days than these there is no forecast.
SHORTEST_SERIES = 7

#: So many days of the past take part; the next days are nothing like the attacks of years ago.
LONGEST_SERIES = 730

#: Models are fitted anew on every seventh day of the series.
REFIT_DAYS = 7

#: The longest horizon, in days.
LONGEST_HORIZON = 60


@dataclass(frozen=True)
class KnownThen:
    """Daily counts and dated indicators as they were known on each day.

    Parameters
    ----------
    days: the days of the record, which are also the origins; n of them.
    counts: recorded attacks of day `j` as known on day `o`, 0 where `j > o`; shape (n, n).
    truce: whether day `j` lay in a truce as far as known on day `o`, with the days ahead: a
        truce without a known end is taken to last; shape (n, n + 60).
    struck: whether the US struck in the main theatre on day `j`, as known on day `o`; shape (n, n).
    """

    days: pd.DatetimeIndex
    counts: np.ndarray
    truce: np.ndarray
    struck: np.ndarray

    @cached_property
    def age(self) -> np.ndarray:
        """Days from day `j` to the origin `o`, below 0 for days ahead; shape (n, n)."""
        place = np.arange(len(self.days))
        return place[:, None] - place

    def weekly(self) -> list[tuple[int, slice]]:
        """The origins on which models are fitted, and the rows that each fit serves."""
        last = len(self.days)
        starts = range(SHORTEST_SERIES - 1, last, REFIT_DAYS)
        return [(start, slice(start, min(start + REFIT_DAYS, last))) for start in starts]

    def ahead(self, horizon: int) -> np.ndarray:
        """Whether each of the next `horizon` days lies in a truce; shape (n, horizon)."""
        place = np.arange(len(self.days))[:, None] + np.arange(1, horizon + 1)
        return np.take_along_axis(self.truce, place, axis=1)

    def outcomes(self, horizon: int) -> np.ndarray:
        """Attacks in the `horizon` days after day `i`, as known on day `o`; shape (n, n).

        NaN where these days had not passed on day `o`.
        """
        days = len(self.days)
        sums = np.pad(self.counts.cumsum(axis=1), ((0, 0), (0, horizon)), mode="edge")
        counted = (sums[:, horizon:] - sums[:, :days]).astype(float)
        return np.where(self.age >= horizon, counted, np.nan)

    def past_sums(self, days: int) -> np.ndarray:
        """Attacks in the `days` days that end on day `j`, as known on day `o`; shape (n, n).

        NaN where these days are not all past on day `o`, or began before the record.
        """
        sums = self.counts.cumsum(axis=1)
        before = np.pad(sums, ((0, 0), (days, 0)))[:, : sums.shape[1]]
        whole = (self.age >= 0) & (np.arange(len(self.days)) >= days - 1)
        return np.where(whole, sums - before, np.nan)


def known_then(known: Known) -> KnownThen | None:
    """What was known on each day up to the as-of date; None where the series is too short."""
    longest = known.date - pd.Timedelta(days=LONGEST_SERIES - 1)
    days = pd.date_range(max(known.campaign.start, longest), known.date)
    if len(days) < SHORTEST_SERIES:
        return None
    counts = counts_as_known(known_spans(known), days[0], known.date)
    return KnownThen(
        days=days,
        counts=counts.to_numpy(),
        truce=_truce_days(known, days),
        struck=_strike_days(known, days),
    )


def _truce_days(known: Known, days: pd.DatetimeIndex) -> np.ndarray:
    """Whether each day lay in a truce, as known on each day."""
    ahead = pd.date_range(days[0], periods=len(days) + LONGEST_HORIZON)
    held = np.zeros((len(days), len(ahead)), dtype=bool)
    told = as_told(known.versions.milestones, "milestone_id", ["kind", "start_on", "end_on"])
    told = told[(told["kind"] == "truce") & (told["start_on"] >= known.campaign.start)]
    first = ahead.searchsorted(told["start_on"])
    after = _places(ahead, told["end_on"], side="right")
    for looked_on, start, end in zip(_while_told(told, days), first, after, strict=True):
        held[looked_on, start:end] = True
    return held


def _strike_days(known: Known, days: pd.DatetimeIndex) -> np.ndarray:
    """Whether the US struck in the main theatre on each day, as known on each day."""
    columns = ["event_date", "country", "by", "counting"]
    told = as_told(known.versions.responses, "response_id", columns)
    told = told[
        is_one_of(told["country"], known.campaign.main.countries)
        & is_one_of(told["by"], AMERICAN)
        & (told["counting"] == "event")
        & told["event_date"].between(days[0], days[-1])
    ]
    struck = np.zeros((len(days), len(days)), dtype=bool)
    on = days.searchsorted(told["event_date"])
    for looked_on, day in zip(_while_told(told, days), on, strict=True):
        struck[looked_on, day] = True
    return struck


def _while_told(told: pd.DataFrame, days: pd.DatetimeIndex) -> list[slice]:
    """The days on which each version was the newest."""
    first, after = days.searchsorted(told["reported_on"]), _places(days, told["until"])
    return [slice(start, end) for start, end in zip(first, after, strict=True)]


def _places(
    days: pd.DatetimeIndex, ends: pd.Series, side: Literal["left", "right"] = "left"
) -> np.ndarray:
    """Where ends lie among days; behind all of them what has no end."""
    return np.where(ends.isna(), len(days), days.searchsorted(ends, side=side))
