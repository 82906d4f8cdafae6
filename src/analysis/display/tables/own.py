"""A table of one's own, in the house's style: what an analyst adds to a page."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.tables.cells import framed, table


def of(frame: pd.DataFrame | pd.Series, caption: str) -> Fragment:
    """A table of one's own: a frame as a table of the page.

    Parameters
    ----------
    frame: its rows and columns; an index that says something becomes the first columns.
    caption: what it shows, in which unit.

    Returns
    -------
    Fragment
        The table, in the house's style.

    Examples
    --------
    >>> frame = pd.DataFrame({"attacks": [3, None]}, index=pd.Index(["Erbil", "Tanf"], name="site"))
    >>> of(frame.convert_dtypes(), "Attacks by site")
    Attacks by sitesiteattacks Erbil3 Tanf
    """
    rows = framed(frame) if isinstance(frame, pd.Series) else frame
    says_nothing = isinstance(rows.index, pd.RangeIndex) and rows.index.name is None
    shown = rows if says_nothing else rows.reset_index()
    headings = list(map(_heading, shown.columns))
    columns = [shown.iloc[:, place] for place in range(shown.shape[1])]
    cells = pd.DataFrame([[_cell(value) for value in row] for row in zip(*columns, strict=True)],
                         columns=headings, dtype=object)  # fmt: skip
    numbers = [name for name, column in zip(headings, columns, strict=True) if _counts(column)]
    return table(caption, cells, numbers=numbers)


def _counts(column: pd.Series) -> bool:
    """Whether a column holds numbers, be it as objects."""
    kinds = pd.api.types
    values = column.dropna()
    return len(values) > 0 and all(
        kinds.is_number(value) and not kinds.is_bool(value) for value in values
    )


def _heading(name: Any) -> str:
    parts = name if isinstance(name, tuple) else (name,)
    return " ".join(str(part).replace("_", " ") for part in parts if part != "")


def _cell(value: Any) -> object:
    """A value as a table has it: days in words, numbers with thousands apart, gaps empty."""
    if isinstance(value, list | tuple | dict | set) or not pd.api.types.is_scalar(value):
        return str(value)
    if isinstance(value, Markup):
        return value
    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return words.short_day(value) if value == value.normalize() else str(value)
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    if pd.api.types.is_number(value):
        return words.digits(float(f"{value:.6g}"))
    return str(value)
