"""Rows by the codes in a column, of which a page asks hundreds of times."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd


def is_one_of(column: pd.Series, codes: Collection[str]) -> np.ndarray:
    """Whether each value is one of some codes; `isin` takes ten times as long for categories.

    >>> is_one_of(pd.Series(["drone", "rocket", None], dtype="category"), ["drone"]).tolist()
    [True, False, False]
    """
    values = column.array
    if not isinstance(values, pd.Categorical):
        return np.asarray(column.isin(list(codes)))
    wanted = np.zeros(len(values.categories) + 1, dtype=bool)  # the last is of what is not given
    wanted[:-1] = [code in codes for code in values.categories]
    found: np.ndarray = wanted[values.codes]
    return found
