"""One question has one answer: on two pages, at two horizons, and on two days without a new row."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from conftest import copy_of_the_data, of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis as an
from analysis.display.fragment import Fragment
from analysis.measures import posture
from analysis.measures.fact import Fact
from analysis.measures.facts import compared_facts, state_facts
from analysis.measures.facts.completeness import record_compared_facts, record_report_facts
from analysis.measures.outlook import backtest
from analysis.record import Known, Record, changes, read, snapshot

pytestmark = pytest.mark.usefixtures("of_the_real_record")


def said(report: str, as_of: str, section: str, **parameters: object) -> str:
    """What a section of a report says."""
    return read_aloud(getattr(an.say, section)(an.open(report, as_of=as_of, **parameters)))


def read_aloud(shown: Fragment) -> str:
    """Its words, with spaces of one kind."""
    return repr(shown).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("as_of", ["2024-01-29", "2023-12-20", "2024-08-20"])
def test_the_brief_and_the_response_report_give_the_same_ratio(as_of: str) -> None:
    brief, response = (an.open(report, as_of=as_of) for report in ("brief", "response"))
    pairs = {
        "strike_rate_ratio": "latest_episode_ratio",
        "attacks_before_strike": "latest_episode_before",
        "attacks_after_strike": "latest_episode_after",
    }
    for one, other in pairs.items():
        assert brief.value(one) == response.value(other), one


def test_the_strike_of_23_january_and_what_was_intercepted() -> None:
    brief = an.open("brief", as_of="2024-01-29")
    assert (brief.value("attacks_before_strike"), brief.value("attacks_after_strike")) == (10, 11)
    # Ten in seven days, eleven in six.
    assert brief.value("strike_rate_ratio") == round((11 / 6) / (10 / 7), 2)
    # What was intercepted did not hit.
    assert " hit " not in repr(an.say.attackers(brief)) + repr(an.say.where(brief))


@settings(max_examples=3)
@given(day=st.dates(pd.Timestamp("2023-10-26").date(), pd.Timestamp("2024-12-31").date()))
def test_the_chance_of_any_attack_never_falls_with_a_longer_horizon(
    record: Record, day: object
) -> None:
    known = of_the_war(record, str(day))
    found = [backtest(known, horizon) for horizon in (1, 7, 10, 14, 60)]
    chances = [float(made.latest.probability_any) for made in found if made is not None]
    assert len(chances) == len(found)
    assert chances == sorted(chances)
    assert len({made.models.iloc[-1] for made in found if made is not None}) == 1


@pytest.mark.parametrize(
    ("every", "compared"),
    [(state_facts, compared_facts), (record_report_facts, record_compared_facts)],
)
def test_what_can_be_a_key_figure_is_counted_of_an_earlier_day_as_well(
    record: Record,
    every: Callable[[Known, int], dict[str, Fact]],
    compared: Callable[[Known, int], dict[str, Fact]],
) -> None:
    known = of_the_war(record, "2024-01-29")
    counted = compared(known, 7)
    titled = {name: fact for name, fact in every(known, 7).items() if fact.title}
    assert titled == {name: fact for name, fact in counted.items() if fact.title}


def test_statistics_against_chance_stand_still_while_no_row_changes() -> None:
    pages = [an.open("brief", as_of=f"2024-06-{day}") for day in (17, 19, 21, 23)]
    for name in ("close_pairs_p_value", "multi_site_days_p_value", "close_pairs"):
        assert len({page.value(name) for page in pages}) == 1, name
        assert pages[0].value(name) is not None


# What changed, and since when


def test_a_thing_first_reported_and_revised_since_is_both_new_and_revised(record: Record) -> None:
    found = changes(record, "2024-01-24", "2024-01-31")
    tower = found[found["id"] == "2024-01-28-tower-22-1"]
    assert set(tower["kind"]) == {"new", "revised"}
    injured = tower.set_index("column").loc["injured"]
    assert (injured["before"], injured["after"]) == ("25", "41")


def test_changes_are_counted_from_the_day_that_is_asked_for() -> None:
    usual, shorter, longer = (
        an.open("brief", as_of="2024-01-31", since=day)
        for day in (None, "2024-01-29", "2024-01-20")
    )
    assert read_aloud(an.say.changes(usual)).startswith("What changed since 24 January 2024?")
    assert read_aloud(an.say.changes(shorter)).startswith("What changed since 29 January 2024?")
    assert "Tower 22" in repr(an.table.changes(shorter))
    new = "new_facts_since_previous"
    assert longer.count(new) > usual.count(new)


def test_an_attack_that_becomes_a_mere_claim_is_told(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = copy_of_the_data(tmp_path / "data")  # type: ignore[operator]
    lines = (data / "attacks.csv").read_text("utf-8").splitlines(keepends=True)
    (row,) = [line for line in lines if line.startswith("2024-01-29-shaddadi-1,")]
    fields = row.split(",")
    fields[1], fields[15] = "2024-02-01", "claim"
    fields[13] = fields[13] or "islamic-resistance-in-iraq"
    with (data / "attacks.csv").open("a", encoding="utf-8") as file:
        file.write(",".join(fields))
    monkeypatch.delenv(snapshot.VARIABLE)
    monkeypatch.setenv("BRINKWATCH_DATA", str(data))
    assert read(data).as_of("2024-02-01").of().attacks is not None
    assert ("One attack counted before is now known from the attackers’ own claims only") in said(
        "brief", "2024-02-01", "changes"
    )


# Forces and campaigns that are over


def test_a_unit_of_which_nothing_was_heard_for_ninety_days_is_not_counted(record: Record) -> None:
    told = of_the_war(record, "2024-08-05")
    gone = posture.not_heard_of(told)
    assert "44th Infantry Brigade Combat Team, New Jersey Army National Guard" in set(gone["asset"])
    counted = posture.units(posture.on_day(told), *posture.COMMITTED)
    assert not set(gone["deployment_id"]) & set(counted["deployment_id"])
    newest = told.versions.deployments.groupby("deployment_id")["reported_on"].max()
    assert (told.date - newest[gone["deployment_id"]] > pd.Timedelta(days=90)).all()
    text = said("brief", "2024-08-05", "posture")
    assert "not counted, because nothing was heard for 90 days" in text
    assert "44th Infantry Brigade Combat Team" in text


def test_a_unit_of_which_nothing_was_heard_for_a_year_counts_and_is_told_apart(
    record: Record,
) -> None:
    told = of_the_war(record, "2024-12-01")
    there = posture.units(posture.on_day(told), "arrived")
    silent = posture.silent(there, told.date)
    # Six Patriot batteries came in November 2023; no row of them is newer, and none says they left.
    assert "Six additional Patriot batteries" in set(silent["asset"])
    newest = told.versions.deployments.groupby("deployment_id")["reported_on"].max()
    assert (told.date - newest[silent["deployment_id"]] > pd.Timedelta(days=365)).all()
    others = newest[sorted(set(there["deployment_id"]) - set(silent["deployment_id"]))]
    assert (told.date - others <= pd.Timedelta(days=365)).all()
    text = said("brief", "2024-12-01", "posture")
    assert "Of eight of those in the region nothing was heard for a year" in text
    assert "seven air-defence systems are ordered, under way or there, six of them last" in text
    assert "nothing was heard for a year" not in said("brief", "2024-02-06", "posture")


def test_places_at_sea_are_areas_in_every_sentence() -> None:
    page = an.open("brief", as_of="2024-01-19", campaign="red-sea")
    text = read_aloud(an.say.where(page)) + read_aloud(an.say.attackers(page))
    assert "two or more areas were attacked" in text
    assert "pairs of attacks in different areas" in text
    assert "site" not in text


def test_a_campaign_that_is_over_is_said_to_be() -> None:
    over = "The campaign that is counted here ended on 18 January 2025"
    before, after = (an.open("brief", as_of=day) for day in ("2025-01-25", "2025-03-01"))
    assert read_aloud(an.say.bottom_line(after)).startswith(over)
    # The end was not known before 20 January.
    assert over not in said("brief", "2025-01-19", "bottom_line")
    assert before.value("attacks_cumulative") == after.value("attacks_cumulative")


def test_what_lies_at_an_end_of_the_range_of_chance_lies_in_it() -> None:
    assert "192 pairs of attacks at different sites fell on the same day or night, about what" in (
        said("brief", "2024-01-19", "attackers")
    )
    beyond = said("brief", "2023-12-30", "attackers")
    assert "149 pairs" in beyond
    assert "more than chance would give at the same weekly rates (128 on average, 111 to 148" in (
        beyond
    )


def test_strikes_and_attacks_of_a_campaign_that_is_over_end_with_it() -> None:
    later = said("response", "2025-06-10", "strikes_elsewhere")
    assert "98 from 31 December 2023 to 18 January 2025, in 15 episodes." in later
    # Of sampled days none recorded is not none, and those are no part of the total.
    assert "143 attacks on ships from 17 October 2023 to 18 January 2025. " in later


def test_of_one_episode_nothing_is_said_of_all() -> None:
    page = an.open("response", as_of="2024-01-12", campaign="red-sea")
    assert "lower than before; the 95 % interval holds" in read_aloud(an.say.after_strikes(page))
    assert "all episodes" not in read_aloud(an.say.response_key_figures(page))


def test_where_no_strike_is_compared_no_limit_of_a_comparison_is_told() -> None:
    limits = said("response", "2026-04-30", "response_limits")
    assert limits.startswith("Strikes are not compared")
    assert "placebo" not in limits


def test_a_record_that_ended_says_so_in_full_once() -> None:
    page = an.open("outlook", as_of="2026-11-28")
    text = read_aloud(an.say.outlook_bottom_line(page))
    assert "The record was kept through 30 April 2026; of the days since then it tells" in text
    assert "The record only sampled the days that it was kept for: its counts are" in text
    assert "only samples these days" not in text
    rest = [read_aloud(an.say.outlook_forecast(page)), read_aloud(an.say.outlook_limits(page))]
    assert rest[0] == "Of the days since 30 April 2026 the record tells nothing."
    # Without a forecast there is no track record that could mislead.
    assert "track record" not in rest[1]
    assert "Comparisons" not in rest[1]


def test_two_quiet_weeks_are_told_as_one() -> None:
    assert "holds no attacks, nor in the seven days before." in (
        said("outlook", "2024-03-15", "outlook_bottom_line")
    )
