"""Tables that fit: on paper wide ones are split and long ones cut; on screen they scroll."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

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
    """A table of rows and columns in which no cell is wider or higher than others.

    Parameters
    ----------
    rows: the cells of each row.
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
        _align(grid.rows if grid else _last_columns(table), grid.body if grid else None)
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
    rows = [_cells(row) for row in table.iter("tr")]
    spans = any(cell.get("colspan") or cell.get("rowspan") for row in rows for cell in row)
    if not rows or spans or len({len(row) for row in rows}) != 1:
        return None
    heads = [all(cell.tag == "th" for cell in row) for row in rows]
    body = len(rows) - next((n for n, head in enumerate(heads) if not head), len(rows))
    index = min(
        (next((n for n, cell in enumerate(row) if cell.tag != "th"), 0) for row in rows[-body:]),
        default=0,
    ) if body else 0  # fmt: skip
    return Grid(rows, body, index)


def _last_columns(table: html.HtmlElement) -> list[list[html.HtmlElement]]:
    """Of a table with joined cells the rows as far as they are alike: cells, and their titles."""
    values = [row.findall("td") for body in table.iter("tbody") for row in body.iter("tr")]
    if not values or not values[0] or len({len(row) for row in values}) != 1:
        return []
    titles = [_cells(row)[-len(values[0]) :] for head in table.iter("thead") for row in head]
    return [row for row in titles if len(row) == len(values[0])][-2:] + values


def _align(rows: Sequence[Sequence[html.HtmlElement]], body: int | None) -> None:
    """Set columns of numbers to the right."""
    for column in zip(*rows, strict=True):
        values = column[-body:] if body else [cell for cell in column if cell.tag == "td"]
        said = [
            text for cell in values if (text := cell.text_content().strip()).lower() not in _NOTHING
        ]
        if body != 0 and said and all(map(_NUMBER.fullmatch, said)):
            for cell in column:
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
    """Split a table that is too wide by columns, or set it smaller where it has joined cells."""
    widths = _widths(grid.rows) if grid else []
    if grid and sum(widths) > PAPER_LETTERS:
        groups = _groups(widths, grid.index)
        if len(groups) > 1:
            last = len(widths) - grid.index
            parts = []
            for columns in groups:
                first, end = columns[0] - grid.index + 1, columns[-1] - grid.index + 1
                label = _paragraph(f"Columns {first} to {end} of {last}")
                parts += [label, _part(table, [*range(grid.index), *columns])]
            _wrap(table, parts, "parts")
    elif grid is None:
        letters = max((sum(map(_width, _cells(row))) for row in table.iter("tr")), default=0)
        if letters > PAPER_LETTERS:
            share = max(PAPER_LETTERS / letters, 0.55)
            table.set("style", f"font-size: {share:.2f}em; overflow-wrap: anywhere")


def _widths(rows: Sequence[Sequence[html.HtmlElement]]) -> list[int]:
    """How many letters each column takes."""
    return [max(map(_width, column)) for column in zip(*rows, strict=True)]


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


def _part(table: html.HtmlElement, columns: Sequence[int]) -> html.HtmlElement:
    """A copy of a table with some of its columns."""
    part = deepcopy(table)
    part.tail = None
    for name in ("id", "style"):
        part.attrib.pop(name, None)
    for row in part.iter("tr"):
        for number, cell in enumerate(_cells(row)):
            if number not in columns:
                row.remove(cell)
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
