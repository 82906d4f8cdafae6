"""What of the record changed after the first report, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.say.answer import answer
from analysis.display.say.record_sources import nothing_recorded


@section
def record_revisions(page: Page) -> Fragment:
    """What changed after the first report?

    page: of `record`; it needs facts such as `killed_added`, `injured_added` and `revised_share`.
    """
    if not page.count("revised_attacks"):
        return answer(
            Markup("Of no attack does the record say anything else than at first.")
            if page.count("attacks_cumulative")
            else nothing_recorded(page)
        )
    revised = page.sentence(
        "of {revised_attacks:attack|attacks}{share} the record says more than at first, or "
        "something else.",
        share=page.phrase(" ({revised_share})") if page.given("revised_share") else "",
    )
    assumption = Markup(
        "Compared are the first row of an attack and what its rows say together today, attacks "
        "that only the attackers claim included; a later row that leaves a field empty changes "
        "nothing, and what no source revised is not known to be right."
    )
    return answer(revised, people_revised(page), _confirmation(page), assumption=assumption)


@if_kept
def people_revised(page: Page, cited: bool = True) -> Markup | None:
    """How often, by how much and how late numbers of killed and injured were revised."""
    parts = [
        page.phrase(
            f"the number of {people} was revised for {{{people}_revised_attacks:attack|attacks}}, "
            f"by {{{people}_added:digits}}{{in_sum}} "
            f"{{{people}_revised_latest:day|days}} after the first report",
            in_sum=","
            if page.count(f"{people}_revised_attacks") == 1
            else " in sum, the last time",
        )
        for people in ("killed", "injured")
        if page.count(f"{people}_revised_attacks")
    ]
    if not parts:
        return None
    cite = page.cite("killed_added", "injured_added") if cited else Markup("")
    return page.sentence("{parts}.{cite}", parts=Markup("; ").join(parts), cite=cite)


@if_kept
def _confirmation(page: Page) -> Markup | None:
    if not page.count("confirmation_raised") + page.count("confirmation_lowered"):
        return None
    return page.sentence(
        "{confirmation_raised:attack is|attacks are} better confirmed than at first{claims}; "
        "{confirmation_lowered} {verb} confirmed less well.",
        claims=_first_claimed(page),
        verb="is" if page.count("confirmation_lowered") < 2 else "are",
    )


def _first_claimed(page: Page) -> Markup:
    """How many of those that are better confirmed were known from a claim alone."""
    claimed, raised = page.count("claims_confirmed"), page.count("confirmation_raised")
    if not claimed:
        return Markup("")
    whole = {1: "", 2: "both of them "}.get(claimed, "all of them ")
    which = whole if claimed == raised else page.phrase("{claims_confirmed} of them ")
    return page.phrase(", {which}at first known from a claim alone", which=which)
