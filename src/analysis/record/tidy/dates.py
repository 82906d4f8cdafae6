"""Days in another order: what they were if only one reading of a whole column is possible.

A column is read in one order throughout, each way of writing by itself. Where several orders give
real days, those are possible that break no rule of the table which another order keeps: the id
holds the day of an attack, nothing is reported before it was. If several are possible still, the
column is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import NamedTuple

import pandas as pd

from analysis.errors import Fault
from analysis.record.broken import all_at_fault, each
from analysis.record.columns import is_day
from analysis.record.csv_fields import quoted
from analysis.record.tables import kinds

_MIDNIGHT = r"(?:[ T](?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)(?:Z| ?\+00:?00)?)?"
_NAME = r"(?P<name>[^\W\d_]{3,10})"
_WEEKDAY = re.compile(rf"{_NAME}\.?,? (?=.*[0-9])")
_NUMBERS = re.compile(rf"([0-9]{{1,4}})([-/.]) ?([0-9]{{1,2}})\2 ?([0-9]{{1,4}}){_MIDNIGHT}")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR, _DAY = "(?P<year>[0-9]{4})", "(?P<day>[0-9]{1,2})"
_WITH_NAMES = {
    "year and name": re.compile(rf"{_YEAR}[-/ .]*{_NAME}[-/ .]*{_DAY}"),
    "day and name": re.compile(
        rf"{_DAY}(?:er|º)?[-/ .]*(?:de )?{_NAME}[-/ .,]*(?:del? )?(?P<year>[0-9]{{4}}|[0-9]{{2}})"
    ),
    "name and day": re.compile(rf"{_NAME}\.? {_DAY},? {_YEAR}"),
}
_BY_NAME = "with the name of its month"
# Days since the last of December 1899, as spreadsheets count; some once began in 1904.
_SERIAL = re.compile(r"([0-9]{5})(?:\.0+)?")
_SERIAL_BEGINS = {
    "as a number of days since 1900": date(1899, 12, 30),
    "as a number of days since 1904": date(1904, 1, 1),
}
#: In whose words months and weekdays are read; no two have one word for two of them.
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl")

#: The orders: where year, month and day stand.
_ORDERS = {"day first": (2, 1, 0), "month first": (2, 0, 1), "year first": (0, 1, 2)}
_SWAPPED = ("day first", "month first")
_MOST_READINGS = 32

#: By each value the day that it is, in ISO form.
Days = Mapping[str, str]


class _Reading(NamedTuple):
    """One way to read a column: its values' days, and what to say of how they are written."""

    days: Days
    words: Mapping[str, str]


def days_mended(table: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Return rows with days as YYYY-MM-DD, and a fault for each that was written otherwise.

    Parameters
    ----------
    table: a name in `TABLES`.
    rows: all text; see :func:`analysis.record.broken.place` for their index.
    """
    columns = [name for name, kind in kinds(table).items() if kind == "date" and name in rows]
    possible = {name: ways for name in columns if (ways := _readings(rows[name]))}
    if any(len(ways) > 1 for ways in possible.values()):
        possible = _that_break_least(table, rows, possible)
    rows, faults = rows.copy(), []
    for name, ways in possible.items():
        values = rows.loc[rows[name].isin(list(ways[0].words)), name]
        known = len(ways) == 1
        say = dict.fromkeys(ways[0].words, "")
        for value in say:
            if known:
                written = f"{ways[0].words[value]}; write {ways[0].days[value]}"
            else:
                written = _in_doubt(value, ways)
            say[value] = f"{quoted(value)} is written {written}"
        words = ((int(str(at)), say[value]) for at, value in values.items())
        faults += each(table, name, values.index, words, tidy=known)
        if known:
            rows[name] = _in_iso_form(rows[name], ways[0].days)
    return rows, faults


def _in_doubt(value: str, ways: list[_Reading]) -> str:
    words = list(dict.fromkeys(way.words[value] for way in ways))
    doubt = (
        "nothing here tells which"
        if len(words) > 1
        else "the program that did so may have swapped day and month of the others"
    )
    return f"{' or '.join(words)}, and {doubt}; write YYYY-MM-DD"


def _in_iso_form(column: pd.Series, days: Days) -> pd.Series:
    return column.where(~column.isin(list(days)), column.map(dict(days))).astype(column.dtype)


def _readings(column: pd.Series) -> list[_Reading]:
    """Return the ways in which a column can be read; none where nothing is to be read."""
    values = [value for value in column.dropna().unique() if not is_day(value)]
    shapes: dict[str, dict[str, dict[str, str]]] = {}
    for value in values:
        shape, by_order = _by_order(value)
        if by_order:
            shapes.setdefault(shape, {})[value] = by_order
    of_shapes = [ways for shape in shapes.values() if (ways := list(_of_one_shape(shape)))]
    if not of_shapes:
        return []
    found: list[_Reading] = []
    swapped = _perhaps_swapped(column, of_shapes)
    for parts in product(*of_shapes, [_Reading({}, {}), *swapped]):
        days = {value: day for part in parts for value, day in part.days.items()}
        words = {value: word for part in parts for value, word in part.words.items()}
        if days not in [way.days for way in found]:
            found.append(_Reading(days, words))
    return found


def _of_one_shape(values: Mapping[str, Mapping[str, str]]) -> Iterator[_Reading]:
    """Yield the orders in which each of these values, written alike, is a real day."""
    for order in dict.fromkeys(order for by_order in values.values() for order in by_order):
        if all(order in by_order for by_order in values.values()):
            days = {value: by_order[order] for value, by_order in values.items()}
            yield _Reading(days, dict.fromkeys(values, order))


def _perhaps_swapped(column: pd.Series, of_shapes: list[list[_Reading]]) -> list[_Reading]:
    """Return how the days in ISO form may have been meant where a program swapped some.

    It reads `11/10/2023` as another month and day, and what cannot be read so, such as
    `18/10/2023`, it leaves as it is: then no day in ISO form is later than the twelfth.
    """
    in_iso = [value for value in column.dropna().unique() if is_day(value)]
    if not in_iso or any(value[8:] > "12" for value in in_iso):
        return []
    left = [(way.words[value], day) for ways in of_shapes for way in ways
            for value, day in way.days.items()]  # fmt: skip
    if any(order not in _SWAPPED or day[8:] <= "12" for order, day in left):
        return []
    days = {day: f"{day[:5]}{day[8:]}-{day[5:7]}" for day in in_iso}
    return [_Reading(days, dict.fromkeys(in_iso, "with day and month swapped"))]


def day_by_name(value: str) -> str:
    """Return the day of a text that names its month, in ISO form; empty if it names none.

    >>> day_by_name("23. Januar 2021"), day_by_name("1er août 2021"), day_by_name("01/02/2021")
    ('2021-01-23', '2021-08-01', '')
    """
    return _by_order(value)[1].get(_BY_NAME, "")


def _by_order(value: str) -> tuple[str, dict[str, str]]:
    """Return how a value is written, and by order which real day it is.

    >>> _by_order("5/3/2024")
    ('/ year last', {'day first': '2024-03-05', 'month first': '2024-05-03'})
    """
    if match := _NUMBERS.fullmatch(value):
        first, mark, middle, last = match.groups()
        return _numbered(mark, (first, middle, last))
    if match := _COMPACT.fullmatch(value):
        return "digits", _real({"year first": match.groups()})
    if match := _SERIAL.fullmatch(value):
        return "serial", _counted(int(match[1]))
    for shape, pattern in _WITH_NAMES.items():
        if match := pattern.fullmatch(value):
            month = str(_numbered_as("months", match["name"]) or 0)
            return shape, _real({_BY_NAME: (match["year"], month, match["day"])})
    # After the months: "mar" is one in English, and a weekday in French.
    if (match := _WEEKDAY.match(value)) and _numbered_as("days", match["name"]) is not None:
        shape, days = _by_order(value[match.end() :])
        return f"weekday, {shape}", _on(match["name"], days)
    if is_day(value[:10]) and re.fullmatch(_MIDNIGHT, value[10:]):
        return "time", {"with a time of day": value[:10]}
    return "", {}


def _numbered(mark: str, parts: tuple[str, str, str]) -> tuple[str, dict[str, str]]:
    if len(parts[0]) > 2:
        orders, shape = ["year first"], "year first"
    elif len(parts[2]) > 2:
        orders, shape = ["day first", "month first"], "year last"
    else:
        orders, shape = list(_ORDERS), "short year"
    places = {order: _ORDERS[order] for order in orders}
    return f"{mark} {shape}", _real(
        {order: (parts[y], parts[m], parts[d]) for order, (y, m, d) in places.items()}
    )


def _real(readings: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return by order the days that there are; a year of two digits is of this century."""
    found = {}
    for order, (year, month, day) in readings.items():
        text = f"{'20' * (len(year) == 2)}{year}-{month:0>2}-{day:0>2}"
        if len(year) in (2, 4) and is_day(text):
            found[order] = text
    return found


def _counted(number: int) -> dict[str, str]:
    """Return by where a count begins the day that it reaches."""
    return {way: (begin + timedelta(number)).isoformat() for way, begin in _SERIAL_BEGINS.items()}


def _on(weekday: str, days: Mapping[str, str]) -> dict[str, str]:
    """Return those of the days that are on a weekday, given by its name.

    >>> _on("Wed", {"day first": "2023-10-18", "month first": "2023-10-19"})
    {'day first': '2023-10-18'}
    """
    number = _numbered_as("days", weekday)
    return {way: day for way, day in days.items() if date.fromisoformat(day).weekday() == number}


def _numbered_as(what: str, name: str) -> int | None:
    """Return the number of a month (from 1) or weekday (from 0); None if none has that name.

    >>> _numbered_as("months", "März"), _numbered_as("months", "mars"), _numbered_as("days", "Do")
    (3, 3, 3)
    """
    names = _names(what)
    return names.get(name.lower(), names.get(name.lower()[:3]) if what == "days" else None)


@cache
def _names(what: str) -> dict[str, int]:
    """Return the numbers of months or weekdays by their names, long and short, in lower case."""
    from babel import Locale  # seldom needed

    spoken = [getattr(Locale(language), what)["format"] for language in _LANGUAGES]
    return {
        name.lower().removesuffix("."): number
        for named in spoken
        for length in ("wide", "abbreviated")
        for number, name in named[length].items()
    }


def _count_alike(ways: Iterable[_Reading]) -> bool:
    """Whether a file's columns of numbers count from the same day: one program wrote them."""
    words = {word for way in ways for word in way.words.values()}
    return len(words & set(_SERIAL_BEGINS)) < 2


def _that_break_least(
    table: str, rows: pd.DataFrame, possible: Mapping[str, list[_Reading]]
) -> dict[str, list[_Reading]]:
    """Leave out readings that break rules which another reading keeps."""
    together = [ways for ways in product(*possible.values()) if _count_alike(ways)]
    if len(together) > _MOST_READINGS:
        return dict(possible)
    broken = []
    for ways in together:
        read = {name: _in_iso_form(rows[name], way.days)
                for name, way in zip(possible, ways, strict=True)}  # fmt: skip
        broken.append(all_at_fault(table, rows.assign(**read)))
    always = set.intersection(*broken)
    kept = [ways for ways, wrong in zip(together, broken, strict=True) if wrong == always]
    if not kept:
        return dict(possible)
    return {
        name: [way for way in ways if any(way is one[position] for one in kept)]
        for position, (name, ways) in enumerate(possible.items())
    }
