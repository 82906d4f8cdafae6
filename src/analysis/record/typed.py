"""The rows of a table with the types of their columns, in an order of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute

from analysis.record.columns import Kind
from analysis.record.tables import id_column, kinds

_DAYS = "datetime64[s]"
_DTYPES: dict[Kind, str] = {
    "count": "Int64",
    "degrees": "float64",
    "word": "str",
    "id": "str",
    "text": "str",
}
#: Attacks may be a million rows: their words are kept once each, in alphabetical order.
_OF_MANY_ROWS: dict[str, dict[Kind, str]] = {"attacks": {"word": "category"}}


def typed(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the types of their columns, in an order of their own."""
    dtypes = _DTYPES | _OF_MANY_ROWS.get(table, {})
    days = {name: _days(rows[name]) for name, kind in kinds(table).items() if kind == "date"}
    others = {name: dtypes[kind] for name, kind in kinds(table).items() if kind != "date"}
    held = rows.assign(**days).astype(others)
    if table == "tallies":
        held = _with_tally_ids(held)
    order = ["reported_on"] * ("reported_on" in held) + [str(held.columns[0])]
    if id_column(table) is None and table != "tallies":
        order = list(held.columns)  # spans may begin on one day
    return held.take(_sorted(held[order])).reset_index(drop=True)


def _days(written: pd.Series) -> pd.Series:
    """Dates, each distinct one read once."""
    codes, distinct = pd.factorize(written)
    days = pd.Index(distinct).astype(_DAYS).take(codes, fill_value=pd.NaT)
    return pd.Series(days, index=written.index)


def _sorted(rows: pd.DataFrame) -> np.ndarray:
    """The places of rows in their order; of a million ids Arrow finds it in a tenth of the time."""
    keys = [(str(name), "ascending") for name in rows]
    held = pa.Table.from_pandas(rows, preserve_index=False)
    places: np.ndarray = pa.compute.sort_indices(held, keys).to_numpy()
    return places


def _with_tally_ids(tallies: pd.DataFrame) -> pd.DataFrame:
    """Name every tally by what it says; the same words of one day are told apart by a number.

    The number follows the row's whole content, so that an id stays whatever else is in the file.
    """
    ordered = tallies.sort_values(list(tallies.columns), ignore_index=True)
    ids = "tally-" + ordered["reported_on"].dt.strftime("%Y-%m-%d") + "-"
    ids += ordered["scope"].str.lower() + "-" + ordered["target"] + "-" + ordered["measure"] + "-"
    ids += ordered["value"].astype("str")
    number = ids.groupby(ids).cumcount() + 1
    ids += ("-" + number.astype("str")).where(number > 1, "")
    ordered.insert(0, "tally_id", ids.astype("str"))
    return ordered
