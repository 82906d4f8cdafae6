"""Table of US units: phase, dates of order and arrival, and the days between them."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import escape

from analysis.display import words
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.tables.cells import MOST_ROWS, table
from analysis.measures import posture
from analysis.measures.presence import lead_times
from analysis.record import Known
from analysis.record.codebook import word


@figure
def deployments(page: Page, most: int = MOST_ROWS) -> Fragment:
    """What was sent: phase, dates of order and arrival, and the days between them.

    page: of `brief`, `posture` or a report of one's own; it needs the fact `carriers_in_region`.
    most: so many rows at most.
    """
    page.needs("carriers_in_region")  # a record that ends before this day cannot tell
    units = posture.units(posture.on_day(page.known), *posture.COMMITTED)
    if units.empty:
        return NOTHING
    moved = units.merge(_orders(page.known), on="deployment_id", how="left")
    newest = moved.sort_values(["since", "deployment_id"], ascending=[False, True])
    shown = newest.head(most)
    more = f"; the newest {most} of {len(moved)}" if len(moved) > len(shown) else ""
    rows = [_deployment_row(page, row) for row in shown.to_dict("records")]
    if not any(row[LEAD] for row in rows):
        rows = [{name: cell for name, cell in row.items() if name != LEAD} for row in rows]
    return table(f"Units ordered, under way or in the region{more}", rows)


LEAD = "Order to arrival"


def _orders(known: Known) -> pd.DataFrame:
    """Of units that were ordered the day of it, of the arrival, and the time that it took."""
    found = lead_times(known)
    return found.loc[
        found["announced_as"] == "ordered", ["deployment_id", "announced", "arrived", "days"]
    ]


def _deployment_row(page: Page, row: dict[Any, Any]) -> dict[str, object]:
    lead = ""
    if pd.notna(row["arrived"]):
        days, is_dated = (row["arrived"] - row["announced"]).days, pd.notna(row["days"])
        lead = f"{'' if is_dated else 'at most '}{days} {words.noun(days, 'day|days')}"
    return {
        "Unit": escape(row["asset"]) + page.cite(ids=(row["deployment_id"],)),
        "Now": f"{word('status', row['phase'])}, {word('area', row['area'])}",
        "Since": words.short_day(row["since"]),
        LEAD: lead,
    }
