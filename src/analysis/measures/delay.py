"""How long it takes until an attack is known, and what revisions change."""

from __future__ import annotations

import pandas as pd


def reporting_delay(attacks: pd.DataFrame) -> pd.Series:
    """Days from the event to the first report of each attack, whole numbers from 0.

    The newest attacks are known only if they were reported fast, so the delays of the last
    days look shorter than they will turn out to be.
    """
    delay: pd.Series = (attacks["first_reported_on"] - attacks["event_date"]).dt.days
    return delay
