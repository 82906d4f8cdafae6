"""Official cumulative counts, and how much of them the record holds one by one."""

from __future__ import annotations

import pandas as pd

from analysis.record import Known
from analysis.record.wave import WAVE_START


def of_the_wave(known: Known, measure: str, scope: str = "ALL") -> pd.DataFrame:
    """Official tallies since 17 October 2023 on US and coalition forces, oldest first.

    Two tallies compare only if `since` and `target` are the same, so only these are taken.
    Of one day the largest counts: it is the last row of its day.
    """
    rows = known.tallies
    wanted = (
        (rows["since"] == WAVE_START)
        & (rows["target"] == "us-coalition-forces")
        & (rows["measure"] == measure)
        & (rows["scope"] == scope)
    )
    order = ["reported_on", "value", "through", "tally_id"]
    return rows[wanted].sort_values(order, ignore_index=True)


def newest(tallies: pd.DataFrame) -> pd.DataFrame:
    """The tally that counts: the newest `reported_on`, of one day the largest; 0 or 1 rows."""
    return tallies.tail(1)


def by_day(tallies: pd.DataFrame) -> pd.DataFrame:
    """One tally for each day on which one was given, the largest."""
    return tallies.drop_duplicates("reported_on", keep="last", ignore_index=True)


def counted_one_by_one(attacks: pd.DataFrame, through: pd.Timestamp) -> pd.DataFrame:
    """Officially confirmed attacks up to the last day that a tally counts."""
    return attacks[(attacks["confirmation"] == "official") & (attacks["event_date"] <= through)]
