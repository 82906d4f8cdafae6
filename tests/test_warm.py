"""Warm kernels: forks of a process that has everything loaded, of which nothing is ever left."""

from __future__ import annotations

import logging
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from nbformat.v4 import new_code_cell, new_notebook

from analysis.publish.order import Order
from analysis.publish.run import run
from analysis.publish.warm import provisioner
from analysis.publish.warm.process import ForkedKernel, fork, own_warm_process, warm_process

#: A variable by which to find all processes that a command has started, wherever they end up.
MARK = "BRINKWATCH_TEST_MARK"

#: A report that takes long enough to be met at any moment of it.
SLOW = ("import time, analysis as an", "known = an.read().as_of(as_of)", *["time.sleep(0.1)"] * 8)

#: Makes the slow report whose notebooks, archive and day are its arguments.
MAKE = """
import sys
from pathlib import Path
from analysis.publish.order import Order
from analysis.publish.run import run
notebooks, reports, day = sys.argv[1:]
run(Order("slow", {"as_of": day}, reports=Path(reports), notebooks=Path(notebooks)))
"""


class ForkedManager(KernelManager):
    """Starts a kernel whose specification asks for our provisioner, over sockets that are files."""

    @property
    def kernel_spec(self) -> KernelSpec:
        asked = {"kernel_provisioner": {"provisioner_name": provisioner.PROVISIONER}}
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="x", language="python", metadata=asked)


@pytest.fixture
def kernels(tmp_path: Path) -> Iterator[ForkedManager]:
    manager = ForkedManager(transport="ipc", connection_file=str(tmp_path / "kernel.json"))
    yield manager
    if manager.has_kernel:
        manager.shutdown_kernel(now=True)


def answer(manager: KernelManager, code: str) -> str:
    """What a kernel prints when it is asked."""
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=30)
        said = []

        def hear(message: dict) -> None:
            said.append(message["content"].get("text") or message["content"].get("ename", ""))

        client.execute_interactive(code, timeout=30, output_hook=hear)
        return "".join(said).strip()
    finally:
        client.stop_channels()


def process_of(manager: KernelManager) -> psutil.Process:
    assert manager.provisioner is not None
    return psutil.Process(manager.provisioner.pid)  # type: ignore[attr-defined]


def started_by(mark: str) -> list[psutil.Process]:
    """All living processes whose environment has the mark."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                found.append(process)
        except psutil.Error:
            continue
    return found


def left_after(seconds: float, mark: str) -> list[psutil.Process]:
    """Processes with the mark that are still there after some time."""
    deadline = time.monotonic() + seconds
    while (found := started_by(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_a_kernel_is_a_fork_that_finds_all_loaded_and_shares_nothing_back(
    kernels: ForkedManager, tmp_path: Path
):
    kernels.start_kernel(cwd=tmp_path)
    zygote = process_of(kernels).parent()
    loaded = (
        "import sys; print({'pandas', 'seaborn', 'geopandas', 'analysis.reports'} - {*sys.modules})"
    )
    assert answer(kernels, loaded) == "set()"
    assert answer(kernels, "import os; print(os.getcwd())") == str(tmp_path)
    answer(kernels, "import analysis; analysis.left_behind = 1")

    other = ForkedManager(transport="ipc", connection_file=str(tmp_path / "other.json"))
    other.start_kernel()
    try:
        assert process_of(other).parent() == zygote
        assert process_of(other) != process_of(kernels)
        assert "AttributeError" in answer(other, "import analysis; analysis.left_behind")
    finally:
        other.shutdown_kernel(now=True)


def test_no_kernel_listens_on_a_network_and_the_warm_process_has_one_thread(kernels: ForkedManager):
    kernels.start_kernel()
    assert answer(kernels, "print(1)") == "1"
    kernel = process_of(kernels)
    assert [c for c in kernel.net_connections(kind="inet") if c.status == psutil.CONN_LISTEN] == []
    assert kernel.parent().num_threads() == 1


def test_a_kernel_is_interrupted_restarted_and_shut_down_like_any_other(kernels: ForkedManager):
    kernels.start_kernel()
    client = kernels.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    request = client.execute("import time; print('begun', flush=True); time.sleep(60)")
    while client.get_iopub_msg(timeout=30)["msg_type"] != "stream":
        pass
    kernels.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=30))["parent_header"].get("msg_id") != request:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    client.stop_channels()

    first = process_of(kernels)
    kernels.restart_kernel(now=True)
    assert answer(kernels, "print(2)") == "2"
    second = process_of(kernels)
    assert second != first
    assert not first.is_running()
    kernels.shutdown_kernel()
    assert not second.is_running()


def test_a_kernel_says_how_it_ended(tmp_path: Path):
    with (tmp_path / "said").open("wb") as said:

        def forked(*module: str) -> ForkedKernel:
            command, streams = [sys.executable, "-m", *module], [said.fileno()] * 2
            return fork(own_warm_process(), command, os.environ, tmp_path, streams)

        assert forked("this").wait(timeout=30) == 0
        assert "Beautiful is better than ugly" in (tmp_path / "said").read_text()
        assert forked("nothing_there").wait(timeout=30) == 1
        assert "No module named nothing_there" in (tmp_path / "said").read_text()
        lasting = forked("http.server", "--bind", "127.0.0.1", "0")
        assert lasting.poll() is None
        lasting.terminate()
        assert lasting.wait(timeout=30) == -signal.SIGTERM


def test_where_there_are_no_forks_the_kernel_is_an_ordinary_one_and_the_log_says_so(
    kernels: ForkedManager, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, logger=provisioner.__name__)
    monkeypatch.setattr(provisioner, "can_fork", lambda: False)
    kernels.start_kernel()
    assert answer(kernels, "print(3)") == "3"
    assert process_of(kernels).parent() == psutil.Process()
    assert "no forks" in caplog.text


def test_where_the_warm_process_is_gone_the_kernel_is_an_ordinary_one_and_the_log_says_so(
    kernels: ForkedManager, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    with warm_process() as gone:
        pass
    monkeypatch.setattr(provisioner, "own_warm_process", lambda: gone)
    kernels.start_kernel()
    assert answer(kernels, "print(4)") == "4"
    assert "starts cold" in caplog.text


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    parameters = new_code_cell("as_of = None", metadata={"tags": ["parameters"]})
    cells = [parameters, *map(new_code_cell, SLOW)]
    nbformat.write(new_notebook(cells=cells), folder / "slow.ipynb")
    return folder


def start(notebooks: Path, reports: Path, mark: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", MAKE, notebooks, reports, "2023-10-24"],
        env=os.environ | {MARK: mark, "TMPDIR": str(reports.parent)},
        stderr=subprocess.DEVNULL,
    )


def victim(kind: str, command: subprocess.Popen[bytes], mark: str) -> psutil.Process | None:
    """The process to kill: the command, its zygote or a kernel, should there be one yet."""
    if kind == "command":
        return psutil.Process(command.pid)
    zygotes = [p for p in started_by(mark) if p.pid != command.pid and p.ppid() == command.pid]
    if kind == "zygote":
        return zygotes[0] if zygotes else None
    kernels = [child for zygote in zygotes for child in zygote.children()]
    return kernels[0] if kernels else None


@pytest.mark.parametrize(
    ("kind", "moment"),
    [("command", 0.2), ("command", 4.5), ("zygote", 2.5), ("kernel", 2.5), ("kernel", 4.5)],
)
def test_whatever_is_killed_leaves_no_process_and_no_half_report(
    kind: str, moment: float, notebooks: Path, tmp_path: Path
):
    reports, mark = tmp_path / "reports", uuid.uuid4().hex
    command = start(notebooks, reports, mark)
    time.sleep(moment + random.Random(f"{kind} {moment}").random())
    while command.poll() is None:
        with suppress(psutil.NoSuchProcess):  # one may end by itself in between
            if killed := victim(kind, command, mark):
                killed.kill()
                break
        time.sleep(0.01)
    command.wait(timeout=60)

    assert left_after(5, mark) == []
    published = reports / "slow" / "2023-10-24"
    assert not published.exists() or len(list(published.iterdir())) == 5
    again = start(notebooks, reports, mark)
    assert again.wait(timeout=60) == 0
    assert len(list(published.iterdir())) == 5
    assert left_after(5, mark) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_takes_its_kernel_along(number: signal.Signals, tmp_path: Path):
    mark = uuid.uuid4().hex
    command = subprocess.Popen(
        [sys.executable, "-m", "analysis.cli", "run", "brief", "--as-of", "2023-10-24",
         "--reports", tmp_path / "reports"],
        env=os.environ | {MARK: mark}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not any(process.ppid() != command.pid for process in started_by(mark)
                  if process.pid != command.pid):  # fmt: skip
        assert command.poll() is None
        time.sleep(0.05)
    command.send_signal(number)
    assert command.wait(timeout=30) != 0
    assert left_after(5, mark) == []
    assert not (tmp_path / "reports" / "brief").exists()


def test_where_there_are_no_forks_a_report_is_made_all_the_same(
    notebooks: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.INFO, logger="analysis.publish.warm")
    monkeypatch.setattr("analysis.publish.warm.process.can_fork", lambda: False)
    order = Order("slow", {"as_of": "2023-10-24"}, reports=tmp_path, notebooks=notebooks)
    assert len(list(run(order).iterdir())) == 5
    assert "no forks" in caplog.text
