"""The actor report in sentences: what a group claims or is said to have done."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.key_figures import card, strikes_card, strip, window_card
from analysis.display.page import Page
from analysis.display.places import busiest, place_of
from analysis.display.say.actor_kin import is_named, itself, kinship, the_group
from analysis.display.say.actor_strikes import struck
from analysis.display.say.answer import answer, lead, times
from analysis.display.say.attack_terms import armed, course, ended, targets, who_confirms_them
from analysis.display.say.attacks import CHANCE, close_in_time, several_sites_a_day
from analysis.display.say.counted import attacks_in_window
from analysis.measures.facts.attacks import target_fact
from analysis.record.codebook import codes

#: With fewer attacks in both spans together a ratio of their rates would say next to nothing.
FEWEST_FOR_RATIO = 10

#: Targets that lie at sea, and those that the record is kept for first.
AFLOAT = codes("target", having="at_sea")
KEPT_FIRST = (codes("target")[0], *AFLOAT)

#: With fewer attacks there is no bunching to speak of.
FEWEST_TO_BUNCH = 10


@section
def actor_bottom_line(page: Page) -> Fragment:
    """Attacks in the window and so far, on what, how often, and what was struck.

    page: of `actor`; it needs facts such as `tempo_now`, `tempo_days` and `tempo_ratio`.
    """
    if not page.count("attacks_cumulative"):
        kin = kinship(page) if is_named(page) else None
        return lead(
            page,
            attacks_in_window(page, f"claimed by or attributed to {the_group(page)}"),
            _nothing_else_recorded(page),
            struck(page),
            kin,
        )
    return lead(
        page,
        attacks_in_window(page, f"claimed by or attributed to {the_group(page)}"),
        _so_far(page),
        targets(page),
        _tempo(page),
        struck(page),
    )


@section
def actor_key_figures(page: Page) -> Fragment:
    """Attacks in the window and so far, claimed, attributed, by claims alone; strikes.

    page: of `actor`; it needs facts such as `strikes_cumulative`.
    """
    return strip(
        window_card(page),
        card(page, "attacks_cumulative"),
        card(page, "claimed_cumulative"),
        card(page, "attributed_cumulative"),
        card(page, "attacks_claim_only_cumulative"),
        strikes_card(page, "strikes_cumulative"),
    )


@if_kept
def _nothing_recorded(page: Page) -> Markup:
    if page.parameters["actor_id"] not in page.known.actor_names():
        return Markup(
            "By this day the record names no such group, so the page can show its id only."
        )
    if not page.count("attacks_claim_only_cumulative"):
        return page.sentence(
            "the record holds no attack {since} that {it} claims or that anyone attributes to it.",
            it=itself(page, "this group"),
        )
    return page.sentence(
        "{since} the record holds {attacks_claim_only_cumulative:attack|attacks} that only {it} "
        "itself reports, and none that anyone else reports and that it claims or is said to have "
        "made.",
        it=itself(page, "this group"),
    )


@if_kept
def _nothing_else_recorded(page: Page) -> Markup | None:
    """The same after a sentence on the window, which names what the group alone reports of it."""
    known_by_claims = page.count("attacks_claim_only_cumulative")
    if not known_by_claims or known_by_claims > page.count("attacks_window_claim_only"):
        return _nothing_recorded(page)
    return page.sentence(
        "{since} the record holds no other attack that {it} claims or that anyone attributes to "
        "it.",
        it=itself(page, "this group"),
    )


@if_kept
def _so_far(page: Page) -> Markup:
    cite = page.cite("first_attack_on", "latest_attack_on")
    if page.count("attacks_cumulative") == 1:
        return page.sentence(
            "the only attack recorded for it {since} was on {latest_attack_on}, {how}.{cite}",
            how=f"claimed by {itself(page)} itself"
            if page.count("claimed_cumulative")
            else "attributed to it by officials or analysts and not claimed by it",
            cite=cite,
        )
    return page.sentence(
        "{since} the record holds {attacks_cumulative} attacks claimed by it or attributed to it, "
        "{when}: {how}.{cite}",
        when=page.phrase("all on {latest_attack_on}")
        if page.count("attack_days") == 1
        else page.phrase("the first on {first_attack_on} and the latest on {latest_attack_on}"),
        how=_claimed_and_attributed(page),
        cite=cite,
    )


def _claimed_and_attributed(page: Page) -> Markup:
    if not page.count("attributed_cumulative"):
        return Markup("{} claims all of them").format(itself(page))
    attributed = "officials or analysts attribute {attributed_cumulative} to it without its claim"
    if not page.count("claimed_cumulative"):
        return Markup("officials or analysts attribute them, {} claims none").format(itself(page))
    return page.phrase("{it} claims {claimed_cumulative}, " + attributed, it=itself(page))


@section
def actor_tempo(page: Page) -> Fragment:
    """How active is it?

    page: of `actor`; it needs facts such as `tempo_now`, `tempo_days` and `tempo_ratio`.
    """
    if not page.count("attacks_cumulative"):
        return answer(_nothing_recorded(page))
    tempo = _tempo(page)
    assumption = Markup(
        "The rate ratio takes the counts of both spans as Poisson; its interval is exact and "
        "conditional on their sum (Przyborowski and Wilenski, 1940). Attacks that it claims "
        "later, or that are attributed to it later, still come in."
    )
    compared = "tempo_ratio_low" in page.stated
    return answer(
        _so_far(page),
        tempo,
        course(page),
        who_confirms_them(page),
        assumption=assumption if compared else None,
    )


@if_kept
def _tempo(page: Page) -> Markup | None:
    """The last four weeks against the weeks before."""
    if page.count("attacks_cumulative") < 2 or not page.facts["tempo_days"].known:
        return None
    if not page.facts["tempo_ratio_low"].known:
        return page.sentence(
            "none of them fell in the last {tempo_days} days, nor in the {tempo_before_days} days "
            "before that."
        )
    few = page.count("tempo_now") + page.count("tempo_before") < FEWEST_FOR_RATIO
    spans = page.phrase(
        "in the last {tempo_days} days the record holds {tempo_now} of them, in the "
        "{tempo_before_days} days before that {tempo_before}"
    )
    if few:
        return page.sentence("{spans}.", spans=spans)
    if not page.facts["tempo_ratio"].known:
        return page.sentence(
            "{spans}: a daily rate at least {tempo_ratio_low:digits} times that before "
            "(95{nbsp}% interval, no upper end).",
            spans=spans,
        )
    return page.sentence(
        "{spans}: a daily rate {times} that before (95{nbsp}% interval {tempo_ratio_low:digits} "
        "to {tempo_ratio_high:digits}).",
        spans=spans,
        times=times(page, "tempo_ratio"),
    )


@section
def actor_targets(page: Page) -> Fragment:
    """What does it attack, and where?

    page: of `actor`; it needs facts such as `weapon_ied`, `weapon_boat` and `busiest_site`.
    """
    if not page.count("attacks_cumulative"):
        return answer(Markup("The record holds no attack whose target or place could be told."))
    assumption = Markup(
        "The record is kept for attacks on US forces and on ships first; others may be missing."
    )
    kept_first = sum(page.count(target_fact(code)) for code in KEPT_FIRST)
    return answer(
        targets(page, named=True),
        _sites(page),
        armed(page),
        ended(page),
        assumption=assumption if kept_first < page.count("attacks_cumulative") else None,
    )


@if_kept
def _sites(page: Page) -> Markup:
    if page.count("sites_attacked") == 1:
        return page.sentence(
            "{which} {place}.",
            which="it was" if page.count("attacks_cumulative") == 1 else "all were",
            place=place_of(page.known, str(page.value("busiest_site"))),
        )
    at_sea = any(page.count(target_fact(code)) for code in AFLOAT)
    places = page.sentence(
        "they fell at {sites_attacked} sites{sea}",
        sea=", a sea area counting as one" if at_sea else "",
    )
    if page.count("busiest_site_attacks") == 1:
        return places + Markup(", at none more than once.")
    return places + page.phrase(
        ", most often {busiest}, {busiest_site_attacks:times}{each}.",
        busiest=busiest(page),
        each=" each" if page.count("busiest_sites_tied") > 1 else "",
    )


@section
def actor_coordination(page: Page) -> Fragment:
    """How coordinated are its attacks?

    page: of `actor`; it needs facts such as `multi_site_days_expected`, `multi_site_days_in_weeks`
        and `dispersion_low`.
    """
    if page.count("attacks_cumulative") < 2:
        return answer(Markup("Fewer than two recorded attacks can show no coordination."))
    days, pairs, bunched = several_sites_a_day(page), close_in_time(page), _bunched(page)
    compared = pairs or bunched or "multi_site_days_expected" in page.stated
    return answer(days, pairs, bunched, assumption=page.phrase(CHANCE) if compared else None)


def _bunched(page: Page) -> Markup | None:
    """Whether attacks bunch on days, over the whole time and within weeks."""
    names = ("dispersion_low", "dispersion_within_weeks_low")
    known = all(page.facts[name].known for name in names)
    if page.count("attacks_cumulative") < FEWEST_TO_BUNCH or not known:
        return None
    return page.sentence(
        "the variance of attacks a day is {dispersion:digits} times their mean over the whole "
        "time and {dispersion_within_weeks:digits} times within weeks, where independent attacks "
        "would give 1 ({dispersion_low:digits} to {dispersion_high:digits} and "
        "{dispersion_within_weeks_low:digits} to {dispersion_within_weeks_high:digits} in "
        "95{nbsp}% of cases)."
    )


@section
def actor_limits(page: Page) -> Fragment:
    """What does the record not show?

    page: of `actor`, `brief` or a report of one's own.
    """
    first = Markup(
        "A claim shows who wants to be named, not who gave the order; an attribution shows whom "
        "an official or an analyst holds responsible."
    )
    rest = Markup(
        "Groups claim under shared names, and names of umbrellas and of groups without a name "
        "stand beside those of their parts: numbers of several pages may not be added up."
    )
    return answer(first, rest)
