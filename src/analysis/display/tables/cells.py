"""Rows and columns as a table of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from markupsafe import Markup, escape

from analysis.display.fragment import Fragment
from analysis.display.writing import as_text

#: Tables of a page show so many rows, the newest or the most telling.
MOST_ROWS = 6


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
