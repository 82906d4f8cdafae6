"""The fronts over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.draw.history import in_spans, source, span_days, span_ends, too_short
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, plot
from analysis.lean.seaborn import sns
from analysis.measures import fronts

#: Luminance of a shade on which black letters and white ones stand out alike: 4.6 to 1.
HALFWAY = 0.179

#: Spans of the table, on a page and on a phone.
MOST_SPANS = {False: 17, True: 7}


@figure
def fronts_over_time(page: Page) -> Fragment:
    """Attacks on each front and week, as a table of shades with the counts in it.

    page: of `brief` or a report of one's own.
    """
    attacks, named = fronts.on_all_fronts(page.known), fronts.names(page.known)
    days = span_days(page)
    by_span = fronts.by_span(attacks, named, page.as_of, len(span_ends(page, days)), days)
    if too_short(page) or not by_span.to_numpy().any():
        return NOTHING
    shades = LinearSegmentedColormap.from_list("counts", ["#f4f6f8", ACCENT])

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        shown = by_span.tail(MOST_SPANS[narrow]).T
        most = max(4, int(shown.to_numpy().max()))
        sns.heatmap(
            shown,
            ax=axes,
            cmap=shades,
            cbar=False,
            linewidths=1.5,
            vmin=0,
            vmax=most,
            xticklabels=False,
            yticklabels=False,
        )
        for (row, column), count in np.ndenumerate(shown.to_numpy()):
            if count:
                dark = _luminance(np.asarray(shades(count / most))) <= HALFWAY
                axes.text(
                    column + 0.5,
                    row + 0.5,
                    words.compact(count),
                    color="white" if dark else "black",
                    ha="center",
                    va="center",
                    in_layout=False,  # it is within the axes
                )
        ends = pd.DatetimeIndex(shown.columns)
        step = 1 if len(ends) <= 7 and not narrow else 2
        positions = range((len(ends) - 1) % step, len(ends), step)
        axes.set_xticks(
            [place + 0.5 for place in positions],
            [f"{ends[place].day} {ends[place]:%b}" for place in positions],
        )
        axes.set_yticks(
            np.arange(len(shown)) + 0.5, [_two_lines(name) for name in shown.index], va="center"
        )
        axes.set(xlabel="", ylabel="")
        axes.tick_params(length=0)

    return plot(
        page,
        "fronts",
        draw,
        page.sentence("{finding}", finding=_finding(page)),
        f"Recorded attacks on any target {in_spans(page)}",
        source(page),
        page.sentence("table of counts by front over time; {finding}.", finding=_finding(page)),
        (0.5 + sum(map(_room, named)), 0.5 + 1.35 * sum(map(_room, named))),
        by_span.tail(MOST_SPANS[False])
        .rename_axis("last_day")
        .reset_index()
        .melt("last_day", var_name="front", value_name="attacks"),
    )


def _finding(page: Page) -> Markup:
    if page.facts["fronts_active_window"].kept == "sampled" and not page.count(
        "fronts_active_window"
    ):
        return page.phrase("no attack of the window is in the record, on {fronts} fronts")
    return page.phrase("{fronts_active_window} of {fronts} fronts saw attacks in the window")


def _luminance(color: np.ndarray) -> float:
    """Relative luminance of a colour, as the Web Content Accessibility Guidelines define it."""
    linear = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
    return float(linear[:3] @ (0.2126, 0.7152, 0.0722))


def _room(front: str) -> float:
    """Height of the row of a front, in inches."""
    return 0.28 if "\n" in _two_lines(front) else 0.2


def _two_lines(front: str) -> str:
    return front.replace(" and ", "\nand ")
