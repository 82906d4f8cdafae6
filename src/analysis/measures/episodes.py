"""Episodes: strikes, or arrivals of units, that lie close together are one event.

Two events at most `gap` days apart are one episode: the days compared after the first would
otherwise hold the second, and its effect, if any, would be counted twice. So with `gap` as long as
the spans that are compared, no span holds a day of another episode.
"""

from __future__ import annotations

import pandas as pd


def episodes(events: pd.DataFrame, gap: int) -> pd.DataFrame:
    """Join events that follow each other at a distance of at most `gap` days.

    Parameters
    ----------
    events: one row for each; the first column holds their ids, `event_date` their day.
    gap: in days, 1 or more; 1 joins days that touch.

    Returns
    -------
    DataFrame
        One row for each episode, oldest first: `first`, `last` (its first and last day), `ids`
        (a tuple of the ids of its events).

    Examples
    --------
    >>> days = pd.to_datetime(["2023-11-08", "2023-11-12", "2023-11-21"])
    >>> events = pd.DataFrame({"response_id": ["a", "b", "c"], "event_date": days})
    >>> episodes(events, gap=7)["ids"].tolist()
    [('a', 'b'), ('c',)]
    """
    name = events.columns[0]
    ordered = events.sort_values(["event_date", name], ignore_index=True)
    begins = ordered["event_date"].diff() > pd.Timedelta(days=gap)
    joined = ordered.groupby(begins.cumsum())
    return pd.DataFrame(
        {
            "first": joined["event_date"].min(),
            "last": joined["event_date"].max(),
            "ids": joined[name].agg(tuple),
        }
    ).reset_index(drop=True)
