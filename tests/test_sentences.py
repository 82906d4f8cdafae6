"""Sentences read as a person would write them, with none, one and many."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import ten_attacks

import analysis as an
from analysis.display.page import Page
from analysis.display.writing import write
from analysis.measures.fact import Fact


@pytest.fixture
def brief_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Open the brief of the ten attacks as of a day."""
    monkeypatch.setenv("BRINKWATCH_DATA", str(ten_attacks.write(tmp_path / "week")))

    def brief(as_of: str, **parameters: object) -> Page:
        return an.open("brief", as_of=as_of, **parameters)

    return brief


def said(page: Page, section: str) -> str:
    return repr(getattr(an.say, section)(page)).replace("\N{NO-BREAK SPACE}", " ")


def test_none(brief_of) -> None:
    page = brief_of("2023-10-31")
    assert said(page, "bottom_line").startswith(
        "No attack on US and coalition forces was recorded in the seven days to 31 October 2023, "
        "nor in the seven days before."
    )
    assert said(page, "where") == (
        "No attack on US and coalition forces has been recorded since 17 October 2023."
    )
    assert "No US strike in Iraq or Syria has been recorded" in said(page, "response")
    assert said(page, "spread") == "No attack has been recorded on any of the five fronts."


def test_none_so_far_is_said_since_the_campaign_began_and_not_of_days_before(
    brief_of, tmp_path: Path
) -> None:
    (tmp_path / "week" / "coverage.csv").write_text(
        "since,through,targets,kept,note\n2023-10-17,2023-11-07,us-coalition-forces,daily,\n",
        "utf-8",
    )
    table = tmp_path / "week" / "milestones.csv"
    war = f"war,2023-10-18,2023-10-07,,war,War in Gaza,{ten_attacks.SOURCE}\n"
    table.write_text(table.read_text("utf-8") + war, "utf-8")
    page = brief_of("2023-10-19")
    since = "has been recorded since 17 October 2023"
    assert said(page, "bottom_line").startswith(f"No attack on US and coalition forces {since}.")
    assert said(page, "happened").rstrip(".").endswith(since)
    figures = repr(an.appendix.key_figures(page)).replace("\N{NO-BREAK SPACE}", " ")
    assert "in the seven days" not in figures
    assert "Attacks recorded since 17 Oct 2023" in figures
    of_a_site = repr(an.say.site_key_figures(an.open("site", as_of="2023-10-19", site_id="alpha")))
    assert of_a_site.replace("\N{NO-BREAK SPACE}", " ").count("since 17 Oct 2023") == 1


def test_an_outlook_of_the_first_days_tells_of_no_days_before(brief_of, tmp_path: Path) -> None:
    campaigns = tmp_path / "week" / "campaigns.toml"
    text = campaigns.read_text("utf-8")
    campaigns.write_text(re.sub(r"2023-10-17", "2023-10-31", text), "utf-8")
    for day, told in (("2023-11-02", "Since 31 October 2023"), ("2023-11-07", "In the seven days")):
        page = an.open("outlook", as_of=day)
        for section in ("outlook_bottom_line", "outlook_forecast"):
            assert f"{told}" in said(page, section)
            assert "before" not in said(page, section)
            assert "not kept" not in said(page, section)
        assert "in the seven days before" not in repr(an.say.outlook_key_figures(page))


def test_who_claims_is_said_where_nobody_else_reports_an_attack(brief_of, tmp_path: Path) -> None:
    table = tmp_path / "week" / "attacks.csv"
    row = "2023-10-{}-alpha-1,2023-10-{},2023-10-{},day,alpha,us-coalition-forces,drone,,unknown,,,"
    claims = [row.format(*[day] * 3) + f",{who},,claim,{ten_attacks.SOURCE}\n"
              for day, who in ((18, "band"), (19, "other-band"))]  # fmt: skip
    table.write_text(table.read_text("utf-8") + "".join(claims), "utf-8")
    assert said(brief_of("2023-10-18"), "attackers") == (
        "The record holds one attack since 17 October 2023, claimed by The Band, and nobody else "
        "reports it."
    )
    assert said(brief_of("2023-10-19"), "attackers") == (
        "The record holds two attacks since 17 October 2023, claimed by The Band and by The Other "
        "Band, and nobody else reports any of them."
    )


def test_one_and_two(brief_of) -> None:
    page = brief_of("2023-11-01")
    assert said(page, "bottom_line").startswith(
        "The first attacks in the record of this campaign came on 1 November 2023, at Alpha Base "
        "in Iraq and Bravo Base in Syria; officials confirm both."
    )
    assert (
        "In the seven days to 1 November 2023 the record holds two attacks on US and coalition "
        "forces, after none in the seven days before; officials confirm both."
    ) in said(page, "bottom_line")
    assert said(page, "where").startswith(
        "In the window two attacks were recorded at two sites: one in Iraq and one in Syria."
    )
    assert "Two attacks have been recorded at two sites since 17 October 2023." in said(
        page, "where"
    )


def test_many_of_all_kinds(brief_of) -> None:
    page = brief_of("2023-11-07")
    assert said(page, "bottom_line").startswith(
        "On 4 November 2023 an attack with drones hit Charlie Post in Jordan; one person was "
        "killed and five injured on the US side; "
    )
    assert (
        "In the seven days to 7 November 2023 the record holds seven attacks on US and coalition "
        "forces, after none in the seven days before; officials confirm four, news and monitors "
        "alone report three; one attack known from the attackers’ own claims only is not counted "
        "here. Officials count five attacks since 17 October 2023, through 4 November 2023; the "
        "record gives one death and seven injuries on the US side."
    ) in said(page, "bottom_line")
    assert "most often at Bravo Base and Alpha Base, three times each" not in said(page, "where")
    assert "most often at Bravo and Alpha, three times each" in said(page, "where")
    assert said(page, "spread").startswith(
        "Four of the five fronts saw recorded attacks, on whatever target, in the window: Iraq, "
        "Syria, Jordan, and the Red Sea and Gulf of Aden."
    )
    assert said(page, "attackers").startswith(
        "Of seven recorded attacks since 17 October 2023, three are claimed, two of them by The "
        "Band."
    )
    assert said(page, "response").startswith(
        "The record holds one US strike in Iraq and Syria since 17 October 2023, on 3 November "
        "2023, four days ago."
    )


def test_who_claims_is_said_once_and_a_front_sees_what_its_campaign_counts(brief_of) -> None:
    page = brief_of("2023-11-01")
    assert said(page, "attackers").startswith(
        "Both attacks recorded since 17 October 2023 are claimed by The Band."
    )
    assert said(page, "spread").startswith(
        "Two of the five fronts saw recorded attacks in the window: Iraq and Syria."
    )


def test_two_fronts_are_both_or_neither_and_claims_of_different_groups_each(
    brief_of, tmp_path: Path
) -> None:
    campaigns = tmp_path / "week" / "campaigns.toml"
    text = campaigns.read_text("utf-8")
    for front in ("Jordan", "Red Sea and Gulf of Aden", "Israel"):
        text = re.sub(rf'  {{ name = "{front}".*\n', "", text)
    campaigns.write_text(text, "utf-8")
    attacks = tmp_path / "week" / "attacks.csv"
    attacks.write_text(
        attacks.read_text("utf-8").replace(",us,band,,official", ",us,other-band,,official"),
        "utf-8",
    )
    page = brief_of("2023-11-01")
    assert said(page, "spread").startswith("Both fronts saw recorded attacks in the window: ")
    assert "are claimed, each by another group." in said(page, "attackers")
    page.facts["attributed_cumulative"] = Fact(2, "count", "attributed")
    assert "attribute both that nobody claims to a group." in said(page, "attackers")
    assert "no one is named" not in said(page, "attackers")


def test_of_one_attack_nothing_is_said_as_of_many(brief_of, tmp_path: Path) -> None:
    table = tmp_path / "week" / "attacks.csv"
    head = table.read_text("utf-8").split("\n")[0]
    row = (
        "2023-11-0{0}-alpha-1,2023-11-0{0},2023-11-0{0},day,alpha,us-coalition-forces,rocket,3,{1}"
    )
    first, second = (
        row.format(day, outcome) + f",,,,,,media,{ten_attacks.SOURCE}"
        for day, outcome in ((1, "missed"), (2, "unknown"))
    )
    table.write_text(f"{head}\n{first}\n", "utf-8")
    page = brief_of("2023-11-02")
    assert (
        "Drones took no part in the one attack whose weapon is known; the one whose outcome is "
        "known was not intercepted and did not come through."
    ) in said(page, "where")
    assert said(page, "attackers").startswith(
        "No group claims the one attack recorded since 17 October 2023. No one is named for it."
    )
    table.write_text(f"{head}\n{first}\n{second}\n", "utf-8")
    page = brief_of("2023-11-02")
    assert said(page, "attackers").startswith(
        "No group claims either of the two attacks recorded since 17 October 2023. No one is named "
        "for either of them."
    )
    assert "both are reported by news and monitors only" in said(page, "bottom_line")


def test_a_strike_of_the_day_is_of_the_day_of_the_report(brief_of, tmp_path: Path) -> None:
    table = tmp_path / "week" / "responses.csv"
    table.write_text(
        table.read_text("utf-8").replace(
            "2023-11-04,2023-11-03,There", "2023-11-03,2023-11-03,There"
        ),
        "utf-8",
    )
    assert "on 3 November 2023, the day of this report." in said(brief_of("2023-11-03"), "response")


def test_an_old_official_count_of_the_dead_does_not_stand_beside_newer_ones(
    brief_of, tmp_path: Path
) -> None:
    table = tmp_path / "week" / "tallies.csv"
    text = table.read_text("utf-8")
    for through, killed in (("2023-11-03", 0), ("2023-11-06", 0)):
        table.write_text(
            text + f"2023-11-06,2023-10-17,{through},ALL,us-coalition-forces,killed,{killed},exact,"
            "Speaker,Daily,https://example.org/,Made up.\n",
            "utf-8",
        )
        stands = "none killed through" in said(brief_of("2023-11-07"), "bottom_line")
        assert stands == (through == "2023-11-06")


def test_days_that_nobody_watched_were_not_sampled_either(brief_of, tmp_path: Path) -> None:
    (tmp_path / "week" / "coverage.csv").write_text(
        "since,through,targets,kept,note\n2023-10-17,2023-11-07,us-coalition-forces,sampled,\n",
        "utf-8",
    )
    responses = tmp_path / "week" / "responses.csv"
    responses.write_text(responses.read_text("utf-8").split("\n")[0] + "\n", "utf-8")
    page = brief_of("2023-12-31")
    everything = said(page, "bottom_line") + said(page, "response") + said(page, "where")
    assert "only sampled the days that it was kept for" in everything
    assert "these days" not in everything


def test_a_window_of_one_day_reads_well(brief_of) -> None:
    assert said(brief_of("2023-11-07", window_days=1), "bottom_line").startswith(
        "In the day to 7 November 2023 the record holds one attack on US and coalition forces, "
        "after none in the day before; it is reported by news and monitors only."
    )


def test_every_word_for_a_likelihood_fits_its_sentence(brief_of) -> None:
    page = brief_of("2023-11-07")
    for value, expected in (
        (0.03, "There is almost no chance (3 %) that an attack falls in the next seven days"),
        (0.12, "An attack in the next seven days is very unlikely (12 %)"),
        (0.5, "There are roughly even odds (50 %) that an attack falls in the next seven days"),
        (0.7, "An attack in the next seven days is likely (70 %)"),
        (1.0, "An attack in the next seven days is almost certain (more than 99 %)"),
    ):
        page.facts["forecast_probability_any"] = Fact(value, "probability", "chance")
        assert expected in said(page, "outlook")


def test_text_of_the_record_is_escaped_and_an_unknown_fact_is_no_sentence() -> None:
    facts = {"site": Fact("<i>x</i>", "name", "site"), "gone": Fact(None, "count", "nothing")}
    assert "&lt;i&gt;" in write("{site:name}", facts)
    assert "&lt;b&gt;" in write("{who}", facts, who="<b>")
    with pytest.raises(ValueError, match="gone is not known"):
        write("{gone}", facts)


def test_how_often_and_of_how_many_is_said_as_people_say_it(brief_of) -> None:
    assert said(brief_of("2023-11-04"), "where").startswith(
        "In the window four attacks were recorded at three sites: two in Iraq, one in Syria and "
        "one in Jordan. Four attacks have been recorded at three sites since 17 October 2023, most "
        "often at Alpha, twice."
    )
    assert "the weapon is known of all and the outcome of three." in said(
        brief_of("2023-11-04"), "record_limits"
    )
    assert said(brief_of("2023-11-01"), "record_limits").endswith(
        "Of two recorded attacks, the weapon and the outcome are known of both."
    )
