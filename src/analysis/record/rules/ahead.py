"""Nothing is reported in the future, as far as whoever asks says which day it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken

#: It may be tomorrow already, where the source is.
AHEAD = dt.timedelta(days=1)


def last_day(today: dt.date) -> dt.date:
    """The last day that can have come anywhere.

    >>> last_day(dt.date(2024, 2, 28))
    datetime.date(2024, 2, 29)
    """
    return min(today, dt.date.max - AHEAD) + AHEAD


def not_in_the_future(rows: pd.DataFrame, today: dt.date) -> Iterator[Broken]:
    """Rows that are reported later than can be."""
    ahead = rows["reported_on"] > last_day(today).isoformat()
    right = "give the day on which the source published it"
    for index, day in rows.loc[ahead, "reported_on"].items():
        wrong = f"{quoted(day)} is more than a day ahead of today, {today}"
        yield int(str(index)), f"{wrong}; {right}"
