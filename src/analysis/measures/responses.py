"""US strikes by theatre, and the number of attacks in the days before and after one.

A strike in Iraq or Syria answers attacks on bases, one in Yemen attacks on ships: the theatres
are never added up.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from scipy.special import betaincinv

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

    The day itself is left out. `rate_ratio` is after ÷ before, `low` and `high` its 95 %
    interval, conditional and exact (Przyborowski and Wilenski, 1940; Clopper and Pearson, 1934);
    None where both spans are empty. Assumption: counts are Poisson, each span at one rate.
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
    if before.empty and after.empty:
        return BeforeAfter(length, before, after, None, None, None)
    low, high = _exact_interval(len(after), len(after) + len(before))
    return BeforeAfter(
        length,
        before,
        after,
        _odds(len(after) / (len(after) + len(before))),
        _odds(low),
        _odds(high),
    )


def _exact_interval(part: int, whole: int, level: float = 0.95) -> tuple[float, float]:
    """The interval of Clopper and Pearson for a proportion.

    >>> low, high = _exact_interval(3, 10)
    >>> round(low, 3), round(high, 3)
    (0.067, 0.652)
    """
    tail = (1 - level) / 2
    low = float(betaincinv(part, whole - part + 1, tail)) if part else 0.0
    high = float(betaincinv(part + 1, whole - part, 1 - tail)) if part < whole else 1.0
    return low, high


def _odds(proportion: float) -> float | None:
    """The rate ratio that belongs to the share of attacks after; None stands for no upper end."""
    return None if proportion >= 1 else round(proportion / (1 - proportion), 2)
