"""The site report of the ten attacks by hand, and pages of places that are no base."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from conftest import cut_off, of_the_war
from pieces import said, sentences

import analysis as an
from analysis.display.places import place_of
from analysis.measures import sites
from analysis.measures.attacks import held_against
from analysis.measures.facts.site import site_facts
from analysis.record import Record


def test_alpha_by_hand(week: Record) -> None:
    known = week.as_of("2023-11-07").of()
    facts = {name: fact.value for name, fact in site_facts(known, "alpha", 7).items()}
    expected = {
        # On the 1st, 2nd and 5th; on the 3rd one that only the attacker reports.
        "attacks_cumulative": 3,
        "attacks_confirmed_cumulative": 2,
        "attacks_media_cumulative": 1,
        "attacks_claim_only_cumulative": 1,
        "first_attack_on": "2023-11-01",
        "latest_attack_on": "2023-11-05",
        "most_in_seven_days": 3,
        "attacks_on_us_forces": 3,
        # Drones each time, once with rockets; two outcomes are known, both interceptions.
        "weapon_drone": 3,
        "weapon_rocket": 1,
        "outcome_intercepted": 2,
        "outcome_known": 2,
        "injured_partner": 3,
        "injured_us": 0,
        "casualties_stated": 1,
        "attacks_with_casualties": 1,
        # Of seven on land Alpha and Bravo have three each, Charlie one.
        "group_attacks": 7,
        "group_sites": 3,
        "site_share": round(3 / 7, 4),
        "site_rank": 1,
        "sites_with_as_many": 1,
        # Clopper-Pearson for 3 of 7.
        "site_share_low": 0.0990,
        "site_share_high": 0.8159,
        # At Bravo and Charlie three outcomes are known, none an interception.
        "elsewhere_outcome_known": 3,
        "elsewhere_intercepted_share": 0.0,
        # Clopper-Pearson for 2 of 2 and for 0 of 3.
        "intercepted_share_low": 0.1581,
        "intercepted_share_high": 1.0,
        "elsewhere_intercepted_share_low": 0.0,
        "elsewhere_intercepted_share_high": 0.7076,
        # Not the one on a ship: no report on this campaign and base is about ships.
        "elsewhere_cumulative": 4,
        "claimed_cumulative": 2,
        "attributed_cumulative": 1,
        "top_attributed": "band",
        "top_attributed_attacks": 1,
    }
    assert {name: facts[name] for name in expected} == expected


def test_shares_of_a_group_add_up_and_hold_no_mere_claim(record: Record) -> None:
    known = of_the_war(record, "2024-03-25")
    groups = [sites.in_group_of(known, site) for site in ("erbil", "red-sea", "eilat")]
    for group in groups:
        table = sites.shares(group)
        assert table["share"].sum() == pytest.approx(1)
        assert (table["low"] < table["share"]).all()
        assert (table["share"] < table["high"]).all()
        assert "claim" not in set(group["confirmation"])
    every = record.as_of("2024-03-25").attacks
    recorded = every[(every["confirmation"] != "claim") & (every["event_date"] >= "2023-10-17")]
    held = [attack for group in groups for attack in group["attack_id"]]
    assert len(held) == len(set(held))
    assert set(held) <= set(recorded["attack_id"])
    # All of them but those on targets that are neither the campaign's nor attacked at the site.
    left_out = recorded[~recorded["attack_id"].isin(held)]
    assert "us-coalition-forces" not in set(left_out["target"])


def test_sentences_of_alpha(folder: Path) -> None:
    page = an.open("site", as_of="2023-11-07", site_id="alpha")
    assert page.title == "Attacks at Alpha Base"
    assert said(page, "site_bottom_line").startswith(
        "In the seven days to 7 November 2023 the record holds three attacks at Alpha Base, after "
        "none in the seven days before; officials confirm two, news and monitors alone report one; "
        "one attack known from the attackers’ own claims only is not counted here."
    )
    assert "no deaths and three injuries among partner forces" in said(page, "site_casualties")
    assert "Both attacks with a known outcome were intercepted in full." in said(
        page, "site_weapons"
    )
    assert (
        "43 % of the seven recorded at sites in Iraq, Syria and Jordan (95 % interval 10 % to "
        "82 %), the most of three attacked (one other has as many)."
    ) in said(page, "site_compared")
    assert said(page, "site_claims").startswith(
        "Two of the three recorded attacks there are claimed, one of them by"
    )


def test_a_sea_area_counts_ships_and_says_in_the(folder: Path) -> None:
    page = an.open("site", as_of="2023-11-07", site_id="the-sea")
    assert page.title == "Attacks in The Sea"
    assert "It was on a US warship." in said(page, "site_when")
    assert "no other attack is recorded in sea areas" in said(page, "site_compared").lower()


def test_a_site_that_no_row_names_yet_shows_its_id_and_nothing_else(folder: Path) -> None:
    page = an.open("site", as_of="2023-11-03", site_id="charlie")
    assert page.title == "Attacks at charlie"
    everything = "".join(said(page, name) for name in an.say.__all__ if name.startswith("site_"))
    assert "Charlie" not in everything
    assert "Jordan" not in everything
    assert "names no such site" in everything
    for figure in (an.draw.site_attacks, an.draw.site_weapons, an.draw.site_compared):
        assert not figure(page).html
    assert not an.table.site_attacks(page).html


def test_the_latest_attacks_are_listed_with_their_sources(folder: Path) -> None:
    page = an.open("site", as_of="2023-11-07", site_id="alpha")
    table = str(an.table.site_attacks(page).html)
    days = [f"{day}\N{NO-BREAK SPACE}Nov" for day in (5, 3, 2, 1)]
    assert [table.index(day) for day in days] == sorted(table.index(day) for day in days)
    assert "claimant only" in table
    assert "three injured among partner forces" in table
    assert table.count('href="#source-') == 4


def test_names_of_the_record_stay_text(folder: Path) -> None:
    path = folder / "sites.csv"
    path.write_text(path.read_text().replace("Alpha Base", "<b>{Alpha}</b> $x$ Base"))
    page = an.open("site", as_of="2023-11-07", site_id="alpha")
    shown = [an.say.masthead(page), an.say.site_bottom_line(page), an.draw.site_attacks(page),
             an.draw.site_compared(page)]  # fmt: skip
    for fragment in shown:
        assert "<b>{" not in str(fragment.html)
    assert "&lt;b&gt;{Alpha}&lt;/b&gt;" in str(shown[0].html)


def test_the_record_of_later_days_changes_no_fact(record: Record) -> None:
    cut = of_the_war(cut_off(record, "2024-06-17"), "2023-11-20")
    whole = of_the_war(record, "2023-11-20")
    for site in ("ain-al-asad", "red-sea", "tower-22"):
        assert site_facts(whole, site, 7) == site_facts(cut, site, 7)
    assert pd.Timestamp("2023-11-20") == whole.date


def test_what_a_site_is_held_against_decides_how_well_its_days_were_kept(record: Record) -> None:
    page = an.open("site", as_of="2024-01-29", site_id="red-sea")
    held = held_against(page.known, sites.at_site(page.known, "red-sea"))
    assert set(page.targets) == set(held["target"])
    assert {"us-coalition-forces", "us-warship"} <= set(page.targets)


@pytest.mark.usefixtures("of_the_real_record")
def test_a_comparison_names_the_targets_that_it_counts() -> None:
    # Of 124 attacks on any target 53 were on US forces, of which alone the page counts.
    quiet = sentences("site", "2026-04-30", site_id="ain-al-asad")
    assert (
        "Elsewhere the record holds 53 attacks on US and coalition forces since"
        in (quiet["site_bottom_line"])
    )
    assert "attacks on US and coalition forces recorded at sites in" in quiet["site_compared"]
    ships = sentences("site", "2024-01-12", campaign="red-sea", site_id="ain-al-asad")[
        "site_compared"
    ]
    assert "14 % of the 66 recorded on land" in ships
    assert "attacks on land whose targets were US and coalition forces, and ships." in ships


@pytest.mark.usefixtures("of_the_real_record")
def test_of_a_sample_the_attacks_are_told_without_their_share() -> None:
    later = sentences("site", "2025-06-10", site_id="ain-al-asad")
    told = "From 17 October 2023 to 18 January 2025 the record holds 34 attacks there, the first"
    assert told in later["site_bottom_line"]
    assert later["site_when"].startswith(told)
    udeid = sentences("site", "2026-03-20", site_id="al-udeid")
    assert udeid["site_compared"].startswith("Comparisons that need every attack are not made")
    assert "claimed by the Islamic Revolutionary Guard Corps." in udeid["site_claims"]


def test_a_place_that_is_described_takes_its_article(record: Record) -> None:
    known = of_the_war(record, "2026-04-30")
    said_of = {site: place_of(known, site) for site in known.sites["site_id"]}
    assert said_of["majnoon"] == "at the Majnoon oil field"
    assert said_of["golan"] == "in the Golan Heights (Israeli-held)"
    assert said_of["tower-22"] == "at Tower 22"
    assert said_of["babil"] == "in Babil province (launch point)"
