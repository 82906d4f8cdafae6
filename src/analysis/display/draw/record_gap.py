"""What officials count and the record does not describe, by country over the tally dates."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.axes import count_axis, date_axis, keep_apart
from analysis.display.draw.history import day_numbers, source
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, GREY, INK, STRIKE, plot
from analysis.measures.reconciliation import against_tallies, most_counted
from analysis.record.codebook import ALL
from analysis.record.codebook import place as in_place

#: With fewer counts than these there is no course of time.
FEWEST = 4

#: Colours and markers of all, and of the countries with most attacks counted.
STYLES = ((INK, "o"), (STRIKE, "s"), (ACCENT, "^"))

#: So many labels would fit one above the other.
LABELS = 7.5


@figure
def gap_by_country(page: Page) -> Fragment:
    """The gap between officials' counts and confirmed rows, at each day with a count.

    page: of `record`.
    """
    scopes = (ALL, *most_counted(page.known, len(STYLES) - 1))
    tables = {scope: against_tallies(page.known, scope) for scope in scopes}
    if len(tables[ALL]) < FEWEST:
        return NOTHING
    styles = dict(zip(tables, STYLES, strict=False))
    names = {scope: "in all" if scope == ALL else in_place(scope) for scope in tables}

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        lowest = min(int(table["gap"].min()) for table in tables.values() if len(table))
        highest = max(int(table["gap"].max()) for table in tables.values() if len(table))
        for scope, table in tables.items():
            color, marker = styles[scope]
            ordered = table.sort_values(["through", "reported_on"], kind="stable")
            axes.plot(
                day_numbers(ordered["through"]),
                ordered["gap"],
                marker=marker,
                markersize=3.2,
                linewidth=1,
                color=color,
            )
        count_axis(axes)
        bottom, top = min(lowest - 1, 0), max(highest, 3) * 1.1
        axes.set_ylim(bottom, top)
        if lowest < 0:
            axes.axhline(0, color=GREY, linewidth=0.8)
        date_axis(axes, page.campaign.start, page.known.through, narrow)
        ends = sorted((int(table["gap"].iloc[-1]), scope) for scope, table in tables.items()
                      if len(table))  # fmt: skip
        places = keep_apart([gap for gap, _ in ends], (top - bottom) / LABELS)
        right = axes.get_xlim()[1]
        for place, (gap, scope) in zip(places, ends, strict=True):
            axes.annotate(
                f"{words.digits(gap)} {names[scope]}",
                (right, place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                color=styles[scope][0],
                annotation_clip=False,
            )

    return plot(
        page,
        "gap-by-country",
        draw,
        page.sentence(
            "{record_gap:digits} of the {attacks_official:digits} attacks that officials count "
            "{record_gap:~has|have} no confirmed row of {record_gap:~its|their} own"
            if page.count("record_gap") > 0
            else "by the newest count the record leaves no gap"
        ),
        "Officials’ count less the record’s officially confirmed attacks through the last day "
        "counted, at each day with a count; below 0 the record has more",
        source(page),
        page.sentence(
            "lines over time of the gap {of}; the newest gap is "
            "{record_gap:digits} of {attacks_official:attack|attacks}, on "
            "{tallies:day|days} there was a count.",
            of="in all and by country" if len(tables) > 1 else "in all",
        ),
        (1.6, 2.1),
        pd.concat(table.assign(scope=scope) for scope, table in tables.items()),
    )
