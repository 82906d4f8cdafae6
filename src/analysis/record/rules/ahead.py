"""Nothing is reported or watched in the future, as far as whoever asks says which day it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken
from analysis.today import last_day

#: What would be right instead of a day that has not come.
_RIGHT = {
    "reported_on": "give the day on which the source published it",
    "since": "give the first day that somebody watched",
    "through": "give the last day that somebody watched, or none while somebody does",
}


def not_in_the_future(rows: pd.DataFrame, today: dt.date, column: str) -> Iterator[Broken]:
    """Rows that give a day which cannot have come."""
    right = _RIGHT[column]
    for index, day in rows.loc[rows[column] > last_day(today).isoformat(), column].items():
        wrong = f"{quoted(str(day))} is more than a day ahead of today, {today}"
        yield int(str(index)), f"{wrong}; {right}"
