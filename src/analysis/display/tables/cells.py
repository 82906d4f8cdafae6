"""Rows and columns as a table of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from analysis.display.fragment import Fragment
from analysis.display.writing import as_text

#: Tables of a page show so many rows, the newest or the most telling.
MOST_ROWS = 6

#: A table of fewer rows than these stands on one page of paper.
FEWEST_TO_SPLIT = 8


def table(
    caption: str,
    cells: Sequence[Mapping[str, object]] | Mapping[str, Sequence[object]] | pd.DataFrame,
    kind: str = "",
) -> Fragment:
    """Rows, columns by name, or a frame of objects, as a table of the page.

    Every cell is escaped; markup in cells stays markup.
    """
    # A column of text would keep the words of its cells and forget which of them are markup.
    frame = pd.DataFrame(cells, dtype=object)
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in frame.columns)
    # Put together as plain text: each piece is escaped already, and there may be 30,000 rows.
    rows = ("</td><td>".join(map(as_text, row)) for row in frame.to_numpy())
    body = Markup("\n".join(f"<tr><td>{row}</td></tr>" for row in rows))
    short = "short" if len(frame) < FEWEST_TO_SPLIT else ""
    return Fragment(
        Markup(
            '<figure class="{}"><figcaption>{}</figcaption><div class="scroll" tabindex="0">'
            "<table><thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody></table></div></figure>"
        ).format(" ".join(filter(None, ("table", kind, short))), caption, head, body)
    )
