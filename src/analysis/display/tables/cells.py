"""Rows and columns as a table of the page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from analysis.display.fragment import Fragment
from analysis.display.writing import as_text

#: Tables of a page show so many rows, the newest or the most telling.
MOST_ROWS = 6

_TO_THE_RIGHT = Markup(' class="number"')

#: A table of fewer rows than these stands on one page of paper.
FEWEST_TO_SPLIT = 6


def table(
    caption: str,
    cells: Sequence[Mapping[str, object]] | Mapping[str, Sequence[object]] | pd.DataFrame,
    kind: str = "",
    numbers: Collection[str] = (),
) -> Fragment:
    """Rows, columns by name, or a frame of objects, as a table of the page.

    Every cell is escaped; markup in cells stays markup. Whoever has a frame takes `an.table.of`.

    Parameters
    ----------
    caption: what it shows, in which unit.
    cells: what stands in it, by the names of its columns.
    kind: a class of the page's style.
    numbers: the columns that stand to the right.

    Returns
    -------
    Fragment
        The table.

    Examples
    --------
    >>> table("Attacks by site", {"Site": ["Erbil"], "Attacks": ["3"]}, numbers=["Attacks"])
    Attacks by siteSiteAttacks Erbil3
    """
    # A column of text would keep the words of its cells and forget which of them are markup.
    frame = pd.DataFrame(cells, dtype=object)
    sides = [_TO_THE_RIGHT if name in numbers else "" for name in frame.columns]
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(side, name)
        for side, name in zip(sides, frame.columns, strict=True)
    )
    # Put together as plain text: each piece is escaped already, and there may be 30,000 rows.
    form = f"<tr>{''.join(f'<td{side}>%s</td>' for side in sides)}</tr>"
    body = Markup("\n".join(form % tuple(map(as_text, row)) for row in frame.to_numpy()))
    short = "short" if len(frame) < FEWEST_TO_SPLIT else ""
    return Fragment(
        Markup(
            '<figure class="{}"><figcaption>{}</figcaption><div class="scroll" tabindex="0">'
            "<table><thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody></table></div></figure>"
        ).format(" ".join(filter(None, ("table", kind, short))), caption, head, body)
    )


def framed(series: pd.Series) -> pd.DataFrame:
    """A series as the column of a frame, without a heading where it has no name.

    >>> framed(pd.Series([3])).columns.tolist()
    ['']
    """
    return series.to_frame("" if series.name is None else series.name)
