"""What of a group was struck, and of its kin, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.say.actor_kin import parts_of_it, the_group
from analysis.display.say.answer import answer


@section
def actor_strikes(page: Page) -> Fragment:
    """What of it has been struck?

    page: of `actor`; it needs facts such as `kin_parts`, `latest_strike_on` and `strikes_on_parts`.
    """
    assumption = Markup(
        "The target is the one that officials name; strikes whose target they do not name, or "
        "name as facilities of several groups, may be missing here or listed under one of them."
    )
    return answer(struck(page), _kin_struck(page), assumption=assumption)


@if_kept
def struck(page: Page) -> Markup:
    """How often the group was the target of a strike, and when last."""
    if not page.count("strikes_cumulative"):
        return page.sentence(
            "the record holds no strike by the US or with it {since} that names {name} as the "
            "target, but it {samples}."
            if page.kept == "sampled"
            else "no strike by the US or with it {since}{to_the_last} names {name} as the target.",
            name=the_group(page),
        )
    if page.count("strikes_cumulative") == 1:
        return page.sentence(
            "one strike by the US or with it {since} names {name} as the target, on "
            "{latest_strike_on}.{cite}",
            name=the_group(page),
            cite=page.cite("latest_strike_on"),
        )
    return page.sentence(
        "{strikes_cumulative} strikes by the US or with it {since} name {name} as the target, the "
        "latest on {latest_strike_on}{lately}.{cite}",
        lately=_lately(page),
        name=the_group(page),
        cite=page.cite("latest_strike_on"),
    )


def _lately(page: Page) -> Markup:
    """How many in the window; of a campaign that is over they are no part of its total."""
    if not page.campaign.is_over(page.as_of):
        every = page.count("strikes_window") == page.count("strikes_cumulative")
        both = "both of them" if page.count("strikes_cumulative") == 2 else "all of them"
        return page.phrase(f"; {both if every else '{strikes_window} of them'} in the window")
    if not page.count("strikes_window"):
        return Markup("")
    return page.phrase("; {strikes_window} after those in the window")


@if_kept
def _kin_struck(page: Page) -> Markup | None:
    """Which strikes name others of its kin: of several below it the table says which each names."""
    parts = []
    if page.count("strikes_on_parent"):
        parts.append(page.phrase("{strikes_on_parent:strike names|strikes name} {kin_parent}"))
    if page.count("strikes_on_parts"):
        several = " " in str(page.value("kin_parts"))
        parts.append(
            page.phrase(
                "{strikes_on_parts:strike names|strikes name} {parts}",
                parts="groups that the record lists under it" if several else parts_of_it(page),
            )
        )
    return page.sentence("{all}.", all=Markup("; ").join(parts)) if parts else None
