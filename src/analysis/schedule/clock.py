"""The one place that reads the clock, how moments are written (UTC, to the second), and spans."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from analysis.errors import UsageError


def moment(text: str | None = None, name: str = "--now") -> dt.datetime:
    """Return a moment in UTC, to the second: what `--now` gives, or now.

    Parameters
    ----------
    text: an ISO date and time; without an offset it is in UTC.
    name: of what gives it.

    Raises
    ------
    UsageError
        If the text is no moment.

    >>> moment("2024-03-10T06:00-04:00")
    datetime.datetime(2024, 3, 10, 10, 0, tzinfo=datetime.timezone.utc)
    """
    if text is None:
        return dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        given = dt.datetime.fromisoformat(text)
        aware = given if given.tzinfo else given.replace(tzinfo=dt.UTC)
        return aware.astimezone(dt.UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        example = "2024-03-10T06:00-04:00"
        raise UsageError(f"{name}: {text!r} is not a moment; write it as {example}.") from None


def today(text: str | None = None) -> dt.date:
    """Return the day in UTC of what `--now` gives, or of now; see :func:`moment`.

    >>> today("2024-03-10T21:00-04:00")
    datetime.date(2024, 3, 11)
    """
    return moment(text).date()


def stamp(moment: dt.datetime) -> str:
    """Return a moment as the ledger has it, which sorts by time.

    >>> stamp(dt.datetime(2024, 3, 10, 10, tzinfo=dt.UTC))
    '2024-03-10T10:00:00Z'
    """
    return f"{moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


class Span(NamedTuple):
    """A part of each day, by the clock on a wall; it may go over midnight."""

    begins: dt.time
    ends: dt.time

    def holds(self, time: dt.time) -> bool:
        """Whether a time of day is in it.

        >>> night = Span(dt.time(22), dt.time(6))
        >>> night.holds(dt.time(5, 59)), night.holds(dt.time(6)), night.holds(dt.time(22))
        (True, False, True)
        """
        if self.begins <= self.ends:
            return self.begins <= time < self.ends
        return time >= self.begins or time < self.ends

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


def span(text: str) -> dt.timedelta:
    """Return a span of time as an option gives it.

    Raises
    ------
    UsageError
        If the text is no span of time.
    """
    from analysis.schedule import rules  # who only asks for the day need not wait for them

    try:
        return rules.duration(text)
    except ValueError as reason:
        raise UsageError(f"{reason}.") from None
