"""Measure brinkwatch against what a user would run instead, and write the table of the README.

    make bench

In turn, and that three times over, as a shared machine is quicker in one hour than in the next: the
plain pipeline (papermill, then `jupyter nbconvert` to HTML and to PDF, on the same notebook and
parameters), `brinkwatch run` started cold, fleets of one job, and a fleet of two; medians are told.
Then the same fleet again, the preview, and the floor (see floor.py); the other reports, cold; an
archive of 5,000 editions, a delivery of a million events and a record of a million attacks. What is
worse than the table said before, by more than a tenth, is told at the end.
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

#: Tuesdays of the wave, those of them of which single runs are measured, by round, and the one of
#: which all else is.
WEEKS = [str(dt.date(2023, 10, 17) + dt.timedelta(weeks=week)) for week in range(24)]
ROUNDS = [WEEKS[3:8:4], WEEKS[11:16:4], WEEKS[19::4]]
TYPICAL = WEEKS[15]

ATTACKS = EVENTS = 1_000_000

#: What a report's kernel has set: one thread for linear algebra, as ours.
ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def main() -> None:
    """Measure everything and write the table."""
    with tempfile.TemporaryDirectory(prefix="brinkwatch-bench-") as name:
        scratch = Path(name)
        plain, *costs = _rounds(scratch)
        cold, warm, fleet = costs
        again = _fleet(scratch / "0" / "two", 2)  # before a browser, whose seconds would count, too
        rows: list[Row] = [
            ("plain pipeline, one brief", plain, None),
            ("`brinkwatch run brief`, cold", cold, plain),
            ("the second and later of a fleet with one job", warm, plain),
            (
                "`watch brief`: a changed figure cell, from saved to seen in the browser",
                saved_to_seen(scratch / "desk", TYPICAL),
                plain,
            ),
            (f"fleet of {len(WEEKS)} with two jobs, a brief", fleet, plain),
            ("the floor, a brief", _floor(scratch), plain),
            ("the same fleet again, in all", again, None),
        ]
        rows += _others(scratch)
        rows += [
            (name, cost, None) for name, cost in archive.measured_in(scratch / "years").items()
        ]
        rows.append((f"`record intake` of {EVENTS:,} events", _intake(scratch), None))
        rows += _big(scratch)
    print("\n".join(["", *(f"Worse than before: {line}." for line in table.write(rows))]))


def _rounds(scratch: Path) -> tuple[Cost, Cost, Cost, Cost]:
    """Median costs of the plain pipeline, a cold run, a warm one and one of a fleet, in turn."""
    plain, cold, warm, fleet = [], [], [], []
    for number, weeks in enumerate(ROUNDS):
        folder = scratch / str(number)
        for week in weeks:
            plain.append(_plain("brief", week, folder))
            cold.append(_run("brief", folder / "cold", "--as-of", week))
        warm.append(_warm(folder))
        fleet.append(_fleet(folder / "two", 2).over(len(WEEKS)))
    watched = _plain("brief", TYPICAL, scratch, watch_memory=True)
    return (
        _typical(plain, watched),
        _typical(cold, _watched("brief", scratch)),
        _typical(warm),
        _typical(fleet),
    )


def _watched(report: str, scratch: Path) -> Cost:
    """A cold run with its memory watched."""
    return _run(report, scratch / "watched", "--as-of", TYPICAL, watch_memory=True)


def _plain(report: str, week: str, folder: Path, watch_memory: bool = False) -> Cost:
    """What a user would run: papermill, then nbconvert twice."""
    folder = folder / "plain" / report / week
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
        plain = _plain(name, TYPICAL, scratch)
        cold = _run(name, scratch / "others", "--as-of", TYPICAL)
        cold = _typical([cold], _watched(name, scratch))
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


def _typical(timed: Sequence[Cost], watched: Cost | None = None) -> Cost:
    """Medians of timed runs, with the memory of one in which it was watched, if one was."""
    wall, cpu = median(cost.wall for cost in timed), median(cost.cpu for cost in timed)
    return Cost(wall, cpu, watched.memory if watched else 0)


if __name__ == "__main__":
    main()
