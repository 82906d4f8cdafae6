"""Who a group is and what it has in common with its kin, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import events
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.say.answer import answer, listing
from analysis.display.say.attack_terms import every
from analysis.record.codebook import word_if_any
from analysis.record.wording import joined, targets


def the_group(page: Page) -> str:
    """The name of the group within a sentence; its id where the record does not name it by then."""
    return events.actor(str(page.parameters["actor_id"]), page.known)


def itself(page: Page, noun: str = "the group") -> str:
    """What the group is called where its name has been said; a state is no group."""
    kind = events.kind_of(str(page.parameters["actor_id"]), page.known)
    return noun if word_if_any("actor_kind", kind, "is_group") else the_group(page)


def is_named(page: Page) -> bool:
    """Whether dated rows name the group by that day."""
    return page.parameters["actor_id"] in page.known.actor_names()


@section
def actor_kin(page: Page) -> Fragment:
    """Whom does the record name with it?

    page: of `actor`; it needs facts such as `kin_parts`, `kin_parent` and `parts_attacks`.
    """
    if not is_named(page):
        return answer(Markup("By this day no report names it together with another group."))
    return answer(kinship(page), _share_of_claims(page), _claimed_by_others(page))


@if_kept
def kinship(page: Page) -> Markup:
    """The group under which the record lists this one, and those that it lists under it."""
    name = the_group(page)
    parent, parts = page.facts["kin_parent"].known, page.facts["kin_parts"].known
    if not parent and not parts:
        return page.sentence(
            "the record lists no group under {name}, nor {name} under another.", name=name
        )
    listed = [page.phrase("{name} under {kin_parent}", name=name)] if parent else []
    if parts:
        above = "it" if parent else name
        listed.append(page.phrase("{parts} under {above}", parts=parts_of_it(page), above=above))
    return page.sentence(
        "the record lists {listed}{further}.", listed=listing(listed), further=_further(page)
    )


def _further(page: Page) -> Markup:
    """How many attacks are named for the kin and not for the group itself."""
    one_part = len(str(page.value("kin_parts") or "").split()) == 1
    whose = {
        "parent_attacks": "{kin_parent}",
        "parts_attacks": "that part" if one_part else "these parts",
    }
    return Markup("").join(
        page.phrase(
            f"; {{{name}:further attack is|further attacks are}} claimed by or attributed to {kin}"
        )
        for name, kin in whose.items()
        if page.count(name)
    )


def parts_of_it(page: Page) -> str:
    """The groups that the record lists under this one."""
    parts = str(page.value("kin_parts")).split()
    return joined([events.actor(part, page.known) for part in parts])


@if_kept
def _share_of_claims(page: Page) -> Markup | None:
    if not page.count("claimed_cumulative"):
        return None
    if page.count("claims_of_all") == 1:
        return page.sentence(
            "{it} claims the one recorded attack on {them} that anybody claims.",
            them=targets(page.targets),
            it=itself(page, "this group"),
        )
    return page.sentence(
        "of {claims_of_all:recorded attack|recorded attacks} that somebody claims, on {them}, {it} "
        "claims {claimed_cumulative}, or {claims_share} (95{nbsp}% interval {claims_share_low} to "
        "{claims_share_high}).",
        them=targets(page.targets),
        it=itself(page, "this group"),
    )


@if_kept
def _claimed_by_others(page: Page) -> Markup | None:
    if not page.count("claimed_by_others"):
        return None
    if page.count("attributed_cumulative") == 1:
        return Markup("Another group claims the attack that is attributed to it.")
    if page.count("claimed_by_others") == page.count("attributed_cumulative"):
        return page.sentence(
            "another group claims {every} that officials or analysts attribute to it.",
            every=every(page, "attributed_cumulative"),
        )
    return page.sentence(
        "of the {attributed_cumulative} attacks that officials or analysts attribute to it, "
        "{claimed_by_others} {claimed_by_others:~is|are} claimed by another group."
    )
