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
    """The same record, its texts held as suits its size, and those that are made of them later.

    No value, and no name of a type, is another for it.
    """
    if not suit(record):
        return record
    held: dict[str, Any] = {name: _of_python(rows) for name, rows in _tables(record).items()}
    return replace(record, **held)


def suit(record: Record) -> bool:
    """Let texts that are made from now on be held as suits a record; whether that is by Python."""
    is_small = all(len(rows) <= MANY for rows in _tables(record).values())
    pd.set_option("mode.string_storage", "python" if is_small else "auto")
    return is_small


def _tables(record: Record) -> dict[str, pd.DataFrame]:
    return {
        one.name: getattr(record, one.name) for one in fields(record) if one.name != "campaigns"
    }


def _of_python(rows: pd.DataFrame) -> pd.DataFrame:
    held = rows.astype(dict.fromkeys(rows.columns[rows.dtypes == "str"], _OF_PYTHON))
    return held.set_axis(pd.Index(list(rows.columns)), axis="columns")
