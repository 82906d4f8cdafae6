"""What breaks the rules of a table, as faults: where it stands and what would be right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import pandas as pd
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from analysis.errors import Fault
from analysis.lean.pandera import pa
from analysis.record.csv_fields import quoted
from analysis.record.names import plain
from analysis.record.rules import broken, rules_of
from analysis.record.schemas import schema
from analysis.record.slips import as_decimals
from analysis.record.tables import ENDINGS, file_name, kinds

#: Above these a search for the nearest would take longer than it helps.
MANY_CHOICES = 1000
_MANY_MISSES = 1000


def place(table: str, index: int) -> tuple[str, int]:
    """Return file and line of a row.

    Its index is its line in the CSV file or, negative, its number in the Parquet file.
    """
    csv, parquet = (file_name(table, ending) for ending in ENDINGS)
    return (csv, index) if index > 0 else (parquet, -index)


def broken_fields(
    table: str,
    rows: pd.DataFrame,
    known: Mapping[str, Collection[str]],
    called: Mapping[str, Mapping[str, str]],
) -> Iterator[Fault]:
    """Yield a fault for each field that breaks a rule of its table's schema.

    Parameters
    ----------
    table: a name in `TABLES`.
    rows: its rows, all text; see :func:`place` for their index.
    known, called: see :func:`analysis.record.schemas.schema`.
    """
    errors = _errors(table, rows, known, called)
    counts = [name for name, kind in kinds(table).items() if kind == "count"]
    if any(_is_of(error, counts) for error in errors) and (slip := as_decimals(rows, counts)):
        index, column, message = slip
        yield Fault(*place(table, index), column, message)
        errors = _errors(table, rows, known, called)
    # First what is wrong with a field alone, then what is wrong beside other fields and rows.
    for error in sorted(errors, key=_is_about_rows):
        column, words = _explained(table, rows, error)
        for index, message in words:
            yield Fault(*place(table, index), column, message)


def broken_between(
    table: str,
    rows: pd.DataFrame,
    faults: Collection[Fault],
    others: Mapping[str, pd.DataFrame],
    today: dt.date | None,
    *,
    whole: bool,
) -> Iterator[Fault]:
    """Yield a fault for each field that breaks a rule between columns, rows or tables.

    Parameters
    ----------
    table: a name in `TABLES`.
    rows: its rows, all text.
    faults: what is wrong with its fields; nothing is concluded from these.
    others: the tables in which no field is at fault, all text.
    today: see :func:`analysis.record.reading.check`.
    whole: whether every line of the table could be read.
    """
    csv = file_name(table)
    at_fault: dict[str, set[int]] = {}
    for fault in faults:
        line = fault.line if fault.file == csv else -fault.line
        at_fault.setdefault(fault.column, set()).add(line)
    for rule in rules_of(table, today):
        for index, message in broken(rule, rows, at_fault, others, whole=whole):
            yield Fault(*place(table, index), rule.column, message)


def _errors(
    table: str,
    rows: pd.DataFrame,
    known: Mapping[str, Collection[str]],
    called: Mapping[str, Mapping[str, str]],
) -> list[SchemaError]:
    try:
        schema(table, known, called).validate(rows, lazy=True, inplace=True)
    except SchemaErrors as errors:
        return errors.schema_errors
    return []


def _is_of(error: SchemaError, columns: Collection[str]) -> bool:
    return not _is_about_rows(error) and error.schema.name in columns


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


def _nearest(
    value: str,
    choices: Collection[str] = (),
    joined_by: str = "",
    names: Mapping[str, str] | None = None,
) -> str:
    """Return the choice or list of choices that was probably meant, or nothing."""
    if names and (meant := names.get(plain(value))):
        return meant
    if len(choices) > MANY_CHOICES:
        return ""
    parts = value.split(joined_by) if joined_by else [value]
    near = {_nearest_of_few(part.casefold(), tuple(sorted(choices))) for part in parts}
    return "" if "" in near else joined_by.join(choice for choice in choices if choice in near)


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
        (file, line), (other, _) = place(table, earlier), place(table, row)
        where = f"{'line' if earlier > 0 else 'row'} {line}" + f" of {file}" * (file != other)
        yield row, f"{where} has the same {same}; {right}"
