"""Facts on the fronts and on what the US sent."""

from __future__ import annotations

import pandas as pd

from analysis.measures import fronts, posture
from analysis.measures.attacks import in_window
from analysis.measures.fact import SINCE, Fact, count, ids, only
from analysis.record import Known


def front_facts(known: Known, days: int) -> dict[str, Fact]:
    """How many of the five fronts are active, which opened last, which are heating up."""
    attacks = fronts.on_all_fronts(known)
    window = in_window(attacks, known.date, days)
    previous = in_window(attacks, known.date - pd.Timedelta(days=days), days)
    first = fronts.first_attacks(attacks)
    last_opened = first.tail(1)
    facts = {
        "fronts_active_window": Fact(
            int(window["front"].nunique()),
            "fronts, of five, with a recorded attack in the window",
            ids(window),
        ),
        "fronts_active_cumulative": Fact(
            int(attacks["front"].nunique()), f"fronts with a recorded attack {SINCE}", ids(first)
        ),
        "fronts_opened_window": Fact(
            len(in_window(first, known.date, days)),
            f"fronts whose first attack {SINCE} fell in the window",
            ids(in_window(first, known.date, days)),
        ),
        "front_opened_last": only(last_opened, "front", "front whose first attack came last"),
        "front_opened_last_on": only(last_opened, "event_date", "date of that first attack"),
    }
    for front in fronts.FRONTS:
        name = front.split()[0].lower()
        for label, rows in (("window", window), ("previous_window", previous)):
            facts[f"front_{name}_{label}"] = count(
                rows[rows["front"] == front],
                f"attacks on any target, {front}, in the {label.replace('_', ' ')}",
            )
    return facts


def posture_facts(known: Known) -> dict[str, Fact]:
    """What was sent: carriers, Marines, people, air defence."""
    deployments = posture.on_day(known)
    there = posture.units(deployments, "arrived")
    under_way = posture.units(deployments, *posture.UNDER_WAY)
    return {
        "carriers_in_region": posture.carriers_in_region(deployments),
        "carriers_committed": posture.carriers_committed(deployments),
        "marines_committed": posture.marines_committed(deployments),
        "personnel_committed": posture.personnel_committed(deployments),
        "air_defense_committed": posture.air_defense_committed(deployments),
        "units_arrived": count(there, "deployments of units arrived and not departed"),
        "units_under_way": count(under_way, "deployments of units ordered or under way"),
    }
