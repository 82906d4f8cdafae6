"""Days as others write them: ISO, in words, day first or month first."""

from __future__ import annotations

import pandas as pd

_ISO = r"^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$"
_SLASHED = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[T ].*)?$"

#: Days in words, likeliest first: 31 January 2023, January 31, 2023, and short names of months.
_WORDED = ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%d-%B-%Y", "%d-%b-%Y", "%b %d, %Y", "%Y%m%d")


def days(written: pd.Series) -> pd.Series:
    """Days of a column, whichever way its file writes them.

    Parameters
    ----------
    written: text. Where numbers alone leave open which is the month, the whole column decides:
        the month comes first only if read so every day exists and read otherwise one does not.

    Returns
    -------
    Series of datetime64[s]
        Missing where there is no day, or none that exists.

    Examples
    --------
    >>> days(pd.Series(["2024-01-31", "31 January 2024", "31-01-2024"])).nunique()
    1
    >>> days(pd.Series(["1/31/2024", "2/1/2024"])).dt.month.tolist()
    [1, 2]
    """
    codes, values = pd.factorize(written.fillna("").astype("str"))
    distinct = pd.Series(values, dtype="str").str.strip()
    found = _read(distinct.str.extract(_ISO, expand=False), "%Y-%m-%d")
    found = found.fillna(_slashed(distinct))
    for form in _WORDED:
        if found.isna().any():
            found = found.fillna(_read(distinct.where(found.isna()), form))
    return pd.Series(found.to_numpy()[codes], index=written.index)


def _slashed(distinct: pd.Series) -> pd.Series:
    parts = distinct.str.extract(_SLASHED)
    year = parts[2].where(parts[2].str.len() != 2, "20" + parts[2])
    dayfirst = _read(year + "-" + parts[1] + "-" + parts[0], "%Y-%m-%d")
    monthfirst = _read(year + "-" + parts[0] + "-" + parts[1], "%Y-%m-%d")
    given = parts[0].notna()
    american = monthfirst[given].notna().all() and dayfirst[given].isna().any()
    return monthfirst if american else dayfirst


def _read(text: pd.Series, form: str) -> pd.Series:
    return pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[s]")
