"""Days as others write them: ISO, in words, day first or month first, as moments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.record.tidy.dates import day_by_name

_YEAR_FIRST = r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?:[T ].*)?$"
#: A time of day with its zone, which may stand in a day: "Sat Jan 20 18:32:00 +0000 2024".
_TIME = (
    r",?(?:\s|T)+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"(?: ?(?:UTC|GMT|Z|[+-]\d{2}:?\d{2}))?"
)
#: The same day as its weekday, month, day and year stand.
_WEEKDAY_FIRST = r"^[^\W\d]{3} ([^\W\d]{3}) (\d{1,2}) (\d{4})$"
#: Milliseconds since 1970, as maps export a moment.
_MOMENT = r"^1\d{12}$"
_SLASHED = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[T ].*)?$"


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
    year_first = distinct.str.extract(_YEAR_FIRST, expand=False)
    found = _read(year_first.str.replace(r"[/.]", "-", regex=True), "%Y-%m-%d")
    found = found.fillna(_slashed(distinct))
    found = found.fillna(_read(distinct.where(found.isna()), "%Y%m%d"))
    left = distinct[found.isna()]
    moments = pd.to_numeric(left.where(left.str.fullmatch(_MOMENT)), errors="coerce")
    found = found.fillna(pd.to_datetime(moments, unit="ms").dt.floor("D").astype("datetime64[s]"))
    untimed = left.str.replace(_TIME, "", regex=True)
    named = untimed.str.replace(_WEEKDAY_FIRST, r"\2 \1 \3", regex=True).map(day_by_name)
    found = found.fillna(_read(named, "%Y-%m-%d"))
    return pd.Series(found.to_numpy()[codes], index=written.index)


def doubtful(written: pd.Series) -> pd.Series:
    """What is to be said of days that cannot be read, or whose order their column leaves open.

    Parameters
    ----------
    written: text, as :func:`days` reads it.

    Examples
    --------
    >>> doubtful(pd.Series(["01/02/2024", "2024-01-31"])).tolist()
    ["'01/02/2024' is read day first, which the file leaves open", '']
    >>> doubtful(pd.Series(["01/02/2024", "31/01/2024", "", "Sunday"])).tolist()
    ['', '', '', "'Sunday' is no day that can be read"]
    """
    codes, values = pd.factorize(written.fillna("").astype("str"))
    distinct = pd.Series(values, dtype="str").str.strip()
    day_first, month_first = _both_orders(distinct)
    given = day_first.notna() | month_first.notna()
    told = day_first[given].notna().all() != month_first[given].notna().all()
    # With points between the numbers nobody puts the month first.
    either = day_first.ne(month_first) & day_first.notna() & month_first.notna()
    open_still = either & ~distinct.str.contains(".", regex=False) & (not told)
    unread = days(distinct).isna() & (distinct != "")
    said = np.select(
        [open_still, unread],
        ["'" + distinct + "' is read day first, which the file leaves open",
         "'" + distinct + "' is no day that can be read"],
        default="",
    )  # fmt: skip
    return pd.Series(said[codes], index=written.index, dtype="str")


def _slashed(distinct: pd.Series) -> pd.Series:
    day_first, month_first = _both_orders(distinct)
    given = distinct.str.fullmatch(_SLASHED)
    american = month_first[given].notna().all() and day_first[given].isna().any()
    return month_first if american else day_first


def _both_orders(distinct: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Days in numbers, read day first and month first."""
    parts = distinct.str.extract(_SLASHED)
    year = parts[2].where(parts[2].str.len() != 2, "20" + parts[2])
    return (
        _read(year + "-" + parts[1] + "-" + parts[0], "%Y-%m-%d"),
        _read(year + "-" + parts[0] + "-" + parts[1], "%Y-%m-%d"),
    )


def _read(text: pd.Series, form: str) -> pd.Series:
    return pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[s]")
