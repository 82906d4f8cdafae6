"""Open the record: from the folder of its tables, or as another process has read it already."""

from __future__ import annotations

import datetime as dt
import os
import warnings
from pathlib import Path

import pandas as pd

from analysis.checkout import CHECKOUT
from analysis.errors import RecordWarning
from analysis.record import snapshot
from analysis.record.as_of import Record
from analysis.record.texts import in_small_steps, suit
from analysis.today import last_day


def read(
    data: str | Path | None = None, today: dt.date | None = None, *, checked: bool = False
) -> Record:
    """Read and check the record.

    Parameters
    ----------
    data: the folder of the tables; by default the one that the environment variable
        `BRINKWATCH_DATA` names, else the checkout's `data/`. In the kernel of a report it is
        the record as the run has read and checked it.
    today: a row reported more than a day later is worth a :class:`RecordWarning`; None where it
        does not matter which day it is.
    checked: whether it is known that files of the very same bytes are good.

    Raises
    ------
    RecordError
        If the record does not check; it lists every fault with file, line and column.
    """
    if data is None and (handed_on := snapshot.load_if_any(os.environ)) is not None:
        suit(handed_on)  # which was held so when it was read
        return handed_on

    from analysis.record.reading import read_tables

    folder = Path(data or os.environ.get("BRINKWATCH_DATA") or CHECKOUT / "data")
    with pd.option_context("mode.string_storage", "auto"):  # whatever was read before it
        tables, campaigns = read_tables(folder, checked=checked)
    record = in_small_steps(Record(**tables, campaigns=campaigns))
    if today is not None and (ahead := record.ahead_of(today)):
        what = ", ".join(f"{table}.csv ({day:%Y-%m-%d})" for table, day in ahead.items())
        message = f"there are rows reported after {last_day(today)}, more than a day ahead: {what}"
        right = "`brinkwatch check` names their lines; no report of an earlier day sees them"
        warnings.warn(f"{message}; {right}", RecordWarning, stacklevel=2)
    return record
