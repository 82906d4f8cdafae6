"""What changed and how complete the record is, in sentences."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from analysis.display import events, words
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.say.answer import answer, listing
from analysis.measures import tallies
from analysis.record.codebook import ALL
from analysis.record.standing import WITHDRAWABLE
from analysis.record.wording import targets

#: What is said of a campaign that no official has counted.
NO_COUNT = Markup("The record knows of no official count that it could be held against.")


#: What became of something that was merged.
SAME = "found to be the same as another"

#: So many things that changed are named in a sentence; of more only their number is said.
MOST_NAMED = 3


@section
def changes(page: Page) -> Fragment:
    """What changed since …? The heading names the day.

    page: of `brief` or a report of one's own; it needs the facts `new_facts_since_previous`,
        `revised_facts_since_previous` and `reinstated_facts_since_previous`.
    returns: The section's heading and its first sentence.
    """
    since = words.day(page.changed_since)
    heading = Markup('<h2 id="what-changed">What changed since {}?</h2>\n').format(since)
    told = answer(
        _taken_back(page), _counted_again(page), _learned(page, since), _claims_only(page)
    )
    return Fragment(heading + told.html, told.data)


def _learned(page: Page, since: str) -> Markup:
    if not page.count("new_facts_since_previous") + page.count("revised_facts_since_previous"):
        other = "else " if len(page.changes) else ""
        return page.sentence("the record learned nothing {other}new since {day}.",
                             other=other, day=since)  # fmt: skip
    return page.sentence(
        "the record has gained {new_facts_since_previous:fact|facts} and revised "
        "{revised_facts_since_previous}."
    )


def _taken_back(page: Page) -> Markup | None:
    """What counted before and does not any more, because it was retracted or merged."""
    gone = page.changes[page.changes["kind"] == "withdrawn"]
    if gone.empty:
        return None
    is_merged = gone["column"] == "same_as"
    parts = [
        Markup("{} {} {}").format(_these(page, rows), "was" if len(rows) == 1 else "were", way)
        for rows, way in ((gone[~is_merged], "retracted"), (gone[is_merged], SAME))
        if len(rows)
    ]
    return page.sentence(
        "{withdrawn_facts_since_previous:fact counts|facts count} no more: {parts}.{cite}",
        parts=listing(parts),
        cite=page.cite("withdrawn_facts_since_previous"),
    )


def _these(page: Page, changed: pd.DataFrame) -> Markup:
    """Which things changed: by name where they are few, else how many."""
    if len(changed) > MOST_NAMED:
        return Markup("{}").format(words.number(len(changed)))
    things = [_thing(page, row["table"], row["id"]) for row in changed.to_dict("records")]
    return listing([Markup("{}").format(thing) for thing in things])


def _thing(page: Page, table: str, row_id: str) -> str:
    """A thing by name, whether it counts or was taken back."""
    tables = (getattr(page.known, table), page.known.withdrawn[table])
    key = WITHDRAWABLE[table]
    rows = [row for each in tables for row in each[each[key] == row_id].to_dict("records")]
    return events.named(table, rows[0], page.known)


def _counted_again(page: Page) -> Markup | None:
    """What was taken back before and counts again."""
    again = page.changes[page.changes["kind"] == "reinstated"]
    if again.empty:
        return None
    return page.sentence(
        "{reinstated_facts_since_previous:fact that was|facts that were} taken back before "
        "{count} again{named}.{cite}",
        count="counts" if len(again) == 1 else "count",
        named=_in_full(page, again),
        cite=page.cite("reinstated_facts_since_previous"),
    )


def _in_full(page: Page, changed: pd.DataFrame) -> Markup:
    """After their number, which things changed, where they are few."""
    few = len(changed) <= MOST_NAMED
    return Markup(": {}").format(_these(page, changed)) if few else Markup("")


def _claims_only(page: Page) -> Markup | None:
    """That attacks are known from the attackers' own claims alone now."""
    moved = page.changes[page.changes["column"] == "confirmation"]
    lowered = moved[moved["after"] == "claim"]
    if lowered.empty:
        return None
    return page.sentence(
        "{number} counted before {is_now} known from the attackers’ own claims only, and not "
        "counted any more{named}.{cite}",
        number=" ".join(words.counted(len(lowered), "attack|attacks")),
        is_now="is now" if len(lowered) == 1 else "are now",
        named=_in_full(page, lowered),
        cite=page.cite(ids=tuple(lowered["id"])),
    )


@section
def completeness(page: Page) -> Fragment:
    """How complete is the record?

    page: of `brief` or a report of one's own; it needs facts such as `nowcast_missing`,
        `record_coverage` and `attacks_official`.
    """
    if page.facts["record_coverage"].known:
        coverage: Markup = page.sentence(
            "officials count {attacks_official:attack|attacks} through {attacks_official_through}; "
            "of these the record describes {record_counted:digits} one by one with an official’s "
            "word, or {record_coverage}.{cite}",
            cite=page.cite("attacks_official"),
        )
    else:
        coverage = no_share(page)
    if not page.count("attacks_cumulative") + page.count("attacks_claim_only_cumulative"):
        return answer(coverage)
    return answer(coverage, held_against(page), _others(page), _delay(page), still_to_come(page))


def no_share(page: Page) -> Markup:
    """Why it cannot be said how much of the official count the record describes."""
    if not page.facts["attacks_official"].known or not page.facts["record_counted"].known:
        return NO_COUNT
    return page.sentence(
        "officials count {attacks_official:attack|attacks} through {attacks_official_through}; the "
        "record describes {record_counted:digits} with an official’s word, more than they count."
        "{cite}",
        cite=page.cite("attacks_official"),
    )


def held_against(page: Page) -> Markup | None:
    """Which attacks are compared with the official count, where it is not all that the page counts.

    Without it a reader would compare that count with attacks on ships of all kinds.
    """
    if not page.facts["attacks_official"].known or not page.facts["record_counted"].known:
        return None
    counted = tallies.largest(tallies.of_the_campaign(page.known, "attacks", ALL))["target"]
    if set(counted) == set(page.campaign.targets):
        return None
    return page.sentence(
        "of its attacks only those on {them} are held against that count.",
        them=targets(list(counted)),
    )


@if_kept
def _others(page: Page) -> Markup:
    """Attacks that officials do not confirm; all by who reports them where nobody counts."""
    if page.facts["record_coverage"].known:
        return _beside_these(page)
    return page.sentence(
        "the record holds {attacks_confirmed_cumulative:attack|attacks} that officials confirm, "
        "{attacks_media_cumulative} that news and monitors alone report and "
        "{attacks_claim_only_cumulative} that only the attackers claim."
    )


def _beside_these(page: Page) -> Markup:
    """Attacks that no official confirms, where officials count others."""
    others = {
        "attacks_media_cumulative": "that news and monitors alone report",
        "attacks_claim_only_cumulative": "that only the attackers claim",
    }
    parts = [page.phrase(f"{{{name}}} {who}") for name, who in others.items() if page.count(name)]
    if not parts:
        return Markup("The record holds no attack that officials do not confirm.")
    return page.sentence(
        "of attacks that no official confirms it holds {parts}; some of them may be among those "
        "that officials count.",
        parts=listing(parts),
    )


@if_kept
def _delay(page: Page) -> Markup | None:
    if not page.facts["reported_late_share"].known:
        return None
    if not page.value("reported_late_share"):
        return Markup("Every recorded attack was known by the day after it.")
    return page.sentence(
        "{reported_late_share} of recorded attacks became known two or more days after "
        "the event, so the counts of the latest days may still grow."
    )


@if_kept
def still_to_come(page: Page) -> Markup:
    """How many attacks of the window are expected to be reported later."""
    if page.count("nowcast_low") == page.count("nowcast_high"):
        return page.sentence(
            "as reports have come so far, no further attack of the {days} to {to_day} is expected "
            "to be reported."
        )
    missing = float(page.value("nowcast_missing") or 0)
    return page.sentence(
        "as reports have come so far, the {days} to {to_day} will gain {more} and count "
        "{nowcast_low:digits} to {nowcast_high:digits} in the end, nine times in ten.",
        more="about one more attack, or none,"
        if missing < 1
        else page.phrase(
            "about {nowcast_missing:whole} more {attacks}",
            attacks=words.noun(round(missing), "attack|attacks"),
        ),
    )
