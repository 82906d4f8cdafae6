"""Table of what happened in the window: attacks, US strikes and movements, one line each.

The page tells those that matter most; as data it tells all, for whoever lists or searches them, or
the newest where they are very many.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

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
from analysis.record.coded import rows_with

CAPTION = "Events of the window in the order of time"

#: So many events are told as data: a week of a war has a tenth of it.
MOST_LISTED = 500

_NOT_KNOWN = "not reported"


class Event(NamedTuple):
    """What tells an event of the window from the others; see :func:`of_window`."""

    id: str
    kind: str
    event_date: pd.Timestamp


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
    first, listed = _events(told), _events(every)
    tell = {event: _told(page, event, rows[event]) for event in dict.fromkeys(first + listed)}
    lines = [{"row": event.id, "day": _day(page, event), **tell[event]} for event in first]
    paper = table(CAPTION, [_cells(line, linked=False) for line in lines], "happened")
    html = table(CAPTION, [_cells(line, linked=True) for line in lines], "happened").html
    as_data = [_as_data(event, tell[event]) for event in listed]
    return Fragment(html, {PAPER_TYPE: str(paper.html), PAGE_TYPE: {"events": as_data}})


def _events(told: pd.DataFrame) -> list[Event]:
    return list(map(Event._make, zip(*(told[name] for name in Event._fields), strict=True)))


def _rows_of(page: Page, ids: Collection[str]) -> dict[Event, Row]:
    """The attacks, strikes and movements that have these ids."""
    attacks, strikes, moved = on_targets(page.known), page.known.responses, moves(page.known)
    every = [
        (attacks.assign(kind="attack"), "attack_id"),
        (strikes.assign(kind="strike"), "response_id"),
        (moved, "id"),
    ]
    return {
        Event(row[key], row["kind"], row["event_date"]): row
        for table, key in every
        for row in rows_with(table, key, ids)
    }


def _as_data(event: Event, told: Mapping[str, Any]) -> dict[str, str]:
    """An event for a list that has no columns: its row, its day, its site, and all that is told."""
    heads = {"hurt": "hurt: ", "named": "claimed by ", "confirmed": "confirmed by "}
    said = [
        f"{head}{told[column]}"
        for column, head in heads.items()
        if told[column] not in ("", _NOT_KNOWN)
    ]
    what = f"{told['what']}{told.get('more', '')}"
    return {
        "id": event.id,
        "day": f"{event.event_date:%Y-%m-%d}",
        "site": str(told.get("site", "")),
        "place": words_alone(told["place"]),
        "text": words_alone("; ".join([what, *said])),
    }


def _told(page: Page, event: Event, row: Row) -> dict[str, Any]:
    """What the columns after the day say of an event."""
    tell = {"attack": _attack, "strike": _strike}.get(event.kind, _move)
    return tell(page, row)


def _day(page: Page, event: Event) -> Markup:
    day = f"{event.event_date.day}{words.NBSP}{event.event_date:%b}"
    return Markup('<span class="date">{}</span>{}').format(day, page.cite(ids=(event.id,)))


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


def _attack(page: Page, row: Row) -> dict[str, Any]:
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


def _strike(page: Page, row: Row) -> dict[str, Any]:
    parts: list[str] = []
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


def _move(_: Page, row: Row) -> dict[str, Any]:
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
