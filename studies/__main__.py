"""Run the studies and write their table into docs/methods.md.

make study                 all of them
python -m studies response one or several; their lines are printed, the table stays as it was
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import astuple, fields
from importlib import import_module
from pathlib import Path

from studies.row import StudyRow

#: The studies in the order of the table.
STUDIES = ("coordination", "response", "delay", "outlook")

METHODS = Path(__file__).parents[1] / "docs" / "methods.md"
BEGIN, END = "<!-- studies -->", "<!-- end of studies -->"


def main(names: Sequence[str]) -> None:
    """Run the studies that are named, or all."""
    found = [row for name in names or STUDIES for row in _run(name)]
    if names:
        print(markdown(found))
    else:
        METHODS.write_text(with_table(METHODS.read_text(encoding="utf-8"), found), encoding="utf-8")
        print(f"The table is in {os.path.relpath(METHODS)}.")


def _run(name: str) -> list[StudyRow]:
    started = time.monotonic()
    rows: list[StudyRow] = import_module(f"studies.{name}").rows()
    print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    return rows


def markdown(rows: Sequence[StudyRow]) -> str:
    """The rows as a table in Markdown."""
    columns = [field.name for field in fields(StudyRow)]
    lines = [columns, ["---"] * len(columns), *map(astuple, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def with_table(text: str, rows: Sequence[StudyRow]) -> str:
    """A text with the table between its marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{METHODS} has no {BEGIN} … {END} to put the table between.")
    return f"{before}{begin}\n\n{markdown(rows)}\n\n{end}{after}"


if __name__ == "__main__":
    main(sys.argv[1:])
