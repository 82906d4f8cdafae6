"""Facts on US forces: what is in the region, what moved, how long it took to come."""

from __future__ import annotations

import pandas as pd

from analysis.measures import posture, presence
from analysis.measures.fact import Fact, Found, count, ids, only, total
from analysis.measures.facts.response_report import arrival_facts
from analysis.measures.metadata import beside, facts
from analysis.record import Known
from analysis.record.codebook import codes, word
from analysis.record.coded import is_one_of

METADATA = beside(__file__)

#: The columns that tell what was sent.
READ = ["deployment_id", "reported_on", "kind", "counting", "phase", "quantity", "personnel"]

#: Areas for which officials say how many troops are there.
STANDING = codes("area", having="standing")


def posture_report_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """All facts of a posture report; `window_days` are compared before and after arrivals."""
    found = {
        **_present(known),
        **_moves(known, window_days),
        **_lead_times(known),
        **_standing(known),
    }
    return {
        **posture_facts(known),
        **facts(found, METADATA, known),
        **arrival_facts(known, window_days),
    }


def posture_compared_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """Those of them that the key figures compare with an earlier day."""
    moves = facts(_moves(known, window_days), METADATA, known)
    return {**posture_facts(known), **moves}


def posture_facts(known: Known) -> dict[str, Fact]:
    """What was sent: carriers, Marines, people, air defence."""
    on_day = posture.on_day(known)[READ]
    there = posture.units(on_day, "arrived")
    under_way = posture.units(on_day, *posture.UNDER_WAY)
    carriers, marines, defense = "carrier-strike-group", "marine-unit", "air-defense"
    silent = posture.silent(there, known.date)
    systems = _air_defense(_of_kind(on_day, defense), known.date - posture.HEARD_OF)
    found = {
        "carriers_in_region": count(_of_kind(there, carriers)),
        "carriers_committed": count(posture.units(on_day, *posture.COMMITTED, kind=carriers)),
        "marines_committed": total(_of_kind(under_way, marines), "personnel"),
        "personnel_committed": total(under_way, "personnel"),
        "air_defense_committed": systems,
        "air_defense_silent": total(
            silent[is_one_of(silent["deployment_id"], systems.evidence)], "quantity"
        ),
        "units_arrived": count(there),
        "units_silent": count(silent),
        "units_under_way": count(under_way),
        "units_not_heard_of": count(posture.not_heard_of(known)),
    }
    return facts(found, METADATA, known)


def _of_kind(deployments: pd.DataFrame, kind: str) -> pd.DataFrame:
    return deployments[is_one_of(deployments["kind"], [kind])]


def _air_defense(every: pd.DataFrame, since: pd.Timestamp) -> Found:
    """The sum over units or the newest summary that is not too old, whichever is larger.

    An official "nearly a dozen" overlaps the batteries announced one by one.
    """
    stated = every[every["quantity"].notna()]
    summed = posture.units(stated, *posture.COMMITTED)
    summaries = stated[
        is_one_of(stated["counting"], ["summary"])
        & is_one_of(stated["phase"], posture.COMMITTED)
        & (stated["reported_on"] >= since)
    ]
    newest = summaries.sort_values(["reported_on", "quantity"]).tail(1)
    in_units, in_summary = int(summed["quantity"].sum()), int(newest["quantity"].sum())
    if in_summary > in_units:
        return Found(in_summary, ids(newest))
    return Found(in_units, ids(summed))


def _present(known: Known) -> dict[str, Found]:
    deployments = posture.on_day(known)
    there = posture.units(deployments, "arrived")
    by_kind = {
        present_fact(kind): count(there[there["kind"] == kind], kind=kind.replace("-", " "))
        for kind in codes("deployment_kind")
    }
    return {
        **by_kind,
        "personnel_present": total(there, "personnel"),
        "units_ordered": count(posture.units(deployments, "ordered")),
        "units_en_route": count(posture.units(deployments, "en-route")),
    }


def present_fact(kind: str) -> str:
    """The name of the fact that counts the units of a kind in the region."""
    return f"present_{kind.replace('-', '_')}"


def _moves(known: Known, window_days: int) -> dict[str, Found]:
    start = known.date - pd.Timedelta(days=window_days - 1)
    moves = presence.moves_in(known, start, known.date)
    names = {
        "orders": "ordered",
        "settings_out": "en-route",
        "arrivals": "arrived",
        "departures": "departed",
    }
    found = {
        f"{name}_window": count(moves[moves["phase"] == phase]) for name, phase in names.items()
    }
    so_far = presence.moves_in(known, pd.Timestamp.min, known.date)
    for name, phase in (("arrival", "arrived"), ("departure", "departed")):
        latest = so_far[so_far["phase"] == phase].head(1)
        named = latest.merge(known.deployments[["deployment_id", "asset"]], on="deployment_id")
        found[f"latest_{name}"] = only(named, "asset")
        found[f"latest_{name}_on"] = only(named, "start")
    deciding = so_far[is_one_of(so_far["phase"], ["arrived", "departed"])]
    undated = deciding[deciding["earliest"] != deciding["start"]].drop_duplicates("deployment_id")
    return {**found, "units_undated": count(undated)}


def _lead_times(known: Known) -> dict[str, Found]:
    lead = presence.lead_times(known)
    came = lead[lead["days"].notna()]
    phase = posture.last_phases(known).set_index("deployment_id")["phase"]
    awaited = lead[
        lead["arrived"].isna() & lead["deployment_id"].map(phase).isin(posture.UNDER_WAY)
    ]
    days = came["days"]
    values = {"median": days.median(), "shortest": days.min(), "longest": days.max()}
    return {
        "lead_time_units": count(came),
        **{
            f"lead_time_{name}": Found(None if came.empty else float(value), ids(came))
            for name, value in values.items()
        },
        "arrivals_unreported": count(awaited),
    }


def _standing(known: Known) -> dict[str, Found]:
    """The largest of the newest standing levels that officials give for an area."""
    deployments = posture.on_day(known)
    levels = deployments[
        (deployments["counting"] == "level")
        & deployments["personnel"].notna()
        & (deployments["phase"] == "arrived")
    ].sort_values(["personnel", "deployment_id"])
    found = {}
    for area in STANDING:
        largest, there = levels[levels["area"] == area].tail(1), word("area", area, "standing")
        found[f"standing_{area}"] = only(largest, "personnel", area=there)
        found[f"standing_{area}_on"] = only(largest, "reported_on", area=there)
    return found
