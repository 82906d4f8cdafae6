"""Who is named for the attacks, week by week."""

from __future__ import annotations

from analysis.display.draw.history import in_spans, too_few
from analysis.display.draw.stacked import stacked_over_time
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, PALE


@figure
def claimants(page: Page) -> Fragment:
    """Recorded attacks a week, at first a day, by who is named.

    page: of `brief` or a report of one's own; it needs the facts `claim_share` and `top_claimant`.
    """
    held = page.shown[["event_date", "claimed_by", "attributed_to"]]
    if too_few(page, held):
        return NOTHING
    top = page.value("top_claimant")
    groups = {
        f"{page.known.actor_names().get(str(top), 'One group')}": held["claimed_by"] == top,
        "Another group": held["claimed_by"].notna() & (held["claimed_by"] != top),
        "Unclaimed, attributed": held["claimed_by"].isna() & held["attributed_to"].notna(),
        "Nobody named": held["claimed_by"].isna() & held["attributed_to"].isna(),
    }
    return stacked_over_time(
        page,
        "claimants",
        {name: held[rows] for name, rows in groups.items()},
        dict(zip(groups, (ACCENT, "#5b7f9f", "#a9bfd2", PALE), strict=True)),
        page.sentence(
            "{claim_share} of recorded attacks are claimed"
            if page.given("claim_share")
            else "{claimed_cumulative} of {attacks_cumulative:recorded attack|recorded attacks} "
            "{claimed_cumulative:~is|are} claimed"
        ),
        f"Recorded attacks on {page.words['forces']} {in_spans(page)}, by who is named",
        page.sentence(
            "stacked bars over time: of {attacks_cumulative:attack|attacks}, {claimed_cumulative} "
            "are claimed by a group, {attributed_cumulative} attributed without a claim, "
            "{nobody_named_cumulative} neither."
        ),
    )
