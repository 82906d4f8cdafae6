"""Facts on what officials count, how much of it the record holds, and casualties by both."""

from __future__ import annotations

import pandas as pd

from analysis.measures import casualties, tallies
from analysis.measures.attacks import (
    claimed_only,
    counted,
    countries_hit,
    in_window,
    on_targets,
    recorded,
)
from analysis.measures.fact import Fact, Found, count, ids, only, total
from analysis.measures.metadata import beside, facts
from analysis.record import Known
from analysis.record.codebook import ALL, SEA, place

METADATA = beside(__file__)


def tally_facts(known: Known) -> dict[str, Fact]:
    """The largest official count, by country too, and how much of it the record holds."""
    overall = _count(known, ALL)
    scopes = {ALL: ("", "in all")} | {
        code: (f"_{code.lower()}", place(code))
        for code in countries_hit(recorded(on_targets(known)))
        if code != SEA
    }
    found: dict[str, Found] = {}
    for scope, (suffix, where) in scopes.items():
        tally = _count(known, scope)
        found[f"attacks_official{suffix}"] = only(tally, "value", where=where)
        found[f"attacks_official{suffix}_through"] = only(tally, "through", where=where)
    found["attacks_official_qualifier"] = only(overall, "qualifier")
    return {**facts(found, METADATA, known), **_coverage_facts(known)}


def _count(known: Known, scope: str) -> pd.DataFrame:
    return tallies.largest(tallies.of_the_campaign(known, "attacks", scope))


def _coverage_facts(known: Known) -> dict[str, Fact]:
    tally = _count(known, ALL)
    found = {"record_counted": Found(None), "record_coverage": Found(None)}
    if not tally.empty:
        described, value = tallies.counted_one_by_one(known, tally), int(tally["value"].iloc[0])
        covered = len(described) / value if value else None
        found = {
            "record_counted": count(described),
            "record_coverage": Found(
                covered if covered is None or covered <= 1 else None, ids(tally) + ids(described)
            ),
        }
    return facts(found, METADATA, known)


def casualty_facts(known: Known, days: int) -> dict[str, Fact]:
    """People killed and injured: official counts, and the sum over the record's rows."""
    attacks = counted(known)
    own, partner = casualties.own(attacks), casualties.partner(attacks)
    lately = casualties.american(in_window(recorded(on_targets(known)), known.date, days))
    official = {
        measure: tallies.newest(tallies.of_the_campaign(known, measure))
        for measure in ("injured", "killed")
    }
    found = {
        "injured_official": only(official["injured"], "value"),
        "injured_official_through": only(official["injured"], "through"),
        "injured_record": total(own, "injured"),
        "killed_official": only(official["killed"], "value"),
        "killed_record": total(own, "killed"),
        "casualties_claim_only": count(claimed_only(own)),
        "partner_killed_record": total(partner, "killed"),
        "partner_injured_record": total(partner, "injured"),
        "us_killed_window": total(lately, "killed"),
        "us_injured_window": total(lately, "injured"),
    }
    return facts(found, METADATA, known)
