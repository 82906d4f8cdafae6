"""The sections of the brief: each answers the question that is its heading, in its first words."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.display.say.answer import COUNTRY_NAMES, FORCES, SINCE, answer, listing
from analysis.display.say.bottom_line import carriers, latest_strike, likelihood_of_attack
from analysis.measures.fronts import FRONTS
from analysis.measures.responses import SHORTEST_SPAN


def where(page: Page) -> Fragment:
    """Where have American troops come under fire?"""
    if not page.count("attacks_cumulative"):
        return answer(
            page.sentence(
                "no attack on {forces} has been recorded {since}.", forces=FORCES, since=SINCE
            )
        )
    return answer(_where_in_window(page), _where_so_far(page), _with_what(page))


def _where_in_window(page: Page) -> Markup:
    if not page.count("attacks_window"):
        return page.sentence("no site was attacked in the window.")
    hit = [
        (country, name)
        for country, name in COUNTRY_NAMES.items()
        if page.count(f"attacks_window_{country}")
    ]
    if len(hit) == 1:
        return page.sentence(
            "in the window {attacks_window:attack|attacks} hit "
            "{sites_attacked_window:site|sites}, {all}in {name}.",
            all="all " if page.count("sites_attacked_window") > 1 else "",
            name=hit[0][1],
        )
    (first, name), *rest = hit
    parts = [
        page.phrase(f"{{attacks_window_{first}:attack was|attacks were}} in {name}"),
        *(page.phrase(f"{{attacks_window_{country}}} in {name}") for country, name in rest),
    ]
    return page.sentence(
        "in the window {attacks_window:attack|attacks} hit {sites_attacked_window:site|sites}: "
        "{places}.",
        places=listing(parts),
    )


def _where_so_far(page: Page) -> Markup:
    so_far = page.sentence(
        "{attacks_cumulative:attack has|attacks have} hit {sites_attacked:site|sites} {since}",
        since=SINCE,
    )
    if page.count("sites_attacked") == 1 or page.count("busiest_site_attacks") == 1:
        return so_far + Markup(".")
    return so_far + page.phrase(
        ", most often {busiest}, {busiest_site_attacks:time|times}{each}.",
        busiest=busiest(page),
        each=" each" if page.count("busiest_sites_tied") > 1 else "",
    )


def busiest(page: Page) -> Markup | str:
    """The site with most attacks, or all of them where several have as many."""
    if page.count("busiest_sites_tied") == 1:
        return words.short_site(page.names[str(page.value("busiest_site"))])
    if page.count("busiest_sites_tied") > 3:
        return page.phrase("{busiest_sites_tied:site|sites}")
    sites = str(page.value("busiest_sites")).split()
    return words.listing([words.short_site(page.names[site]) for site in sites])


def _with_what(page: Page) -> Markup:
    armed = (
        page.sentence(
            "drones took part in {drone_share:percent} of the {weapon_known:attack|attacks} "
            "whose weapon is known"
        )
        if page.count("weapon_known")
        else Markup("No source names a weapon")
    )
    if not page.count("outcome_known"):
        return armed + Markup("; no source tells an outcome.")
    return armed + page.phrase(
        "; of the {outcome_known:attack|attacks} with a known outcome, "
        "{intercepted_share:percent} were intercepted in full."
    )


def attackers(page: Page) -> Fragment:
    """Who are the attackers, and how coordinated are they?"""
    if not page.count("attacks_cumulative"):
        return answer(Markup("There is no recorded attack that anybody could have claimed."))
    if page.count("claimed_cumulative"):
        claims = page.sentence(
            "{top_claimant:name} claims {top_claimant_attacks} of the "
            "{attacks_cumulative:recorded attack|recorded attacks} {since}; any group claims "
            "{claimed_cumulative}, or {claim_share:percent}.",
            since=SINCE,
        )
    else:
        claims = page.sentence(
            "no group claims any of the {attacks_cumulative:recorded attack|recorded attacks} "
            "{since}.",
            since=SINCE,
        )
    unclaimed = page.count("attributed_cumulative") + page.count("nobody_named_cumulative")
    named = page.sentence(
        "of those that nobody claims, officials or analysts attribute {attributed_cumulative} to "
        "a group; for {nobody_named_cumulative} no one is named."
    )
    assumption = Markup(
        "A claim under a shared name does not show one command, and several sites on one day can "
        "happen by chance when attacks are frequent."
    )
    return answer(claims, named if unclaimed else None, _days(page), assumption=assumption)


def _days(page: Page) -> Markup:
    if not page.count("multi_site_days"):
        return page.sentence(
            "on none of the {attack_days:day|days} with attacks was more than one site hit."
            if page.count("attack_days") > 1
            else "only one site was hit."
        )
    if page.count("attack_days") == 1:
        return page.sentence("all fell on one day, at {sites_attacked:site|sites}.")
    every = page.count("multi_site_days") == page.count("attack_days")
    return page.sentence(
        "on each of the {attack_days:day|days} with attacks, two or more sites were hit."
        if every
        else "on {multi_site_days} of the {attack_days:day|days} with attacks, two or more sites "
        "were hit."
    )


def response(page: Page) -> Fragment:
    """What has the US response looked like, and did the attack rate change after it?"""
    struck = page.count("us_strikes_cumulative") > 0
    compared = page.facts["strike_rate_ratio_low"].known and (
        page.count("strike_span_days") >= SHORTEST_SPAN
    )
    assumption = Markup(
        "The ratio assumes Poisson counts at one rate on each side of the strike day, and it "
        "says what came after the strike, not what followed from it."
    )
    return answer(
        latest_strike(page),
        before_and_after(page) if struck else None,
        _yemen(page),
        assumption=assumption if compared else None,
    )


def before_and_after(page: Page) -> Markup:
    """Attacks in equal spans before and after the latest strike day, with the rate ratio."""
    if page.count("strike_span_days") < SHORTEST_SPAN:
        return Markup("Too few days have passed since to compare the attack rate after it.")
    counts = page.sentence(
        "in the {strike_span_days:day|days} before that day the record holds "
        "{attacks_before_strike:attack|attacks}, in as many days after it {attacks_after_strike}",
    )
    if not page.facts["strike_rate_ratio_low"].known:
        return counts + Markup(".")
    if not page.facts["strike_rate_ratio"].known:
        return counts + page.phrase(
            "; the rate after is at least {strike_rate_ratio_low:digits} times the rate before "
            "(95{nbsp}% interval, no upper end).",
            nbsp=words.NBSP,
        )
    return counts + page.phrase(
        ", a rate ratio of {strike_rate_ratio:digits} (95{nbsp}% interval "
        "{strike_rate_ratio_low:digits} to {strike_rate_ratio_high:digits}).",
        nbsp=words.NBSP,
    )


def _yemen(page: Page) -> Markup:
    if not page.count("us_strikes_yemen_cumulative"):
        return Markup("No US strike in Yemen has been recorded.")
    return page.sentence(
        "in Yemen, where strikes answer attacks on ships, the record holds "
        "{us_strikes_yemen_cumulative:strike|strikes}, {us_strikes_yemen_window} of them in the "
        "window; they are counted apart."
    )


def spread(page: Page) -> Fragment:
    """Is the conflict spreading: which fronts opened, which are heating up?"""
    active = [front for front in FRONTS if page.count(_front_fact(front, "window"))]
    if not page.count("fronts_active_cumulative"):
        return answer(Markup("No attack has been recorded on any of the five fronts."))
    if not active:
        now = Markup("None of the five fronts saw a recorded attack in the window.")
    else:
        now = page.sentence(
            "{how_many} fronts saw recorded attacks in the window: {fronts}.",
            how_many=page.phrase(
                "all {fronts_active_window}"
                if len(active) == len(FRONTS)
                else "{fronts_active_window} of the five"
            ),
            fronts=words.listing([_the(front) for front in active]),
        )
    opened = page.sentence(
        "the last to see its first attack {since} was {front}, on {front_opened_last_on:day}."
        "{cite}",
        since=SINCE,
        front=_the(str(page.value("front_opened_last"))),
        cite=page.cite("front_opened_last_on"),
    )
    assumption = Markup(
        "A front is a place, whoever the target; the border of Israel and Lebanon is hardly "
        "covered by the record, so a quiet Israel here is not a quiet border."
    )
    return answer(now, _moved(page), opened, assumption=assumption)


def _moved(page: Page) -> Markup | None:
    """Which fronts saw more and which fewer attacks than in the window before."""
    moves: dict[str, list[Markup]] = {"rose": [], "fell": []}
    for front in FRONTS:
        now, before = _front_fact(front, "window"), _front_fact(front, "previous_window")
        if page.count(now) == page.count(before):
            continue
        verb = "rose" if page.count(now) > page.count(before) else "fell"
        moves[verb].append(
            page.phrase(f"{{front}} ({{{before}:digits}} to {{{now}:digits}})", front=_the(front))
        )
    said = [
        Markup("{} in {}").format(verb, listing(found)) for verb, found in moves.items() if found
    ]
    if not said:
        return None
    return Markup("Against the window before, attacks {}.").format(Markup(" and ").join(said))


def _front_fact(front: str, window: str) -> str:
    return f"front_{front.split(maxsplit=1)[0].lower()}_{window}"


def _the(front: str) -> str:
    return f"the {front}" if front.startswith("Red Sea") else front


def posture(page: Page) -> Fragment:
    """What is the US doing to prevent more: what was deployed, when did it arrive?"""
    sent = page.sentence(
        "of the announced units, {units_arrived} are in the region and {units_under_way} are "
        "ordered or under way"
    )
    if page.count("personnel_committed"):
        sent += page.phrase(
            ", the latter with {personnel_committed:digits} people as far as stated"
        )
    assumption = Markup(
        "Only announced movements are in the record, and a unit keeps its last announced phase: "
        "what came or left unannounced is not seen."
    )
    return answer(carriers(page), sent + Markup("."), assumption=assumption)


def outlook(page: Page) -> Fragment:
    """What will the next week probably look like?"""
    if not page.facts["forecast_median"].known:
        return answer(likelihood_of_attack(page))
    assumption = page.sentence(
        "discounted Gamma-Poisson model of recorded attacks a day (West and Harrison, 1997; "
        "Harvey and Fernandes, 1989) with discount factor {forecast_discount:digits}, chosen by "
        "past one-day log scores. It assumes that the coming week resembles the last days, knows "
        "nothing of plans or talks, and takes the latest days as complete though reports of them "
        "may still come."
    )
    return answer(likelihood_of_attack(page), assumption=assumption)


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
            "{attacks_official_through:day}, the record describes {record_counted:digits} one by "
            "one with an official’s word, or {record_coverage:percent}.{cite}",
            cite=page.cite("attacks_official"),
        )
    else:
        coverage = Markup("There is no official count yet to hold the record against.")
    if not page.count("attacks_cumulative") + page.count("attacks_claim_only_cumulative"):
        return answer(coverage)
    others = page.sentence(
        "beside these it holds {attacks_media_cumulative:attack|attacks} that news and monitors "
        "alone report and {attacks_claim_only_cumulative} that only the attackers claim{overlap}.",
        overlap="; some of them may be among those that officials count"
        if page.facts["record_coverage"].known
        else "",
    )
    return answer(coverage, others, _delay(page))


def _delay(page: Page) -> Markup | None:
    if not page.facts["reported_late_share"].known:
        return None
    if not page.value("reported_late_share"):
        return Markup("Every recorded attack was known by the day after it.")
    return page.sentence(
        "{reported_late_share:percent} of recorded attacks became known two or more days after "
        "the event, so the counts of the latest days may still grow."
    )
