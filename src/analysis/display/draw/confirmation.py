"""Who reports the attacks, week by week."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display.draw.history import in_spans, too_few
from analysis.display.draw.stacked import LEVELS, stacked_over_time
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import LEVEL_COLORS
from analysis.measures.attacks import on_targets


@figure
def confirmation_over_time(page: Page) -> Fragment:
    """Attacks a week, at first a day, by confirmation; mere claims are shown and not counted in.

    page: of `record`, `brief` or a report of one's own.
    """
    attacks = on_targets(page.known)
    if too_few(page, attacks):
        return NOTHING
    groups = {name: attacks[attacks["confirmation"] == level] for level, name in LEVELS.items()}
    return stacked_over_time(
        page,
        "confirmation",
        groups,
        {name: LEVEL_COLORS[level] for level, name in LEVELS.items()},
        _finding(page),
        f"Attacks on {page.words['forces']} {in_spans(page)}, by who reports them",
        page.sentence(
            "stacked bars over time: {attacks_confirmed_cumulative:attack|attacks} officially "
            "confirmed, {attacks_media_cumulative} by news and monitors only, "
            "{attacks_claim_only_cumulative} claimed only."
        ),
        columns=3,
    )


def _finding(page: Page) -> Markup:
    """How many of the recorded attacks officials confirm; of all of them in words."""
    number = page.count("attacks_cumulative")
    if page.count("attacks_confirmed_cumulative") < number:
        return page.sentence(
            "officials confirm {attacks_confirmed_cumulative} of the {attacks_cumulative} recorded "
            "attacks"
        )
    every = {1: "the only recorded attack", 2: "both recorded attacks"}
    return page.sentence(
        f"officials confirm {every.get(number, 'all {attacks_cumulative} recorded attacks')}"
    )
