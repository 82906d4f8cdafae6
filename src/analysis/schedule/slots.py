"""The moments of a schedule, daylight-saving changes included, and which of them are owed.

A slot is a moment at which a report is due. The cron expression is read against the clock on the
wall: a time that the clocks skip is made up for at the next moment that there is, and a time that
they show twice counts once, the first time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cronsim import CronSim

from analysis.schedule.settings import Schedule

SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)

#: How far back the newest slot is looked for, nearest first; leap days are four years apart.
LOOKS_BACK = (2 * DAY, 32 * DAY, 367 * DAY, 9 * 366 * DAY)


class Owed(NamedTuple):
    """Slots since the last one that the ledger knows: too old to make, and to be made."""

    skipped: list[dt.datetime]
    made: list[dt.datetime]


def between(schedule: Schedule, after: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the slots of a schedule later than `after` and not later than `until`, in UTC.

    What is made when the record changes has none.
    """
    if schedule.on == "record":
        return
    on_the_wall = after.astimezone(schedule.zone).replace(tzinfo=None)
    last = after
    for time in CronSim(schedule.cron, on_the_wall):
        slot = _moment(time, schedule.zone)
        if slot > until:
            return
        # Not later: the clocks skip several times to one moment, or show this time again.
        if slot > last:
            yield slot
            last = slot


def owed(schedule: Schedule, newest_known: dt.datetime | None, now: dt.datetime) -> Owed:
    """Return the slots that have passed since the ledger last looked, oldest first.

    Parameters
    ----------
    schedule: the schedule.
    newest_known: the newest of its slots in the ledger; None before the first look, which owes
        the newest slot, or with a `start` those since that day.
    now: slots up to this moment have passed.
    """
    if newest_known is None and schedule.start is None:
        passed = [slot for slot in [newest(schedule, now)] if slot]
    else:
        start = [_day_begins(schedule, schedule.start) - SECOND] if schedule.start else []
        known = [newest_known] if newest_known else []
        passed = list(between(schedule, max(start + known), now))
    first_made = max(len(passed) - max(schedule.catch_up, 1), 0)
    return Owed(passed[:first_made], passed[first_made:])


def as_of(schedule: Schedule, slot: dt.datetime) -> dt.date:
    """Return the day that the report of a slot is of, by the calendar of the schedule's zone."""
    day = slot.astimezone(schedule.zone).date()
    return day - DAY if schedule.as_of == "day-before" else day


def since(schedule: Schedule, slot: dt.datetime) -> dt.date | None:
    """Return the as-of date of the schedule's slot before, by the cron expression alone.

    Of a schedule with several slots a day it is that of the newest slot of an earlier day: no
    report counts changes since its own as-of date. None if there is no slot for years before.

    >>> weekdays = Schedule("weekdays", "brief", "0 6 * * MON-FRI", "America/New_York")
    >>> since(weekdays, dt.datetime(2024, 3, 11, 10, tzinfo=dt.UTC))  # a Monday
    datetime.date(2024, 3, 8)
    """
    day = slot.astimezone(schedule.zone).date()
    before = newest(schedule, _day_begins(schedule, day) - SECOND)
    return None if before is None else as_of(schedule, before)


def coming(schedule: Schedule, now: dt.datetime, count: int) -> list[dt.datetime]:
    """Return so many of the next slots; fewer where there are none for years."""
    return list(islice(between(schedule, now, now + LOOKS_BACK[-1]), count))


def which_days(schedule: Schedule) -> str:
    """Return what two restrictions of the day mean together; empty if there are not two.

    >>> which_days(Schedule("first-monday", "brief", "0 6 1-7 * MON", "UTC"))
    'day of month 1-7 or day of week MON: either is enough'
    >>> which_days(Schedule("mondays", "brief", "0 6 */2 * MON", "UTC"))
    'day of month */2 and day of week MON: both have to hold'
    """
    of_month, of_week = (schedule.cron.split() or [""] * 5)[2::2]
    if "*" in (of_month, of_week) or not of_month:
        return ""
    if of_month.startswith("*") or of_week.startswith("*"):
        return f"day of month {of_month} and day of week {of_week}: both have to hold"
    return f"day of month {of_month} or day of week {of_week}: either is enough"


def at(time: dt.time, zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """Return the first moment not before `now` at which the clock on the wall shows a time of day.

    >>> at(dt.time(7), ZoneInfo("Europe/London"), dt.datetime(2024, 3, 30, 7, 1, tzinfo=dt.UTC))
    datetime.datetime(2024, 3, 31, 6, 0, tzinfo=datetime.timezone.utc)
    """
    day = now.astimezone(zone).date()
    moments = (_moment(dt.datetime.combine(day + DAY * n, time), zone) for n in range(3))
    return next(moment for moment in moments if moment >= now)


def newest(schedule: Schedule, now: dt.datetime) -> dt.datetime | None:
    """Return the newest slot that has passed; None if there is none for years before."""
    for span in LOOKS_BACK:
        passed = list(between(schedule, now - span, now))
        if passed:
            return passed[-1]
    return None


def _day_begins(schedule: Schedule, day: dt.date) -> dt.datetime:
    return _moment(dt.datetime.combine(day, dt.time()), schedule.zone)


def _moment(time: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first moment, in UTC, at which the clock on the wall shows a time or has just passed it.

    >>> _moment(dt.datetime(2024, 3, 10, 2, 30), ZoneInfo("America/New_York"))  # from 2 to 3
    datetime.datetime(2024, 3, 10, 7, 0, tzinfo=datetime.timezone.utc)
    """
    while True:
        moment = time.replace(tzinfo=zone).astimezone(dt.UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == time:
            return moment
        time = time.replace(second=0) + dt.timedelta(minutes=1)
