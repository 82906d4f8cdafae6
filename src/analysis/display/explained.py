"""Which numbers of two reports differ, and why: as text, as a page, for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.display.reasons import numbers, reason, values
from analysis.display.tables.cells import table
from analysis.measures.explained import REASONS
from analysis.plain_text import one_line

_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    '<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
    "<style>body{{font:1rem/1.4 sans-serif;margin:1.5rem auto;max-width:70rem;padding:0 1rem}}"
    ".scroll{{overflow-x:auto}}table{{border-collapse:collapse}}figure{{margin:0}}"
    "td,th{{border-top:1px solid #bbb;padding:.3rem .6rem;text-align:left;vertical-align:top}}"
    "</style>\n</head>\n<body>\n<h1>{title}</h1>\n{lines}\n{table}\n</body>\n</html>\n"
)


def as_text(found: pd.DataFrame, head: Sequence[str], names: Mapping[str, str]) -> Iterator[str]:
    """Lines for people: each number that differs, and below it its reasons.

    Parameters
    ----------
    found: see :func:`analysis.measures.explained.explained`.
    head: the lines that come first.
    names: names of sites and actors by id.
    """
    yield from map(one_line, head)
    for of_one in numbers(found):
        first = of_one[0]
        was, now = values(first, names)
        yield one_line(f"{first['name']}: {was} -> {now}  ({first['unit']})")
        for row in of_one:
            yield "    " + one_line(reason(row))


def as_page(found: pd.DataFrame, head: Sequence[str], names: Mapping[str, str]) -> str:
    """The same as a page that stands alone and loads nothing; see :func:`as_text`."""
    rows = []
    for of_one in numbers(found):
        first = of_one[0]
        was, now = values(first, names)
        why = Markup("<br>").join(reason(row) for row in of_one)
        told = {"Number": first["name"], "What is counted": first["unit"]}
        rows.append({**told, "Was": was, "Is": now, "Why": why})
    title, *lines = head
    listed = table("Numbers that differ, and why", rows).html if rows else Markup("")
    said = Markup("\n").join(Markup("<p>{}</p>").format(line) for line in lines)
    return str(_PAGE.format(title=title, lines=said, table=listed))


def as_json(found: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """Everything for machines: what was compared, and under `numbers` each with its `reasons`."""
    listed = []
    for of_one in numbers(found):
        first = of_one[0]
        reasons = [
            {"why": row["reason"], "in_words": REASONS[row["reason"]], "rows": list(row["rows"]),
             **({"detail": row["detail"]} if row["detail"] else {})}
            for row in of_one
        ]  # fmt: skip
        told = {part: first[part] for part in ("name", "unit", "kind", "before", "after")}
        listed.append({**told, "reasons": reasons})
    return json.dumps({**about, "numbers": listed}, indent=2, ensure_ascii=False)
