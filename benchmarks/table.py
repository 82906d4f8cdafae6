"""The table of the README: what was measured, beside what it said before."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Sequence
from pathlib import Path

import psutil
from measure import Cost

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- benchmark -->", "<!-- /benchmark -->"

#: What was measured, what it cost, and the plain pipeline's cost where it compares.
Row = tuple[str, Cost, Cost | None]

#: By how much a figure may grow before it is said, as a share: less is chance.
REGRESSION = 0.10

_HEAD = ("", "wall s", "of plain", "CPU s", "memory MiB")


def write(rows: Sequence[Row]) -> list[str]:
    """Put the table between its marks in the README.

    Returns
    -------
    list of str
        A line for each figure that is worse than the table said before, by more than a tenth.
        Shares of the plain pipeline are compared where there are some: machines differ, these
        hardly do.
    """
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    old, _, after = rest.partition(END)
    new = [_cells(*row) for row in rows]
    lines = [
        f"Measured on {dt.date.today():%d %B %Y} with `make bench` on {_machine()}.",
        "",
        _line(_HEAD),
        "| --- | ---: | ---: | ---: | ---: |",
        *map(_line, new),
    ]
    table = "\n".join(["", *lines, ""])
    README.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
    print("\n".join(lines))
    return regressions(_read(old), new)


def regressions(before: Sequence[Sequence[str]], now: Sequence[Sequence[str]]) -> list[str]:
    """What of a table is worse than in the one before, in words.

    >>> regressions([("cold", "5.0", "0.40", "", "")], [("cold", "9.0", "0.41", "", "")])
    []
    >>> regressions([("cold", "5.0", "0.40", "", "")], [("cold", "5.0", "0.50", "", "")])
    ['cold: of plain 0.50, and 0.40 before (25 % more)']
    """
    known, found = {cells[0]: cells for cells in before}, []
    for cells in now:
        was = known.get(cells[0])
        if was is None:
            continue
        share = 2 if was[2] and cells[2] else 1
        for column in {share, 4} if was[4] and cells[4] else {share}:
            old, new = (float(each[column].replace(",", "")) for each in (was, cells))
            if old and new / old > 1 + REGRESSION:
                more = f"{new / old - 1:.0%}".replace("%", " %")
                found.append(
                    f"{cells[0]}: {_HEAD[column]} {cells[column]}, and {was[column]} before "
                    f"({more} more)"
                )
    return found


def _cells(name: str, cost: Cost, plain: Cost | None) -> tuple[str, ...]:
    share = f"{cost.wall / plain.wall:.2f}" if plain else ""
    memory = f"{cost.memory:,.0f}" if cost.memory else ""
    cpu = f"{cost.cpu:.1f}" if cost.cpu else ""
    return (name, f"{cost.wall:.1f}", share, cpu, memory)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _read(table: str) -> list[tuple[str, ...]]:
    """The rows of figures of a table as it was written."""
    lines = (line.strip("|").split("|") for line in table.splitlines() if line.startswith("| "))
    rows = [tuple(cell.strip() for cell in line) for line in lines]
    return [row for row in rows if len(row) == len(_HEAD) and row[1][:1].isdigit()]


def _machine() -> str:
    """The machine in a few words."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = information.read_text().splitlines()
        names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        model = next(names, model)
    memory = psutil.virtual_memory().total / 2**30
    cores = len(os.sched_getaffinity(0))
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{model}, {cores} cores, {memory:.0f} GiB, {system}"
