"""The article replayed: what the brief says of October 2023 is what the press of the day had."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import facts_of

import analysis as an
from analysis.measures.fact import as_data

#: facts.json has these in every brief; others build on them.
CONTRACT = [
    "attacks_window",
    "attacks_previous_window",
    "attacks_cumulative",
    "attacks_cumulative_irq",
    "attacks_cumulative_syr",
    "attacks_confirmed_cumulative",
    "attacks_claim_only_cumulative",
    "attacks_official",
    "attacks_official_irq",
    "attacks_official_syr",
    "attacks_official_through",
    "record_coverage",
    "sites_attacked",
    "busiest_site",
    "claimed_cumulative",
    "claim_share",
    "top_claimant",
    "drone_share",
    "intercepted_share",
    "multi_site_days",
    "injured_official",
    "injured_record",
    "killed_record",
    "partner_killed_record",
    "us_strikes_cumulative",
    "days_since_us_strike",
    "fronts_active_window",
    "carriers_in_region",
    "carriers_committed",
    "personnel_committed",
    "air_defense_committed",
    "new_facts_since_previous",
    "revised_facts_since_previous",
    "forecast_median",
    "forecast_low",
    "forecast_high",
    "forecast_probability_any",
]


@pytest.mark.parametrize("as_of", ["2023-10-17", "2023-10-24"])
def test_the_facts_of_the_contract_are_always_there(
    make_brief: Callable[..., Path], as_of: str
) -> None:
    folder = make_brief(as_of)
    document = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    assert document["report"] == "brief"
    assert document["as_of"] == as_of
    assert set(CONTRACT) <= set(document["facts"])
    for fact in document["facts"].values():
        assert {"value", "kind", "unit", "span", "evidence"} <= set(fact)


def test_24_october_13_attacks_and_two_carriers_one_of_them_there(
    make_brief: Callable[..., Path],
) -> None:
    facts = facts_of(make_brief("2023-10-24"))
    assert (facts["attacks_official"], facts["attacks_official_through"]) == (13, "2023-10-24")
    assert (facts["attacks_official_irq"], facts["attacks_official_syr"]) == (10, 3)
    assert facts["us_strikes_cumulative"] == 0
    assert facts["days_since_us_strike"] is None
    assert (facts["carriers_committed"], facts["carriers_in_region"]) == (2, 1)
    assert facts["marines_committed"] == facts["personnel_committed"] == 2000
    assert facts["injured_official"] == 24
    assert facts["injured_record"] == 24
    assert facts["killed_record"] == 0


@pytest.mark.usefixtures("of_the_real_record")
def test_25_october_nearly_a_dozen_air_defence_systems_and_21_injured() -> None:
    page = an.open("brief", as_of="2023-10-25")
    facts = {name: as_data(fact)["value"] for name, fact in page.facts.items()}
    # That day's briefing raised the count through the 24th by one attack in Iraq.
    assert (facts["attacks_official"], facts["attacks_official_through"]) == (14, "2023-10-24")
    assert (facts["attacks_official_irq"], facts["attacks_official_syr"]) == (11, 3)
    assert facts["air_defense_committed"] == 12
    assert facts["injured_official"] == 21
    assert 20 <= facts["injured_record"] <= 24
    assert facts["us_strikes_cumulative"] == 0
    assert (facts["carriers_committed"], facts["carriers_in_region"]) == (2, 1)
    assert facts["marines_committed"] == 2000


def test_27_october_the_first_us_strike_of_the_day_before(make_brief: Callable[..., Path]) -> None:
    folder = make_brief("2023-10-27")
    facts = facts_of(folder)
    assert facts["us_strikes_cumulative"] == 1
    assert facts["latest_us_strike"] == "2023-10-26"
    assert facts["days_since_us_strike"] == 1
    page = (folder / "brief.html").read_text(encoding="utf-8")
    assert "26\N{NO-BREAK SPACE}October 2023" in page
    assert "Abu Kamal" in page


def test_every_number_leads_to_rows_that_are_in_the_record(
    make_brief: Callable[..., Path],
) -> None:
    folder = make_brief("2023-10-24")
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))["facts"]
    page = (folder / "brief.html").read_text(encoding="utf-8")
    assert len(facts["attacks_window"]["evidence"]) == facts["attacks_window"]["value"]
    for name, fact in facts.items():
        for row in fact["evidence"]:
            assert f'id="row-{row}"' in page, name
