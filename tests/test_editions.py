"""Editions: what follows a published report, what its page says, where people see it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
import ten_attacks
from bs4 import BeautifulSoup
from conftest import Command
from corrected import back_date
from fleets import digests
from mailing import DAY, NOW, config_of, reader, rows, sent_to
from nbformat.v4 import new_code_cell, new_notebook, new_output
from published import publish_report
from smtp_server import FaultyServer

from analysis.deliver.contents import Account
from analysis.deliver.hand_out import hand_out
from analysis.deliver.verify import Verdict, verify
from analysis.display.fragment import FACTS_TYPE, PAGE_TYPE
from analysis.errors import RecordError, UsageError
from analysis.measures.differences import differences
from analysis.parameters import validate
from analysis.publish import archive, layout, listing, reading
from analysis.publish.catalogue import Report
from analysis.publish.editions import reasons
from analysis.publish.index import refresh
from analysis.publish.manifest import manifest_file
from analysis.publish.naming import folder_name
from analysis.publish.order import Order
from analysis.publish.page import Page
from analysis.publish.plan import Plan, settled
from analysis.publish.succession import next_edition, refuse_replacing

AS_OF = "2023-11-07"


def plan(reports: Path, made_from: dict[str, Any], **order: Any) -> Plan:
    """The plan of a small report that knows `correction`, made from these inputs."""
    values = {"as_of": AS_OF, "correction": None, **made_from.pop("parameters", {})}
    inputs = {
        "report": "small", "as_of": AS_OF, "parameters": values, "data": "d1", "code": "c1",
        "rows": {"attacks": 10, "tallies": 2}, "versions": {},
    }  # fmt: skip
    defaults: dict[str, object] = {"as_of": None, "since": None, "correction": None}
    report = Report(Path("small.ipynb"), defaults)
    return Plan(Order("small", reports=reports, **order), report, values, inputs | made_from)


class Maker:
    """Makes a report that says a number, and what was corrected."""

    def __init__(self, number: int):
        self.number, self.runs = number, 0

    def executed(self, plan: Plan) -> Any:
        self.runs += 1
        fact = {"value": self.number, "unit": "attacks recorded", "kind": "count"}
        said = {"title": "Small", "bottom_line": [f"{self.number} attacks."]}
        data = {FACTS_TYPE: {"facts": {"attacks": fact}}, PAGE_TYPE: said}
        return new_notebook(cells=[new_code_cell(outputs=[new_output("display_data", data)])]), {}

    def exported(self, plan: Plan, executed: Any) -> dict[str, bytes]:
        facts = executed[0].cells[0].outputs[0].data[FACTS_TYPE]
        files = {
            "small.html": f"{self.number} {plan.values['correction']}".encode(),
            "facts.json": json.dumps(facts).encode(),
        }
        page = Page(title="Small", bottom_line=(f"{self.number} attacks.",))
        return files | {"manifest.json": manifest_file(plan.made_from, page, files)}


def publish(reports: Path, number: int, **made_from: Any) -> tuple[list[str | None], int]:
    """Make what follows; return the corrections of all editions, and how often a notebook ran."""
    wanted, maker = plan(reports, made_from), Maker(number)
    files = next_edition(wanted, reading.read(wanted.folder), maker)
    if files is not None:
        archive.publish(files, reports, "small", AS_OF)
    newest = reading.read(wanted.folder)
    assert newest is not None
    return [one.parameters["correction"] for one in listing.editions(newest)], maker.runs


def test_a_later_edition_says_which_it_is_what_differs_and_why(tmp_path: Path) -> None:
    assert publish(tmp_path, 12) == ([None], 1)
    said, runs = publish(tmp_path, 13, data="d2", rows={"attacks": 11, "tallies": 4})
    assert (said, runs) == (
        [None, "2nd edition: 1 number differs from the 1st. The record now holds 1 more row on "
         "attacks and 2 more rows on official counts that had been public by 7 November 2023. "
         "Attacks recorded: 13, was 12."],
        2,
    )  # fmt: skip
    said, _ = publish(tmp_path, 13, data="d3", rows={"attacks": 11, "tallies": 4})
    assert said[-1] == (
        "3rd edition: no number differs from the 2nd. What the record holds as public by "
        "7 November 2023 was changed."
    )
    said, _ = publish(tmp_path, 11, data="d4", code="c2", parameters={"correction": "Seen twice."})
    assert said[-1] == (
        "4th edition: 1 number differs from the 3rd. Seen twice. Attacks recorded: 11, was 13."
    )
    assert validate("correction", said[-1]) == said[-1]


def test_the_same_inputs_make_no_edition_even_if_forced_or_damaged(tmp_path: Path) -> None:
    publish(tmp_path, 12)
    publish(tmp_path, 13, data="d2")
    before = digests(tmp_path)
    assert len(publish(tmp_path, 13, data="d2")[0]) == 2  # as --force would
    assert digests(tmp_path) == before
    (tmp_path / "small" / AS_OF / "small.html").write_text("damaged")
    publish(tmp_path, 13, data="d2")
    assert digests(tmp_path) == before


def test_other_software_that_makes_the_same_page_makes_no_edition(tmp_path: Path) -> None:
    publish(tmp_path, 12)
    publish(tmp_path, 13, data="d2")
    before = digests(tmp_path)
    assert publish(tmp_path, 13, data="d2", code="c2", versions={"numpy": "9"})[1] == 1
    assert digests(tmp_path) == before
    said, _ = publish(tmp_path, 14, data="d2", code="c2")
    assert said[-1] == (
        "3rd edition: 1 number differs from the 2nd. The notebook or the software that makes the "
        "report is another version. Attacks recorded: 14, was 13."
    )


def test_a_default_that_is_another_is_why_an_edition_is() -> None:
    was = {"as_of": AS_OF, "campaign": None, "window_days": 7, "least": 1}
    now = was | {"campaign": "red-sea", "window_days": 14}
    assert reasons({"parameters": was}, {"parameters": now}) == [
        "The parameter campaign is red-sea, was not set.",
        "The parameter window_days is 14, was 7.",
    ]


def test_what_is_of_a_day_to_come_or_of_a_record_that_lost_rows_replaces_nothing(
    tmp_path: Path,
) -> None:
    publish(tmp_path, 12)
    before = reading.read(tmp_path / "small" / AS_OF)
    assert before is not None
    lost = {"attacks": 12, "tallies": 1}
    fewer = plan(tmp_path, {"data": "d2", "rows": lost})
    with pytest.raises(RecordError, match=r"tallies: of the 2 rows that were .*, 1 are left"):
        refuse_replacing(before, fewer)
    eve, day = dt.date(2023, 11, 6), dt.date(2023, 11, 7)
    with pytest.raises(UsageError, match="2023-11-07 is after today, 2023-11-06, and a report"):
        refuse_replacing(before, plan(tmp_path, {"data": "d2"}, today=eve))
    refuse_replacing(before, plan(tmp_path, {"data": "d2"}, today=day))
    refuse_replacing(before, plan(tmp_path, {}, today=eve))  # it is what is published


def test_only_values_that_differ_are_differences_and_numbers_are_told_apart() -> None:
    before = {"a": {"value": 1}, "b": {"value": None}, "c": {"value": "x"}, "gone": {"value": 2.5}}
    after = {"a": {"value": 1.0}, "b": {"value": 0}, "c": {"value": "y"}, "new": {"value": None}}
    found = differences(before, after)
    assert [(one.name, one.before, one.after, one.is_number) for one in found] == [
        ("b", None, 0, True), ("c", "x", "y", False), ("gone", 2.5, None, True),
    ]  # fmt: skip


def test_a_correction_is_one_line_and_names_no_folder() -> None:
    with pytest.raises(UsageError, match="is not one line of at most 2000 letters"):
        validate("correction", "a\nb")
    defaults = {"as_of": None, "correction": None, "window_days": 7}
    values = {"as_of": AS_OF, "correction": "2nd edition", "window_days": 14}
    assert folder_name(values, defaults) == f"{AS_OF}--window_days=14"


def test_by_hand_changes_are_counted_since_the_day_that_is_published(tmp_path: Path) -> None:
    wanted = Order("brief", {"as_of": AS_OF}, ten_attacks.write(tmp_path / "data"), tmp_path)
    said = {"report": "brief", "as_of": AS_OF, "files": {}}
    for since, given, found in [
        ("2023-11-06", {}, "2023-11-06"),
        ("2023-11-06", {"since": "2023-11-01"}, "2023-11-01"),
        ("2023-11-06", {"window_days": 14}, None),
        (None, {}, None),
    ]:
        manifest = json.dumps({**said, "parameters": {"as_of": AS_OF, "since": since}})
        archive.publish({"manifest.json": manifest.encode()}, tmp_path, "brief", AS_OF)
        ((settled_plan,), _) = settled([replace(wanted, parameters={"as_of": AS_OF, **given})])
        assert settled_plan.values["since"] == found


def deliver(reports: Path, server: FaultyServer, *readers: Any, days: int = 0) -> Account:
    return hand_out(reports, config_of(server, *readers), NOW + days * DAY)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as running:
        yield running


def subjects(server: FaultyServer, number: int) -> list[str]:
    got = sent_to(server, f"reader-{number}@example.org")
    return [str(one.message["Subject"]).partition(",")[0] for one in got]


TITLE = "US forces under fire in the Middle East"


def test_who_may_not_see_it_or_has_left_hears_no_correction(
    tmp_path: Path, server: FaultyServer
) -> None:
    publish_report(tmp_path)
    deliver(tmp_path, server, reader(1), reader(2), reader(3, send="digest", at=dt.time(6)))
    publish_report(tmp_path, bottom_line="13 attacks.", page_marking="TLP:GREEN")
    green = reader(3, clearance="TLP:GREEN", send="digest", at=dt.time(6))
    deliver(tmp_path, server, reader(1), green, days=1)
    assert [subjects(server, number) for number in (1, 2, 3)] == [
        [TITLE], [TITLE], [TITLE, f"Correction: {TITLE}"]
    ]  # fmt: skip
    publish_report(tmp_path, "2024-01-30")
    why = {row["address"][:8]: row["reason"] for row in rows(tmp_path) if row["state"] != "sent"}
    assert why == {
        "reader-1": "TLP:GREEN is above the clearance, TLP:CLEAR",
        "reader-2": "not subscribed any more",
    }
    # Whoever may see it by now gets it, although another report is the newest.
    may = reader(1, clearance="TLP:GREEN")
    for day in (2, 3):
        deliver(tmp_path, server, may, reader(2), days=day)
    assert sorted(subjects(server, 1)) == [f"Correction: {TITLE}", TITLE, TITLE]
    assert sorted(subjects(server, 2)) == [TITLE, TITLE]


def test_who_missed_an_edition_is_told_against_the_one_they_had(
    tmp_path: Path, server: FaultyServer
) -> None:
    publish_report(tmp_path, bottom_line="12 attacks.")
    deliver(tmp_path, server, reader(1))
    server.plan = lambda step, _: "451 later" if step == "mail" else ""
    publish_report(tmp_path, bottom_line="13 attacks.")
    deliver(tmp_path, server, reader(1), days=1)
    server.plan = lambda step, _: ""
    publish_report(tmp_path, bottom_line="14 attacks.")
    deliver(tmp_path, server, reader(1), days=2)
    deliver(tmp_path, server, reader(1), days=3)
    _, correction = sent_to(server, "reader-1@example.org")
    text = str(correction.message.get_body(("plain",)))
    assert "You were sent the 1st edition" in text
    assert "> 12 attacks." in text
    assert "13 attacks" not in text


def test_what_says_nothing_else_is_an_edition_and_no_mail(
    tmp_path: Path, server: FaultyServer
) -> None:
    publish_report(tmp_path)
    deliver(tmp_path, server, reader(1))
    publish_report(tmp_path, pdf=b"%PDF-1.7 set by another version")
    for day in (1, 2):
        deliver(tmp_path, server, reader(1), days=day)
    assert subjects(server, 1) == [TITLE]
    (kept_back,) = (row for row in rows(tmp_path) if row["kind"] == "correction")
    assert kept_back["reason"] == "it says nothing else than the edition that was sent"


def test_another_comment_is_sent_even_where_no_number_differs(
    tmp_path: Path, server: FaultyServer
) -> None:
    publish_report(tmp_path)
    deliver(tmp_path, server, reader(1))
    publish_report(tmp_path, pdf=b"%PDF-1.7 with a comment", comment="1" * 64)
    deliver(tmp_path, server, reader(1), days=1)
    (_, correction) = sent_to(server, reader(1).address)
    text = correction.message.get_body(("plain",)).get_content()
    assert "The analyst’s comment is another." in " ".join(text.split())


def test_several_corrections_come_in_one_mail(tmp_path: Path, server: FaultyServer) -> None:
    for day in ("2024-01-28", "2024-01-29"):
        publish_report(tmp_path, day)
        deliver(tmp_path, server, reader(1))
    for day in ("2024-01-28", "2024-01-29"):
        publish_report(tmp_path, day, bottom_line="One fewer.")
    deliver(tmp_path, server, reader(1), days=1)
    assert subjects(server, 1) == [TITLE, TITLE, "2 corrected reports"]


def test_a_forged_edition_is_found(tmp_path: Path, server: FaultyServer) -> None:
    folder = tmp_path / publish_report(tmp_path)
    deliver(tmp_path, server, reader(1))
    publish_report(tmp_path, bottom_line="13 attacks.")
    # A newer edition that no call has noted yet is not held against the ledger, nor vouched for.
    newest, before = verify(folder, tmp_path)
    assert (newest.verdict, before.verdict) == (Verdict.CANNOT_TELL, Verdict.GOOD)
    deliver(tmp_path, server, reader(1), days=1)
    forged = tmp_path / "forged"
    publish_report(forged, bottom_line="No attack at all.")
    shutil.rmtree(folder / "editions" / "1")
    shutil.copytree(forged / "brief" / "2024-01-29", folder / "editions" / "1")
    good, bad = verify(folder, tmp_path)
    assert good.good
    assert (bad.what, bad.message) == (
        "brief/2024-01-29/editions/1/manifest.json", "is not the one that the ledger has noted"
    )  # fmt: skip


def test_what_is_written_over_is_no_edition(tmp_path: Path, server: FaultyServer) -> None:
    """Nobody is sent it as a correction, and no ledger vouches for it."""
    folder = tmp_path / publish_report(tmp_path)
    deliver(tmp_path, server, reader(1))
    forged = tmp_path / "forged"
    publish_report(forged, bottom_line="No attack at all.")
    for file in folder.iterdir():
        file.write_bytes((forged / "brief" / "2024-01-29" / file.name).read_bytes())
    account = deliver(tmp_path, server, reader(1), days=1)
    assert "brief/2024-01-29: it was written over" in " ".join(account.trouble)
    assert len(server.taken) == 1
    assert [finding.verdict for finding in verify(folder, tmp_path)] == [Verdict.BAD]


def test_what_takes_the_place_of_a_damaged_one_is_an_edition(
    tmp_path: Path, server: FaultyServer
) -> None:
    folder = tmp_path / publish_report(tmp_path)
    deliver(tmp_path, server, reader(1))
    (folder / "manifest.json").write_text("{")
    assert deliver(tmp_path, server, reader(1), days=1).trouble
    publish_report(tmp_path, bottom_line="13 attacks.")
    assert deliver(tmp_path, server, reader(1), days=2).good


def test_the_index_and_the_feed_tell_of_corrections(tmp_path: Path) -> None:
    site = "Desk", "https://share.example.org/r/"
    name = publish_report(tmp_path, bottom_line="12 attacks <b>.")
    publish_report(tmp_path, "2024-01-28", marking="TLP:RED", bottom_line="Secret one.")
    refresh(tmp_path, *site, {name: "2024-01-30T06:00:00Z"}, "TLP:RED")
    assert "Corrections" not in (tmp_path / "index.html").read_text()
    publish_report(tmp_path, bottom_line="13 attacks <b>.")
    publish_report(tmp_path, "2024-01-28", marking="TLP:RED", bottom_line="Secret two.")
    noted = {name: "2024-01-31T06:00:00Z", f"{name}/editions/1": "2024-01-31T06:00:00Z"}
    refresh(tmp_path, *site, noted, "TLP:RED")
    page = BeautifulSoup((tmp_path / "index.html").read_text("utf-8"), "html.parser")
    assert "2nd edition, no number differs" in page.select(".newest")[0].get_text(" ", strip=True)
    listed = [" ".join(one.get_text().split()) for one in page.select("#corrections li")]
    assert listed[0].startswith("31 January 2024 US forces under fire in the Middle East, as of 29")
    assert listed[0].endswith("2nd edition · 1st edition")
    assert "What was corrected is for those alone who were given it." in listed[1]
    for link in page.select("#corrections a"):
        assert (tmp_path / str(link["href"])).is_file()
    feed = feedparser.parse((tmp_path / "feed.xml").read_bytes())
    assert not feed.bozo
    newest = feed.entries[0]
    assert newest.id == "tag:share.example.org,2023:brief/2024-01-29"
    assert newest.updated == "2024-01-31T06:00:00Z"
    assert newest.title.endswith("as of 29 January 2024: 2nd edition, no number differs")
    assert (
        "Secret" not in (tmp_path / "index.html").read_text() + (tmp_path / "feed.xml").read_text()
    )


@pytest.mark.usefixtures("one_warm_process")
def test_run_makes_the_second_edition_and_its_page_says_so(
    command: Command, tmp_path: Path
) -> None:
    """The command itself, on the record of the ten attacks."""
    data, reports = ten_attacks.write(tmp_path / "data"), tmp_path / "reports"
    run = ("run", "posture", "--as-of", AS_OF, "--data", data, "--reports", reports)
    folder = reports / "posture" / AS_OF
    assert command(*run).code == 0
    first = digests(folder)
    back_date(data, 1)
    for _ in range(2):
        assert command(*run).code == 0
        assert digests(folder / "editions" / "1") == first
        assert [*layout.kept(folder)] == [1]
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    correction = manifest["parameters"]["correction"]
    assert correction.startswith("2nd edition: ")
    assert "1 more row on attacks that had been public by 7 November 2023" in correction
    page = BeautifulSoup((folder / "posture.html").read_text("utf-8"), "html.parser")
    (said,) = page.select("aside.correction")
    assert said.get_text() == correction
    # Whoever has the record and the parameters makes the same bytes.
    again = command(*run[:-1], tmp_path / "again", "-p", f"correction={correction}")
    assert again.code == 0, again.err
    newest = {name: digest for name, digest in digests(folder).items() if "editions/" not in name}
    assert digests(tmp_path / "again" / "posture" / AS_OF) == newest
    table = data / "attacks.csv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:-1]))
    refused = command(*run)
    assert refused.code == 1
    said = "of the 11 rows that were public by 2023-11-07 when posture/2023-11-07 was made, 10 are"
    assert said in refused.err
