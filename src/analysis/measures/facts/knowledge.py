"""Facts on what the record learned, and on how late it learns."""

from __future__ import annotations

import pandas as pd

from analysis.measures.attacks import recorded_counted
from analysis.measures.delay import reporting_delay
from analysis.measures.fact import Fact, Found, count, ids, share
from analysis.measures.metadata import beside, facts
from analysis.measures.nowcast import nowcast_of
from analysis.record import Known
from analysis.record.coded import is_one_of

METADATA = beside(__file__)


def change_facts(known: Known, changes: pd.DataFrame) -> dict[str, Fact]:
    """How many things the record learned of, took back, and knows differently now."""
    named = {
        "new": "new_facts_since_previous",
        "revised": "revised_facts_since_previous",
        "withdrawn": "withdrawn_facts_since_previous",
        "reinstated": "reinstated_facts_since_previous",
    }
    things = changes[["table", "id", "kind"]].drop_duplicates()
    found = {name: count(things["id"][is_one_of(things["kind"], [kind])])
             for kind, name in named.items()}  # fmt: skip
    return facts(found, METADATA, known)


def delay_facts(known: Known) -> dict[str, Fact]:
    """How late attacks become known."""
    held = recorded_counted(known)
    delay = reporting_delay(held)
    found = {
        "reporting_delay_median": Found(None if delay.empty else float(delay.median()), ids(held)),
        "reported_late_share": share(held[delay >= 2], held),
    }
    return facts(found, METADATA, known)


def nowcast_facts(known: Known, window_days: int) -> dict[str, Fact]:
    """The attacks of the window once all reports are in: how many more, and a 90 % interval."""
    now = nowcast_of(known, window_days)
    rows, observed = ids(recorded_counted(known)), int(now.days["observed"].sum())
    found = {
        "nowcast_missing": Found(float(now.total.value or 0) - observed, rows, now.total),
        "nowcast_low": Found(now.total.low, rows, now.total),
        "nowcast_high": Found(now.total.high, rows, now.total),
    }
    return facts(found, METADATA, known)
