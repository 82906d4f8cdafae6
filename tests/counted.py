"""What a report tells, counted without one, and why two of them differ."""

from __future__ import annotations

from typing import Any

import pandas as pd
from conftest import of_the_war

from analysis.measures.coverage import as_kept
from analysis.measures.fact import as_data
from analysis.measures.facts import state_facts
from analysis.measures.facts.knowledge import change_facts, delay_facts
from analysis.measures.facts.lead import lead_facts
from analysis.measures.learned import of_the_campaign
from analysis.measures.told import Told
from analysis.record import Record, between


def told(record: Record, day: str, window_days: int = 7, **of_report: Any) -> Told:
    """What a report of a day tells, as far as it costs little to count."""
    known = of_the_war(record, day)
    then = of_the_war(record, f"{pd.Timestamp(day) - pd.Timedelta(days=window_days):%Y-%m-%d}")
    counted = {
        **lead_facts(known, window_days),
        **state_facts(known, window_days),
        **change_facts(known, of_the_campaign(known, between(then, known))),
        **delay_facts(known),
    }
    facts = as_kept(counted, known, window_days)
    made = {"code": "one", "is_of_the_record": True, **of_report}
    return Told(
        {name: as_data(fact) for name, fact in facts.items()},
        known.of_all_time,
        {"window_days": window_days},
        **made,
    )


def why(found: pd.DataFrame, name: str) -> dict[str, tuple[str, ...]]:
    """The reasons of a number, with their rows."""
    rows = found[found["name"] == name]
    return dict(zip(rows["reason"], rows["rows"], strict=True))
