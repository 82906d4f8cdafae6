"""How well the record was kept, day by day and target by target, as of a day.

`coverage.csv` says for spans of event dates and targets whether somebody looked every day (`daily`)
or only some events are in (`sampled`). Of days that no span covers nothing is known: above all not
that they were quiet. Spans are clipped at the as-of date, so that coverage is absolute like the
rest. One without an end reaches the as-of date only while the record is fresh; else it reaches the
newest day on which anything was reported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

#: How well days were kept, from the worst.
Level = Literal["none", "sampled", "daily"]
LEVELS: tuple[Level, ...] = ("none", "sampled", "daily")

#: A record is fresh if its newest row is at most so many days old.
FRESH = pd.Timedelta(days=3)

COLUMNS = ["since", "through", "targets", "kept"]


def clipped(coverage: pd.DataFrame, day: pd.Timestamp, newest: pd.Timestamp | None) -> pd.DataFrame:
    """The spans as of a day: each with an end, none beyond the day.

    Parameters
    ----------
    coverage: coverage.csv; its note plays no part.
    day: the as-of date.
    newest: the newest `reported_on` of any dated table by then; None where nothing was reported.
    """
    spans = coverage[COLUMNS]
    if newest is None:
        return spans[:0]
    reach = day if newest >= day - FRESH else newest
    ends = spans["through"].fillna(reach)
    spans = spans.assign(through=ends.where(ends <= day, day))
    begun = (spans["since"] <= day) & (spans["through"] >= spans["since"])
    return spans[begun].reset_index(drop=True)


class Held(NamedTuple):
    """A span with its ends: first and last day, the targets that it is about, their level."""

    first: np.datetime64
    last: np.datetime64
    targets: frozenset[str]
    level: int


def held(spans: pd.DataFrame) -> list[Held]:
    """What :func:`clipped` returns, for whoever asks of many days and targets."""
    ends = (spans[column].to_numpy("datetime64[D]") for column in ("since", "through"))
    about = (frozenset(named.split("+")) for named in spans["targets"])
    levels = map(LEVELS.index, spans["kept"])
    return list(map(Held, *ends, about, levels))


def by_day(
    spans: Iterable[Held], start: pd.Timestamp, end: pd.Timestamp, targets: Collection[str]
) -> np.ndarray:
    """How well each day was kept for the target kept worst: 0 none, 1 sampled, 2 daily.

    Parameters
    ----------
    spans: what :func:`held` returns.
    start, end: first and last day.
    targets: codes of the targets asked.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> spans = pd.DataFrame({"since": [day("2024-01-02")], "through": [day("2024-01-03")],
    ...     "targets": ["israel+other"], "kept": ["daily"]})
    >>> by_day(held(spans), day("2024-01-01"), day("2024-01-03"), ["israel"]).tolist()
    [0, 2, 2]
    """
    before, days = np.datetime64(start, "D"), max((end - start).days + 1, 0)
    best = np.zeros((len(targets), days), dtype=int)
    for span in spans:
        about = [place for place, target in enumerate(targets) if target in span.targets]
        first, last = (int((day - before).astype(int)) for day in (span.first, span.last))
        inside = slice(max(first, 0), max(last + 1, 0))
        best[about, inside] = np.maximum(best[about, inside], span.level)
    worst: np.ndarray = best.min(axis=0, initial=len(LEVELS) - 1)
    return worst
