"""Events in ACLED's export form, of today or older; columns are found by name.

The form: https://acleddata.com (codebook). Its terms forbid passing on its rows: what is read here
is compared and reviewed on the desk, and no text of it goes into the record.
"""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.intake.days import days, doubtful
from analysis.intake.forms import column_of, needs

#: By how many days a date may be off, by `time_precision`: a day, a week, longer.
_DAYS_OFF = {"1": 0, "2": 4, "3": 16}

#: How far off coordinates may be, in km, by `geo_precision`: a town, near one, a larger region.
_WITHIN = {"1": 15.0, "2": 25.0, "3": 75.0}

#: Who acts, by `inter`: those who hold no arms. Text of newer files, digits of older ones.
_UNARMED = ("5", "6", "7", "rioters", "protesters", "civilians", "0", "")

#: Where the id stands: in newer files, in older ones.
_IDS = ("event_id_cnty", "data_id", "event_id_no_cnty")

_NEEDED = ("event_date", "actor1", "actor2", "sub_event_type", "location")

#: Columns by which its header is found.
ACLED_COLUMNS = (*_IDS, *_NEEDED, "iso3", "geo_precision", "fatalities", "timestamp")


def is_acled(table: pd.DataFrame) -> bool:
    """Whether a table has the columns by which this form is known."""
    names = set(table)
    return {"actor1", "event_date"} <= names and bool(
        names & {*_IDS, "iso3", "sub_event_type", "inter1"}
    )


def read_acled(table: pd.DataFrame) -> pd.DataFrame:
    """Read a table in this form.

    Returns
    -------
    DataFrame
        Columns as in :data:`analysis.intake.events.COLUMNS`, as far as the form has them.

    Raises
    ------
    UsageError
        If a column is missing without which nothing can be said.
    """
    needs(table, _NEEDED, "ACLED's form")
    ids = next((name for name in _IDS if name in table), None)

    column = partial(column_of, table)
    return pd.DataFrame(
        {
            "via": "ACLED",
            "external_id": table.index.astype("str") if ids is None else table[ids],
            "event_date": days(table["event_date"]),
            "days_off": column("time_precision").map(_DAYS_OFF).fillna(0),
            "reported_on": _told_on(column("timestamp")),
            "place": table["location"],
            "lat": column("latitude"),
            "lon": column("longitude"),
            "within_km": column("geo_precision").map(_WITHIN).fillna(_WITHIN["2"]),
            "kind": table["sub_event_type"].where(~_peaceful(table), "Unarmed"),
            "party_1": _with(table["actor1"], column("assoc_actor_1")),
            "party_2": _with(table["actor2"], column("assoc_actor_2")),
            "killed": column("fatalities"),
            "text": column("notes"),
            "publisher": column("source"),
            "remarks": doubtful(table["event_date"]),
        }
    )


def _told_on(timestamps: pd.Series) -> pd.Series:
    """The day of the last change: Unix seconds, or a day as older files have it."""
    seconds = pd.to_numeric(timestamps, errors="coerce")
    moments = pd.to_datetime(seconds.where(seconds > 1e8), unit="s", errors="coerce")
    written = days(timestamps.where(seconds.isna(), ""))
    return moments.dt.floor("D").astype("datetime64[s]").fillna(written)


def _peaceful(table: pd.DataFrame) -> pd.Series:
    """Where nobody on either side holds arms, as far as the form says."""
    if "inter1" not in table or "inter2" not in table:
        return pd.Series(False, index=table.index)
    unarmed = [table[name].str.lower().isin(_UNARMED) for name in ("inter1", "inter2")]
    said = (table["inter1"] != "") | (table["inter2"] != "")
    return unarmed[0] & unarmed[1] & said


def _with(actor: pd.Series, associated: pd.Series) -> pd.Series:
    return actor + ("; " + associated).where(associated != "", "")
