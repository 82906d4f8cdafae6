"""The site report in sentences: when a place was attacked, with what, who was hurt, by whom."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.key_figures import card, strip
from analysis.display.page import Page
from analysis.display.say.answer import SINCE, answer, lead
from analysis.display.say.attack_terms import (
    armed,
    course,
    ended,
    place_of,
    targets,
    who_confirms_them,
)
from analysis.display.say.bottom_line import against_window_before, claims_only, who_confirms
from analysis.measures.sites import group_of, within
from analysis.record import Known

ORDINALS = ("", "", "second ", "third ", "fourth ", "fifth ")


def title(known: Known, site_id: str) -> str:
    """The title of the page: "Attacks at Al-Tanf Garrison"."""
    return f"Attacks {place_of(known, site_id)}"


def place(page: Page) -> str:
    """Where the site is, after a verb: "at Al-Tanf Garrison", "in the Red Sea"."""
    return place_of(page.known, str(page.parameters["site_id"]))


def site_bottom_line(page: Page) -> Fragment:
    """Attacks in the window and so far, who was hurt, what was stopped, who claims them."""
    if not page.count("attacks_cumulative"):
        return lead(_in_window(page), _nothing_recorded(page), _not_named(page), _elsewhere(page))
    return lead(_in_window(page), _so_far(page), _hurt(page), ended(page), _claimed(page))


def site_key_figures(page: Page) -> Fragment:
    """Attacks in the window and so far, days, casualties, interception, share of all."""
    in_window, before = page.count("attacks_window"), page.count("attacks_previous_window")
    return strip(
        card(
            page,
            f"Attacks recorded in the {page.days}",
            "attacks_window",
            words.change(in_window, before),
        ),
        card(page, "Attacks recorded since 17 Oct 2023", "attacks_cumulative"),
        card(page, "Known from claims alone", "attacks_claim_only_cumulative"),
        card(page, "Injured on the US side, by the record", "injured_us"),
        card(page, "Killed on the US side, by the record", "killed_us"),
        card(
            page,
            "Intercepted in full, of those with a known outcome",
            "intercepted_share",
            change=_of_outcomes(page),
            form="percent",
            unknown="no outcome known",
        ),
    )


def _of_outcomes(page: Page) -> str:
    return f"of {words.digits(page.count('outcome_known'))}"


def _in_window(page: Page) -> Markup:
    when = {"days": page.days, "as_of": words.day(page.as_of), "place": place(page)}
    if page.count("attacks_window"):
        return page.sentence(
            "in the {days} to {as_of} the record holds {attacks_window:attack|attacks} {place}, "
            "{compared} in the {days} before; {confirmed}{claims}.",
            compared=against_window_before(page),
            confirmed=who_confirms(page),
            claims=claims_only(page),
            **when,
        )
    return page.sentence(
        "no attack {place} was recorded in the {days} to {as_of}, {compared} in the {days} "
        "before{claims}.",
        compared=page.phrase("after {attacks_previous_window}")
        if page.count("attacks_previous_window")
        else "nor",
        claims=claims_only(page),
        **when,
    )


def _nothing_recorded(page: Page) -> Markup:
    if not page.count("attacks_claim_only_cumulative"):
        return page.sentence(
            "the record holds no attack there {since}, on any target, not even a claimed one.",
            since=SINCE,
        )
    return page.sentence(
        "neither officials nor news and monitors report an attack there {since}; "
        "{attacks_claim_only_cumulative:attack is|attacks are} known from the attackers’ own "
        "claims only.",
        since=SINCE,
    )


def _not_named(page: Page) -> Markup | None:
    if page.parameters["site_id"] in set(page.known.sites["site_id"]):
        return None
    return Markup("By this day the record names no such site, so the page can show its id only.")


def _elsewhere(page: Page) -> Markup:
    return page.sentence(
        "elsewhere the record holds {elsewhere_cumulative:attack|attacks} {since}, on any target.",
        since=SINCE,
    )


def _so_far(page: Page) -> Markup:
    several = page.count("attacks_cumulative") > 1
    one_day = page.count("attack_days") == 1
    if not several:
        template = "the only attack recorded there {since} was on {latest_attack_on:day}{share}."
    elif one_day:
        template = (
            "{since} the record holds {attacks_cumulative:attack|attacks} there, all on "
            "{latest_attack_on:day}{share}."
        )
    else:
        template = (
            "{since} the record holds {attacks_cumulative:attack|attacks} there, the first on "
            "{first_attack_on:day} and the latest on {latest_attack_on:day}{share}."
        )
    return page.sentence(
        template + "{cite}",
        since=SINCE,
        share=_share(page) if several else "",
        cite=page.cite("first_attack_on", "latest_attack_on"),
    )


def _share(page: Page) -> Markup:
    if page.count("group_sites") < 2:
        return Markup("")
    return page.phrase(": {site_share:percent} of all recorded {group}", group=_group(page))


def _group(page: Page) -> str:
    """The places that this one compares with, after a verb."""
    return within(str(group_of(page.known, str(page.parameters["site_id"]))))


def site_when(page: Page) -> Fragment:
    """When was it attacked?"""
    if not page.count("attacks_cumulative"):
        return answer(_nothing_recorded(page))
    on_others = page.count("attacks_on_us_forces") < page.count("attacks_cumulative")
    return answer(
        _so_far(page),
        course(page),
        targets(page) if on_others else None,
        who_confirms_them(page),
    )


def site_weapons(page: Page) -> Fragment:
    """With what was it attacked, and what was stopped?"""
    if not page.count("attacks_cumulative"):
        return answer(Markup("There is no recorded attack whose weapon or outcome could be told."))
    assumption = Markup(
        "An attack with several weapons counts under each. Outcomes are those that the latest "
        "report of each attack gives; reports of interceptions come from those who were attacked."
    )
    return answer(armed(page), ended(page), assumption=assumption)


def site_casualties(page: Page) -> Fragment:
    """Who was hurt?"""
    if not page.count("attacks_cumulative"):
        return answer(Markup("There is no recorded attack in which anyone could have been hurt."))
    assumption = Markup(
        "Numbers are the newest of each attack’s reports; brain injuries are often found weeks "
        "later, and official counts of casualties are not given by site."
    )
    return answer(_hurt(page), _told(page), _claimed_casualties(page), assumption=assumption)


def _hurt(page: Page) -> Markup:
    """The dead and injured in recorded attacks, by whose they are."""
    parts = [
        page.phrase(f"{{killed_{name}:death|deaths}} and {{injured_{name}:injury|injuries}} {whom}")
        for name, whom in (
            ("us", "on the US side"),
            ("partner", "among partner forces"),
            ("other", "among crews, civilians and others"),
        )
        if page.count(f"killed_{name}") or page.count(f"injured_{name}")
    ]
    if parts:
        return page.sentence("the record gives {parts}.", parts=Markup("; ").join(parts))
    if page.count("casualties_stated"):
        return Markup("No one is reported killed or injured there.")
    return Markup("No source gives a number of dead or injured there.")


def _told(page: Page) -> Markup | None:
    """For how many attacks sources speak of casualties at all."""
    if not page.count("casualties_stated") or page.count("attacks_cumulative") == 1:
        return None
    return page.sentence(
        "for {casualties_stated} of the {attacks_cumulative} recorded attacks sources give a "
        "number of dead or injured or say that there were none{hurt}.",
        hurt=page.phrase("; in {attacks_with_casualties} of them people were hurt")
        if page.count("attacks_with_casualties")
        else "",
    )


def _claimed_casualties(page: Page) -> Markup | None:
    if not page.count("claims_with_casualties"):
        return None
    return page.sentence(
        "casualties in {claims_with_casualties:attack|attacks} that only the attackers report are "
        "not counted."
    )


def site_compared(page: Page) -> Fragment:
    """How does it compare with other sites?"""
    if not page.count("attacks_cumulative"):
        return answer(_elsewhere(page))
    if page.count("group_sites") < 2:
        return answer(
            page.sentence(
                "no other attack is recorded {group}, so there is none to compare with.",
                group=_group(page),
            )
        )
    assumption = Markup(
        "The comparison is with attacks {}, on any target. The interval (Clopper and Pearson, "
        "1934) takes the sites of attacks as drawn one by one; attacks on several sites in one "
        "operation make the true uncertainty larger."
    ).format(_group(page))
    return answer(_rank(page), _window_share(page), _interception(page), assumption=assumption)


def _rank(page: Page) -> Markup:
    rank = page.count("site_rank")
    standing = (
        page.phrase(f"the {ORDINALS[rank]}most of {{group_sites}} attacked")
        if rank < len(ORDINALS)
        else page.phrase("place {site_rank:digits} of {group_sites:digits}")
    )
    if page.count("sites_with_as_many"):
        standing += page.phrase(", as many as at {sites_with_as_many:other|others}")
    return page.sentence(
        "with {attacks_cumulative:attack|attacks} it has {site_share:percent} of the "
        "{group_attacks} recorded {group} (95{nbsp}% interval {site_share_low:percent} to "
        "{site_share_high:percent}), {standing}.",
        group=_group(page),
        nbsp=words.NBSP,
        standing=standing,
    )


def _window_share(page: Page) -> Markup | None:
    whole = page.count("group_attacks_window")
    if not whole:
        return None
    if page.count("attacks_window") == whole:
        return Markup(
            "The one attack of the window fell there."
            if whole == 1
            else "All attacks of the window fell there."
        )
    return page.sentence(
        "of the {group_attacks_window:attack|attacks} in the window, {attacks_window} fell there."
    )


#: Of fewer attacks a percentage would say more than is known.
FEWEST_FOR_PERCENT = 5


def _interception(page: Page) -> Markup | None:
    known = page.count("outcome_known"), page.count("elsewhere_outcome_known")
    if min(known) < FEWEST_FOR_PERCENT:
        return None
    return page.sentence(
        "of its attacks with a known outcome {intercepted_share:percent} were intercepted in full "
        "({outcome_known:digits} known), at the others {elsewhere_intercepted_share:percent} "
        "({elsewhere_outcome_known:digits} known)."
    )


def site_claims(page: Page) -> Fragment:
    """Who claims the attacks there?"""
    if not page.count("attacks_cumulative"):
        return answer(
            page.sentence(
                "{attacks_claim_only_cumulative:attack there is|attacks there are} known from "
                "claims alone; the table of attacks names the claimants."
            )
            if page.count("attacks_claim_only_cumulative")
            else Markup("No group has claimed an attack there.")
        )
    apart = (
        page.sentence(
            "{attacks_claim_only_cumulative:further attack is|further attacks are} known from "
            "claims alone."
        )
        if page.count("attacks_claim_only_cumulative")
        else None
    )
    return answer(_claimed(page), _attributed(page), apart)


def _attributed(page: Page) -> Markup | None:
    """Whom officials or analysts name for what nobody claims."""
    named, nobody = page.count("attributed_cumulative"), page.count("nobody_named_cumulative")
    if not named + nobody:
        return None
    if page.count("attacks_cumulative") == 1:
        return (
            page.sentence("officials or analysts attribute it to {top_attributed:name}.")
            if named
            else Markup("No source attributes it to one either.")
        )
    if not named:
        return page.sentence(
            "for {nobody_named_cumulative:other|others} no one is named."
            if page.count("claimed_cumulative")
            else "no source attributes any to a group either."
        )
    return page.sentence(
        "of those that nobody claims, officials or analysts attribute {attributed_cumulative} to "
        "a group, {most}{top_attributed:name}{rest}.",
        most="" if named == 1 else "most often ",
        rest=page.phrase("; for {nobody_named_cumulative} no one is named") if nobody else "",
    )


def _claimed(page: Page) -> Markup:
    claimed = page.count("claimed_cumulative")
    if page.count("attacks_cumulative") == 1:
        return (
            page.sentence("it is claimed by {top_claimant:name}.")
            if claimed
            else Markup("No group claims it.")
        )
    if not claimed:
        return page.sentence("no group claims any of the {attacks_cumulative} attacks there.")
    by_one = page.count("top_claimant_attacks") == claimed
    return page.sentence(
        "{claimed_cumulative} of the {attacks_cumulative} recorded attacks there, or "
        "{claim_share:percent}, {are} claimed, {whom} {top_claimant:name}.",
        are="is" if claimed == 1 else "are",
        whom=("by" if claimed == 1 else "all by")
        if by_one
        else page.phrase("{top_claimant_attacks} of them by"),
    )


def site_limits(page: Page) -> Fragment:
    """What does the record not show?"""
    first = Markup(
        "Official counts go by country and not by site, so they cannot tell how complete the "
        "record is here."
    )
    rest = Markup(
        "Monitors describe attacks that officials never list, and the other way round; two "
        "reports under different days or neighbouring sites may be of one attack. An attack aimed "
        "at one site and intercepted on its way may be listed under another."
    )
    return answer(first, rest)
