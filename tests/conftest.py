"""What the tests share: the real record, a writable copy of it, and briefs made by the command."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import ten_attacks
import typer.main
from hypothesis import settings

import analysis.lean.nbformat  # noqa: F401 - before a test imports it with parts that take seconds
from analysis import cli
from analysis.publish.order import Order
from analysis.publish.run import run
from analysis.publish.warm.process import warm_process
from analysis.record import Known, Record, Tables, read, snapshot

# The same examples in every run, so that a failure is of the change that is tested. More of them:
# `pytest --hypothesis-profile exploring`.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None, print_blob=True)
settings.load_profile("same")

# What tests make lives for a moment: to look for what is lost in it took a tenth of their time.
gc.set_threshold(50_000, 20, 20)

# What all commands take is worked out once, not at each call: most of what one costs.
typer.main.get_command = cache(typer.main.get_command)

CHECKOUT = Path(__file__).parents[1]
DATA = CHECKOUT / "data"


#: Modules of tests that take long, one by one. They begin first: one at the end would run alone.
LONG = {
    f"test_{name}.py"
    for name in (
        "another_campaign", "as_of", "browser", "due", "editions", "fleet", "fleet_dask",
        "fresh_kernel", "golden", "intake", "invented", "own_report", "status", "warm", "watch",
    )
}  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are CPUs: tests wait for disks, servers, limits and kills."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first, and leave the rest in its order."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session")
def record() -> Record:
    """The real record."""
    return read(DATA)


@pytest.fixture(scope="session")
def handed_on(record: Record, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real record, read and checked once, as a run hands it on to the kernels of reports."""
    file = tmp_path_factory.mktemp("record") / "record"
    snapshot.save(record, file)
    return file


@pytest.fixture
def of_the_real_record(handed_on: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a report opens it of the real record."""
    monkeypatch.setenv(snapshot.VARIABLE, str(handed_on))


@pytest.fixture(scope="session")
def warm() -> Iterator[str]:
    """A warm process, which takes longer to get ready than most pages take to be made."""
    with warm_process() as zygote:
        yield zygote


@pytest.fixture(scope="module")
def one_warm_process(warm: str) -> Iterator[None]:
    """Runs in this process fork their kernels from the same warm process."""
    with forking_from(warm):
        yield


@pytest.fixture
def week(tmp_path: Path) -> Record:
    """The record of the ten attacks."""
    return read(ten_attacks.write(tmp_path / "week"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ten attacks, for whoever opens a report."""
    data = ten_attacks.write(tmp_path / "week")
    monkeypatch.setenv("BRINKWATCH_DATA", str(data))
    return data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the real record that a test may change."""
    return copy_of_the_data(tmp_path / "data")


@contextmanager
def forking_from(warm: str) -> Iterator[None]:
    """Runs in this process fork their kernels from a warm process that is there already."""
    with pytest.MonkeyPatch.context() as patched:
        for module in ("comparison", "run"):
            patched.setattr(f"analysis.publish.{module}.warm_process", lambda: nullcontext(warm))
        yield


def of_the_war(record: Record, day: str | pd.Timestamp) -> Known:
    """What was known on a day about the campaign since 17 October 2023, on its first day too."""
    (war,) = (campaign for campaign in record.campaigns if campaign.id == "gaza-war")
    return record.as_of(day).of(war)


def cut_off(record: Record, day: str) -> Record:
    """The record without what was reported after a day."""
    told = record.as_of(day).told
    return replace(record, **{of.name: getattr(told, of.name) for of in fields(Tables)})


def copy_of_the_data(folder: Path) -> Path:
    """The tables and the campaigns, writable even where those of the checkout are not."""
    folder.mkdir(parents=True)
    for pattern in ("*.csv", "*.parquet", "*.toml"):
        for file in DATA.glob(pattern):
            shutil.copyfile(file, folder / file.name)
    return folder


def brinkwatch(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, in a process of its own."""
    command = [sys.executable, "-m", "analysis.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


class Outcome(NamedTuple):
    """What a command left: its exit code, and what it printed where."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """The command in this process: for tests of what it says and does to files.

    Its desk is the checkout, whatever folder it is called in: a process looks for that once.
    """

    def call(*arguments: str | Path, cwd: Path | None = None) -> Outcome:
        if cwd:
            monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["brinkwatch", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return Outcome(int(end.value.code or 0), printed.out, printed.err)

    before = signal.getsignal(signal.SIGTERM)
    yield call
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of the tests, the same for all of its processes."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def make_brief(shared: Path, warm: str) -> Callable[..., Path]:
    """Make a brief and return its folder; of the real record each date once.

    Its archive holds nothing else. It is for tests to read.
    """

    def make(as_of: str, data: Path = DATA, reports: Path | None = None) -> Path:
        archive = reports or shared / f"brief-{as_of}"
        made = archive / "brief" / as_of
        archive.mkdir(parents=True, exist_ok=True)
        with (archive.parent / f"{archive.name}.lock").open("w") as lock, forking_from(warm):
            fcntl.flock(lock, fcntl.LOCK_EX)
            return made if made.exists() else run(Order("brief", {"as_of": as_of}, data, archive))

    return make


def facts_of(folder: Path) -> dict[str, Any]:
    """Values of the facts that a published report states."""
    facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))["facts"]
    return {name: fact["value"] for name, fact in facts.items()}
