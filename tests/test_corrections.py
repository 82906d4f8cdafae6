"""Rows of what is published change: `due` makes the next edition, and its readers hear once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import corrected
import pytest
from conftest import CHECKOUT, Command
from corrected import MORNING, OTHER, READERS, back_date, call, config, counts, mail
from fleets import digests
from mailing import mail_of, sent_to
from smtp_server import FaultyServer

from analysis.deliver.corrections import to_make
from analysis.deliver.verify import verify
from analysis.publish.order import Order
from analysis.schedule import ledger
from analysis.schedule.attempt import Outcome
from analysis.schedule.clock import moment
from analysis.schedule.due import due
from analysis.schedule.settings import Upkeep
from analysis.schedule.status import status

BRIEF = "brief/2023-11-07"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of a record is of this test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def desk(tmp_path: Path) -> Order:
    return corrected.desk(tmp_path)


def told(order: Order, settings: Any, now: str) -> dict[str, Any]:
    with closing(ledger.look(order.reports)) as connection:
        return status(connection, settings, moment(now), reports=order.reports)


def test_a_back_dated_row_reaches_whoever_had_the_report_once(desk: Order) -> None:
    """The whole way: publish, mail, back-date a row, `due`, `deliver`."""
    with FaultyServer() as server:
        settings = config(*READERS, OTHER, mail=mail_of(server))
        call(desk, settings, MORNING)
        mail(desk, settings, MORNING)
        first = digests(desk.reports / BRIEF)
        back_date(desk.data, 1)
        assert call(desk, settings, "2023-11-08T07:30")[0].startswith(f"{BRIEF}, whose rows have")
        settings = replace(
            settings,
            subscriptions=(
                *READERS,
                OTHER,
                replace(OTHER, reports=("brief",), address="new@example.org"),
            ),
        )
        for hour in range(8, 12):
            assert call(desk, settings, f"2023-11-08T{hour:02}:30") == []
            mail(desk, settings, f"2023-11-08T{hour:02}:30")
    assert counts(desk) == [10, 11]
    assert digests(desk.reports / BRIEF / "editions" / "1") == first
    for reader in READERS:
        report, correction = sent_to(server, reader.address)
        assert report.message["Subject"].startswith("US forces under fire, as of")
        assert correction.message["Subject"].startswith("Correction: US forces under fire, as of")
        body = correction.message.get_body(("plain",))
        assert body is not None
        text = " ".join(body.get_content().split())
        assert "You were sent the 1st edition of this report. In the 2nd edition, 1 number " in text
        assert "The record now holds 1 more row on attacks that had been public by 7 " in text
        assert "Attacks recorded: 11, was 10" in text
        event = "Alpha Base on 6 November 2023 (2023-11-06-alpha-2)"
        why = f"New events: {event}. Attacks recorded: 11, was 10."
        assert f"Why: * {why}" in text
        html = correction.message.get_body(("html",))
        assert html is not None
        assert f"{why}</li>" in html.get_content()
        assert "> The record holds 10 attacks. It says now: The record holds 11 attacks." in text
        (attached,) = correction.message.iter_attachments()
        assert attached.get_filename() == "brief-2023-11-07-edition-2.pdf"
        assert attached.get_content() == (desk.reports / BRIEF / "brief.pdf").read_bytes()
    assert sent_to(server, "other@example.org") == []
    (only,) = sent_to(server, "new@example.org")
    assert only.message["Subject"].startswith("US forces under fire, as of")
    for path in (desk.reports, desk.reports / BRIEF, desk.reports / BRIEF / "editions" / "1"):
        assert all(finding.good for finding in verify(path, desk.reports))
    assert len(verify(desk.reports / BRIEF, desk.reports)) == 2
    (of_the_first,) = verify(desk.reports / BRIEF / "editions/1/brief.pdf", desk.reports)
    assert of_the_first.message.endswith("as published; the 2nd edition replaced it")
    after = told(desk, settings, "2023-11-08T12:00")
    assert after["healthy"]
    (publication,) = after["publications"]
    assert publication["edition"] == 2
    assert publication["correction"].startswith("2nd edition: 1 number differs from the 1st.")


def test_without_the_record_that_an_edition_was_made_from_the_mail_goes_without_rows(
    desk: Order,
) -> None:
    with FaultyServer() as server:
        settings = config(*READERS, mail=mail_of(server))
        call(desk, settings, MORNING)
        mail(desk, settings, MORNING)
        back_date(desk.data, 1)
        call(desk, settings, "2023-11-08T07:30")
        back_date(desk.data, 2)  # and `due` has not come by since
        mail(desk, settings, "2023-11-08T07:30")
        (desk.data / "attacks.csv").write_text("no table")
        call(desk, settings, "2023-11-08T08:30")
        mail(desk, settings, "2023-11-08T08:30")
    for reader in READERS:
        _, correction = sent_to(server, reader.address)
        text = str(correction.message.get_body(("plain",)))
        assert "Attacks recorded: 11, was 10" in text
        assert "Why:" not in text


def test_the_command_lists_what_is_to_be_corrected_and_who_has_heard(
    desk: Order, command: Command
) -> None:
    listing = ("archive", "corrections", "--data", desk.data, "--reports", desk.reports)
    at = ("--now", "2023-11-08T09:00")
    assert command(*listing, *at).out.startswith("Nothing that is published was corrected")
    with FaultyServer() as server:
        settings = config(READERS[0], mail=mail_of(server))
        call(desk, settings, MORNING)
        mail(desk, settings, MORNING)
        back_date(desk.data, 1)
        before = command(*listing, *at)
        assert before.out == (
            f"{BRIEF}: its rows have changed (attacks 10, now 11), and it is not made anew yet; "
            "sent to reader-0@example.org. Mend it: brinkwatch run brief --as-of 2023-11-07\n"
        )
        call(desk, settings, "2023-11-08T07:30")
        mail(desk, settings, "2023-11-08T07:30")
    listed = json.loads(command(*listing, *at, "--json").out)
    assert listed["owed"] == []
    (corrected,) = listed["corrected"]
    assert (corrected["before"], corrected["after"]) == (f"{BRIEF}/editions/1", BRIEF)
    assert corrected["changes"] == [{"label": "Attacks recorded", "before": "10", "after": "11"}]
    assert corrected["facts"] == ["attacks"]
    (why,) = corrected["reasons"]
    assert why.startswith("New events: Alpha Base on 6 November 2023 (2023-11-06-alpha-2).")
    reader = {"address": "reader-0@example.org", "state": "sent", "reason": ""}
    assert corrected["readers"] == [reader]


def test_a_new_publisher_and_a_later_row_remake_nothing(desk: Order) -> None:
    shutil.copyfile(CHECKOUT / "data" / "sources.csv", desk.data / "sources.csv")
    call(desk, config(), MORNING)
    with (desk.data / "sources.csv").open("a", encoding="utf-8") as table:
        table.write("Zzz Daily,Zzz Daily,,news,,,,\n")
    back_date(desk.data, 1, reported_on="2023-11-08")
    assert call(desk, config(), "2023-11-08T07:30") == []


def test_what_is_older_than_correct_days_is_listed_and_left(desk: Order) -> None:
    settings = config(record=Upkeep(correct_days=3))
    for day in range(3, 9):
        call(desk, settings, f"2023-11-{day:02}T06:30")
    back_date(desk.data, 1, reported_on="2023-11-04", day="2023-11-04")
    made = call(desk, settings, "2023-11-08T07:30")
    assert [one.partition(",")[0] for one in made] == [
        f"brief/2023-11-{day:02}" for day in (5, 6, 7)
    ]
    with closing(ledger.look(desk.reports)) as connection:
        (left,) = to_make(connection, desk, moment("2023-11-08T08:00"))
    assert left.folder == "brief/2023-11-04"
    assert left.mend == "brinkwatch run brief --as-of 2023-11-04"


def test_a_record_that_lost_rows_replaces_nothing_and_status_says_so(desk: Order) -> None:
    call(desk, config(), MORNING)
    table = desk.data / "attacks.csv"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(lines[:-2]))
    assert call(desk, config(), "2023-11-08T07:30") == []
    assert counts(desk) == [10]
    (trouble,) = told(desk, config(), "2023-11-08T08:00")["troubles"]
    assert (trouble["kind"], trouble["what"]) == ("correction", BRIEF)
    assert "made from 10 rows of attacks, of which 8 are left" in trouble["reason"]
    assert "brinkwatch run brief --as-of 2023-11-07 --force" in trouble["mend"]
    table.write_text("".join(lines))
    assert call(desk, config(), "2023-11-08T08:30") == []
    assert told(desk, config(), "2023-11-08T09:00")["healthy"]


def test_rows_that_went_are_missed_however_many_others_came(desk: Order) -> None:
    call(desk, config(), MORNING)
    table = desk.data / "attacks.csv"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(lines[:-1]))
    back_date(desk.data, 1)
    back_date(desk.data, 2)
    assert call(desk, config(), "2023-11-08T07:30") == []
    (trouble,) = told(desk, config(), "2023-11-08T08:00")["troubles"]
    assert "made from 10 rows of attacks, of which 9 are left" in trouble["reason"]
    with table.open("a") as rows:
        rows.write(lines[-1])
    assert len(call(desk, config(), "2023-11-08T08:30")) == 1
    assert counts(desk) == [10, 12]


def test_that_no_corrections_can_be_looked_for_is_said(desk: Order) -> None:
    call(desk, config(), MORNING)
    table = desk.data / "attacks.csv"
    good = table.read_text()
    table.write_text(f"{good}x,y\n")
    said: list[str] = []
    due(config(), desk, moment("2023-11-08T07:30"), make=corrected.make, warn=said.append)
    (trouble,) = told(desk, config(), "2023-11-08T08:00")["troubles"]
    assert (trouble["kind"], trouble["since"]) == ("unread", "2023-11-08T07:30:00Z")
    assert "is not held against it: attacks.csv:12: 2 fields where" in trouble["reason"]
    assert trouble["mend"].startswith("brinkwatch check")
    assert said == [f"The record: {trouble['reason']}."]
    table.write_text(good)
    call(desk, config(), "2023-11-08T08:30")
    assert told(desk, config(), "2023-11-08T09:00")["healthy"]


def test_a_correction_that_fails_is_tried_again_later_then_given_up(desk: Order) -> None:
    tries: list[str] = []

    def failing(order: Order, *rest: Any) -> Outcome:
        tries.append(str(order.parameters["as_of"]))
        return Outcome(reason="cell 3 failed")

    with FaultyServer() as server:
        settings = config(*READERS, mail=mail_of(server))
        call(desk, settings, MORNING)
        back_date(desk.data, 1)
        for hour in range(7, 19):
            for minute in (0, 5):
                call(desk, settings, f"2023-11-08T{hour:02}:{minute:02}", failing)
        assert tries == ["2023-11-07"] * 4
        found = told(desk, settings, "2023-11-08T19:00")
        (trouble,) = (one for one in found["troubles"] if one["kind"] == "correction")
        assert "given up after 4 attempts: cell 3 failed" in trouble["reason"]
        assert set(trouble["readers"]) == {reader.address for reader in READERS}
        mail(desk, settings, "2023-11-08T19:00")
        (operator,) = sent_to(server, "desk@example.org")
        assert operator.message["Subject"] == f"Failed: correction of {BRIEF}"
    # Another change of its rows is another correction.
    back_date(desk.data, 2)
    assert len(call(desk, settings, "2023-11-08T20:00")) == 1
    assert counts(desk) == [10, 12]


def test_other_software_digests_otherwise_and_corrects_nothing(desk: Order) -> None:
    call(desk, config(), MORNING)
    manifest = desk.reports / BRIEF / "manifest.json"
    said = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**said, "data": "0" * 64, "code": "of another version"}))
    assert call(desk, config(), "2023-11-08T07:30") == []
    back_date(desk.data, 1)
    assert len(call(desk, config(), "2023-11-08T08:30")) == 1


CALLERS = """
import os, sys, time
from pathlib import Path
import corrected
from mailing import mail_of
from analysis.publish.order import Order
from analysis.schedule.settings import Mail, Subscription
from corrected import OTHER, READERS

folder, port = Path(sys.argv[1]), int(sys.argv[2])
order = Order("", data=folder / "data", reports=folder / "reports")
server = type("Server", (), {"port": port})
settings = corrected.config(*READERS, OTHER, mail=mail_of(server))

def both(now):
    corrected.call(order, settings, now)
    corrected.mail(order, settings, now)
"""

#: In each round a row is back-dated, and processes that wait at a pipe call at the same moment.
AT_ONCE = f"""{CALLERS}
for number in range(1, 6):
    corrected.back_date(order.data, number)
    waiting, go = os.pipe()
    children = []
    for _ in range(8):
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(waiting, 1)
            both(f"2023-11-08T{{6 + number:02}}:30")
            os._exit(0)
        children.append(child)
    os.close(waiting)
    os.close(go)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
    both(f"2023-11-08T{{6 + number:02}}:40")
"""

#: For each line that comes in: a row is back-dated, and whoever is called then is killed.
KILLED = f"""{CALLERS}
import random, signal
chance = random.Random(20231108)
for number, _ in enumerate(sys.stdin, start=1):
    corrected.back_date(order.data, number)
    now = f"2023-11-08T{{7 + number // 50:02}}:{{number % 50:02}}"
    child = os.fork()
    if child == 0:
        both(now)
        os._exit(0)
    time.sleep(chance.uniform(0, 0.25))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(number, flush=True)
"""


def program(text: str, folder: Path, server: FaultyServer) -> list[str]:
    return [sys.executable, "-c", text, str(folder), str(server.port)]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(__file__).parent)}


def corrections_of(server: FaultyServer, address: str) -> list[str]:
    """What each correction says that the record holds, by Message-ID."""
    mails = {one.message_id: one.message for one in sent_to(server, address)}
    return [str(one.get_body(("plain",))) for one in mails.values()
            if str(one["Subject"]).startswith("Correction")]  # fmt: skip


def test_eight_callers_at_once_make_one_edition_and_one_mail_of_each_change(
    desk: Order, tmp_path: Path
) -> None:
    with FaultyServer() as server:
        settings = config(*READERS, OTHER, mail=mail_of(server))
        call(desk, settings, MORNING)
        mail(desk, settings, MORNING)
        subprocess.run(program(AT_ONCE, tmp_path, server), env=environment(), check=True)
    assert counts(desk) == [10, 11, 12, 13, 14, 15]
    for reader in READERS:
        got = sent_to(server, reader.address)
        assert len(got) == len({one.message_id for one in got}) == 6
        assert len(corrections_of(server, reader.address)) == 5
    assert sent_to(server, OTHER.address) == []
    assert all(finding.good for finding in verify(desk.reports, desk.reports))


def test_killed_at_any_moment_nothing_is_lost_and_nobody_hears_twice(
    desk: Order, tmp_path: Path
) -> None:
    with FaultyServer() as server:
        settings = config(*READERS, OTHER, mail=mail_of(server, at_once=1000))
        call(desk, settings, MORNING)
        mail(desk, settings, MORNING)
        first = digests(desk.reports / BRIEF)
        with subprocess.Popen(
            program(KILLED, tmp_path, server), env=environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            for _ in range(30):
                process.stdin.write("\n")
                process.stdin.flush()
                assert process.stdout.readline()
                assert counts(desk)[0] == 10
                assert counts(desk) == sorted({*counts(desk)})
            process.stdin.close()
        for minute in range(3):
            call(desk, settings, f"2023-11-09T05:{minute:02}")
            mail(desk, settings, f"2023-11-09T05:{minute:02}")
    assert counts(desk)[-1] == 40
    assert digests(desk.reports / BRIEF / "editions" / "1") == first
    assert all(finding.good for finding in verify(desk.reports, desk.reports))
    for reader in READERS:
        # A second copy of one mail can come where the answer was lost: with the same Message-ID.
        said = corrections_of(server, reader.address)
        assert len(said) == len({*said}) <= len(counts(desk)) - 1
        assert "The record holds 40 attacks." in said[-1]
    assert sent_to(server, OTHER.address) == []
    assert told(desk, settings, "2023-11-09T05:05")["healthy"]
