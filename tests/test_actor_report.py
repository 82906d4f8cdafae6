"""The actor report of the ten attacks by hand; kin, strikes, and groups not named yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import cut_off, of_the_war
from pieces import said, sentences

import analysis as an
from analysis.measures import actors
from analysis.measures.facts.actor import actor_facts
from analysis.record import Record


def test_the_band_by_hand(week: Record) -> None:
    known = week.as_of("2023-11-07").of()
    facts = {name: fact.value for name, fact in actor_facts(known, "band", 7).items()}
    expected = {
        # It claims the two of the 1st; that of the 2nd is attributed to it; that of the 3rd is
        # known from its claim alone.
        "attacks_window": 3,
        "attacks_cumulative": 3,
        "claimed_cumulative": 2,
        "attributed_cumulative": 1,
        "attacks_claim_only_cumulative": 1,
        "claimed_by_others": 0,
        # The Other Band claims two, one of them at sea: two of four claims are The Band's.
        "claims_share": 0.6667,
        "sites_attacked": 2,
        "busiest_site": "alpha",
        "busiest_site_attacks": 2,
        "multi_site_days": 1,
        # Alpha twice and Bravo once in a week: Bravo's day is one of Alpha's with 1 − (6/7)².
        "multi_site_days_expected": round(1 - (6 / 7) ** 2, 1),
        # Of three strikes one is American and names it.
        "strikes_cumulative": 1,
        "latest_strike_on": "2023-11-03",
        "kin_parent": None,
        "tempo_ratio": None,
    }
    assert {name: facts[name] for name in expected} == expected


def test_tempo_compares_four_weeks_with_the_four_before(record: Record) -> None:
    known = of_the_war(record, "2024-01-29")
    facts = {n: f.value for n, f in actor_facts(known, "islamic-resistance-in-iraq", 7).items()}
    named = actors.named_for(known, "islamic-resistance-in-iraq")
    held = named[named["confirmation"] != "claim"]
    ago = (known.date - held["event_date"]).dt.days
    assert facts["tempo_now"] == (ago < 28).sum()
    assert facts["tempo_before"] == ((ago >= 28) & (ago < 56)).sum()
    assert facts["tempo_ratio"] == round(facts["tempo_now"] / facts["tempo_before"], 2)
    assert facts["tempo_ratio_low"] < facts["tempo_ratio"] < facts["tempo_ratio_high"]


def test_kin_are_those_that_dated_rows_name_by_then(record: Record) -> None:
    umbrella = "islamic-resistance-in-iraq"
    first = record.as_of("2021-01-23").of()
    assert actors.parts_of(first, umbrella) == ()
    assert actors.parent_of(first, "kataib-hezbollah") is None
    before = ("ashab-al-kahf", "kataib-hezbollah", "saraya-awliya-al-dam")
    assert actors.parts_of(of_the_war(record, "2023-10-24"), umbrella) == before
    assert actors.parts_of(of_the_war(record, "2024-01-29"), umbrella) == (
        "ashab-al-kahf",
        "harakat-hezbollah-al-nujaba",
        "kataib-hezbollah",
        "saraya-awliya-al-dam",
    )
    assert actors.parent_of(of_the_war(record, "2024-01-29"), "kataib-hezbollah") == umbrella


def test_sentences_of_the_band(folder: Path) -> None:
    page = an.open("actor", as_of="2023-11-07", actor_id="band")
    assert page.title == "The Band: attacks and strikes"
    assert said(page, "actor_bottom_line").startswith(
        "In the seven days to 7 November 2023 the record holds three attacks claimed by or "
        "attributed to The Band, after none in the seven days before; officials confirm two, news "
        "and monitors alone report one; one attack known from the attackers’ own claims only is "
        "not counted here. Since 17 October 2023 the record holds three attacks claimed by it or "
        "attributed to it, the first on 1 November 2023 and the latest on 2 November 2023: the "
        "group claims two, officials or analysts attribute one to it without its claim."
    )
    assert "One strike by the US or with it since 17 October 2023 names The Band" in said(
        page, "actor_strikes"
    )
    assert said(page, "actor_kin").startswith(
        "The record lists no group under The Band, nor The Band under another."
    )
    assert "There" in str(an.table.actor_strikes(page).html)


def test_what_a_group_alone_reports_is_told_once(folder: Path) -> None:
    attacks = (folder / "attacks.csv").read_text("utf-8")
    held = attacks.replace("partner,other-band", "partner,").replace(
        "intercepted,,,,other-band", "intercepted,,,,"
    )
    (folder / "attacks.csv").write_text(held, "utf-8")
    told = said(an.open("actor", as_of="2023-11-07", actor_id="other-band"), "actor_bottom_line")
    assert told.count("attackers’ own claims only") == 1
    assert "Since 17 October 2023 the record holds no other attack" in told
    later = said(an.open("actor", as_of="2023-11-20", actor_id="other-band"), "actor_bottom_line")
    assert "holds one attack that only this group itself reports" in later


def test_a_group_that_no_row_names_yet_shows_its_id_and_nothing_else(folder: Path) -> None:
    page = an.open("actor", as_of="2023-11-04", actor_id="other-band")
    assert page.title == "other-band: attacks and strikes"
    everything = "".join(said(page, name) for name in an.say.__all__ if name.startswith("actor_"))
    assert "The Other Band" not in everything
    assert "names no such group" in everything
    for figure in (an.draw.actor_attacks, an.draw.actor_sites, an.draw.actor_chance):
        assert not figure(page).html
    assert not an.table.actor_attacks(page).html


def test_the_record_of_later_days_changes_no_fact(record: Record) -> None:
    cut = of_the_war(cut_off(record, "2024-06-17"), "2024-01-29")
    for actor in ("houthis", "kataib-hezbollah", "islamic-resistance-in-iraq"):
        whole = of_the_war(record, "2024-01-29")
        assert actor_facts(whole, actor, 7) == actor_facts(cut, actor, 7)


@pytest.mark.usefixtures("of_the_real_record")
def test_a_state_is_no_group_and_a_resistance_takes_its_article() -> None:
    iran = sentences("actor", "2026-03-20", actor_id="iran")
    assert "Iran claims one, officials or analysts attribute 53 to it" in iran["actor_tempo"]
    assert "group" not in iran["actor_bottom_line"]
    umbrella = sentences("actor", "2024-01-29", actor_id="islamic-resistance-in-iraq")
    assert "attributed to the Islamic Resistance in Iraq" in umbrella["actor_bottom_line"]
    assert "the group claims 104" in umbrella["actor_tempo"]
    assert (
        "Of 115 recorded attacks that somebody claims, on US and coalition forces, and "
        in (umbrella["actor_kin"])
    )


@pytest.mark.usefixtures("of_the_real_record")
def test_figures_of_a_group_say_what_they_show() -> None:
    page = an.open("actor", as_of="2026-04-30", campaign="hormuz", actor_id="iran")
    # Of sampled days none recorded is not none.
    assert "No recorded attacks" not in str(an.draw.actor_attacks(page).html)
    assert "with most recorded attacks at Prince Sultan (9)" in str(an.draw.actor_sites(page).html)


@pytest.mark.usefixtures("of_the_real_record")
def test_whoever_is_not_known_by_name_is_one_of_several() -> None:
    told = sentences("actor", "2025-06-10", actor_id="iran-backed-militia")["actor_strikes"]
    assert "name an Iran-backed militia as the target, the latest on 26 November 2024." in told
    # Of the sampled days after the campaign none is not told, nor is it a part of its total.
    assert "window" not in told
    one = sentences("actor", "2024-01-29", actor_id="iran")["actor_bottom_line"]
    assert "The only attack recorded for it since 17 October 2023 was on 23 December 2023" in one
