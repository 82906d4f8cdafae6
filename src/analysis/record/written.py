"""Values of the record as its tables write them, whatever their types in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.csv

_BLOCK = 50_000  # rows written at a time


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """All values as text: ISO dates, digits, nothing where nothing is known.

    >>> as_text(pd.DataFrame({"since": [pd.Timestamp("2023-10-18"), None]}))["since"].tolist()
    ['2023-10-18', '']
    """
    dated = frame.select_dtypes("datetime").columns
    text = frame.assign(**{column: frame[column].dt.strftime("%Y-%m-%d") for column in dated})
    return text.astype("string").fillna("").astype("str")


def as_csv(table: pd.DataFrame) -> Iterator[memoryview]:
    """The rows of a table as CSV, block after block, however many they are."""
    options = pyarrow.csv.WriteOptions(include_header=False)
    for start in range(0, len(table), _BLOCK):
        block = pa.BufferOutputStream()
        rows = pa.Table.from_pandas(table.iloc[start : start + _BLOCK], preserve_index=False)
        pyarrow.csv.write_csv(rows.cast(_without_categories(rows.schema)), block, options)
        yield memoryview(block.getvalue())


def _without_categories(schema: pa.Schema) -> pa.Schema:
    kinds = {field.name: field.type for field in schema}
    return pa.schema(
        {
            name: kind.value_type if pa.types.is_dictionary(kind) else kind
            for name, kind in kinds.items()
        }
    )
