"""Measure brinkwatch against what a user would run instead, and write the table of the README.

    make bench

In turn, on the same weeks: the plain pipeline (papermill, then `jupyter nbconvert` to HTML and to
PDF, on the same notebook and parameters), `brinkwatch run` started cold, a fleet of one job and one
of two, the same fleet again, and the floor (see floor.py). Then an archive of 5,000 editions and a
record of a million attacks.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import archive
import big_record
import psutil
from measure import Cost, measured
from preview import saved_to_seen

HERE = Path(__file__).parent
CHECKOUT = HERE.parent
BIN = Path(sys.executable).parent
NOTEBOOK = CHECKOUT / "notebooks" / "brief.ipynb"
README = CHECKOUT / "README.md"

#: Tuesdays of the wave, and those of them of which single runs are measured.
WEEKS = [str(dt.date(2023, 10, 17) + dt.timedelta(weeks=week)) for week in range(24)]
SINGLE = WEEKS[3::4]

ATTACKS = 1_000_000

#: What was measured, what it cost, and the plain pipeline's cost where it compares.
Row = tuple[str, Cost, Cost | None]

#: What a report's kernel has set: one thread for linear algebra, as ours.
ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    """Measure everything and write the table."""
    with tempfile.TemporaryDirectory(prefix="brinkwatch-bench-") as name:
        scratch = Path(name)
        plain, cold = _in_turn(scratch)
        rows: list[Row] = [
            ("plain pipeline, one brief", plain, None),
            ("`brinkwatch run brief`, cold", cold, plain),
            ("the second and later of a fleet with one job", _warm(scratch), plain),
            (
                "`watch brief`: a changed figure cell, from saved to seen in the browser",
                saved_to_seen(scratch / "desk", SINGLE[3]),
                plain,
            ),
        ]
        floor = _floor(scratch)
        fleet, again = _fleet(scratch / "two", 2), _fleet(scratch / "two", 2)
        rows += [
            (f"fleet of {len(WEEKS)} with two jobs, a brief", fleet.over(len(WEEKS)), plain),
            ("the floor, a brief", floor, plain),
            ("the same fleet again, in all", again, None),
        ]
        rows += [
            (name, cost, None) for name, cost in archive.measured_in(scratch / "years").items()
        ]
        rows += _big(scratch)
    _write_table(rows)


def _in_turn(scratch: Path) -> tuple[Cost, Cost]:
    """Median costs of the plain pipeline and of a cold run, measured alternately."""
    plain, cold = [], []
    for week in SINGLE:
        plain.append(_plain(week, scratch / "plain" / week))
        cold.append(_run(scratch / "cold", "--as-of", week))
    watched = _plain(SINGLE[0], scratch / "plain" / "memory", watch_memory=True)
    watched_cold = _run(scratch / "memory", "--as-of", SINGLE[0], watch_memory=True)
    return _typical(plain, watched), _typical(cold, watched_cold)


def _plain(week: str, folder: Path, watch_memory: bool = False) -> Cost:
    """What a user would run: papermill, then nbconvert twice."""
    folder.mkdir(parents=True)
    commands: list[list[str | Path]] = [
        [BIN / "papermill", NOTEBOOK, folder / "brief.ipynb", "-p", "as_of", week],
        [BIN / "jupyter", "nbconvert", "--to", "brinkwatch-html", folder / "brief.ipynb"],
        [BIN / "jupyter", "nbconvert", "--to", "brinkwatch-pdf", folder / "brief.ipynb"],
    ]
    costs = [
        measured([*command, "--log-level=ERROR"], NOTEBOOK.parent, watch_memory)
        for command in commands
    ]
    return sum(costs, Cost())


def _run(reports: Path, *options: str | Path, watch_memory: bool = False) -> Cost:
    command = [BIN / "brinkwatch", "run", "brief", "--reports", reports, *options]
    return measured(command, CHECKOUT, watch_memory)


def _warm(scratch: Path) -> Cost:
    """What each further report of a fleet costs: a longer fleet less a shorter one."""
    one = _fleet(scratch / "one", 1, WEEKS[3:4])
    many = _fleet(scratch / "many", 1, WEEKS[3:12])
    return Cost((many.wall - one.wall) / 8, (many.cpu - one.cpu) / 8)


def _fleet(reports: Path, jobs: int, weeks: list[str] = WEEKS) -> Cost:
    dates = ["--from", weeks[0], "--to", weeks[-1], "--every", "7d"]
    command = [BIN / "brinkwatch", "fleet", "brief", *dates, "--jobs", str(jobs)]
    return measured([*command, "--reports", reports], CHECKOUT)


def _floor(scratch: Path) -> Cost:
    command = [sys.executable, HERE / "floor.py", scratch / "floor", *WEEKS]
    said = subprocess.run(
        command, env=os.environ | ALONE, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    walls, cpus = zip(*json.loads(said), strict=True)
    return Cost(sum(walls) / len(WEEKS), sum(cpus) / len(WEEKS))


def _big(scratch: Path) -> list[Row]:
    """What a record of very many attacks costs to check and to report on."""
    rows: list[Row] = []
    for kind in ("csv", "parquet"):
        data = big_record.write(scratch / kind, ATTACKS, parquet=kind == "parquet")
        options = ["--data", data, "--as-of", "2024-01-30"]
        check = [BIN / "brinkwatch", "check", "--data", data]
        checked = measured(check, CHECKOUT)
        watched_check = measured(check, CHECKOUT, watch_memory=True)
        run = _run(scratch / f"{kind}-timed", *options)
        watched_run = _run(scratch / f"{kind}-watched", *options, watch_memory=True)
        rows += [
            (f"`check` of {ATTACKS:,} attacks ({kind})", _typical([checked], watched_check), None),
            (f"`run brief` on them ({kind})", _typical([run], watched_run), None),
        ]
    return rows


def _typical(timed: Sequence[Cost], watched: Cost) -> Cost:
    """Medians of timed runs, with the memory of one in which it was watched."""
    wall, cpu = median(cost.wall for cost in timed), median(cost.cpu for cost in timed)
    return Cost(wall, cpu, watched.memory)


def _write_table(rows: list[Row]) -> None:
    """Put the table between its marks in the README."""
    lines = [
        f"Measured on {dt.date.today():%d %B %Y} with `make bench` on {_machine()}.",
        "",
        "| | wall s | of plain | CPU s | memory MiB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, cost, plain in rows:
        share = f"{cost.wall / plain.wall:.2f}" if plain else ""
        memory = f"{cost.memory:,.0f}" if cost.memory else ""
        lines.append(f"| {name} | {cost.wall:.1f} | {share} | {cost.cpu:.1f} | {memory} |")
    begin, end = "<!-- benchmark -->", "<!-- /benchmark -->"
    before, _, rest = README.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    table = "\n".join(["", *lines, ""])
    README.write_text(f"{before}{begin}\n{table}\n{end}{after}", encoding="utf-8")
    print("\n".join(lines))


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


if __name__ == "__main__":
    main()
