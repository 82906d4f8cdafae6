"""Events of others in one form, whoever wrote them: a frame with the columns of :data:`COLUMNS`.

A reader is a function from the table as it stands to that frame. It says only what the source
says; what it means for the record is for :mod:`analysis.intake.scope` to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import UsageError
from analysis.intake.acled import ACLED_COLUMNS, is_acled, read_acled
from analysis.intake.doubts import QUALIFIER, bounded, counts, joined, no_place
from analysis.intake.forms import read_table
from analysis.intake.mapped import columns_named, numbered, read_mapped, read_own
from analysis.intake.ucdp import UCDP_COLUMNS, headerless_ucdp, is_ucdp, read_ucdp
from analysis.record.tables import kinds

#: What is known of an event. Text, empty where the source is silent, unless it says otherwise.
COLUMNS = (
    "line",  # whole number: where it stands in the file
    "via",  # whose file it is, where that is known
    "external_id",
    "event_date",  # datetime64
    "utc_hour",  # number: of the day, where the source has its moment in UTC
    "days_off",  # whole number: by how many days the source may be wrong about it
    "reported_on",  # datetime64: the source's own date
    "place",
    "lat",  # degrees
    "lon",
    "within_km",  # km: how far off the source says its coordinates may be
    "kind",  # the source's own word for what happened
    "party_1",
    "party_2",
    "directed",  # bool: whether party_1 is known to have attacked party_2
    "deaths_1",  # number: of each party's side
    "deaths_2",
    "killed",  # number: in all, or of the side attacked where the source tells
    "injured",  # number
    "text",  # its words, to be read and never kept
    "publisher",
    "source_url",
    "remarks",  # what whoever reviews it is to know of how it was read
    # what only a source that knows the record's own words gives
    "attack_id",
    "site_id",
    "target",
    "weapons",
    "munitions",  # number
    "outcome",
    "claimed_by",
    "attributed_to",
    "date_precision",
    "confirmation",
    "casualties_of",
    QUALIFIER,
)

_COUNTS = ("deaths_1", "deaths_2", "killed", "injured", "munitions")
_NUMBERS = ("lat", "lon", "within_km", "days_off", "utc_hour", *_COUNTS)

#: Of so many lines with one id the numbers are told.
_MOST_LINES = 5

#: Types of the columns that are not text, and what stands where the source is silent.
_KINDS: dict[str, tuple[str, Any]] = {
    "event_date": ("datetime64[s]", pd.NaT),
    "reported_on": ("datetime64[s]", pd.NaT),
    "directed": ("bool", False),
    **dict.fromkeys(_NUMBERS, ("float64", np.nan)),
}


def read_events(content: bytes, mapping: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Read a file of others, in whichever of the known forms it is.

    Parameters
    ----------
    content: the file's bytes: CSV, a sheet, JSON, or JSON with an object a line.
    mapping: which column holds what, where the form is not known; see
        :func:`analysis.intake.mapped.read_mapped`.

    Returns
    -------
    DataFrame
        A row for each row of the file, with the columns of :data:`COLUMNS`.

    Raises
    ------
    UsageError
        If the form is not known, or a column that it needs is missing.
    """
    known = {*ACLED_COLUMNS, *UCDP_COLUMNS, *kinds("attacks"), *COLUMNS}
    if mapping is None:
        table = read_table(content, headerless_ucdp, known)
    elif numbered(mapping):
        table = read_table(content, lambda first: [*map(str, range(1, len(first) + 1))])
    else:
        table = read_table(content, sought=columns_named(mapping))
    if mapping is not None:
        said = read_mapped(table, mapping)
    elif is_acled(table):
        said = read_acled(table)
    elif is_ucdp(table):
        said = read_ucdp(table)
    elif len(set(kinds("attacks")) & set(table)) > 3:
        said = read_own(table)
    else:
        there = ", ".join(map(str, list(table)[:12]))
        raise UsageError(
            f"This is no form that is known: its columns are {there}. "
            "Say with --map FILE.toml which of them holds what, under [columns]: event_date and "
            "place (or lat and lon) at least, and what else there is, such as text for its words."
        )
    return _complete(said, table.index)


def _complete(said: pd.DataFrame, lines: pd.Index) -> pd.DataFrame:
    """All columns in their types."""
    said = _qualified(said)
    filled: dict[str, Any] = {"line": np.asarray(lines, dtype="int64")}
    remarks = said["remarks"]
    for name in COLUMNS[1:]:
        kind, empty = _KINDS.get(name, ("str", ""))
        given = said.get(name)
        if given is None:
            given = pd.Series(empty, index=said.index)
        elif name in _COUNTS:
            given, odd = counts(given, name)
            remarks = joined(remarks, odd)
        elif kind == "float64":
            text = _with_points(given) if name in ("lat", "lon") else given
            given = pd.to_numeric(text, errors="coerce")
        filled[name] = (
            given.fillna("").astype("str") if kind == "str" else given.astype(np.dtype(kind))
        )
    events = pd.DataFrame(filled).reset_index(drop=True)
    events["days_off"] = events["days_off"].fillna(0)
    events["remarks"] = joined(remarks.reset_index(drop=True), _of_one_id(events))
    return _placed(events, said.reset_index(drop=True))


def _qualified(said: pd.DataFrame) -> pd.DataFrame:
    """Numbers of people alone, and beside them whether they are bounded or rounded.

    Where that is said of both otherwise the record's one word is of the injured.
    """
    nothing = pd.Series("", index=said.index, dtype="str")
    said = said.assign(**{name: said.get(name, nothing) for name in (QUALIFIER, "remarks")})
    for name in ("injured", "killed"):
        if name in said:
            said[name], how, told = bounded(said[name], name)
            said[QUALIFIER] = said[QUALIFIER].where(said[QUALIFIER] != "", how)
            said["remarks"] = joined(said["remarks"], told)
    return said


def _of_one_id(events: pd.DataFrame) -> pd.Series:
    """What is to be said of events whose id stands on several lines; empty where nothing is.

    An id of the record is of an attack: there a line is a version.
    """
    ids = events["external_id"].where(events["external_id"] != events["attack_id"])
    lines = events.loc[ids.notna() & ids.duplicated(keep=False), "line"].groupby(ids).agg(listed)
    said = "one id is given to lines " + lines.astype("str") + " of the file"
    return ids.map(said).astype("str").fillna("")


def listed(lines: pd.Series) -> str:
    """The first few lines, and how many more there are."""
    first = ", ".join(map(str, lines.head(_MOST_LINES)))
    return first + (f" and {more:,} more" if (more := len(lines) - _MOST_LINES) > 0 else "")


def _with_points(degrees: pd.Series) -> pd.Series:
    """Degrees as text, with a point where they have a decimal comma: there are no thousands."""
    if not pd.api.types.is_string_dtype(degrees):
        return degrees
    return degrees.str.replace(r"^(-?\d{1,3}),(\d+)$", r"\1.\2", regex=True)


def _placed(events: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """Without coordinates that are none: 0, 0 stands for "not known" in many a table."""
    placed = (events["lat"].abs() <= 90) & (events["lon"].abs() <= 180)
    placed &= (events["lat"] != 0) | (events["lon"] != 0)
    events.loc[~placed, ["lat", "lon"]] = np.nan
    if {"lat", "lon"} <= set(said):
        events["remarks"] = joined(events["remarks"], no_place(said["lat"], said["lon"], placed))
    return events
