"""Truces of a campaign: those of the record's milestones that began while it ran.

A campaign that begins is the end of whatever truce was before it.
"""

from __future__ import annotations

import pandas as pd

from analysis.record import Known


def truces(known: Known) -> pd.DataFrame:
    """Truces that have begun, oldest first: the columns of milestones.csv; open where they last."""
    return of_campaign(known, known.milestones).sort_values("start_on", ignore_index=True)


def in_force(known: Known) -> pd.DataFrame:
    """Those of them that are in force on the as-of date, as far as known."""
    begun = truces(known)
    return begun[begun["end_on"].isna() | (begun["end_on"] >= known.date)]


def of_campaign(known: Known, milestones: pd.DataFrame) -> pd.DataFrame:
    """Rows about truces that began while the campaign ran; of versions too."""
    began = milestones["start_on"].between(known.campaign.start, known.date)
    return milestones[(milestones["kind"] == "truce") & began]
