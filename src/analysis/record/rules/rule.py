"""What a rule is, and what several of them need: the versions of an id, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.record.coded import is_one_of

#: A row that breaks a rule, by its index, and the sentence that says what is wrong and what right.
Broken = tuple[int, str]


@dataclass(frozen=True)
class Rule:
    """A rule between the columns, or between the rows, of one table.

    Parameters
    ----------
    table, column: where a fault stands.
    reads: the columns that it looks at besides; it is not asked about a row (of a table with
        versions: an id) where one of these is at fault already.
    broken: given the rows as text (and those of the table `beside`), yields those that break it.
    versions: whether it needs all versions of an id.
    beside: another table, whose rows it is given, too; it is not asked where anything in these is
        at fault.
    """

    table: str
    column: str
    reads: tuple[str, ...]
    broken: Callable[..., Iterable[Broken]]
    versions: bool = True
    beside: str = ""


def field(rows: pd.DataFrame, index: int, column: str) -> str:
    """What stands in a field; nothing where it is empty."""
    held = rows.at[index, column]
    return held if isinstance(held, str) else ""


def left_behind(rows: pd.DataFrame, key: str, columns: list[str]) -> pd.DataFrame:
    """What is known of an id once each of its rows is in: by column the newest value given.

    Examples
    --------
    >>> rows = pd.DataFrame({"id": ["a", "a"], "reported_on": ["2024-01-02", "2024-01-01"],
    ...     "injured": [None, "4"]})
    >>> left_behind(rows, "id", ["injured"])["injured"].tolist()
    ['4', '4']
    """
    ordered = rows.sort_values("reported_on", kind="stable")
    known = ordered[columns].groupby(ordered[key], sort=False).ffill()
    return known.loc[rows.index]


def first_versions(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """The first version of each id."""
    return rows.sort_values("reported_on", kind="stable").drop_duplicates(key)


def all_versions(rows: pd.DataFrame, key: str, of: pd.Series) -> pd.DataFrame:
    """Every row of an id that has a row among those marked."""
    return rows[is_one_of(rows[key], rows.loc[of, key])] if of.any() else rows[:0]
