"""Counts of every campaign, recounted from the lines of the tables by other means than the package.

What was known on a day is worked out here once more with `csv` alone: for each id the newest value
of every column that is not empty, of the rows reported by then.
"""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from conftest import DATA
from markupsafe import Markup

import analysis as an
from analysis.display.events import attack
from analysis.display.page import Page
from analysis.measures.attacks import on_any_target

pytestmark = pytest.mark.usefixtures("of_the_real_record")

Row = dict[str, str]

#: As-of date, campaign and whether it is asked for by name, attacks in the window and since start.
GOLDEN = [
    ("2024-01-29", "gaza-war", False, 12, 172),
    ("2022-08-25", "militias-2021", False, 4, 70),
    ("2023-03-24", "militias-2021", False, 2, 82),
    ("2024-06-24", "red-sea", True, 2, 103),
    ("2025-06-24", "twelve-day-war", False, 3, 3),
    ("2026-03-03", "iran-war", False, 13, 13),
]


def known(table: str, day: str) -> Iterator[Row]:
    """What was known at the end of a day, a row for each id."""
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["reported_on"] <= day]
    things: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["reported_on"]):
        thing = things.setdefault(next(iter(row.values())), {})
        thing.update({name: value for name, value in row.items() if value or name not in thing})
    yield from things.values()


@cache
def brief(day: str, campaign: str | None = None) -> Page:
    return an.open("brief", as_of=day, campaign=campaign)


def campaign_of(key: str) -> dict[str, Any]:
    campaigns = tomllib.loads((DATA / "campaigns.toml").read_text("utf-8"))["campaign"]
    (found,) = (one for one in campaigns if one["id"] == key)
    return found


def country_of_sites() -> dict[str, str]:
    with (DATA / "sites.csv").open(encoding="utf-8", newline="") as file:
        return {row["site_id"]: row["country"].lower() for row in csv.DictReader(file)}


def first_day(day: str) -> str:
    return str(dt.date.fromisoformat(day) - dt.timedelta(days=6))


@pytest.mark.parametrize(("day", "key", "by_name", "in_window", "since"), GOLDEN)
def test_attacks_of_a_campaign(
    day: str, key: str, by_name: bool, in_window: int, since: int
) -> None:
    campaign = campaign_of(key)
    held = [
        row
        for row in known("attacks", day)
        if row["event_date"] >= str(campaign["start"])
        and row["target"] in campaign["targets"]
        and row["confirmation"] in ("official", "media")
    ]
    window = [row for row in held if row["event_date"] >= first_day(day)]
    assert (len(window), len(held)) == (in_window, since)

    page = brief(day, key if by_name else None)
    facts = {name: fact.value for name, fact in page.facts.items()}
    assert facts["campaign"] == key
    assert facts["attacks_window"] == in_window
    assert facts["attacks_cumulative"] == since
    assert set(page.facts["attacks_window"].evidence) == {row["attack_id"] for row in window}

    countries = country_of_sites()
    by_country = Counter(countries[row["site_id"]] for row in window)
    counted = {
        name.removeprefix("attacks_window_"): value
        for name, value in facts.items()
        if name.startswith("attacks_window_") and name.removeprefix("attacks_window_") in by_country
    }
    assert counted == by_country
    cumulative = Counter(countries[row["site_id"]] for row in held)
    assert {code: facts[f"attacks_cumulative_{code}"] for code in cumulative} == cumulative


@pytest.mark.parametrize(("day", "key", "by_name"), [golden[:3] for golden in GOLDEN])
def test_strikes_of_a_campaign(day: str, key: str, by_name: bool) -> None:
    campaign = campaign_of(key)
    countries = campaign["theatres"][0]["countries"]
    strikes = [
        row
        for row in known("responses", day)
        if row["event_date"] >= str(campaign["start"])
        and row["country"] in countries
        and row["by"] in ("us", "us-uk", "coalition")
        and row["counting"] == "event"
    ]
    page = brief(day, key if by_name else None)
    if day == "2026-03-03":
        # Only a running total over many strikes had been reported, and that is no strike.
        assert (strikes, page.value("us_strikes_cumulative")) == ([], None)
        assert page.value("us_targets_struck") == 1250
        return
    assert page.value("us_strikes_cumulative") == len(strikes)
    in_window = [row for row in strikes if row["event_date"] >= first_day(day)]
    assert page.value("us_strikes_window") == len(in_window)


def test_the_dead_and_injured_of_the_window() -> None:
    tower_22 = brief("2024-01-29")
    held = [
        row
        for row in known("attacks", "2024-01-29")
        if row["event_date"] >= "2024-01-23"
        and row["casualties_of"] in ("us", "mixed")
        and row["confirmation"] in ("official", "media")
    ]
    assert sum(int(row["killed"] or 0) for row in held) == 3
    assert tower_22.value("us_killed_window") == 3
    assert tower_22.value("us_injured_window") == sum(int(row["injured"] or 0) for row in held)
    assert brief("2023-03-24").value("us_killed_window") == 1
    assert brief("2023-03-24").value("us_injured_window") == 6
    assert brief("2026-03-03").value("us_killed_window") == 6


def test_days_of_the_next_campaign_are_not_told_as_quiet() -> None:
    page = brief("2023-11-05", "militias-2021")
    untold = ("attacks_window", "us_strikes_window", "days_since_us_strike", "forecast_median")
    assert {page.facts[name].value for name in untold} == {None}
    assert page.facts["coverage_window"].value == "none"
    assert page.facts["attacks_cumulative"].value == 86
    assert page.facts["carriers_committed"].value == 2
    said = repr(an.say.bottom_line(page)) + repr(an.say.happened(page))
    assert "on 17 October 2023 the next campaign began" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "o attack" not in said
    assert "not kept" not in said


#: Days between a campaign and the next, the first and the last; reports with what they are about.
AFTER = [
    ("twelve-day-war", "2025-07-20", "2025-12-20", "site", {"site_id": "erbil"}),
    ("twelve-day-war", "2025-07-20", "2025-12-20", "actor", {"actor_id": "houthis"}),
    ("red-sea-2025", "2025-12-01", "2026-02-26", "brief", {}),
    ("gaza-war", "2025-02-12", "2025-06-10", "response", {}),
]


@pytest.mark.parametrize(("campaign", "soon", "late", "report", "about"), AFTER)
def test_totals_stand_still_after_the_end(
    campaign: str, soon: str, late: str, report: str, about: dict[str, str]
) -> None:
    """No row on the campaign's own days was reported between these days; others were."""
    first, last = (an.open(report, as_of=day, campaign=campaign, **about) for day in (soon, late))
    totals = {
        name
        for name, fact in first.facts.items()
        if fact.span == "campaign" and fact.basis in ("attacks", "any attacks", "strikes")
    }
    assert len(totals) > 10
    assert {name: first.facts[name].value for name in totals} == {
        name: last.facts[name].value for name in totals
    }


def test_what_comes_after_the_end_is_in_the_window_alone() -> None:
    page = an.open("site", as_of="2025-07-16", site_id="erbil")
    assert page.facts["attacks_window"].value == 1
    assert page.facts["attacks_cumulative"].value == page.facts["attacks_on_us_forces"].value == 0
    said = repr(an.say.site_bottom_line(page)).replace("\N{NO-BREAK SPACE}", " ")
    assert "no attack there from 13 June to 24 June 2025" in said


def test_a_record_that_holds_more_than_officials_count_is_held_against_them() -> None:
    shown = str(an.draw.record_against_officials(brief("2024-01-12", "red-sea")).html)
    title = Markup(shown.partition("</strong>")[0]).striptags()
    assert title == "The record describes 28 with an official’s word, officials count 27"


def test_what_changed_is_told_of_a_movement_whose_news_has_the_same_id() -> None:
    """`syria-drawdown-2025` is a deployment, revised on 3 June 2025, and a milestone."""
    changed = an.table.changes(an.open("brief", as_of="2025-06-09")).html
    told = [Markup(row).striptags() for row in changed.split("<tr>")[1:]]
    assert any("US draw-down in Syria" in row and "ordereddeparted" in row for row in told), told


def test_the_page_says_which_attacks_are_held_against_the_official_count() -> None:
    """Officials count merchant ships where the campaign counts warships, too."""
    told = "Of its attacks only those on commercial ships are held against that count."
    assert told in repr(an.say.completeness(brief("2024-01-12", "red-sea")))
    assert "held against that count" not in repr(an.say.completeness(brief("2024-01-29")))


def test_strikes_on_kin_are_not_ascribed_to_kin_that_no_strike_names() -> None:
    """Two of the four groups under the name were struck by then; the table says which."""
    group = an.open("actor", as_of="2024-01-12", actor_id="islamic-resistance-in-iraq")
    assert "Four strikes name groups that the record lists under it." in repr(
        an.say.actor_strikes(group)
    )


def test_who_is_not_known_by_name_is_not_told_as_a_name() -> None:
    site = an.open("site", as_of="2024-01-29", site_id="erbil")
    assert "two of them to an Iran-backed militia;" in repr(an.say.site_claims(site))


def test_days_to_an_arrival_that_no_source_dates_are_a_bound_and_no_duration() -> None:
    """The F-15E squadron of 2024 was ordered 44 days before somebody reported it there."""
    page = an.open("posture", as_of="2025-06-24")
    told = repr(an.say.lead_time(page))
    assert "both dated took 1 to 82 days" in told
    assert "Arrivals that no source dates are left out here" in told
    assert "at most 44 days" in repr(an.table.deployments(page, most=99))
    of_dated = repr(an.say.lead_time(an.open("posture", as_of="2024-02-05")))
    assert "left out" not in of_dated


def test_a_place_has_its_article_wherever_it_is_named() -> None:
    april, first = (an.open("brief", as_of=day) for day in ("2026-04-21", "2021-01-23"))
    assert "most often at the Baghdad Diplomatic Support Center, 11" in repr(an.say.where(april))
    assert "fired at the Baghdad Diplomatic Support Center in Iraq" in repr(
        an.say.bottom_line(first)
    )


def test_all_of_a_few_strikes_are_no_part_of_them() -> None:
    one = an.open("brief", as_of="2023-12-31")
    assert "the record holds one strike, in the window;" in repr(an.say.response(one))
    both = an.open("brief", as_of="2024-01-11", window_days=28)
    assert "the record holds two strikes, both in the window;" in repr(an.say.response(both))


def test_what_a_campaign_had_not_yet_has_not_changed_since() -> None:
    """On 21 February 2026 the war had not begun; carriers were counted then, and were as many."""
    page = an.open("brief", as_of="2026-02-28")
    key_figures = str(an.appendix.key_figures(page).html)
    assert "unchanged" in key_figures.partition("Carrier strike groups")[2]
    assert "Key figures that differ" not in repr(an.table.changes(page))


def test_none_in_a_sample_is_none_for_whoever_cannot_see_the_figure() -> None:
    march = an.open("brief", as_of="2025-03-14")
    assert "over time; no attack of the window is in the record" in str(
        an.draw.fronts_over_time(march).html
    )
    november = an.open("brief", as_of="2025-11-10")
    assert "No carrier strike group is known to be in the region" in str(
        an.draw.posture_timeline(november).html
    )
    before_any_strike = an.open("brief", as_of="2023-10-21")
    assert "eight in all." in str(an.draw.attacks_and_strikes(before_any_strike).html)


def test_of_one_and_of_two_is_said_as_people_say_it() -> None:
    first = repr(an.say.where(an.open("brief", as_of="2021-02-16")))
    assert "Drones took part in neither of the two attacks" in first
    assert "neither was intercepted in full and one came through" in first
    ships = an.open("brief", as_of="2023-11-26", campaign="red-sea")
    assert "On neither day with attacks was more than one area attacked" in repr(
        an.say.attackers(ships)
    )
    guards = an.open("actor", as_of="2025-06-24", actor_id="irgc")
    assert "claims the one recorded attack on US and coalition forces that anybody claims" in repr(
        an.say.actor_kin(guards)
    )
    one_episode = an.open("response", as_of="2023-11-06")
    assert "higher after the one episode that can be compared" in str(
        an.draw.strike_ratios(one_episode).html
    )


def test_a_ship_that_was_to_be_hijacked_is_told_as_one() -> None:
    """The Central Park of 26 November 2023 was freed; the Galaxy Leader a week before was not."""
    page = an.open("brief", as_of="2023-11-28", campaign="red-sea", window_days=10)
    listed = repr(an.table.happened(page))
    assert "Attack: hijacking, came through" in listed
    assert "Attack: hijacking, failed" in listed
    row = on_any_target(page.known).set_index("attack_id", drop=False)
    (freed,) = row[row.index == "2023-11-26-gulf-of-aden-1"].to_dict("records")
    told = "an attempted hijacking of a commercial ship in the Gulf of Aden failed"
    assert attack(freed, page.known) == told
    with_boats = attack({**freed, "weapons": "boat+hijacking"}, page.known)
    assert with_boats.startswith("an attack with boats and an attempted hijacking on a commercial")


def test_boats_are_not_fired() -> None:
    page = an.open("brief", as_of="2026-03-14", campaign="hormuz")
    told = (
        "On 11 March 2026 an attack with two boats hit a commercial ship in the Persian Gulf; one"
    )
    assert told in repr(an.say.bottom_line(page))
    assert "Attack: two boats, came through" in repr(an.table.happened(page))


def test_days_that_nobody_kept_are_said_so_in_full_once() -> None:
    page = an.open("brief", as_of="2026-11-28")
    in_full = "The record was kept through 30 April 2026; of the days since then it tells nothing."
    assert in_full in repr(an.say.bottom_line(page))
    assert in_full not in (in_short := repr(an.say.happened(page)))
    assert "Of the days since 30 April 2026 the record tells nothing." in in_short


def test_a_rate_as_high_as_before_and_the_only_attack_are_said_as_people_say_it() -> None:
    actor = an.open("actor", as_of="2024-02-29", actor_id="houthis", campaign="red-sea")
    assert "a daily rate the same as that before" in repr(an.say.actor_tempo(actor))
    record = an.open("record", as_of="2021-01-23")
    assert "The one attack rests on a single publisher." in repr(an.say.record_bottom_line(record))


@pytest.mark.parametrize("day", ["2025-06-24", "2026-11-29"])
def test_a_forecast_that_is_not_made_is_not_told_as_unrecorded(day: str) -> None:
    strip = repr(an.say.outlook_key_figures(an.open("outlook", as_of=day)))
    assert strip.count("no forecast is made") == 5
