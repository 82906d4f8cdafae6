"""Facts of the record report: how complete the record is, how late it learns, what it revises."""

from __future__ import annotations

from analysis.measures import reconciliation, revisions, sources
from analysis.measures.attacks import counted, on_targets
from analysis.measures.delay import ASSUMPTION, distribution
from analysis.measures.estimate import Estimate
from analysis.measures.fact import Evidence, Fact, Found, count, ids, only, share
from analysis.measures.facts.attacks import attack_facts, level_facts
from analysis.measures.facts.knowledge import nowcast_facts
from analysis.measures.facts.officials import tally_compared_facts, tally_facts
from analysis.measures.metadata import beside, facts
from analysis.measures.nowcast import delays_of
from analysis.measures.triangle import known_spans
from analysis.record import Known
from analysis.record.codebook import ALL, codes, place, word
from analysis.record.coded import is_one_of

METADATA = beside(__file__)

#: Delays, in days, of which the page states the share known by then.
WITHIN = (0, 1)

#: Columns of a distribution of delays.
ENDS = ("estimate", "low", "high")


def record_report_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """All facts of a record report."""
    found = {**_gaps(known), **_known_by(known)}
    later = {**_revisions(known), **_sources(known)}
    return {
        **attack_facts(known, window_days),
        **tally_facts(known),
        **facts(found, METADATA, known),
        **nowcast_facts(known, window_days),
        **facts(later, METADATA, known),
    }


def record_compared_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """Those of them that have a title, and so can be key figures."""
    return {
        **level_facts(known, on_targets(known), window_days),
        **tally_compared_facts(known),
        **facts({**_known_by(known), **_sources(known)}, METADATA, known),
        **nowcast_facts(known, window_days),
    }


def _gaps(known: Known) -> dict[str, Found]:
    """What officials count and the record does not describe, at the newest tally and by country."""
    table = reconciliation.against_tallies(known)
    latest = table.tail(1)
    # More rows than officials count are not a share of what they count.
    held = table[table["coverage"] <= 1]
    fullest = held[held["coverage"] == held["coverage"].max()].tail(1)
    split = reconciliation.by_country(known)
    whole = split[split["scope"] == ALL]
    best = None if fullest.empty else float(fullest["coverage"].iloc[0])
    by_country = split[~is_one_of(split["scope"], [ALL, reconciliation.REST])]
    return {
        "record_gap": only(latest, "gap"),
        "record_recorded": only(latest, "recorded"),
        "tallies": count(table),
        "fullest_coverage": Found(best, ids(fullest)),
        "fullest_coverage_through": only(fullest, "through"),
        "split_gap": only(whole, "gap"),
        "split_through": only(whole, "through"),
        **{
            f"split_gap_{code.lower()}": only(
                by_country[by_country["scope"] == code], "gap", where=place(code)
            )
            for code in by_country["scope"]
        },
    }


def _known_by(known: Known) -> dict[str, Found]:
    """How many attacks are known within so many days, corrected for reports still to come."""
    delays = delays_of(known)
    shares, rows = distribution(delays, known.date), ids(delays)
    once_held = known_spans(known).drop_duplicates(["attack_id", "event_date"])
    found = {
        "delay_attacks": count(delays),
        "delay_longest": Found(None if delays.empty else int(delays["delay"].max()), rows),
        "attacks_withdrawn": Found(len(once_held) - len(delays)),
    }
    for delay in WITHIN:
        estimate = None
        if delay in shares.index:
            value, low, high = (float(shares[end].loc[delay]) for end in ENDS)
            estimate = Estimate(value, low, high, len(delays), ASSUMPTION)
        found |= _share_known(delay, estimate, rows)
    return found


def _share_known(delay: int, estimate: Estimate | None, rows: Evidence) -> dict[str, Found]:
    ends = {"": "value", "_low": "low", "_high": "high"}
    return {
        f"known_within_{delay}{end}_share": Found(
            None if estimate is None else getattr(estimate, part), rows, estimate
        )
        for end, part in ends.items()
    }


def _revisions(known: Known) -> dict[str, Found]:
    """What the record says otherwise than at first, and how many people more it counts."""
    attacks, revised = counted(known), revisions.revisions(known)
    again = attacks[is_one_of(attacks["attack_id"], revised["attack_id"])]
    moves = revisions.confirmation_moves(revised)
    found = {
        "revised_attacks": count(again),
        "revised_share": share(again, attacks),
        "confirmation_raised": count(moves[moves["raised"]]),
        "confirmation_lowered": count(moves[~moves["raised"]]),
        "claims_confirmed": count(moves[moves["raised"] & (moves["before"] == "claim")]),
    }
    for column in revisions.PEOPLE:
        people = revised[(revised["column"] == column) & (revised["change"] != 0)]
        latest = None if people.empty else int(people["days"].max())
        found |= {
            f"{column}_revised_attacks": count(people),
            f"{column}_added": Found(int(people["change"].sum()), ids(people)),
            f"{column}_revised_latest": Found(latest, ids(people)),
        }
    return found


def _sources(known: Known) -> dict[str, Found]:
    """Who publishes the rows, and how many attacks rest on one publisher alone."""
    published = sources.publications(known)
    publishers, per_attack = sources.by_publisher(published), sources.per_attack(published)
    first, rows = publishers[publishers["attacks"] == publishers["attacks"].max()], ids(published)
    of_first = published[is_one_of(published["publisher"], first["publisher"])]
    named = ids(of_first["attack_id"].drop_duplicates())
    alone = per_attack[per_attack["sources"] == 1]
    kinds = sources.judged(known, published)
    passed_on = kinds[kinds["relays"] != ""]
    one_sided = per_attack[per_attack["attack_id"].isin(list(sources.one_sided(known)))]
    return {
        **{
            f"rows_{code}_share": share(
                kinds[kinds["kind"] == code], published, outlets=word("source_kind", code, "from")
            )
            for code in codes("source_kind")
        },
        "rows_passed_on_share": share(passed_on, published),
        "one_sided": count(one_sided),
        "attack_rows": Found(len(published), rows),
        "publishers": Found(len(publishers), rows),
        "top_publisher": Found(str(first["publisher"].iloc[0]) if len(first) == 1 else None, named),
        "top_publisher_attacks": Found(int(first["attacks"].max()) if len(first) else 0, named),
        "one_source": count(alone),
        "one_source_share": share(alone, per_attack),
    }
