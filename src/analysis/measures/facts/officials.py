"""Facts on what officials count, how much of it the record holds, and casualties by both."""

from __future__ import annotations

import pandas as pd

from analysis.measures import casualties, tallies
from analysis.measures.attacks import claimed_only
from analysis.measures.fact import SINCE, Fact, count, ids, only, total
from analysis.record import Known


def tally_facts(known: Known, attacks: pd.DataFrame) -> dict[str, Fact]:
    """The newest official count, by country too, and how much of it the record holds."""
    facts = {}
    for scope, suffix, where in (
        ("ALL", "", "in all"),
        ("IRQ", "_irq", "in Iraq"),
        ("SYR", "_syr", "in Syria"),
        ("JOR", "_jor", "in Jordan"),
    ):
        latest = tallies.newest(tallies.of_the_wave(known, "attacks", scope))
        facts[f"attacks_official{suffix}"] = only(
            latest, "value", f"attacks that officials count {SINCE}, {where}"
        )
        facts[f"attacks_official{suffix}_through"] = only(
            latest, "through", f"last day of that count, {where}"
        )
    overall = tallies.newest(tallies.of_the_wave(known, "attacks"))
    facts["attacks_official_qualifier"] = only(
        overall, "qualifier", "how exact officials call their count"
    )
    return {**facts, **_coverage_facts(overall, attacks)}


def _coverage_facts(tally: pd.DataFrame, attacks: pd.DataFrame) -> dict[str, Fact]:
    one_by_one = "officially confirmed attacks of the record through the day of the official count"
    share = f"{one_by_one} ÷ that count"
    if tally.empty:
        return {"record_counted": Fact(None, one_by_one), "record_coverage": Fact(None, share)}
    counted = tallies.counted_one_by_one(attacks, tally["through"].iloc[0])
    value = int(tally["value"].iloc[0])
    covered = round(len(counted) / value, 4) if value else None
    return {
        "record_counted": count(counted, one_by_one),
        "record_coverage": Fact(covered, share, ids(tally) + ids(counted)),
    }


def casualty_facts(known: Known, attacks: pd.DataFrame) -> dict[str, Fact]:
    """People killed and injured: official counts, and the sum over the record's rows."""
    american, partner = casualties.american(attacks), casualties.partner(attacks)
    official = {
        measure: tallies.newest(tallies.of_the_wave(known, measure))
        for measure in ("injured", "killed")
    }
    whom = f"in attacks {SINCE}, rows of US or mixed casualties"
    return {
        "injured_official": only(
            official["injured"], "value", f"US personnel injured {SINCE}, official count"
        ),
        "injured_official_through": only(
            official["injured"], "through", "last day of the official count of injured"
        ),
        "injured_record": total(american, "injured", f"people injured {whom}"),
        "killed_official": only(
            official["killed"], "value", f"US personnel killed {SINCE}, official count"
        ),
        "killed_record": total(american, "killed", f"people killed {whom}"),
        "casualties_claim_only": count(
            claimed_only(american), "attacks with US casualties that only the attacker reports"
        ),
        "partner_killed_record": total(
            partner, "killed", f"people of partner forces killed in attacks {SINCE}"
        ),
        "partner_injured_record": total(
            partner, "injured", f"people of partner forces injured in attacks {SINCE}"
        ),
    }
