"""The floor: what the figures, tables and sentences of a brief cost in a process that is warm.

    python benchmarks/floor.py FOLDER DAY…

Runs the cells of notebooks/brief.ipynb as plain Python for each day, once, and saves what they
show: no kernel, no notebook, no page. One more day before them warms the process up. Prints the
wall and CPU seconds of each day as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import nbformat

import analysis as an

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "brief.ipynb"


def main(folder: Path, *days: str) -> None:
    """Warm up, then measure each day."""
    folder.mkdir(parents=True, exist_ok=True)
    _make("2023-12-05", folder)
    costs = []
    for day in days:
        wall, cpu = time.perf_counter(), time.process_time()
        _make(day, folder)
        costs.append((time.perf_counter() - wall, time.process_time() - cpu))
    print(json.dumps(costs))


def _make(day: str, folder: Path) -> None:
    cells = [c.source for c in nbformat.read(NOTEBOOK, 4).cells if c.cell_type == "code"]
    parameters, opening, *pieces = cells
    names: dict[str, object] = {"an": an}
    exec(parameters, names)
    names["as_of"] = day
    exec(opening, names)
    for number, piece in enumerate(pieces):
        shown = eval(piece, names)._repr_mimebundle_()
        (folder / f"{number}.html").write_text(shown["text/html"], encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
