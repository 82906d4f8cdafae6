"""Measure brinkwatch against what a user would run instead, and write the table of the README.

    make bench

In turn, on the same weeks: the plain pipeline (papermill, then `jupyter nbconvert` to HTML and to
PDF, on the same notebook and parameters), `brinkwatch run` started cold, a fleet of one job and one
of two, the same fleet again, and the floor (see floor.py); the other reports, cold. Then an archive
of 5,000 editions, a delivery of a million events and a record of a million attacks. What is worse
than the table said before, by more than a tenth, is told at the end.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import archive
import big_delivery
import big_record
import table
from measure import Cost, measured
from preview import saved_to_seen
from table import Row

HERE = Path(__file__).parent
CHECKOUT = HERE.parent
BIN = Path(sys.executable).parent
NOTEBOOKS = CHECKOUT / "notebooks"

#: Tuesdays of the wave, and those of them of which single runs are measured.
WEEKS = [str(dt.date(2023, 10, 17) + dt.timedelta(weeks=week)) for week in range(24)]
SINGLE = WEEKS[3::4]

ATTACKS = EVENTS = 1_000_000

#: What a report's kernel has set: one thread for linear algebra, as ours.
ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    """Measure everything and write the table."""
    with tempfile.TemporaryDirectory(prefix="brinkwatch-bench-") as name:
        scratch = Path(name)
        plain, cold = _in_turn("brief", scratch, SINGLE)
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
        rows += _others(scratch)
        rows += [
            (name, cost, None) for name, cost in archive.measured_in(scratch / "years").items()
        ]
        rows.append((f"`record intake` of {EVENTS:,} events", _intake(scratch), None))
        rows += _big(scratch)
    print("\n".join(["", *(f"Worse than before: {line}." for line in table.write(rows))]))


def _in_turn(report: str, scratch: Path, weeks: Sequence[str]) -> tuple[Cost, Cost]:
    """Median costs of the plain pipeline and of a cold run, measured alternately."""
    plain, cold = [], []
    for week in weeks:
        plain.append(_plain(report, week, scratch / "plain" / report / week))
        cold.append(_run(report, scratch / "cold", "--as-of", week))
    watched = _plain(report, weeks[0], scratch / "plain" / report / "memory", watch_memory=True)
    watched_cold = _run(report, scratch / "memory", "--as-of", weeks[0], watch_memory=True)
    return _typical(plain, watched), _typical(cold, watched_cold)


def _plain(report: str, week: str, folder: Path, watch_memory: bool = False) -> Cost:
    """What a user would run: papermill, then nbconvert twice."""
    folder.mkdir(parents=True)
    done = folder / f"{report}.ipynb"
    commands: list[list[str | Path]] = [
        [BIN / "papermill", NOTEBOOKS / done.name, done, "-p", "as_of", week],
        [BIN / "jupyter", "nbconvert", "--to", "brinkwatch-html", done],
        [BIN / "jupyter", "nbconvert", "--to", "brinkwatch-pdf", done],
    ]
    costs = [
        measured([*command, "--log-level=ERROR"], NOTEBOOKS, watch_memory) for command in commands
    ]
    return sum(costs, Cost())


def _run(report: str, reports: Path, *options: str | Path, watch_memory: bool = False) -> Cost:
    command = [BIN / "brinkwatch", "run", report, "--reports", reports, *options]
    return measured(command, CHECKOUT, watch_memory)


def _others(scratch: Path) -> list[Row]:
    """The other reports, cold, beside the plain pipeline on each."""
    names = sorted({path.stem for path in NOTEBOOKS.glob("*.ipynb")} - {"brief"})
    rows: list[Row] = []
    for name in names:
        plain, cold = _in_turn(name, scratch, SINGLE[3:4])
        rows.append((f"`brinkwatch run {name}`, cold", cold, plain))
    return rows


def _intake(scratch: Path) -> Cost:
    """What it costs to propose what to do with a delivery."""
    delivery = big_delivery.write(scratch / "delivery.csv", EVENTS)
    command = [BIN / "brinkwatch", "record", "intake", delivery, "--json"]
    return measured(command, CHECKOUT)


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
        run = _run("brief", scratch / f"{kind}-timed", *options)
        watched_run = _run("brief", scratch / f"{kind}-watched", *options, watch_memory=True)
        rows += [
            (f"`check` of {ATTACKS:,} attacks ({kind})", _typical([checked], watched_check), None),
            (f"`run brief` on them ({kind})", _typical([run], watched_run), None),
        ]
    return rows


def _typical(timed: Sequence[Cost], watched: Cost) -> Cost:
    """Medians of timed runs, with the memory of one in which it was watched."""
    wall, cpu = median(cost.wall for cost in timed), median(cost.cpu for cost in timed)
    return Cost(wall, cpu, watched.memory)


if __name__ == "__main__":
    main()
