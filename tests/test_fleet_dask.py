"""The same fleet on a Dask cluster: real processes of a scheduler and workers, on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

import psutil
from conftest import CHECKOUT, brinkwatch
from distributed import KilledWorker
from fleets import begun, digests, done, small, small_and_slow, wait_until

from analysis.publish.cluster import in_words
from analysis.publish.fleet import Outcome
from analysis.publish.order import Order


class Cluster(NamedTuple):
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


@contextlib.contextmanager
def cluster(folder: Path, workers: int, packages: Path = CHECKOUT / "src") -> Iterator[Cluster]:
    """A scheduler and workers, which import brinkwatch from a folder of packages."""
    folder.mkdir()
    file = folder / "scheduler.json"
    log = (folder / "log").open("wb")

    def start(program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--scheduler-file", file]
        environment = os.environ | {"PYTHONPATH": str(packages)}
        return subprocess.Popen(
            [*command, "--no-dashboard", *options],
            env=environment,
            cwd=folder,
            stdout=log,
            stderr=log,
        )

    started = [start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")]
    try:
        assert wait_until(file.exists, 60)
        started += [start("dask_worker", "--no-nanny", "--nthreads", "2") for _ in range(workers)]
        yield Cluster(json.loads(file.read_text())["address"], started[0], started[1:])
    finally:
        for process in started:
            process.kill()
            process.wait()
        log.close()


def test_with_a_worker_killed_half_way_every_report_has_the_same_bytes(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    brake = small_and_slow(there)
    here = tmp_path / "here"
    shutil.copytree(there / "notebooks", here / "notebooks")
    with cluster(tmp_path / "dask", 2) as dask, begun(there, dask.address) as fleet:
        assert fleet.outcome().endswith(": made")
        victim = dask.workers[0]
        its_kernels = psutil.Process(victim.pid).children(recursive=True)
        victim.kill()
        brake.unlink()
        out, _ = fleet.command.communicate()
        assert psutil.wait_procs(its_kernels, 5)[1] == []
    assert "8 reports: 8 made; 46 s." in out
    assert "8 reports: 8 made; 46 s." in done(here, "2")[1]
    assert digests(here / "reports") == digests(there / "reports")


def test_a_brief_has_the_same_bytes_on_a_cluster(
    make_brief: Callable[..., Path], tmp_path: Path
) -> None:
    with cluster(tmp_path / "dask", 1) as dask:
        made = brinkwatch(
            *("fleet", "brief", "--from", "2023-10-24", "--to", "2023-10-24", "--every", "7d"),
            *("--dask", dask.address, "--reports", tmp_path / "reports"),
        )
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("1 report: 1 made; ")
    there = tmp_path / "reports" / "brief" / "2023-10-24"
    assert digests(there) == digests(make_brief("2023-10-24"))


def test_a_worker_with_other_code_is_refused(tmp_path: Path) -> None:
    small(tmp_path, "1")
    packages = tmp_path / "checkout" / "src"
    shutil.copytree(CHECKOUT / "src", packages)
    shutil.copytree(CHECKOUT / "data" / "geo", tmp_path / "checkout" / "data" / "geo")
    with (packages / "analysis" / "publish" / "order.py").open("a") as code:
        code.write("# another version\n")
    with cluster(tmp_path / "dask", 1, packages) as dask:
        _, out, _ = done(tmp_path, dask.address)
    assert "8 reports: 8 failed; 46 s." in out
    assert out.splitlines()[-2] == (
        "small 2023-10-26, site_id=al-tanf: the Dask worker has other code than this command; "
        "give it the same, and start it again"
    )
    assert not (tmp_path / "reports").exists()


def test_a_lost_scheduler_fails_what_is_not_made_yet_and_none_is_one_sentence(
    tmp_path: Path,
) -> None:
    small_and_slow(tmp_path)
    with cluster(tmp_path / "dask", 1) as dask:
        with begun(tmp_path, dask.address) as fleet:
            fleet.outcome()
            dask.scheduler.kill()
            out, err = fleet.command.communicate()
        code, nothing, said = done(tmp_path, dask.address)
    assert fleet.command.returncode == 0
    assert err == ""
    reason = "small 2023-10-26, site_id=al-tanf: cancelled; the Dask scheduler is gone"
    assert reason in out.splitlines()
    assert (code, nothing) == (1, "")
    assert said.startswith(f"No Dask scheduler answers at {dask.address}: ")
    assert said.count("\n") == 1


def test_a_report_that_takes_one_worker_after_the_other_is_told_in_words() -> None:
    made: Future[Outcome] = Future()
    told = in_words(made, Order("small", {"as_of": "2023-10-24"}))
    made.set_exception(KilledWorker("_make_on_cluster-abace2b4", None, 3))
    assert str(told.result(5)) == (
        "small 2023-10-24: 4 workers were lost while they made it; it may need more memory than "
        "they have, and their logs say more"
    )


def test_a_cluster_without_workers_is_one_sentence(tmp_path: Path) -> None:
    with cluster(tmp_path / "dask", 0) as dask:
        ended = brinkwatch(
            *("fleet", "brief", "--from", "2023-10-24", "--to", "2023-10-24", "--every", "7d"),
            *("--dask", dask.address, "--reports", tmp_path / "reports"),
        )
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == f"The Dask scheduler at {dask.address} has no worker.\n"
