"""Events in the record's own columns, or in any others with a mapping that says what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import UsageError
from analysis.intake.days import days, doubtful, hours_in_utc

#: What a mapping may name, beside the columns of the record's attacks.
_NAMED = (
    "via", "external_id", "event_date", "days_off", "reported_on", "place", "lat", "lon",
    "within_km", "kind", "attacker", "attacked", "killed", "injured", "text", "publisher",
    "source_url", "attack_id", "site_id", "target", "weapons", "munitions", "outcome",
    "claimed_by", "attributed_to", "date_precision", "confirmation", "casualties_of",
    "casualties_qualifier",
)  # fmt: skip

#: Names that tables have for some of these, likeliest first.
_ALSO = {
    "external_id": ("attack_id", "id"),
    "text": ("note",),
    "place": ("location", "location.name", "site.name", "place.name", "site_id"),
    "lat": ("latitude",),
    "lon": ("longitude", "lng"),
}

#: Where a table does not say how good its coordinates are, in km.
_WITHIN = 15.0


def read_mapped(table: pd.DataFrame, mapping: Mapping[str, Any]) -> pd.DataFrame:
    """Read a table by a mapping.

    Parameters
    ----------
    table: text.
    mapping: `[columns]` names the table's column for each of ours, one or a list of them to be
        joined, or says which it is, counted from 1, where the table has no header;
        `[values.<column>]` what its words mean in ours; `[always]` what holds for each row.

    Returns
    -------
    DataFrame
        Columns as in :data:`analysis.intake.events.COLUMNS`, as far as the mapping gives them.

    Raises
    ------
    UsageError
        If the mapping names a column that neither side has.

    Examples
    --------
    >>> table = pd.DataFrame({"Nr": ["7"], "When": ["31.1.2024"], "What": ["UAV"]})
    >>> mapping = {"columns": {"external_id": "Nr", "event_date": "When", "weapons": "What"},
    ...     "values": {"weapons": {"UAV": "drone"}}}
    >>> read_mapped(table, mapping)[["external_id", "weapons"]].to_dict("records")
    [{'external_id': '7', 'weapons': 'drone'}]
    """
    columns, always = dict(mapping.get("columns", {})), dict(mapping.get("always", {}))
    _refuse_unknown(columns, always, mapping.get("values", {}), table)
    said: dict[str, pd.Series] = {}
    for name, held in columns.items():
        names = _names(held)
        said[name] = table[names].agg(" ".join, axis=1) if names[1:] else table[names[0]]
    for name, value in always.items():
        constant = pd.Series(str(value), index=table.index, dtype="str")
        given = said.get(name, pd.Series("", index=table.index, dtype="str"))
        said[name] = given.where(given != "", constant)
    for name, meant in mapping.get("values", {}).items():
        said[name] = said[name].replace({str(key): str(value) for key, value in meant.items()})
    return _typed(pd.DataFrame(said, index=table.index))


def columns_named(mapping: Mapping[str, Any]) -> list[str]:
    """The columns of a table that a mapping names."""
    return [one for held in dict(mapping.get("columns", {})).values() for one in _names(held)]


def _names(held: Any) -> list[str]:
    """The columns of a table that hold one of ours: one, or a list of them."""
    return [str(one) for one in (held if isinstance(held, list) else [held])]


def numbered(mapping: Mapping[str, Any]) -> bool:
    """Whether a mapping says which columns it means by their number: the table has no header."""
    return any(isinstance(held, int) for held in dict(mapping.get("columns", {})).values())


def read_own(table: pd.DataFrame) -> pd.DataFrame:
    """Read a table in the record's own columns; several more of ours may be among them."""
    held = {name: _column_for(name, table) for name in _NAMED}
    return read_mapped(table, {"columns": {name: one for name, one in held.items() if one}})


def _column_for(name: str, table: pd.DataFrame) -> str:
    """The column that holds one of ours: of its name or another, or alone of it in an object."""
    for one in (name, *_ALSO.get(name, ())):
        if one in table:
            return one
        inner = [column for column in map(str, table) if column.endswith(f".{one}")]
        if len(inner) == 1 and name != "external_id":  # an id in an object is that object's
            return inner[0]
    return ""


def _typed(said: pd.DataFrame) -> pd.DataFrame:
    if "event_date" in said:
        said["remarks"] = doubtful(said["event_date"])
        said["utc_hour"] = hours_in_utc(said["event_date"])
    for name in ("event_date", "reported_on"):
        if name in said:
            said[name] = days(said[name])
    if "external_id" not in said:
        said["external_id"] = said.index.astype("str")
    unnamed = said["external_id"] == ""
    said["external_id"] = said["external_id"].where(~unnamed, said.index.astype("str"))
    if "within_km" not in said:
        said["within_km"] = _WITHIN
    given = pd.to_numeric(said["within_km"], errors="coerce")
    said["within_km"] = np.where(given.notna(), given, _WITHIN)
    said["directed"] = True
    return said.rename(columns={"attacker": "party_1", "attacked": "party_2"})


def _refuse_unknown(
    columns: Mapping[str, Any],
    always: Mapping[str, Any],
    values: Mapping[str, Any],
    table: pd.DataFrame,
) -> None:
    if unknown := [name for name in (*columns, *always) if name not in _NAMED]:
        right = ", ".join(_NAMED)
        raise UsageError(f"The mapping names {unknown[0]!r}, which is none of ours: {right}.")
    if unread := [name for name in values if name not in columns and name not in always]:
        raise UsageError(f"[values.{unread[0]}] is of a column that the mapping does not name.")
    for name, held in columns.items():
        for one in _names(held):
            if one not in table:
                there = ", ".join(map(str, list(table)[:12]))
                raise UsageError(
                    f"The mapping has {name} in {one!r}, which the file lacks: {there}."
                )
    if not {"event_date", "attack_id"} & {*columns, *always}:
        raise UsageError("The mapping does not say where event_date stands.")
