"""The outlook, what changed and how complete the record is, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.display.say.answer import answer
from analysis.display.say.bottom_line import likelihood_of_attack


def outlook(page: Page) -> Fragment:
    """What will the next week probably look like?"""
    if not page.facts["forecast_median"].known:
        return answer(likelihood_of_attack(page))
    assumption = page.sentence(
        "discounted Gamma-Poisson model of recorded attacks a day (West and Harrison, 1997; "
        "Harvey and Fernandes, 1989) with discount factor {forecast_discount:digits}, chosen by "
        "past one-day log scores. It assumes that the coming week resembles the last days, knows "
        "nothing of plans or talks, and takes the latest days as complete though reports of them "
        "may still come."
    )
    return answer(likelihood_of_attack(page), assumption=assumption)


def changes(page: Page) -> Fragment:
    """What changed since the last brief?"""
    since = words.day(page.earlier.date)
    if not page.count("new_facts_since_previous") and not page.count(
        "revised_facts_since_previous"
    ):
        return answer(page.sentence("the record learned nothing new since {since}.", since=since))
    return answer(
        page.sentence(
            "since {since} the record has gained {new_facts_since_previous:fact|facts} and "
            "revised {revised_facts_since_previous} of those it had.",
            since=since,
        )
    )


def completeness(page: Page) -> Fragment:
    """How complete is the record?"""
    if page.facts["record_coverage"].known:
        coverage = page.sentence(
            "for the {attacks_official:digits} attacks that officials count through "
            "{attacks_official_through:day}, the record describes {record_counted:digits} one by "
            "one with an official’s word, or {record_coverage:percent}.{cite}",
            cite=page.cite("attacks_official"),
        )
    else:
        coverage = Markup("There is no official count yet to hold the record against.")
    if not page.count("attacks_cumulative") + page.count("attacks_claim_only_cumulative"):
        return answer(coverage)
    others = page.sentence(
        "beside these it holds {attacks_media_cumulative:attack|attacks} that news and monitors "
        "alone report and {attacks_claim_only_cumulative} that only the attackers claim{overlap}.",
        overlap="; some of them may be among those that officials count"
        if page.facts["record_coverage"].known
        else "",
    )
    return answer(coverage, others, _delay(page))


def _delay(page: Page) -> Markup | None:
    if not page.facts["reported_late_share"].known:
        return None
    if not page.value("reported_late_share"):
        return Markup("Every recorded attack was known by the day after it.")
    return page.sentence(
        "{reported_late_share:percent} of recorded attacks became known two or more days after "
        "the event, so the counts of the latest days may still grow."
    )
