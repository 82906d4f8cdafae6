"""The tables of the record, in which each thing has a row for every version of what was known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.record import standing

#: The dated tables and the column that identifies a thing over its versions.
IDENTIFIERS = {
    "attacks": "attack_id",
    "tallies": "tally_id",
    "deployments": "deployment_id",
    "responses": "response_id",
    "milestones": "milestone_id",
}

#: Of the undated tables, what a report may show; their notes may know later things.
SHOWN = {
    "sites": ["site_id", "name", "country", "lat", "lon", "kind"],
    "actors": ["actor_id", "name", "kind", "parent", "sponsor", "country"],
}

#: Of the register of sources, what a report may show; its notes are for whoever keeps the record.
REGISTER = ["publisher", "outlet", "relays", "kind", "party_to_conflict"]


@dataclass(frozen=True)
class Tables:
    """The seven tables as frames, columns named as in the codebook (data/README.md)."""

    attacks: pd.DataFrame
    tallies: pd.DataFrame
    deployments: pd.DataFrame
    responses: pd.DataFrame
    milestones: pd.DataFrame
    sites: pd.DataFrame
    actors: pd.DataFrame


def reported_by(table: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The rows of a table up to a day: they come first, so this is a view and no copy."""
    visible = table.iloc[: table["reported_on"].searchsorted(day, side="right")]
    # A category that only later rows have is not known yet.
    words = [str(name) for name in visible.select_dtypes("category")]
    return visible.assign(**{name: visible[name].cat.remove_unused_categories() for name in words})


def newest_of(versions: pd.DataFrame, key: str) -> pd.DataFrame:
    """One row for each id: in every column the newest value that is not empty."""
    ordered = versions[key].argsort(kind="stable").to_numpy()  # by id, versions stay by date
    ids = versions[key].take(ordered)
    first = np.flatnonzero(ids.ne(ids.shift()))
    last = np.append(first[1:], len(ids))[: len(first)] - 1
    newest = pd.DataFrame(
        {name: _last_given(column, ordered, first, last) for name, column in versions.items()}
    )
    return newest.assign(first_reported_on=versions["reported_on"].take(ordered[first]).to_numpy())


def _last_given(
    column: pd.Series, ordered: np.ndarray, first: np.ndarray, last: np.ndarray
) -> pd.api.extensions.ExtensionArray:
    """Of each run of rows, from `first` to `last` in that order, the last value that is given."""
    given = column.notna().to_numpy()[ordered]
    newest = np.maximum.accumulate(np.where(given, np.arange(len(given)), -1))[last]
    places = np.where(newest >= first, ordered[newest], -1)
    values: pd.api.extensions.ExtensionArray = column.array.take(places, allow_fill=True)
    return values


def newest_reports(tables: Tables, through: pd.Timestamp | None = None) -> dict[str, pd.Timestamp]:
    """The newest `reported_on` of each dated table that has rows, of those through a day."""
    reported = {name: getattr(tables, name)["reported_on"] for name in IDENTIFIERS}
    if through is not None:
        reported = {name: days[days <= through] for name, days in reported.items()}
    return {name: days.max() for name, days in reported.items() if len(days)}


def still_counted(
    withdrawn: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """The dated tables, one row a thing or one a version, without what was taken back."""
    counted = dict(tables)
    for name, key in standing.WITHDRAWABLE.items():
        counted[name] = standing.still_counted(tables[name], key, withdrawn[name])
    counted["responses"] = standing.answering(counted["responses"], withdrawn["attacks"])
    return counted


def named_in(visible: dict[str, pd.DataFrame], actors: pd.DataFrame) -> set[str]:
    """The ids of all sites and actors that visible rows name, with the actors' parents."""
    attacks, responses = visible["attacks"], visible["responses"]
    columns = [*(attacks[name] for name in ("site_id", "claimed_by", "attributed_to"))]
    columns += [responses["target_actor"]]
    named = {name for column in columns for name in column.dropna().unique()}
    parents = actors.set_index("actor_id")["parent"].to_dict()
    for actor in sorted(named):
        while isinstance(actor := parents.get(actor), str):
            named.add(actor)
    return named
