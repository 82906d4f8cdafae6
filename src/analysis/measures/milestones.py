"""What else the record notes of the window: wars, operations, truces, incidents, announcements."""

from __future__ import annotations

import pandas as pd

from analysis.record import Known
from analysis.record.codebook import codes
from analysis.record.coded import is_one_of

#: Kinds under which strikes may lie that no row tells one by one.
FIGHTING = ("war", "operation")


def of_window(known: Known, days: int, most: int) -> pd.DataFrame:
    """Milestones that began in the window, those of the first kinds if they are many.

    Parameters
    ----------
    known: what was known on the as-of date.
    days: length of the window that ends on that day.
    most: so many at most.

    Returns
    -------
    DataFrame
        The columns of milestones.csv, the oldest first.
    """
    first = known.date - pd.Timedelta(days=days - 1)
    rows = known.milestones[known.milestones["start_on"].between(first, known.date)]
    kind = rows["kind"].astype("str").map(codes("milestone_kind").index)
    rows = rows.assign(rank=kind).sort_values(["rank", "start_on", "milestone_id"], kind="stable")
    return rows.head(most).sort_values(["start_on", "milestone_id"]).drop(columns="rank")


def fighting(known: Known) -> pd.DataFrame:
    """Wars and operations that began while the campaign runs, the oldest first."""
    began = known.milestones["start_on"].between(known.campaign.start, known.date)
    rows = known.milestones[began & is_one_of(known.milestones["kind"], FIGHTING)]
    return rows.sort_values(["start_on", "milestone_id"])
