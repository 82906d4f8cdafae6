"""What fields, rows and tables demand of each other: each broken rule, and what is no fault."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from malformed import DATA
from small_record import add, side_by_side, spoil, write

from analysis.record import coastlines
from analysis.record.reading import check

TODAY = dt.date(2024, 1, 31)
Row = dict[str, str]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(tmp_path)


def again(on: str, **values: str) -> Row:
    """A later version that says nothing but what is given."""
    silent = dict.fromkeys(
        ("event_date", "date_precision", "site_id", "target", "weapons", "outcome", "confirmation",
         "effective_on", "status", "asset", "kind", "counting", "area", "place", "country", "by",
         "method"), ""
    )  # fmt: skip
    return {**silent, "reported_on": on, **values}


# Table, rows added, and of each that is at fault its number, its column and part of the sentence.
Case = tuple[str, list[Row], list[tuple[int, str, str]]]
FAULTS: dict[str, Case] = {
    "injured of nobody": ("attacks", [{"injured": "30"}], [
        (0, "casualties_of", "this is empty, while injured is 30; say whose they are: us, partner, "
                             "mixed, other")]),
    "killed of nobody": ("attacks", [{"killed": "2"}], [(0, "casualties_of", "killed is 2")]),
    "both of nobody": ("attacks", [{"killed": "2", "injured": "30"}], [
        (0, "casualties_of", "killed is 2 and injured is 30; say")]),
    "none killed, but injured": ("attacks", [{"killed": "0", "injured": "007"}], [
        (0, "casualties_of", "while injured is 007;")]),
    "injured later, of nobody": ("attacks", [{}, again("2023-11-03", injured="1")], [
        (1, "casualties_of", "injured is 1")]),
    "of nobody twice": ("attacks", [{"injured": "1"}, again("2023-11-03", injured="2")], [
        (0, "casualties_of", "injured is 1"), (1, "casualties_of", "injured is 2")]),
    "said whose too late": ("attacks",
        [{"injured": "1"}, again("2023-11-03", casualties_of="us")], [
        (0, "casualties_of", "injured is 1")]),
    "of the US, but none": ("attacks", [{"casualties_of": "us"}], [
        (0, "casualties_of", "'us', while neither killed nor injured is greater than 0; give the "
                             "number, or leave this empty")]),
    "of the US, but zero": ("attacks", [{"casualties_of": "us", "injured": "0", "killed": "0"}], [
        (0, "casualties_of", "'us', while neither")]),
    "of the US, none yet": ("attacks",
        [{"casualties_of": "us"}, again("2023-11-03", injured="1")], [
        (0, "casualties_of", "'us', while neither")]),
    "a later row of none": ("attacks", [{}, again("2023-11-03", casualties_of="partner")], [
        (1, "casualties_of", "'partner', while neither")]),
    "about nobody": ("attacks", [{"casualties_qualifier": "about"}], [
        (0, "casualties_qualifier", "'about', while neither killed nor injured")]),
    "at least zero": ("attacks", [{"casualties_qualifier": "at-least", "killed": "0"}], [
        (0, "casualties_qualifier", "'at-least', while neither")]),
    "a claim of nobody": ("attacks", [{"confirmation": "claim"}], [
        (0, "claimed_by", "this is empty, while confirmation is claim, the attacker's word alone; "
                          "name the actor who claimed it, or write media")]),
    "attributed is not claimed": ("attacks",
        [{"confirmation": "claim", "attributed_to": "militia"}], [(0, "claimed_by", "empty")]),
    "later a claim of nobody": ("attacks", [{}, again("2023-11-03", confirmation="claim")], [
        (1, "claimed_by", "this is empty")]),
    "claimed too late": ("attacks",
        [{"confirmation": "claim"}, again("2023-11-03", claimed_by="brigade")], [
        (0, "claimed_by", "this is empty")]),
    "id of another day": ("attacks", [{"event_date": "2023-11-01"}], [
        (0, "attack_id", "'2023-11-02-erbil-1' does not fit its row: the event_date of its first "
                         "version is '2023-11-01'; write 2023-11-01-erbil-<n>")]),
    "id of another site": ("attacks", [{"site_id": "al-tanf"}], [
        (0, "attack_id", "the site_id of its first version is 'al-tanf'; write "
                         "2023-11-02-al-tanf-<n>")]),
    "id of a site that is none": ("attacks", [{"attack_id": "2023-11-02-irbil-1"}], [
        (0, "attack_id", "'2023-11-02-irbil-1' does not fit its row")]),
    "id of a longer site": ("attacks", [{"attack_id": "2023-11-02-erbil-north-1"}], [
        (0, "attack_id", "write 2023-11-02-erbil-<n>")]),
    "id whose first row comes last": ("attacks",
        [again("2023-11-05", event_date="2023-11-02"), {"event_date": "2023-11-01"}], [
        (1, "attack_id", "'2023-11-01'")]),
    "the site moves": ("attacks", [{}, again("2023-11-03", site_id="al-tanf")], [
        (1, "site_id", "'al-tanf', where the first version says 'erbil'; a version keeps the site, "
                       "so give what happened elsewhere an id of its own")]),
    "the site moves and back": ("attacks",
        [{}, again("2023-11-03", site_id="al-tanf"), again("2023-11-04", site_id="erbil")], [
        (1, "site_id", "'al-tanf'")]),
    "the site moves above its first row": ("attacks",
        [again("2023-11-03", site_id="al-tanf"), {}], [(0, "site_id", "'al-tanf'")]),
    "id of another strike's day": ("responses", [{"event_date": "2023-11-07"}], [
        (0, "response_id", "the event_date of its first version is '2023-11-07'; write "
                           "2023-11-07-syr-<n>")]),
    "id of another country": ("responses", [{"country": "IRQ"}], [
        (0, "response_id", "the country of its first version is 'IRQ'; write "
                           "2023-11-08-irq-<n>")]),
    "id of a strike without a number": ("responses", [{"response_id": "2023-11-08-syr"}], [
        (0, "response_id", "write 2023-11-08-syr-<n>")]),
    "id of a strike without a day": ("responses", [{"response_id": "abu-kamal-1"}], [
        (0, "response_id", "'abu-kamal-1' does not fit its row")]),
    "answers what is not there": ("responses", [{"in_response_to": "2023-10-18-erbil-1"}], [
        (0, "in_response_to", "unknown attack '2023-10-18-erbil-1'; did you mean "
                              "'2023-10-19-erbil-1'? Known attacks are in attacks.csv")]),
    "answers a strike": ("responses", [{"in_response_to": "2023-10-26-syr-1"}], [
        (0, "in_response_to", "unknown attack '2023-10-26-syr-1'")]),
    "arrives after it was reported": ("deployments", [{"effective_on": "2023-11-05"}], [
        (0, "effective_on", "'2023-11-05' is after '2023-11-04', when it was reported; what is "
                            "reported arrived did so by then, so correct the day or the status")]),
    "departs after it was reported": ("deployments",
        [{"status": "departed", "effective_on": "2024-01-01"}], [
        (0, "effective_on", "reported departed did so by then")]),
    "arrives before its planned day": ("deployments",
        [{"status": "ordered", "effective_on": "2023-11-20"},
         again("2023-11-10", status="arrived")], [
        (1, "effective_on", "this is empty, and '2023-11-20' of an earlier version is after the "
                            "report")]),
    "a strike on the other side of the Earth": ("responses", [{"lat": "-34.4", "lon": "-139"}], [
        (0, "lat", "lat -34.4, lon -139 lies")]),
    "a strike with swapped coordinates": ("responses", [{"lat": "40.92", "lon": "34.45"}], [
        (0, "lat", "from Syria; they are probably swapped: write 34.45 as lat and 40.92 as lon")]),
    "a strike at 0, 0": ("responses", [{"lat": "0", "lon": "0"}], [
        (0, "lat", "0, 0 is no site; leave lat and lon empty where they are not known")]),
    "a strike at sea on land": ("responses",
        [{"response_id": "2023-11-08-sea-1", "country": "SEA", "lat": "24", "lon": "45"}], [
        (0, "lat", "lat 24, lon 45 lies on land; give a point in the sea")]),
    "a later place elsewhere": ("responses", [{}, again("2023-11-09", lat="15.4", lon="44.2")], [
        (1, "lat", "from Syria; correct it or the country; in it or within 50 km is right")]),
    "a site with swapped coordinates": ("sites", [{"lat": "42.44", "lon": "33.79"}], [
        (0, "lat", "lat 42.44, lon 33.79 lies 928 km from Iraq; they are probably swapped: write "
                   "33.79 as lat and 42.44 as lon")]),
    "a site at 0, 0": ("sites", [{"lat": "0.0", "lon": "0"}], [(0, "lat", "0, 0 is no site")]),
    "a site at 0, 0 of any country": ("sites", [{"country": "USA", "lat": "0", "lon": "-0.0"}], [
        (0, "lat", "0, 0 is no site")]),
    "a site in another country": ("sites", [{"country": "KWT"}], [(0, "lat", "km from Kuwait")]),
    "a site with a lost sign": ("sites", [{"lat": "-33.79"}], [(0, "lat", "km from Iraq")]),
    "a site 60 km off": ("sites", [{"country": "JOR", "lat": "31.95", "lon": "39.95"}], [
        (0, "lat", "km from Jordan; correct it or the country")]),
    "a sea area on land": ("sites",
        [{"country": "SEA", "kind": "sea-area", "lat": "33", "lon": "44"}], [
        (0, "lat", "lies on land")]),
    "a base without a country": ("sites", [{"country": "SEA", "lat": "26", "lon": "52.5"}], [
        (0, "country", "SEA is for sea areas only; give the country, or make its kind sea-area")]),
    "a sea of a country": ("sites", [{"kind": "sea-area"}], [
        (0, "country", "a sea area has no country; write SEA, or another kind")]),
    "an attack of the future": ("attacks", [{"reported_on": "2034-01-01"}], [
        (0, "reported_on", "'2034-01-01' is more than a day ahead of today, 2024-01-31; give the "
                           "day on which the source published it")]),
    "the day after tomorrow": ("deployments", [{"reported_on": "2024-02-02"}], [
        (0, "reported_on", "'2024-02-02' is more than a day ahead")]),
    "a strike of the future": ("responses", [{"reported_on": "2024-03-01"}], [
        (0, "reported_on", "more than a day ahead")]),
    "a tally of the future": ("tallies", [{"reported_on": "2199-12-31"}], [
        (0, "reported_on", "more than a day ahead")]),
    "a milestone of the future": ("milestones", [{"reported_on": "2034-10-07"}], [
        (0, "reported_on", "more than a day ahead")]),
    "two contradictions in a row": ("attacks", [{"confirmation": "claim", "injured": "1"}], [
        (0, "casualties_of", "injured is 1"), (0, "claimed_by", "this is empty")]),
    "a contradiction beside a bad field": ("attacks",
        [{"confirmation": "claim", "outcome": "hit"}], [
        (0, "outcome", "'hit'"), (0, "claimed_by", "this is empty")]),
    "nothing follows from a bad field": ("attacks",
        [{"killed": "many", "casualties_of": "us"}], [(0, "killed", "'many'")]),
    "nor from a bad site": ("attacks", [{"site_id": "irbil"}], [(0, "site_id", "unknown site")]),
    "nor from a bad country": ("responses",
        [{"country": "SYRIA", "lat": "1", "lon": "1"}], [(0, "country", "no country")]),
}  # fmt: skip


@pytest.mark.parametrize(
    "cases", side_by_side(FAULTS.values()), ids=lambda cases: cases[0][2][0][2]
)
def test_contradictions_are_told_at_their_places_with_what_would_be_right(
    small: Path, cases: list[Case]
):
    expected = {}
    for table, rows, faults in cases:
        if any(column == "casualties_qualifier" for _, column, _ in faults):
            widen(small, "attacks", "casualties_of", "casualties_qualifier")
        lines = [add(small, table, **row) for row in rows]
        expected |= {
            (f"{table}.csv", lines[number], column): said for number, column, said in faults
        }
    found = check(small, TODAY)
    places = [(fault.file, fault.line, fault.column) for fault in found]
    assert sorted(places) == sorted(expected)
    for place, fault in zip(places, found, strict=True):
        assert expected[place] in fault.message


def widen(folder: Path, table: str, after: str, column: str, value: str = "") -> None:
    """Give a table a column that its file may lack, in its place."""
    file = folder / f"{table}.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    frame.insert(frame.columns.get_loc(after) + 1, column, value)
    frame.to_csv(file, index=False, lineterminator="\n")


GOOD: dict[str, tuple[str, list[Row]]] = {
    "casualties of somebody": ("attacks", [{"injured": "3", "casualties_of": "mixed"}]),
    "none is a number": ("attacks", [{"injured": "0", "killed": "0"}]),
    "whose they are was said before": ("attacks",
        [{"injured": "3", "casualties_of": "us"}, again("2023-11-03", injured="4")]),
    "the number was said before": ("attacks",
        [{"injured": "3", "casualties_of": "us"}, again("2023-11-03", casualties_of="partner")]),
    "taken back": ("attacks",
        [{"injured": "3", "casualties_of": "us"},
         again("2023-11-03", injured="0", casualties_of="us")]),
    "intercepted, and debris falls": ("attacks",
        [{"outcome": "intercepted", "injured": "1", "casualties_of": "us"}]),
    "claimed before": ("attacks",
        [{"claimed_by": "brigade"}, again("2023-11-03", confirmation="claim")]),
    "claimed, then confirmed": ("attacks",
        [{"confirmation": "claim", "claimed_by": "brigade"},
         again("2023-11-03", confirmation="official")]),
    "the day is corrected": ("attacks", [{}, again("2023-11-03", event_date="2023-11-01")]),
    "the tenth at a site": ("attacks", [{"attack_id": "2023-11-02-erbil-10"}]),
    "a strike of the same day": ("responses", [{"response_id": "2023-11-08-syr-2"}]),
    "ordered for later": ("deployments", [{"status": "ordered", "effective_on": "2023-12-01"}]),
    "under way until later": ("deployments",
        [{"status": "en-route", "effective_on": "2023-12-01"}]),
    "arrived as planned": ("deployments",
        [{"status": "ordered", "effective_on": "2023-11-20"},
         again("2023-11-22", status="arrived")]),
    "nobody knows when": ("deployments", [{"effective_on": ""}]),
    "off the coast": ("sites", [{"country": "BHR", "lat": "26.2", "lon": "50.61"}]),
    "30 km over the border": ("sites", [{"country": "JOR", "lat": "32.2", "lon": "39.5"}]),
    "a country off the map": ("sites", [{"country": "IOT", "lat": "-7.31", "lon": "72.41"}]),
    "a country that goes on": ("sites", [{"country": "PAK", "lat": "33.6", "lon": "73.1"}]),
    "land of which the map is not sure": ("sites",
        [{"country": "SOM", "lat": "9.56", "lon": "44.06"}]),
    "no coordinates": ("sites", [{"lat": "", "lon": ""}]),
    "a sea off the map": ("sites",
        [{"country": "SEA", "kind": "sea-area", "lat": "-10", "lon": "80"}]),
    "tomorrow": ("attacks", [{"reported_on": "2024-02-01"}]),
}  # fmt: skip


@pytest.mark.parametrize("cases", side_by_side(GOOD.values()))
def test_what_is_no_contradiction_is_no_fault(small: Path, cases: list[tuple[str, list[Row]]]):
    for table, rows in cases:
        for row in rows:
            add(small, table, **row)
    assert check(small, TODAY) == []


CAMPAIGN = """
[[campaign]]
id = "next"
title = "US forces and ships under fire"
targets = ["us-warship", "us-coalition-forces"]
start = 2024-01-10
known_on = 2024-01-11
theatres = [{ id = "yemen", name = "Yemen", countries = ["YEM"] }]
"""
ENDS = "known_on = 2023-10-18\nend = {}\nend_known_on = 2024-02-01"


@pytest.mark.parametrize(
    ("end", "start", "expected"),
    [
        (None, "2024-01-10", []),
        ("2024-01-09", "2024-01-10", []),
        ("2024-01-10", "2024-01-10", [(7, "end")]),
        ("2024-01-31", "2023-12-10", [(7, "end")]),
        (None, "2023-10-17", [(13, "start")]),
    ],
)
def test_two_campaigns_at_once_are_on_different_targets(
    small: Path, end: str | None, start: str, expected: list[tuple[int, str]]
):
    with (small / "campaigns.toml").open("a", encoding="utf-8") as file:
        file.write(CAMPAIGN.replace("start = 2024-01-10", f"start = {start}"))
    if end is not None:
        spoil(small, "campaigns.toml", "known_on = 2023-10-18", ENDS.format(end))
    found = check(small)
    assert [(fault.line, fault.column) for fault in found] == expected
    assert all("two campaigns run at once only if" in fault.message for fault in found)
    spoil(small, "campaigns.toml", '["us-warship", "us-coalition-forces"]', '["us-warship"]')
    assert check(small) == []


def test_which_day_it_is_may_not_matter(small: Path):
    add(small, "attacks", reported_on="2034-01-01")
    assert check(small) == []


def test_of_very_many_attacks_those_are_known_that_are_named(small: Path):
    text = (small / "attacks.csv").read_text("utf-8")
    row = text.splitlines()[-1]
    more = [row.replace("erbil-1", f"erbil-{number}", 1) for number in range(2, 1200)]
    (small / "attacks.csv").write_text(text + "\n".join(more) + "\n", "utf-8")
    assert check(small) == []
    line = add(small, "responses", in_response_to="2023-10-19-erbil-1200")
    assert [(fault.line, fault.column) for fault in check(small)] == [(line, "in_response_to")]
    (small / "responses.csv").unlink()
    assert [fault.file for fault in check(small)] == ["responses.csv"]


def test_nothing_is_concluded_from_versions_that_cannot_all_be_read(small: Path):
    line = add(small, "attacks", injured="3", casualties_of="us")
    add(small, "attacks", reported_on="2023-11-03", injured="4")
    spoil(small, "attacks.csv", ",3,us,", ',3,us",')
    assert [(fault.line, fault.column) for fault in check(small)] == [(line, "casualties_of")]


def test_the_real_record_has_no_fault():
    assert check(DATA, dt.date(2026, 11, 29)) == []


@pytest.mark.parametrize(
    ("lat", "lon", "near"),
    [(20, 38.5, 0), (26, 52.5, 0), (24, 45, 400), (12.58, 43.33, 0), (33.3, 44.4, 400)],
)
def test_the_sea_is_where_no_land_is(lat: float, lon: float, near: float):
    distance = coastlines.from_sea(lat, lon)
    assert distance is not None
    assert (distance == 0) == (near == 0)
    assert distance == pytest.approx(near, abs=300)


def test_sites_of_a_million_rows_are_looked_at_once(small: Path, monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr(coastlines, "from_country", lambda *place: asked.append(place) or 0.0)
    for number in range(1, 200):
        add(small, "attacks", attack_id=f"2023-11-02-al-tanf-{number}", site_id="al-tanf")
    assert check(small) == []
    assert len(asked) == 2  # a site and a strike
