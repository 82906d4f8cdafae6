"""Tables that fit: on paper wide ones are split and long ones cut; on screen they scroll."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import product

from lxml import html
from markupsafe import Markup

#: How many rows of a table are printed: about five pages.
PAPER_ROWS = 200

#: How many letters of a table stand beside each other on paper, in the size of tables.
PAPER_LETTERS = 126

#: A cell's text is broken into lines of so many letters, rather than have a column of its length.
_COLUMN = 26
#: A word is broken, too, if it is longer.
_WORD = 40
_GAP = 3

_NUMBER = re.compile(r"[-−+]?[$€£]?\d[\d,.\u202f\xa0 ]*(e[-+]?\d+)?\s?%?", re.IGNORECASE)
_NOTHING = frozenset(("", "-", "–", "—", "nan", "none", "<na>", "nat", "..."))


@dataclass
class Grid:
    """A table of rows and columns, every place of it filled.

    Parameters
    ----------
    rows: the cell at each place; a joined one is at all that it covers.
    body: how many of the last rows are no head.
    index: how many of the first columns say what a row is about.
    """

    rows: Sequence[Sequence[html.HtmlElement]]
    body: int
    index: int


def fitted(source: str, *, paged: bool) -> str:
    """Make the tables of a piece of HTML fit the page.

    Parameters
    ----------
    source: HTML that is safe.
    paged: whether the page is for paper.
    """
    if "<table" not in source:
        return source
    root = html.fragment_fromstring(source, create_parent="div")
    for table in list(root.iter("table")):
        if any(parent.tag == "table" for parent in table.iterancestors()):
            continue
        grid = _grid(table)
        if grid:
            _align(grid)
        for cell in table.iter("td", "th"):
            if _longest_word(cell) > _WORD:
                cell.set("class", f"{cell.get('class', '')} long".strip())
        if paged:
            _shorten(table)
            _narrow(table, grid)
        else:
            _wrap(table, [table], "scroll others")
    inside = "".join(html.tostring(child, encoding="unicode") for child in root)
    return f"{Markup.escape(root.text or '')}{inside}"


def _cells(row: html.HtmlElement) -> list[html.HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _grid(table: html.HtmlElement) -> Grid | None:
    """The places of a table; None where some are empty, or two cells are at one."""
    rows = list(table.iter("tr"))
    places: dict[tuple[int, int], html.HtmlElement] = {}
    for number, row in enumerate(rows):
        column = 0
        for cell in _cells(row):
            while (number, column) in places:
                column += 1
            for below, beside in product(range(_span(cell, "row")), range(_span(cell, "col"))):
                if number + below < len(rows):
                    places[number + below, column + beside] = cell
    width = 1 + max((column for _, column in places), default=-1)
    if not width or len(places) != width * len(rows):
        return None
    grid = [[places[number, column] for column in range(width)] for number in range(len(rows))]
    heads = [all(cell.tag == "th" for cell in row) for row in grid]
    body = len(grid) - next((n for n, head in enumerate(heads) if not head), len(grid))
    firsts = [
        next(n for n, cell in enumerate(row) if cell.tag != "th")
        for row, head in zip(grid, heads, strict=True)
        if not head
    ]
    return Grid(grid, body, min(firsts, default=0))


def _span(cell: html.HtmlElement, way: str) -> int:
    """How many columns or rows a cell covers."""
    said = cell.get(f"{way}span", "1").strip()
    return min(max(int(said), 1), 1000) if said.isdecimal() else 1


def _align(grid: Grid) -> None:
    """Set columns of numbers to the right."""
    for column in zip(*grid.rows, strict=True):
        alone = [cell for cell in column if _span(cell, "col") == 1]
        values = [cell for cell in column[len(column) - grid.body :] if cell in alone]
        said = [
            text for cell in values if (text := cell.text_content().strip()).lower() not in _NOTHING
        ]
        if said and all(map(_NUMBER.fullmatch, said)):
            for cell in dict.fromkeys(alone):
                cell.set("class", f"{cell.get('class', '')} number".strip())


def _shorten(table: html.HtmlElement) -> None:
    """Leave out rows that are too many, and say so."""
    rows = [row for body in table.iter("tbody") for row in body.iter("tr")]
    if len(rows) <= PAPER_ROWS:
        return
    for row in rows[PAPER_ROWS:]:
        row.getparent().remove(row)
    said = f"The first {PAPER_ROWS} of {len(rows):,} rows; the page on screen has them all."
    table.addnext(_paragraph(said))


def _narrow(table: html.HtmlElement, grid: Grid | None) -> None:
    """Split a table that is too wide by columns, or set it smaller where it has gaps."""
    widths = _widths(grid.rows) if grid else []
    if grid and sum(widths) > PAPER_LETTERS:
        groups = _groups(widths, grid.index)
        if len(groups) > 1:
            last = len(widths) - grid.index
            parts = []
            for columns in groups:
                first, end = columns[0] - grid.index + 1, columns[-1] - grid.index + 1
                label = _paragraph(f"Columns {first} to {end} of {last}")
                parts += [label, _part(table, grid, [*range(grid.index), *columns])]
            _wrap(table, parts, "parts")
    elif grid is None:
        letters = max((sum(map(_width, _cells(row))) for row in table.iter("tr")), default=0)
        if letters > PAPER_LETTERS:
            share = max(PAPER_LETTERS / letters, 0.55)
            table.set("style", f"font-size: {share:.2f}em; overflow-wrap: anywhere")


def _widths(rows: Sequence[Sequence[html.HtmlElement]]) -> list[int]:
    """How many letters each column takes; a joined cell shares itself among those it covers."""
    return [
        max(-(-_width(cell) // _span(cell, "col")) for cell in column)
        for column in zip(*rows, strict=True)
    ]


def _width(cell: html.HtmlElement) -> int:
    """How many letters a cell takes, its text in lines."""
    text = cell.text_content().strip()
    return min(len(text), max(_COLUMN, min(_longest_word(cell), _WORD))) + _GAP


def _longest_word(cell: html.HtmlElement) -> int:
    return max(map(len, cell.text_content().split()), default=0)


def _groups(widths: Sequence[int], index: int) -> list[list[int]]:
    """Columns that fit beside each other and the index, in their order.

    >>> _groups([10, 60, 60, 20], index=1)
    [[1], [2, 3]]
    """
    room = PAPER_LETTERS - sum(widths[:index])
    groups: list[list[int]] = [[]]
    for column in range(index, len(widths)):
        if groups[-1] and sum(widths[n] for n in [*groups[-1], column]) > room:
            groups.append([])
        groups[-1].append(column)
    return groups


def _part(table: html.HtmlElement, grid: Grid, columns: Sequence[int]) -> html.HtmlElement:
    """A copy of a table with some of its columns."""
    part = deepcopy(table)
    part.tail = None
    for name in ("id", "style"):
        part.attrib.pop(name, None)
    covers: Counter[html.HtmlElement] = Counter()
    for row in grid.rows:
        here = Counter(row[column] for column in columns)
        covers.update({cell: n for cell, n in here.items() if cell not in covers})
    for cell, copy in zip(list(table.iter("td", "th")), list(part.iter("td", "th")), strict=True):
        if not covers[cell]:
            copy.drop_tree()
        elif _span(cell, "col") > 1:
            copy.set("colspan", str(covers[cell]))
    return part


def _wrap(table: html.HtmlElement, parts: Sequence[html.HtmlElement], name: str) -> None:
    """Put parts in the place of a table, in an element that has its id, for the style's sake."""
    around = html.Element("div", {"class": name})
    if parts != [table] and table.get("id"):
        around.set("id", table.get("id"))
    around.tail, table.tail = table.tail, None
    table.getparent().replace(table, around)
    around.extend(parts)


def _paragraph(text: str) -> html.HtmlElement:
    paragraph = html.Element("p", {"class": "part"})
    paragraph.text = text
    return paragraph
