"""The reporting triangle: how many attacks of each day were known on each later day.

What the record held on a day of the past is what a forecast of that day may use, and how it grew
since is what a nowcast learns from (Lawless, 1994, Canadian Journal of Statistics 22: reports with
delay form a triangle, of which the newest corner is still to come). Attacks here are recorded ones
on the campaign's targets since its start. A revision can move an attack to another day, or
raise a mere claim to a recorded attack: it counts from then on, and where it belongs.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.measures.attacks import RECORDED
from analysis.record import Known, remembered
from analysis.record.coded import is_one_of
from analysis.record.versions import as_told

#: Columns that decide whether an attack counts, and on which day.
DECISIVE = ["event_date", "target", "confirmation"]


@remembered
def known_spans(known: Known) -> pd.DataFrame:
    """From when until when an attack was known as a recorded one of its day.

    Returns
    -------
    DataFrame
        One row for each span, by attack: `attack_id`, `event_date`, `known_from` (first day on
        which this was known), `superseded_on` (first day on which it was known otherwise; NaT
        where it still stands).
    """
    told = as_told(known.versions.attacks, "attack_id", DECISIVE)
    counts = (
        is_one_of(told["target"], known.campaign.targets)
        & is_one_of(told["confirmation"], RECORDED)
        & told["event_date"].between(known.campaign.start, known.through)
        & (told["reported_on"] != told["until"])
    )
    spans = told.loc[counts, ["attack_id", "event_date", "reported_on", "until"]]
    names = ["attack_id", "event_date", "known_from", "superseded_on"]
    return spans.set_axis(names, axis="columns").reset_index(drop=True)


def counts_as_known(spans: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Recorded attacks of each day as the record held them on each day.

    Parameters
    ----------
    spans: what :func:`known_spans` returns.
    start, end: the first and the last day, on both axes.

    Returns
    -------
    DataFrame
        One row for each day on which one may have looked (from `start` to `end`), one
        column for each event date (the same days), whole numbers; 0 right of the diagonal.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> spans = pd.DataFrame({
    ...     "event_date": [day("2023-10-17"), day("2023-10-17")],
    ...     "known_from": [day("2023-10-17"), day("2023-10-18")],
    ...     "superseded_on": [pd.NaT, day("2023-10-19")],
    ... })
    >>> counts_as_known(spans, day("2023-10-17"), day("2023-10-19"))["2023-10-17"].tolist()
    [1, 2, 1]
    """
    days = pd.date_range(start, end)
    rows = spans[spans["event_date"].between(start, end)]
    place = (rows["event_date"] - start).dt.days.to_numpy()
    first = (rows["known_from"] - start).dt.days.clip(0, len(days)).to_numpy()
    last = (rows["superseded_on"] - start).dt.days.fillna(len(days)).clip(0, len(days))
    steps = np.zeros((len(days) + 1, len(days)), dtype=int)
    np.add.at(steps, (first, place), 1)
    np.add.at(steps, (last.to_numpy(dtype=int), place), -1)
    looked_on = days.rename("looked_on")
    return pd.DataFrame(steps[:-1].cumsum(axis=0), looked_on, days.rename("event_date"))
