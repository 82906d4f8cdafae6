"""The site report in sentences: when a place was attacked, with what, who was hurt, by whom."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.events import side_of
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.key_figures import card, strip, window_card
from analysis.display.page import Page
from analysis.display.places import group_name, place
from analysis.display.say.answer import answer, lead
from analysis.display.say.attack_terms import (
    armed,
    course,
    ended,
    every,
    targets,
    who_confirms_them,
)
from analysis.display.say.counted import attacks_in_window, deaths_and_injuries
from analysis.display.say.site_claims import claimed
from analysis.display.say.site_compared import elsewhere
from analysis.measures.facts.site import WHOSE
from analysis.measures.sites import FEWEST_FOR_PERCENT
from analysis.record.codebook import SEA


@section
def site_bottom_line(page: Page) -> Fragment:
    """Attacks in the window and so far, who was hurt, what was stopped, who claims them.

    page: of `site`; it needs facts such as `killed_us`, `injured_us` and `group_sites`.
    """
    if not page.count("attacks_cumulative"):
        return lead(
            page,
            attacks_in_window(page, place(page)),
            _nothing_recorded(page),
            _not_named(page) or elsewhere(page),
        )
    return lead(
        page,
        attacks_in_window(page, place(page)),
        _so_far(page),
        ended(page),
        _hurt(page),
        claimed(page),
    )


@section
def site_key_figures(page: Page) -> Fragment:
    """Attacks in the window and so far, casualties, and how many were intercepted.

    page: of `site`; it needs facts such as `killed_us`, `injured_us` and `killed_other`.
    """
    whose, whom = _whose(page)
    return strip(
        window_card(page),
        card(page, "attacks_cumulative"),
        card(page, "attacks_claim_only_cumulative"),
        card(page, f"injured_{whose}", label=f"Injured {whom}"),
        card(page, f"killed_{whose}", label=f"Killed {whom}"),
        card(
            page,
            "outcome_intercepted" if page.count("outcome_known") else "intercepted_share",
            label="Intercepted in full",
            change=f"of {words.digits(page.count('outcome_known'))} with a known outcome",
            unknown="no outcome known",
        ),
    )


def _whose(page: Page) -> tuple[str, str]:
    """Whose casualties the key figures count: Americans, or others where these are more."""
    others = page.count("killed_other") + page.count("injured_other")
    if others > page.count("killed_us") + page.count("injured_us"):
        return "other", "among crews and civilians"
    return "us", "on the US side, by the record"


@if_kept
def _nothing_recorded(page: Page) -> Markup:
    if not page.count("attacks_claim_only_cumulative"):
        return page.sentence(
            "the record holds no attack there {since}, on any target, not even a claimed one."
        )
    return page.sentence(
        "neither officials nor news and monitors report an attack there {since}; "
        "{attacks_claim_only_cumulative:attack is|attacks are} known from the attackers’ own "
        "claims only."
    )


def _not_named(page: Page) -> Markup | None:
    if page.parameters["site_id"] in set(page.known.sites["site_id"]):
        return None
    return Markup("By this day the record names no such site, so the page can show its id only.")


@if_kept
def _so_far(page: Page) -> Markup:
    several = page.count("attacks_cumulative") > 1
    one_day = page.count("attack_days") == 1
    if not several:
        template = "the only attack recorded there {since} was on {latest_attack_on}{share}."
    elif one_day:
        template = (
            "{since} the record holds {attacks_cumulative:attack|attacks} there, all on "
            "{latest_attack_on}{share}."
        )
    else:
        template = (
            "{since} the record holds {attacks_cumulative:attack|attacks} there, the first on "
            "{first_attack_on} and the latest on {latest_attack_on}{share}."
        )
    return page.sentence(
        template + "{cite}",
        share=_share(page) if several else "",
        cite=page.cite("first_attack_on", "latest_attack_on"),
    )


def _share(page: Page) -> Markup:
    few = page.count("group_sites") < 2 or page.count("group_attacks") < FEWEST_FOR_PERCENT
    if few or not page.given("site_share"):
        return Markup("")
    return page.phrase(": {site_share} of all recorded {group}", group=group_name(page))


@section
def site_when(page: Page) -> Fragment:
    """When was it attacked?

    page: of `site`; it needs facts such as `group_sites`, `group_attacks` and `first_attack_on`.
    """
    if not page.count("attacks_cumulative"):
        return answer(_nothing_recorded(page))
    on_others = page.count("attacks_on_us_forces") < page.count("attacks_cumulative")
    return answer(
        _so_far(page), course(page), targets(page) if on_others else None, who_confirms_them(page)
    )


@section
def site_weapons(page: Page) -> Fragment:
    """With what was it attacked, and what was stopped?

    page: of `site`; it needs facts such as `weapon_ied`, `weapon_boat` and `weapon_drone`.
    """
    if not page.count("attacks_cumulative"):
        return answer(Markup("The record holds no attack whose weapon or outcome could be told."))
    assumption = Markup(
        "Outcomes are those of the latest report of each attack; interceptions are reported by "
        "those attacked."
    )
    return answer(armed(page), ended(page), assumption=assumption)


@section
def site_casualties(page: Page) -> Fragment:
    """Who was hurt?

    page: of `site`; it needs facts such as `killed_us`, `injured_us` and `killed_other`.
    """
    if not page.count("attacks_cumulative"):
        return answer(Markup("The record holds no attack in which anyone could have been hurt."))
    assumption = Markup(
        "Numbers are the newest of each attack’s reports; brain injuries are often found weeks "
        "later, and official counts of casualties are not given by site."
    )
    return answer(_hurt(page), _told(page), _claimed_casualties(page), assumption=assumption)


@if_kept
def _hurt(page: Page) -> Markup:
    """The dead and injured in recorded attacks, by whose they are."""
    at_sea = page.known.sites.set_index("site_id")["country"].get(page.parameters["site_id"]) == SEA
    parts = [
        Markup("{} {}").format(hurt, side_of(name, at_sea))
        for name in WHOSE
        if page.count(f"killed_{name}") or page.count(f"injured_{name}")
        if (hurt := deaths_and_injuries(page, f"killed_{name}", f"injured_{name}"))
    ]
    if parts:
        return page.sentence("the record gives {parts}.", parts=Markup("; ").join(parts))
    if page.count("casualties_stated"):
        return page.sentence(
            "no one is reported killed or injured there{sample}.",
            sample=page.phrase(", but the record {samples}") if page.kept == "sampled" else "",
        )
    return Markup("No source gives a number of dead or injured there.")


@if_kept
def _told(page: Page) -> Markup | None:
    """For how many attacks sources speak of casualties at all."""
    if not page.count("casualties_stated") or page.count("attacks_cumulative") == 1:
        return None
    in_all = page.count("casualties_stated") == page.count("attacks_cumulative")
    return page.sentence(
        "for {which} sources give a number of dead or injured or say that there were none{hurt}.",
        which=every(page, "attacks_cumulative")
        if in_all
        else page.phrase("{casualties_stated} of the {attacks_cumulative} recorded attacks"),
        hurt=page.phrase("; in {attacks_with_casualties} of them people were hurt")
        if page.count("attacks_with_casualties")
        else "",
    )


@if_kept
def _claimed_casualties(page: Page) -> Markup | None:
    if not page.count("claims_with_casualties"):
        return None
    return page.sentence(
        "casualties in {claims_with_casualties:attack|attacks} that only the attackers report are "
        "not counted."
    )


@section
def site_limits(page: Page) -> Fragment:
    """What does the record not show?

    page: of `site`, `brief` or a report of one's own; it needs the fact `attacks_cumulative`.
    """
    if not page.count("attacks_cumulative"):
        return answer(
            Markup(
                "Official counts name no sites; an attack stopped on its way here may be listed "
                "elsewhere."
            )
        )
    first = Markup(
        "Official counts go by country, so they cannot tell how complete the record is here."
    )
    rest = Markup(
        "Monitors describe attacks that officials never list, and the other way round; two "
        "reports under different days or neighbouring sites may be of one attack. An attack aimed "
        "at one site and intercepted on its way may be listed under another."
    )
    return answer(first, rest)
