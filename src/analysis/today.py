"""Which days can have come. The command asks the clock; everything else is told which day it is."""

from __future__ import annotations

import datetime as dt

#: It may be tomorrow already, where a source is.
AHEAD = dt.timedelta(days=1)


def last_day(today: dt.date) -> dt.date:
    """The last day that can have come anywhere.

    >>> last_day(dt.date(2024, 2, 28))
    datetime.date(2024, 2, 29)
    """
    return min(today, dt.date.max - AHEAD) + AHEAD
