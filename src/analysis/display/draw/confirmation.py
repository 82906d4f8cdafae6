"""Who reports the attacks, week by week."""

from __future__ import annotations

from analysis.display.draw.history import NOTHING, in_spans, too_few
from analysis.display.draw.stacked import stacked_over_time
from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.display.plot import LEVEL_COLORS

LEVELS = {
    "Officially confirmed": "official",
    "News and monitors only": "media",
    "Claimed only": "claim",
}


def confirmation_over_time(page: Page) -> Fragment:
    """Attacks a week, at first a day, by confirmation; mere claims are shown and not counted in."""
    attacks = page.attacks
    if too_few(page, attacks):
        return NOTHING
    groups = {name: attacks[attacks["confirmation"] == level] for name, level in LEVELS.items()}
    return stacked_over_time(
        page,
        "confirmation",
        groups,
        {name: LEVEL_COLORS[level] for name, level in LEVELS.items()},
        page.sentence(
            "officials confirm {attacks_confirmed_cumulative:digits} of "
            "{attacks_cumulative:recorded attack|recorded attacks}"
        ),
        f"Attacks on US and coalition forces {in_spans(page)}, by who reports them",
        page.sentence(
            "stacked bars over time: {attacks_confirmed_cumulative:attack|attacks} officially "
            "confirmed, {attacks_media_cumulative} by news and monitors only, "
            "{attacks_claim_only_cumulative} claimed only."
        ),
        columns=3,
    )
