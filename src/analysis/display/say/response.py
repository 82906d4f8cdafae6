"""US strikes, the fronts and what the US sent, in sentences."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.page import Page
from analysis.display.places import front_within
from analysis.display.say.answer import answer, listing, times
from analysis.display.say.sent import carriers, latest_strike, no_strike
from analysis.measures import fronts
from analysis.measures.event_study import SHORTEST_SPAN
from analysis.measures.facts.responses import theatre_fact
from analysis.measures.facts.spread import front_fact
from analysis.measures.posture import HEARD_OF
from analysis.measures.posture import not_heard_of as units_not_heard_of
from analysis.record import Theatre
from analysis.record.wording import joined, targets, where

#: What is said of places that no front holds where one is spoken of as a front.
OUTSIDE = "a place outside the fronts that are named"

#: Units that are not counted are named up to so many.
MOST_NAMED = 5


@section
def response(page: Page) -> Fragment:
    """What has the US response looked like, and did the attack rate change after it?

    page: of `brief` or a report of one's own; it needs facts such as `latest_us_strike`,
        `strike_span_days` and `strike_episode_on`.
    """
    struck = page.count("us_strikes_cumulative") > 0
    compared = page.given("strike_rate_ratio") and (page.count("strike_span_days") >= SHORTEST_SPAN)
    assumption = Markup(
        "What would fit is a 95\N{NO-BREAK SPACE}% interval, which assumes Poisson counts at one "
        "rate on each side of the strike day; it says what came after the strike, not what "
        "followed from it."
    )
    return answer(
        latest_strike(page),
        before_and_after(page) if struck else None,
        *(_apart(page, theatre) for theatre in page.campaign.theatres[1:]),
        assumption=assumption if compared else None,
    )


@if_kept
def before_and_after(page: Page) -> Markup:
    """Attacks before and after the latest episode of strikes, with the rate ratio."""
    if min(page.count("strike_days_before"), page.count("strike_span_days")) < SHORTEST_SPAN:
        return page.sentence(
            "too few days lie on both sides of the latest strikes to compare the attack rate."
        )
    equal = page.count("strike_days_before") == page.count("strike_span_days")
    counts = page.sentence(
        "in the {strike_days_before:day|days} before the latest {strikes} the record holds "
        "{attacks_before_strike:attack|attacks}, in {after} after it {attacks_after_strike}",
        strikes="strike day"
        if page.value("strike_episode_on") == page.value("latest_us_strike")
        else page.phrase("series of strikes, which began on {strike_episode_on},"),
        after="as many days" if equal else page.phrase("the {strike_span_days:day|days}"),
    )
    if not page.facts["strike_rate_ratio_low"].known:
        return counts + Markup(".")
    if not page.facts["strike_rate_ratio"].known:
        return counts + page.phrase("; with no attack before, the rates cannot be compared.")
    said = (
        ", {times} the rate before; with so few attacks anything from "
        "{strike_rate_ratio_low:digits} to {strike_rate_ratio_high:digits} times would fit as "
        "well."
        if page.count("attacks_after_strike")
        else "; with so few attacks anything from {strike_rate_ratio_low:digits} to "
        "{strike_rate_ratio_high:digits} times the rate before would fit."
    )
    return counts + page.phrase(said, times=times(page, "strike_rate_ratio"))


def _apart(page: Page, theatre: Theatre) -> Markup:
    """Strikes in another theatre, which answer attacks on other targets or from elsewhere."""
    name, there = theatre_fact(theatre), where(theatre.countries)
    if not page.count(f"{name}_cumulative"):
        return no_strike(page, where(theatre.countries, "or"))
    answers = (
        f", where the strikes concern attacks on {targets(theatre.answers)},"
        if theatre.answers
        else ""
    )
    return page.sentence(
        f"{{there}}{{answers}} the record holds {{{name}_cumulative:strike|strikes}}{{lately}}; "
        "they are counted apart.",
        there=there,
        lately=_lately(page, name),
        answers=answers,
    )


def _lately(page: Page, strikes: str) -> Markup:
    """How many of the strikes in a theatre fell in the window."""
    if not page.given(f"{strikes}_window"):
        return Markup("")
    so_far, lately = page.count(f"{strikes}_cumulative"), page.count(f"{strikes}_window")
    if page.known.through < page.as_of:
        # What comes after the campaign's end is in the window and not in the total.
        return page.phrase(f", {{{strikes}_window}} in the window")
    if lately < so_far:
        return page.phrase(f", {{{strikes}_window}} of them in the window")
    every = {1: "", 2: "both "}.get(so_far, "all of them ")
    return page.phrase(f", {every}in the window")


@section
def spread(page: Page) -> Fragment:
    """Is the conflict spreading: which fronts opened, which are heating up?

    page: of `brief` or a report of one's own; it needs facts such as `attacks_window`,
        `front_pair_first` and `front_iraq_window`.
    """
    named = fronts.names(page.known)
    active = [front for front in named if page.count(front_fact(front, "window"))]
    if not page.count("fronts_active_cumulative"):
        return answer(
            page.sentence(
                "the record holds no attack on any of the {fronts} fronts, but it {samples}."
                if page.kept == "sampled"
                else "no attack has been recorded on any of the {fronts} fronts{to_the_last}."
            )
        )
    both = len(named) == 2
    if not active:
        now = _none_active(page, both)
    else:
        now = page.sentence(
            "{how_many} saw recorded attacks{on} in the window: {fronts}.",
            on="" if _on_its_targets(page, active) else ", on whatever target,",
            how_many="both fronts"
            if both and len(active) == 2
            else page.phrase(
                "all {fronts_active_window} fronts"
                if len(active) == len(named)
                else "{fronts_active_window} of the {fronts} fronts"
            ),
            fronts=joined([front_within(page, front) for front in active]),
        )
    together = if_kept(_together)(page)
    assumption = Markup(
        "A front is a place, whoever the target; attacks on others than {} may be missing there, "
        "so a quiet front here need not have been quiet."
    ).format(page.words["forces"])
    if together:
        assumption += page.phrase(
            " Of many pairs of fronts one may stand out by chance, and going together is not "
            "acting together.{clearest}",
            clearest=_rank_correlation(page),
        )
    return answer(now, _moved(page), _opened(page), together, assumption=assumption)


def _none_active(page: Page, both: bool) -> Markup:
    """That no front saw an attack in the window, as far as anybody kept it."""
    if page.facts["fronts_active_window"].kept == "sampled":
        return page.sentence(
            "the record holds no attack of the window on {any_of_them}{sample}.",
            any_of_them="either front" if both else page.phrase("any of the {fronts} fronts"),
            sample=page.phrase(", but it {samples}") if page.kept_window == "sampled" else "",
        )
    return page.sentence(
        "{none_of_them} saw a recorded attack in the window.",
        none_of_them="neither front" if both else page.phrase("none of the {fronts} fronts"),
    )


def _on_its_targets(page: Page, active: list[str]) -> bool:
    """Whether the campaign's own attacks are all that the fronts saw in the window."""
    seen = sum(page.count(front_fact(front, "window")) for front in active)
    return page.given("attacks_window") and seen == page.count("attacks_window")


@if_kept
def _opened(page: Page) -> Markup | None:
    """Which fronts are new in the window, or which was the last to open."""
    if page.facts["fronts_opened_window"].kept == "sampled":
        return None
    new = page.count("fronts_opened_window")
    last = {"front": _opened_last(page), "cite": page.cite("front_opened_last_on")}
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


def _opened_last(page: Page) -> str:
    front = str(page.value("front_opened_last"))
    return OUTSIDE if front == fronts.ELSEWHERE else front_within(page, front)


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
        "opposite ways; clearest is {first} with {second}: weeks with more attacks on one were "
        "mostly weeks with {other} on the other.",
        other="more" if float(page.value("front_pair_rank_correlation") or 0) > 0 else "fewer",
        first=front_within(page, str(page.value("front_pair_first"))),
        second=front_within(page, str(page.value("front_pair_second"))),
    )


def _rank_correlation(page: Page) -> Markup:
    """How closely the clearest pair went together, for the small print."""
    if not page.facts["front_pair_first"].known:
        return Markup("")
    return page.phrase(
        " The clearest pair has a rank correlation of {front_pair_rank_correlation:digits} "
        "(95{nbsp}% interval {front_pair_low:digits} to {front_pair_high:digits})."
    )


@if_kept
def _moved(page: Page) -> Markup | None:
    """Which fronts saw more and which fewer attacks than in the window before."""
    if page.facts["fronts_active_window"].kept == "sampled" or page.begins:
        return None
    moves: dict[str, list[Markup]] = {"more": [], "fewer": []}
    for front in fronts.names(page.known):
        now, before = front_fact(front, "window"), front_fact(front, "previous_window")
        if page.count(now) == page.count(before):
            continue
        moves["more" if page.count(now) > page.count(before) else "fewer"].append(
            page.phrase(f"{{at}} ({{{now}}} after {{{before}}})", at=front_within(page, front))
        )
    said = [Markup("{} attacks in {}").format(how, listing(of)) for how, of in moves.items() if of]
    if not said:
        return None
    return page.sentence(
        "against the {days} before, the record holds {said}.", said=Markup(", and ").join(said)
    )


@section
def posture(page: Page) -> Fragment:
    """What is the US doing to prevent more: what was deployed, when did it arrive?

    page: of `brief` or a report of one's own; it needs facts such as `units_arrived`,
        `units_under_way` and `marines_committed`.
    """
    sent = page.sentence(
        "of the announced units, {units_arrived} {units_arrived:~is|are} in the region and "
        "{units_under_way} {units_under_way:~is|are} ordered or under way"
        if page.count("units_arrived") + page.count("units_under_way")
        else "the record holds no announced unit that is in the region, ordered or under way"
    )
    if page.count("personnel_committed"):
        sent += page.phrase(
            ", the latter with {personnel_committed:digits} people as far as stated"
        )
    assumption = Markup(
        "Only announced movements are in the record, and a unit keeps its last announced phase: "
        "what came or left unannounced is not seen."
    )
    return answer(
        carriers(page), sent + Markup("."), silent(page), not_heard_of(page), assumption=assumption
    )


@if_kept
def silent(page: Page) -> Markup | None:
    """How many units count as there though nothing was heard of them for a year."""
    if not page.count("units_silent"):
        return None
    every = page.count("units_silent") == page.count("units_arrived")
    return page.sentence(
        "of {which} in the region nothing was heard for a year; {units_silent:~it|they} may have "
        "left unannounced.",
        which=page.phrase(
            {(True, 1): "the one", (True, 2): "both"}.get(
                (every, page.count("units_silent")),
                "all {units_silent}" if every else "{units_silent} of those",
            )
        ),
    )


@if_kept
def not_heard_of(page: Page) -> Markup | None:
    """Which units are not counted any more, because nothing was heard of them for long."""
    if not page.count("units_not_heard_of"):
        return None
    names = list(units_not_heard_of(page.known)["asset"])
    shown = names[:MOST_NAMED]
    more = len(names) - len(shown)
    others = [f"{words.number(more)} more"] if more else []
    return page.sentence(
        "{units_not_heard_of:unit|units} announced as ordered or under way "
        "{units_not_heard_of:~is|are} not counted, because nothing was heard for {days_ago} days: "
        "{which}.{cite}",
        days_ago=HEARD_OF.days,
        which=joined([*shown, *others]),
        cite=page.cite("units_not_heard_of") if not more else "",
    )
