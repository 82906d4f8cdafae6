"""Nothing is reported in the future, as far as whoever asks says which day it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken
from analysis.today import last_day


def not_in_the_future(rows: pd.DataFrame, today: dt.date) -> Iterator[Broken]:
    """Rows that are reported later than can be."""
    ahead = rows["reported_on"] > last_day(today).isoformat()
    right = "give the day on which the source published it"
    for index, day in rows.loc[ahead, "reported_on"].items():
        wrong = f"{quoted(str(day))} is more than a day ahead of today, {today}"
        yield int(str(index)), f"{wrong}; {right}"
