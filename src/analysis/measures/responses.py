"""US strikes by theatre, and the number of attacks in the days before and after one.

A strike in Iraq or Syria answers attacks on bases, one in Yemen attacks on ships: the theatres
are never added up.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.measures.rate_ratio import rate_ratio
from analysis.record import Known

#: Strikes by the US or with it.
AMERICAN = ("us", "us-uk", "coalition")

#: With fewer days after a strike than these, a comparison of rates would say nothing.
SHORTEST_SPAN = 3


def in_iraq_and_syria(known: Known) -> pd.DataFrame:
    """Strikes by the US or with it in Iraq and Syria, oldest first."""
    return _strikes(known, ("IRQ", "SYR"))


def in_yemen(known: Known) -> pd.DataFrame:
    """Strikes by the US or with it in Yemen, oldest first."""
    return _strikes(known, ("YEM",))


def _strikes(known: Known, countries: tuple[str, ...]) -> pd.DataFrame:
    rows = known.responses
    wanted = rows["by"].isin(AMERICAN) & rows["country"].isin(countries)
    return rows[wanted].sort_values(["event_date", "response_id"], ignore_index=True)


@dataclass(frozen=True)
class BeforeAfter:
    """Attacks in equally long spans before and after a day, and the ratio of the two rates.

    The day itself is left out. `rate_ratio` is after ÷ before, `low` and `high` its 95 % interval,
    to two decimals, by :func:`analysis.measures.rate_ratio.rate_ratio`; None where both spans are
    empty.
    """

    days: int
    before: pd.DataFrame
    after: pd.DataFrame
    rate_ratio: float | None
    low: float | None
    high: float | None


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
    found = rate_ratio(len(before), len(after), length, length)
    if found is None:
        return BeforeAfter(length, before, after, None, None, None)
    ratio, low, high = (
        None if value is None else round(value, 2)
        for value in (found.estimate, found.low, found.high)
    )
    return BeforeAfter(length, before, after, ratio, low, high)
