"""What the files of a table hold: rows of strings as far as they can be read, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.errors import Fault
from analysis.record.csv_text import bytes_of, not_there, read_strings
from analysis.record.parquet import read_parquet
from analysis.record.tables import DESCRIBING, ENDINGS, came_later, file_name, kinds


class Stored(NamedTuple):
    """The rows of a table's files as far as they can be read, the CSV file's first.

    A row's index is its line in the CSV file or, negative, its number in the Parquet file. `faults`
    is what is wrong with the files, `mended` what is not as it should be but could be read.
    """

    rows: pd.DataFrame | None
    faults: list[Fault]
    mended: list[Fault]


Reader = Callable[[Path, str], Stored]


def things(data: Path, table: str) -> pd.DataFrame:
    """Return a table of things that others name, as it is written; empty where it cannot be read.

    Nothing is checked: whoever looks for a thing by its name need not wait for the record.
    """
    held = as_it_is(data, table)
    return pd.DataFrame(columns=list(kinds(table))) if held.rows is None else held.rows


def as_it_is(data: Path, table: str) -> Stored:
    """Read a table that is as it should be."""
    return _stored(data, table, _read_csv, _read_parquet)


def as_meant(data: Path, table: str) -> Stored:
    """Read a table that is not, with all mended of which it is clear what it was."""
    return _stored(data, table, _read_tidied_csv, _read_tidied_parquet)


def _read_csv(file: Path, table: str) -> Stored:
    return Stored(*read_strings(file, list(kinds(table)), came_later(table)), [])


def _read_tidied_csv(file: Path, table: str) -> Stored:
    from analysis.record.tidy.whole import tidied

    try:
        found = tidied(file.name, table, bytes_of(file))
    except OSError as error:
        return Stored(None, [not_there(file.name, error)], [])
    return Stored(found.rows, found.faults, found.mended)


def _read_parquet(file: Path, table: str) -> Stored:
    rows, faults = read_parquet(file, kinds(table), came_later(table))
    if rows is not None:
        rows.index = -rows.index
    return Stored(rows, faults, [])


def _read_tidied_parquet(file: Path, table: str) -> Stored:
    from analysis.record.tidy.values import values_mended

    held = _read_parquet(file, table)
    if held.rows is None:
        return held
    rows, mended = values_mended(table, held.rows)
    return Stored(rows, held.faults, mended)


def _stored(data: Path, table: str, csv: Reader, parquet: Reader) -> Stored:
    """Return what a table's files hold."""
    in_csv, in_parquet = (data / file_name(table, ending) for ending in ENDINGS)
    if table in DESCRIBING and not in_csv.exists() and not in_parquet.exists():
        return Stored(pd.DataFrame(columns=list(kinds(table)), dtype="str"), [], [])
    if not in_parquet.exists():
        return csv(in_csv, table)
    if not in_csv.exists():
        return parquet(in_parquet, table)
    parts = [csv(in_csv, table), parquet(in_parquet, table)]
    given = [part.rows for part in parts if part.rows is not None]
    faults = [fault for part in parts for fault in part.faults]
    mended = [fault for part in parts for fault in part.mended]
    return Stored(pd.concat(given) if given else None, faults, mended)
