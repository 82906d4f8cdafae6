"""US forces in the region: which phase each deployment is in on a day, and what that adds up to.

Only rows with `counting` = `unit` add up; summaries overlap them, components are part of them,
levels are totals, alerts did not move, partners are not American, returns are the way home.
"""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.record import Known, remembered
from analysis.record.coded import is_one_of
from analysis.record.versions import as_told

#: Phases of a deployment that the page calls committed, and of these not there yet.
UNDER_WAY = ("ordered", "en-route")
COMMITTED = (*UNDER_WAY, "arrived")

#: A unit ordered or under way counts for so many days after the last report of it.
HEARD_OF = pd.Timedelta(days=90)

#: A unit in the region counts until it is known to have left; if nothing was heard of it for so
#: long, that is told beside.
SILENT = pd.Timedelta(days=365)

PHASE_COLUMNS = ["deployment_id", "phase", "earliest", "start", "end"]


@remembered
def phases(known: Known) -> pd.DataFrame:
    """What each deployment was doing, and from when to when, as far as known.

    A status holds from its `effective_on` (from `reported_on` where no date is given) until
    the next one. A newer report overrides older ones from its own date on. `extended` changes
    no phase: who is extended stays. A unit ordered or under way is so for :data:`HEARD_OF` after
    the last report of it: it may have arrived unannounced, or never have come. Where no date is
    given, the phase began some time since the last date on which the unit was seen in the one
    before.

    Returns
    -------
    DataFrame
        `deployment_id`, `phase` (`ordered`, `en-route`, `arrived`, `departed`, `cancelled`),
        `earliest` (first day on which it may have begun; NaT where nothing bounds it), `start`
        (day by which it had begun; the same where the date is given), `end` (the day before the
        next phase; the as-of date where there is none and the unit was heard of).
    """
    told = as_reported(known)
    start = told["effective_on"].fillna(told["reported_on"])
    fields = (*(told[name] for name in _Told._fields[:-1]), start)
    begun = (one for one in map(_Told._make, zip(*fields, strict=True)) if one.start <= known.date)
    rows = [
        row
        for deployment_id, history in groupby(begun, key=lambda one: one.deployment_id)
        for row in _phases_of_one(deployment_id, list(history), known.date)
    ]
    table = pd.DataFrame(rows, columns=PHASE_COLUMNS)
    return table.astype(dict.fromkeys(("earliest", "start", "end"), "datetime64[us]"))


@remembered
def as_reported(known: Known) -> pd.DataFrame:
    """The versions of all deployments that tell of a status, in order of id and report.

    What a version leaves out is as it was; a new date alone is one of the status it has.
    """
    versions = known.versions.deployments
    tells = versions["status"].notna() | versions["effective_on"].notna()
    told = as_told(
        versions.assign(tells=tells),
        "deployment_id",
        ["status", "asset", "kind", "counting", "area"],
        as_written=["effective_on", "tells"],
    )
    return told[told["tells"]].reset_index(drop=True)


class _Told(NamedTuple):
    """What a version of a deployment tells, and from when on it holds."""

    deployment_id: str
    reported_on: pd.Timestamp
    effective_on: pd.Timestamp
    status: str
    start: pd.Timestamp


#: Id, phase, earliest, start, end.
_Phase = tuple[str, str, pd.Timestamp | None, pd.Timestamp, pd.Timestamp]


def _phases_of_one(deployment_id: str, history: list[_Told], as_of: pd.Timestamp) -> list[_Phase]:
    steps: list[tuple[pd.Timestamp, pd.Timestamp | None, str]] = []
    seen: pd.Timestamp | None = None
    heard = max(told.reported_on for told in history)
    for _, _, effective_on, status, start in history:
        stays = steps[-1][2] if steps else "arrived"
        phase = stays if status == "extended" else status
        steps = [step for step in steps if step[0] < start]
        if not steps or steps[-1][2] != phase:
            steps.append((start, seen if pd.isna(effective_on) else start, phase))
        seen = start
    last = as_of if steps[-1][2] not in UNDER_WAY else min(as_of, heard + HEARD_OF)
    ends = [start - pd.Timedelta(days=1) for start, _, _ in steps[1:]] + [last]
    return [
        (deployment_id, phase, earliest, start, end)
        for (start, earliest, phase), end in zip(steps, ends, strict=True)
    ]


def last_phases(known: Known) -> pd.DataFrame:
    """The phase of each deployment by its newest report, as :func:`phases`, even if it is over."""
    return phases(known).drop_duplicates("deployment_id", keep="last")


@remembered
def on_day(known: Known, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Every deployment with its phase on a day, by default the as-of date.

    Returns
    -------
    DataFrame
        The columns of deployments.csv at their newest values, `phase`, `since` (first day of
        the phase); deployments not announced by that day are left out.
    """
    when = (known.date if day is None else day).to_datetime64()
    timeline, rows = phases(known), known.deployments
    begun, over = timeline["start"].to_numpy() <= when, timeline["end"].to_numpy() < when
    current = timeline[begun & ~over]
    places = pd.Index(current["deployment_id"]).get_indexer(rows["deployment_id"])
    announced = np.flatnonzero(places >= 0)
    found = rows.take(announced).reset_index(drop=True)
    phase, since = (current[name].array.take(places[announced]) for name in ("phase", "start"))
    return found.assign(phase=phase, since=since)


def not_heard_of(known: Known) -> pd.DataFrame:
    """Units ordered or under way that do not count, because nothing was heard of them for long."""
    last = last_phases(known)
    is_gone = is_one_of(last["phase"], UNDER_WAY) & (last["end"] < known.date)
    rows = known.deployments
    wanted = is_one_of(rows["deployment_id"], last["deployment_id"][is_gone])
    return rows[wanted & is_one_of(rows["counting"], ["unit"])].reset_index(drop=True)


def silent(there: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Those of the units in the region of which nothing was heard for :data:`SILENT` on a day."""
    return there[there["reported_on"] < day - SILENT]


@remembered
def milestones_of(known: Known) -> pd.DataFrame:
    """First day of each phase, one row a deployment: `deployment_id`, `ordered`, `arrived` …"""
    timeline = phases(known)
    first = timeline.groupby(["deployment_id", "phase"])["start"].min().unstack()
    return first.reindex(columns=["ordered", "en-route", "arrived", "departed"]).reset_index()


def units(deployments: pd.DataFrame, *phase: str, kind: str | None = None) -> pd.DataFrame:
    """Rows that count, in one of the phases named, of one kind where that is named."""
    wanted = is_one_of(deployments["counting"], ["unit"]) & is_one_of(deployments["phase"], phase)
    if kind is not None:
        wanted &= is_one_of(deployments["kind"], [kind])
    return deployments[wanted]
