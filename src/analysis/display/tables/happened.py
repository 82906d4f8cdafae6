"""Table of what happened in the window: attacks, US strikes and movements, one line each.

The page tells those that matter most; as data it tells all, for whoever lists or searches them, or
the newest where they are very many.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from analysis.display import events, words
from analysis.display.events import Row
from analysis.display.fragment import NOTHING, PAGE_TYPE, PAPER_TYPE, Fragment, words_alone
from analysis.display.manual import in_full
from analysis.display.page import Page
from analysis.display.tables.cells import table
from analysis.measures.attacks import on_targets
from analysis.measures.events import moves, of_window
from analysis.measures.facts.lead import events_told
from analysis.record.codebook import word
from analysis.record.coded import as_rows, is_one_of

CAPTION = "Events of the window in the order of time"

#: So many events are told as data: a week of a war has a tenth of it.
MOST_LISTED = 500

_NOT_KNOWN = "not reported"


@in_full
def happened(page: Page) -> Fragment:
    """What happened: every event of the window, or those that matter most.

    page: of `brief` or a report of one's own.
    """
    told = events_told(page.known, page.window_days)
    if told.empty:
        return NOTHING
    every = of_window(page.known, page.window_days).tail(MOST_LISTED)
    rows = _rows_of(page, {*told["id"], *every["id"]})
    lines = [_line(page, event) for event in _with_rows(told, rows)]
    paper = table(CAPTION, [_cells(line, linked=False) for line in lines], "happened")
    html = table(CAPTION, [_cells(line, linked=True) for line in lines], "happened").html
    listed = [_as_data(event, _told(page, event)) for event in _with_rows(every, rows)]
    return Fragment(html, {PAPER_TYPE: str(paper.html), PAGE_TYPE: {"events": listed}})


def _rows_of(page: Page, ids: Collection[str]) -> dict[tuple[str, str], Row]:
    """The attacks and strikes that have these ids, by kind and id."""
    tables = {"attack": on_targets(page.known), "strike": page.known.responses}
    return {
        (kind, row[table.columns[0]]): row
        for kind, table in tables.items()
        for row in as_rows(table, np.flatnonzero(is_one_of(table[table.columns[0]], ids)))
    }


def _with_rows(told: pd.DataFrame, rows: Mapping[tuple[str, str], Row]) -> list[Row]:
    """The events, an attack and a strike with the `row` that it is."""
    return [
        {**event, "row": rows.get((event["kind"], event["id"]))}
        for event in told.to_dict("records")
    ]


def _as_data(event: Row, told: Mapping[str, Any]) -> dict[str, str]:
    """An event for a list that has no columns: its row, its day, its site, and all that is told."""
    heads = {"hurt": "hurt: ", "named": "claimed by ", "confirmed": "confirmed by "}
    said = [
        f"{head}{told[column]}"
        for column, head in heads.items()
        if told[column] not in ("", _NOT_KNOWN)
    ]
    what = f"{told['what']}{told.get('more', '')}"
    return {
        "id": str(event["id"]),
        "day": f"{event['event_date']:%Y-%m-%d}",
        "site": str(told.get("site", "")),
        "place": words_alone(told["place"]),
        "text": words_alone("; ".join([what, *said])),
    }


def _line(page: Page, event: Row) -> dict[str, Any]:
    """One event: the row that it rests on, and what each column says of it."""
    return {"row": event["id"], "day": _day(page, event), **_told(page, event)}


def _told(page: Page, event: Row) -> dict[str, Any]:
    """What the columns after the day say of an event."""
    tell = {"attack": _attack, "strike": _strike}.get(event["kind"], _move)
    return tell(page, event)


def _day(page: Page, event: Row) -> Markup:
    day = f"{event['event_date'].day}{words.NBSP}{event['event_date']:%b}"
    return Markup('<span class="date">{}</span>{}').format(day, page.cite(ids=(event["id"],)))


def _cells(line: dict[str, Any], linked: bool) -> dict[str, object]:
    what = events.linked(line["row"], line["what"]) if linked else escape(line["what"])
    return {
        "Day": line["day"],
        "Where": line["where"],
        "What": what + line.get("more", ""),
        "Hurt": line["hurt"],
        "Claimed by": line["named"],
        "Confirmed by": line["confirmed"],
    }


def _attack(page: Page, event: Row) -> dict[str, Any]:
    row = event["row"]
    outcome = "" if row["outcome"] == "unknown" else f", {word('outcome', row['outcome'])}"
    about = " about this day" if row["date_precision"] == "about" else ""
    return {
        "site": row["site_id"],
        "place": events.place_and_country(row, str),
        "where": events.place_and_country(row, words.short_site),
        "what": f"Attack{about}: {events.fired(row)}",
        "more": outcome or "; outcome not known",
        "hurt": events.hurt(row),
        "named": _claimant(page, row),
        "confirmed": events.confirmed(row, page.known),
    }


def _claimant(page: Page, row: Row) -> str:
    """Who claims an attack; where nobody does, to whom it is attributed."""
    if pd.notna(row["claimed_by"]):
        return events.actor(row["claimed_by"], page.known)
    return "; ".join(filter(None, ("nobody", events.attributed(row, page.known))))


def _strike(page: Page, event: Row) -> dict[str, Any]:
    row = event["row"]
    parts = []
    if pd.notna(row["targets_struck"]):
        struck = int(row["targets_struck"])
        parts.append(f"{words.number(struck)} {words.noun(struck, 'target|targets')}")
    target = events.against([row["target_actor"]], [row["country"]], page.known)
    killed = row["killed_claimed"]
    by = word("by", row["by"])
    where = events.place_and_country({**row, "site": row["place"]}, str)
    return {
        "place": where,
        "where": where,
        "what": f"{by[0].upper()}{by[1:]} {word('method', row['method'])}",
        "more": target + "".join(f"; {part}" for part in parts),
        "hurt": _NOT_KNOWN if pd.isna(killed) else f"{words.number(killed)} killed, as claimed",
        "named": "",
        "confirmed": "",
    }


def _move(page: Page, event: Row) -> dict[str, Any]:
    known = moves(page.known)
    same = (known["id"] == event["id"]) & (known["kind"] == event["kind"])
    row = known[same & (known["event_date"] == event["event_date"])].iloc[0]
    where = word("area", row["area"])
    comes_from_within = row["within"] and row["kind"] == "arrival"
    how = "Move within the region" if comes_from_within else row["kind"].capitalize()
    return {
        "place": where,
        "where": where,
        "what": f"{how}: {row['asset']}",
        "hurt": "",
        "named": "",
        "confirmed": "",
    }
