"""What the US did and sent, in sentences: its strikes, carriers, Marines and air defence."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from analysis.display.kept import if_kept
from analysis.display.page import Page
from analysis.display.say.happened import titles
from analysis.measures import milestones, posture


@if_kept
def latest_strike(page: Page) -> Markup:
    """US strikes in the main theatre so far, and how long ago the latest was."""
    if not page.given("us_strikes_cumulative") and page.given("us_targets_struck"):
        return page.sentence(
            "the record dates no single US strike {theatre_or}; {total}.{cite}",
            total=_running_total(page),
            cite=page.cite("us_targets_struck"),
        )
    if not page.count("us_strikes_cumulative"):
        return _first_strike_is_untold(page)
    return page.sentence(
        "the record holds {us_strikes_cumulative:US strike|US strikes} {theatre} "
        "{since}{the_latest} on {latest_us_strike}{ago}{total}.{cite}",
        the_latest=_the_latest(page),
        ago=_ago(page),
        total=Markup("; ") + _running_total(page) if page.given("us_targets_struck") else "",
        cite=page.cite("latest_us_strike", "us_targets_struck"),
    )


def _the_latest(page: Page) -> str:
    """What stands before the day of the latest strike, which may fall after those that count."""
    if pd.Timestamp(str(page.value("latest_us_strike"))) > page.known.through:
        return "; since then the latest was"
    return ", the latest" if page.count("us_strikes_cumulative") > 1 else ","


def no_strike(page: Page, there: str, since: str = "", noted: Markup | str = "") -> Markup:
    """That no US strike is known there; of a sample, that it is one, and what it notes instead."""
    said = (
        "the record holds no US strike {there}{since}, but it {samples}{noted}."
        if page.kept == "sampled"
        else "no US strike {there} has been recorded{since}{to_the_last}."
    )
    return page.sentence(said, there=there, since=since, noted=noted)


def _first_strike_is_untold(page: Page) -> Markup:
    """That no strike is told where the answer falls; where there is fighting, under what name."""
    rows = milestones.fighting(page.known)
    is_told = page.kept == "sampled" and not rows.empty  # a source that is not told is not cited
    noted = Markup("; it notes {}").format(titles(page, rows)) if is_told else ""
    return no_strike(page, page.words["theatre_or"], f" {page.words['since']}", noted)


def _running_total(page: Page) -> Markup:
    """How many targets a running total over many strikes gives."""
    return page.phrase(
        "a running total reported on {us_targets_struck_through} gives "
        "{us_targets_struck:target|targets} struck {theatre}"
    )


def _ago(page: Page) -> Markup:
    """How long ago the latest strike was, where the record was kept to this day."""
    if not page.given("days_since_us_strike"):
        return Markup("")
    if not page.count("days_since_us_strike"):
        return Markup(", the day of this report")
    return page.phrase(", {days_since_us_strike:day|days} ago")


@if_kept
def carriers(page: Page) -> Markup:
    """Carriers, Marines, people and air defence sent to the region."""
    committed = page.count("carriers_committed")
    if not committed:
        ships = page.sentence("no carrier strike group is known to be committed to the region")
    else:
        ships = page.sentence(
            "{carriers_committed:carrier strike group is|carrier strike groups are} committed to "
            "the region{there}",
            there=_of_them_there(page),
        )
    return (
        ships
        + _reinforcements(page)
        + Markup(".")
        + page.cite("carriers_committed", "marines_committed", "air_defense_committed")
    )


def _of_them_there(page: Page) -> Markup:
    there, committed = page.count("carriers_in_region"), page.count("carriers_committed")
    if not there:
        return Markup(", none of them there yet" if committed > 1 else " and not there yet")
    if there == committed:
        return Markup({1: " and is there", 2: ", both there"}.get(there, ", all of them there"))
    return page.phrase(", {carriers_in_region} of them there")


def _reinforcements(page: Page) -> Markup:
    parts = []
    if page.count("marines_committed"):
        parts.append(page.phrase("{marines_committed} Marines are ordered or under way"))
    if page.count("air_defense_committed"):
        parts.append(
            page.phrase(
                "{rounded}{air_defense_committed:air-defence system is|air-defence systems are} "
                "ordered, under way or there{silent}",
                rounded=rounded(page),
                silent=_silent_of_them(page),
            )
        )
    return Markup("").join(Markup("; ") + part for part in parts)


def _silent_of_them(page: Page) -> Markup:
    """Of how many of the air-defence systems nothing was heard for a year."""
    silent, every = page.count("air_defense_silent"), page.count("air_defense_committed")
    if not silent:
        return Markup("")
    which = {True: "all of them " if every > 1 else "", False: "{air_defense_silent} of them "}
    return page.phrase(f", {which[silent == every]}last heard of more than a year ago")


def rounded(page: Page) -> str:
    """A summary bounds the number from above; units without a number make it a lower bound."""
    evidence = set(page.facts["air_defense_committed"].evidence)
    sent = posture.on_day(page.known)
    if evidence & set(sent.loc[sent["counting"] == "summary", "deployment_id"]):
        return "at most "
    units = posture.units(sent, *posture.COMMITTED, kind="air-defense")
    return "at least " if units["quantity"].isna().any() else ""
