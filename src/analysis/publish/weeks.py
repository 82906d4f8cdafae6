"""Editions and events by month and week, as lists of an archive have them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from analysis.publish.cards import Edition, Happened

#: The names of the months, from January.
MONTHS = tuple(f"{dt.date(2000, month, 1):%B}" for month in range(1, 13))


@dataclass(frozen=True)
class Span:
    """A month, or the days of a week that lie in it: its editions and events, newest first.

    `id` is its name within a page: the month, or the week's first day in it.
    """

    id: str
    name: str
    editions: tuple[Edition, ...]
    events: tuple[Happened, ...]
    weeks: tuple[Span, ...] = ()


def months(shown: Iterable[Edition], events: Iterable[Happened]) -> list[Span]:
    """Return editions and events by month, each with its weeks; all in the order given.

    Parameters
    ----------
    shown, events: the newest first. A week that ends in another month is told in two parts.
    """
    of_day: dict[str, tuple[list[Edition], list[Happened]]] = defaultdict(lambda: ([], []))
    for one in shown:
        of_day[one.as_of][0].append(one)
    for event in events:
        of_day[event.day][1].append(event)
    newest_first = sorted(of_day, reverse=True)

    def span(name: str, days: Sequence[str], weeks: tuple[Span, ...] = ()) -> Span:
        editions = tuple(one for day in days for one in of_day[day][0])
        told = tuple(event for day in days for event in of_day[day][1])
        return Span(days[-1][:7] if weeks else days[-1], name, editions, told, weeks)

    found = []
    for month, group in groupby(newest_first, key=lambda day: day[:7]):
        days = list(group)
        by_week = [list(week) for _, week in groupby(days, key=_week)]
        weeks = tuple(span(_days_of_week(week[0]), week) for week in by_week)
        found.append(span(f"{MONTHS[int(month[5:]) - 1]} {month[:4]}", days, weeks))
    return found


def _week(day: str) -> tuple[int, int]:
    return dt.date.fromisoformat(day).isocalendar()[:2]


def _days_of_week(day: str) -> str:
    """The days of a calendar week that lie in the month of one of them: ``29 to 31 January``."""
    date = dt.date.fromisoformat(day)
    week = [date + dt.timedelta(days=number - date.weekday()) for number in range(7)]
    in_month = [each for each in week if each.month == date.month]
    first, last = in_month[0], in_month[-1]
    return f"{first.day} to {last.day} {last:%B}" if first != last else f"{last.day} {last:%B}"
