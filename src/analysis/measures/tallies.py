"""Official cumulative counts of a campaign, and how much of them the record holds one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.record import Known, remembered
from analysis.record.codebook import ALL, SEA
from analysis.record.coded import is_one_of

#: What counts, from when to when, how many of what and where, and as of which report.
COLUMNS = ["tally_id", "reported_on", "since", "through", "scope", "target", "measure", "value",
           "qualifier"]  # fmt: skip


@remembered
def _official(known: Known) -> pd.DataFrame:
    """Official tallies of the campaign, whatever they count, oldest first."""
    rows, campaign = known.tallies, known.campaign
    wanted = (
        rows["since"].isin(campaign.tally_since)
        & is_one_of(rows["target"], campaign.targets)
        & is_one_of(rows["counted_by"], ["official"])
    )
    official = rows.loc[wanted, COLUMNS]
    by = (official[name].to_numpy() for name in ("through", "value", "reported_on"))
    return official.take(np.lexsort([*by]))


@remembered
def of_the_campaign(known: Known, measure: str, scope: str = ALL) -> pd.DataFrame:
    """Official tallies of the campaign, oldest first; of one day the largest is last.

    A tally is the campaign's if it counts one of its targets since one of the days that
    `campaigns.toml` names for it; what a monitor counts is none. For attacks on ships the scope
    `SEA` counts as that of all.
    """
    rows = _official(known)
    scopes = [ALL, SEA] if scope == ALL and known.campaign.at_sea else [scope]
    wanted = is_one_of(rows["measure"], [measure]) & is_one_of(rows["scope"], scopes)
    return rows[wanted].reset_index(drop=True)


def newest(tallies: pd.DataFrame) -> pd.DataFrame:
    """The newest tally, of one day the largest; 0 or 1 rows."""
    return tallies.tail(1)


def largest(tallies: pd.DataFrame) -> pd.DataFrame:
    """The largest tally, of equals the newest; 0 or 1 rows."""
    values = tallies["value"].to_numpy(int)
    return tallies.take(np.flatnonzero(values == values.max(initial=0))[-1:])


def by_day(tallies: pd.DataFrame) -> pd.DataFrame:
    """One tally for each day on which one was given, the largest."""
    return tallies.drop_duplicates("reported_on", keep="last", ignore_index=True)


def counted_one_by_one(known: Known, tally: pd.DataFrame) -> pd.DataFrame:
    """Attacks on a tally's target that officials confirm, from its first to its last day counted:
    `attack_id` and `event_date`, by event date.

    The days that officials count may begin before the campaign does.
    """
    since, through, target = (tally[name].iloc[0] for name in ("since", "through", "target"))
    rows = known.of_all_time.attacks
    wanted = (
        rows["event_date"].between(since, through)
        & is_one_of(rows["target"], [target])
        & is_one_of(rows["confirmation"], ["official"])
    )
    described: pd.DataFrame = rows.loc[wanted, ["attack_id", "event_date"]]
    return described.sort_values("event_date", kind="stable", ignore_index=True)
