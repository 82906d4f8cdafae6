"""How well the record was kept, day by day and target by target, as of a day.

`coverage.csv` says for spans of event dates and targets whether somebody looked every day (`daily`)
or only some events are in (`sampled`). Of days that no span covers nothing is known: above all not
that they were quiet. Spans are clipped at the as-of date, so that coverage is absolute like the
rest. One without an end reaches the as-of date only while the record is fresh; else it reaches the
newest day on which anything was reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

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
    begun = coverage.loc[coverage["since"] <= day, COLUMNS]
    if newest is None:
        return begun[:0].reset_index(drop=True)
    reach = day if newest >= day - FRESH else newest
    ends = begun["through"].fillna(reach)
    spans = begun.assign(through=ends.where(ends <= day, day))
    return spans[spans["through"] >= spans["since"]].reset_index(drop=True)


def by_day(
    spans: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, targets: Iterable[str]
) -> pd.Series:
    """How well each day was kept for the target kept worst: 0 none, 1 sampled, 2 daily.

    Parameters
    ----------
    spans: what :func:`clipped` returns.
    start, end: first and last day.
    targets: codes of the targets asked.

    Examples
    --------
    >>> day = pd.Timestamp
    >>> spans = pd.DataFrame({"since": [day("2024-01-02")], "through": [day("2024-01-03")],
    ...     "targets": ["israel+other"], "kept": ["daily"]})
    >>> by_day(spans, day("2024-01-01"), day("2024-01-03"), ["israel"]).tolist()
    [0, 2, 2]
    """
    days = pd.date_range(start, end)
    begins, ends = (_days_after(start, spans[column]) for column in ("since", "through"))
    held = list(zip(begins, ends, spans["targets"], spans["kept"], strict=True))
    worst = np.full(len(days), len(LEVELS) - 1)
    for target in targets:
        best = np.zeros(len(days), dtype=int)
        for first, last, named, kept in held:
            if target in named.split("+"):
                inside = slice(max(first, 0), max(last + 1, 0))
                best[inside] = np.maximum(best[inside], LEVELS.index(kept))
        worst = np.minimum(worst, best)
    return pd.Series(worst, days)


def _days_after(start: pd.Timestamp, days: pd.Series) -> list[int]:
    after = days.to_numpy("datetime64[D]") - np.datetime64(start, "D")
    whole: list[int] = after.astype(int).tolist()
    return whole
