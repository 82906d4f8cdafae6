"""Where the attacks fall and who is named for them, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import events
from analysis.display.against_chance import beyond_chance, observed
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.places import busiest
from analysis.display.say.answer import answer, listing
from analysis.display.say.attack_terms import every
from analysis.measures.attacks import claimed_only, countries_hit
from analysis.measures.fact import Withheld
from analysis.record.codebook import place

#: What chance means where a sentence names it, as a phrase of the page.
CHANCE = (
    "Chance means that each attack keeps its {one_site} and its week and falls on any day of it, "
    "independently of all others; weeks are counted from the campaign’s start, and one that is not "
    "over is left out. A pair is two attacks {at} different {sites} on one date, or on adjacent "
    "dates where one of them fell at night, as the record has no hours."
)

#: Of fewer attacks than these a share is said in numbers, not in per cent.
FEWEST_FOR_SHARE = 20


@section
def where(page: Page) -> Fragment:
    """Where did the attacks fall?

    page: of `brief` or a report of one's own; it needs facts such as `drone_share`, `weapon_known`
        and `busiest_sites`.
    """
    if not page.count("attacks_cumulative"):
        return answer(
            page.sentence(
                "the record holds no attack on {forces} {since}, but it {samples}."
                if page.kept == "sampled"
                else "no attack on {forces} has been recorded {since}{to_the_last}."
            )
        )
    return answer(_where_in_window(page), _where_so_far(page), _with_what(page))


@if_kept
def _where_in_window(page: Page) -> Markup:
    if not page.count("attacks_window"):
        if page.kept_window == "sampled":
            return page.sentence(
                "the record holds no attack of the window, but it only samples these days."
            )
        return page.sentence("in the window no attack on {forces} was recorded.")
    places = [
        (f"attacks_window_{code.lower()}", place(code))
        for code in countries_hit(page.shown)
        if page.count(f"attacks_window_{code.lower()}")
    ]
    parts = [page.phrase(f"{{{name}}} {there}") for name, there in places]
    if len(places) > 1:
        split = Markup(": ") + listing(parts)
    elif page.campaign.at_sea:
        split = Markup("")
    else:
        every = "all " if page.count("sites_attacked_window") > 1 else ""
        split = Markup(f", {every}{places[0][1]}")
    return page.sentence(
        "in the window {attacks_window:attack|attacks} {on}{attacks_window:~was|were} recorded "
        f"{{at}} {{sites_attacked_window:{page.words['site']}}}{{split}}.",
        on=_on(page),
        split=split,
    )


def _on(page: Page) -> str:
    """On what attacks were, where it is worth saying that it was not troops."""
    return f"on {page.words['forces']} " if page.campaign.at_sea else ""


@if_kept
def _where_so_far(page: Page) -> Markup:
    so_far = page.sentence(
        "{attacks_cumulative:attack|attacks} {on}{attacks_cumulative:~has|have} been recorded {at} "
        f"{{sites_attacked:{page.words['site']}}} {{since}}",
        on=_on(page),
    )
    if page.count("sites_attacked") == 1 or page.count("busiest_site_attacks") == 1:
        return so_far + Markup(".")
    return so_far + page.phrase(
        ", most often {at} {busiest}, {busiest_site_attacks:times}{each}.",
        busiest=busiest(page),
        each=" each" if page.count("busiest_sites_tied") > 1 else "",
    )


@if_kept
def _with_what(page: Page) -> Markup:
    return page.sentence("{armed}; {ended}.", armed=_armed(page), ended=_ended(page))


def _armed(page: Page) -> Markup:
    known, drones = page.count("weapon_known"), page.count("drone_attacks")
    if not known:
        return Markup("no source names a weapon")
    if known == 1:
        part = "part" if drones else "no part"
        return page.phrase(
            f"drones took {part} in the {{weapon_known:attack|attacks}} whose weapon is known"
        )
    return page.phrase(
        "drones took part in {drones} of the {weapon_known} attacks whose weapon is known",
        drones={(known, known): "each", (0, 2): "neither"}.get((drones, known))
        or _part(page, "drone", "weapon_known"),
    )


def _ended(page: Page) -> Markup:
    stopped, through = page.count("intercepted_attacks"), page.count("came_through")
    if not page.count("outcome_known"):
        return Markup("no source tells an outcome")
    if page.count("outcome_known") == 1:
        how = (
            "was intercepted in full"
            if stopped
            else "came through at least in part"
            if through
            else "was not intercepted and did not come through"
        )
        return page.phrase(f"the {{outcome_known}} whose outcome is known {how}")
    neither = not stopped and page.count("outcome_known") == 2
    return page.phrase(
        "of the {outcome_known} attacks with a known outcome, {stopped} intercepted in full and "
        "{came_through} came through at least in part",
        stopped="neither was"
        if neither
        else page.phrase(
            "{part} {intercepted_attacks:~was|were}",
            part=_part(page, "intercepted", "outcome_known"),
        ),
    )


def _part(page: Page, name: str, whole: str) -> Markup:
    """A part of the attacks; of many also in per cent."""
    if page.count(whole) < FEWEST_FOR_SHARE or not page.given(f"{name}_share"):
        return page.phrase(f"{{{name}_attacks}}")
    return page.phrase(f"{{{name}_attacks}} ({{{name}_share}})")


@section
def attackers(page: Page) -> Fragment:
    """Who are the attackers, and how coordinated are they?

    page: of `brief` or a report of one's own; it needs facts such as `attack_days`, `claim_share`
        and `close_pairs`.
    """
    if not page.count("attacks_cumulative"):
        return answer(_claims_alone(page))
    pairs = close_in_time(page)
    assumption = "A claim under a shared name does not show one command."
    if pairs:
        assumption = page.phrase(
            "{said} A difference as large comes about by chance in {close_pairs_p_value} of cases.",
            said=Markup("{} {}").format(assumption, page.phrase(CHANCE)),
        )
    return answer(
        _claims(page),
        _named_without_claim(page),
        days_with_several_sites(page),
        pairs,
        assumption=Markup(assumption),
    )


def _claims_alone(page: Page) -> Markup:
    """Who claims, where nobody but attackers reports an attack."""
    if not page.count("attacks_claim_only_cumulative"):
        return Markup("The record holds no attack that anybody could have claimed.")
    claimants = claimed_only(page.attacks)["claimed_by"].dropna().unique()
    return page.sentence(
        "the record holds {attacks_claim_only_cumulative:attack|attacks} {since}, claimed {by}, "
        "and nobody else reports {it}.",
        by=listing([Markup("{}").format(events.claimant(who, page.known)) for who in claimants]),
        it="it" if page.count("attacks_claim_only_cumulative") == 1 else "any of them",
    )


def _claims(page: Page) -> Markup:
    """How many are claimed, and most of them by whom."""
    if not page.count("claimed_cumulative"):
        return page.sentence(
            "no group claims {any}{attacks_cumulative:attack|attacks} recorded {since}.",
            any={1: "the ", 2: "either of the "}.get(
                page.count("attacks_cumulative"), "any of the "
            ),
        )
    claimed, most = page.count("claimed_cumulative"), page.count("top_claimant_attacks")
    if page.count("attacks_cumulative") == 1:
        return page.sentence("the one attack recorded {since} is claimed {by}.", by=_claimant(page))
    by = Markup("{}").format(_claimant(page))
    if claimed == page.count("attacks_cumulative"):
        return _all_claimed(page, by)
    if most == claimed:
        by = Markup("{}{}").format({1: "", 2: "both "}.get(claimed, "all "), by)
    elif most == 1:
        by = Markup("each by another group")
    else:
        by = page.phrase("{top_claimant_attacks} of them ") + by
    return page.sentence(
        "of {attacks_cumulative:recorded attack|recorded attacks} {since}, {claimed_cumulative}"
        "{share} {claimed_cumulative:~is|are} claimed, {by}.",
        share=page.phrase(" ({claim_share})")
        if page.given("claim_share") and page.count("attacks_cumulative") >= FEWEST_FOR_SHARE
        else "",
        by=by,
    )


def _all_claimed(page: Page, by: Markup) -> Markup:
    """The same where every one of several is claimed."""
    most = page.count("top_claimant_attacks")
    if most == 1:
        by = Markup(", each by another group")
    elif most < page.count("claimed_cumulative"):
        by = page.phrase(", {top_claimant_attacks} of them ") + by
    else:
        by = Markup(" ") + by
    return page.sentence(
        "{all} recorded {since} are claimed{by}.",
        all=every(page, "attacks_cumulative"),
        by=by,
    )


def _named_without_claim(page: Page) -> Markup | None:
    """To whom those are attributed that nobody claims."""
    attributed, unnamed = page.count("attributed_cumulative"), page.count("nobody_named_cumulative")
    if not attributed + unnamed:
        return None
    if not attributed and not page.count("claimed_cumulative"):
        which = {1: "it", 2: "either of them"}.get(unnamed, "any of them")
        return Markup(f"No one is named for {which}.")
    if not attributed:
        return page.sentence("for {nobody_named_cumulative} no one is named.")
    if not unnamed:
        every = {1: Markup("the one"), 2: Markup("both")}
        return page.sentence(
            "officials or analysts attribute {every} that nobody claims to a group.",
            every=every.get(attributed) or page.phrase("all {attributed_cumulative}"),
        )
    return page.sentence(
        "of those that nobody claims, officials or analysts attribute {attributed_cumulative} to "
        "a group; for {nobody_named_cumulative} no one is named."
    )


def _claimant(page: Page) -> str:
    return events.claimant(str(page.value("top_claimant")), page.known)


@if_kept
def days_with_several_sites(page: Page) -> Markup:
    """On how many days several sites were hit."""
    return _several_sites(page) + Markup(".")


def several_sites_a_day(page: Page) -> Markup:
    """The same, and on how many days several sites would be hit by chance."""
    if page.count("attack_days") == 1 and page.count("multi_site_days"):
        return _several_sites(page) + Markup(".")
    return _several_sites(page) + _against_chance(page) + Markup(".")


def _several_sites(page: Page) -> Markup:
    sampled = page.facts["multi_site_days"].kept == "sampled"
    if sampled and page.count("multi_site_days"):
        return page.sentence("on {multi_site_days:day|days} two or more {sites} were attacked")
    if sampled:
        raise Withheld(page.facts["multi_site_days"])
    if not page.count("multi_site_days"):
        return page.sentence(
            "on {none_of_them} with attacks was more than one {one_site} attacked"
            if page.count("attack_days") > 1
            else "only one {one_site} was attacked",
            none_of_them="neither day"
            if page.count("attack_days") == 2
            else page.phrase("none of the {attack_days:day|days}"),
        )
    if page.count("attack_days") == 1:
        return page.sentence(f"all fell on one day, {{at}} {{sites_attacked:{page.words['site']}}}")
    every = page.count("multi_site_days") == page.count("attack_days")
    return page.sentence(
        "on each of the {attack_days:day|days} with attacks, two or more {sites} were attacked"
        if every
        else "on {multi_site_days} of the {attack_days:day|days} with attacks, two or more "
        "{sites} were attacked"
    )


@if_kept
def close_in_time(page: Page) -> Markup | None:
    """How many pairs of attacks at different sites fell on one day or night."""
    if page.count("attack_days") < 2 or not page.facts["close_pairs_expected"].known:
        return None
    compared = compared_with_chance(page, "close_pairs")
    if not page.count("close_pairs") + page.count("multi_site_days") and compared == "about what":
        return None
    return page.sentence(
        "{close_pairs:pair|pairs} of attacks {at} different {sites} fell on the same day or night, "
        "{compared} chance would give at the same weekly rates ({close_pairs_expected:rounded} on "
        "average, {close_pairs_low:digits} to {close_pairs_high:digits} in 19 cases of 20).",
        compared=compared,
    )


def _against_chance(page: Page) -> Markup:
    """What chance gives at the same weekly rates; nothing where it could give nothing else."""
    if not page.given("multi_site_days_expected"):
        return Markup("")
    return page.phrase(
        "{in_weeks}, {compared} chance would give at the same weekly rates "
        "({multi_site_days_expected:digits} expected, {multi_site_days_low:digits} to "
        "{multi_site_days_high:digits} in 95{nbsp}% of cases; a difference as large comes about "
        "by chance in {multi_site_days_p_value})",
        compared=compared_with_chance(page, "multi_site_days"),
        in_weeks=""
        if page.count("multi_site_days") == page.count("multi_site_days_in_weeks")
        else page.phrase("; {multi_site_days_in_weeks} of these lie in whole weeks {since}"),
    )


def compared_with_chance(page: Page, name: str) -> str:
    """Whether a fact is more, fewer or about what chance gives, for "… chance gives"."""
    if not beyond_chance(page, name):
        return "about what"
    expected = float(page.value(f"{name}_expected") or 0)
    return "more than" if observed(page, name) > expected else "fewer than"
