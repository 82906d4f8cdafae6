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

import numpy as np
import pandas as pd

from analysis.parameters import Contents
from analysis.record import snapshot
from analysis.record.written import as_csv

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
        versions = self._up_to(date)
        newest = {name: _newest(getattr(versions, name), key) for name, key in IDENTIFIERS.items()}
        return Known(
            **newest,
            sites=versions.sites,
            actors=versions.actors,
            date=pd.Timestamp(date).normalize(),
            versions=versions,
        )

    def digest(self, date: str | pd.Timestamp) -> str:
        """SHA-256 of everything that was known on a day; equal digests mean equal inputs.

        What is hashed are the rows in an order of their own, so it does not matter in which
        file a row lies, nor where in it.
        """
        return _digest(self._up_to(date))

    def _up_to(self, date: str | pd.Timestamp) -> Record:
        """The versions that were known at the end of a day, and the sites and actors they name."""
        day = pd.Timestamp(date).normalize()
        visible = {name: _reported_by(getattr(self, name), day) for name in IDENTIFIERS}
        named = _named_in(visible, self.actors)
        reference = {
            name: table.loc[table[SHOWN[name][0]].isin(named), SHOWN[name]].reset_index(drop=True)
            for name, table in (("sites", self.sites), ("actors", self.actors))
        }
        return Record(**visible, **reference)

    def contents(self) -> Contents:
        """What of the record decides which values a report's parameters may have."""
        newest = self.attacks["reported_on"].max()
        return Contents(
            newest_report=None if pd.isna(newest) else newest.date(),
            sites=self.sites["site_id"].tolist(),
            actors=self.actors["actor_id"].tolist(),
        )


@dataclass(frozen=True)
class Known(Tables):
    """What was known on a day: one row for each id.

    `date` is the day; `versions` holds every visible version, for whoever needs the history.
    The dated frames have a further column `first_reported_on`.
    """

    date: pd.Timestamp
    versions: Record

    def digest(self) -> str:
        """The digest of what was known; see :meth:`Record.digest`."""
        return _digest(self.versions)

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
        `BRINKWATCH_DATA` names, else the checkout's `data/`. In the kernel of a report it is
        the record as the run has read and checked it.

    Raises
    ------
    RecordError
        If the record does not check; it lists every fault with file, line and column.
    """
    if data is None and (handed_on := snapshot.load_if_any(os.environ)) is not None:
        return handed_on

    from analysis.record.reading import read_tables

    folder = Path(data or os.environ.get("BRINKWATCH_DATA") or CHECKOUT_DATA)
    return Record(**read_tables(folder))


def _digest(versions: Record) -> str:
    digest = hashlib.sha256()
    for field in fields(versions):
        table: pd.DataFrame = getattr(versions, field.name)
        digest.update(f"{field.name},{','.join(table.columns)}\n".encode())
        for block in as_csv(table):
            digest.update(block)
    return digest.hexdigest()


def _reported_by(table: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The rows of a table up to a day: they come first, so this is a view and no copy."""
    visible = table.iloc[: table["reported_on"].searchsorted(day, side="right")]
    # A category that only later rows have is not known yet.
    words = [str(name) for name in visible.select_dtypes("category")]
    return visible.assign(**{name: visible[name].cat.remove_unused_categories() for name in words})


def _newest(versions: pd.DataFrame, key: str) -> pd.DataFrame:
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


def _named_in(visible: dict[str, pd.DataFrame], actors: pd.DataFrame) -> set[str]:
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
