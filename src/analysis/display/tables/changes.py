"""Tables of what changed: facts taken back or known otherwise, and key figures with the reason."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from analysis.display import words
from analysis.display.evidence import Described, became, describe_rows
from analysis.display.fragment import NOTHING, PAPER_TYPE, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.reasons import in_short, numbers, values
from analysis.display.tables.cells import MOST_ROWS, table
from analysis.measures.explained import explained
from analysis.measures.fact import as_data
from analysis.measures.told import Told
from analysis.record.codebook import word
from analysis.record.coded import is_one_of
from analysis.record.standing import GONE, MERGED, STANDS

#: Kinds of change in whether a thing counts at all.
STANDING = ("withdrawn", "reinstated")

#: Casualties first, and what is known from the attackers alone now; then the most telling fields.
RANK = {"killed": 0, "injured": 1, "confirmation": 2, "status": 2, "outcome": 3, "claimed_by": 4}

#: Columns of codes, each with the list that has its words, and which of them a cell says.
CODES = {
    "area": ("area", "label"),
    "by": ("by", "label"),
    "casualties_of": ("casualties_of", "among"),
    "confirmation": ("confirmation", "by"),
    "method": ("method", "label"),
    "outcome": ("outcome", "label"),
    "status": ("status", "label"),
    "target": ("target", "label"),
    "weapons": ("weapon", "label"),
}


@figure
def changes(page: Page) -> Fragment:
    """What was taken back, fields of facts that changed, and key figures that did so, and why.

    Of the fields the most telling stand first. On paper the key figures alone tell how they moved.

    page: of `brief` or a report of one's own; it needs facts such as `killed_record`,
        `units_arrived` and `attacks_window`.
    """
    facts, key_figures = _facts(page), _key_figures(page)
    html = Markup("\n").join(one.html for one in (facts, key_figures) if one.html)
    return Fragment(html, {PAPER_TYPE: str(facts.html)}) if html else NOTHING


def _key_figures(page: Page) -> Fragment:
    """Which of the key figures are others than on the earlier day, and what made them so."""
    began = page.campaign.start > page.then.date  # what had no campaign yet is no other since
    names = [
        name
        for name, fact in page.facts_then.items()
        if name in page.headline and page.facts[name].title and not (began and fact.withheld)
    ]
    then, now = (
        Told(
            {name: as_data(facts[name]) for name in names},
            known,
            page.parameters,
            is_of_the_record=True,
        )
        for facts, known in ((page.facts_then, page.then), (page.facts, page.known))
    )
    found = explained(then, now, page.changes)
    rows = [_figure_row(page, of_one) for of_one in numbers(found)]
    if not rows:
        return NOTHING
    return table(f"Key figures that differ from those of {words.day(page.changed_since)}", rows)


def _figure_row(page: Page, reasons: list[dict[Any, Any]]) -> dict[str, object]:
    was, now = values(reasons[0], page.names)
    return {
        "Figure": page.facts[reasons[0]["name"]].title.format_map(page.words),
        "Was": was,
        "Is": now,
        "Why": "; ".join(map(in_short, reasons)),
    }


def _facts(page: Page) -> Fragment:
    """What was taken back, all of it, and fields of known facts that changed."""
    standing = page.changes[is_one_of(page.changes["kind"], STANDING)]
    revised = page.changes[page.changes["kind"] == "revised"]
    revised = revised[~is_one_of(revised["column"], ("lat", "lon"))]
    if standing.empty and revised.empty:
        return NOTHING
    claimed = (revised["column"] == "confirmation") & (revised["after"] == "claim")
    rank = revised["column"].map(RANK).fillna(9).mask(claimed, RANK["injured"])
    ordered = revised.assign(rank=rank).sort_values(
        ["rank", "reported_on", "id", "column"], ascending=[True, False, True, True]
    )
    shown = ordered.head(MOST_ROWS)
    listed = pd.concat([standing, shown])
    # Things of two tables may have the same id, such as a movement and the news of it.
    described = describe_rows(page.known, listed["id"].tolist())
    about = {(row.table, row.id): row for row in described}
    rows = [
        _change_row(page, row, about[row["table"], row["id"]]) for row in listed.to_dict("records")
    ]
    more = f"; {len(shown)} of {len(ordered)} changed fields" if len(ordered) > len(shown) else ""
    what = "Facts taken back or revised" if len(standing) else "Facts revised"
    return table(f"{what} since {words.day(page.changed_since)}{more}", rows, kind="revised")


def _change_row(page: Page, row: dict[Any, Any], about: Described) -> dict[str, object]:
    in_words = _standing if row["kind"] in STANDING else _in_words
    before, after = (in_words(page, row["column"], row[side]) for side in ("before", "after"))
    subject = about.place if about.table == "attacks" else about.what.split(":")[0]
    return {
        "What": escape(f"{subject}, {words.short_day(about.date)}") + page.cite(ids=(row["id"],)),
        "Field": "standing" if row["kind"] in STANDING else row["column"].replace("_", " "),
        "Was": before,
        "Is": after,
        "Reported": words.short_day(row["reported_on"]),
    }


def _standing(_: Page, column: str, value: Any) -> str:
    """What a thing is held for: counted, retracted or the same as another."""
    if pd.isna(value) or value == STANDS:
        return "counted"
    return became(value, None) if value in GONE else became(MERGED, value)


def _in_words(page: Page, column: str, value: Any) -> str:
    if pd.isna(value):
        return "not reported"
    text = str(value)
    if column in ("claimed_by", "attributed_to", "target_actor"):
        return page.known.actor_names().get(text, text)
    if column.endswith("_on"):
        return words.short_day(text)
    if column in CODES:
        codes, use = CODES[column]
        said = [word(codes, code, use) for code in text.split("+")]
        return ", ".join(said)
    if text.isdigit():
        return words.digits(int(text))
    # Codes of the record; whatever else is written with hyphens keeps them.
    return re.sub("[-+]", " ", text) if re.fullmatch("[a-z]+([-+][a-z]+)*", text) else text
