"""How texts are held: by Python in a record of some thousand rows, by Arrow in a large one.

Arrow's take far less room, of which a million rows have need, and many times as long for each of
the thousands of small steps that a report is made of.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.record.as_of import Record

#: From so many rows of a table on, texts are held by Arrow.
MANY = 20_000

_OF_PYTHON = pd.StringDtype("python", na_value=np.nan)


def in_small_steps(record: Record) -> Record:
    """The same record, its texts held as suits its size; also those that are made of them later.

    No value, and no name of a type, is another for it.
    """
    tables = {
        one.name: getattr(record, one.name) for one in fields(record) if one.name != "campaigns"
    }
    is_large = any(len(rows) > MANY for rows in tables.values())
    pd.set_option("mode.string_storage", "auto" if is_large else "python")
    if is_large:
        return record
    held: dict[str, Any] = {name: _of_python(rows) for name, rows in tables.items()}
    return replace(record, **held)


def _of_python(rows: pd.DataFrame) -> pd.DataFrame:
    held = rows.astype(dict.fromkeys(rows.columns[rows.dtypes == "str"], _OF_PYTHON))
    return held.set_axis(pd.Index(list(rows.columns)), axis="columns")
