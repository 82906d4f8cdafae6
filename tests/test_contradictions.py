"""Contradictions between columns, versions and tables, each refused at its place; and what is none.

Beside those of test_rules.py: one line each, with the column at fault in the last row added and a
part of the sentence.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from small_record import add, side_by_side, spoil, write
from test_rules import Row, again, widen

from analysis.errors import Fault
from analysis.record.reading import check

TODAY = dt.date(2024, 1, 31)

#: Tables that a record may do without, and one column that came later.
HEADERS = {
    "coverage.csv": "since,through,targets,kept,note",
    "sources.csv": "publisher,outlet,relays,kind,country,state_media,party_to_conflict,note",
    "actors.csv": "actor_id,name,aliases,kind,parent,sponsor,country,note",
}
FURTHER_SITES = """\
gulf,The Gulf,,SEA,26,52.5,sea-area,https://example.org/1
harbour,The Harbour,,BHR,26.2,50.61,port,https://example.org/1
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = write(tmp_path)
    for file in ("coverage.csv", "sources.csv"):
        (folder / file).write_text(f"{HEADERS[file]}\n", "utf-8")
    actors = (folder / "actors.csv").read_text("utf-8").splitlines()
    rows = csv.DictReader(actors)
    columns = HEADERS["actors.csv"].split(",")
    kinds = [",".join(({**row, "kind": "group"})[column] for column in columns) for row in rows]
    (folder / "actors.csv").write_text("\n".join([HEADERS["actors.csv"], *kinds, ""]), "utf-8")
    with (folder / "sites.csv").open("a", encoding="utf-8") as file:
        file.write(FURTHER_SITES)
    widen(folder, "responses", "method", "counting", "event")
    return folder


def at(site: str, **values: str) -> Row:
    return {"attack_id": f"2023-11-02-{site}-1", "site_id": site, **values}


def move(status: str, reported: str, effective: str = "", **values: str) -> Row:
    return {"status": status, "reported_on": reported, "effective_on": effective, **values}


def count(**values: str) -> Row:
    return {"speaker": "Ryder", "qualifier": "exact", **values}


def actor(actor_id: str, **values: str) -> Row:
    return {"actor_id": actor_id, "name": actor_id.title(), **values}


def outlet(publisher: str, **values: str) -> Row:
    return {"publisher": publisher, "outlet": "AP", **values}


STRIKE = {"response_id": "2023-10-10-syr-1", "event_date": "2023-10-10"}
ANSWER = {"in_response_to": "2023-10-19-erbil-1"}
AIR = {"kind": "fighter-squadron"}
WAR = {"milestone_id": "war", "kind": "war"}

# Table, rows added, column at fault in the last of them, part of the sentence.
Refused = tuple[str, list[Row], str, str]
REFUSED: list[Refused] = [
    ("attacks", [at("al-tanf", target="us-warship")], "target",
     "'us-warship', while al-tanf lies 269 km from the sea; a ship is hit at sea or in a port"),
    ("attacks", [at("al-tanf", target="commercial-shipping")], "target", "from the sea"),
    ("attacks", [at("al-tanf"), again("2023-11-03", attack_id="2023-11-02-al-tanf-1",
                                      target="us-warship")], "target", "from the sea"),
    ("attacks", [at("erbil", weapons="hijacking")], "weapons",
     "'hijacking' on us-coalition-forces; it is done to ships, so correct the weapons"),
    ("attacks", [at("gulf", weapons="hijacking+small-arms", target="israel")], "weapons",
     "on israel"),
    ("attacks", [at("al-tanf", weapons="boat+hijacking", target="other")], "weapons",
     "'boat+hijacking', while al-tanf lies 269 km"),
    ("attacks", [{}, again("2023-11-03", weapons="hijacking")], "weapons", "on us-coalition"),
    ("responses", [{"counting": "summary", **ANSWER}], "in_response_to",
     "'2023-10-19-erbil-1', while counting is summary; leave this empty, or make it a strike"),
    ("deployments", [{"quantity": "0", "unit": "ships"}], "quantity",
     "0, while it is arrived; give how many there are, or leave this empty"),
    ("deployments", [move("ordered", "2023-11-04"), again("2023-11-06", status="cancelled"),
                     again("2023-11-07", status="departed")], "status", "'departed' after 'canc"),
    ("sites", [{"kind": "port"}], "kind",
     "'port', while it lies 600 km from the sea; correct the kind, or lat and lon"),
    ("actors", [actor("own", kind="state", country="IRN"),
                actor("guard", kind="state", country="IRQ", parent="own")], "country",
     "'IRQ', while it is below 'own', which is of IRN; a state's own forces have its country"),
    ("sources", [outlet("AP (ap)", relays="Reuters|ap")], "relays", "names 'AP' itself"),
    ("attacks", [{}, again("2023-11-06", event_date="2023-11-05")], "event_date",
     "'2023-11-05' is after '2023-11-02', when an earlier version told of it; it was known by"),
    ("attacks", [{"reported_on": "2023-11-04"}, again("2023-11-06", event_date="2023-11-03"),
                 again("2023-11-07", event_date="2023-11-05")], "event_date", "after '2023-11-04'"),
    ("responses", [{**STRIKE, **ANSWER}], "in_response_to",
     "'2023-10-19-erbil-1' was after the strike, on '2023-10-10'; an answer comes after what"),
    ("responses", [STRIKE, again("2023-11-09", **{**STRIKE, "event_date": ""}, **ANSWER)],
     "in_response_to", "was after the strike"),
    ("responses", [{"response_id": "2023-10-16-syr-1", "event_date": "2023-10-16", **ANSWER}],
     "in_response_to", "on '2023-10-16'"),
    ("responses", [{}, again("2023-11-09", country="IRQ")], "country",
     "'IRQ', where the first version says 'SYR'; a version keeps the country, so give what"),
    ("responses", [{}, again("2023-11-10", event_date="2023-11-09")], "event_date",
     "'2023-11-09' is after '2023-11-08', when an earlier version told of it"),
    ("deployments", [{"counting": "alert"}], "status",
     "'arrived', while counting is alert; write ordered or cancelled, or another counting"),
    ("deployments", [{"counting": "alert", "status": "en-route"}], "status", "'en-route', while"),
    ("deployments", [{"counting": "alert", "status": "departed"}], "status", "'departed', while"),
    ("deployments", [{"counting": "alert", "status": "ordered"},
                     again("2023-11-06", status="en-route")], "status", "counting is alert"),
    ("deployments", [{}, again("2023-11-06", counting="alert")], "status", "'arrived', while"),
    ("deployments", [{"counting": "level", "status": "ordered"}], "status",
     "'ordered', while counting is level; write arrived or extended or departed"),
    ("deployments", [{"counting": "level", "status": "en-route"}], "status", "is level"),
    ("deployments", [{"counting": "level", "status": "cancelled"}], "status", "is level"),
    ("deployments", [{"counting": "return"}], "status", "'arrived', while counting is return"),
    ("deployments", [{"counting": "return", "status": "extended"}], "status", "is return"),
    ("deployments", [{}, again("2023-11-06", status="cancelled")], "status",
     "'cancelled' after 'arrived'; give the status that it has now, or what is another move"),
    ("deployments", [{}, again("2023-11-06", status="departed"),
                     again("2023-11-07", status="cancelled")], "status", "after 'departed'"),
    ("deployments", [{}, again("2023-11-05", status="extended"),
                     again("2023-11-07", status="cancelled")], "status", "after 'extended'"),
    ("deployments", [{}, again("2023-11-06", status="departed"),
                     again("2023-11-07", status="extended")], "status", "'extended' after 'dep"),
    ("deployments", [move("ordered", "2023-11-04"), again("2023-11-06", status="cancelled"),
                     again("2023-11-07", status="extended")], "status", "after 'cancelled'"),
    ("deployments", [move("ordered", "2023-11-04", "2023-11-03"),
                     move("arrived", "2023-11-09", "2023-11-01")], "effective_on",
     "'2023-11-01' is before '2023-11-03', since when it was ordered; correct the day, or the"),
    ("deployments", [{}, move("departed", "2023-11-09", "2023-11-03")], "effective_on",
     "is before '2023-11-04', since when it was arrived"),
    ("deployments", [move("ordered", "2023-11-04", "2023-11-03"),
                     move("en-route", "2023-11-09", "2023-11-02")], "effective_on", "was ordered"),
    ("deployments", [move("en-route", "2023-11-04", "2023-11-03"),
                     move("arrived", "2023-11-05", "2023-11-02")], "effective_on", "was en-route"),
    ("deployments", [move("extended", "2023-11-04", "2023-11-03"),
                     move("departed", "2023-11-05", "2023-11-02")], "effective_on", "was extended"),
    ("deployments", [{"quantity": "2"}], "unit",
     "this is empty, while quantity is 2; say what it counts: ships, batteries, aircraft,"),
    ("deployments", [{}, again("2023-11-06", quantity="3")], "unit", "while quantity is 3"),
    ("deployments", [{"kind": "air-defense", "quantity": "2", "unit": "ships"}], "unit",
     "'ships' of kind air-defense; write batteries, systems or personnel, or correct the kind"),
    ("deployments", [{"quantity": "2", "unit": "batteries"}], "unit", "of kind carrier-strike"),
    ("deployments", [{**AIR, "quantity": "2", "unit": "ships"}], "unit", "write aircraft, squad"),
    ("deployments", [{**AIR, "quantity": "2", "unit": "systems"}], "unit", "'systems' of kind"),
    ("deployments", [{"kind": "submarine", "unit": "aircraft"}], "unit", "write ships or pers"),
    ("deployments", [{"kind": "ground-force", "unit": "squadrons"}], "unit", "of kind ground-f"),
    ("deployments", [{"unit": "ships"}, again("2023-11-06", **AIR)], "unit", "'ships' of kind f"),
    ("deployments", [{"quantity": "300", "unit": "personnel", "personnel": "500"}], "personnel",
     "500, while quantity says 300 people; give one number, or leave this empty"),
    ("deployments", [{"area": "syria"}], "area",
     "'syria' of kind carrier-strike-group; give the sea where it is, or correct the kind"),
    ("deployments", [{"kind": "submarine", "area": "iraq"}], "area", "'iraq' of kind submarine"),
    ("deployments", [{}, again("2023-11-06", area="syria")], "area", "'syria' of kind carrier"),
    ("tallies", [count(scope="SEA")], "scope",
     "SEA, while target is us-coalition-forces, which is on land; write the country or ALL"),
    ("tallies", [count(scope="SEA", target="israel")], "scope", "target is israel"),
    ("tallies", [count(value="0", qualifier="at-least")], "qualifier",
     "'at-least' of 0 says nothing; write exact where somebody said none"),
    ("tallies", [count(value="00", qualifier="about")], "qualifier", "'about' of 0 says"),
    ("milestones", [{**WAR, "start_on": "2023-10-09"}], "start_on",
     "'2023-10-09' is after '2023-10-07', when it was reported; a war is told of later"),
    ("milestones", [{"kind": "incident", "start_on": "2023-10-08"}], "start_on", "an incident is"),
    ("milestones", [{**WAR, "end_on": "2023-12-01"}], "end_on",
     "after '2023-10-07', when it was reported; leave it empty until somebody says that the war"),
    ("milestones", [{"kind": "operation", "end_on": "2023-10-08"}], "end_on", "the operation is"),
    ("milestones", [{"kind": "incident", "end_on": "2023-10-08"}], "end_on", "the incident is"),
    ("milestones", [WAR, {**WAR, "reported_on": "2023-10-20", "end_on": "2023-10-19"},
                    {**WAR, "reported_on": "2023-10-25", "start_on": "2023-10-22"}], "end_on",
     "this is empty, and '2023-10-19' of an earlier version is before start_on, '2023-10-22'"),
    ("milestones", [WAR, {**WAR, "reported_on": "2023-10-20", "start_on": "",
                          "end_on": "2023-10-06"}], "end_on", "'2023-10-06' is before start_on"),
    ("sites", [{"name": "Erbil Air Base"}], "name",
     "'Erbil Air Base' stands in line 3 already; keep one of them, or say what tells them"),
    ("sites", [{"name": "Erbil air-base"}], "name", "stands in line 3"),
    ("actors", [actor("own", sponsor="own")], "sponsor",
     "'own' is backed by 'own' itself; nobody backs himself, however far up"),
    ("actors", [actor("own", kind="state")], "country",
     "this is empty, and 'own' is a state; a state has a country"),
    ("actors", [actor("own", country="SEA")], "country", "'SEA' is no country or area; write its"),
    ("actors", [actor("own", kind="state", country="IRN", parent="brigade")], "parent",
     "'brigade' is of kind group, this is a state; name a state or nobody"),
    ("actors", [actor("own", kind="state", country="IRN", sponsor="militia")], "sponsor",
     "'militia' is of kind group"),
    ("actors", [actor("own", name="MILITIA")], "name", "'MILITIA' stands in line 3 already"),
    ("coverage", [{"since": "2023-10-17", "through": "2024-02-02"}], "through",
     "'2024-02-02' is more than a day ahead of today, 2024-01-31; give the last day that some"),
    ("coverage", [{"since": "2024-03-01"}], "since", "give the first day that somebody watched"),
    ("sources", [outlet("AP"), outlet("AP (via X)", outlet="Ap")], "outlet",
     "'Ap' is 'AP' elsewhere; one spelling for one outlet"),
    ("sources", [outlet("AP", country="USA"), outlet("AP (via X)", country="GBR")], "country",
     "'GBR' of 'AP', which another row says is 'USA'; judge an outlet once, or leave it empty"),
    ("sources", [outlet("AP", state_media="no"), outlet("AP 2", state_media="yes")], "state_media",
     "'yes' of 'AP', which another row says is 'no'"),
    ("sources", [outlet("AP", party_to_conflict="us"), outlet("B", party_to_conflict="israel")],
     "party_to_conflict", "'israel' of 'AP'"),
    ("sources", [outlet("AP (AP)", relays="Reuters|AP")], "relays",
     "'Reuters|AP' names 'AP' itself; name those whose reports it passes on"),
    ("sources", [outlet("AP", country="SEA")], "country", "'SEA' is no country"),
]  # fmt: skip


def added(folder: Path, table: str, rows: list[Row]) -> int:
    """Add rows; return the line of the last."""
    return [add(folder, table, **row) for row in rows][-1]


def test_without_them_there_is_no_fault(small: Path):
    assert check(small, TODAY) == []


@pytest.mark.parametrize("cases", side_by_side(REFUSED), ids=lambda cases: cases[0][3])
def test_contradictions_are_refused(small: Path, cases: list[Refused]):
    expected = {
        (f"{table}.csv", added(small, table, rows), column): said
        for table, rows, column, said in cases
    }
    found = {(fault.file, fault.line, fault.column): fault for fault in check(small, TODAY)}
    assert found.keys() == expected.keys()
    for place, said in expected.items():
        assert said in found[place].message


def test_nobody_backs_who_backs_him(small: Path):
    spoil(small, "actors.csv", "Unnamed,group,,,", "Unnamed,group,,brigade,")
    spoil(small, "actors.csv", "group,militia,,IRQ", "group,,militia,IRQ")
    assert [(fault.line, fault.column) for fault in check(small)] == [
        (2, "sponsor"),
        (3, "sponsor"),
    ]


# What is exchanged in campaigns.toml, key at fault, part of the sentence.
TARGETS, KNOWN = 'targets = ["us-coalition-forces"]', "known_on = 2023-10-18"
THEATRES = 'theatres = [{ id = "iraq-syria", name = "Iraq and Syria", countries = ["IRQ", "SYR"] }]'
HERE = '{ id = "here", name = "Here", countries = ["IRQ"] }'
OVER = f"{KNOWN}\nend = 2023-12-01\nend_known_on = 2023-12-02\n"
NEXT = """
[[campaign]]
id = "next"
title = "Next"
targets = ["us-coalition-forces"]
start = 2024-01-10
known_on = 2024-01-11
tally_since = [2023-10-17]
theatres = [{ id = "there", name = "There", countries = ["YEM"] }]
"""
CAMPAIGNS: list[tuple[str, str, int, str, str]] = [
    (TARGETS, 'targets = ["israel", "israel"]', 4, "targets", "'israel' stands twice; each stands"),
    ('["IRQ", "SYR"]', '["IRQ", "SYR", "IRQ"]', 7, "theatres", "'IRQ' stands twice"),
    (KNOWN, f"{KNOWN}\ntally_since = [2023-10-17, 2023-10-17]", 7, "tally_since", "stands twice"),
    (THEATRES, f'{THEATRES}\nfronts = [{{ name = "A", sites = ["erbil", "erbil"] }}]', 8, "fronts",
     "'erbil' stands twice"),
    (THEATRES, THEATRES.replace("}]", f"}}, {HERE}]"), 7, "theatres",
     "IRQ is in theatre 'iraq-syria', too; a country is in one theatre"),
    (THEATRES, THEATRES.replace("}]", "}, " + HERE.replace("IRQ", "YEM").replace('"Here"',
     '"Iraq and Syria"') + "]"), 7, "theatres", "'Iraq and Syria' stands twice"),
    (THEATRES, f'{THEATRES}\nfronts = [{{ name = "A" }}]', 8, "fronts",
     "it has neither countries nor sites; say where this front is"),
    (THEATRES, THEATRES + '\nfronts = [{ name = "A", sites = ["erbil"] }, { name = "B", '
     'sites = ["erbil"] }]', 8, "fronts", "erbil is on front 'A', too; an attack is on one front"),
    (THEATRES, THEATRES + '\nfronts = [{ name = "A", countries = ["IRQ"] }, { name = "B", '
     'countries = ["SYR", "IRQ"], targets = ["israel"] }]', 8, "fronts", "IRQ is on front 'A'"),
    (KNOWN, "known_on = 2024-02-02", 6, "known_on",
     "2024-02-02 is more than a day ahead of today, 2024-01-31; add it once it is known"),
    (KNOWN, OVER.replace("2023-12-02", "2024-03-01"), 8, "end_known_on", "more than a day ahead"),
    (KNOWN, OVER.replace(KNOWN, "known_on = 2023-12-03"), 6, "known_on",
     "it is known to be over since 2023-12-02; a campaign is known by then"),
    (KNOWN, f"{OVER}tally_since = [2023-12-05]", 9, "tally_since",
     "2023-12-05 is after end, 2023-12-01; counts that begin then are not of it"),
    (KNOWN, f"{OVER}tally_since = [2023-10-17]", 18, "tally_since",
     "2023-10-17 is that of 'wave' on us-coalition-forces, too; a count is of one campaign"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "column", "said"), CAMPAIGNS)
def test_a_contradiction_of_campaigns_is_refused(
    small: Path, old: str, new: str, line: int, column: str, said: str
):
    if line > 9:
        with (small / "campaigns.toml").open("a", encoding="utf-8") as file:
            file.write(NEXT)
    spoil(small, "campaigns.toml", old, new)
    found: list[Fault] = check(small, TODAY)
    assert {(fault.file, fault.line, fault.column) for fault in found} == {
        ("campaigns.toml", line, column)
    }
    assert said in found[0].message


ALLOWED: list[tuple[str, list[Row]]] = [
    ("attacks", [{"weapons": "small-arms", "munitions": "0"}]),
    ("attacks", [at("harbour", weapons="boat", target="other")]),
    ("deployments", [{"counting": "level", "kind": "ground-force", "quantity": "0",
                      "unit": "personnel"}]),
    ("deployments", [{"quantity": "1", "unit": "ships"},
                     again("2023-11-06", status="departed", quantity="0")]),
    ("sites", [{"kind": "port", "country": "BHR", "lat": "26.2", "lon": "50.61"}]),
    ("attacks", [at("harbour", target="commercial-shipping")]),
    ("attacks", [at("erbil", target="us-warship")]),  # nobody gave its coordinates
    ("attacks", [at("gulf", target="commercial-shipping", weapons="hijacking+small-arms")]),
    ("attacks", [at("gulf", target="us-coalition-forces")]),
    ("attacks", [{"reported_on": "2023-11-04"}, again("2023-11-06", event_date="2023-11-04")]),
    ("responses", [{**STRIKE, "response_id": "2023-10-17-syr-1", "event_date": "2023-10-17",
                    **ANSWER}]),  # the attack fell in the night before, where it was struck
    ("responses", [ANSWER]),
    ("deployments", [{"counting": "alert", "status": "ordered"},
                     again("2023-11-06", status="en-route", counting="unit")]),
    ("deployments", [{"counting": "return", "status": "departed"}]),
    ("deployments", [{"counting": "level", "personnel": "2500", "kind": "ground-force"}]),
    ("deployments", [{}, again("2023-11-06", status="departed"),
                     again("2023-11-09", status="arrived")]),
    ("deployments", [move("ordered", "2023-11-04", "2023-12-01"),
                     move("arrived", "2023-11-20", "2023-11-19")]),  # sooner than planned
    ("deployments", [move("arrived", "2023-11-04", "2023-11-04"),
                     move("arrived", "2023-11-09", "2023-11-02")]),  # a correction
    ("deployments", [move("ordered", "2023-11-04"), again("2023-11-06", status="cancelled"),
                     again("2023-11-09", status="ordered")]),
    ("deployments", [{"quantity": "2", "unit": "ships"}, again("2023-11-06", quantity="3")]),
    ("deployments", [{"unit": "ships"}]),
    ("deployments", [{"quantity": "300", "unit": "personnel", "kind": "air-defense"}]),
    ("deployments", [{"kind": "marine-unit", "area": "iraq"}]),
    ("tallies", [count(value="0")]),
    ("tallies", [count(qualifier="at-least"), count(scope="IRQ", value="40")]),
    ("tallies", [count(), count(value="29")]),  # in the morning, in the evening
    ("tallies", [count(), count(value="27", reported_on="2023-11-09")]),  # it can fall
    ("tallies", [count(scope="SEA", target="us-warship")]),
    ("milestones", [{"kind": "truce", "start_on": "2023-10-09", "end_on": "2023-10-13"}]),
    ("milestones", [{"kind": "operation", "start_on": "2023-10-09"}]),
    ("milestones", [{"kind": "announcement", "start_on": "2023-10-09"}]),
    ("sites", [{"name": "Al-Tanf Garrison"}]),  # in another country
    ("actors", [actor("own", kind="state", country="IRN"),
                actor("guard", kind="state", country="IRN", parent="own", sponsor="own")]),
    ("coverage", [{"since": "2023-10-17", "through": "2024-02-01"}]),
    ("coverage", [{"since": "2023-10-17"}, {"since": "2024-01-01", "targets": "israel+other"}]),
    ("sources", [outlet("AP", kind="news", country="USA"), outlet("AP (via X)", kind="agency")]),
]  # fmt: skip


@pytest.mark.parametrize("cases", side_by_side(ALLOWED))
def test_what_can_be_is_no_fault(small: Path, cases: list[tuple[str, list[Row]]]):
    for table, rows in cases:
        added(small, table, rows)
    assert check(small, TODAY) == []


def test_a_country_may_be_on_two_fronts_of_different_targets(small: Path):
    fronts = [f'{{ name = "{name}", countries = ["IRQ"], targets = ["{target}"] }}'
              for name, target in (("A", "israel"), ("B", "other"))]  # fmt: skip
    spoil(small, "campaigns.toml", THEATRES, f"{THEATRES}\nfronts = [{', '.join(fronts)}]")
    assert check(small, TODAY) == []


def test_nothing_is_concluded_from_another_table_that_is_at_fault(small: Path):
    added(small, "attacks", [at("al-tanf", target="us-warship")])
    spoil(small, "sites.csv", "33.51", "333.51")
    assert [(fault.file, fault.column) for fault in check(small)] == [("sites.csv", "lat")]
