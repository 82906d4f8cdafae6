"""Attacks over time in stacked bars, whatever it is that tells them apart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from analysis.display.axes import bars, count_axis, date_axis, key
from analysis.display.draw.history import (
    day_numbers,
    source,
    span_counts,
    span_days,
    span_ends,
    too_short,
)
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.page import Page
from analysis.display.plot import LEVEL_COLORS, plot
from analysis.record.codebook import word

#: Confirmation levels as keys of figures name them, the best confirmed first.
LEVELS = {level: word("confirmation", level) for level in LEVEL_COLORS}

#: With fewer attacks than these in the history a course of time would be dots far apart.
FEWEST = 3


def stacked_over_time(
    page: Page,
    name: str,
    groups: Mapping[str, pd.DataFrame],
    colors: Mapping[str, str],
    finding: Markup,
    subtitle: str,
    alt: Markup,
    columns: int = 4,
) -> Fragment:
    """Attacks a week, at first a day, in stacked bars; nothing where there are too few.

    Parameters
    ----------
    page: the page under way.
    name: of the figure.
    groups: attacks by the words of the key, the lowest bar first; groups without any are left out.
    colors: by the same words.
    finding, subtitle, alt: see :func:`analysis.display.plot.plot`.
    columns: of the key, where there is room.
    """
    if too_short(page):
        return NOTHING
    days = span_days(page)
    ends = span_ends(page, days)
    start = ends[0] - pd.Timedelta(days=days - 1)
    recent = {label: rows[rows["event_date"] >= start] for label, rows in groups.items()}
    counts = {label: span_counts(rows, ends, days) for label, rows in recent.items() if len(rows)}
    if sum(map(len, recent.values())) < FEWEST:
        return NOTHING

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        bottom = np.zeros(len(ends))
        for label, values in counts.items():
            bars(
                axes,
                day_numbers(ends) - (days - 1) / 2,
                values,
                width=0.8 * days,
                base=bottom,
                color=colors[label],
                label=label,
            )
            bottom = bottom + values
        count_axis(axes)
        date_axis(axes, start, page.as_of, narrow)
        key(figure, 1 if narrow else columns)

    heights = (1.65, 1.9 + 0.13 * len(counts))
    data = pd.DataFrame(counts, index=ends).rename_axis("last_day").reset_index()
    data = data.melt("last_day", var_name="group", value_name="attacks")
    return plot(page, name, draw, finding, subtitle, source(page), alt, heights, data)
