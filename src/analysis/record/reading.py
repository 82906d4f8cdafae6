"""Read and check the record: all its files, every fault, and typed frames if there is none.

What checks is imported where it is used: a record that is known to be good is read without.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute

from analysis.errors import Fault, RecordError
from analysis.record.campaign_file import FILE, read_campaigns
from analysis.record.campaigns import Campaign
from analysis.record.columns import Kind
from analysis.record.csv_text import bytes_of, not_there, read_strings
from analysis.record.names import names_of
from analysis.record.parquet import read_parquet
from analysis.record.room import give_back
from analysis.record.tables import (
    DESCRIBING,
    ENDINGS,
    TABLES,
    came_later,
    file_name,
    id_column,
    keys,
    kinds,
)

_DAYS = "datetime64[s]"
_DTYPES: dict[Kind, str] = {
    "count": "Int64",
    "degrees": "float64",
    "word": "str",
    "id": "str",
    "text": "str",
}
#: Attacks may be a million rows: their words are kept once each, in alphabetical order.
_OF_MANY_ROWS: dict[str, dict[Kind, str]] = {"attacks": {"word": "category"}}


def check(data: Path, today: dt.date | None = None) -> list[Fault]:
    """Return every fault of the record in a folder, by file, line and column; none if it is good.

    Parameters
    ----------
    data: the folder that holds the tables and `campaigns.toml`.
    today: what is reported more than a day later is a fault; None where it does not matter which
        day it is.

    Examples
    --------
    >>> for fault in check(Path("no-such-folder")):
    ...     print(fault)
    no-such-folder: there is no such folder; name the one of the record, or `brinkwatch init` a desk
    """
    return _read(Path(data), today)[2]


def findings(data: Path, today: dt.date | None = None) -> list[Fault]:
    """Return every fault of a record as :func:`check` does, and then what is remarkable about it.

    Which of them are remarks says their `kind`.
    """
    from analysis.record.remarks import remarks
    from analysis.record.unread import unread

    tables, _, faults = _read(Path(data), today)
    return [*faults, *remarks(tables), *unread(Path(data))]


def read_tables(
    data: Path, *, checked: bool = False
) -> tuple[dict[str, pd.DataFrame], tuple[Campaign, ...]]:
    """Read the record.

    Parameters
    ----------
    data: the folder that holds the tables and `campaigns.toml`.
    checked: whether files of the very same bytes have been checked, and were good.

    Returns
    -------
    dict of DataFrame, tuple of Campaign
        The tables by name, columns as in the codebook. Dates are `datetime64[s]`, whole numbers
        `Int64`, degrees `float64`, the words of attacks `category`, all else `str`; what is not
        reported is missing. Tallies have
        a first column `tally_id` of our own making. Rows are sorted by `reported_on` and id,
        whatever their order in the file.

    Raises
    ------
    RecordError
        If the record does not check; it lists every fault.
    """
    read = _unjudged(Path(data)) if checked else _read(Path(data), None)
    tables, campaigns, faults = read
    if faults:
        raise RecordError(faults)
    typed = {table: _typed(table, tables.pop(table)) for table in list(tables)}
    give_back()  # to read takes far more memory than to hold
    return typed, campaigns


def things(data: Path, table: str) -> pd.DataFrame:
    """Return a table of things that others name, as it is written; empty where it cannot be read.

    Nothing is checked: whoever looks for a thing by its name need not wait for the record.
    """
    held = _as_it_is(data, table)
    return pd.DataFrame(columns=list(kinds(table))) if held.rows is None else held.rows


class _Stored(NamedTuple):
    """The rows of a table's files as far as they can be read, the CSV file's first.

    A row's index is its line in the CSV file or, negative, its number in the Parquet file. `faults`
    is what is wrong with the files, `mended` what is not as it should be but could be read.
    """

    rows: pd.DataFrame | None
    faults: list[Fault]
    mended: list[Fault]


_Reader = Callable[[Path, str], _Stored]


def _read(
    data: Path, today: dt.date | None
) -> tuple[dict[str, pd.DataFrame], tuple[Campaign, ...], list[Fault]]:
    """Return the tables as strings and the campaigns, as far as they can be read; every fault.

    Where there is one, the record is read again as it was meant, so that none hides another.
    """
    if not data.is_dir():
        message = "there is no such folder; name the one of the record, or `brinkwatch init` a desk"
        return {}, (), [Fault(str(data), 0, "", message)]
    found = _judged(data, today, _as_it_is, all_of_them=False)
    return found if not found[2] else _judged(data, today, _as_meant, all_of_them=True)


def _unjudged(data: Path) -> tuple[dict[str, pd.DataFrame], tuple[Campaign, ...], list[Fault]]:
    """Return the same of a record that is known to be good, and what of its files is not."""
    files, tables = _held(data, _as_it_is)
    campaigns, of_campaigns = read_campaigns(data, None)
    faults = [fault for held in files.values() for fault in held.faults]
    return tables, campaigns, of_campaigns + faults


def _held(data: Path, stored: _Reader) -> tuple[dict[str, _Stored], dict[str, pd.DataFrame]]:
    """Return what each table's files hold, and the rows of those that can be read."""
    files = {table: stored(data, table) for table in TABLES}
    return files, {table: held.rows for table, held in files.items() if held.rows is not None}


def _judged(
    data: Path, today: dt.date | None, stored: _Reader, *, all_of_them: bool
) -> tuple[dict[str, pd.DataFrame], tuple[Campaign, ...], list[Fault]]:
    """Judge a record as it is read; if not `all_of_them` are asked for, some faults will do."""
    from analysis.record.broken import broken_between, broken_fields

    files, tables = _held(data, stored)
    found = {table: list(held.faults) for table, held in files.items()}
    # Ids may stand in lines that could not be read: then no key is called unknown.
    known = {table: _ids(table, tables) for table in keys() if table in tables and not found[table]}
    called = {table: names_of(table, tables[table]) for table in known}
    whole = {table for table in tables if not found[table]}
    at_fault = {table: _at_fault(table, found[table]) for table in tables}
    for table, rows in tables.items():
        for wrong in broken_fields(table, rows, known, called):
            found[table] += wrong.faults
            at_fault[table].setdefault(wrong.column, set()).update(wrong.rows)
    if any(found.values()) and not all_of_them:
        return tables, (), [fault for of_table in found.values() for fault in of_table]
    sound = {table: rows for table, rows in tables.items() if not found[table]}
    for table, rows in tables.items():
        held = at_fault[table]
        for wrong in broken_between(table, rows, held, sound, today, whole=table in whole):
            found[table] += wrong.faults
    sites = tables["sites"]["site_id"].dropna().tolist() if "sites" in known else None
    campaigns, of_campaigns = read_campaigns(data, sites, today)
    mended = [fault for held in files.values() for fault in held.mended]
    faults = [fault for of_table in found.values() for fault in of_table]
    return tables, campaigns, _in_order([*mended, *faults, *of_campaigns])


def _at_fault(table: str, faults: list[Fault]) -> dict[str, set[int]]:
    """Return by column the rows whose field is at fault."""
    csv = file_name(table)
    found: dict[str, set[int]] = {}
    for fault in faults:
        index = fault.line if fault.file == csv else -fault.line
        found.setdefault(fault.column, set()).add(index)
    return found


def _ids(table: str, tables: Mapping[str, pd.DataFrame]) -> Collection[str]:
    """Return the ids of a table that a key may name; of very many those that are named."""
    from analysis.record.broken import MANY_CHOICES

    ids = tables[table].iloc[:, 0]
    if len(ids) > MANY_CHOICES:
        naming = [tables[other][column] for other, column in keys()[table] if other in tables]
        ids = ids[ids.isin({name for column in naming for name in column.unique()})]
    return ids.dropna().unique().tolist()


def _as_it_is(data: Path, table: str) -> _Stored:
    """Read a table that is as it should be."""
    return _stored(data, table, _read_csv, _read_parquet)


def _as_meant(data: Path, table: str) -> _Stored:
    """Read a table that is not, with all mended of which it is clear what it was."""
    return _stored(data, table, _read_tidied_csv, _read_tidied_parquet)


def _read_csv(file: Path, table: str) -> _Stored:
    return _Stored(*read_strings(file, list(kinds(table)), came_later(table)), [])


def _read_tidied_csv(file: Path, table: str) -> _Stored:
    from analysis.record.tidy.whole import tidied

    try:
        found = tidied(file.name, table, bytes_of(file))
    except OSError as error:
        return _Stored(None, [not_there(file.name, error)], [])
    return _Stored(found.rows, found.faults, found.mended)


def _read_parquet(file: Path, table: str) -> _Stored:
    rows, faults = read_parquet(file, kinds(table), came_later(table))
    if rows is not None:
        rows.index = -rows.index
    return _Stored(rows, faults, [])


def _read_tidied_parquet(file: Path, table: str) -> _Stored:
    from analysis.record.tidy.values import values_mended

    held = _read_parquet(file, table)
    if held.rows is None:
        return held
    rows, mended = values_mended(table, held.rows)
    return _Stored(rows, held.faults, mended)


def _stored(data: Path, table: str, csv: _Reader, parquet: _Reader) -> _Stored:
    """Return what a table's files hold."""
    in_csv, in_parquet = (data / file_name(table, ending) for ending in ENDINGS)
    if table in DESCRIBING and not in_csv.exists() and not in_parquet.exists():
        return _Stored(pd.DataFrame(columns=list(kinds(table)), dtype="str"), [], [])
    if not in_parquet.exists():
        return csv(in_csv, table)
    if not in_csv.exists():
        return parquet(in_parquet, table)
    parts = [csv(in_csv, table), parquet(in_parquet, table)]
    given = [part.rows for part in parts if part.rows is not None]
    faults = [fault for part in parts for fault in part.faults]
    mended = [fault for part in parts for fault in part.mended]
    return _Stored(pd.concat(given) if given else None, faults, mended)


def _in_order(faults: list[Fault]) -> list[Fault]:
    """Sort by file, line and column; of several faults in one field only the first found counts."""
    first: dict[tuple[str, int, str], Fault] = {}
    for fault in faults:
        first.setdefault((fault.file, fault.line, fault.column or fault.message), fault)
    columns = {file_name(table, end): list(kinds(table)) for table in TABLES for end in ENDINGS}
    columns[FILE] = []
    files = list(columns)

    def place(fault: Fault) -> tuple[int, int, int, str]:
        names = columns[fault.file]
        position = names.index(fault.column) if fault.column in names else -1
        return files.index(fault.file), fault.line, position, fault.column

    return sorted(first.values(), key=place)


def _typed(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the types of their columns, in an order of their own."""
    dtypes = _DTYPES | _OF_MANY_ROWS.get(table, {})
    days = {name: _days(rows[name]) for name, kind in kinds(table).items() if kind == "date"}
    others = {name: dtypes[kind] for name, kind in kinds(table).items() if kind != "date"}
    typed = rows.assign(**days).astype(others)
    if table == "tallies":
        typed = _with_tally_ids(typed)
    order = ["reported_on"] * ("reported_on" in typed) + [str(typed.columns[0])]
    if id_column(table) is None and table != "tallies":
        order = list(typed.columns)  # spans may begin on one day
    return typed.take(_sorted(typed[order])).reset_index(drop=True)


def _days(written: pd.Series) -> pd.Series:
    """Dates, each distinct one read once."""
    codes, distinct = pd.factorize(written)
    days = pd.Index(distinct).astype(_DAYS).take(codes, fill_value=pd.NaT)
    return pd.Series(days, index=written.index)


def _sorted(rows: pd.DataFrame) -> np.ndarray:
    """The places of rows in their order; of a million ids Arrow finds it in a tenth of the time."""
    keys = [(str(name), "ascending") for name in rows]
    held = pa.Table.from_pandas(rows, preserve_index=False)
    places: np.ndarray = pa.compute.sort_indices(held, keys).to_numpy()
    return places


def _with_tally_ids(tallies: pd.DataFrame) -> pd.DataFrame:
    """Name every tally by what it says; the same words of one day are told apart by a number.

    The number follows the row's whole content, so that an id stays whatever else is in the file.
    """
    ordered = tallies.sort_values(list(tallies.columns), ignore_index=True)
    ids = "tally-" + ordered["reported_on"].dt.strftime("%Y-%m-%d") + "-"
    ids += ordered["scope"].str.lower() + "-" + ordered["target"] + "-" + ordered["measure"] + "-"
    ids += ordered["value"].astype("str")
    number = ids.groupby(ids).cumcount() + 1
    ids += ("-" + number.astype("str")).where(number > 1, "")
    ordered.insert(0, "tally_id", ids.astype("str"))
    return ordered
