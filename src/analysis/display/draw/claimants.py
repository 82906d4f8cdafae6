"""Who is named for the attacks, week by week."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.display.axes import count_axis, date_axis, key
from analysis.display.draw.history import (
    NOTHING,
    day_numbers,
    in_spans,
    source,
    span_counts,
    span_days,
    span_ends,
    too_short,
)
from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.display.plot import ACCENT, PALE, plot


def claimants(page: Page) -> Fragment:
    """Recorded attacks a week, at first a day, by who is named."""
    held = page.recorded
    days = span_days(page)
    ends = span_ends(page, days)
    held = held[held["event_date"] > ends[0] - pd.Timedelta(days=days)]
    if held.empty or too_short(page):
        return NOTHING
    top = page.value("top_claimant")
    groups = {
        f"{page.known.actor_names().get(str(top), 'One group')}": held["claimed_by"] == top,
        "Another group": held["claimed_by"].notna() & (held["claimed_by"] != top),
        "Unclaimed, attributed": held["claimed_by"].isna() & held["attributed_to"].notna(),
        "Nobody named": held["claimed_by"].isna() & held["attributed_to"].isna(),
    }
    counts = {
        name: span_counts(held[rows], ends, days) for name, rows in groups.items() if rows.any()
    }
    colors = dict(zip(groups, (ACCENT, "#5b7f9f", "#a9bfd2", PALE), strict=True))

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        bottom = np.zeros(len(ends))
        for name, values in counts.items():
            axes.bar(
                day_numbers(ends) - (days - 1) / 2,
                values,
                width=0.8 * days,
                bottom=bottom,
                color=colors[name],
                label=name,
            )
            bottom = bottom + values
        count_axis(axes)
        date_axis(axes, ends[0] - pd.Timedelta(days=days - 1), page.as_of, narrow)
        key(figure, 1 if narrow else 4)

    return plot(
        "claimants",
        draw,
        page.sentence("{claim_share:percent} of recorded attacks are claimed"),
        f"Recorded attacks on US and coalition forces {in_spans(page)}, by who is named",
        source(page),
        page.sentence(
            "stacked bars over time: of {attacks_cumulative:attack|attacks}, {claimed_cumulative} "
            "are claimed by a group, {attributed_cumulative} attributed without a claim, "
            "{nobody_named_cumulative} neither."
        ),
        (1.9, 2.4),
    )
