"""Facts on what officials count, how much of it the record holds, and casualties by both."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.measures import casualties, tallies
from analysis.measures.attacks import (
    came_through,
    claimed_only,
    countries_hit,
    in_window,
    on_targets,
    recorded,
    recorded_on_targets,
    until,
)
from analysis.measures.fact import Fact, Found, count, ids, only, total
from analysis.measures.metadata import beside, facts
from analysis.record import Known, remembered
from analysis.record.codebook import ALL, SEA, place
from analysis.record.coded import distinct

METADATA = beside(__file__)

#: The columns of attacks that tell who was harmed.
READ = ["attack_id", "event_date", "confirmation", *casualties.READ]


def tally_facts(known: Known) -> dict[str, Fact]:
    """The largest official count, by country too, and how much of it the record holds."""
    overall = _count(known, ALL)
    scopes = {ALL: ("", "in all")} | {
        code: (f"_{code.lower()}", place(code))
        for code in countries_hit(recorded_on_targets(known))
        if code != SEA
    }
    found: dict[str, Found] = {}
    for scope, (suffix, where) in scopes.items():
        tally = _count(known, scope)
        found[f"attacks_official{suffix}"] = stated(tally, where=where)
        found[f"attacks_official{suffix}_through"] = only(tally, "through", where=where)
    found["attacks_official_qualifier"] = only(overall, "qualifier")
    return {**facts(found, METADATA, known), **_coverage_facts(known)}


def tally_compared_facts(known: Known) -> dict[str, Fact]:
    """Those of them that the key figures compare with an earlier day."""
    found = {"attacks_official": stated(_count(known, ALL), where="in all")}
    return {**facts(found, METADATA, known), **_coverage_facts(known)}


@remembered
def _count(known: Known, scope: str) -> pd.DataFrame:
    return tallies.largest(tallies.of_the_campaign(known, "attacks", scope))


def stated(tally: pd.DataFrame, **words: str) -> Found:
    """What somebody counted, as exactly as they said."""
    return least_exact(only(tally, "value", **words), tally["qualifier"])


def least_exact(found: Found, said: pd.Series) -> Found:
    """A number that rests on others: as exact as the least exact of them."""
    given = distinct(said)
    qualifier = next((one for one in ("at-least", "about") if one in given), "")
    return replace(found, qualifier=qualifier)


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
    every = on_targets(known)[READ]
    told, claims = recorded(every), until(claimed_only(every), known.through)
    held, lately = until(told, known.through), in_window(told, known.date, days)
    partner, american = casualties.partner(held), casualties.american(lately)
    by_the_record = _by_the_record(held)
    official = {
        measure: tallies.newest(tallies.of_the_campaign(known, measure))
        for measure in ("injured", "killed")
    }
    found = {
        "injured_official": stated(official["injured"]),
        "injured_official_through": only(official["injured"], "through"),
        "injured_record": by_the_record["injured_record"],
        "killed_official": stated(official["killed"]),
        "killed_official_through": only(official["killed"], "through"),
        "killed_record": by_the_record["killed_record"],
        "casualties_claim_only": count(casualties.own(claims)),
        "partner_killed_record": people(held, partner, "killed"),
        "partner_injured_record": people(held, partner, "injured"),
        "us_killed_window": people(lately, american, "killed"),
        "us_injured_window": people(lately, american, "injured"),
    }
    return facts(found, METADATA, known)


def casualty_compared_facts(known: Known) -> dict[str, Fact]:
    """Those of them that the key figures compare with an earlier day."""
    held = until(recorded(on_targets(known)[READ]), known.through)
    return facts(_by_the_record(held), METADATA, known)


def _by_the_record(held: pd.DataFrame) -> dict[str, Found]:
    own = casualties.own(held)
    return {f"{harm}_record": people(held, own, harm) for harm in ("injured", "killed")}


def people(attacks: pd.DataFrame, hurt: pd.DataFrame, harm: str, side: str = "") -> Found:
    """People killed or injured in attacks, as exactly as sources said.

    What no row gives is unknown: a number of injured that adds up to 0 is not known where sources
    are silent on an attack that came through.

    Parameters
    ----------
    attacks: without those that only the attacker reports.
    hurt: those with casualties of one side; see :mod:`analysis.measures.casualties`.
    harm: "killed" or "injured".
    side: whose they are, as the unit of the fact says it.
    """
    found = total(hurt, harm, whose=side)
    if harm == "injured" and found.value == 0 and came_through(attacks)[harm].isna().any():
        return Found(None, words=found.words)
    some = hurt[casualties.are_some(hurt[harm])]
    return least_exact(found, casualties.exactness(some, harm))
