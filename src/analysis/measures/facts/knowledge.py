"""Facts on what the record learned, and on how late it learns."""

from __future__ import annotations

import pandas as pd

from analysis.measures.delay import reporting_delay
from analysis.measures.fact import SINCE, Fact, ids, share
from analysis.measures.nowcast import nowcast_of
from analysis.record import Known


def change_facts(changes: pd.DataFrame) -> dict[str, Fact]:
    """How many things the record learned of, and how many it knows differently now."""
    new = changes[changes["kind"] == "new"]
    revised = changes[changes["kind"] == "revised"].drop_duplicates(["table", "id"])
    return {
        "new_facts_since_previous": Fact(
            len(new), "things first reported since the window before", ids(new["id"])
        ),
        "revised_facts_since_previous": Fact(
            len(revised),
            "things known before that the record now knows otherwise",
            ids(revised["id"]),
        ),
    }


def delay_facts(held: pd.DataFrame) -> dict[str, Fact]:
    """How late attacks become known."""
    delay = reporting_delay(held)
    late = held[delay >= 2]
    return {
        "reporting_delay_median": Fact(
            None if delay.empty else float(delay.median()),
            f"median days from attack to first report, attacks {SINCE}",
            ids(held),
        ),
        "reported_late_share": share(
            late, held, f"share of attacks {SINCE} first reported two or more days later"
        ),
    }


def nowcast_facts(known: Known, held: pd.DataFrame, window_days: int) -> dict[str, Fact]:
    """The attacks of the window once all reports are in: how many more, and a 90 % interval."""
    total, rows = nowcast_of(known, window_days).total, ids(held)
    return {
        "nowcast_missing": Fact(
            round(total.estimate - total.observed, 1),
            "attacks of the window expected to be reported later, on average",
            rows,
        ),
        "nowcast_low": Fact(total.low, "attacks of the window in the end, from (90 %)", rows),
        "nowcast_high": Fact(total.high, "attacks of the window in the end, up to (90 %)", rows),
    }
