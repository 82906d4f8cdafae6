"""Who claims the attacks at a site, and whom others name, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import events
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.say.answer import answer
from analysis.display.say.attack_terms import every
from analysis.measures.sites import FEWEST_FOR_PERCENT


@section
def site_claims(page: Page) -> Fragment:
    """Who claims the attacks there?

    page: of `site`; it needs facts such as `attacks_cumulative`, `claimed_cumulative` and
        `top_claimant_attacks`.
    """
    if not page.count("attacks_cumulative"):
        return answer(
            page.sentence(
                "{attacks_claim_only_cumulative:attack there is|attacks there are} known from "
                "claims alone; the table of attacks names {whom}.",
                whom="the claimant"
                if page.count("attacks_claim_only_cumulative") == 1
                else "the claimants",
            )
            if page.count("attacks_claim_only_cumulative")
            else Markup("The record holds no claim of an attack there.")
        )
    apart = (
        page.sentence(
            "{attacks_claim_only_cumulative:further attack is|further attacks are} known from "
            "claims alone."
        )
        if page.count("attacks_claim_only_cumulative")
        else None
    )
    return answer(claimed(page), _attributed(page), apart)


@if_kept
def claimed(page: Page) -> Markup:
    """How many of the recorded attacks a group claims, and which group most."""
    some, whole = page.count("claimed_cumulative"), page.count("attacks_cumulative")
    if not some:
        return _unclaimed(page)
    if whole == 1:
        return page.sentence("the attack is claimed by {top_claimant}.")
    if page.count("top_claimant_attacks") < some:
        by = page.phrase(", {top_claimant_attacks} of them by {top_claimant}")
    else:
        all_by = {1: " by", 2: ", both by", whole: " by"}.get(some, ", all by")
        by = page.phrase("{all_by} {top_claimant}", all_by=all_by)
    if some == whole:
        return page.sentence(
            "{every} recorded there are claimed{by}.",
            every=every(page, "attacks_cumulative"),
            by=by,
        )
    return page.sentence(
        "{claimed_cumulative} of the {attacks_cumulative} recorded attacks there{share} "
        "{claimed_cumulative:~is|are} claimed{by}.",
        share=page.phrase(", or {claim_share},") if whole >= FEWEST_FOR_PERCENT else "",
        by=by,
    )


def _unclaimed(page: Page) -> Markup:
    whole = page.count("attacks_cumulative")
    if whole == 1:
        return Markup("No group claims the attack.")
    return page.sentence(
        "no group claims {which} of the {attacks_cumulative} attacks there.",
        which="either" if whole == 2 else "any",
    )


@if_kept
def _attributed(page: Page) -> Markup | None:
    """Whom officials or analysts name for what nobody claims."""
    named, nobody = page.count("attributed_cumulative"), page.count("nobody_named_cumulative")
    if not named + nobody:
        return None
    if not named:
        return _no_one_named(page)
    whom = events.actor(str(page.value("top_attributed")), page.known)
    return page.sentence(
        "{which} {are} attributed by officials or analysts to {whom}{rest}.",
        which=_those_named(page),
        are="is" if named == 1 else "are",
        whom=whom
        if page.count("top_attributed_attacks") == named
        else page.phrase("groups, {top_attributed_attacks} of them to {whom}", whom=whom),
        rest=page.phrase("; for {nobody_named_cumulative} no one is named") if nobody else "",
    )


def _no_one_named(page: Page) -> Markup:
    if page.count("attacks_cumulative") == 1:
        return Markup("No source attributes it to one either.")
    if not page.count("claimed_cumulative"):
        return Markup("No source attributes any to a group either.")
    if page.count("nobody_named_cumulative") == 1:
        return Markup("For the one that nobody claims, no source names anyone.")
    return page.sentence(
        "for the {nobody_named_cumulative} that nobody claims, no source names anyone."
    )


def _those_named(page: Page) -> Markup:
    """What nobody claims but others attribute: "both that nobody claims"."""
    named = page.count("attributed_cumulative")
    if page.count("nobody_named_cumulative"):
        whole = "of those that nobody claims, " if page.count("claimed_cumulative") else ""
        return page.phrase("{whole}{attributed_cumulative}", whole=whole)
    if page.count("attacks_cumulative") == 1:
        return Markup("It")
    few = {1: Markup("the one"), 2: Markup("both")}
    those = few.get(named) or page.phrase("all {attributed_cumulative}")
    return those + (" that nobody claims" if page.count("claimed_cumulative") else "")
