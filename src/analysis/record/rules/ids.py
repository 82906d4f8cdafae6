"""Ids that say what they are of: an attack's its day and site, a strike's its day and country."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.record.csv_fields import quoted
from analysis.record.rules.rule import Broken, all_versions, first_versions

_DAY = len("YYYY-MM-DD-")


def attack_id_fits(rows: pd.DataFrame) -> Iterator[Broken]:
    """An attack_id is the first version's day and site, and a number."""
    return _misnamed(rows, "attack_id", "site_id", rows["site_id"])


def response_id_fits(rows: pd.DataFrame) -> Iterator[Broken]:
    """A response_id is the first version's day and country, and a number."""
    return _misnamed(rows, "response_id", "country", rows["country"].str.lower())


def site_stays(rows: pd.DataFrame) -> Iterator[Broken]:
    """A later version may correct the day of an attack, never its site."""
    yield from _moved(rows, "attack_id", "site_id", place_in(rows["attack_id"]))


def country_stays(rows: pd.DataFrame) -> Iterator[Broken]:
    """A later version may correct the day of a strike, never its country."""
    yield from _moved(rows, "response_id", "country", place_in(rows["response_id"]).str.upper())


def place_in(ids: pd.Series) -> pd.Series:
    """The part of an id between the day at its beginning and the number at its end."""
    return _unnumbered(ids).str.slice(_DAY, -1)


def _moved(rows: pd.DataFrame, key: str, place: str, named: pd.Series) -> Iterator[Broken]:
    suspect = rows[place].notna() & (rows[place] != named)
    said = rows[[key, "reported_on", place]]
    first = first_versions(all_versions(said, key, suspect), key)
    before = rows.loc[suspect, key].map(first.set_index(key)[place])
    # Where it is the first version that does not fit the id, the id is at fault.
    moved = before[before.notna() & (before != rows.loc[suspect, place])]
    what = place.removesuffix("_id")
    right = f"a version keeps the {what}, so give what happened elsewhere an id of its own"
    for index in moved.index:
        says, was = (quoted(str(column.at[index])) for column in (rows[place], moved))
        yield index, f"{says}, where the first version says {was}; {right}"


def _misnamed(rows: pd.DataFrame, key: str, place: str, placed: pd.Series) -> Iterator[Broken]:
    begins = rows["event_date"] + "-" + placed + "-"
    suspect = _unnumbered(rows[key]) != begins
    # Almost all are as they should be: only the others are sorted by version.
    first = first_versions(all_versions(rows, key, suspect), key)
    wrong = first[suspect[first.index] & begins[first.index].notna()]
    for index, name, day, where in wrong[[key, "event_date", place]].itertuples(name=None):
        what = f"the {place} of its first version is {quoted(where)}"
        if not name.startswith(f"{day}-"):
            what = f"the event_date of its first version is {quoted(day)}"
        yield index, f"{quoted(name)} does not fit its row: {what}; write {begins[index]}<n>"


def _unnumbered(ids: pd.Series) -> pd.Series:
    """Ids up to the number at their end."""
    return ids.str.rstrip("0123456789")
