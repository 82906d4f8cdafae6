"""Values of the record as its tables write them, whatever their types in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv

_BLOCK = 50_000  # rows written at a time


def as_text(value: Any) -> str | None:
    """A value as text: an ISO date, digits; None where nothing is known.

    >>> as_text(pd.Timestamp("2023-10-18")), as_text(3), as_text(pd.NA)
    ('2023-10-18', '3', None)
    """
    if pd.isna(value):
        return None
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def in_arrow(table: pd.DataFrame) -> pa.Table:
    """The same for Arrow, without what it notes of frames."""
    return pa.table({name: pa.array(rows.array, from_pandas=True) for name, rows in table.items()})


def as_csv(table: pa.Table) -> Iterator[memoryview]:
    """The rows of a table as CSV, block after block, however many they are."""
    options = pyarrow.csv.WriteOptions(include_header=False)
    for rows in table.to_batches(max_chunksize=_BLOCK):
        block = pa.BufferOutputStream()
        pyarrow.csv.write_csv(_in_words(rows), block, options)
        yield memoryview(block.getvalue())


def _in_words(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The same without categories, which Arrow does not write."""
    columns = {
        name: column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        for name, column in zip(rows.schema.names, rows.columns, strict=True)
    }
    return pa.record_batch(columns)
