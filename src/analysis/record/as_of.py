"""The record, and what of it was known on a day.

The record is bitemporal: every row says what was publicly known on its `reported_on` about a
thing with a date of its own. :class:`Record` holds the tables as they are written, one row for
each version; :meth:`Record.as_of` gives :class:`Known`, the only thing the rest of the package
ever sees: one row for each id, each column at its newest value of that day.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from analysis.record.reading import read_tables

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
    "actors": ["actor_id", "name", "parent", "sponsor", "country"],
}

#: Where the tables of a checkout are; the variable `BRINKWATCH_DATA` names another folder.
CHECKOUT_DATA = Path(__file__).parents[3] / "data"


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


@dataclass(frozen=True)
class Record(Tables):
    """The whole record: one row for each version of each thing, whenever it was reported."""

    def as_of(self, date: str | pd.Timestamp) -> Known:
        """Return what was known at the end of a day.

        Parameters
        ----------
        date: the as-of date; rows with a later `reported_on` take no part in anything.

        Returns
        -------
        Known
            For each id, the newest value that is not empty of every column among its rows with
            `reported_on <= date`; of sites and actors only those that these rows name.

        Examples
        --------
        >>> read().as_of("2023-10-18").attacks["attack_id"].tolist()
        ['2023-10-18-ain-al-asad-1', '2023-10-18-al-harir-1']
        """
        day = pd.Timestamp(date).normalize()
        visible = {name: _reported_by(getattr(self, name), day) for name in IDENTIFIERS}
        named = _named_in(visible, self.actors)
        reference = {
            name: table.loc[table[SHOWN[name][0]].isin(named), SHOWN[name]].reset_index(drop=True)
            for name, table in (("sites", self.sites), ("actors", self.actors))
        }
        newest = {name: _newest(visible[name], key) for name, key in IDENTIFIERS.items()}
        return Known(**newest, **reference, date=day, versions=Record(**visible, **reference))


@dataclass(frozen=True)
class Known(Tables):
    """What was known on a day: one row for each id.

    `date` is the day; `versions` holds every visible version, for whoever needs the history.
    The dated frames have a further column `first_reported_on`.
    """

    date: pd.Timestamp
    versions: Record

    def digest(self) -> str:
        """SHA-256 of everything that was known; equal digests mean equal inputs."""
        digest = hashlib.sha256()
        for field in fields(self.versions):
            table: pd.DataFrame = getattr(self.versions, field.name)
            digest.update(table.to_csv(index=False, lineterminator="\n").encode())
        return digest.hexdigest()

    def site_names(self) -> dict[str, str]:
        """Names of the sites by `site_id`."""
        return dict(zip(self.sites["site_id"], self.sites["name"], strict=True))

    def actor_names(self) -> dict[str, str]:
        """Names of the actors by `actor_id`."""
        return dict(zip(self.actors["actor_id"], self.actors["name"], strict=True))


def read(data: str | Path | None = None) -> Record:
    """Read and check the record.

    Parameters
    ----------
    data: the folder of the seven tables; by default the one that the environment variable
        `BRINKWATCH_DATA` names, else the checkout's `data/`.

    Raises
    ------
    RecordError
        If the record does not check; it lists every fault with file, line and column.
    """
    folder = Path(data or os.environ.get("BRINKWATCH_DATA") or CHECKOUT_DATA)
    return Record(**read_tables(folder))


def _reported_by(table: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    return table[table["reported_on"] <= day].reset_index(drop=True)


def _newest(versions: pd.DataFrame, key: str) -> pd.DataFrame:
    """One row for each id: GroupBy.last() takes, column by column, the last value not empty."""
    groups = versions.sort_values([key, "reported_on"], kind="stable").groupby(key, sort=True)
    newest = groups.last().reset_index()[list(versions.columns)]
    return newest.assign(first_reported_on=groups["reported_on"].first().to_numpy())


def _named_in(visible: dict[str, pd.DataFrame], actors: pd.DataFrame) -> set[str]:
    """The ids of all sites and actors that visible rows name, with the actors' parents."""
    columns = [
        visible["attacks"][["site_id", "claimed_by", "attributed_to"]],
        visible["responses"][["target_actor"]],
    ]
    named = set(pd.concat([frame.melt()["value"] for frame in columns]).dropna())
    parents = actors.set_index("actor_id")["parent"].to_dict()
    for actor in sorted(named):
        while isinstance(actor := parents.get(actor), str):
            named.add(actor)
    return named
