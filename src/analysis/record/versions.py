"""The tables of the record, in which each thing has a row for every version of what was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.record import standing
from analysis.record.coded import distinct

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


def public_by(table: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The rows of a table up to a day: they come first, so this is a view and no copy."""
    return table.iloc[: table["reported_on"].searchsorted(day, side="right")]


def reported_by(table: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The same, without the categories that only later rows have: they are not known yet."""
    visible = public_by(table, day)
    words = {str(name): column.array for name, column in visible.items()
             if isinstance(column.array, pd.Categorical)}  # fmt: skip
    return visible.assign(
        **{name: coded.remove_unused_categories() for name, coded in words.items()}
    )


def newest_of(versions: pd.DataFrame, key: str) -> pd.DataFrame:
    """One row for each id: in every column the newest value that is not empty."""
    ordered, starts = _by_id(versions, key)
    first = np.flatnonzero(starts)
    last = np.append(first[1:], len(starts))[: len(first)] - 1
    newest = {name: _last_given(column, ordered, first, last) for name, column in versions.items()}
    newest["first_reported_on"] = versions["reported_on"].array.take(ordered[first])
    return pd.DataFrame(newest, copy=False)


def as_told(
    versions: pd.DataFrame, key: str, columns: Sequence[str], as_written: Sequence[str] = ()
) -> pd.DataFrame:
    """All versions by id: what was known of each thing from when until before when.

    Returns
    -------
    DataFrame
        One row for each version: `key`, `reported_on`, `until` (when the next one was reported;
        NaT where it still stands), in `columns` the newest values of then that are not empty, and
        what the version itself says in those that are taken `as_written`.
    """
    ordered, starts = _by_id(versions, key)
    each = np.arange(len(starts))
    first = np.maximum.accumulate(np.where(starts, each, 0))
    next_one = np.where(np.append(starts[1:], True), -1, np.append(ordered[1:], -1))[: len(starts)]
    reported = versions["reported_on"].array
    return pd.DataFrame(
        {
            key: versions[key].array.take(ordered),
            "reported_on": reported.take(ordered),
            "until": reported.take(next_one, allow_fill=True),
            **{name: _last_given(versions[name], ordered, first, each) for name in columns},
            **{name: versions[name].array.take(ordered) for name in as_written},
        },
        copy=False,
    )


def _by_id(versions: pd.DataFrame, key: str) -> tuple[np.ndarray, np.ndarray]:
    """The order of versions by id, those of one thing by date, and where in it a thing begins."""
    ordered = versions[key].argsort(kind="stable").to_numpy()
    ids = versions[key].array.take(ordered)
    starts = np.ones(len(ids), dtype=bool)
    starts[1:] = np.asarray(ids[1:] != ids[:-1])
    return ordered, starts


def _last_given(
    column: pd.Series, ordered: np.ndarray, first: np.ndarray, last: np.ndarray
) -> pd.api.extensions.ExtensionArray:
    """Of each run of rows, from `first` to `last` in that order, the last value that is given."""
    values: pd.api.extensions.ExtensionArray = column.array
    given = ~np.asarray(values.isna())[ordered]
    if given[last].all() or not given.any():
        return values.take(ordered[last])
    newest = np.maximum.accumulate(np.where(given, np.arange(len(given)), -1))[last]
    return values.take(np.where(newest >= first, ordered[newest], -1), allow_fill=True)


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
    named = {name for column in columns for name in distinct(column)}
    parents = dict(zip(actors["actor_id"], actors["parent"], strict=True))
    for actor in sorted(named):
        parent = parents.get(actor)
        while isinstance(parent, str):
            named.add(parent)
            parent = parents.get(parent)
    return named
