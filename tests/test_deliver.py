"""Who gets what by mail, when, and what the ledger and the command say of it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Command
from mailing import (
    DAY,
    NOW,
    config_of,
    long_subscribed,
    mail_of,
    reader,
    rows,
    sent_to,
    states,
    written_config,
)
from published import PDF, days, publish_report
from smtp_server import FaultyServer

from analysis.deliver.answer import OutOfReachError
from analysis.deliver.hand_out import hand_out
from analysis.deliver.smtp import MailServer
from analysis.errors import UsageError
from analysis.parameters import MARKINGS
from analysis.schedule import ledger, notes


def test_each_reader_gets_each_report_once_and_sees_no_other_reader(tmp_path: Path) -> None:
    for day in days(3):
        publish_report(tmp_path, day)
    readers = [reader(n) for n in range(5)]
    long_subscribed(tmp_path, *readers)
    with FaultyServer() as server:
        config = config_of(server, *readers)
        first, second = (hand_out(tmp_path, config, NOW) for _ in range(2))
        assert (str(first), str(second)) == ("15 sent.", "0 sent.")
        assert server.connections == 1
    for one in readers:
        got = sent_to(server, one.address)
        assert sorted(mail.message["Subject"][-22:-12] for mail in got) == days(3)
        for mail in got:
            assert all(other.address.encode() not in mail.content
                       for other in readers if other != one)  # fmt: skip
            (document,) = mail.message.iter_attachments()
            assert document.get_content() == PDF
    assert max(server.copies().values()) == 1


def test_a_refusal_for_now_waits_longer_each_time_and_is_given_up_at_last(tmp_path: Path) -> None:
    publish_report(tmp_path)
    minute = dt.timedelta(minutes=1)
    waits, now = [], NOW
    with FaultyServer(lambda step, _: "451 later" if step == "data" else "") as server:
        config = config_of(server, reader(), retries=3, retry_after=5 * minute, operator=None)
        while states(tmp_path).keys() != {"parked"}:
            before = server.happened["data", "451 later"]
            hand_out(tmp_path, config, now)
            if server.happened["data", "451 later"] > before:
                waits.append((now - NOW) // minute)
            now += minute
    assert waits == [0, 5, 15, 35]
    (row,) = rows(tmp_path)
    assert (row["attempts"], row["reply"]) == (4, "451 later")
    assert row["reason"] == "tried too often: 451 later"


@pytest.mark.parametrize("slow", ["stall", "drip"])
def test_one_bad_address_holds_up_nobody(slow: str, tmp_path: Path) -> None:
    publish_report(tmp_path)

    def plan(step: str, recipient: str) -> str:
        bad = {"reader-0@example.org": slow, "reader-1@example.org": "550 no such user"}
        return bad.get(recipient, "") if step == "rcpt" else ""

    with FaultyServer(plan, stall=3) as server:
        config = config_of(server, *(reader(n) for n in range(6)))
        account = hand_out(tmp_path, config, NOW)
        assert rows(tmp_path)[0]["reply"] == "no answer in time"
        # Four readers, and the operator, who hears of the second.
        assert account.states == {"sent": 5, "pending": 1, "parked": 1}
        assert not account.good
        assert [mail.recipients for mail in server.taken][-1] == ("desk@example.org",)
        told = server.taken[-1].message.get_content()
        assert (
            "brief/2024-01-29 to reader-1@example.org: refused for good: 550 no such user" in told
        )


def test_without_a_server_everything_waits_and_counts_as_no_attempt(tmp_path: Path) -> None:
    publish_report(tmp_path)
    with FaultyServer(lambda step, _: "drop" if step == "connect" else "") as server:
        config = config_of(server, reader())
        account = hand_out(tmp_path, config, NOW)
        assert server.happened["connect", "drop"] == 3
    assert not account.good
    assert account.trouble == [f"127.0.0.1:{server.port} takes no mail: Connection unexpectedly "
                               "closed."]  # fmt: skip
    (row,) = rows(tmp_path)
    assert (row["state"], row["attempts"]) == ("pending", 0)


def test_a_sender_whom_the_server_refuses_waits_and_no_mail_is_given_up(tmp_path: Path) -> None:
    publish_report(tmp_path)
    refusal = "530 5.7.0 Authentication required"
    with FaultyServer(lambda step, _: refusal if step == "mail" else "") as server:
        config = config_of(server, *(reader(n) for n in range(3)))
        why = f"127.0.0.1:{server.port} takes no mail of reports@example.org: {refusal}."
        for day in range(3):
            assert hand_out(tmp_path, config, NOW + day * DAY).trouble == [why]
        assert {(row["state"], row["attempts"]) for row in rows(tmp_path)} == {("pending", 0)}
        server.plan = lambda step, _: "552 5.3.4 too large" if step == "mail" else ""
        assert hand_out(tmp_path, config, NOW + 3 * DAY).states["parked"] == 4
        server.plan = lambda step, _: ""
        assert hand_out(tmp_path, config, NOW + 4 * DAY, again=True).states == {"sent": 4}


def test_a_server_that_breaks_every_connection_is_left_alone(tmp_path: Path) -> None:
    publish_report(tmp_path)
    with FaultyServer(lambda step, _: "drop" if step == "rcpt" else "") as server:
        account = hand_out(tmp_path, config_of(server, *(reader(n) for n in range(15))), NOW)
        assert server.happened["rcpt", "drop"] == 10
        assert account.trouble == [f"127.0.0.1:{server.port} broke 10 connections in a row."]
        server.plan = lambda step, recipient: ""
        hand_out(tmp_path, config_of(server, *(reader(n) for n in range(15))), NOW + DAY)
    assert states(tmp_path) == {"sent": 15}


def test_no_report_above_a_clearance_is_in_any_mail(tmp_path: Path) -> None:
    """All pairs of marking and clearance, one by one and in digests."""
    for day, marking in zip(days(5, "2024-01-26"), MARKINGS, strict=True):
        publish_report(tmp_path, day, marking=marking, pdf=f"%PDF {marking}.".encode())
    readers = [
        reader(number, clearance=clearance, send=send, formats=("pdf", "html"))
        for number, (clearance, send) in enumerate(
            (clearance, send) for clearance in MARKINGS for send in ("each", "digest")
        )
    ]
    long_subscribed(tmp_path, *readers)
    with FaultyServer() as server:
        for hour in (0, 1):  # digests at 7
            hand_out(tmp_path, config_of(server, *readers), NOW + hour * DAY / 24)
    for one in readers:
        got = [
            part.get_content().decode()[5:-1]
            for mail in sent_to(server, one.address)
            for part in mail.message.iter_attachments()
            if part.get_content_type() == "application/pdf"
        ]
        allowed = list(MARKINGS[: MARKINGS.index(one.clearance) + 1])
        assert got == [marking for marking in allowed if marking != "TLP:RED"]
        assert len(sent_to(server, one.address)) == (1 if one.send == "digest" else len(got))
    for row in rows(tmp_path):
        if row["state"] == "withheld":
            assert "TLP:" in row["reason"]
    assert states(tmp_path)["withheld"] == 50 - states(tmp_path)["sent"]


def test_what_a_page_is_marked_counts_even_where_the_ledger_says_less(tmp_path: Path) -> None:
    publish_report(tmp_path, marking="TLP:CLEAR", page_marking="TLP:AMBER")
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server, reader(clearance="TLP:GREEN")), NOW)
    assert server.taken == []
    (row,) = rows(tmp_path)
    assert (row["state"], row["reason"]) == (
        "withheld", "TLP:AMBER is above the clearance, TLP:GREEN"
    )  # fmt: skip


def test_a_change_of_the_subscriptions_counts_for_what_is_owed(tmp_path: Path) -> None:
    publish_report(tmp_path, marking="TLP:GREEN")
    with FaultyServer(lambda step, _: "451 later" if step == "rcpt" else "") as server:
        green, clear = (reader(clearance=c) for c in ("TLP:GREEN", "TLP:CLEAR"))
        for config in (config_of(server, green), config_of(server, clear)):
            hand_out(tmp_path, config, NOW)
        assert states(tmp_path) == {"withheld": 1}
        server.plan = lambda step, recipient: ""
        hand_out(tmp_path, config_of(server), NOW + DAY)
        assert server.taken == []
        hand_out(tmp_path, config_of(server, green), NOW + 2 * DAY)
        assert states(tmp_path) == {"sent": 1}


def test_a_reader_who_comes_later_gets_the_newest_and_what_is_new(tmp_path: Path) -> None:
    four = days(4, "2024-01-27")
    for day in four[:3]:
        publish_report(tmp_path, day)
    long_subscribed(tmp_path, reader(1))
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server, reader(1)), NOW)
        for _ in range(2):
            hand_out(tmp_path, config_of(server, reader(1), reader(2)), NOW)
        publish_report(tmp_path, four[-1])
        hand_out(tmp_path, config_of(server, reader(1), reader(2)), NOW)
    assert len(sent_to(server, "reader-1@example.org")) == 4
    assert [mail.message["Subject"][-22:-12] for mail in sent_to(server, "reader-2@example.org")
            ] == four[2:]  # fmt: skip


def test_a_digest_a_day_has_all_that_is_new_and_stays_what_it_was(tmp_path: Path) -> None:
    """A digest whose answer never came goes out again as it was; what is new goes into the next."""
    one, two, three = days(3)
    hour, seven = DAY / 24, NOW + DAY / 24
    unanswered = ["take-drop"]
    with FaultyServer() as server:
        server.plan = lambda step, _: unanswered.pop() if step == "content" and unanswered else ""
        config = config_of(server, reader(send="digest"))
        long_subscribed(tmp_path, reader())
        publish_report(tmp_path, one)
        publish_report(tmp_path, two)
        hand_out(tmp_path, config, NOW)
        assert server.taken == []
        hand_out(tmp_path, config, seven)
        publish_report(tmp_path, three)
        hand_out(tmp_path, config, seven + hour)
        hand_out(tmp_path, config, seven + 2 * hour)
        assert [mail.answered for mail in server.taken] == [False, True]
        hand_out(tmp_path, config, seven + DAY)
    first, again, second = server.taken
    names = [[part.get_filename() for part in mail.message.iter_attachments()]
             for mail in server.taken]  # fmt: skip
    assert names[0] == names[1] == [f"brief-{one}.pdf", f"brief-{two}.pdf"]
    assert names[2] == [f"brief-{three}.pdf"]
    assert first.message_id == again.message_id != second.message_id


def test_what_was_damaged_or_replaced_is_not_sent(tmp_path: Path) -> None:
    one, two = days(2)
    for day in (one, two):
        publish_report(tmp_path, day)
    (tmp_path / "brief" / one / "brief.pdf").write_bytes(b"another document")
    long_subscribed(tmp_path, reader())
    with FaultyServer(lambda step, _: "451 later" if step == "mail" else "") as server:
        config = config_of(server, reader())
        hand_out(tmp_path, config, NOW)
        server.plan = lambda step, recipient: ""
        publish_report(tmp_path, two, title="Corrected")
        hand_out(tmp_path, config, NOW + DAY)
    damaged, old, _, new = rows(tmp_path)
    assert damaged["reason"] == f"brief/{one}/brief.pdf is not what was published"
    assert (damaged["state"], old["state"], new["state"]) == ("parked", "withheld", "sent")
    (got,) = sent_to(server, "reader-1@example.org")
    assert got.message["Subject"].startswith("Corrected")


def test_without_encryption_mail_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the host's name: what counts is the address at the other end."""
    with FaultyServer() as server:
        monkeypatch.setattr("socket.socket.getpeername", lambda _: ("192.0.2.1", 25))
        with (
            MailServer(mail_of(server, host="localhost")) as line,
            pytest.raises(OutOfReachError, match=r"192\.0\.2\.1 is another machine"),
        ):
            line.connect()


def test_a_secret_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultyServer() as server:
        config = config_of(server, reader(), user="x", password_env="NO_SUCH_VARIABLE")
        (why,) = hand_out(tmp_path, config, NOW).trouble
        assert "NO_SUCH_VARIABLE" in why
        with pytest.raises(UsageError, match=r"has no \[mail\]"):
            hand_out(tmp_path, replace(config, mail=None), NOW)
        monkeypatch.setenv("NO_SUCH_VARIABLE", "pässword")
        (why,) = hand_out(tmp_path, config, NOW).trouble
        assert why == "The password for 127.0.0.1 has letters that no login can send."
        (why,) = hand_out(tmp_path, config_of(server, reader(), user="büro"), NOW).trouble
        assert why == "The user for 127.0.0.1 has letters that no login can send."


def test_a_slot_that_failed_is_mailed_with_its_cell(tmp_path: Path) -> None:
    connection = ledger.open(tmp_path)
    slot = "2024-01-30T11:00:00Z"
    connection.execute(
        "INSERT INTO slot (schedule, slot, as_of, report, state, cell) "
        "VALUES ('morning', ?, '2024-01-29', 'brief', 'failed', 'In [4]: x = 1 / 0')",
        (slot,),
    )
    notes.queue_failure(connection, f"morning/{slot}", "ZeroDivisionError", "desk@example.org", NOW)
    connection.close()
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server), NOW)
        hand_out(tmp_path, config_of(server), NOW)
    (mail,) = server.taken
    assert mail.message["Subject"] == f"Failed: morning/{slot}"
    told = mail.message.get_content().splitlines()
    for said in (
        "ZeroDivisionError",
        "In [4]: x = 1 / 0",
        f"brinkwatch due --retry morning {slot}",
    ):
        assert said in told


def test_the_command_says_what_it_did_and_exits_for_a_monitor(
    tmp_path: Path, command: Command
) -> None:
    reports = tmp_path / "reports"
    publish_report(reports)
    with FaultyServer() as server:
        config = written_config(tmp_path, server, 2)
        arguments = ("deliver", "--config", config, "--reports", reports, "--now", "2024-01-30")
        server.plan = lambda step, to: "550 gone" if (step, to[:8]) == ("rcpt", "reader-1") else ""
        done = command(*arguments)
        assert (done.code, done.err) == (3, "")
        assert done.out == "2 sent, 1 parked (see brinkwatch status).\n"
        told = command("status", "--json", "--reports", reports, "--config", config)
        assert told.code == 3
        (parked,) = json.loads(told.out)["parked"]
        assert parked["reason"] == "refused for good: 550 gone"
        server.plan = lambda step, recipient: ""
        done = command(*arguments, "--again")
        assert (done.code, done.out) == (0, "1 sent.\n")
    assert sent_to(server, "reader-0@example.org")[0].message["Date"].datetime == NOW - DAY / 4
