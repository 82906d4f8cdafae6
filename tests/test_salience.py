"""What leads a page and what it lists, on cases ordered by hand and on every week of the record."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
import small_record
from bs4 import BeautifulSoup
from conftest import DATA
from markupsafe import Markup

import analysis as an
from analysis.display.fragment import PAGE_TYPE, PAPER_TYPE, words_alone
from analysis.measures import events, salience
from analysis.measures.facts.lead import MOST_EVENTS
from analysis.record import Record
from analysis.record.codebook import codes

DAY = "2023-11-08"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small record of which every day is kept, for a test to add to."""
    monkeypatch.setenv("BRINKWATCH_DATA", str(tmp_path))
    small_record.write(tmp_path)
    small_record.spoil(
        tmp_path, "actors.csv", "actor_id,name,aliases,", "actor_id,name,aliases,kind,"
    )
    small_record.spoil(tmp_path, "actors.csv", "brigade,A Brigade,,", "brigade,A Brigade,,group,")
    small_record.spoil(
        tmp_path, "actors.csv", "militia,Militia,Unnamed,", "militia,Militia,Unnamed,group,"
    )
    with (tmp_path / "actors.csv").open("a", encoding="utf-8") as table:
        table.write("realm,The Realm,,state,,,IRN,\n")
    (tmp_path / "coverage.csv").write_text(
        f"since,through,targets,kept,note\n2023-10-17,2024-12-31,{'+'.join(codes('target'))},daily,\n",
        "utf-8",
    )
    attack(tmp_path, 1, day="2023-10-20")
    return tmp_path


def attack(folder: Path, number: int, day: str = DAY, **values: str) -> str:
    """Add an attack at Erbil; return its id."""
    name = f"{day}-erbil-{number}"
    small_record.add(folder, "attacks", attack_id=name, event_date=day, reported_on=day, **values)
    return name


def strike(folder: Path, day: str, **values: str) -> str:
    name = f"{day}-syr-1"
    small_record.add(
        folder, "responses", response_id=name, event_date=day, reported_on=day, **values
    )
    return name


def led(as_of: str = DAY, campaign: str | None = None) -> tuple[str | None, list[str], str]:
    """Why something leads, its rows, and what the page says of it."""
    page = an.open("brief", as_of=as_of, campaign=campaign)
    first = BeautifulSoup(str(an.say.bottom_line(page).html), "html.parser").p
    assert first is not None
    said = words_alone(Markup(first.decode_contents())).replace("\N{NO-BREAK SPACE}", " ")
    ids = page.facts["lead_event"].value
    return page.facts["lead_reason"].value, ids.split() if ids else [], said  # type: ignore[union-attr,return-value]


def test_the_order_of_importance(small: Path) -> None:
    """One event for each reason, added in another order than that of importance."""
    claim = attack(
        small, 1, killed="9", casualties_of="us", confirmation="claim", claimed_by="brigade"
    )
    plain = attack(small, 2, outcome="intercepted")
    through = attack(small, 3, outcome="impact")
    salvo = attack(small, 4, munitions="12", outcome="missed")
    hurt = attack(small, 5, injured="1", casualties_of="us", outcome="impact")
    state = attack(small, 6, attributed_to="realm", outcome="intercepted")
    many = attack(small, 7, injured="10", casualties_of="us", outcome="impact")
    others = attack(small, 8, killed="30", casualties_of="other", outcome="impact")
    one_dead = attack(small, 9, killed="1", casualties_of="us", outcome="impact")
    two_dead = attack(small, 10, killed="2", casualties_of="mixed", outcome="impact")
    again = strike(small, "2023-11-07")
    small_record.add(
        small, "deployments", effective_on="2023-11-06", reported_on="2023-11-06", counting="unit"
    )
    page = an.open("brief", as_of=DAY)
    order = salience.ranked(page.known, 7)["id"].tolist()
    assert order == [
        *(two_dead, one_dead, others, many, state, hurt, again),
        *(salvo, through, plain, "csg-ike", claim),
    ]


def test_after_a_pause_a_strike_is_news_and_before_an_attack_that_hurt_few(small: Path) -> None:
    attack(small, 1, day="2023-12-20", injured="2", casualties_of="us", outcome="impact")
    name = strike(small, "2023-12-19", target_actor="brigade", targets_struck="3")
    assert led("2023-12-20") == (
        "first-strike",
        [name],
        "On 19 December 2023 the US carried out an air strike against A Brigade in Syria (Deir "
        "ez-Zor), the first US strike there since 26 October 2023; three targets are reported "
        "struck.",
    )


def test_a_strike_names_its_country_once_and_its_targets_in_good_grammar(small: Path) -> None:
    with (small / "actors.csv").open("a", encoding="utf-8") as table:
        table.write("syria,Syria,,state,,,SYR,\nzaydis,Zaydis,,group,,,SYR,\n")
        table.write("guard,Sea Guard Corps,,state,,,IRN,\n")
    strike(
        small, DAY, place="Syria, 28 locations", target_actor="zaydis",
        targets_struck="60", killed_claimed="0",
    )  # fmt: skip
    assert led()[2] == (
        "On 8 November 2023 the US carried out an air strike against the Zaydis in Syria (28 "
        "locations); 60 targets are reported struck and it is said that nobody was killed."
    )
    for number, target in ((2, "guard"), (3, "syria")):
        small_record.add(
            small, "responses", response_id=f"2023-11-08-syr-{number}", target_actor=target,
            place="Near the coast, Syria",
        )  # fmt: skip
    assert led()[2] == (
        "On 8 November 2023 the US carried out air strikes against the Zaydis and the Sea Guard "
        "Corps in Syria (28 locations; near the coast)."
    )
    listed = BeautifulSoup(str(an.table.happened(an.open("brief", as_of=DAY)).html), "html.parser")
    cells = [row.text.replace("\N{NO-BREAK SPACE}", " ") for row in listed.select("tbody tr")]
    assert "US air strike against the Zaydis; 60 targets" in cells[0]
    assert "against" not in cells[2]  # the target is the country where it was


def test_each_way_of_striking_is_named_once(small: Path) -> None:
    strike(small, DAY)
    small_record.add(
        small, "responses", response_id="2023-11-08-irq-1", country="IRQ", method="raid", by="us-uk"
    )
    reason, ids, said = led()
    assert (reason, len(ids)) == ("first-strike", 2)  # the first in Iraq
    assert "the US and the UK carried out a raid and an air strike in Iraq and Syria (Deir " in said
    assert "the first" not in said


def test_of_salvoes_as_large_none_is_the_largest(small: Path) -> None:
    attack(small, 1, munitions="40", outcome="unknown")
    assert led()[2].startswith(
        "On 8 November 2023, 40 drones were fired at Erbil Air Base in Iraq, the largest salvo "
        "whose size is known in the record of this campaign; no outcome is reported; "
    )
    attack(small, 2, munitions="40", outcome="missed")
    assert "one of the two largest salvoes whose size is known in the record" in led()[2]


def test_others_killed_in_the_window_are_told_after_the_lead(small: Path) -> None:
    attack(small, 1, killed="3", casualties_of="us", outcome="impact")
    attack(small, 2, killed="9", casualties_of="us", confirmation="claim", claimed_by="brigade")
    assert "other attacks" not in led()[2]
    attack(small, 3, day="2023-11-03", killed="1", casualties_of="mixed", outcome="impact")
    assert led()[2].endswith("One more person was killed on the US side in other attacks of the "
                             "seven days.")  # fmt: skip
    attack(small, 4, killed="2", casualties_of="us", outcome="impact")
    assert "Three more people were killed on the US side in other attacks" in led()[2]


def test_deaths_that_officials_count_and_no_attack_accounts_for_come_first(small: Path) -> None:
    small_record.spoil(small, "campaigns.toml", "theatres", "tally_since = [2023-10-17]\ntheatres")

    def count(day: str, value: str, **values: str) -> None:
        small_record.add(
            small, "tallies", measure="killed", value=value, reported_on=day, through=day, **values
        )

    attack(small, 1, day="2023-10-25", killed="1", casualties_of="us", outcome="impact")
    count("2023-11-01", "1")
    attack(small, 1, killed="2", casualties_of="us", outcome="impact")
    count("2023-11-07", "4", qualifier="at-least")
    # Of three new deaths the attack accounts for two: it says more than the count.
    reason, ids, said = led()
    assert said.startswith("On 8 November 2023 an attack with drones hit Erbil Air Base")
    count(DAY, "7")
    assert led() == (
        reason,
        ids,
        "Officials count seven people killed on the US side since 17 October 2023, through "
        "8 November 2023; the attacks in the record account for three of them.",
    )
    page = an.open("brief", as_of=DAY)
    whole = repr(an.say.bottom_line(page))
    assert whole.index("account for") < whole.index("an attack with drones hit")
    assert "; officials count" not in whole
    assert page.facts["lead_killed_official"].evidence
    # A week on, the count is no news.
    assert an.open("brief", as_of="2023-11-15").facts["lead_killed_official"].value is None


def test_who_was_hurt_on_a_ship_was_hurt_on_board(small: Path) -> None:
    small_record.spoil(small, "campaigns.toml", '["us-coalition-forces"]', '["us-warship"]')
    small_record.spoil(small, "actors.csv", "militia,Militia,Unnamed,group,",
                       "militia,A-backed militia (unspecified),Unnamed,unspecified,")  # fmt: skip
    attack(
        small, 1, target="us-warship", killed="3", injured="4", casualties_of="other",
        weapons="missile", outcome="impact",
        attributed_to="militia",
    )  # fmt: skip
    said = led(campaign="wave")[2]
    assert said.startswith(
        "On 8 November 2023 an attack with missiles hit Erbil Air Base in Iraq; "
    )
    assert "three people were killed and four injured on board; " in said
    assert "; the attack is attributed to an A-backed militia and confirmed by officials" in said


def test_a_qualifier_is_of_the_injured_where_there_are_any_wherever_it_is_said(
    small: Path,
) -> None:
    text = (small / "attacks.csv").read_text("utf-8")
    head, *lines = text.splitlines()
    columns = head.replace("casualties_of,", "casualties_of,casualties_qualifier,").split(",")
    at = columns.index("casualties_qualifier")
    rows = [",".join([*line.split(",")[:at], "", *line.split(",")[at:]]) for line in lines]
    (small / "attacks.csv").write_text("\n".join([",".join(columns), *rows, ""]), "utf-8")
    hurt = {"casualties_of": "us", "casualties_qualifier": "at-least", "outcome": "impact"}
    attack(small, 1, killed="3", injured="34", **hurt)
    page = an.open("brief", as_of=DAY)
    plain = repr(an.say.bottom_line(page)).replace("\N{NO-BREAK SPACE}", " ")
    assert "three people were killed and at least 34 injured on the US side" in plain
    assert "the record gives three deaths and at least 40 injuries on the US side" in plain
    attack(small, 2, killed="5", **hurt)
    assert "at least five people were killed on the US side" in led()[2]


def test_two_numbers_do_not_run_together(small: Path) -> None:
    fired = {"weapons": "ballistic-missile", "outcome": "intercepted", "injured": "2"}
    attack(small, 1, munitions="40", casualties_of="us", **fired)
    assert led()[2].startswith("On 8 November 2023, 40 ballistic missiles fired at Erbil Air Base ")
    attack(small, 2, munitions="9", casualties_of="us", **{**fired, "injured": "3"})
    assert led()[2].startswith("On 8 November 2023 nine ballistic missiles fired at Erbil Air Base")


def test_a_strike_somewhere_in_a_country_is_there_once(small: Path) -> None:
    strike(small, DAY, place="eastern Syria")
    assert "carried out an air strike in eastern Syria." in led()[2]


def test_what_else_the_record_notes_of_the_window_is_told_as_it_was_known(small: Path) -> None:
    for name, day, kind, title in (
        ("war", DAY, "war", "<b>War</b> with X"),
        ("early", "2023-11-01", "announcement", "Too early"),
        ("talks", DAY, "announcement", "Talks end"),
    ):
        small_record.add(
            small, "milestones", milestone_id=name, start_on=day, reported_on=day, kind=kind,
            title=title,
        )  # fmt: skip
    page = an.open("brief", as_of=DAY)
    happened = an.say.happened(page)
    assert "<b>War" not in str(happened.html)
    plain = repr(happened).replace("\N{NO-BREAK SPACE}", " ")
    assert "The record also notes: “Talks end” (8 November 2023)" in plain
    assert "“<b>War</b> with X” (8 November 2023)" in plain
    assert "Too early" not in plain
    # Where days are only sampled and no strike is told, the war is not passed over.
    small_record.spoil(small, "coverage.csv", ",daily,", ",sampled,")
    (small / "responses.csv").write_text(small_record.SMALL["responses.csv"].split("\n")[0] + "\n")
    said = repr(an.say.response(an.open("brief", as_of=DAY)))
    assert "but it only samples these days; it notes “<b>War</b> with X” (" in said


def test_over_sampled_days_nothing_is_called_the_first(small: Path) -> None:
    name = attack(
        small, 1, attributed_to="realm", outcome="intercepted", weapons="ballistic-missile"
    )
    reason, _, said = led()
    assert reason == "first-by-a-state"
    assert "the first attack by a state’s own forces in the record of this campaign" in said
    small_record.spoil(small, "coverage.csv", ",daily,", ",sampled,")
    reason, ids, said = led()
    assert (reason, ids) == ("by-a-state", [name])
    assert said == (
        "On 8 November 2023 an attack with ballistic missiles on Erbil Air Base in Iraq was "
        "intercepted; the attack is attributed to The Realm and confirmed by officials, and no "
        "claim is known."
    )


def test_first_attacks_at_sea_are_in_a_sea_and_at_no_base(small: Path) -> None:
    small_record.spoil(small, "campaigns.toml", '["us-coalition-forces"]', '["us-warship"]')
    with (small / "sites.csv").open("a", encoding="utf-8") as table:
        table.write("red-sea,Red Sea,,SEA,15,41.5,sea-area,https://example.org/10\n")
        table.write("gulf,Gulf of Aden,,SEA,12,48,sea-area,https://example.org/10\n")
    for site in ("red-sea", "gulf"):
        small_record.add(
            small, "attacks", attack_id=f"2023-11-05-{site}-1", event_date="2023-11-05",
            reported_on="2023-11-05", site_id=site, target="us-warship",
        )  # fmt: skip
    assert led(campaign="wave") == (
        "first-attack",
        ["2023-11-05-gulf-1", "2023-11-05-red-sea-1"],
        "The first attacks in the record of this campaign came on 5 November 2023, in the Gulf of "
        "Aden and in the Red Sea; officials confirm both.",
    )


@pytest.mark.parametrize("killed", ["", "0"])
def test_where_nothing_stands_out_the_counts_lead(small: Path, killed: str) -> None:
    attack(small, 1, outcome="impact", killed=killed)
    attack(small, 2, confirmation="claim", claimed_by="brigade", munitions="99")
    reason, ids, said = led()
    assert (reason, ids) == (None, [])
    assert said.startswith("In the seven days to 8 November 2023 the record holds one attack")


@pytest.mark.parametrize("number", [0, 1, 12, 13, 60])
def test_every_event_is_told_or_counted(small: Path, number: int) -> None:
    ids = [attack(small, each, day="2023-11-05") for each in range(1, number + 1)]
    page = an.open("brief", as_of=DAY)
    said = repr(an.say.happened(page)).replace("\N{NO-BREAK SPACE}", " ")
    table = an.table.happened(page)
    soup = BeautifulSoup(str(table.html), "html.parser")
    rows = [str(link["href"]).removeprefix("#row-") for link in soup.select("tbody a.row")]
    assert len(rows) == min(number, MOST_EVENTS)
    assert set(rows) <= set(ids)
    assert "#row-" not in str(table.data.get(PAPER_TYPE, ""))
    # As data all are told, for lists and those who search them.
    listed = table.data.get(PAGE_TYPE, {"events": []})["events"]
    assert [one["id"] for one in listed] == sorted(ids)
    assert {(one["site"], one["place"], one["day"]) for one in listed} <= {
        ("erbil", "Erbil Air Base, Iraq", "2023-11-05")
    }
    evidence = BeautifulSoup(str(an.appendix.evidence(page).html), "html.parser")
    assert {f"row-{one}" for one in ids} <= {str(cell["id"]) for cell in evidence.select("[id]")}
    expected = {
        0: "No attack on US and coalition forces, no US strike in Iraq or Syria and no arrival or "
        "departure of a US unit was recorded in the seven days to 8 November 2023.",
        13: "these are the 12 events that matter most; one more is in the evidence table",
        60: "these are the 12 events that matter most; 48 more are in the evidence table",
    }
    assert (
        expected.get(number, "These are all attacks on US and coalition forces, US strikes in")
        in said
    )


def test_text_of_the_record_stays_text_in_lead_and_list(small: Path) -> None:
    small_record.spoil(small, "sites.csv", "Erbil Air Base", "<b>Erbil</b> & {as_of}")
    small_record.spoil(small, "actors.csv", "A Brigade", "<i>A</i> Brigade")
    attack(
        small,
        1,
        killed="1",
        casualties_of="us",
        munitions="1",
        outcome="impact",
        claimed_by="brigade",
    )
    strike(small, DAY, place="<u>there</u>", target_actor="brigade")
    page = an.open("brief", as_of=DAY)
    html = str(an.say.bottom_line(page).html) + str(an.table.happened(page).html)
    assert not re.search(r"<(b|i|u)>", html)
    assert "one</a> drone hit &lt;b&gt;Erbil&lt;/b&gt; &amp; {as_of} in Iraq" in html
    assert "&lt;u&gt;there&lt;/u&gt;" in html
    listed = an.table.happened(page).data[PAGE_TYPE]["events"]
    assert [one["place"] for one in listed] == [
        "<b>Erbil</b> & {as_of}, Iraq",
        "<u>there</u>, Syria",
    ]
    assert "hurt: one killed on the US side; claimed by <i>A</i> Brigade" in listed[0]["text"]


@pytest.mark.usefixtures("of_the_real_record")
def test_of_very_many_events_the_newest_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    page = an.open("brief", as_of="2024-01-29")
    every = an.table.happened(page).data[PAGE_TYPE]["events"]
    happened = import_module("analysis.display.tables.happened")
    monkeypatch.setattr(happened, "MOST_LISTED", 3)
    assert an.table.happened(page).data[PAGE_TYPE]["events"] == every[-3:]
    assert len(every) == 20


@pytest.mark.usefixtures("of_the_real_record")
@pytest.mark.parametrize(
    ("as_of", "reason", "beginning"),
    [
        (
            "2021-06-29",
            "strike",
            "On 27 June 2021 the US carried out air strikes against Kataib Hezbollah and Kataib "
            "Sayyid al-Shuhada in Iraq and Syria (by the Syrian border; near Abu Kamal); ",
        ),
        (
            "2023-03-24",
            "deaths",
            "On 23 March 2023 one drone hit Rumalyn Landing Zone in Syria; one person was killed "
            "and six injured on the US side; ",
        ),
        (
            "2023-10-19",
            "first-attack",
            "The first attacks in the record of this campaign came on 18 October 2023, at Ain "
            "al-Asad Air Base and Al-Harir Air Base in Iraq; officials confirm both.",
        ),
        (
            "2024-01-29",
            "deaths",
            "On 28 January 2024 one drone hit Tower 22 in Jordan; three people were killed and at "
            "least 34 injured on the US side; the attack is claimed under the name Islamic "
            "Resistance in Iraq, ",
        ),
        (
            "2025-06-24",
            "by-a-state",
            "On 23 June 2025 an attack with ballistic missiles on Al Udeid Air Base in Qatar was "
            "intercepted; nobody was killed or injured; the attack is claimed by",
        ),
        (
            "2026-03-03",
            "deaths",
            "On 1 March 2026 one drone hit Shuaiba Port (US operations centre) in Kuwait; six "
            "people were killed on the US side, and no number of injured is reported; ",
        ),
    ],
)  # fmt: skip
def test_days_of_the_record(as_of: str, reason: str, beginning: str) -> None:
    found, _, said = led(as_of)
    assert found == reason
    assert said.startswith(beginning)


@pytest.mark.usefixtures("of_the_real_record")
@pytest.mark.parametrize("as_of", ["2023-08-01", "2024-03-20", "2026-11-29"])
def test_on_quiet_days_the_counts_lead(as_of: str) -> None:
    page = an.open("brief", as_of=as_of)
    assert page.facts["lead_event"].value is None


def test_every_second_week_of_every_campaign_holds_its_events_and_no_others(
    record: Record,
) -> None:
    """Recounted from the lines of the tables, without the as-of logic."""
    days = ["reported_on", "event_date"]
    attacks = pd.read_csv(
        DATA / "attacks.csv", usecols=["attack_id", "target", *days], parse_dates=days
    )
    strikes = pd.read_csv(
        DATA / "responses.csv", usecols=["response_id", "country", "by", "counting", *days],
        parse_dates=days,
    )  # fmt: skip
    strikes = strikes[strikes["by"].isin(codes("by", having="american"))]
    seen = set()
    for campaign in record.campaigns:
        last = campaign.last_day or campaign.end or pd.Timestamp("2026-04-30")
        countries = {code for theatre in campaign.theatres for code in theatre.countries}
        for day in pd.date_range(campaign.known_on + pd.Timedelta(days=6), last, freq="14D"):
            known = record.as_of(day).of(campaign.id)
            told = events.of_window(known, 7)
            start = max(day - pd.Timedelta(days=6), campaign.start)
            expected = set()
            for rows, key, column, wanted in (
                (attacks, "attack_id", "target", campaign.targets),
                (strikes, "response_id", "country", countries),
            ):
                newest = rows[rows["reported_on"] <= day].groupby(key).last().reset_index()
                if "counting" in newest:
                    newest = newest[newest["counting"] != "summary"]
                newest = newest[
                    newest[column].isin(wanted) & newest["event_date"].between(start, day)
                ]
                expected |= set(newest[key])
            listed = told[told["kind"].isin(("attack", "strike"))]
            assert set(listed["id"]) == expected, (campaign.id, day)
            assert told["event_date"].between(day - pd.Timedelta(days=6), day).all()
            assert told["event_date"].is_monotonic_increasing
            seen |= expected
    assert len(seen) > 300
