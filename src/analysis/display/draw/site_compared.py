"""One site among those that compare with it: its share of attacks, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis.display import words
from analysis.display.draw.history import source
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.places import group_name
from analysis.display.plot import ACCENT, GREY, INK, plot
from analysis.measures import sites
from analysis.measures.attacks import until
from analysis.measures.sites import FEWEST_FOR_PERCENT

#: The sites with most attacks, and the one of the page wherever it ranks.
MOST_SITES = 10


@figure
def site_compared(page: Page) -> Fragment:
    """The share of attacks that fell on each site, this one in the accent colour.

    page: of `site`.
    """
    site_id = str(page.parameters["site_id"])
    attacks = until(sites.in_group_of(page.known, site_id), page.known.through)
    table = sites.shares(attacks)
    if len(table) < 2 or len(attacks) < FEWEST_FOR_PERCENT:
        return NOTHING
    shown = _shown(table, site_id)
    own = (shown["site_id"] == site_id).to_numpy()

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        places = np.arange(len(shown))
        for mask, color, size in ((~own, "#8a97a3", 5.0), (own, ACCENT, 7.0)):
            rows = shown[mask]
            axes.hlines(places[mask], rows["low"], rows["high"], color=color, linewidth=1.6)
            axes.plot(rows["share"], places[mask], "o", color=color, markersize=size)
        for where, row in zip(places, shown.to_dict("records"), strict=True):
            axes.annotate(
                words.digits(row["attacks"]),
                (row["high"], where),
                (5, 0),
                textcoords="offset points",
                va="center",
                color=INK,
            )
        axes.set_yticks(places, [words.short_site(name) for name in shown["site"]])
        for label, is_own in zip(axes.get_yticklabels(), own, strict=True):
            label.set_fontweight("bold" if is_own else "normal")
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(0, min(1.0, float(shown["high"].max())) * 1.1)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4 if narrow else 6))
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=f"{words.NBSP}%"))
        axes.set_xlabel("share of recorded attacks", color=GREY)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.set_axisbelow(True)

    return plot(
        page,
        "site-compared",
        draw,
        page.sentence(
            "{site_share} of {group_attacks:recorded attack|recorded attacks} fell here"
            if own.any()
            else "none of {group_attacks:recorded attack|recorded attacks} fell here"
        ),
        f"Share of recorded attacks {group_name(page)}, with "
        f"95{words.NBSP}% interval; numbers count attacks{_left_out(table, shown)}",
        source(page),
        page.sentence(
            "points with intervals, one line a site, {group_sites} sites in all; this one has "
            "{attacks_cumulative:attack|attacks}."
        ),
        (0.5 + 0.17 * len(shown), 0.65 + 0.22 * len(shown)),
        shown,
    )


def _shown(table: pd.DataFrame, site_id: str) -> pd.DataFrame:
    """The first sites, and this one if it is not among them."""
    first = table.head(MOST_SITES)
    own = table[table["site_id"] == site_id]
    if own.empty or site_id in set(first["site_id"]):
        return first
    return pd.concat([first.head(MOST_SITES - 1), own], ignore_index=True)


def _left_out(table: pd.DataFrame, shown: pd.DataFrame) -> str:
    missing = len(table) - len(shown)
    if not missing:
        return ""
    return f"; {words.number(missing)} {words.noun(missing, 'other|others')} not shown"
