"""The tables of the brief: US strikes, deployments, what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from analysis.display import words
from analysis.display.draw.history import NOTHING
from analysis.display.evidence import describe_rows
from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.display.writing import as_text
from analysis.measures import posture, responses

MOST_ROWS = 8


def table(
    caption: str,
    cells: Sequence[Mapping[str, object]] | Mapping[str, Sequence[object]] | pd.DataFrame,
    kind: str = "",
) -> Fragment:
    """Rows, columns by name, or a frame of objects, as a table of the page.

    Every cell is escaped; markup in cells stays markup.
    """
    # A column of text would keep the words of its cells and forget which of them are markup.
    escaped = pd.DataFrame(cells, dtype=object).map(as_text)
    escaped.columns = [str(escape(column)) for column in escaped.columns]
    with pd.option_context("display.max_colwidth", None):
        html = escaped.to_html(index=False, escape=False, border=0, justify="left", classes=[])
    html = html.replace(' class="dataframe"', "").replace(' style="text-align: left;"', "")
    return Fragment(
        Markup(
            '<figure class="table {}"><figcaption>{}</figcaption><div class="scroll">{}</div>'
            "</figure>"
        ).format(kind, caption, Markup(html))
    )


def strikes(page: Page) -> Fragment:
    """Days of US strikes in Iraq and Syria, newest first, with attacks before and after."""
    found = responses.in_iraq_and_syria(page.known)
    if found.empty:
        return NOTHING
    held = page.recorded[["attack_id", "event_date"]]
    days = [_strike_day(page, rows, held) for _, rows in found.groupby("event_date", sort=True)][
        ::-1
    ]
    shown = days[:MOST_ROWS]
    more = f"; the newest {MOST_ROWS} of {len(days)}" if len(days) > MOST_ROWS else ""
    return table(
        "Days of US strikes in Iraq and Syria, with recorded attacks in the seven days before "
        f"and after{more}",
        shown,
    )


def _strike_day(page: Page, rows: pd.DataFrame, held: pd.DataFrame) -> dict[str, object]:
    day = rows["event_date"].iloc[0]
    found = responses.before_and_after(held, day, page.as_of)
    names = page.known.actor_names()
    targets = rows["target_actor"].dropna().map(names).drop_duplicates()
    after: object = "–"
    if found.days:
        after = str(len(found.after)) + (f" in {found.days} d" if found.days < 7 else "")
    return {
        "Day": words.short_day(day),
        "Where": Markup("; ").join(rows["place"]) + page.cite(ids=tuple(rows["response_id"])),
        "Target, as officials name it": "; ".join(targets),
        "Before": str(len(found.before)) + (f" in {found.days} d" if found.days < 7 else ""),
        "After": after,
    }


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
    return table(f"Units ordered, under way or in the region{more}", rows)


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
        "Order to arrival": lead,
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
