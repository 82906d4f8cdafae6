"""The record, and what of it was known on a day, of all time or of one campaign.

The record is bitemporal: every row says what was publicly known on its `reported_on` about a
thing with a date of its own. :class:`Record` holds the tables as they are written, one row for
each version; :meth:`Record.as_of` gives :class:`Known`, the only thing the rest of the package
ever sees: one row for each id, each column at its newest value of that day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.parameters import Contents
from analysis.record import campaigns as of_campaigns
from analysis.record import census, standing
from analysis.record import coverage as of_coverage
from analysis.record.campaigns import Campaign
from analysis.record.coded import distinct, is_one_of
from analysis.record.known import Known, chosen, digest_of
from analysis.record.versions import (
    IDENTIFIERS,
    REGISTER,
    SHOWN,
    Tables,
    named_in,
    newest_of,
    newest_reports,
    public_by,
    reported_by,
    still_counted,
)
from analysis.today import last_day


@dataclass(frozen=True)
class Record(Tables):
    """The whole record: one row for each version of each thing, whenever it was reported.

    `campaigns` are the spans that reports count "since"; `coverage` and `sources` describe the
    tables.
    """

    campaigns: tuple[Campaign, ...]
    coverage: pd.DataFrame
    sources: pd.DataFrame

    def as_of(self, date: str | pd.Timestamp) -> Known:
        """Return what was known at the end of a day.

        Parameters
        ----------
        date: the as-of date; rows with a later `reported_on` take no part in anything.

        Returns
        -------
        Known
            For each id, the newest value that is not empty of every column among its rows with
            `reported_on <= date`, but for what was taken back by then; of sites and actors only
            those that these rows name.

        Examples
        --------
        >>> from analysis.record import read
        >>> read().as_of("2023-10-18").of("gaza-war").attacks["attack_id"].tolist()
        ['2023-10-18-ain-al-asad-1', '2023-10-18-al-harir-1']
        """
        told = self._up_to(date)
        newest = {name: newest_of(getattr(told, name), key) for name, key in IDENTIFIERS.items()}
        withdrawn = {name: standing.withdrawn(newest[name]) for name in standing.WITHDRAWABLE}
        versions = self._without(withdrawn, told)
        counted: dict[str, Any] = still_counted(withdrawn, newest)
        return Known(
            **counted,
            sites=versions.sites,
            actors=versions.actors,
            date=pd.Timestamp(date).normalize(),
            versions=versions,
            told=told,
            withdrawn=withdrawn,
            coverage=self._kept(told, pd.Timestamp(date).normalize()),
            sources=_cited(self.sources, told),
            campaigns=self.campaigns,
        )

    def campaign_of(self, date: str | pd.Timestamp, campaign: str | None = None) -> Campaign:
        """The campaign that a report of a day is about, as that day knew it.

        Raises
        ------
        UsageError
            If there is no such campaign, or none that was known by then.
        """
        return chosen(self.campaigns, campaign, pd.Timestamp(date).normalize())

    def digest(self, date: str | pd.Timestamp, campaign: str | None = None) -> str:
        """SHA-256 of all that a report of a day and campaign is made from.

        Equal digests mean equal inputs. What is hashed are the rows in an order of their own, so it
        does not matter in which file a row lies, nor where in it.

        Raises
        ------
        UsageError
            If there is no such campaign, or none that was known by then.
        """
        about = self.campaign_of(date, campaign)
        versions = self._with_places({name: rows for name, _, rows in self._public(date)})
        kept = self._kept(versions, pd.Timestamp(date).normalize())
        return digest_of(versions, kept, _cited(self.sources, versions), about)

    def rows(self, date: str | pd.Timestamp) -> dict[str, int]:
        """How many rows of each dated table were public at the end of a day.

        Nothing is edited in place, so that of a day there are never fewer than there were.
        """
        return {name: len(rows) for name, _, rows in self._public(date)}

    def census(self, date: str | pd.Timestamp) -> dict[str, str]:
        """Which rows of each dated table were public at the end of a day, in short.

        See :mod:`analysis.record.census`.
        """
        return {name: census.taken(_names(rows, key)) for name, key, rows in self._public(date)}

    def came_since(self, date: str | pd.Timestamp, was: Mapping[str, str]) -> pd.DataFrame:
        """Which rows a day has that it had not by a census: their `id` and `reported_on`."""
        found = [
            rows.loc[census.came(was[name], _names(rows, key)), [key, "reported_on"]]
            for name, key, rows in self._public(date)
            if name in was
        ]
        named = [rows.set_axis(["id", "reported_on"], axis=1) for rows in found]
        return pd.concat([pd.DataFrame(columns=["id", "reported_on"]), *named], ignore_index=True)

    def _public(self, date: str | pd.Timestamp) -> Iterator[tuple[str, str, pd.DataFrame]]:
        """Each dated table's name and key, and its rows that were public at the end of a day."""
        day = pd.Timestamp(date).normalize()
        for name, key in IDENTIFIERS.items():
            yield name, key, public_by(getattr(self, name), day)

    def _up_to(self, date: str | pd.Timestamp) -> Tables:
        """The versions that were known at the end of a day, and the sites and actors they name."""
        day = pd.Timestamp(date).normalize()
        return self._with_places(
            {name: reported_by(getattr(self, name), day) for name in IDENTIFIERS}
        )

    def _without(self, withdrawn: Mapping[str, pd.DataFrame], told: Tables) -> Tables:
        """The versions of what still counts, and the sites and actors they name."""
        if not any(map(len, withdrawn.values())):
            return told
        return self._with_places(
            still_counted(withdrawn, {name: getattr(told, name) for name in IDENTIFIERS})
        )

    def _with_places(self, visible: dict[str, pd.DataFrame]) -> Tables:
        """Rows of the dated tables with the sites and actors that they name."""
        named = named_in(visible, self.actors)
        reference = {
            name: _those(getattr(self, name), shown, named) for name, shown in SHOWN.items()
        }
        return Tables(**visible, **reference)

    def _kept(self, versions: Tables, day: pd.Timestamp) -> pd.DataFrame:
        """The spans of days that were kept, as of a day on which these versions were known."""
        newest = max(newest_reports(versions).values(), default=None)
        return of_coverage.clipped(self.coverage, day, newest)

    def ahead_of(self, today: dt.date) -> dict[str, pd.Timestamp]:
        """The newest `reported_on` of each table that has rows reported in the future."""
        last = pd.Timestamp(last_day(today))
        return {name: day for name, day in newest_reports(self).items() if day > last}

    def contents(self, today: dt.date | None = None) -> Contents:
        """What of the record decides which values a report's parameters may have.

        Parameters
        ----------
        today: what is reported more than a day later is no newest report.
        """
        through = None if today is None else pd.Timestamp(last_day(today))
        newest = {name: day.date() for name, day in newest_reports(self, through).items()}
        first = of_campaigns.first_known(self.campaigns)
        return Contents(
            newest_report=newest.get("attacks"),
            record_through=max(newest.values(), default=None),
            first_day=None if first is None else first.date(),
            sites=self.sites["site_id"].tolist(),
            actors=self.actors["actor_id"].tolist(),
            campaigns={one.id: max(one.known_on, one.start).date() for one in self.campaigns},
        )


def _cited(sources: pd.DataFrame, versions: Tables) -> pd.DataFrame:
    """The register's rows on who published any of these versions."""
    publishers = (getattr(versions, table)["publisher"] for table in IDENTIFIERS)
    listed = _those(sources, REGISTER, set().union(*map(distinct, publishers)))
    return listed.sort_values("publisher", ignore_index=True)


def _those(table: pd.DataFrame, columns: Sequence[str], named: Collection[str]) -> pd.DataFrame:
    """Some columns of the rows that are named in the first of them."""
    places = np.flatnonzero(is_one_of(table[columns[0]], named))
    return pd.DataFrame({name: table[name].array.take(places) for name in columns}, copy=False)


def _names(rows: pd.DataFrame, key: str) -> list[str]:
    """What the rows of a census are called."""
    days = rows["reported_on"].to_numpy("datetime64[D]").astype("int64").tolist()
    return [f"{one} {day}" for one, day in zip(rows[key].tolist(), days, strict=True)]
