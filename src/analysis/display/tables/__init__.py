"""The tables of the reports: deployments and what changed here, the others beside it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import escape

from analysis.display import words
from analysis.display.attack_tables import actor_attacks, site_attacks
from analysis.display.cells import MOST_ROWS, table
from analysis.display.draw.history import NOTHING
from analysis.display.evidence import describe_rows
from analysis.display.fragment import Fragment
from analysis.display.outlook_tables import (
    outlook_assumptions,
    outlook_scores,
    outlook_thresholds,
)
from analysis.display.page import Page
from analysis.display.record_tables import (
    record_by_country,
    record_publishers,
    record_revisions,
    record_tallies,
)
from analysis.display.strike_tables import actor_strikes, ratio_in_words, strike_episodes, strikes
from analysis.measures import posture

__all__ = [
    "actor_attacks",
    "actor_strikes",
    "changes",
    "deployments",
    "outlook_assumptions",
    "outlook_scores",
    "outlook_thresholds",
    "ratio_in_words",
    "record_by_country",
    "record_publishers",
    "record_revisions",
    "record_tallies",
    "site_attacks",
    "strike_episodes",
    "strikes",
    "table",
]


def deployments(page: Page, most: int = MOST_ROWS) -> Fragment:
    """What was sent: phase, dates of order and arrival, and the days between them."""
    units = posture.units(page.deployments, *posture.COMMITTED)
    if units.empty:
        return NOTHING
    moved = units.merge(posture.milestones_of(page.known), on="deployment_id")
    newest = moved.sort_values(["since", "deployment_id"], ascending=[False, True])
    shown = newest.head(most)
    more = f"; the latest {most} of {len(moved)} to move" if len(moved) > len(shown) else ""
    rows = [_deployment_row(page, row) for row in shown.to_dict("records")]
    if not any(row[LEAD] for row in rows):
        rows = [{name: cell for name, cell in row.items() if name != LEAD} for row in rows]
    return table(f"Units ordered, under way or in the region{more}", rows)


LEAD = "Order to arrival"
PHASES = {"ordered": "ordered", "en-route": "under way", "arrived": "in the region"}


def _deployment_row(page: Page, row: dict[Any, Any]) -> dict[str, object]:
    ordered, arrived = row["ordered"], row["arrived"]
    lead = ""
    if pd.notna(ordered) and pd.notna(arrived):
        days = (arrived - ordered).days
        lead = f"{days} {words.noun(days, 'day|days')}"
    return {
        "Unit": escape(row["asset"]) + page.cite(ids=(row["deployment_id"],)),
        "Now": f"{PHASES[row['phase']]}, {words.area(row['area'])}",
        "Since": words.short_day(row["since"]),
        LEAD: lead,
    }


def changes(page: Page) -> Fragment:
    """Fields of known facts that changed, in words; the most telling first."""
    revised = page.changes[page.changes["kind"] == "revised"]
    if revised.empty:
        return NOTHING
    rank = {
        "killed": 0,
        "injured": 1,
        "confirmation": 2,
        "outcome": 3,
        "claimed_by": 4,
        "status": 2,
    }
    ordered = revised.assign(rank=revised["column"].map(rank).fillna(9)).sort_values(
        ["rank", "reported_on", "id", "column"], ascending=[True, False, True, True]
    )
    shown = ordered.head(MOST_ROWS)
    about = describe_rows(page.known, shown["id"].tolist()).to_dict("index")
    rows = [_change_row(page, row, about[row["id"]]) for row in shown.to_dict("records")]
    more = f"; {len(shown)} of {len(ordered)} changed fields" if len(ordered) > len(shown) else ""
    return table(f"Facts revised since {words.day(page.earlier.date)}{more}", rows)


def _change_row(page: Page, row: dict[Any, Any], about: dict[Any, Any]) -> dict[str, object]:
    before, after = (_in_words(page, row["column"], row[side]) for side in ("before", "after"))
    subject = about["place"] if about["table"] == "attacks" else about["what"].split(":")[0]
    return {
        "What": escape(f"{subject}, {words.short_day(about['date'])}")
        + page.cite(ids=(row["id"],)),
        "Field": row["column"].replace("_", " "),
        "Was": before,
        "Is": after,
        "Reported": words.short_day(row["reported_on"]),
    }


def _in_words(page: Page, column: str, value: Any) -> str:
    if pd.isna(value):
        return "not reported"
    text = str(value)
    if column in ("claimed_by", "attributed_to", "target_actor"):
        return page.known.actor_names().get(text, text)
    if column.endswith("_on"):
        return words.short_day(text)
    if column == "area":
        return words.area(text)
    is_number = text.lstrip("-").replace(".", "").isdigit()
    return text if is_number else text.replace("-", " ")
