"""Facts of the posture report: what is in the region, what moved, how long it took to come."""

from __future__ import annotations

import pandas as pd

from analysis.measures import posture, presence
from analysis.measures.attacks import on_us_forces, recorded
from analysis.measures.fact import Fact, count, ids, only, total
from analysis.measures.facts.response_report import arrival_facts
from analysis.measures.facts.spread import posture_facts
from analysis.record import Known

#: Kinds of unit, the most telling first.
KINDS = (
    "carrier-strike-group",
    "amphibious-ready-group",
    "marine-unit",
    "air-defense",
    "ground-force",
    "submarine",
    "bomber",
    "fighter-squadron",
    "attack-squadron",
    "surface-combatant",
    "support",
)

#: Areas for which officials say how many troops are there.
STANDING = {"iraq": "Iraq", "syria": "Syria", "jordan": "Jordan", "centcom": "the whole region"}


def posture_report_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """All facts of a posture report; `window_days` are compared before and after arrivals."""
    return {
        **posture_state_facts(known, window_days),
        **arrival_facts(known, recorded(on_us_forces(known)), window_days),
    }


def posture_state_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """Those of them that the key figures compare with the earlier day."""
    deployments = posture.on_day(known)
    return {
        **posture_facts(known),
        **_present_facts(deployments),
        **_move_facts(known, window_days),
        **_lead_time_facts(known),
        **_standing_facts(deployments),
    }


def _present_facts(deployments: pd.DataFrame) -> dict[str, Fact]:
    there = posture.units(deployments, "arrived")
    by_kind = {
        present_fact(kind): count(
            there[there["kind"] == kind], f"units in the region, {kind.replace('-', ' ')}"
        )
        for kind in KINDS
    }
    return {
        **by_kind,
        "personnel_present": total(
            there, "personnel", "people of units in the region, as far as stated"
        ),
        "units_ordered": count(
            posture.units(deployments, "ordered"), "units ordered and not yet under way"
        ),
        "units_en_route": count(posture.units(deployments, "en-route"), "units under way"),
    }


def present_fact(kind: str) -> str:
    """The name of the fact that counts the units of a kind in the region."""
    return f"present_{kind.replace('-', '_')}"


def _move_facts(known: Known, window_days: int) -> dict[str, Fact]:
    start = known.date - pd.Timedelta(days=window_days - 1)
    moves = presence.moves_in(known, start, known.date)
    names = {"orders": "ordered", "arrivals": "arrived", "departures": "departed"}
    in_window = {
        f"{name}_window": count(
            moves[moves["phase"] == phase], f"units {phase} in the window, by their reported dates"
        )
        for name, phase in names.items()
    }
    so_far = presence.moves_in(known, pd.Timestamp.min, known.date)
    newest: dict[str, Fact] = {}
    for name, phase in (("arrival", "arrived"), ("departure", "departed")):
        latest = so_far[so_far["phase"] == phase].head(1)
        named = latest.merge(known.deployments[["deployment_id", "asset"]], on="deployment_id")
        newest[f"latest_{name}"] = only(named, "asset", f"unit of the latest reported {name}")
        newest[f"latest_{name}_on"] = only(named, "start", f"date of the latest reported {name}")
    deciding = so_far[so_far["phase"].isin(["arrived", "departed"])]
    undated = deciding[deciding["earliest"] != deciding["start"]].drop_duplicates("deployment_id")
    return {
        **in_window,
        **newest,
        "units_undated": count(undated, "units whose arrival or departure no source dates"),
    }


def _lead_time_facts(known: Known) -> dict[str, Fact]:
    lead = presence.lead_times(known)
    came = lead[lead["shortest"].notna()]
    phases = posture.on_day(known).set_index("deployment_id")["phase"]
    awaited = lead[
        lead["arrived"].isna() & lead["deployment_id"].map(phases).isin(posture.UNDER_WAY)
    ]
    days = "days from order, or first report of being under way, to arrival"

    def fact(value: float, unit: str) -> Fact:
        return Fact(None if came.empty else value, unit, ids(came))

    return {
        "lead_time_units": count(came, "units of which announcement and arrival are reported"),
        "lead_time_median": fact(came["shortest"].median(), f"median {days}"),
        "lead_time_shortest": fact(came["shortest"].min(), f"fewest {days}"),
        "lead_time_longest": fact(came["shortest"].max(), f"most {days}"),
        "arrivals_unreported": count(
            awaited, "units announced as ordered or under way, with no arrival reported"
        ),
    }


def _standing_facts(deployments: pd.DataFrame) -> dict[str, Fact]:
    """The largest of the newest standing levels that officials give for an area."""
    levels = deployments[
        (deployments["counting"] == "level")
        & deployments["personnel"].notna()
        & (deployments["phase"] == "arrived")
    ].sort_values(["personnel", "deployment_id"])
    return {
        f"standing_{area}": only(
            levels[levels["area"] == area].tail(1),
            "personnel",
            f"US troops in {name}, the newest level that officials gave",
        )
        for area, name in STANDING.items()
    }
