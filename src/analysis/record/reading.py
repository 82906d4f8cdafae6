"""Read and check the record: all its files, every fault, and typed frames if there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from analysis.errors import Fault, RecordError
from analysis.lean.pandera import pa
from analysis.record.campaign_file import FILE, read_campaigns
from analysis.record.campaigns import Campaign
from analysis.record.columns import Kind
from analysis.record.csv_fields import quoted
from analysis.record.csv_text import read_strings
from analysis.record.parquet import read_parquet
from analysis.record.tables import (
    DESCRIBING,
    ENDINGS,
    TABLES,
    came_later,
    file_name,
    id_column,
    kinds,
    schema,
)

_DTYPES: dict[Kind, str] = {
    "date": "datetime64[s]",
    "count": "Int64",
    "degrees": "float64",
    "word": "str",
    "text": "str",
}
#: Attacks may be a million rows: their words are kept once each, in alphabetical order.
_OF_MANY_ROWS: dict[str, dict[Kind, str]] = {"attacks": {"word": "category"}}
# Above these a search for the nearest would take longer than it helps.
_MANY_CHOICES = 1000
_MANY_MISSES = 1000


def check(data: Path) -> list[Fault]:
    """Return every fault of the record in a folder, by file, line and column; none if it is good.

    Examples
    --------
    >>> for fault in check(Path("no-such-folder")):
    ...     print(fault)
    no-such-folder: there is no such folder; name the one that holds the seven tables
    """
    return _read(Path(data))[2]


def read_tables(data: Path) -> tuple[dict[str, pd.DataFrame], tuple[Campaign, ...]]:
    """Read the record.

    Parameters
    ----------
    data: the folder that holds the tables and `campaigns.toml`.

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
    tables, campaigns, faults = _read(Path(data))
    if faults:
        raise RecordError(faults)
    typed = {table: _typed(table, tables.pop(table)) for table in list(tables)}
    pyarrow.default_memory_pool().release_unused()  # to read takes far more memory than to hold
    return typed, campaigns


def _read(data: Path) -> tuple[dict[str, pd.DataFrame], tuple[Campaign, ...], list[Fault]]:
    """Return the tables as strings and the campaigns, as far as they can be read; every fault."""
    if not data.is_dir():
        message = "there is no such folder; name the one that holds the seven tables"
        return {}, (), [Fault(str(data), 0, "", message)]
    tables: dict[str, pd.DataFrame] = {}
    known: dict[str, Collection[str]] = {}
    faults: list[Fault] = []
    for table in TABLES:
        rows, broken = _stored(data, table)
        faults += broken
        if rows is not None:
            tables[table] = rows
            key = id_column(table)
            # Ids may stand in lines that could not be read: then no key is called unknown.
            if key and not broken:
                known[table] = rows[key].dropna().unique().tolist()
    for table, rows in tables.items():
        faults += _broken_rules(table, rows, known)
    campaigns, broken = read_campaigns(data, known.get("sites"))
    return tables, campaigns, _in_order([*faults, *broken])


def _stored(data: Path, table: str) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Return the rows of a table's files, the CSV file's first, and what is wrong with the files.

    A row's index is its line in the CSV file or, negative, its number in the Parquet file.
    """
    columns, later = list(kinds(table)), came_later(table)
    in_csv, in_parquet = (data / file_name(table, ending) for ending in ENDINGS)
    if table in DESCRIBING and not in_csv.exists() and not in_parquet.exists():
        return pd.DataFrame(columns=columns, dtype="str"), []
    if not in_parquet.exists():
        return read_strings(in_csv, columns, later)
    rows, faults = read_parquet(in_parquet, columns, later)
    if rows is not None:
        rows.index = -rows.index
    if not in_csv.exists():
        return rows, faults
    others, broken = read_strings(in_csv, columns, later)
    given = [part for part in (others, rows) if part is not None]
    return pd.concat(given) if given else None, [*broken, *faults]


def _place(table: str, index: int) -> tuple[str, int]:
    """Return file and line of a row."""
    csv, parquet = (file_name(table, ending) for ending in ENDINGS)
    return (csv, index) if index > 0 else (parquet, -index)


def _in_order(faults: list[Fault]) -> list[Fault]:
    """Sort by file, line and column; of several faults in one field only the first found counts."""
    first = {(fault.file, fault.line, fault.column): fault for fault in reversed(faults)}
    columns = {file_name(table, end): list(kinds(table)) for table in TABLES for end in ENDINGS}
    columns[FILE] = []
    files = list(columns)

    def place(fault: Fault) -> tuple[int, int, int, str]:
        names = columns[fault.file]
        position = names.index(fault.column) if fault.column in names else -1
        return files.index(fault.file), fault.line, position, fault.column

    return sorted(first.values(), key=place)


def _broken_rules(
    table: str, rows: pd.DataFrame, known: Mapping[str, Collection[str]]
) -> Iterator[Fault]:
    """Yield a fault for each field that breaks a rule of its table's schema."""
    try:
        schema(table, known).validate(rows, lazy=True, inplace=True)
    except SchemaErrors as errors:
        # First what is wrong with a field alone, then what is wrong beside other fields and rows.
        for error in sorted(errors.schema_errors, key=_is_about_rows):
            column, words = _explained(table, rows, error)
            for index, message in words:
                yield Fault(*_place(table, index), column, message)


def _is_about_rows(error: SchemaError) -> bool:
    return isinstance(error.schema, pa.DataFrameSchema)


def _explained(
    table: str, rows: pd.DataFrame, error: SchemaError
) -> tuple[str, Iterable[tuple[int, str]]]:
    """Return the column that an error is about; and its rows, each with what to say of it."""
    match error.reason_code:
        case SchemaErrorReason.DATAFRAME_CHECK:
            column = error.check.title if _is_about_rows(error) else error.schema.name
            return column, _broken_rule(_at_fault(rows, error), column, error.check)
        case SchemaErrorReason.SERIES_CONTAINS_NULLS:
            message = "this is empty; every row needs it"
            return error.schema.name, [(line, message) for line in _at_fault(rows, error).index]
        case SchemaErrorReason.DUPLICATES:
            unique = error.schema.unique
            column = unique[0] if len(unique) < len(rows.columns) else ""
            return column, _repeated(table, rows, _at_fault(rows, error), unique)
    raise error  # no matter of the record but a mistake in a rule


def _at_fault(rows: pd.DataFrame, error: SchemaError) -> pd.DataFrame:
    lines: pd.Series = error.failure_cases["index"]
    return rows.loc[lines.unique()]


def _broken_rule(rows: pd.DataFrame, column: str, rule: pa.Check) -> Iterator[tuple[int, str]]:
    known: dict[str, Any] = rule.statistics or {}
    if rows[column].nunique() > _MANY_MISSES:
        known = {}
    for line, *values in rows.itertuples(name=None):
        row = dict(zip(rows.columns, map(str, values), strict=True))
        shown = {"this": quoted(row[column])} | {name: quoted(row[name]) for name in row}
        wrong, right = str(rule.error).format_map(shown), str(rule.description)
        if near := _nearest(row[column], **known):
            yield line, f"{wrong}; did you mean {quoted(near)}? {right[0].upper()}{right[1:]}"
        else:
            yield line, f"{wrong}; {right}"


def _nearest(value: str, choices: Collection[str] = (), joined_by: str = "") -> str:
    """Return the choice or list of choices that was probably meant, or nothing."""
    if len(choices) > _MANY_CHOICES:
        return ""
    parts = value.split(joined_by) if joined_by else [value]
    meant = {_nearest_of_few(part.casefold(), tuple(sorted(choices))) for part in parts}
    return "" if "" in meant else joined_by.join(choice for choice in choices if choice in meant)


@lru_cache(maxsize=10_000)
def _nearest_of_few(value: str, choices: tuple[str, ...]) -> str:
    written = {choice.casefold(): choice for choice in choices}
    return next((written[near] for near in get_close_matches(value, written, 1, cutoff=0.75)), "")


def _repeated(
    table: str, rows: pd.DataFrame, repeated: pd.DataFrame, unique: list[str]
) -> Iterator[tuple[int, str]]:
    """Yield each row that repeats an earlier one in the columns that tell rows apart."""
    first = rows.loc[~rows.duplicated(unique), unique].rename_axis("first").reset_index()
    pairs = repeated[unique].rename_axis("row").reset_index().merge(first, on=unique)
    same = " and ".join(unique) if len(unique) < len(rows.columns) else "values"
    right = "delete one of the two"
    if "reported_on" in same:
        right = f"give a revision a reported_on of its own, or {right}"
    for row, earlier in zip(pairs["row"], pairs["first"], strict=True):
        (file, line), (other, _) = _place(table, earlier), _place(table, row)
        place = f"{'line' if earlier > 0 else 'row'} {line}" + f" of {file}" * (file != other)
        yield row, f"{place} has the same {same}; {right}"


def _typed(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the types of their columns, in an order of their own."""
    dtypes = _DTYPES | _OF_MANY_ROWS.get(table, {})
    typed = rows.astype({name: dtypes[kind] for name, kind in kinds(table).items()})
    if table == "tallies":
        typed = _with_tally_ids(typed)
    order = ["reported_on"] * ("reported_on" in typed) + [str(typed.columns[0])]
    return typed.sort_values(order, ignore_index=True)


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
