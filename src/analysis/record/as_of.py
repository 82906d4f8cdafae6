"""The record, and what of it was known on a day, of all time or of one campaign.

The record is bitemporal: every row says what was publicly known on its `reported_on` about a
thing with a date of its own. :class:`Record` holds the tables as they are written, one row for
each version; :meth:`Record.as_of` gives :class:`Known`, the only thing the rest of the package
ever sees: one row for each id, each column at its newest value of that day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd

from analysis.errors import UsageError
from analysis.parameters import Contents
from analysis.record import campaigns as of_campaigns
from analysis.record import census, standing
from analysis.record import coverage as of_coverage
from analysis.record.campaigns import Campaign
from analysis.record.written import as_csv
from analysis.today import last_day

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
        newest = {name: _newest(getattr(told, name), key) for name, key in IDENTIFIERS.items()}
        withdrawn = {name: standing.withdrawn(newest[name]) for name in standing.WITHDRAWABLE}
        versions = self._without(withdrawn, told)
        counted: dict[str, Any] = _still_counted(withdrawn, newest)
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
        versions = self._up_to(date)
        kept = self._kept(versions, pd.Timestamp(date).normalize())
        return _digest(versions, kept, _cited(self.sources, versions), about)

    def rows(self, date: str | pd.Timestamp) -> dict[str, int]:
        """How many rows of each dated table were public at the end of a day.

        Nothing is edited in place, so that of a day there are never fewer than there were.
        """
        return {name: len(ids) for name, ids in self._ids(date).items()}

    def census(self, date: str | pd.Timestamp) -> dict[str, str]:
        """Which rows of each dated table were public at the end of a day, in short.

        See :mod:`analysis.record.census`.
        """
        return {name: census.taken(ids) for name, ids in self._ids(date).items()}

    def came_since(self, date: str | pd.Timestamp, was: Mapping[str, str]) -> dict[str, int]:
        """Ids of which a day has more versions than it had by a census, and how many at most."""
        return {
            one: many
            for name, ids in self._ids(date).items()
            if name in was
            for one, many in census.came(was[name], ids).items()
        }

    def _ids(self, date: str | pd.Timestamp) -> dict[str, pd.Series]:
        """The id of every version that was known at the end of a day, by table."""
        day = pd.Timestamp(date).normalize()
        tables = {name: (getattr(self, name), key) for name, key in IDENTIFIERS.items()}
        return {name: _reported_by(table[["reported_on", key]], day)[key]
                for name, (table, key) in tables.items()}  # fmt: skip

    def _up_to(self, date: str | pd.Timestamp) -> Tables:
        """The versions that were known at the end of a day, and the sites and actors they name."""
        day = pd.Timestamp(date).normalize()
        return self._with_places(
            {name: _reported_by(getattr(self, name), day) for name in IDENTIFIERS}
        )

    def _without(self, withdrawn: Mapping[str, pd.DataFrame], told: Tables) -> Tables:
        """The versions of what still counts, and the sites and actors they name."""
        if not any(map(len, withdrawn.values())):
            return told
        return self._with_places(
            _still_counted(withdrawn, {name: getattr(told, name) for name in IDENTIFIERS})
        )

    def _with_places(self, visible: dict[str, pd.DataFrame]) -> Tables:
        """Rows of the dated tables with the sites and actors that they name."""
        named = _named_in(visible, self.actors)
        reference = {
            name: table.loc[table[SHOWN[name][0]].isin(named), SHOWN[name]].reset_index(drop=True)
            for name, table in (("sites", self.sites), ("actors", self.actors))
        }
        return Tables(**visible, **reference)

    def _kept(self, versions: Tables, day: pd.Timestamp) -> pd.DataFrame:
        """The spans of days that were kept, as of a day on which these versions were known."""
        newest = max(_newest_reports(versions).values(), default=None)
        return of_coverage.clipped(self.coverage, day, newest)

    def ahead_of(self, today: dt.date) -> dict[str, pd.Timestamp]:
        """The newest `reported_on` of each table that has rows reported in the future."""
        last = pd.Timestamp(last_day(today))
        return {name: day for name, day in _newest_reports(self).items() if day > last}

    def contents(self, today: dt.date | None = None) -> Contents:
        """What of the record decides which values a report's parameters may have.

        Parameters
        ----------
        today: what is reported more than a day later is no newest report.
        """
        through = None if today is None else pd.Timestamp(last_day(today))
        newest = {name: day.date() for name, day in _newest_reports(self, through).items()}
        first = of_campaigns.first_known(self.campaigns)
        return Contents(
            newest_report=newest.get("attacks"),
            record_through=max(newest.values(), default=None),
            first_day=None if first is None else first.date(),
            sites=self.sites["site_id"].tolist(),
            actors=self.actors["actor_id"].tolist(),
            campaigns={one.id: max(one.known_on, one.start).date() for one in self.campaigns},
        )


@dataclass(frozen=True)
class Known(Tables):
    """What was known on a day: one row for each id.

    `date` is the day; `versions` holds every visible version of what still counts, for whoever
    needs the history; `told` those of what was taken back, too, and `withdrawn` that itself, by
    table, one row for each id; `coverage` the spans of event dates that were kept, as of the day;
    `sources` the register's rows on whoever published any of it.
    The dated frames have a further column `first_reported_on`. After :meth:`of` it is about one
    campaign: `attacks` and `responses` are those since its start, and measures can count it.
    """

    date: pd.Timestamp
    versions: Tables
    told: Tables
    withdrawn: dict[str, pd.DataFrame]
    coverage: pd.DataFrame
    sources: pd.DataFrame
    campaigns: tuple[Campaign, ...] = ()
    _campaign: Campaign | None = None
    #: The same of all time, of which this is the campaign's part.
    _whole: Known | None = None
    #: What :func:`remembered` measures have found out.
    answers: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def of(self, campaign: str | Campaign | None = None) -> Known:
        """The same about one campaign: attacks and strikes since its start.

        Parameters
        ----------
        campaign: its id; None for the one that a report of the day is about by default; or the
            campaign of another day, which is then seen as this day knew it.

        Raises
        ------
        UsageError
            If there is no such campaign, or none that was known by then.
        """
        if isinstance(campaign, Campaign):
            about = of_campaigns.as_of(campaign, self.campaigns, self.date)
        else:
            about = chosen(self.campaigns, campaign, self.date)
        versions = replace(self.versions, attacks=_ever_dated_in(self.versions.attacks, about))
        return replace(
            self,
            attacks=_dated_in(self.attacks, about),
            responses=_dated_in(self.responses, about),
            versions=versions,
            withdrawn=self.withdrawn
            | {name: _dated_in(self.withdrawn[name], about) for name in ("attacks", "responses")},
            _campaign=about,
            _whole=self.of_all_time,
            answers={},
        )

    @property
    def campaign(self) -> Campaign:
        """The campaign that this is about."""
        if self._campaign is None:
            raise UsageError("Say which campaign: known.of('…'), or known.of() for the default.")
        return self._campaign

    @cached_property
    def through(self) -> pd.Timestamp:
        """The last day that the campaign's counts hold: its last, if that was kept, by the as-of
        date; of a campaign of which no day was kept just its last.
        """
        last = self.campaign.last_day
        end = self.date if last is None else min(last, self.date)
        kept = self.kept(self.campaign.start, end)
        days = kept.index[kept.to_numpy() > 0]
        return days[-1] if len(days) else end

    def kept(
        self, start: pd.Timestamp, end: pd.Timestamp, targets: tuple[str, ...] = ()
    ) -> pd.Series:
        """How well each day was kept for some targets, by default the campaign's.

        See :func:`analysis.record.coverage.by_day`.
        """
        return of_coverage.by_day(self.coverage, start, end, targets or self.campaign.targets)

    @cached_property
    def record_through(self) -> pd.Timestamp | None:
        """The newest day on which anything was reported, of what was known."""
        return max(_newest_reports(self.told).values(), default=None)

    @property
    def of_all_time(self) -> Known:
        """The same of no campaign: for counts that begin before it."""
        return self if self._whole is None else self._whole

    def taken_back(self) -> Known:
        """The same of what was taken back: its attacks, strikes and deployments, as last known."""
        gone: dict[str, Any] = {**self.withdrawn}
        return replace(
            self,
            **gone,
            sites=self.told.sites,
            actors=self.told.actors,
            answers={},
        )

    def digest(self) -> str:
        """The digest of what a report is made from; see :meth:`Record.digest`."""
        return _digest(self.told, self.coverage, self.sources, self.campaign)

    def site_names(self) -> dict[str, str]:
        """Names of the sites by `site_id`."""
        return dict(zip(self.sites["site_id"], self.sites["name"], strict=True))

    def actor_names(self) -> dict[str, str]:
        """Names of the actors by `actor_id`."""
        return dict(zip(self.actors["actor_id"], self.actors["name"], strict=True))


Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


def remembered(
    measure: Callable[Concatenate[Known, Parameters], Answer],
) -> Callable[Concatenate[Known, Parameters], Answer]:
    """A measure that works out its answer once for what was known and the same other arguments.

    These have to be hashable. A frame that it returns is a frame of its own for whoever asks.
    """

    @wraps(measure)
    def once(known: Known, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        key = (measure, args, tuple(sorted(kwargs.items())))
        if key not in known.answers:
            known.answers[key] = measure(known, *args, **kwargs)
        answer: Any = known.answers[key]
        is_frame = isinstance(answer, pd.DataFrame | pd.Series)
        return cast(Answer, answer.copy(deep=False) if is_frame else answer)

    return once


def chosen(campaigns: tuple[Campaign, ...], campaign: str | None, day: pd.Timestamp) -> Campaign:
    """The campaign of a report, as its day knew it.

    Raises
    ------
    UsageError
        If there is none of that id, or none that was known and had begun by then.
    """
    if campaign is None:
        found = of_campaigns.current(campaigns, day)
        if found is None:
            raise UsageError(f"as_of: {day:%Y-%m-%d} is before the record starts.")
        return found
    known = {one.id: one for one in of_campaigns.known_by(campaigns, day)}
    if campaign not in known:
        raise UsageError(f"campaign: {campaign!r} was not known by {day:%Y-%m-%d}.")
    return known[campaign]


def _in_its_days(rows: pd.DataFrame, campaign: Campaign) -> pd.Series:
    """Whether each row is dated to a day of the campaign, or after it until the next begins."""
    inside: pd.Series = rows["event_date"] >= campaign.start
    if campaign.superseded_on is not None:
        inside &= rows["event_date"] < campaign.superseded_on
    return inside


def _dated_in(rows: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """Rows of the campaign's days; those after its end too, until the next one begins."""
    inside = _in_its_days(rows, campaign)
    return rows if inside.all() else rows[inside].reset_index(drop=True)


def _ever_dated_in(versions: pd.DataFrame, campaign: Campaign) -> pd.DataFrame:
    """All versions of attacks of which any is dated to a day of the campaign."""
    dated = _in_its_days(versions, campaign)
    if dated.all():
        return versions
    ids = versions.loc[dated, "attack_id"]
    return versions[versions["attack_id"].isin(ids)].reset_index(drop=True)


def _newest_reports(tables: Tables, through: pd.Timestamp | None = None) -> dict[str, pd.Timestamp]:
    """The newest `reported_on` of each dated table that has rows, of those through a day."""
    reported = {name: getattr(tables, name)["reported_on"] for name in IDENTIFIERS}
    if through is not None:
        reported = {name: days[days <= through] for name, days in reported.items()}
    return {name: days.max() for name, days in reported.items() if len(days)}


def _digest(told: Tables, coverage: pd.DataFrame, sources: pd.DataFrame, campaign: Campaign) -> str:
    digest = hashlib.sha256(f"{campaign}\n".encode())
    tables = [(one.name, getattr(told, one.name)) for one in fields(Tables)]
    for name, every in [*tables, ("coverage", coverage), ("sources", sources)]:
        # A column that is new and still empty says nothing, and makes no report another.
        table = every.dropna(axis="columns", how="all")
        digest.update(f"{name},{','.join(table.columns)}\n".encode())
        for block in as_csv(table):
            digest.update(block)
    return digest.hexdigest()


def _cited(sources: pd.DataFrame, versions: Tables) -> pd.DataFrame:
    """The register's rows on who published any of these versions."""
    named = {
        name for table in IDENTIFIERS for name in getattr(versions, table)["publisher"].unique()
    }
    listed = sources.loc[sources["publisher"].isin(named), REGISTER]
    return listed.sort_values("publisher", ignore_index=True)


def _still_counted(
    withdrawn: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """The dated tables, one row a thing or one a version, without what was taken back."""
    counted = dict(tables)
    for name, key in standing.WITHDRAWABLE.items():
        counted[name] = standing.still_counted(tables[name], key, withdrawn[name])
    counted["responses"] = standing.answering(counted["responses"], withdrawn["attacks"])
    return counted


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
