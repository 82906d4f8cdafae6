"""How late attacks become known and how many are still to come, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.say.answer import answer
from analysis.display.say.knowledge import still_to_come
from analysis.display.say.record_sources import nothing_recorded
from analysis.measures import delay


@section
def record_delay(page: Page) -> Fragment:
    """How late do attacks become known?

    page: of `record`; it needs facts such as `delay_attacks`, `delay_longest` and
        `attacks_withdrawn`.
    """
    if not page.count("delay_attacks"):
        return answer(nothing_recorded(page))
    return answer(
        known_when(page),
        _latest_report(page),
        assumption=None
        if page.facts["known_within_0_share"].withheld
        else page.sentence(
            "estimated by the reverse-time hazard (Lawless, 1994), which allows for reports of the "
            "newest attacks that are still to come. It assumes that {assumption}. An attack is "
            "known from the day on which officials, news or monitors first reported it; a claim by "
            "the attackers alone does not count.",
            assumption=delay.ASSUMPTION,
        ),
    )


@if_kept
def known_when(page: Page) -> Markup:
    """What part of the attacks is known on their day and on the day after."""
    interval = "95{nbsp}% interval {known_within_0_low_share} to {known_within_0_high_share}"
    if page.count("delay_attacks") == 1:
        return page.sentence(
            "the only recorded attack was known {when}; how late others become known cannot be "
            "said yet.",
            when=page.phrase("{delay_longest:day|days} after it")
            if page.count("delay_longest")
            else "on the same day",
        )
    if not page.facts["known_within_1_share"].known:
        return page.sentence(
            "so far {delay_attacks:recorded attack was|recorded attacks were} known on the same "
            "day; how many become known later cannot be said yet."
        )
    return page.sentence(
        "of recorded attacks {known_within_0_share} are known on the same day "
        f"({interval}) and {{known_within_1_share}} by the day after."
    )


@if_kept
def _latest_report(page: Page) -> Markup | None:
    if not page.count("delay_longest") or page.count("delay_attacks") == 1:
        return None
    shares = page.facts["known_within_0_share"]
    return page.sentence(
        "{of_which} the one reported last of all became known {delay_longest:day|days} after it; "
        "{withdrawn}.",
        of_which=page.phrase(
            "of {delay_attacks} recorded attacks"
            if shares.withheld
            else "this rests on {delay_attacks} attacks, of which"
        ),
        withdrawn=page.phrase(
            "{attacks_withdrawn} {verb} later taken back or moved to another day",
            verb="was" if page.count("attacks_withdrawn") < 2 else "were",
        ),
    )


@section
def record_still_to_come(page: Page) -> Fragment:
    """How many attacks of the last days are still to come?

    page: of `record`, `brief` or a report of one's own; it needs the facts `nowcast_missing`,
        `nowcast_low` and `nowcast_high`.
    """
    assumption = page.sentence(
        "estimated from the delays above, the attacks of the days around and how far reports of "
        "one day come together (Lawless, 1994). It assumes that {assumption}, and that no count "
        "falls.",
        assumption=delay.ASSUMPTION,
    )
    return answer(still_to_come(page), assumption=assumption)
