"""Units in the region day by day, kind by kind, with days on which presence is uncertain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.display.axes import date_axis, key
from analysis.display.draw.history import day_numbers, source, start_of, too_short
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, plot
from analysis.measures.presence import STATES, day_by_day
from analysis.record.codebook import word

STATE_STYLE: dict[str, dict[str, Any]] = {
    "arrived": {"facecolor": ACCENT, "label": word("status", "arrived").capitalize()},
    "possible": {"facecolor": "#7c97b3", "hatch": "....", "label": "Possibly there"},
    "en-route": {"facecolor": "#c3d0dd", "label": word("status", "en-route").capitalize()},
    "ordered": {
        "facecolor": "white",
        "hatch": "////",
        "label": word("status", "ordered").capitalize(),
    },
}

#: The panels, and which kinds of unit each holds.
PANELS = {
    "Carrier strike groups": ("carrier-strike-group",),
    "Amphibious group and Marines": ("amphibious-ready-group", "marine-unit"),
    "Air defence": ("air-defense",),
    "Squadrons and bombers": ("fighter-squadron", "attack-squadron", "bomber"),
    "Ground units": ("ground-force",),
    "Submarines, ships and support": ("submarine", "surface-combatant", "support"),
}


@figure
def presence_by_kind(page: Page) -> Fragment:
    """Units in the region, possibly there, under way and ordered, day by day and by kind.

    page: of `posture`, `brief` or a report of one's own; it needs the fact `carriers_in_region`.
    """
    page.needs("carriers_in_region")  # a record that ends before this day cannot tell
    if too_short(page):
        return NOTHING
    start, end = start_of(page), page.as_of
    states = day_by_day(page.known, start, end)
    panels = {
        name: _counts(states[states["kind"].isin(kinds)], start, end)
        for name, kinds in PANELS.items()
        if states["kind"].isin(kinds).any()
    }
    if not panels:
        return NOTHING

    def draw(figure: Figure, narrow: bool) -> None:
        rows = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (name, counts) in zip(rows, panels.items(), strict=True):
            _panel(axes, name, counts)
            date_axis(axes, start, end, narrow)
            axes.tick_params(labelbottom=axes is rows[-1])
        _key(figure, list(panels.values()), 2 if narrow else 4)

    return plot(
        page,
        "presence",
        draw,
        page.sentence(
            "{units_arrived:unit|units} in the region, {units_under_way} ordered or under way"
        ),
        "Announced units each day by kind; a group, a squadron or a set of batteries counts as "
        "one unit",
        source(page),
        page.sentence(
            "stacked areas of announced units a day, one panel a kind; at the end "
            "{units_arrived} in the region and {units_under_way} ordered or under way."
        ),
        (0.5 + 0.42 * len(panels), 0.75 + 0.72 * len(panels)),
        pd.concat(counts.assign(kind=name) for name, counts in panels.items())
        .rename_axis("day")
        .reset_index()
        .melt(["day", "kind"], var_name="state", value_name="units"),
    )


def _counts(states: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Units in each state on each day of the span, whatever their kind."""
    table = states.groupby(["day", "state"]).size().unstack(fill_value=0)
    return table.reindex(index=pd.date_range(start, end), columns=list(STATES), fill_value=0)


def _panel(axes: Axes, name: str, counts: pd.DataFrame) -> None:
    places = day_numbers(counts.index)
    edges = np.append(places - 0.5, places[-1] + 0.5)
    base = np.zeros(len(counts))
    for state in STATES:
        if not counts[state].any():
            continue
        top = base + counts[state].to_numpy()
        style = {name: value for name, value in STATE_STYLE[state].items() if name != "label"}
        axes.fill_between(
            edges,
            np.append(base, base[-1]),
            np.append(top, top[-1]),
            step="post",
            edgecolor=ACCENT,
            linewidth=0.3,
            **style,
        )
        base = top
    axes.set_title(name, loc="left", pad=2.5)
    axes.set_ylim(0, max(base.max() * 1.08, 1.08))
    most = int(base.max())
    axes.set_yticks([0, most], ["", str(most)])
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)


def _key(figure: Figure, panels: list[pd.DataFrame], columns: int) -> None:
    """A legend of the states that occur, on the first axes."""
    for state in STATES:
        if any(counts[state].any() for counts in panels):
            style = STATE_STYLE[state]
            figure.axes[0].fill_between([], [], [], edgecolor=ACCENT, linewidth=0.3, **style)
    key(figure, columns)
