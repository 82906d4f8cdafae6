"""Where every number comes from: endnotes, the list of facts, and the rows behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

import pandas as pd
from markupsafe import Markup, escape

from analysis.display import words
from analysis.display.evidence import Described, describe_rows, host, kinds_of_publishers, link
from analysis.display.fragment import FACTS_TYPE, PAPER_TYPE, Fragment
from analysis.display.key_figures import card, strikes_card, strip, window_card
from analysis.display.manual import in_full
from analysis.display.page import Page
from analysis.display.tables.cells import table
from analysis.display.writing import IN_TABLES, set_as
from analysis.measures.fact import MOST_ROWS, Fact, as_data, is_whole
from analysis.record import Known, remembered
from analysis.record.versions import IDENTIFIERS
from analysis.record.wording import usual_words

#: What the list of rows says where it cannot be whole.
CHOICE = (
    f". Where a number rests on more than {words.digits(MOST_ROWS)}, these are the newest "
    f"{words.digits(MOST_ROWS)} behind it; the record holds the others"
)

__all__ = ["evidence", "key_figures", "numbers", "sources"]


def __dir__() -> list[str]:
    return __all__


@in_full
def key_figures(page: Page) -> Fragment:
    """The key figures of the brief.

    page: of `brief` or a report of one's own.
    """
    return strip(
        window_card(page),
        card(page, "attacks_official", unknown="none in the record"),
        card(page, "injured_record"),
        card(page, "killed_record"),
        strikes_card(page, "us_strikes_cumulative"),
        card(page, "carriers_in_region"),
    )


@in_full
def sources(page: Page) -> Fragment:
    """The endnotes, in the order in which the page cites them.

    page: of any report, after the pieces that cite.
    returns: A list of publishers, days and pages; a sentence where nothing is cited.
    """
    if not page.endnotes.numbers:
        return Fragment(Markup('<p class="answer">No source is cited.</p>'))
    kinds = kinds_of_publishers(page.known)
    items = [
        Markup('<li id="source-{}">{}, {}, <span class="host">{}</span>{}</li>').format(
            number, link(url, publisher), words.short_day(day), host(url), kinds.get(publisher, "")
        )
        for number, (publisher, url), day in page.endnotes.listed()
    ]
    return Fragment(
        Markup('<section class="sources"><ol>{}</ol></section>').format(Markup("").join(items))
    )


@in_full
def numbers(page: Page) -> Fragment:
    """Every fact that the page states: its value, what is counted, from how many rows.

    On a screen the number of rows unfolds into their places in the table of :func:`evidence`; on
    paper the numbers of the bottom line and of the key figures stand alone, if there are any. All
    facts, stated or not, go along machine-readable.

    page: of any report, after the pieces whose numbers it lists.
    returns: The table; a sentence where the page states no number.
    """
    facts = {name: as_data(fact) for name, fact in page.facts.items()}
    if not page.stated & set(page.facts):
        none = Markup('<p class="answer">This page states no number that is counted.</p>')
        return Fragment(none, {FACTS_TYPE: {"facts": facts}})
    places = {row.id: place for place, row in enumerate(_listed(page), start=1)}
    since = usual_words(page.known)["since"]
    how = f"what it counts ({since} where no other span is named) and from how many rows"
    html = _numbers_table(
        f"Each number of this page, {how}",
        _cells_of(page, page.stated, lambda fact: _rows(fact, places)),
    )
    told_first = page.headline & page.stated & set(page.facts)
    which = (
        f"Each number of the bottom line and of the key figures, {how}; the others stand in the "
        "HTML page and in facts.json"
    )
    paper = _numbers_table(
        which if told_first else f"Each number of this page, {how}",
        _side_by_side(
            _cells_of(
                page, told_first or page.stated, lambda fact: words.digits(fact.evidence.total)
            )
        ),
    )
    return Fragment(html, {PAPER_TYPE: str(paper), FACTS_TYPE: {"facts": facts}})


def _cells_of(
    page: Page, names: set[str], rows: Callable[[Fact], object]
) -> dict[str, Sequence[object]]:
    """The columns of a list of facts: value, what is counted, and the rows as they are set."""
    wanted = names & page.stated
    listed = {name: fact for name, fact in page.facts.items() if name in wanted}
    since = f" {usual_words(page.known)['since']}"
    return {
        "Number": [_value(page, name, fact) for name, fact in listed.items()],
        "What is counted": [fact.unit.replace(since, "") for fact in listed.values()],
        "Rows": [rows(fact) for fact in listed.values()],
    }


def _side_by_side(cells: Mapping[str, Sequence[object]]) -> pd.DataFrame:
    """Two rows in one, to be read from left to right: half as many lines on paper."""
    rows = pd.DataFrame(cells, dtype=object)
    first, second = (rows.iloc[start::2].reset_index(drop=True) for start in (0, 1))
    return pd.concat([first, second.reindex(first.index, fill_value="")], axis=1)


def _numbers_table(caption: str, cells: Mapping[str, Sequence[object]] | pd.DataFrame) -> Markup:
    listing = table(caption, cells)
    return Markup('<section class="numbers">{}</section>').format(listing.html)


def _value(page: Page, name: str, fact: Fact) -> Markup:
    value = "" if fact.value is None else set_as(fact.kind, fact.value, page.names, IN_TABLES)
    return Markup('<span id="fact-{}">{}</span>').format(name, value)


def _listed(page: Page) -> Sequence[Described]:
    """Every row that a fact rests on, described; in an order that keeps like rows together."""
    ids = frozenset().union(*(fact.evidence for fact in page.facts.values()))
    return _in_order(page.known, ids)


@remembered
def _in_order(known: Known, ids: frozenset[str]) -> Sequence[Described]:
    """By table, then by who confirms, then by date."""
    by_date = sorted(describe_rows(known, ids), key=attrgetter("date"))
    by_confirmation = sorted(by_date, key=attrgetter("confirmation"), reverse=True)
    tables = list(IDENTIFIERS)
    return sorted(by_confirmation, key=lambda row: tables.index(row.table))


def _rows(fact: Fact, places: Mapping[str, int]) -> Markup:
    """How many rows there are, unfolding into where they stand in the list of all."""
    count = words.digits(fact.evidence.total)
    numbers = sorted(places[row] for row in set(fact.evidence) if row in places)
    if not numbers:
        return Markup(count)
    newest = "" if is_whole(fact) else f"the newest {words.digits(len(fact.evidence))}: "
    # Put together as plain text: there is nothing in numbers to be escaped.
    spans = ", ".join(_span(first, last) for first, last in _runs(numbers))
    unfolded = f'<span class="rows">{newest}no. {spans}</span>'
    return Markup(f"<details><summary>{count}</summary>{unfolded}</details>")


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of ascending numbers without a gap.

    >>> _runs([1, 2, 3, 7])
    [(1, 3), (7, 7)]
    """
    there = set(numbers)
    firsts = [number for number in numbers if number - 1 not in there]
    lasts = [number for number in numbers if number + 1 not in there]
    return list(zip(firsts, lasts, strict=True))


def _span(first: int, last: int) -> str:
    ends = [f'<a href="#r{end}">{end}</a>' for end in (first, last)]
    return ends[0] if first == last else "–".join(ends)


@in_full
def evidence(page: Page) -> Fragment:
    """Every row that a fact rests on, with what it says and who says it.

    page: of any report.
    returns: The table, for the screen; nothing on paper.
    """
    rows = _listed(page)
    # Things of two tables may have the same id; an anchor is there once.
    first = {row.id: n for n, row in reversed([*enumerate(rows)])}
    cells: dict[str, Sequence[object]] = {
        "No.": [Markup(f'<span id="r{n}">{n}</span>') for n in range(1, len(rows) + 1)],
        "Row": [
            Markup(f'<span id="row-{named}">{named}</span>') if first[row.id] == n else named
            for n, (row, named) in enumerate((row, escape(row.id)) for row in rows)
        ],
        "Date": [words.short_day(row.date) for row in rows],
        "Place": [row.place for row in rows],
        "What": [row.what for row in rows],
        "Who confirms": [row.confirmation for row in rows],
        "Source": [link(row.source_url, row.publisher) for row in rows],
    }
    choice = "" if all(map(is_whole, page.facts.values())) else CHOICE
    listing = table(f"Rows of the record behind the numbers above{choice}", cells)
    html = Markup('<section class="evidence">{}</section>').format(listing.html)
    return Fragment(html, {PAPER_TYPE: ""})
