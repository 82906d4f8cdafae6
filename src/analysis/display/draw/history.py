"""What the figures over time share: how far back they go, and weeks that end on the as-of date."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.measures.attacks import daily_counts
from analysis.record.wave import WAVE_START

#: What a figure function returns where there would be nothing to see.
NOTHING = Fragment(Markup(""))


def source(page: Page) -> str:
    """Where the data of every figure come from."""
    return f"Source: the record, reports through {words.day(page.as_of)}."


def history(page: Page) -> pd.Timedelta:
    """From the first day that figures show to the as-of date."""
    return pd.Timedelta(days=int(page.parameters["history_days"]) - 1)


def start_of(page: Page) -> pd.Timestamp:
    """First day of the history: never before the wave."""
    return max(page.as_of - history(page), WAVE_START)


def day_numbers(dates: pd.Series | pd.Index) -> np.ndarray:
    """Dates as matplotlib counts them."""
    return np.asarray(mdates.date2num(dates))


def week_ends(page: Page) -> pd.DatetimeIndex:
    """Last days of the spans of seven days that end on the as-of date, as far as history goes."""
    count = -(-((page.as_of - start_of(page)).days + 1) // 7)
    return pd.date_range(end=page.as_of, periods=count, freq="7D")


def weekly_counts(attacks: pd.DataFrame, weeks: pd.DatetimeIndex) -> np.ndarray:
    """Attacks in each of the spans of seven days that end on `weeks`."""
    daily = daily_counts(attacks, weeks[-1], weeks[0] - pd.Timedelta(days=6))
    counts: np.ndarray = daily.to_numpy().reshape(len(weeks), 7).sum(axis=1)
    return counts
