"""Rows by the codes or ids in a column, of which a page asks hundreds of times."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute


def is_one_of(column: pd.Series, codes: Collection[str] | pd.Series) -> npt.NDArray[np.bool_]:
    """Whether each value is one of some codes or ids.

    `isin` takes five to ten times as long: categories it looks at one by one, and texts that Python
    holds twice; of each that is sought among texts of Arrow it makes one of Python's.

    >>> is_one_of(pd.Series(["drone", "rocket", None], dtype="category"), ["drone"]).tolist()
    [True, False, False]
    """
    values = column.array
    if isinstance(values, pd.Categorical):
        wanted = np.zeros(len(values.categories) + 1, dtype=bool)  # the last is of what is missing
        wanted[:-1] = [code in codes for code in values.categories]
        return wanted[np.asarray(values.codes)]
    if isinstance(values, pd.arrays.StringArray):
        return np.fromiter(map(set(codes).__contains__, np.asarray(values)), bool, len(values))
    sought = codes if isinstance(codes, pd.Series) else list(codes)
    if isinstance(values, pd.arrays.ArrowStringArray):
        of_arrow = pa.array(sought, pa.large_string(), from_pandas=True)
        return np.asarray(pa.compute.is_in(pa.array(values), value_set=of_arrow))
    return np.asarray(column.isin(sought))


def distinct(column: pd.Series) -> set[str]:
    """The codes or ids that are given in a column.

    >>> distinct(pd.Series(["drone", None, "drone"], dtype="category"))
    {'drone'}
    """
    values = column.array
    if isinstance(values, pd.Categorical):
        there = np.unique(values.codes)
        return set(values.categories[there[there >= 0]])
    if isinstance(values, pd.arrays.StringArray):
        return {one for one in set(np.asarray(values)) if isinstance(one, str)}
    return set(column.dropna().unique())


def as_rows(rows: pd.DataFrame, places: np.ndarray) -> list[dict[Any, Any]]:
    """The rows at some places, each by column; `to_dict` looks at one as long as at hundreds.

    >>> as_rows(pd.DataFrame({"id": ["a", "b"], "killed": [0, 3]}), np.array([1]))
    [{'id': 'b', 'killed': 3}]
    """
    if not len(places):
        return []
    columns = [_values(column.array.take(places)) for _, column in rows.items()]
    return [dict(zip(rows.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def rows_with(rows: pd.DataFrame, column: str, codes: Collection[str]) -> list[dict[Any, Any]]:
    """The rows that have one of some codes or ids in a column, each by column."""
    return as_rows(rows, np.flatnonzero(is_one_of(rows[column], codes)))


def _values(array: pd.api.extensions.ExtensionArray) -> list[Any]:
    """The values as a series has them: numbers are Python's own, which NumPy's array leaves."""
    numpy = isinstance(array, pd.arrays.NumpyExtensionArray)
    values: list[Any] = array.to_numpy().tolist() if numpy else array.tolist()
    return values
