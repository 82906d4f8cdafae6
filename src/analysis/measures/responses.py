"""US strikes by theatre, and the number of attacks in the days before and after one.

A strike answers attacks on the targets of its theatre: theatres are never added up. Running totals
over many strikes (`counting` = `summary`) are no strikes and take no part.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.measures.estimate import Estimate
from analysis.measures.rate_ratio import rate_ratio
from analysis.record import Known, Theatre, remembered
from analysis.record.codebook import codes

#: Strikes by the US or with it.
AMERICAN = codes("by", having="american")

#: With fewer days after a strike than these, a comparison of rates would say nothing.
SHORTEST_SPAN = 3


@remembered
def american(known: Known) -> pd.DataFrame:
    """Strikes by the US or with it since the campaign began, anywhere, oldest first."""
    rows = known.responses
    wanted = rows["by"].isin(AMERICAN) & (rows["counting"] == "event")
    return rows[wanted].sort_values(["event_date", "response_id"], ignore_index=True)


def in_theatre(known: Known, theatre: Theatre) -> pd.DataFrame:
    """Those of them in the countries of a theatre."""
    rows = american(known)
    return rows[rows["country"].isin(theatre.countries)].reset_index(drop=True)


def in_main_theatre(known: Known) -> pd.DataFrame:
    """Those of them in the theatre whose strikes are compared with the campaign's attacks."""
    return in_theatre(known, known.campaign.main)


@dataclass(frozen=True)
class BeforeAfter:
    """Attacks in equally long spans before and after a day, and the ratio of the two rates.

    The day itself is left out. `ratio` is after ÷ before, see
    :func:`analysis.measures.rate_ratio.rate_ratio`; None where both spans are empty.
    """

    days: int
    before: pd.DataFrame
    after: pd.DataFrame
    ratio: Estimate | None


def before_and_after(
    attacks: pd.DataFrame, day: pd.Timestamp, as_of: pd.Timestamp, days: int = 7
) -> BeforeAfter:
    """Compare the `days` days before and after `day`, fewer where `as_of` comes sooner.

    Parameters
    ----------
    attacks: one row for each attack, with `event_date`.
    day: the day of the strike.
    as_of: the last day of which anything is known.
    days: length of each span.

    Returns
    -------
    BeforeAfter
        With `days` 0 and empty spans where no day has passed since.
    """
    length = min(days, (as_of - day).days)
    span = pd.Timedelta(days=length)
    dates = attacks["event_date"]
    before = attacks[(dates >= day - span) & (dates < day)]
    after = attacks[(dates > day) & (dates <= day + span)]
    return BeforeAfter(length, before, after, rate_ratio(len(before), len(after), length, length))
