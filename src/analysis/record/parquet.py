"""One table's Parquet file: to the same frame of strings that its CSV file would give.

A column may hold text, or dates, whole numbers (also as decimals), degrees; each value becomes the
text that the CSV has for it, and then the same is demanded of it. Nothing but the columns is read:
neither what pandas or others wrote beside them, nor anything that would have to be run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from analysis.errors import Fault
from analysis.record.columns import Kind
from analysis.record.csv_fields import flaw, mended
from analysis.record.csv_text import completed, name_faults, not_there

# What a column is to be written as; a word or a text as a string.
_CASTS: dict[Kind, str] = {"date": "date32", "count": "int64", "degrees": "double"}
_MOST_ROWS = 50_000_000
_LARGEST_EXACT = 2**53  # up to here a float holds every whole number


def read_parquet(
    path: Path, kinds: Mapping[str, Kind], later: Mapping[str, str] | None = None
) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read a table's file without interpreting its values.

    Parameters
    ----------
    path: the Parquet file.
    kinds: the names that its columns must have, in whatever order, and what these hold.
    later: those of them that it may lack, with the value that every row then has.

    Returns
    -------
    The rows as strings (`str` dtype, empty fields missing), indexed by their number in the file
    from 1, or None where there is no such table to speak of; and the faults.
    """
    try:
        if not path.is_file():
            raise OSError(0, "this is not a plain file")
        with pyarrow.parquet.ParquetFile(path) as file:
            names = set(file.schema_arrow.names)
            there = [name for name in kinds if name not in (later or {}) or name in names]
            if faults := list(_table_faults(path.name, file, there, kinds)):
                return None, faults
            rows, broken = _rows(path.name, file, there)
            return completed(rows, list(kinds), later or {}), broken
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.strerror:
            return None, [not_there(path.name, error)]
        message = "this is no Parquet file that can be read; write it anew"
        return None, [Fault(path.name, 0, "", message)]


def _table_faults(
    name: str,
    file: pyarrow.parquet.ParquetFile,
    columns: Sequence[str],
    kinds: Mapping[str, Kind],
) -> Iterator[Fault]:
    if file.metadata.num_rows > _MOST_ROWS:
        message = f"{file.metadata.num_rows} rows are more than can be read; leave some out"
        yield Fault(name, 0, "", message)
    yield from name_faults(name, 0, file.schema_arrow.names, columns)
    for field in file.schema_arrow:
        if field.name in columns and not _is_readable(field.type):
            message = f"a column of type {field.type} is no column of a table"
            right = f"cast it to {_CASTS.get(kinds[field.name], 'string')}"
            if pa.types.is_timestamp(field.type):
                right = f"{right}, the day where it happened"
            yield Fault(name, 0, field.name, f"{message}; {right}")


def _is_readable(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_readable(kind.value_type)
    if pa.types.is_timestamp(kind):
        return kind.tz is None
    return any(
        is_kind(kind)
        for is_kind in (
            *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
            *(
                pa.types.is_integer,
                pa.types.is_floating,
                pa.types.is_decimal,
                pa.types.is_date,
                pa.types.is_null,
            ),
        )
    )


def _rows(
    name: str, file: pyarrow.parquet.ParquetFile, columns: Sequence[str]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Return the rows, those that can be mended mended, and the faults."""
    faults: list[Fault] = []
    texts = {}
    for column in columns:
        read = file.read(columns=[column], use_pandas_metadata=False)[column]
        texts[column], wrong = _mended(_as_text(read.combine_chunks()))
        faults += [Fault(name, row, column, message) for row, message in wrong]
    rows: pd.DataFrame = pa.table(texts).to_pandas(split_blocks=True, self_destruct=True)
    rows.index = pd.RangeIndex(1, len(rows) + 1)
    empty = rows.isna().all(axis=1)
    message = "this row holds no value; delete it"
    faults += [Fault(name, row, "", message) for row in rows.index[empty]]
    return rows[~empty] if empty.any() else rows, faults


def _as_text(column: pa.Array) -> pa.Array:
    """Return the values as the CSV has them."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        days = column.cast(pa.date32(), safe=False)
        at_midnight = pc.equal(days.cast(kind, safe=False), column)
        return pc.if_else(at_midnight, _as_text(days), column.cast(pa.large_string()))
    if pa.types.is_date(kind):
        return column.cast(pa.date32(), safe=False).cast(pa.large_string())
    if pa.types.is_floating(kind):
        return _digits(column)
    if pa.types.is_decimal(kind):
        return pc.replace_substring_regex(column.cast(pa.large_string()), r"\.0+$", "")
    return column.cast(pa.large_string())


def _digits(column: pa.Array) -> pa.Array:
    """Return numbers as text, whole ones without a point; what is not a number is missing."""
    numbers = pc.if_else(pc.is_nan(column), None, column)
    is_whole = pc.and_(
        pc.equal(pc.round(numbers), numbers), pc.less(pc.abs(numbers), _LARGEST_EXACT)
    )
    whole = pc.if_else(is_whole, numbers, None).cast(pa.int64())
    return pc.coalesce(whole.cast(pa.large_string()), numbers.cast(pa.large_string()))


def _mended(text: pa.Array) -> tuple[pa.Array, list[tuple[int, str]]]:
    """Return text with its characters as they probably were meant, and by row what is wrong."""
    is_empty = pc.equal(pc.binary_length(text), 0)
    if pc.any(is_empty).as_py():
        text = pc.if_else(is_empty, None, text)
    is_suspect = _is_suspect(text)
    suspect = np.flatnonzero(is_suspect)
    coded = text.take(suspect).cast(pa.large_binary())
    values = [value.decode("utf-8", "surrogateescape") for value in coded.to_pylist()]
    wrong = [
        (int(row) + 1, message)
        for row, value in zip(suspect, values, strict=True)
        if (message := flaw(value, value))
    ]
    if wrong:
        better = pa.array([mended(value) or None for value in values], pa.large_string())
        text = pc.replace_with_mask(text, is_suspect, better)
    return text, wrong


def _is_suspect(text: pa.Array) -> np.ndarray:
    """Where something could be wrong with a text's characters, which are then looked at singly.

    Elsewhere it is printable ASCII without a space at its ends: of all rows together that is found
    out in a tenth of the time that a pattern takes.
    """
    _, bounds, content = text.buffers()
    suspect = np.zeros(len(text), dtype=bool)
    if not len(text) or content is None:
        return suspect
    places = np.frombuffer(bounds, np.int64)[text.offset : text.offset + len(text) + 1]
    letters = np.frombuffer(content, np.uint8)
    first, beyond = places[0], places[-1]
    odd = np.flatnonzero(letters[first:beyond] - np.uint8(0x20) > ord("~") - 0x20) + first
    suspect[np.searchsorted(places, odd, side="right") - 1] = True
    given = np.flatnonzero(places[1:] > places[:-1])
    for ends in (places[:-1], places[1:] - 1):
        suspect[given[letters[ends[given]] == 0x20]] = True
    suspect &= np.asarray(text.is_valid())
    return suspect
