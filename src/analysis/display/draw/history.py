"""What the figures over time share: how far back they go, and weeks that end on the as-of date."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
import pandas as pd

from analysis.display import words
from analysis.display.page import Page
from analysis.measures.attacks import daily_counts

#: With fewer days than these there is no course of time to draw; the sentences say it all.
SHORTEST_COURSE = 4

#: With fewer days than these, a week a bar would be too few bars.
SHORTEST_IN_WEEKS = 28

#: With fewer attacks than these in the history a figure over time would show next to nothing.
FEWEST_IN_HISTORY = 5


def source(page: Page) -> str:
    """Where the data of every figure come from."""
    cut = history(page) > page.as_of - page.campaign.start
    began = f" The campaign began on {words.day(page.campaign.start)}." if cut else ""
    sample = " It only samples these days." if page.kept == "sampled" else ""
    newest = page.known.record_through
    reports = "no report yet" if newest is None else f"reports through {words.day(newest)}"
    return f"Source: the record, {reports}.{sample}{began}"


def history(page: Page) -> pd.Timedelta:
    """From the first day that figures show to the as-of date."""
    return pd.Timedelta(days=int(page.parameters["history_days"]) - 1)


def start_of(page: Page) -> pd.Timestamp:
    """First day of the history: never before the campaign, nor before days that nobody kept."""
    first = max(page.as_of - history(page), page.campaign.start)
    unkept = np.flatnonzero(page.known.levels(first, page.as_of, page.targets) == 0)
    return first + pd.Timedelta(days=int(unkept[-1]) + 1) if len(unkept) else first


def day_numbers(dates: pd.Series | pd.Index) -> np.ndarray:
    """Dates as matplotlib counts them."""
    return np.asarray(mdates.date2num(dates))


def too_short(page: Page) -> bool:
    """Whether so few days were kept that a figure over time would show next to nothing."""
    return page.kept_window == "none" or (page.as_of - start_of(page)).days < SHORTEST_COURSE


def too_few(page: Page, attacks: pd.DataFrame) -> bool:
    """Whether the history holds so few attacks that a figure over time would show little."""
    few = int((attacks["event_date"] >= start_of(page)).sum()) < FEWEST_IN_HISTORY
    return few or page.kept_window == "none"


def span_days(page: Page) -> int:
    """How many days a bar stands for: seven, but one while the history is too short for weeks."""
    return 1 if (page.as_of - start_of(page)).days < SHORTEST_IN_WEEKS else 7


def in_spans(page: Page) -> str:
    """The unit that goes with it, to follow "Attacks"."""
    return "a day" if span_days(page) == 1 else "in spans of seven days (the date is the last day)"


def span_ends(page: Page, days: int) -> pd.DatetimeIndex:
    """Last days of the spans that end on the as-of date, as far as history goes."""
    count = -(-((page.as_of - start_of(page)).days + 1) // days)
    return pd.date_range(end=page.as_of, periods=count, freq=f"{days}D")


def span_counts(attacks: pd.DataFrame, ends: pd.DatetimeIndex, days: int) -> np.ndarray:
    """Attacks in each of the spans of so many days that end on `ends`."""
    daily = daily_counts(attacks, ends[0] - pd.Timedelta(days=days - 1), ends[-1])
    counts: np.ndarray = daily.to_numpy().reshape(len(ends), days).sum(axis=1)
    return counts
