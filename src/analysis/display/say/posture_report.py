"""The posture report in sentences: what is there, what moved, how long it took to come."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.fragment import Fragment
from analysis.display.kept import if_kept, section
from analysis.display.key_figures import Card, card, strip
from analysis.display.page import Page
from analysis.display.say.answer import answer, lead, listing
from analysis.display.say.effect import moved_after_arrivals
from analysis.display.say.response import not_heard_of, silent
from analysis.display.say.sent import carriers, rounded
from analysis.measures.facts.posture import STANDING, present_fact
from analysis.measures.presence import lead_times
from analysis.record.codebook import codes, word


@section
def posture_bottom_line(page: Page) -> Fragment:
    """What is there, what moved in the window, how long units take, what is not seen.

    page: of `posture`; it needs facts such as `orders_window`, `units_arrived` and
        `arrivals_window`.
    """
    return lead(
        page,
        _present(page),
        _moved(page),
        carriers(page),
        _lead_time(page),
        moved_after_arrivals(page),
    )


@section
def posture_key_figures(page: Page) -> Fragment:
    """Units in the region, under way, carriers, air defence, people, arrivals.

    page: of `posture`; it needs facts such as `units_arrived`, `arrivals_window` and
        `units_under_way`.
    """
    return strip(
        card(page, "units_arrived"),
        card(page, "units_under_way"),
        card(page, "carriers_in_region"),
        _air_defense(page),
        card(page, "arrivals_window", change=""),
        card(page, "departures_window", change=""),
    )


def _air_defense(page: Page) -> Card:
    """Air defence sent, as exact as the sentence has it."""
    found, how = card(page, "air_defense_committed"), rounded(page).strip()
    if not page.facts["air_defense_committed"].value:
        return found
    qualified = Markup('<span class="qualifier">{}</span> ').format(how) if how else Markup("")
    return found._replace(value=qualified + Markup(found.value))


@section
def in_the_region(page: Page) -> Fragment:
    """What is in the region, day by day?

    page: of `posture`; it needs facts such as `units_arrived`, `units_undated` and
        `present_bomber`.
    """
    if not page.count("units_arrived") and not page.count("units_under_way"):
        return answer(
            Markup("No announced US unit is known to be in the region or on its way."),
            not_heard_of(page),
        )
    assumption = Markup(
        "Only announced movements are in the record. A unit counts as there from its reported "
        "arrival to its reported departure; where no source dates these, the days between the "
        "reports are drawn as possible."
    )
    undated = (
        page.sentence(
            "for {units_undated:unit|units} no source dates the arrival or the departure."
        )
        if page.count("units_undated")
        else None
    )
    return answer(
        _present(page),
        _by_kind(page),
        silent(page),
        not_heard_of(page),
        undated,
        assumption=assumption,
    )


@if_kept
def _present(page: Page) -> Markup:
    if not page.count("units_arrived"):
        return page.sentence(
            "no announced unit is known to have arrived; {units_under_way:unit is|units are} "
            "ordered or under way."
        )
    return page.sentence(
        "{units_arrived:announced US unit is|announced US units are} in the region, "
        "{units_en_route} more under way and {units_ordered} ordered."
    )


@if_kept
def _by_kind(page: Page) -> Markup | None:
    kinds = [kind for kind in codes("deployment_kind") if page.count(present_fact(kind))]
    if not kinds:
        return None
    parts = [
        page.phrase(f"{{{present_fact(kind)}:{word('deployment_kind', kind, 'forms')}}}")
        for kind in kinds
    ]
    people = (
        page.phrase("; as far as stated they have {personnel_present:digits} people")
        if page.count("personnel_present")
        else Markup("")
    )
    return page.sentence(
        "those in the region are {parts}{people}.", parts=listing(parts), people=people
    )


@section
def moves(page: Page) -> Fragment:
    """What arrived, and what left?

    page: of `posture`; it needs facts such as `orders_window`, `latest_arrival` and
        `arrivals_window`.
    """
    return answer(_moved(page), _latest(page))


@if_kept
def _moved(page: Page) -> Markup:
    """How many units arrived, left, set out and were ordered in the window."""
    verbs = {
        "arrivals_window": "arrived",
        "departures_window": "left",
        "settings_out_window": "set out",
        "orders_window": "ordered",
    }
    moved = [name for name in verbs if page.count(name)]
    if not moved:
        return page.sentence(
            "none of the units that are counted is reported to have been ordered, to have set "
            "out, to have arrived or to have left in the {days} to {to_day}."
        )
    parts = []
    for place, name in enumerate(moved):
        was = words.noun(page.count(name), "was |were ") if name == "orders_window" else ""
        number = name if place else f"{name}:unit|units"
        parts.append(page.phrase(f"{{{number}}} {was}{verbs[name]}"))
    return page.sentence("in the {days} to {to_day} {parts}.", parts=listing(parts))


@if_kept
def _latest(page: Page) -> Markup | None:
    parts = [
        page.phrase(
            f"the latest {move} reported: {{asset}}, on {{latest_{move}_on}}{{cite}}",
            asset=str(page.value(f"latest_{move}")),
            cite=page.cite(f"latest_{move}_on"),
        )
        for move in ("arrival", "departure")
        if page.facts[f"latest_{move}_on"].known
    ]
    return page.sentence("{parts}.", parts=Markup("; ").join(parts)) if parts else None


@section
def lead_time(page: Page) -> Fragment:
    """How long from order to arrival?

    page: of `posture`; it needs the facts `lead_time_units` and `arrivals_unreported`.
    """
    awaited = (
        page.sentence(
            "of {arrivals_unreported:unit|units} announced as ordered or under way no arrival has "
            "been reported: {arrivals_unreported:~it|they} may be on "
            "{arrivals_unreported:~its|their} way, there without an announcement, or have stayed."
        )
        if page.count("arrivals_unreported")
        else None
    )
    assumption = Markup(
        "The time counts from the day of the order or, where no order was announced, from the "
        "first report of the unit being under way; these few units are not a sample of all, as "
        "units near by come sooner and many arrivals are never announced."
    )
    return answer(_lead_time(page), awaited, assumption=assumption + _undated_arrivals(page))


def _undated_arrivals(page: Page) -> str:
    """Why the table of units has times that are not told here."""
    found = lead_times(page.known)
    if not (found["arrived"].notna() & found["days"].isna()).any():
        return ""
    return (
        " Arrivals that no source dates are left out here; in the table of units their time is at "
        "most that to the day by which they were reported."
    )


@if_kept
def _lead_time(page: Page) -> Markup:
    if not page.count("lead_time_units"):
        return Markup("Of no unit are both the announcement and the arrival dated.")
    if page.count("lead_time_units") == 1:
        return page.sentence(
            "the one unit whose announcement and arrival are both dated took "
            "{lead_time_median:day|days}."
        )
    return page.sentence(
        "the {lead_time_units:unit|units} whose announcement and arrival are both dated took "
        "{lead_time_shortest:digits} to {lead_time_longest:digits} days, with a median of "
        "{lead_time_median:digits}."
    )


@section
def posture_limits(page: Page) -> Fragment:
    """What else is there, and what does the record not hold?

    page: of `posture`; it needs facts such as `standing_iraq`, `standing_syria` and
        `standing_jordan`.
    """
    standing = [area for area in STANDING if page.facts[f"standing_{area}"].known]
    if not standing:
        levels = Markup("No official has said how many US troops stand in the region as a whole.")
    else:
        parts = [
            page.phrase(
                f"{{standing_{area}:digits}} in {word('area', area, 'standing')} "
                f"({{standing_{area}_on}})"
            )
            for area in standing
        ]
        levels = page.sentence(
            "the newest levels of US troops that officials give, with the day of the report, are "
            "{parts}.{cite}",
            parts=listing(parts),
            cite=page.cite(*(f"standing_{area}" for area in standing)),
        )
    rest = Markup(
        "Such levels overlap the units above and are never added to them; nor are ships that are "
        "part of a group, forces put on alert, partners’ ships, and announced ways home. What "
        "came or left without an announcement is not in the record."
    )
    return answer(levels, rest)
