"""What was known on a day, of all time or of one campaign: one row for each thing.

:class:`Known` is the only thing that measures, pages and reports ever see of the record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd

from analysis.errors import UsageError
from analysis.record import campaigns as of_campaigns
from analysis.record import coverage as of_coverage
from analysis.record.campaigns import Campaign
from analysis.record.coded import is_one_of
from analysis.record.versions import Tables, newest_reports
from analysis.record.written import as_csv, in_arrow

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
        kept = np.flatnonzero(self.levels(self.campaign.start, end))
        return self.campaign.start + pd.Timedelta(days=int(kept[-1])) if len(kept) else end

    def levels(
        self, start: pd.Timestamp, end: pd.Timestamp, targets: tuple[str, ...] = ()
    ) -> np.ndarray:
        """How well each day was kept for some targets, by default the campaign's.

        See :func:`analysis.record.coverage.by_day`. The days of the next campaign are not this
        one's: of them it holds nothing.
        """
        levels = of_coverage.by_day(self._spans, start, end, targets or self.campaign.targets)
        begun = self.campaign.superseded_on
        if begun is not None:
            levels[max((begun - start).days, 0) :] = 0
        return levels

    @cached_property
    def _spans(self) -> list[of_coverage.Held]:
        return of_coverage.held(self.coverage)

    @cached_property
    def as_if_only(self) -> Known:
        """The same, were this the only campaign: for what is of all of them, such as moves."""
        start = min(self.campaign.start, self.coverage["since"].min())
        if start == self.campaign.start and self.campaign.superseded_on is None:
            return self
        alone = replace(self.campaign, start=start, superseded_on=None)
        return replace(self, _campaign=alone, answers={})

    @cached_property
    def record_through(self) -> pd.Timestamp | None:
        """The newest day on which anything was reported, of what was known."""
        return max(newest_reports(self.told).values(), default=None)

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
        return digest_of(self.told, self.coverage, self.sources, self.campaign)

    @remembered
    def site_names(self) -> dict[str, str]:
        """Names of the sites by `site_id`."""
        return dict(zip(self.sites["site_id"], self.sites["name"], strict=True))

    @remembered
    def actor_names(self) -> dict[str, str]:
        """Names of the actors by `actor_id`."""
        return dict(zip(self.actors["actor_id"], self.actors["name"], strict=True))


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


def _in_its_days(rows: pd.DataFrame, campaign: Campaign) -> np.ndarray:
    """Whether each row is dated to a day of the campaign, or after it until the next begins."""
    dates = rows["event_date"].to_numpy()
    inside: np.ndarray = dates >= campaign.start.to_datetime64()
    if campaign.superseded_on is not None:
        inside &= dates < campaign.superseded_on.to_datetime64()
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
    return versions[is_one_of(versions["attack_id"], ids)].reset_index(drop=True)


def digest_of(
    told: Tables, coverage: pd.DataFrame, sources: pd.DataFrame, campaign: Campaign
) -> str:
    digest = hashlib.sha256(f"{campaign}\n".encode())
    tables = [(one.name, getattr(told, one.name)) for one in fields(Tables)]
    for name, rows in [*tables, ("coverage", coverage), ("sources", sources)]:
        every = in_arrow(rows)
        # A column that is new and still empty says nothing, and makes no report another.
        table = every.select(
            [one for one in every.column_names if every[one].null_count < len(rows)]
        )
        digest.update(f"{name},{','.join(table.column_names)}\n".encode())
        for block in as_csv(table):
            digest.update(block)
    return digest.hexdigest()
