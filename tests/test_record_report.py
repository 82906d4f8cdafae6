"""The record report in sentences: with none, one and the ten attacks, and on the real record."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import ten_attacks
from pieces import sentences

import analysis as an
from analysis.display.page import Page
from analysis.record import read


@pytest.fixture
def of_the_week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Page]:
    """Open the report on the record of the ten attacks."""
    monkeypatch.setenv("BRINKWATCH_DATA", str(ten_attacks.write(tmp_path / "week")))
    return lambda as_of: an.open("record", as_of=as_of)


def said(page: Page, section: str) -> str:
    return repr(getattr(an.say, section)(page)).replace("\N{NO-BREAK SPACE}", " ")


def test_none(of_the_week: Callable[[str], Page]) -> None:
    page = of_the_week("2023-10-31")
    assert said(page, "record_bottom_line").startswith(
        "No attack on US and coalition forces had been recorded by 31 October 2023."
    )
    assert said(page, "record_coverage") == (
        "The record knows of no official count that it could be held against."
    )
    assert said(page, "record_still_to_come").startswith(
        "As reports have come so far, no further attack of the seven days to 31 October 2023 is "
        "expected to be reported."
    )
    figures = (an.draw.known_by_delay, an.draw.counts_still_to_come, an.draw.gap_by_country,
               an.draw.injured_revised, an.draw.confirmation_over_time)  # fmt: skip
    assert not any(draw(page).html for draw in figures)
    tables = (an.table.record_by_country, an.table.record_tallies, an.table.record_revisions,
              an.table.record_publishers)  # fmt: skip
    assert not any(draw(page).html for draw in tables)


def test_the_ten_attacks(of_the_week: Callable[[str], Page]) -> None:
    page = of_the_week("2023-11-07")
    assert said(page, "record_coverage").startswith(
        "Officials count five attacks through 4 November 2023; of these the record describes 3 one "
        "by one with an official’s word (60 %); with those that news and monitors alone report it "
        "holds 5 through that day.1"
    )
    # 1 - 1/6 within a day, and 5/6 x (1 - 1/5) on the same day.
    assert said(page, "record_delay").startswith(
        "Of recorded attacks 67 % are known on the same day (95 % interval 30 % to 90 %) and 83 % "
        "by the day after."
    )
    assert "of which the one reported last of all became known two days after it; none was" in (
        said(page, "record_delay")
    )
    assert said(page, "record_revisions") == (
        "Of no attack does the record say anything else than at first."
    )
    assert said(page, "record_sources").startswith(
        "The record’s eight rows on attacks come from one publisher; no attack is reported by more "
        "than one publisher."
    )


REGISTER = """\
publisher,outlet,relays,kind,country,state_media,party_to_conflict,note
Daily,The Daily,,news,USA,no,,
Voice (AP),Voice,AP|Reuters,party,IRN,,iran-aligned,Their own.
Nobody cited,Nobody,,agency,USA,no,,
"""


@pytest.fixture
def with_a_register(of_the_week: Callable[[str], Page], tmp_path: Path) -> Callable[[str], Page]:
    """The ten attacks, of which one side's outlet alone reports two, and a further row of one."""
    week = tmp_path / "week"
    (week / "sources.csv").write_text(REGISTER, encoding="utf-8")
    attacks = week / "attacks.csv"
    of_one_side = ("2023-11-05-alpha-1,", "2023-11-07-bravo-1,")
    lines = attacks.read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines):
        if line.startswith(of_one_side):
            lines[place] = line.replace(",Daily,", ",Voice (AP),")
    again = next(line for line in lines if line.startswith("2023-11-01-alpha-1,"))
    lines.append(
        again.replace(",2023-11-01,", ",2023-11-06,", 1).replace(",Daily,", ",Voice (AP),")
    )
    attacks.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return of_the_week


def test_of_what_kind_and_whose_the_sources_are(with_a_register: Callable[[str], Page]) -> None:
    # Nine rows on the eight attacks on bases: six of the paper's, three of the other's.
    page = with_a_register("2023-11-07")
    assert (
        "Of these rows 67 % come from news outlets and 33 % from outlets of a party to the "
        "conflict; 33 % pass on what somebody else reported."
    ) in said(page, "record_sources")
    assert "Two attacks are reported by outlets of one side to the conflict alone." in (
        said(page, "record_sources")
    )
    assert page.facts["one_sided"].evidence == ("2023-11-05-alpha-1", "2023-11-07-bravo-1")
    assert "outlet of a party" in str(an.table.record_publishers(page).html)


def test_the_page_says_whose_outlets_alone_report_an_attack(
    with_a_register: Callable[[str], Page],
) -> None:
    page = an.open("brief", as_of="2023-11-07")
    listed = str(an.table.happened(page).html)
    assert listed.count("read only in outlets of the Iran-aligned side") == 2
    notes = [line for line in str(an.appendix.sources(page).html).split("<li ") if "Voice" in line]
    # AP stands in the publisher's name already.
    assert notes
    assert all("; outlet of a party, the Iran-aligned side; passes on Reuters" in n for n in notes)
    assert "Nobody" not in str(page.known.sources.to_dict())


def test_a_publisher_that_nobody_cites_changes_no_digest(
    with_a_register: Callable[[str], Page], tmp_path: Path
) -> None:
    register = tmp_path / "week" / "sources.csv"
    before = read(tmp_path / "week").digest("2023-11-07")
    register.write_text(REGISTER.replace("agency", "aggregator"), encoding="utf-8")
    assert read(tmp_path / "week").digest("2023-11-07") == before
    register.write_text(REGISTER.replace("party,IRN", "news,IRN"), encoding="utf-8")
    assert read(tmp_path / "week").digest("2023-11-07") != before


@pytest.mark.usefixtures("of_the_real_record")
def test_where_the_gap_lies_and_what_was_revised() -> None:
    page = an.open("record", as_of="2024-01-29")
    assert "(57 %); of 71 left open, 57 lie in Syria." in said(page, "record_bottom_line")
    assert (
        "Counted without a confirmed row are 71 attacks: 57 in Syria, 14 in Iraq and none in"
        in (said(page, "record_coverage"))
    )
    assert "injured was revised for six attacks, by 62 in sum, the last time 19 days after" in (
        said(page, "record_revisions")
    )
    assert page.count("nowcast_low") == page.count("attacks_window") == 12


def test_the_brief_says_what_is_still_to_come(of_the_week: Callable[[str], Page]) -> None:
    page = an.open("brief", as_of="2023-11-07")
    assert "the seven days to 7 November 2023 will gain about" in said(page, "completeness")


@pytest.mark.usefixtures("of_the_real_record")
def test_more_rows_than_officials_count_are_neither_a_part_nor_a_share() -> None:
    told = sentences("record", "2026-04-20", campaign="hormuz")["record_coverage"]
    assert "Counted without a confirmed row are four attacks. " in told
    shares = [int(share) for share in re.findall(r"(\d+) %", told)]
    assert shares
    assert max(shares) <= 100
    shown = repr(an.table.record_revisions(an.open("record", as_of="2026-03-12")))
    assert "%" not in shown  # of a sample no share is given


@pytest.mark.usefixtures("of_the_real_record")
def test_a_record_that_holds_more_than_officials_count_leaves_no_gap() -> None:
    page = an.open("record", as_of="2024-01-12", campaign="red-sea")
    told = said(page, "record_coverage")
    assert "the record describes 28 with an official’s word, more than they count." in told
    assert "\N{MINUS SIGN}" not in told
    assert "fill the gap" not in told
    assert "more than they count" in said(page, "record_key_figures")
    drawn = str(an.draw.gap_by_country(page).html)
    assert "By the newest count the record leaves no gap" in drawn
    # Of attacks on ships the count at sea is that of all, which is not told twice.
    assert "at sea" not in drawn
    assert not an.table.record_by_country(page).html
    assert repr(an.table.record_tallies(page)).count("11 Jan 2024") == 1


@pytest.mark.usefixtures("of_the_real_record")
def test_without_an_official_count_nothing_may_be_among_those_counted() -> None:
    told = sentences("record", "2026-04-30")["record_coverage"]
    assert told.endswith("report and eight that only the attackers claim.")


@pytest.mark.usefixtures("of_the_real_record")
def test_of_one_attack_and_of_all_it_speaks_as_of_one_and_of_all() -> None:
    one = sentences("record", "2023-11-20", campaign="red-sea")
    assert "The only recorded attack was known on the same day;" in one["record_delay"]
    assert "one row on attacks comes from one publisher" in one["record_sources"]
    assert "%" not in one["record_sources"]
    two = sentences("record", "2023-10-18")["record_sources"]
    assert "Of these rows all come from news outlets; none passes on" in two
    # Of a sample the delay of the last is told without the shares that it would rest on.
    later = sentences("record", "2025-07-10", campaign="red-sea-2025")
    assert later["record_delay"].startswith("Of four recorded attacks the one reported last")
    assert ", all of them at first known from a claim alone" in later["record_revisions"]
    war = sentences("record", "2026-04-30")["record_revisions"]
    assert "killed was revised for one attack, by 1, one day after the first report" in war
