"""How many days passed from the announcement of a unit to its arrival."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.draw.history import source
from analysis.display.draw.posture import in_lines, shortened
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, GREY, plot
from analysis.measures.presence import lead_times as lead_times_of

#: What part of the axis the label beside a point takes: of days from an order, and of others.
SHORT_LABEL, LONG_LABEL = 0.16, 0.62


@figure
def lead_times(page: Page) -> Fragment:
    """Days from announcement to arrival, one line a unit; open where no arrival is reported.

    page: of `posture`.
    """
    found = lead_times_of(page.known)
    came = found[found["days"].notna()].sort_values(["days", "deployment_id"])
    if len(came) < 2:
        return NOTHING

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        places = range(len(came))
        days = came["days"].to_numpy()
        axes.hlines(places, 0, days, color="#a9bfd2", linewidth=3)
        ordered = (came["announced_as"] == "ordered").to_numpy()
        for place, end, was_ordered in zip(places, days, ordered, strict=True):
            axes.plot(end, place, "o", color=ACCENT, markersize=6)
            since = "" if was_ordered else " since first reported under way"
            text = f"{end:.0f} {words.noun(end, 'day|days')}{since}"
            axes.annotate(
                text, (end, place), (6, 0), textcoords="offset points", va="center", color=GREY
            )
        names = _names(came, narrow)
        axes.set_yticks(list(places), [""] * len(names) if narrow else names)
        if narrow:
            for place, name in zip(places, names, strict=True):
                axes.annotate(
                    name, (0, place - 0.28), xycoords=("axes fraction", "data"), va="bottom"
                )
        axes.set_ylim(len(came) - 0.5, -0.8)
        labels = np.where(ordered, SHORT_LABEL, LONG_LABEL)
        axes.set_xlim(0, max((days / (1 - labels)).max(), 1))
        axes.set_xlabel("days from announcement to arrival")
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.set_axisbelow(True)

    return plot(
        page,
        "lead-times",
        draw,
        page.sentence(
            "{lead_time_shortest:digits} to {lead_time_longest:digits} days from announcement to "
            "arrival"
        ),
        f"Units whose announcement and arrival are both dated{_open(found)}",
        source(page),
        page.sentence(
            "one line a unit from announcement to arrival; the median of "
            "{lead_time_units:unit|units} is {lead_time_median:day|days}."
        ),
        (
            0.5 + (0.24 + 0.08 * _extra(came, False)) * len(came),
            0.6 + (0.42 + 0.14 * _extra(came, True)) * len(came),
        ),
        came[["deployment_id", "asset", "announced", "announced_as", "arrived", "days"]],
    )


def _names(came: pd.DataFrame, narrow: bool) -> list[str]:
    """The units by name; of one that came more than once with the year."""
    again = came["asset"].duplicated(keep=False)
    years = came["arrived"].dt.strftime(", %Y").where(again, "")
    names = zip(came["asset"], years, strict=True)
    return [in_lines(shortened(name) + year, narrow) for name, year in names]


def _extra(came: pd.DataFrame, narrow: bool) -> int:
    """Lines beyond the first of the longest name: all are as far apart as that asks for."""
    return max(name.count("\n") for name in _names(came, narrow))


def _open(found: pd.DataFrame) -> str:
    missing = int(found["days"].isna().sum())
    return f"; of {words.number(missing)} more they are not" if missing else ""
