"""Where every number comes from: endnotes, the list of facts, and the rows behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from analysis.display import words
from analysis.display.cells import table
from analysis.display.evidence import describe_rows, host, link
from analysis.display.fragment import FACTS_TYPE, PAPER_TYPE, Fragment
from analysis.display.key_figures import card, strip, window_card
from analysis.display.page import Page
from analysis.measures.fact import MOST_ROWS, SINCE, Fact, Value

#: Up to so many rows are listed at once; more unfold.
FEW = 3

#: What the list of rows says where it cannot be whole.
CHOICE = (
    f". Where a number rests on more than {words.digits(MOST_ROWS)}, these are the newest "
    f"{words.digits(MOST_ROWS)} behind it; the record holds the others"
)


def key_figures(page: Page) -> Fragment:
    """The key figures of the brief."""
    return strip(
        window_card(page),
        card(
            page,
            "Attacks officials count, since 17 Oct 2023",
            "attacks_official",
            unknown="none published yet",
        ),
        card(page, "Injured on the US side, by the record", "injured_record"),
        card(page, "Killed on the US side, by the record", "killed_record"),
        card(page, "US strikes in Iraq and Syria", "us_strikes_cumulative"),
        card(page, "Carrier strike groups in the region", "carriers_in_region"),
    )


def sources(page: Page) -> Fragment:
    """The endnotes, in the order in which the page cites them."""
    if not page.endnotes.numbers:
        return Fragment(Markup('<p class="answer">No source is cited.</p>'))
    items = [
        Markup('<li id="source-{}">{}, {}, <span class="host">{}</span></li>').format(
            number, link(url, publisher), words.short_day(day), host(url)
        )
        for number, (publisher, url), day in page.endnotes.listed()
    ]
    return Fragment(
        Markup('<section class="sources"><ol>{}</ol></section>').format(Markup("").join(items))
    )


def numbers(page: Page) -> Fragment:
    """Every fact that the page states: its value, what is counted, from how many rows.

    On a screen the rows unfold into links. All facts, stated or not, go along
    machine-readable.
    """
    stated = {name: fact for name, fact in page.facts.items() if name in page.stated}
    cells: dict[str, Sequence[object]] = {
        "Number": [_value(page, name, fact) for name, fact in stated.items()],
        "What is counted": [fact.unit.replace(f" {SINCE}", "") for fact in stated.values()],
        "Rows": [words.digits(fact.evidence.total) for fact in stated.values()],
    }
    unfolding = {**cells, "Rows": [_rows(fact) for fact in stated.values()]}
    facts = {
        name: {"value": fact.value, "unit": fact.unit, **_traced(fact)}
        for name, fact in page.facts.items()
    }
    html, paper = _numbers_table(unfolding), _numbers_table(_side_by_side(cells))
    return Fragment(html, {PAPER_TYPE: str(paper), FACTS_TYPE: {"facts": facts}})


def _traced(fact: Fact) -> dict[str, object]:
    """The rows behind a fact; where they are too many to name, how many there are."""
    named: dict[str, object] = {"evidence": list(fact.evidence)}
    return named if _is_whole(fact) else {**named, "evidence_rows": fact.evidence.total}


def _is_whole(fact: Fact) -> bool:
    return len(fact.evidence) == fact.evidence.total


def _side_by_side(cells: Mapping[str, Sequence[object]]) -> pd.DataFrame:
    """Two rows in one, to be read from left to right: half as many lines on paper."""
    rows = pd.DataFrame(cells, dtype=object)
    first, second = (rows.iloc[start::2].reset_index(drop=True) for start in (0, 1))
    return pd.concat([first, second.reindex(first.index, fill_value="")], axis=1)


def _numbers_table(cells: Mapping[str, Sequence[object]] | pd.DataFrame) -> Markup:
    listing = table(
        f"Each number of this page, what it counts ({SINCE} where no other span is named) and "
        "from how many rows",
        cells,
    )
    return Markup('<section class="numbers">{}</section>').format(listing.html)


def _value(page: Page, name: str, fact: Fact) -> Markup:
    return Markup('<span id="fact-{}">{}</span>').format(name, _as_set(page, name, fact.value))


def _as_set(page: Page, name: str, value: Value) -> str:
    if isinstance(value, str):
        return (
            words.short_day(value)
            if name.endswith(("_on", "_through", "_strike"))
            else (page.names.get(value, value))
        )
    if name.removesuffix("_low").removesuffix("_high").endswith(("_share", "_coverage")):
        return words.percent(value or 0)
    is_probability = "probability" in name or name.endswith("_p_value")
    return words.probability(value or 0) if is_probability else words.digits(value or 0)


def _rows(fact: Fact) -> Markup:
    """The rows as links, unfolding from their number where they are many."""
    links = Markup(" ").join(
        Markup('<a href="#row-{0}">{0}</a>').format(row) for row in fact.evidence
    )
    count = words.digits(fact.evidence.total)
    if len(fact.evidence) <= FEW:
        return links or Markup("0")
    if not _is_whole(fact):
        links = Markup("the newest {}: {}").format(words.digits(len(fact.evidence)), links)
    return Markup('<details><summary>{}</summary><span class="rows">{}</span></details>').format(
        count, links
    )


def evidence(page: Page) -> Fragment:
    """Every row that a fact rests on, with what it says and who says it; for the screen."""
    ids = {row for fact in page.facts.values() for row in fact.evidence}
    rows = describe_rows(page.known, ids).sort_values(["date", "table"], kind="stable")
    cells: dict[str, Sequence[object]] = {
        "Row": [Markup('<span id="row-{0}">{0}</span>').format(row) for row in rows.index],
        "Date": [words.short_day(date) for date in rows["date"]],
        "Place": list(rows["place"]),
        "What": list(rows["what"]),
        "Who confirms": list(rows["confirmation"]),
        "Source": [
            link(url, publisher)
            for url, publisher in zip(rows["source_url"], rows["publisher"], strict=True)
        ],
    }
    choice = "" if all(map(_is_whole, page.facts.values())) else CHOICE
    listing = table(f"Rows of the record behind the numbers above{choice}", cells)
    html = Markup('<section class="evidence">{}</section>').format(listing.html)
    return Fragment(html, {PAPER_TYPE: ""})
