"""A report that need not be made is not made, and hardly anything is loaded to find out."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import platformdirs
import pytest
import small_record
from conftest import Command
from nbformat.v4 import new_code_cell, new_notebook

from analysis.errors import RecordError
from analysis.publish.order import Order
from analysis.publish.plan import contents, settled
from analysis.publish.run import make
from analysis.publish.warm.process import warm_process
from analysis.record import broken, read, reading

#: Makes the newest report and says whether it was made now, of which day, and what was loaded.
MAKE = """
import sys
from pathlib import Path
from analysis.publish.order import Order
from analysis.publish.run import make
data, notebooks, reports = map(Path, sys.argv[1:])
made = make(Order("count", {}, data, reports, notebooks))
heavy = {"pandas", "pandera", "papermill", "nbformat", "nbconvert", "weasyprint"}
print(made.fresh, made.folder.name, sorted(heavy & {*sys.modules}))
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, with the fonts that are there already."""
    fonts = platformdirs.user_cache_path("brinkwatch")
    own = tmp_path / "cache" / "brinkwatch"
    own.mkdir(parents=True)
    for folder in fonts.glob("*-*"):
        (own / folder.name).symlink_to(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(own.parent))
    return own


@pytest.fixture
def order(tmp_path: Path, one_warm_process: None) -> Order:
    """The order of a small report from a small record that a test may change."""
    data = tmp_path / "data"
    data.mkdir()
    small_record.write(data)
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    write(notebooks / "count.ipynb", "as_of = None")
    reports = tmp_path / "reports"
    return Order("count", {"as_of": "2023-10-24"}, data, reports, notebooks)


def write(notebook: Path, parameters: str) -> None:
    """Write the report with these parameters."""
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    cell = new_code_cell("import analysis as an\nlen(an.read().as_of(as_of).attacks)")
    nbformat.write(new_notebook(cells=[first, cell]), notebook)


def add_attack(data: Path, reported_on: str, event_date: str = "2023-10-20") -> None:
    """Add a row to the record."""
    small_record.add(
        data, "attacks", attack_id=f"{event_date}-erbil-9", reported_on=reported_on,
        event_date=event_date, site_id="erbil",
    )  # fmt: skip


def test_to_find_out_that_the_newest_report_is_current_nothing_heavy_is_loaded(order: Order):
    command = [sys.executable, "-c", MAKE, order.data, order.notebooks, order.reports]
    first, second = (
        subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(2)
    )
    newest = read(order.data).attacks["reported_on"].max()
    assert first.startswith(f"True {newest:%Y-%m-%d} ")
    assert second == f"False {newest:%Y-%m-%d} []\n"


def test_a_row_makes_stale_what_is_as_of_its_day_or_later_and_nothing_else(order: Order):
    assert make(order).fresh
    add_attack(order.data, reported_on="2023-10-25")
    assert not make(order).fresh
    add_attack(order.data, reported_on="2023-10-24", event_date="2023-10-21")
    assert make(order).fresh
    assert not make(order).fresh


def test_since_another_day_is_the_same_report_made_anew(order: Order):
    write(order.notebooks / "count.ipynb", "as_of = None\nsince = None")
    for since in (None, "2023-10-23"):
        wanted = replace(order, parameters={"as_of": "2023-10-24", "since": since})
        made = make(wanted)
        assert (made.fresh, made.folder.name) == (True, "2023-10-24")
        manifest = json.loads((made.folder / "manifest.json").read_bytes())
        assert manifest["parameters"] == {"as_of": "2023-10-24", "since": since}
        assert not make(wanted).fresh


def test_a_fault_is_told_even_if_the_report_is_current_and_the_row_is_later(order: Order):
    assert make(order).fresh
    add_attack(order.data, reported_on="2024-13-01")
    with pytest.raises(RecordError, match="2024-13-01"):
        make(order)


def test_the_same_bytes_are_checked_once(order: Order, monkeypatch: pytest.MonkeyPatch):
    checked = read(order.data)
    (before,), _ = settled([order])
    monkeypatch.setattr(broken, "broken_fields", lambda *_: pytest.fail("checked again"))
    (later,), record = settled([replace(order, parameters={"as_of": "2024-01-30"})])
    assert later.made_from["data"] == checked.digest("2024-01-30", None)
    assert before.made_from["data"] == record.digest("2023-10-24", None)
    for table in ("attacks", "tallies", "responses", "sites", "sources"):
        pd.testing.assert_frame_equal(getattr(record, table), getattr(checked, table))


def test_what_check_found_good_is_not_checked_again(
    order: Order, command: Command, monkeypatch: pytest.MonkeyPatch
):
    assert command("check", "--data", order.data).code == 0
    monkeypatch.setattr(broken, "broken_fields", lambda *_: pytest.fail("checked again"))
    (plan,), record = settled([order])
    assert plan.made_from["data"] == record.digest("2023-10-24", None)


def test_what_is_saved_while_check_reads_it_is_not_taken_for_good(
    order: Order, command: Command, monkeypatch: pytest.MonkeyPatch
):
    def saved_meanwhile(data: Path, today: object) -> list[object]:
        found = findings(data, today)
        add_attack(order.data, "2023-10-19")
        return found

    findings = reading.findings
    monkeypatch.setattr(reading, "findings", saved_meanwhile)
    assert command("check", "--data", order.data).code == 0
    with pytest.raises(RecordError, match="reported_on"):
        settled([order])


def save_while_it_is_read(monkeypatch: pytest.MonkeyPatch, data: Path, reported_on: str) -> None:
    """Have a row added the next time that the record is read."""

    def saved_meanwhile(*values: object, **options: object) -> object:
        add_attack(data, reported_on)
        monkeypatch.setattr(reading, "read_campaigns", read_campaigns)
        return read_campaigns(*values, **options)

    read_campaigns = reading.read_campaigns
    monkeypatch.setattr(reading, "read_campaigns", saved_meanwhile)


def test_what_is_saved_while_a_checked_record_is_read_is_checked(
    order: Order, monkeypatch: pytest.MonkeyPatch
):
    settled([order])
    save_while_it_is_read(monkeypatch, order.data, "2023-10-19")
    with pytest.raises(RecordError, match="reported_on"):
        settled([replace(order, parameters={"as_of": "2024-01-30"})])


def test_what_is_saved_while_a_known_record_is_read_makes_the_report_another(
    order: Order, monkeypatch: pytest.MonkeyPatch
):
    (before,), _ = settled([order])
    save_while_it_is_read(monkeypatch, order.data, "2023-10-24")
    (after,), record = settled([order])
    assert before.made_from["data"] != after.made_from["data"] == record.digest("2023-10-24", None)


def test_a_damaged_memory_is_no_memory(order: Order, cache: Path):
    assert make(order).fresh
    for content in (b"", b"{", b"[]", b"null", b'{"contents": {}}', b"\xff"):
        [memory] = (cache / "records").iterdir()
        memory.write_bytes(content)
        assert not make(order).fresh, content


def test_a_record_that_is_ahead_of_today_is_read_once_a_day(
    order: Order, monkeypatch: pytest.MonkeyPatch
):
    add_attack(order.data, reported_on="2034-01-01")
    days = [dt.date(2024, 1, 31), dt.date(2023, 10, 18)]
    newest = [contents(order.data, day).newest_report for day in days]
    monkeypatch.setattr("analysis.record.read", lambda *_: pytest.fail("it is read again"))
    assert [contents(order.data, day).newest_report for day in days] == newest
    assert newest == [dt.date(2023, 10, 20), dt.date(2023, 10, 19)]


def test_without_a_place_to_remember_reports_are_made_all_the_same(
    order: Order, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    monkeypatch.setattr("analysis.publish.run.warm_process", warm_process)  # without it, too
    assert make(order).fresh
    assert not make(order).fresh


def test_a_published_file_that_was_changed_is_made_good(order: Order):
    folder = make(order).folder
    content = (folder / "count.html").read_bytes()
    (folder / "count.html").write_text("changed")
    assert make(order).fresh
    assert (folder / "count.html").read_bytes() == content
