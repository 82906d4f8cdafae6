"""Why a number differs from that of another report, in words; see `measures.explained`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.display import words
from analysis.display.writing import IN_TABLES, set_as
from analysis.measures.explained import REASONS, THE_SAME
from analysis.record import wording
from analysis.record.codebook import country

#: The id of an attack or a strike: its day, where it was, and a number.
_ID = re.compile(r"\b(?P<day>\d{4}-\d{2}-\d{2})-(?P<place>[a-z0-9-]+)-\d+\b")

#: So many rows of a reason are named for people; machines get all.
_ROWS = 6

#: So many numbers that differ for one reason are named in a mail or a list.
_NUMBERS = 3

#: Kinds of fact that are named first.
_FIRST = ("count", "people")

#: Rows of a reason after their number; of others only the reason is told.
_IN_SHORT = {
    "retracted": "retracted|retracted",
    "merged": "merged with another|merged with others",
    "reinstated": "counted again|counted again",
    "new": "new event|new events",
    "counted": "new count|new counts",
    "revised": "revised fact|revised facts",
}


def value(kind: str, number: Any, names: Mapping[str, str]) -> str:
    """A value of a fact as lists set it; one that is not known is said to be so.

    >>> value("count", 1200, {}), value("count", None, {}), value("site", "x", {"x": "X Base"})
    ('1,200', 'not known', 'X Base')
    """
    return "not known" if number is None else set_as(kind, number, names, IN_TABLES)


def values(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str]:
    """The two values of a number, to as many digits as it takes to tell them apart."""
    was, now = (value(row["kind"], row[side], names) for side in ("before", "after"))
    return (was, now) if was != now else (str(row["before"]), str(row["after"]))


def reason(row: Mapping[str, Any]) -> str:
    """Why a number differs, with the rows."""
    rows: Sequence[str] = row["rows"]
    if row["detail"] == THE_SAME:
        many = f"{words.digits(len(rows))} {words.noun(len(rows), 'row|rows')}"
        return f"{REASONS[row['reason']]}: over the same {many}"
    told = [row["detail"]] if row["detail"] and len(rows) <= _ROWS else rows[:_ROWS]
    more = f" and {words.digits(len(rows) - _ROWS)} more" if len(rows) > _ROWS else ""
    return f"{REASONS[row['reason']]}: {', '.join(told)}{more}" if rows else REASONS[row["reason"]]


def in_short(row: Mapping[str, Any]) -> str:
    """Why a number differs, with how many rows; of a page that names them elsewhere.

    >>> in_short({"reason": "retracted", "rows": ("a", "b"), "detail": ""})
    'two retracted'
    """
    if row["detail"] == THE_SAME:
        return REASONS[row["reason"]]
    many = words.number(len(row["rows"]))
    forms = _IN_SHORT.get(row["reason"])
    return f"{many} {words.noun(len(row['rows']), forms)}" if forms else REASONS[row["reason"]]


def by_reason(found: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Each reason once: the rows, and the numbers that differ for it; the weightiest reason first.

    Parameters
    ----------
    found: see :func:`analysis.measures.explained.explained`.
    names: names of sites and actors by id.
    """
    of_reason = dict(list(found.groupby("reason", sort=False)))
    return [
        f"{in_words(_rows_of(why, of_reason[why]), names)}. {_numbers_of(of_reason[why], names)}."
        for why in REASONS
        if why in of_reason
    ]


def in_words(told: str, names: Mapping[str, str]) -> str:
    """Where and when an attack or a strike was, before its id, which few people read.

    >>> in_words("Revised: 2023-11-06-alpha-2, 2024-02-02-irq-1", {"alpha": "Alpha"})[9:]
    'Alpha on 6 November 2023 (2023-11-06-alpha-2), Iraq on 2 February 2024 (2024-02-02-irq-1)'
    """

    def place_and_day(found: re.Match[str]) -> str:
        place = names.get(found["place"]) or country(found["place"].upper())
        if place == found["place"].upper():
            return found[0]
        day = wording.day(pd.Timestamp(found["day"]), " ")  # in a mail, too, that is text
        return f"{place} on {day} ({found[0]})"

    return _ID.sub(place_and_day, told)


def _rows_of(why: str, found: pd.DataFrame) -> str:
    """A reason with the rows of all numbers that differ for it."""
    told = found[found["detail"] != THE_SAME]
    rows = tuple(dict.fromkeys(row for rows in told["rows"] for row in rows))
    details = dict.fromkeys(part for detail in told["detail"] for part in detail.split("; "))
    said = reason({"reason": why, "rows": rows, "detail": "; ".join(filter(None, details))})
    return f"{said[:1].upper()}{said[1:]}"


def _numbers_of(found: pd.DataFrame, names: Mapping[str, str]) -> str:
    """The first of the numbers that differ, and how many more do."""
    first: list[dict[Any, Any]] = found.drop_duplicates("name").to_dict("records")
    first.sort(key=lambda row: row["kind"] not in _FIRST)
    said = []
    for row in first[:_NUMBERS]:
        was, now = values(row, names)
        said.append(f"{row['unit']}: {now}, was {was}")
    more = len(first) - len(said)
    others = [f"{words.digits(more)} other {words.noun(more, 'number|numbers')}"] * (more > 0)
    told = "; ".join([*said, *others])
    return f"{told[:1].upper()}{told[1:]}"


def numbers(found: pd.DataFrame) -> Iterator[list[dict[Any, Any]]]:
    """The rows of each number, see :func:`analysis.measures.explained.explained`."""
    for _, rows in found.groupby("name", sort=False):
        yield rows.to_dict("records")
