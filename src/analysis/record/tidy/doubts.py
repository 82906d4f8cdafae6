"""What in a text may be meant, and may be what a program made of something else.

No rule is broken and nothing is mended; whoever keeps the record is told.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import cast

import pandas as pd

from analysis.errors import Fault
from analysis.record.broken import place
from analysis.record.csv_fields import quoted
from analysis.record.tables import kinds
from analysis.record.tidy.values import NOTHING, PERHAPS_NOTHING

_ENTITY = r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{2,5}|#x[0-9a-fA-F]{2,4});"


def doubts(table: str, rows: pd.DataFrame) -> Iterator[Fault]:
    """Yield a remark for each text that says something that may not be meant.

    Parameters
    ----------
    table: a name in `TABLES`.
    rows: all text; see :func:`analysis.record.broken.place` for their index.

    Examples
    --------
    >>> rows = pd.DataFrame({"note": ["Drones &amp; rockets", "NA"]}, index=[2, 3])
    >>> for doubt in doubts("attacks", rows):
    ...     print(doubt)
    attacks.csv:2: note: '&amp;' is how HTML writes '&'; write that if it is meant
    attacks.csv:3: note: 'NA' is what a program writes where nothing stands; leave it empty if so
    """
    for name in [name for name, kind in kinds(table).items() if kind == "text" and name in rows]:
        texts = rows[name]
        for index, text in texts[texts.str.contains(_ENTITY, na=False)].items():
            yield _remark(table, index, name, _of_html(text))
        for index, text in texts[texts.isin([*NOTHING, *PERHAPS_NOTHING])].items():
            what = f"{quoted(text)} is what a program writes where nothing stands"
            yield _remark(table, index, name, f"{what}; leave it empty if so")


def _of_html(text: str) -> str:
    entity = cast(re.Match[str], re.search(_ENTITY, text))[0]
    letter = html.unescape(entity)
    return f"{quoted(entity)} is how HTML writes {quoted(letter)}; write that if it is meant"


def _remark(table: str, index: object, column: str, message: str) -> Fault:
    return Fault(*place(table, cast(int, index)), column, message, kind="remark")
