"""Facts of the record report: how complete the record is, how late it learns, what it revises."""

from __future__ import annotations

import pandas as pd

from analysis.measures import reconciliation, revisions, sources
from analysis.measures.attacks import on_us_forces, recorded
from analysis.measures.delay import distribution, known_delays
from analysis.measures.fact import SINCE, Fact, count, ids, only, share
from analysis.measures.facts.attacks import attack_facts
from analysis.measures.facts.knowledge import nowcast_facts
from analysis.measures.facts.officials import tally_facts
from analysis.measures.triangle import known_spans
from analysis.record import Known

#: Countries by the suffix of their facts.
WHERE = {"irq": "in Iraq", "syr": "in Syria", "jor": "in Jordan"}

#: Delays, in days, of which the page states the share known by then.
WITHIN = {0: "on the same day", 1: "by the day after"}


def record_report_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """All facts of a record report."""
    attacks = on_us_forces(known)
    held = recorded(attacks)
    return {
        **attack_facts(attacks, known.date, window_days),
        **tally_facts(known, attacks),
        **gap_facts(known, attacks),
        **known_by_facts(known),
        **nowcast_facts(known, held, window_days),
        **revision_facts(known, attacks),
        **source_facts(known, attacks),
    }


def gap_facts(known: Known, attacks: pd.DataFrame) -> dict[str, Fact]:
    """What officials count and the record does not describe, at the newest tally and by country."""
    table = reconciliation.against_tallies(known, attacks)
    latest = table.tail(1)
    fullest = table[table["coverage"] == table["coverage"].max()].tail(1)
    split = reconciliation.by_country(known, attacks)
    whole = split[split["scope"] == "ALL"]
    numbers = {
        "record_gap": ("gap", "attacks of the official count that no confirmed row describes"),
        "record_recorded": ("recorded", "attacks of the record through the day of that count"),
    }
    facts = {name: only(latest, column, unit) for name, (column, unit) in numbers.items()} | {
        "tallies": count(table, "days with an official count of all attacks"),
        "fullest_coverage": Fact(
            None if fullest.empty else round(float(fullest["coverage"].iloc[0]), 4),
            "largest share of an official count that confirmed rows describe",
            ids(fullest),
        ),
        "fullest_coverage_through": only(fullest, "through", "last day of that count"),
        "split_gap": only(whole, "gap", "attacks of the newest count with a split, not described"),
        "split_through": only(whole, "through", "last day of the newest count with a split"),
    }
    for suffix, where in WHERE.items():
        part = split[split["scope"] == suffix.upper()]
        facts[f"split_gap_{suffix}"] = only(
            part, "gap", f"attacks of that count {where} that no confirmed row describes"
        )
    return facts


def known_by_facts(known: Known) -> dict[str, Fact]:
    """How many attacks are known within so many days, corrected for reports still to come."""
    spans = known_spans(known)
    delays = known_delays(spans, known.date)
    shares, rows = distribution(delays, known.date), ids(delays)
    facts = {
        "delay_attacks": count(delays, f"recorded attacks {SINCE} whose delay is known"),
        "delay_longest": Fact(
            None if delays.empty else int(delays["delay"].max()),
            "days after which the attack reported last of all became known",
            rows,
        ),
        "attacks_withdrawn": Fact(
            len(spans.drop_duplicates(["attack_id", "event_date"])) - len(delays),
            "attacks once recorded that the record has taken back or moved to another day",
        ),
    }
    for delay, when in WITHIN.items():
        for name, column in (("", "estimate"), ("_low", "low"), ("_high", "high")):
            value = round(float(shares[column].loc[delay]), 4) if delay in shares.index else None
            ends = {"": "", "_low": ", lower end of the 95 % interval", "_high": ", upper end"}
            unit = f"share of attacks known {when}{ends[name]}"
            facts[f"known_within_{delay}{name}_share"] = Fact(value, unit, rows)
    return facts


def revision_facts(known: Known, attacks: pd.DataFrame) -> dict[str, Fact]:
    """What the record says otherwise than at first, and how many people more it counts."""
    revised = revisions.revisions(known, attacks)
    again = attacks[attacks["attack_id"].isin(revised["attack_id"])]
    moves = revisions.confirmation_moves(revised)
    facts = {
        "revised_attacks": count(again, f"attacks {SINCE} of which the record says more or other"),
        "revised_share": share(again, attacks, f"share of attacks {SINCE} so revised"),
        "confirmation_raised": count(moves[moves["raised"]], "attacks better confirmed since"),
        "confirmation_lowered": count(moves[~moves["raised"]], "attacks confirmed less well since"),
        "claims_confirmed": count(
            moves[moves["raised"] & (moves["before"] == "claim")],
            "mere claims that others confirmed later",
        ),
    }
    for column in revisions.PEOPLE:
        people = revised[(revised["column"] == column) & (revised["change"] != 0)]
        facts[f"{column}_revised_attacks"] = count(
            people, f"attacks whose number of {column} the record has revised"
        )
        facts[f"{column}_added"] = Fact(
            int(people["change"].sum()), f"people {column} by these revisions", ids(people)
        )
        facts[f"{column}_revised_latest"] = Fact(
            None if people.empty else int(people["days"].max()),
            f"days from first report to the latest such revision of {column}",
            ids(people),
        )
    return facts


def source_facts(known: Known, attacks: pd.DataFrame) -> dict[str, Fact]:
    """Who publishes the rows, and how many attacks rest on one publisher alone."""
    published = sources.publications(known, attacks)
    publishers, per_attack = sources.by_publisher(published), sources.per_attack(published)
    first, rows = publishers[publishers["attacks"] == publishers["attacks"].max()], ids(published)
    of_first = published[published["publisher"].isin(first["publisher"])]
    alone = per_attack[per_attack["sources"] == 1]
    return {
        "attack_rows": Fact(len(published), f"rows of the record on attacks {SINCE}", rows),
        "publishers": Fact(len(publishers), "publishers of these rows", rows),
        "top_publisher": Fact(
            str(first["publisher"].iloc[0]) if len(first) == 1 else None,
            "publisher with most attacks, where it is one",
            ids(of_first["attack_id"].drop_duplicates()),
        ),
        "top_publisher_attacks": Fact(
            int(first["attacks"].max()) if len(first) else 0,
            "attacks that a publisher reports at most",
            ids(of_first["attack_id"].drop_duplicates()),
        ),
        "one_source": count(alone, "attacks that rest on one publisher alone"),
        "one_source_share": share(alone, per_attack, "share of attacks that rest on one publisher"),
    }
