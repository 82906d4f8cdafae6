"""US strikes, the fronts and what the US sent, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.display.places import front_within
from analysis.display.say.answer import answer, listing
from analysis.display.say.bottom_line import carriers, latest_strike
from analysis.measures import fronts
from analysis.measures.facts.responses import theatre_fact
from analysis.measures.facts.spread import front_fact
from analysis.measures.responses import SHORTEST_SPAN
from analysis.record import Theatre
from analysis.record.wording import joined, targets, where


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
        *(_apart(page, theatre) for theatre in page.campaign.theatres[1:]),
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
        )
    return counts + page.phrase(
        ", a rate ratio of {strike_rate_ratio:digits} (95{nbsp}% interval "
        "{strike_rate_ratio_low:digits} to {strike_rate_ratio_high:digits}).",
    )


def _apart(page: Page, theatre: Theatre) -> Markup:
    """Strikes in another theatre, which answer attacks on other targets or from elsewhere."""
    name, there = theatre_fact(theatre), where(theatre.countries)
    if not page.count(f"{name}_cumulative"):
        return Markup("No US strike {} has been recorded.").format(where(theatre.countries, "or"))
    answers = (
        f", where the strikes concern attacks on {targets(theatre.answers)},"
        if theatre.answers
        else ""
    )
    return page.sentence(
        f"{{there}}{{answers}} the record holds {{{name}_cumulative:strike|strikes}}, "
        f"{{{name}_window}} of them in the window; they are counted apart.",
        there=there,
        answers=answers,
    )


def spread(page: Page) -> Fragment:
    """Is the conflict spreading: which fronts opened, which are heating up?"""
    named = fronts.names(page.known)
    active = [front for front in named if page.count(front_fact(front, "window"))]
    if not page.count("fronts_active_cumulative"):
        return answer(page.sentence("no attack has been recorded on any of the {fronts} fronts."))
    if not active:
        now = page.sentence("none of the {fronts} fronts saw a recorded attack in the window.")
    else:
        now = page.sentence(
            "{how_many} fronts saw recorded attacks in the window: {fronts}.",
            how_many=page.phrase(
                "all {fronts_active_window}"
                if len(active) == len(named)
                else "{fronts_active_window} of the {fronts}"
            ),
            fronts=joined([front_within(page, front) for front in active]),
        )
    together = _together(page)
    assumption = Markup(
        "A front is a place, whoever the target; attacks on others than {} may be missing there, "
        "so a quiet front here need not have been quiet."
    ).format(page.words["forces"])
    if together:
        assumption += page.phrase(
            " Of many pairs of fronts one may stand out by chance, and going together is not "
            "acting together."
        )
    return answer(now, _moved(page), _opened(page), together, assumption=assumption)


def _opened(page: Page) -> Markup:
    """Which fronts are new in the window, or which was the last to open."""
    new = page.count("fronts_opened_window")
    last = {
        "front": front_within(page, str(page.value("front_opened_last"))),
        "cite": page.cite("front_opened_last_on"),
    }
    if not new:
        return page.sentence(
            "{none}the last to see its first attack {since} was {front}, on "
            "{front_opened_last_on}.{cite}",
            none="no front is new in the window; " if page.count("fronts_active_window") else "",
            **last,
        )
    return page.sentence(
        "{fronts_opened_window:front saw its|fronts saw their} first attack {since} in the window"
        "{link}{front}, on {front_opened_last_on}.{cite}",
        link=": " if new == 1 else ", the last of them ",
        **last,
    )


def _together(page: Page) -> Markup | None:
    """Which fronts rose and fell together week by week; nothing where too few weeks are known."""
    if not page.count("front_pairs_compared"):
        return None
    if not page.facts["front_pair_first"].known:
        return page.sentence(
            "over {front_pairs_weeks} weeks no two fronts clearly rose and fell together or moved "
            "in opposite ways."
        )
    return page.sentence(
        "of {front_pairs_compared:pair|pairs} of fronts compared over {front_pairs_weeks} weeks, "
        "{front_pairs_together} clearly rose and fell together and {front_pairs_opposed} moved in "
        "opposite ways; clearest are {first} and {second} (rank correlation "
        "{front_pair_rank_correlation:digits}, 95{nbsp}% interval {front_pair_low:digits} to "
        "{front_pair_high:digits}).",
        first=front_within(page, str(page.value("front_pair_first"))),
        second=front_within(page, str(page.value("front_pair_second"))),
    )


def _moved(page: Page) -> Markup | None:
    """Which fronts saw more and which fewer attacks than in the window before."""
    moves: dict[str, list[Markup]] = {"rose": [], "fell": []}
    for front in fronts.names(page.known):
        now, before = front_fact(front, "window"), front_fact(front, "previous_window")
        if page.count(now) == page.count(before):
            continue
        verb = "rose" if page.count(now) > page.count(before) else "fell"
        moves[verb].append(
            page.phrase(
                f"{{front}} ({{{before}:digits}} to {{{now}:digits}})",
                front=front_within(page, front),
            )
        )
    said = [
        Markup("{} in {}").format(verb, listing(found)) for verb, found in moves.items() if found
    ]
    if not said:
        return None
    return Markup("Against the window before, attacks {}.").format(Markup(" and ").join(said))


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
