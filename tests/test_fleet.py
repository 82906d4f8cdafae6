"""Many reports at once, on this machine: what is ordered, what comes of it, what survives."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import small_record
from conftest import DATA, Command, brinkwatch
from fleets import begun, digests, done, small, small_and_slow

from analysis.errors import Fault, RecordError, RunError, UsageError
from analysis.publish.fleet import Outcome, bar, days, one_line, orders, summary
from analysis.publish.order import Order

WEEK = dt.timedelta(days=7)
SMALL = Order("small", reports=Path("/srv/reports"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A small record that a test may change, where a desk has it."""
    (tmp_path / "data").mkdir()
    return small_record.write(tmp_path / "data")


def ordered(*parameters: str) -> list[Outcome]:
    """Outcomes of the report `small`, published as it was, for these days."""
    return [Outcome(Order("small", {"as_of": day}, reports=SMALL.reports)) for day in parameters]


def test_the_orders_are_each_day_with_each_combination_of_the_values_in_their_order() -> None:
    as_of = days("2023-10-24", "2023-11-06", WEEK)
    choices = {"site_id": ["b", "a"], "window_days": ["14", "7"]}
    assert [tuple(order.parameters.values()) for order in orders(SMALL, as_of, choices)] == [
        (day, site, window)
        for day in ("2023-10-24", "2023-10-31")
        for site in ("b", "a")
        for window in (14, 7)
    ]


def test_what_is_ordered_twice_is_made_once() -> None:
    choices = {"window_days": ["7", "14", "07"], "site_id": ["al-tanf", "al-tanf"]}
    assert len(orders(SMALL, days("2023-10-24", "2023-10-24", WEEK), choices)) == 2


@pytest.mark.parametrize(
    ("first", "last", "every", "number"),
    [
        ("2023-10-24", "2023-10-24", WEEK, 1),
        ("2023-10-24", "2023-10-30", WEEK, 1),
        ("2023-10-24", "2023-10-31", WEEK, 2),
        ("2024-02-28", "2024-03-01", dt.timedelta(days=1), 3),
    ],
)
def test_both_ends_count(first: str, last: str, every: dt.timedelta, number: int) -> None:
    assert len(days(first, last, every)) == number


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2023-11-06"], "--to: 2023-11-01 is before 2023-11-06, the day of --from."),
        (["--from", "2023-10-32"], "--from: '2023-10-32' is not a date; write it as YYYY-MM-DD."),
        (["--to", "2200-01-01"], "--to: 2200-01-01 is not from 1900-01-01 to 2199-12-31."),
        (["--every", "12h"], "--every: give whole days, such as 7d."),
        (["--every", "0d"], "'0d' is not from 1s to 366d."),
        (["-p", "as_of=2023-10-24"], "as_of: --from, --to and --every say which days; leave it"),
        (["-p", "window_days=7,0"], "window_days: '0' is not a whole number from 1 to 366."),
        (["-p", "window_days=7,"], "window_days: '' is not a whole number from 1 to 366."),
        (["-p", "site_id=al-tanf"], "The report 'brief' has no parameter 'site_id'; "),
        (["-p", "frob=1"], "has no parameter 'frob'; "),
        (["-p", "window_days=3", "-p", "window_days=5"], "'window_days' is given twice."),
        (["-p", "window_days=7,200"], "history_days: 120 is shorter than the window; give"),
        (["--jobs", "0"], "--jobs"),
        (["--jobs", "2", "--dask", "localhost:8786"], "Give --jobs or --dask"),
        (["--dask", "localhost"], "--dask: 'localhost' is no address; write it as tcp://"),
    ],
)
def test_a_slip_of_the_keyboard_is_said_before_anything_runs(
    command: Command, tmp_path: Path, arguments: list[str], said: str
) -> None:
    usual = ["--from", "2023-10-24", "--to", "2023-11-01", "--every", "7d"]
    ended = command("fleet", "brief", *usual, *arguments, "--reports", tmp_path / "reports")
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert not (tmp_path / "reports").exists()


def test_an_unknown_report_and_a_bad_record_are_said_once(
    command: Command, data: Path, tmp_path: Path
) -> None:
    usual = ["--from", "2023-10-24", "--to", "2023-11-01", "--every", "1d"]
    usual += ["--data", str(data), "--reports", str(tmp_path / "reports")]
    unknown = command("fleet", "breif", *usual)
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err.startswith("Unknown report 'breif'; did you mean 'brief'?")
    with (data / "sites.csv").open("a", encoding="utf-8") as sites:
        sites.write("x,X,,IRQ,99,44,air-base,\n")
    bad = command("fleet", "brief", *usual)
    assert (bad.code, bad.out) == (1, "")
    assert bad.err == command("check", "--data", data).out
    assert not (tmp_path / "reports").exists()


def test_a_fleet_of_briefs_has_the_same_bytes(
    make_brief: Callable[..., Path], tmp_path: Path
) -> None:
    reports = tmp_path / "reports"
    days = ["--from", "2023-10-24", "--to", "2023-10-24", "--every", "1d"]
    one = brinkwatch("fleet", "brief", *days, "--reports", reports)
    assert (one.returncode, one.stderr) == (0, "")
    assert one.stdout.startswith("1 report: 1 made; ")
    assert one.stdout.endswith(f"\n{reports / 'brief'}\n")
    assert digests(reports / "brief" / "2023-10-24") == digests(make_brief("2023-10-24"))


def test_a_new_row_makes_only_later_reports_again(data: Path, tmp_path: Path) -> None:
    desk = small(tmp_path, "as_of")

    def fleet(*options: str) -> str:
        usual = ["--from", "2023-10-24", "--every", "1d", "--jobs", "1"]
        return brinkwatch("fleet", "small", *usual, *options, cwd=desk).stdout

    assert fleet("--to", "2023-10-25").startswith("2 reports: 2 made; ")
    attacks = (data / "attacks.csv").read_text(encoding="utf-8").splitlines()
    key, _, *rest = next(line for line in attacks if ",2023-10-18," in line).split(",")
    attacks.append(",".join([f"{key}9", "2023-10-25", *rest]))
    (data / "attacks.csv").write_text("\n".join([*attacks, ""]), encoding="utf-8")
    assert fleet("--to", "2023-10-25").startswith("2 reports: 1 made, 1 as it was; ")
    assert fleet("--to", "2023-10-24", "--force").startswith("1 report: 1 made; ")


def test_one_that_fails_is_named_at_the_end_and_the_others_are_published(tmp_path: Path) -> None:
    small(tmp_path, "as_of, site_id", "assert (as_of, site_id) != ('2023-10-25', 'al-tanf')")
    code, out, err = done(tmp_path, "2")
    assert (code, err) == (0, "")
    *outcomes, failure, count, where = out.splitlines()
    assert len(outcomes) == 8
    assert failure.startswith(
        "small 2023-10-25, site_id=al-tanf: cell 3 (assert (as_of, site_id) != ('2023-10-25', "
        "'al-tanf')) failed: AssertionError. The half-run notebook is /"
    )
    assert count == "8 reports: 7 made, 1 failed; 46 s."
    assert where == str(tmp_path / "reports" / "small")
    manifests = sorted((tmp_path / "reports" / "small").glob("*/manifest.json"))
    asked = [json.loads(path.read_text())["parameters"] for path in manifests]
    assert [(one["as_of"][-2:], one["site_id"]) for one in asked] == [
        ("23", "al-tanf"), ("23", "ain-al-asad"), ("24", "al-tanf"), ("24", "ain-al-asad"),
        ("25", "ain-al-asad"), ("26", "al-tanf"), ("26", "ain-al-asad"),
    ]  # fmt: skip


def test_a_killed_process_costs_no_report(tmp_path: Path) -> None:
    brake = small_and_slow(tmp_path)
    with begun(tmp_path, "2") as fleet:
        fleet.outcome()
        victim, *_ = fleet.workers()
        victim.kill()
        brake.unlink()
        out, err = fleet.command.communicate()
        assert fleet.is_gone(5)
    assert (fleet.command.returncode, err) == (0, "")
    assert "8 reports: 8 made; 46 s." in out


def test_a_report_that_kills_its_process_twice_is_given_up(tmp_path: Path) -> None:
    small(
        tmp_path,
        "import contextlib, psutil, time\n"
        "if (as_of, site_id) == ('2023-10-24', 'al-tanf'):\n"
        "    for process in psutil.Process().parent().parent().children(recursive=True):\n"
        "        with contextlib.suppress(psutil.Error):\n"
        "            if any('brinkwatch-turns-' in file.path for file in process.open_files()):\n"
        "                process.kill()\n"
        "    time.sleep(60)",
    )
    code, out, err = done(tmp_path, "1")
    assert (code, err) == (0, "")
    assert out.splitlines()[-3:-1] == [
        "small 2023-10-24, site_id=al-tanf: its process was killed, and at a second try again",
        "8 reports: 7 made, 1 failed; 46 s.",
    ]


def test_one_job_runs_the_cells_of_one_report_at_a_time(tmp_path: Path) -> None:
    """A page is set meanwhile, but notebooks may need all the memory that there is, or a port."""
    small(
        tmp_path,
        f"import os, time\nos.mkdir({str(tmp_path / 'running')!r})",
        "time.sleep(0.3)",
        f"os.rmdir({str(tmp_path / 'running')!r})",
    )
    code, out, err = done(tmp_path, "1")
    assert (code, err) == (0, "")
    assert "8 reports: 8 made; 46 s." in out


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_fleet_that_is_stopped_leaves_no_process_and_only_whole_reports(
    tmp_path: Path, number: signal.Signals
) -> None:
    brake = small_and_slow(tmp_path)
    with begun(tmp_path, "2") as fleet:
        fleet.outcome()
        # Ctrl-C goes to all processes at the terminal.
        (os.killpg if number == signal.SIGINT else os.kill)(fleet.command.pid, number)
        assert fleet.is_gone(10)
    published = list((tmp_path / "reports" / "small").iterdir())
    assert 1 <= len(published) < 8
    assert all(len(list(folder.iterdir())) == 5 for folder in published)
    brake.unlink()
    made = 8 - len(published)
    as_it_was = "as it was" if len(published) == 1 else "as they were"
    assert f"8 reports: {made} made, {len(published)} {as_it_was}; 46 s." in done(tmp_path, "2")[1]
    assert not (tmp_path / "reports" / ".publishing").exists()


def test_the_bar_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, shows in ((io.StringIO(), False), (Terminal(), True)):
        monkeypatch.setattr(sys, "stderr", stream)
        with bar(2) as tell:
            tell(Outcome(SMALL, fresh=True))
            tell(Outcome(SMALL, reason="a cell failed"))
        assert ("2/2" in stream.getvalue()) == shows
        assert ("1 failed" in stream.getvalue()) == shows


def test_the_summary_reads_well_at_one_and_at_many() -> None:
    one, two, three = ordered("2023-10-24", "2023-10-25", "2023-10-26")
    made = Outcome(one.order, fresh=True)
    failed = Outcome(two.order, reason="small: cell 3 (x) failed: KeyError: 'y'.")
    assert summary([made], 3.21) == "1 report: 1 made; 3.2 s.\n/srv/reports/small"
    assert summary([one, two], 0.3) == "2 reports: 2 as they were; 0.3 s.\n/srv/reports/small"
    assert summary([failed], 61) == (
        "small 2023-10-25: cell 3 (x) failed: KeyError: 'y'.\n1 report: 1 failed; 61 s."
    )
    assert summary([failed, three, made], 200) == (
        "small 2023-10-25: cell 3 (x) failed: KeyError: 'y'.\n"
        "3 reports: 1 made, 1 as it was, 1 failed; 3 min 20 s.\n/srv/reports/small"
    )


def test_a_reason_is_one_line() -> None:
    faults = [Fault("attacks.csv", line, "", "no" * line) for line in range(1, 1000)]
    assert one_line(RecordError(faults)) == "attacks.csv:1: no (and 998 lines more)"
    assert one_line(RunError("x: the kernel did not start.")) == "x: the kernel did not start."
    assert one_line(ValueError("a\n\nb")) == "ValueError: a b"
    assert one_line(MemoryError()) == "MemoryError"
    assert len(one_line(ValueError("many words " * 99))) <= 300


def test_an_order_does_not_depend_on_the_working_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)
    with pytest.raises(UsageError):
        orders(SMALL, [], {"site_id": ["A B"]})
    with pytest.raises(UsageError, match="since: it names no folder"):
        orders(SMALL, [], {"since": ["2023-10-20", "2023-10-21"]})
    (one,) = orders(Order("small", reports=Path("r")), days("2023-10-24", "2023-10-24", WEEK), {})
    assert one.reports == DATA / "r"
