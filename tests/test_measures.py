"""The measures against answers worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import ten_attacks
from conftest import of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.measures import fronts, posture, tallies
from analysis.measures.attacks import (
    by_site,
    claimed_only,
    counted,
    daily_counts,
    in_window,
    multi_site_days,
    on_any_target,
    recorded,
    with_weapon,
)
from analysis.measures.fact import most
from analysis.measures.facts import brief_facts
from analysis.measures.facts.posture import posture_facts
from analysis.record import Record, between, read


def values(week: Record, as_of: str = "2023-11-07") -> dict[str, object]:
    known = week.as_of(as_of).of()
    changes = between(week.as_of(known.date - pd.Timedelta(days=7)).of(known.campaign), known)
    facts = brief_facts(known, changes, 7)
    return {name: fact.value for name, fact in facts.items()}


def test_the_week_by_hand(week: Record) -> None:
    facts = values(week)
    expected = {
        # Eight on US forces, one of them claimed only: 4 official, 3 media, 1 claim.
        "attacks_window": 7,
        "attacks_cumulative": 7,
        "attacks_previous_window": 0,
        "attacks_confirmed_cumulative": 4,
        "attacks_media_cumulative": 3,
        "attacks_claim_only_cumulative": 1,
        "attacks_cumulative_irq": 3,
        "attacks_cumulative_syr": 3,
        "attacks_cumulative_jor": 1,
        "sites_attacked": 3,
        # Alpha and Bravo have three each; Bravo was hit last.
        "busiest_site": "bravo",
        "busiest_sites": "bravo alpha",
        "busiest_sites_tied": 2,
        "multi_site_days": 2,
        "attack_days": 5,
        # Of six with a known weapon four had drones; of five with a known outcome two were stopped.
        "drone_share": round(4 / 6, 4),
        "intercepted_share": round(2 / 5, 4),
        "claimed_cumulative": 3,
        "claim_share": round(3 / 7, 4),
        "top_claimant": "band",
        "attributed_cumulative": 1,
        "nobody_named_cumulative": 3,
        "killed_record": 1,
        "injured_record": 7,
        "partner_killed_record": 0,
        "partner_injured_record": 3,
        # Of one day the larger tally; through the 4th three attacks are officially confirmed.
        "attacks_official": 5,
        "attacks_official_through": "2023-11-04",
        "record_counted": 3,
        "record_coverage": 0.6,
        "us_strikes_cumulative": 1,
        "us_strikes_yemen_cumulative": 1,
        "days_since_us_strike": 4,
        # Three attacks in the four days before the 3rd, four in the four days after.
        "strike_span_days": 4,
        "attacks_before_strike": 3,
        "attacks_after_strike": 4,
        # Four in four days after it, three in the seven days before.
        "strike_rate_ratio": 2.33,
        # Iraq, Syria, Jordan and the sea; the claim at sea does not count.
        "fronts_active_window": 4,
        "front_red_sea_and_gulf_of_aden_window": 1,
        "carriers_in_region": 1,
        "carriers_committed": 1,
        "personnel_committed": 200,
        "air_defense_committed": 12,
        "reported_late_share": round(1 / 7, 4),
    }
    assert {name: facts[name] for name in expected} == expected


def test_before_anything_is_reported_counts_are_zero_and_estimates_unknown(week: Record) -> None:
    facts = values(week, "2023-10-17")
    assert facts["attacks_window"] == facts["carriers_committed"] == 0
    for name in (
        "attacks_official",
        "record_coverage",
        "busiest_site",
        "claim_share",
        "days_since_us_strike",
        "forecast_median",
        "strike_rate_ratio",
    ):
        assert facts[name] is None, name


def test_a_window_ends_on_the_as_of_date_and_has_its_length(week: Record) -> None:
    attacks = recorded(counted(week.as_of("2023-11-07").of()))
    assert in_window(attacks, pd.Timestamp("2023-11-05"), 2)["event_date"].dt.day.tolist() == [
        4,
        4,
        5,
    ]


@settings(max_examples=50)
@given(days=st.integers(1, 40), end=st.integers(0, 60))
def test_windows_side_by_side_count_every_attack_once(days: int, end: int) -> None:
    dates = pd.Timestamp("2023-10-17") + pd.to_timedelta(np.arange(60) % 37, unit="D")
    rows = pd.DataFrame({"event_date": dates})
    last = pd.Timestamp("2023-10-17") + pd.Timedelta(days=end)
    windows = [in_window(rows, last - k * pd.Timedelta(days=days), days) for k in range(80)]
    assert sum(map(len, windows)) == (rows["event_date"] <= last).sum()


def test_days_without_attacks_are_zeros(week: Record) -> None:
    known = week.as_of("2023-11-07").of()
    counts = daily_counts(recorded(counted(known)), known.campaign.start, known.date)
    assert counts.index[0] == pd.Timestamp("2023-10-17")
    assert counts.iloc[-7:].tolist() == [2, 1, 0, 2, 1, 0, 1]
    assert counts.iloc[:-7].sum() == 0


def test_sites_are_ranked_and_split_by_confirmation(week: Record) -> None:
    attacks = recorded(counted(week.as_of("2023-11-07").of()))
    table = by_site(attacks, in_window(attacks, pd.Timestamp("2023-11-07"), 3)).set_index("site_id")
    assert table.index.tolist() == ["bravo", "alpha", "charlie"]
    assert table.loc["bravo", ["attacks", "official", "media", "window"]].tolist() == [3, 1, 2, 1]
    assert multi_site_days(attacks)["event_date"].dt.day.tolist() == [1, 4]
    assert len(with_weapon(attacks, "rocket")) == 3
    assert len(claimed_only(counted(week.as_of("2023-11-07").of()))) == 1


def test_most_breaks_ties_by_the_latest(week: Record) -> None:
    rows = pd.DataFrame(
        {
            "id": list("abcd"),
            "site_id": ["x", "y", "y", "x"],
            "event_date": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-02"]),
        }
    )
    assert most(rows, "site_id").value == "y"
    assert most(rows.head(0), "site_id").value is None


def test_a_deployment_holds_its_phase_until_the_next(week: Record) -> None:
    timeline = posture.phases(week.as_of("2023-11-07").of()).set_index("deployment_id").loc["ship"]
    assert timeline["phase"].tolist() == ["ordered", "arrived"]
    assert timeline["end"].dt.day.tolist() == [1, 7]
    # On the 2nd the arrival had not been reported yet.
    carriers = [
        posture_facts(week.as_of(day).of())["carriers_in_region"].value
        for day in ("2023-11-02", "2023-11-03")
    ]
    assert carriers == [0, 1]


def test_a_later_report_overrides_from_its_own_date_on(record: Record) -> None:
    ford = posture.phases(record.as_of("2024-01-29").of()).set_index("deployment_id")
    ford = ford.loc["csg-gerald-r-ford"].set_index("phase")
    assert ford.loc["arrived", "start"] == pd.Timestamp("2023-10-10")
    assert ford.loc["arrived", "end"] == pd.Timestamp("2024-01-04")
    assert list(ford.index) == ["ordered", "arrived", "departed"]


def test_the_newest_tally_counts_and_of_one_day_the_largest(record: Record) -> None:
    found = tallies.of_the_campaign(of_the_war(record, "2023-11-17"), "attacks")
    assert tallies.newest(found)["value"].tolist() == [62]
    assert tallies.by_day(found)["reported_on"].is_unique


def test_every_recorded_attack_falls_on_one_front_of_the_campaign(record: Record) -> None:
    known = of_the_war(record, "2024-02-15")
    attacks = fronts.on_all_fronts(known)
    assert fronts.names(known) == [front.name for front in known.campaign.fronts]
    assert set(attacks["front"]) == set(fronts.names(known))
    assert attacks["attack_id"].is_unique
    every = recorded(on_any_target(known))
    # What no front holds was aimed at none of the campaign's targets.
    left = every[~every["attack_id"].isin(attacks["attack_id"])]
    assert not left["target"].isin(known.campaign.targets).any()
    weekly = fronts.by_span(attacks, fronts.names(known), known.date, 60)
    assert weekly.to_numpy().sum() == len(attacks)
    assert fronts.first_attacks(attacks)["event_date"].is_monotonic_increasing


def test_a_front_is_its_sites_and_what_of_its_countries_no_other_names(tmp_path: Path) -> None:
    folder = ten_attacks.write(tmp_path / "week")
    campaigns = folder / "campaigns.toml"
    before, after = ten_attacks.CAMPAIGNS.split("fronts = [")
    # Bravo is a front of its own and no longer one of Syria's; nobody's is Jordan. At sea only
    # attacks on merchant ships would count, of which the week has a mere claim.
    fronts_of_the_week = """fronts = [
  { name = "Iraq", countries = ["IRQ"] },
  { name = "Syria", countries = ["SYR"] },
  { name = "Bravo", sites = ["bravo"] },
  { name = "The sea", sites = ["the-sea"], targets = ["commercial-shipping"] },
]
"""
    campaigns.write_text(before + fronts_of_the_week + after.split("]\n", 1)[1], encoding="utf-8")
    known = read(folder).as_of("2023-11-07").of()
    attacks = fronts.on_all_fronts(known)
    assert attacks["front"].value_counts().to_dict() == {"Iraq": 3, "Bravo": 3, "Elsewhere": 1}
    assert fronts.names(known) == ["Iraq", "Syria", "Bravo", "The sea", "Elsewhere"]
    elsewhere = attacks[attacks["front"] == "Elsewhere"]
    assert elsewhere["attack_id"].tolist() == ["2023-11-04-charlie-1"]
    # Before the attack in Jordan nothing is elsewhere.
    assert fronts.names(read(folder).as_of("2023-11-03").of())[-1] == "The sea"
