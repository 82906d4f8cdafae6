"""What the record learned between two days: facts new and facts revised, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.record import standing
from analysis.record.as_of import Record
from analysis.record.coded import as_rows, rows_with
from analysis.record.known import Known
from analysis.record.versions import IDENTIFIERS
from analysis.record.written import as_text

#: Columns that say where a version comes from, not what it says.
PROVENANCE = ["reported_on", "first_reported_on", "publisher", "source_url", "note"]


class Change(NamedTuple):
    """One thing that the record learned; see :func:`changes`."""

    table: str
    id: str
    kind: str
    column: str | None
    before: str | None
    after: str | None
    reported_on: pd.Timestamp


COLUMNS = list(Change._fields)

_DTYPES = dict.fromkeys(COLUMNS, "str") | {"reported_on": "datetime64[s]"}

#: A row of a table: values by column.
Row = dict[Any, Any]


def changes(record: Record, before: str | pd.Timestamp, after: str | pd.Timestamp) -> pd.DataFrame:
    """Compare what was known on two days.

    Parameters
    ----------
    record: the record with all its versions.
    before, after: the two as-of dates.

    Returns
    -------
    DataFrame
        First what was taken back: for each thing that counts no more one row of `kind`
        "withdrawn", `column` "same_as" and in `after` the other id where it was merged, else
        `column` "standing"; and one "reinstated" for each that counts again. Then one row for each
        new fact (`kind` "new", `column`, `before` and `after` missing) and for
        each field that has another value than on the first day, or for a new fact than when it was
        first reported (`kind` "revised"), values as text;
        `reported_on` is the day of the newest version. A new source that says the same is no
        change. Each part is sorted by table, id and column.

    Examples
    --------
    >>> from analysis.record import read
    >>> found = changes(read(), "2023-10-18", "2023-10-19")
    >>> found.loc[found["id"] == "2023-10-18-al-harir-1", ["column", "before", "after"]].values
    array([['claimed_by', nan, 'tashkil-al-waritheen']], dtype=object)
    """
    return between(record.as_of(before), record.as_of(after))


def between(earlier: Known, later: Known) -> pd.DataFrame:
    """Compare two states of knowledge of one record; see :func:`changes`."""
    since = min(earlier.date, later.date)
    found: list[Change] = []
    for name, key in standing.WITHDRAWABLE.items():
        found += _standing_changes(name, key, since, earlier, later)
    for name, key in IDENTIFIERS.items():
        found += _table_changes(name, key, since, earlier, later)
    return pd.DataFrame(found, columns=COLUMNS).astype(_DTYPES)


def _standing_changes(
    name: str, key: str, since: pd.Timestamp, earlier: Known, later: Known
) -> list[Change]:
    """What was taken back, and what counts again."""
    said = [key, *standing.COLUMNS, "reported_on", "first_reported_on"]
    before, after = (
        {row[key]: row for row in as_rows(gone[said], np.arange(len(gone)))}
        for gone in (known.withdrawn[name] for known in (earlier, later))
    )
    gone = []
    for one, row in sorted(after.items()):
        column, became = _became(row)
        was = _became(before[one])[1] if one in before else None
        # What was withdrawn by the very report that told of it first never counted.
        told = row["first_reported_on"] <= since or row["first_reported_on"] < row["reported_on"]
        if became != was and told:
            gone.append(Change(name, one, "withdrawn", column, was, became, row["reported_on"]))
    again = [
        Change(name, row[key], "reinstated", *_became(before[row[key]]), standing.STANDS,
               row["reported_on"])
        for row in rows_with(getattr(later, name), key, before)
    ]  # fmt: skip
    return gone + sorted(again)


def _became(row: Row) -> tuple[str, str]:
    """What became of a thing that is gone, and the column that says it."""
    column = "same_as" if isinstance(row["same_as"], str) else "standing"
    return column, row[column]


def _table_changes(
    name: str, key: str, since: pd.Timestamp, earlier: Known, later: Known
) -> list[Change]:
    """Things that are new and fields that say something else, by id and column."""
    now: pd.DataFrame = getattr(later, name)
    is_new = now["first_reported_on"].to_numpy() > since.to_datetime64()
    fresh = (now[column].array[is_new] for column in (key, "reported_on"))
    new = [
        Change(name, one, "new", None, None, None, reported_on)
        for one, reported_on in zip(*fresh, strict=True)
    ]
    revised = [
        Change(name, kind="revised", **field)
        for field in revised_fields(key, *_reported_again(name, key, since, earlier, later))
    ]
    return sorted(new + revised, key=lambda one: (one.id, one.column is None, one.column))


def _reported_again(
    name: str, key: str, since: pd.Timestamp, earlier: Known, later: Known
) -> tuple[list[Row], list[Row]]:
    """What a version was reported of since: as known on the earlier day, and on the later one.

    What is new since was known by its first report, if it is compared at all: few things of many
    are, so they are taken out of the tables before anything else is done with them.
    """
    counted: pd.DataFrame = getattr(earlier, name)
    now: pd.DataFrame = getattr(later, name)
    gone = earlier.withdrawn.get(name, counted.iloc[:0])
    moved = {
        one
        for rows in (counted, gone, now)
        for one in rows[key].array[_was_told_again(rows, since)]
    }
    then = {row[key]: row for rows in (counted, gone) for row in rows_with(rows, key, moved)}
    for version in rows_with(getattr(later.versions, name), key, moved - set(then)):
        then.setdefault(version[key], version)
    return list(then.values()), rows_with(now, key, moved)


def _was_told_again(rows: pd.DataFrame, since: pd.Timestamp) -> np.ndarray:
    """Whether each thing was reported since, and not for the first time: else nothing of it can be
    another.
    """
    newest = rows["reported_on"].to_numpy()
    again: np.ndarray = (newest > since.to_datetime64()) & (
        newest > rows["first_reported_on"].to_numpy()
    )
    return again


def revised_fields(key: str, earlier: Iterable[Row], later: Iterable[Row]) -> Iterator[Row]:
    """Each field that says something else: `id`, `column`, `before`, `after`, `reported_on`.

    Parameters
    ----------
    key: the column with the id.
    earlier, later: the same things in two states of knowledge, one row for each; missing equals
        missing. What only one of them has is not compared.
    """
    aside = {key, *PROVENANCE, *standing.COLUMNS}
    now = {row[key]: row for row in later}
    for row in earlier:
        newer = now.get(row[key], {})
        for column in (one for one in newer if one not in aside):
            before, after = as_text(row[column]), as_text(newer[column])
            if before != after:
                yield {"id": row[key], "column": column, "before": before, "after": after,
                       "reported_on": newer["reported_on"]}  # fmt: skip
