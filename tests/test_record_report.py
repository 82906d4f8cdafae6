"""The record report in sentences: with none, one and the ten attacks, and on the real record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import ten_attacks
from conftest import DATA

import analysis as an
from analysis.display.page import Page


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
        "There is no official count of this campaign to hold the record against."
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


def test_where_the_gap_lies_and_what_was_revised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRINKWATCH_DATA", str(DATA))
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
