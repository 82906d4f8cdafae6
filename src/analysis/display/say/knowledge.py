"""What changed and how complete the record is, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.display.say.answer import answer


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
            "{attacks_official_through}, the record describes {record_counted:digits} one by "
            "one with an official’s word, or {record_coverage}.{cite}",
            cite=page.cite("attacks_official"),
        )
    else:
        coverage = Markup("There is no official count yet to hold the record against.")
    if not page.count("attacks_cumulative") + page.count("attacks_claim_only_cumulative"):
        return answer(coverage)
    return answer(coverage, _others(page), _delay(page), still_to_come(page))


def _others(page: Page) -> Markup:
    """Attacks that officials do not confirm; all by who reports them where nobody counts."""
    if page.facts["record_coverage"].known:
        return page.sentence(
            "beside these it holds {attacks_media_cumulative:attack|attacks} that news and "
            "monitors alone report and {attacks_claim_only_cumulative} that only the attackers "
            "claim; some of them may be among those that officials count."
        )
    return page.sentence(
        "it holds {attacks_confirmed_cumulative:attack|attacks} that officials confirm, "
        "{attacks_media_cumulative} that news and monitors alone report and "
        "{attacks_claim_only_cumulative} that only the attackers claim."
    )


def _delay(page: Page) -> Markup | None:
    if not page.facts["reported_late_share"].known:
        return None
    if not page.value("reported_late_share"):
        return Markup("Every recorded attack was known by the day after it.")
    return page.sentence(
        "{reported_late_share} of recorded attacks became known two or more days after "
        "the event, so the counts of the latest days may still grow."
    )


def still_to_come(page: Page) -> Markup:
    """How many attacks of the window are expected to be reported later."""
    when = {"days": page.days, "as_of": words.day(page.as_of)}
    if page.count("nowcast_low") == page.count("nowcast_high"):
        return page.sentence(
            "as reports have come so far, no further attack of the {days} to {to_day} is expected "
            "to be reported.",
            **when,
        )
    return page.sentence(
        "as reports have come so far, the {days} to {to_day} will gain about "
        "{nowcast_missing:more attack|more attacks} and count {nowcast_low:digits} to "
        "{nowcast_high:digits} in the end (90{nbsp}% interval).",
        **when,
    )
