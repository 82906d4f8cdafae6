"""What came before and after each event: attacks, rates and their ratio.

An event is an episode of US strikes or of large arrivals. Its own days, from first to last, belong
to neither span. The spans are `days` days long, or shorter where the campaign began, or the as-of
date comes, sooner; rates take that into account. "After" is all that is meant: what came after an
event need not follow from it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.measures import posture, responses
from analysis.measures.attacks import until
from analysis.measures.episodes import episodes
from analysis.measures.estimate import Estimate
from analysis.measures.rate_ratio import rate_ratio
from analysis.record import Known, remembered

#: With fewer days than these on either side, a comparison of rates would say nothing.
SHORTEST_SPAN = 3

#: Arrivals are large from so many people on, or from so many ships or batteries where nobody
#: says how many people; a carrier strike group always is.
LARGE_IN_PEOPLE = 1_000
LARGE_IN_UNITS = {"ships": 3, "batteries": 3}


def event_study(counts: pd.Series, events: pd.DataFrame, days: int) -> pd.DataFrame:
    """Attacks, and the ratio of their rates, in the days before and after each event.

    Parameters
    ----------
    counts: attacks on each day of the campaign, up to the last of which anything is known.
    events: `first`, `last` and `ids`, as :func:`analysis.measures.episodes.episodes` gives them.
    days: length of each span, in days.

    Returns
    -------
    DataFrame
        The columns of :func:`around` and `found`: a rate ratio (:class:`Estimate`), None where a
        span has no day or both are without attack.

    Examples
    --------
    >>> counts = pd.Series([2, 0, 2, 9, 1], pd.date_range("2024-01-01", periods=5))
    >>> day = pd.Timestamp("2024-01-04")
    >>> event = pd.DataFrame({"first": [day], "last": [day], "ids": [("a",)]})
    >>> study = event_study(counts, event, days=3)
    >>> study[["days_before", "days_after", "before", "after"]].iloc[0].tolist()
    [3, 1, 4, 1]
    >>> study["found"].iloc[0].value
    0.75
    """
    study = around(counts, events, days)
    return study.assign(found=pd.Series(ratios(study), study.index, dtype=object))


def around(counts: pd.Series, events: pd.DataFrame, days: int) -> pd.DataFrame:
    """The spans before and after each event within the series, and the attacks in them.

    Returns
    -------
    DataFrame
        The columns of `events`, `days_before`, `days_after`, `before`, `after` (attacks),
        `shared_days` (days after that are also days before the next event). Events outside the
        series are left out.
    """
    inside = events[events["first"].between(counts.index[0], counts.index[-1])]
    first = (inside["first"] - counts.index[0]).dt.days.to_numpy()
    last = (inside["last"] - counts.index[0]).dt.days.to_numpy()
    start, stop = np.maximum(first - days, 0), np.minimum(last + 1 + days, len(counts))
    sums = np.concatenate([[0], counts.to_numpy().cumsum()])
    return inside.assign(
        days_before=first - start,
        days_after=stop - last - 1,
        before=sums[first] - sums[start],
        after=sums[stop] - sums[last + 1],
        shared_days=np.maximum(stop - np.append(start[1:], len(counts))[: len(first)], 0),
    ).reset_index(drop=True)


def ratios(study: pd.DataFrame, dispersion: float = 1.0) -> list[Estimate | None]:
    """The rate ratio of each row, None where there is nothing to compare."""
    spans = study[["before", "after", "days_before", "days_after"]].to_numpy()
    return [
        rate_ratio(int(before), int(after), int(ahead), int(behind), dispersion=dispersion)
        if ahead and behind
        else None
        for before, after, ahead, behind in spans
    ]


def comparable(study: pd.DataFrame) -> pd.DataFrame:
    """Events with enough days on both sides for a comparison of rates."""
    enough = study[["days_before", "days_after"]].min(axis=1) >= SHORTEST_SPAN
    return study[enough].reset_index(drop=True)


@remembered
def large_arrivals(known: Known) -> pd.DataFrame:
    """Arrivals of carrier strike groups and of other large units in the region, oldest first.

    Large is a unit of :data:`LARGE_IN_PEOPLE` people or more or, where no source says how many, of
    as many ships or batteries as :data:`LARGE_IN_UNITS` says.

    Returns
    -------
    DataFrame
        `deployment_id`, `asset`, `kind`, `event_date` (the first day there).
    """
    units = known.deployments[known.deployments["counting"] == "unit"]
    moved = units.merge(posture.milestones_of(known), on="deployment_id")
    people, pieces = moved["personnel"], moved["unit"].astype(object).map(LARGE_IN_UNITS)
    large = (
        (moved["kind"] == "carrier-strike-group")
        | (people >= LARGE_IN_PEOPLE).fillna(False)
        | (people.isna() & (moved["quantity"] >= pieces).fillna(False))
    )
    arrived = moved[large & moved["arrived"].notna()].rename(columns={"arrived": "event_date"})
    arrivals = arrived[["deployment_id", "asset", "kind", "event_date"]].sort_values(
        ["event_date", "deployment_id"], ignore_index=True
    )
    return arrivals.astype({"event_date": "datetime64[us]"})


@remembered
def strike_episodes(known: Known, gap: int) -> pd.DataFrame:
    """Episodes of US strikes in the main theatre, to the campaign's last day."""
    return episodes(until(responses.in_main_theatre(known), known.through), gap)


def arrival_episodes(known: Known, gap: int) -> pd.DataFrame:
    """Large arrivals, those close together as one."""
    return episodes(large_arrivals(known), gap)


def assets_of(known: Known, ids: Iterable[str]) -> list[str]:
    """Names of the units that arrived."""
    names = known.deployments.set_index("deployment_id")["asset"]
    return [str(names[deployment]) for deployment in ids]
