"""Who is named for the attacks, week by week."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.axes import count_axis, date_axis, key
from analysis.display.draw.history import NOTHING, day_numbers, source, week_ends, weekly_counts
from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.display.plot import ACCENT, PALE, plot
from analysis.measures.attacks import on_us_forces, recorded


def claimants(page: Page) -> Fragment:
    """Recorded attacks a week by who is named."""
    held = recorded(on_us_forces(page.known))
    weeks = week_ends(page)
    held = held[held["event_date"] > weeks[0] - pd.Timedelta(days=7)]
    if held.empty:
        return NOTHING
    top = page.value("top_claimant")
    groups = {
        f"{page.known.actor_names().get(str(top), 'One group')}": held["claimed_by"] == top,
        "Another group": held["claimed_by"].notna() & (held["claimed_by"] != top),
        "Unclaimed, attributed": held["claimed_by"].isna() & held["attributed_to"].notna(),
        "Nobody named": held["claimed_by"].isna() & held["attributed_to"].isna(),
    }
    counts = {name: weekly_counts(held[rows], weeks) for name, rows in groups.items() if rows.any()}
    colors = dict(zip(groups, (ACCENT, "#5b7f9f", "#a9bfd2", PALE), strict=True))

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        bottom = np.zeros(len(weeks))
        for name, values in counts.items():
            axes.bar(
                day_numbers(weeks) - 3,
                values,
                width=5.6,
                bottom=bottom,
                color=colors[name],
                label=name,
            )
            bottom = bottom + values
        count_axis(axes)
        date_axis(axes, weeks[0] - pd.Timedelta(days=6), page.as_of, narrow)
        key(figure, 1 if narrow else 4)

    return plot(
        "claimants",
        draw,
        page.sentence("{claim_share:percent} of recorded attacks are claimed"),
        f"Recorded attacks on US and coalition forces in spans of seven days to "
        f"{words.day(page.as_of)}, by who is named",
        source(page),
        page.sentence(
            "stacked bars by week: of {attacks_cumulative:attack|attacks}, {claimed_cumulative} "
            "are claimed by a group, {attributed_cumulative} attributed without a claim, "
            "{nobody_named_cumulative} neither."
        ),
        (1.9, 2.4),
    )
