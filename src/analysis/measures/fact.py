"""A fact: one number of a report, with its unit and the rows of the record it was counted from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

Value = int | float | str | None

#: A fact names so many of the rows behind it; of more, the newest. All of a large record would
#: make each page a copy of it.
MOST_ROWS = 1_000

#: When counting begins, as the units of facts say it.
SINCE = "since 17 October 2023"


class Evidence(tuple[str, ...]):
    """Ids of the rows that a fact rests on; of very many the newest, and how many there are.

    >>> Evidence(["a", "b"]).total, len(Evidence(["b"], total=2) + Evidence(["c"]))
    (2, 2)
    """

    total: int

    def __new__(cls, rows: Iterable[str] = (), total: int | None = None) -> Evidence:
        """Name rows, which stand for `total` rows if they are not all."""
        evidence = super().__new__(cls, rows)
        evidence.total = len(evidence) if total is None else total
        return evidence

    def __add__(self, other: tuple[Any, ...]) -> Evidence:
        """The rows of both."""
        more = other if isinstance(other, Evidence) else Evidence(other)
        return Evidence((*self, *more), self.total + more.total)


@dataclass(frozen=True)
class Fact:
    """One number (or name, or date) that a report states.

    Parameters
    ----------
    value: the number; a name or ISO date as text; None where nothing is known.
    unit: what is counted and how, in words that a reader of the page understands.
    evidence: ids of the rows it was counted from.
    """

    value: Value
    unit: str
    evidence: Evidence = field(default=Evidence())

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


def count(rows: pd.DataFrame, unit: str) -> Fact:
    """The number of rows; the first column holds their ids.

    >>> count(pd.DataFrame({"attack_id": ["a", "b"]}), "attacks")
    Fact(value=2, unit='attacks', evidence=('a', 'b'))
    """
    return Fact(len(rows), unit, ids(rows))


def total(rows: pd.DataFrame, column: str, unit: str) -> Fact:
    """The sum of a column over the rows that have a value there.

    >>> total(pd.DataFrame({"id": ["a", "b"], "killed": [3, None]}), "killed", "people")
    Fact(value=3, unit='people', evidence=('a',))
    """
    stated = rows[rows[column].notna()]
    return Fact(int(stated[column].sum()), unit, ids(stated))


def share(part: pd.DataFrame, whole: pd.DataFrame, unit: str) -> Fact:
    """Rows of `part` ÷ rows of `whole`, rounded to four decimals; None where `whole` is empty."""
    if whole.empty:
        return Fact(None, unit)
    return Fact(round(len(part) / len(whole), 4), unit, ids(whole))


def most(rows: pd.DataFrame, column: str, unit: str) -> Fact:
    """The value of `column` on most rows; of equals the one met last by date, then by name."""
    named = rows[rows[column].notna()]
    if named.empty:
        return Fact(None, unit)
    ranking = named.groupby(column)["event_date"].agg(["size", "max"]).reset_index()
    first = ranking.sort_values(["size", "max", column], ascending=[False, False, True]).iloc[0]
    return Fact(str(first[column]), unit, ids(named[named[column] == first[column]]))


def ids(rows: pd.DataFrame | pd.Series) -> Evidence:
    """Ids of rows, the newest last: the values of a frame's first column."""
    column = rows.iloc[:, 0] if isinstance(rows, pd.DataFrame) else rows
    return Evidence(column.tail(MOST_ROWS).tolist(), total=len(column))


def only(rows: pd.DataFrame, column: str, unit: str) -> Fact:
    """The one value of a frame of at most one row; None where there is none."""
    if rows.empty or pd.isna(rows[column].iloc[0]):
        return Fact(None, unit)
    value = rows[column].iloc[0]
    if isinstance(value, pd.Timestamp):
        return Fact(f"{value:%Y-%m-%d}", unit, ids(rows))
    return Fact(value if isinstance(value, str) else int(value), unit, ids(rows))
