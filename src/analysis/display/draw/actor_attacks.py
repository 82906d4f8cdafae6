"""One group's attacks: over time, and by site."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.display import words
from analysis.display.axes import bars, key
from analysis.display.draw.history import in_spans, source, too_few
from analysis.display.draw.stacked import FEWEST, stacked_over_time
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.places import busiest
from analysis.display.plot import GREY, INK, LEVEL_COLORS, plot
from analysis.measures import actors
from analysis.measures.attacks import RECORDED, until

MOST_SITES = 8

COLORS = dict(
    zip(
        ("Claimed by it", "Attributed to it only", "Known from its claim alone"),
        LEVEL_COLORS.values(),
        strict=True,
    )
)


@figure
def actor_attacks(page: Page) -> Fragment:
    """The group's attacks a week, at first a day: claimed, attributed, and by its claim alone.

    page: of `actor`; it needs the fact `attacks_cumulative`.
    """
    groups = _groups(page)
    if too_few(page, pd.concat(list(groups.values()))):
        return NOTHING
    return stacked_over_time(
        page,
        "actor-attacks",
        groups,
        COLORS,
        _finding(page),
        f"Attacks on any target {in_spans(page)}",
        page.sentence(
            "stacked bars over time: {claimed_cumulative:recorded attack|recorded attacks} "
            "claimed, {attributed_cumulative} attributed only, {attacks_claim_only_cumulative} "
            "known from claims alone."
        ),
        columns=3,
    )


def _groups(page: Page) -> dict[str, pd.DataFrame]:
    named = actors.named_for(page.known, str(page.parameters["actor_id"]))
    held = named["confirmation"].isin(RECORDED)
    rows = (held & named["claimed"], held & ~named["claimed"], ~held)
    return {name: named[chosen] for name, chosen in zip(COLORS, rows, strict=True)}


def _finding(page: Page) -> Markup:
    if not page.count("attacks_cumulative"):
        return page.sentence("{attacks_claim_only_cumulative} claimed, none of them recorded")
    if not page.count("attacks_window") and page.kept_window == "sampled":
        return page.sentence("{attacks_cumulative:recorded attack|recorded attacks} {since}")
    return page.sentence(
        "{attacks_window:recorded attack|recorded attacks} in the last {days}, "
        "{attacks_cumulative} {since}",
    )


@figure
def actor_sites(page: Page) -> Fragment:
    """The sites of the group's attacks, the most attacked first.

    page: of `actor`; it needs the fact `sites_attacked`.
    """
    held = {name: until(rows, page.known.through) for name, rows in _groups(page).items()}
    counts = pd.DataFrame(
        {name: rows["site"].astype("str").value_counts() for name, rows in held.items()}
    )
    counts = counts.fillna(0).astype(int)
    order = counts.assign(recorded=counts.iloc[:, :2].sum(axis=1), all=counts.sum(axis=1))
    order = order.sort_index().sort_values(["recorded", "all"], ascending=False, kind="stable")
    shown = counts.loc[order.index[:MOST_SITES]]
    if counts.to_numpy().sum() < FEWEST or len(counts) < 2:
        return NOTHING

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        places = np.arange(len(shown))
        left = np.zeros(len(shown))
        for name, color in COLORS.items():
            values = shown[name].to_numpy()
            if values.any():
                bars(
                    axes,
                    places,
                    values,
                    base=left,
                    width=0.66,
                    across=True,
                    color=color,
                    label=name,
                )
            left = left + values
        top = float(left.max())
        for where, value in zip(places, left, strict=True):
            axes.text(
                value + top * 0.015, float(where), words.digits(value), va="center", color=INK
            )
        axes.set_yticks(places, [words.short_site(name) for name in shown.index])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(0, top * 1.1)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axes.set_xlabel("attacks", color=GREY)
        axes.spines["left"].set_visible(False)
        key(figure, 1 if narrow else 3)

    missing = len(counts) - len(shown)
    return plot(
        page,
        "actor-sites",
        draw,
        page.sentence("{sites_attacked:site|sites} with recorded attacks")
        if page.count("sites_attacked")
        else Markup("No site with a recorded attack"),
        "Attacks by site, a sea area counting as one, in the order of those that others report"
        + (f"; {words.number(missing)} with fewer not shown" if missing else ""),
        source(page),
        page.sentence(
            "bars by site{most}, divided into claimed, attributed only and known from claims "
            "alone.",
            most=_most(page),
        ),
        (0.65 + 0.22 * len(shown), 1.0 + 0.24 * len(shown)),
        shown.rename_axis("site")
        .reset_index()
        .melt("site", var_name="group", value_name="attacks"),
    )


def _most(page: Page) -> Markup:
    """Where most of the recorded attacks fell, for whoever cannot see it."""
    if page.count("busiest_site_attacks") < 2:
        return Markup("")
    return page.phrase(
        ", with most recorded attacks at {busiest} ({busiest_site_attacks:digits})",
        busiest=busiest(page),
    )
