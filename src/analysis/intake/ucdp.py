"""Events in the form of UCDP GED and UCDP Candidate: 49 columns, with a header or without.

The form: Sundberg and Melander (2013), Introducing the UCDP Georeferenced Event Dataset, Journal of
Peace Research 50(4); CC BY 4.0. An event has at least one death: most attacks are not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from analysis.intake.days import days, doubtful
from analysis.intake.doubts import joined
from analysis.intake.forms import column_of, needs

_HEADER = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,"
    "conflict_name,dyad_dset_id,dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,side_a,"
    "side_b_dset_id,side_b_new_id,side_b,number_of_sources,source_article,source_office,"
    "source_date,source_headline,source_original,where_prec,where_coordinates,where_description,"
    "adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,"
    "event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,"
    "deaths_unknown,best,high,low,gwnoa,gwnob"
)
#: The columns in their order, which a file without a header has, too.
UCDP_COLUMNS = tuple(_HEADER.split(","))

#: How far off coordinates may be, in km, by `where_prec`: exact, within 25 km, a district, a
#: province, a line or region, a country, sea or air.
_WITHIN = {"1": 10.0, "2": 25.0, "3": 60.0, "4": 120.0, "5": 150.0, "6": 500.0, "7": 300.0}

_NEEDED = ("id", "side_a", "side_b", "date_start", "latitude", "longitude")


def is_ucdp(table: pd.DataFrame) -> bool:
    """Whether a table has the columns by which this form is known."""
    return {"side_a", "side_b"} <= set(table) and bool({"relid", "where_prec"} & set(table))


def headerless_ucdp(first: Sequence[str]) -> Sequence[str]:
    """The columns of a table in this form whose first row is one of its events; else nothing."""
    bare = len(first) == len(UCDP_COLUMNS) and not set(first) & set(UCDP_COLUMNS)
    return UCDP_COLUMNS if bare else ()


def read_ucdp(table: pd.DataFrame) -> pd.DataFrame:
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
    needs(table, _NEEDED, "UCDP's form")

    column = partial(column_of, table)
    start = days(table["date_start"])
    end = days(column("date_end")).fillna(start)
    return pd.DataFrame(
        {
            "via": "UCDP",
            "external_id": table["id"],
            "event_date": start,
            "days_off": (end - start).dt.days,
            "reported_on": _told_on(column("source_date")),
            "place": column("where_coordinates"),
            "lat": table["latitude"],
            "lon": table["longitude"],
            "within_km": column("where_prec").map(_WITHIN).fillna(_WITHIN["3"]),
            "kind": column("type_of_violence"),
            "party_1": table["side_a"],
            "party_2": table["side_b"],
            "deaths_1": column("deaths_a"),
            "deaths_2": column("deaths_b"),
            "killed": column("best" if "best" in table else "best_est"),  # as it was until 2018
            "text": column("source_headline") + ". " + column("where_description"),
            "publisher": column("source_office"),
            "remarks": joined(doubtful(table["date_start"]), _of_no_side(table)),
        }
    )


def _of_no_side(table: pd.DataFrame) -> pd.Series:
    """What is to be said of deaths that no side is given: civilians, and those nobody can place."""
    said = pd.Series("", index=table.index, dtype="str")
    for name, whose in (("deaths_civilians", "of civilians"), ("deaths_unknown", "of no side")):
        number = column_of(table, name)
        told = f"deaths {whose}, which are in no count: " + number
        said = joined(said, told.where(pd.to_numeric(number, errors="coerce") > 0, ""))
    return said


def _told_on(written: pd.Series) -> pd.Series:
    """The newest day on which one of the sources told of it."""
    each = written.str.split(";").explode()
    return days(each).groupby(level=0).max().reindex(written.index)
