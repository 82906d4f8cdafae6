"""The command: what it prints where, and its exit codes 0, 1, 2 and 3."""

from __future__ import annotations

import datetime as dt
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import DATA, Outcome
from typer.testing import CliRunner

from analysis import doctor
from analysis.cli import app
from analysis.errors import RunError, UsageError
from analysis.parameters import check_together, validate
from analysis.publish import run as publishing
from analysis.publish.order import Order
from analysis.record import Record


def test_help_names_the_commands_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['brinkwatch', '--help']\n"
        "try:\n    from analysis.cli import main; main()\n"
        "finally:\n    print(sorted({'pandas', 'nbformat', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in ("check", "run", "doctor"):
        assert f"\n  {name} " in done.stdout
    assert done.stdout.endswith("[]\n")


def test_the_version_is_that_of_the_package(command: Callable[..., Outcome]) -> None:
    code, out, _ = command("--version")
    assert code == 0
    assert out.startswith("brinkwatch 0.")


def test_a_good_record_is_one_sentence(command: Callable[..., Outcome]) -> None:
    code, out, err = command("check", "--data", DATA)
    assert (code, out.count("\n")) == (0, 1)
    assert "no fault" in out
    assert all(line.startswith("Remark: ") for line in err.splitlines())


def test_a_bad_record_is_one_line_a_fault_and_nothing_is_published(
    command: Callable[..., Outcome], data: Path, tmp_path: Path
) -> None:
    with (data / "sites.csv").open("a", encoding="utf-8") as sites:
        sites.write("x,X,,IRQ,99,44,air-base,\n")
    checked = command("check", "--data", data)
    ran = command("run", "brief", "--data", data, "--reports", tmp_path / "reports")
    assert (checked.code, ran.code, ran.out) == (1, 1, "")
    assert checked.out == ran.err
    for line in ran.err.splitlines():
        assert line.startswith("sites.csv:")
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["breif"], "Unknown report 'breif'; did you mean 'brief'?"),
        (["../brief"], "Unknown report '../brief'; "),
        (["brief", "--as-of", "2021-01-22"], "as_of: 2021-01-22 is before the record starts, 2021"),
        (["brief", "--as-of", "2200-01-01"], "as_of: 2200-01-01 is not from 1900-01-01 to 2199-"),
        (["brief", "--as-of", "2024-02-30"], "as_of: '2024-02-30' is not a date; write it as YYYY"),
        (["brief", "--as-of", "20240129"], "as_of: '20240129' is not a date"),
        (["brief", "--as-of", ""], "as_of: '' is not a date"),
        (["brief", "-p", "window_day=3"], "did you mean 'window_days'? Known are as_of, campaign"),
        (["brief", "-p", "site_id=al-tanf"], "The report 'brief' has no parameter 'site_id'; "),
        (["brief", "-p", "window_days"], "-p window_days: write it as NAME=VALUE"),
        (["brief", "-p", "=3"], "-p =3: write it as NAME=VALUE"),
        (["brief", "-p", "window_days=3", "-p", "window_days=3"], "'window_days' is given twice."),
        (["brief", "--as-of", "2024-01-29", "-p", "as_of=2024-01-29"], "'as_of' is given twice."),
        (["brief", "-p", "window_days=0"], "window_days: '0' is not a whole number from 1 to 366."),
        (["brief", "-p", "window_days=7.5"], "'7.5' is not a whole number from 1 to 366."),
        (["brief", "-p", "history_days=6"], "'6' is not a whole number from 7 to 3660."),
        (["brief", "-p", "window_days=200"], "history_days: 120 is shorter than the window; give"),
        (["brief", "-p", "marking=SECRET"], "'SECRET' is not a marking; give one of TLP:CLEAR, "),
    ],
)
def test_a_slip_of_the_keyboard_is_one_sentence(
    command: Callable[..., Outcome], tmp_path: Path, arguments: list[str], said: str
) -> None:
    code, out, err = command("run", *arguments, "--data", DATA, "--reports", tmp_path / "reports")
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "reports").exists()


def test_a_site_has_to_be_in_the_record(record: Record) -> None:
    assert validate("site_id", "al-tanf", record.contents()) == "al-tanf"
    with pytest.raises(UsageError, match=r"'al-tan' is not in sites\.csv; did you mean 'al-tanf'"):
        validate("site_id", "al-tan", record.contents())


@pytest.mark.parametrize("since", ["2024-01-29", "2024-01-30", dt.date(2024, 1, 29)])
def test_changes_are_counted_since_a_day_before(since: object) -> None:
    as_of = validate("as_of", "2024-01-29")
    values = {"as_of": as_of, "since": validate("since", since)}
    with pytest.raises(UsageError, match=r"^since: \S+ is not before as_of, 2024-01-29; give an"):
        check_together(values)
    for earlier in (None, "2024-01-28"):
        check_together(values | {"since": validate("since", earlier)})
    check_together(values | {"as_of": None})


def test_without_a_date_a_report_is_of_the_newest_report_of_an_attack(record: Record) -> None:
    assert validate("as_of", None, record.contents()) == record.attacks["reported_on"].max().date()


@pytest.mark.parametrize("arguments", [["run"], ["frob"], ["run", "brief", "--frob"]])
def test_what_the_command_line_cannot_be_is_exit_code_2(
    command: Callable[..., Outcome], arguments: list[str]
) -> None:
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert "--help" in err


def test_a_run_prints_the_two_paths_and_nothing_else(
    command: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    orders = []
    monkeypatch.setattr(publishing, "run", lambda order: orders.append(order) or tmp_path)
    code, out, err = command("run", "brief", "--as-of", "2024-01-29", "-p", "marking=TLP:RED=x")
    assert (code, err) == (0, "")
    assert out == f"{tmp_path / 'brief.html'}\n{tmp_path / 'brief.pdf'}\n"
    assert orders == [Order("brief", {"as_of": "2024-01-29", "marking": "TLP:RED=x"})]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RunError("brief: cell 4 (x) failed: KeyError: 'y'."), "brief: cell 4 (x) failed"),
        (OSError(errno.ENOSPC, "No space left on device", "/tmp/x"), "No space left on device"),
    ],
)
def test_a_run_that_fails_is_exit_code_3_without_a_traceback(
    command: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    said: str,
) -> None:
    def fail(_: Order) -> Path:
        raise error

    monkeypatch.setattr(publishing, "run", fail)
    code, out, err = command("run", "brief")
    assert (code, out) == (3, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_file_and_no_kernel(
    tmp_path: Path, number: signal.Signals
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "analysis.cli", "run", "brief", "--reports", tmp_path / "reports"],
        env=os.environ | {"TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while process.poll() is None and not list(scratch.glob("**/ipython")):
            time.sleep(0.02)
        assert process.poll() is None
        process.send_signal(number)
        out, err = process.communicate()
    assert process.returncode == 128 + number
    assert (out, err) == ("", "")
    assert list(scratch.iterdir()) == []
    assert not (tmp_path / "reports").exists()


def test_doctor_finds_all_that_this_machine_needs_for_the_tests(
    command: Callable[..., Outcome],
) -> None:
    done = command("doctor")
    assert (done.code, done.err) == (0, "")
    assert all(line.startswith("ok ") for line in done.out.splitlines())


def test_doctor_says_how_to_get_what_is_missing(
    command: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "reports").write_text("a file")

    def no_pango() -> str:
        raise RunError("cannot load library libpango")

    monkeypatch.setattr("analysis.publish.pdf.pango_version", no_pango)
    monkeypatch.setattr(doctor, "PACKAGES", {"no_such_module": "no-such-package"})
    monkeypatch.setattr("shutil.which", lambda name: name == "dnf")
    code, out, err = command("doctor", "--reports", tmp_path / "reports" / "x")
    assert (code, err) == (1, "")
    missing = [line for line in out.splitlines() if line.startswith("missing ")]
    assert len(missing) == 3
    assert "-m pip install no-such-package" in out
    assert "sudo dnf install pango" in out
    assert "--reports" in out


@pytest.mark.parametrize("group", [[], ["record"], ["archive"]])
def test_the_list_of_commands_says_of_each_a_whole_sentence(group: list[str]) -> None:
    said = CliRunner().invoke(app, [*group, "--help"], env={"COLUMNS": "80"}).stdout
    _, commands = said.split("Commands:")
    assert len(commands.strip().splitlines()) >= 4
    assert "..." not in commands
