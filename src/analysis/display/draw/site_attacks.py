"""Attacks at one site: over time, and by weapon and outcome."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.display import words
from analysis.display.axes import bars, key
from analysis.display.draw.history import in_spans, source, start_of
from analysis.display.draw.stacked import FEWEST, LEVELS, stacked_over_time
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.places import place
from analysis.display.plot import GREY, INK, LEVEL_COLORS, plot
from analysis.measures import sites
from analysis.measures.attacks import recorded, until, with_weapon
from analysis.record.codebook import codes, word


@figure
def site_attacks(page: Page) -> Fragment:
    """Attacks at the site a week, at first a day, by who confirms them.

    page: of `site`; it needs facts such as `most_in_seven_days` and `most_in_seven_days_on`.
    """
    attacks = sites.at_site(page.known, str(page.parameters["site_id"]))
    return stacked_over_time(
        page,
        "site-attacks",
        {name: attacks[attacks["confirmation"] == level] for level, name in LEVELS.items()},
        {name: LEVEL_COLORS[level] for level, name in LEVELS.items()},
        _course(page),
        f"Attacks {place(page)} on any target {in_spans(page)}, by who confirms them",
        page.sentence(
            "stacked bars over time: {attacks_cumulative:recorded attack|recorded attacks} and "
            "{attacks_claim_only_cumulative} known from claims alone."
        ),
        columns=3,
    )


def _course(page: Page) -> Markup:
    if not page.count("attacks_cumulative"):
        return page.sentence(
            "{attacks_claim_only_cumulative:attack|attacks} known from claims alone, none recorded"
        )
    if page.count("attacks_cumulative") == 1:
        return page.sentence("one recorded attack, on {latest_attack_on}")
    if page.count("most_in_seven_days") == page.count("attacks_cumulative"):
        return page.sentence(
            "{attacks_cumulative:attack|attacks}, all in the seven days to {most_in_seven_days_on}"
        )
    if not page.count("attacks_window") and page.kept_window == "sampled":
        return page.sentence("{most}", most=_most(page))
    return page.sentence(
        "{attacks_window:attack|attacks} in the last {days}; {most}",
        most=_most(page),
    )


def _most(page: Page) -> Markup:
    """The most attacks in seven days, if those days are in the figure; else the latest attack."""
    if pd.Timestamp(str(page.value("most_in_seven_days_on"))) < start_of(page):
        return page.phrase("the latest recorded on {latest_attack_on}")
    if page.count("most_in_seven_days") == 1:
        return Markup("never more than one in seven days")
    return page.phrase(
        "at most {most_in_seven_days} in any seven days, as in those to {most_in_seven_days_on}"
    )


#: How attacks ended, best for those attacked first; those that came through are hatched, so
#: that they stand out in grey print too.
OUTCOMES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "Intercepted in full": (("intercepted",), {"color": "#1f4e79"}),
    "In part": (("partly-intercepted",), {"color": "#6f93b5"}),
    "Missed or failed": (("missed", "failed"), {"color": "#b9cbdb"}),
    "Came through": (
        ("impact",),
        {"color": "#f2c9ae", "edgecolor": "#b5460f", "hatch": "////", "linewidth": 0.6},
    ),
    "Not known": (("unknown",), {"color": "#e8ebee"}),
}


@figure
def site_weapons(page: Page) -> Fragment:
    """Recorded attacks at the site by weapon and outcome.

    page: of `site`; it needs the fact `outcome_known`.
    """
    attacks = sites.at_site(page.known, str(page.parameters["site_id"]))
    held = recorded(until(attacks, page.known.through))
    counts = by_weapon_and_outcome(held)
    if len(held) < FEWEST:
        return NOTHING

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        _stacked_rows(axes, counts)
        key(figure, 2 if narrow else 5)

    return plot(
        page,
        "site-weapons",
        draw,
        _stopped(page),
        f"Recorded attacks {place(page)} by weapon and outcome; an attack with two weapons counts "
        "under both",
        source(page),
        page.sentence(
            "bars by weapon, divided by outcome: {outcome_known} of "
            "{attacks_cumulative:attack|attacks} have a known outcome."
        ),
        (0.8 + 0.2 * len(counts), 1.2 + 0.2 * len(counts)),
        counts.rename_axis("weapon")
        .reset_index()
        .melt("weapon", var_name="outcome", value_name="attacks"),
    )


def by_weapon_and_outcome(held: pd.DataFrame) -> pd.DataFrame:
    """How many attacks with each weapon ended in each way: the most used weapon first."""
    rows = {_capital(word("weapon", code)): with_weapon(held, code) for code in codes("weapon")}
    table = pd.DataFrame(
        {
            outcome: [int(used["outcome"].isin(names).sum()) for used in rows.values()]
            for outcome, (names, _) in OUTCOMES.items()
        },
        index=list(rows),
    )
    table = table[table.sum(axis=1) > 0]
    not_named = _capital(word("weapon", "unknown"))
    order = table.sum(axis=1).where(table.index != not_named, -1)
    return table.loc[order.sort_values(ascending=False, kind="stable").index]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _stacked_rows(axes: Axes, counts: pd.DataFrame) -> None:
    places = np.arange(len(counts))
    left = np.zeros(len(counts))
    for outcome, (_, style) in OUTCOMES.items():
        values = counts[outcome].to_numpy()
        if values.any():
            bars(axes, places, values, width=0.66, base=left, across=True, label=outcome, **style)
        left = left + values
    top = float(left.max())
    for where, value in zip(places, left, strict=True):
        axes.text(value + top * 0.015, float(where), words.digits(value), va="center", color=INK)
    axes.set_yticks(places, list(counts.index))
    axes.set_ylim(len(counts) - 0.4, -0.6)
    axes.set_xlim(0, top * 1.08)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.set_xlabel("attacks", color=GREY)
    axes.spines["left"].set_visible(False)


def _stopped(page: Page) -> Markup:
    if not page.count("outcome_known"):
        return page.sentence("no source tells how the {attacks_cumulative} attacks ended")
    return page.sentence(
        "{outcome_intercepted} of {outcome_known} with a known outcome "
        "{outcome_intercepted:~was|were} intercepted in full"
    )
