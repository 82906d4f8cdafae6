"""Days as others write them: ISO, in words, day first or month first, as moments in UTC."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.intake.doubts import joined
from analysis.record.tidy.dates import day_by_name
from analysis.record.wording import day

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
#: A time of day in UTC.
_IN_UTC = r"[T ](\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)? ?(?:Z|UTC|GMT|[+-]00:?00)\b"
#: The sun takes an hour from one of these to the next.
_DEGREES_AN_HOUR = 15
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
    distinct, codes = _distinct(written)
    year_first = distinct.str.extract(_YEAR_FIRST, expand=False)
    found = _read(year_first.str.replace(r"[/.]", "-", regex=True), "%Y-%m-%d")
    found = found.fillna(_slashed(distinct))
    found = found.fillna(_read(distinct.where(found.isna()), "%Y%m%d"))
    left = distinct[found.isna()]
    moments = pd.to_datetime(_moments(left), unit="ms")
    found = found.fillna(moments.dt.floor("D").astype("datetime64[s]"))
    untimed = left.str.replace(_TIME, "", regex=True)
    named = untimed.str.replace(_WEEKDAY_FIRST, r"\2 \1 \3", regex=True).map(day_by_name)
    found = found.fillna(_read(named, "%Y-%m-%d"))
    return pd.Series(found.to_numpy()[codes], index=written.index)


def hours_in_utc(written: pd.Series) -> pd.Series:
    """The hour of the day in UTC, where a moment is written that says so; missing elsewhere.

    Parameters
    ----------
    written: text, as :func:`days` reads it.

    Examples
    --------
    >>> hours_in_utc(pd.Series(["2024-01-05T22:30:00Z", "2024-01-05T22:30+03:00", "5.1.2024"]))
    ... # doctest: +NORMALIZE_WHITESPACE
    0    22.5
    1     NaN
    2     NaN
    dtype: float64
    """
    distinct, codes = _distinct(written)
    parts = distinct.str.extract(_IN_UTC).astype("float64")
    hours = (parts[0] + parts[1] / 60).fillna(_moments(distinct) / 3_600_000 % 24)
    return pd.Series(hours.to_numpy()[codes], index=written.index)


def local(events: pd.DataFrame, near: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """The events with their day at the site, where their file has it in UTC.

    What is told in the evening in UTC was the day after at a site in the east. Which hour it is
    there follows from the longitude, to within an hour of its clocks.

    Parameters
    ----------
    events: as :func:`analysis.intake.events.read_events` gives them.
    near: the sites near each, nearest first, as :func:`~.places.sites_near` gives them.
    sites: the record's table.
    """
    nearest = near.drop_duplicates("event").set_index("event")["site_id"]
    east = nearest.map(sites.set_index("site_id")["lon"]).astype("float64").reindex(events.index)
    hour = events["utc_hour"] + east.fillna(events["lon"]) / _DEGREES_AN_HOUR
    off = np.floor(hour / 24).fillna(0)
    moved = off[(off != 0) & events["event_date"].notna()]
    if moved.empty:
        return events
    there = events.loc[moved.index, "event_date"] + pd.to_timedelta(moved, unit="D")
    told = "its moment, given in UTC, fell on " + there.map(day) + " at the site, by its longitude"
    said = joined(events["remarks"], told.reindex(events.index, fill_value=""))
    reported = events.loc[moved.index, "reported_on"]
    events = events.assign(remarks=said)
    events.loc[moved.index, "event_date"] = there
    events.loc[moved.index, "reported_on"] = reported.mask(reported < there, there)
    return events


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
    distinct, codes = _distinct(written)
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


def _distinct(written: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """What is written, each once, and the place of each row's among them."""
    codes, values = pd.factorize(written.fillna("").astype("str"))
    return pd.Series(values, dtype="str").str.strip(), codes


def _moments(distinct: pd.Series) -> pd.Series:
    """Milliseconds since 1970, where that is what is written."""
    return pd.to_numeric(distinct.where(distinct.str.fullmatch(_MOMENT)), errors="coerce")


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
