"""What breaks the rules of a table, as faults: where it stands and what would be right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import pandas as pd
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors

from analysis.errors import Fault
from analysis.lean.pandera import pa
from analysis.plain_text import plain
from analysis.record.csv_fields import quoted
from analysis.record.csv_text import completed
from analysis.record.rules import broken, rules_of
from analysis.record.schemas import schema
from analysis.record.tables import ENDINGS, came_later, file_name, kinds

#: So many faults of a kind are told one by one.
MOST_TOLD = 1000

#: Above these a search for the nearest would take longer than it helps.
MANY_CHOICES = 1000
_MANY_MISSES = 1000


def place(table: str, index: int) -> tuple[str, int]:
    """Return file and line of a row.

    Its index is its line in the CSV file or, negative, its number in the Parquet file.
    """
    csv, parquet = (file_name(table, ending) for ending in ENDINGS)
    return (csv, index) if index > 0 else (parquet, -index)


class Broken(NamedTuple):
    """A rule that rows break."""

    column: str  # where the fault stands
    rows: pd.Index
    faults: list[Fault]  # a row each, of very many the first ones


def each(
    table: str, column: str, rows: pd.Index, words: Iterable[tuple[int, str]], *, tidy: bool = False
) -> list[Fault]:
    """Return a fault for each row; of very many the first ones, the last of which tells the number.

    Parameters
    ----------
    table, column: where the faults stand.
    rows: all of them; see :func:`place`.
    words: rows and what to say of each, in order; no more is taken of it than is told.
    tidy: see :class:`analysis.errors.Fault`; no row of a Parquet file is mended.
    """
    faults = [
        Fault(*place(table, index), column, message, tidy=tidy and index > 0)
        for index, message in islice(words, MOST_TOLD)
    ]
    if more := len(rows) - len(faults):
        faults[-1] = replace(faults[-1], more=more)
    return faults


def broken_fields(
    table: str,
    rows: pd.DataFrame,
    known: Mapping[str, Collection[str]],
    called: Mapping[str, Mapping[str, str]],
) -> Iterator[Broken]:
    """Yield what rules of its table's schema are broken, and where.

    Parameters
    ----------
    table: a name in `TABLES`.
    rows: its rows, all text; see :func:`place` for their index.
    known, called: see :func:`analysis.record.schemas.schema`.
    """
    # First what is wrong with a field alone, then what is wrong beside other fields and rows.
    for error in sorted(_errors(table, rows, known, called), key=_is_about_rows):
        column, at_fault, words = _explained(table, rows, error)
        yield Broken(column, at_fault.index, each(table, column, at_fault.index, words))


def broken_between(
    table: str,
    rows: pd.DataFrame,
    at_fault: Mapping[str, Collection[int]],
    others: Mapping[str, pd.DataFrame],
    today: dt.date | None,
    *,
    whole: bool,
) -> Iterator[Broken]:
    """Yield what rules between columns, rows or tables are broken, and where.

    Parameters
    ----------
    table: a name in `TABLES`.
    rows: its rows, all text.
    at_fault: by column the rows whose field is at fault; nothing is concluded from these.
    others: the tables in which no field is at fault, all text.
    today: see :func:`analysis.record.reading.check`.
    whole: whether every line of the table could be read.
    """
    for rule in rules_of(table, today):
        words = list(broken(rule, rows, at_fault, others, whole=whole))
        if words:
            wrong = pd.Index([index for index, _ in words])
            yield Broken(rule.column, wrong, each(table, rule.column, wrong, words))


def fields_at_fault(table: str, rows: pd.DataFrame) -> set[tuple[int, str]]:
    """Return rows and columns in which a field, whatever stands beside it, is at fault.

    The rows may have fewer columns than the table, or others.
    """
    errors = [error for error in _errors(table, _with_all(table, rows), {}, {})
              if not _is_about_rows(error)]  # fmt: skip
    return {(int(index), error.schema.name) for error in errors
            for index in _at_fault(rows, error).index}  # fmt: skip


def all_at_fault(table: str, rows: pd.DataFrame) -> set[tuple[int, str]]:
    """Return rows and columns at which a rule is broken, as far as this table alone can tell."""
    rows = _with_all(table, rows)
    wrong = list(broken_fields(table, rows, {}, {}))
    at_fault: dict[str, set[int]] = {}
    for one in wrong:
        at_fault.setdefault(one.column, set()).update(one.rows)
    wrong += broken_between(table, rows, at_fault, {}, None, whole=True)
    return {(index, one.column) for one in wrong for index in one.rows}


def _with_all(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the columns of their table, empty where they lack one."""
    columns = list(kinds(table))
    held = rows[[name for name in columns if name in rows]]
    return completed(held.copy(), columns, dict.fromkeys(columns, "") | came_later(table))


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


def _is_about_rows(error: SchemaError) -> bool:
    return isinstance(error.schema, pa.DataFrameSchema)


def _explained(
    table: str, rows: pd.DataFrame, error: SchemaError
) -> tuple[str, pd.DataFrame, Iterable[tuple[int, str]]]:
    """Return the column that an error is about; and its rows, each with what to say of it."""
    at_fault = _at_fault(rows, error)
    match error.reason_code:
        case SchemaErrorReason.DATAFRAME_CHECK:
            column = error.check.title if _is_about_rows(error) else error.schema.name
            return column, at_fault, _broken_rule(at_fault, column, error.check)
        case SchemaErrorReason.SERIES_CONTAINS_NULLS:
            message = "this is empty; every row needs it"
            return error.schema.name, at_fault, ((line, message) for line in at_fault.index)
        case SchemaErrorReason.DUPLICATES:
            unique = error.schema.unique
            column = unique[0] if len(unique) < len(rows.columns) else ""
            return column, at_fault, _repeated(table, rows, at_fault, unique)
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
