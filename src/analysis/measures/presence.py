"""Units in the region day by day, and how long they took to come, as far as dates are known.

Announcements give a date or none. Where a source only says that a unit "has arrived", it came
some time between the last report that had it elsewhere and that one: on those days it was
possibly there. A unit whose arrival nobody has reported stays under way.
"""

from __future__ import annotations

import pandas as pd

from analysis.measures.posture import phases
from analysis.record import Known, remembered
from analysis.record.coded import is_one_of

#: What a unit may be on a day, surest presence first.
STATES = ("arrived", "possible", "en-route", "ordered")

#: Phases that begin or end a presence: while their date is open, so is the presence.
_DECIDING = ("arrived", "departed")


def day_by_day(known: Known, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """The state of every announced unit on every day.

    Parameters
    ----------
    known: what was known on the as-of date; rows with `counting` = `unit` are taken.
    start, end: first and last day.

    Returns
    -------
    DataFrame
        One row for each unit and day on which it was in one of :data:`STATES`: `day`,
        `deployment_id`, `kind`, `state`; `possible` where no source dates an arrival or a
        departure and the unit may or may not have been there.
    """
    days = pd.date_range(start, end, name="day")
    units = known.deployments[known.deployments["counting"] == "unit"]
    kinds = dict(zip(units["deployment_id"], units["kind"], strict=True))
    timeline = phases(known)
    of_units = timeline[is_one_of(timeline["deployment_id"], kinds)]
    states = {
        unit: _states(steps, days) for unit, steps in of_units.groupby("deployment_id", sort=True)
    }
    if not states:
        return pd.DataFrame(columns=["day", "deployment_id", "kind", "state"])
    long = pd.DataFrame(states, index=days).melt(
        ignore_index=False, var_name="deployment_id", value_name="state"
    )
    shown = long[is_one_of(long["state"], STATES)].reset_index()
    shown["kind"] = shown["deployment_id"].map(kinds)
    return shown[["day", "deployment_id", "kind", "state"]]


def _states(steps: pd.DataFrame, days: pd.DatetimeIndex) -> pd.Series:
    """The state of one unit on each day, from its phases in order."""
    states = pd.Series("", index=days, dtype=object)
    for phase, start, end in zip(steps["phase"], steps["start"], steps["end"], strict=True):
        states.loc[start:end] = phase
    deciding = steps[is_one_of(steps["phase"], _DECIDING)]
    earliest = deciding["earliest"].fillna(days[0])
    for first, start in zip(earliest, deciding["start"], strict=True):
        states.loc[first : start - pd.Timedelta(days=1)] = "possible"
    return states


@remembered
def lead_times(known: Known) -> pd.DataFrame:
    """Days from the order, or the first report of being under way, to the arrival.

    Returns
    -------
    DataFrame
        One row for each unit whose order or voyage was reported before its arrival, in order of
        that date: `deployment_id`, `asset`, `kind`, `announced` (day by which it was ordered or
        under way), `announced_as` (`ordered` or `en-route`), `arrived` (day by which it was
        there; NaT where no arrival is reported), `days` (between the two; NaN where no source
        dates the arrival).
    """
    columns = ["deployment_id", "asset", "kind", "announced", "announced_as", "arrived"]
    units = known.deployments[known.deployments["counting"] == "unit"]
    timeline = phases(known)
    timeline = timeline[is_one_of(timeline["deployment_id"], units["deployment_id"])]
    first = timeline.drop_duplicates(["deployment_id", "phase"])
    announced = first[is_one_of(first["phase"], ["ordered", "en-route"])].drop_duplicates(
        "deployment_id"
    )
    announced = announced.rename(columns={"start": "announced", "phase": "announced_as"})
    arrived = first[first["phase"] == "arrived"].rename(columns={"start": "arrived"})
    both = announced.drop(columns=["end", "earliest"]).merge(
        arrived[["deployment_id", "arrived", "earliest"]], on="deployment_id", how="left"
    )
    came = both[both["arrived"].isna() | (both["arrived"] >= both["announced"])]
    named = came.merge(units[["deployment_id", "asset", "kind"]], on="deployment_id")
    is_dated = named["arrived"] == named["earliest"]
    took = named.assign(days=(named["arrived"] - named["announced"]).dt.days.where(is_dated))
    ordered = took.sort_values(["announced", "deployment_id"], ignore_index=True)
    return ordered[[*columns, "days"]]


@remembered
def moves_in(known: Known, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Phases of units that began within a span: orders, voyages, arrivals, departures.

    Returns
    -------
    DataFrame
        `deployment_id`, `phase`, `earliest`, `start`, newest first.
    """
    units = known.deployments.loc[known.deployments["counting"] == "unit", "deployment_id"]
    timeline = phases(known)
    within = timeline["start"].between(start, end) & is_one_of(timeline["deployment_id"], units)
    newest = timeline[within].sort_values(["start", "deployment_id"], ascending=[False, True])
    return newest[["deployment_id", "phase", "earliest", "start"]].reset_index(drop=True)
