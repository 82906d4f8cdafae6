"""Mails that come back are parked and told; dead addresses get nothing; nobody can forge it."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from imap_server import Mailbox
from mailing import DAY, NOW, config_of, long_subscribed, reader, rows, sent_to, states
from published import publish_report
from smtp_server import FaultyServer, Taken

from analysis.deliver.hand_out import hand_out
from analysis.deliver.returned import returned
from analysis.schedule import ledger
from analysis.schedule.settings import Config, Inbox
from analysis.schedule.status import status

GONE = "550 5.1.1 <reader-1@example.org>: no such user"


def notice(
    message_id: str, status: str = "5.1.1", said: str = GONE, action: str = "failed",
    headers_alone: bool = False,
) -> bytes:  # fmt: skip
    """A report on delivery, as servers write it."""
    kind = "text/rfc822-headers" if headers_alone else "message/rfc822"
    original = f"Subject: US forces under fire\nMessage-ID: {message_id}\n"
    return f"""From: Mail Delivery System <mailer-daemon@example.org>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="limit"

--limit
Content-Type: text/plain

I am sorry to have to inform you that your message could not be delivered.

--limit
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; somebody-else@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--limit
Content-Type: {kind}

{original}{"" if headers_alone else chr(10) + "x"}
--limit--
""".replace("\n", "\r\n").encode()


def into(folder: Path, *notices: bytes) -> Inbox:
    folder.mkdir(parents=True, exist_ok=True)
    for content in notices:
        (folder / f"{len([*folder.iterdir()])}.eml").write_bytes(content)
    return Inbox(folder)


def look(reports: Path, config: Config, now: dt.datetime) -> dict[str, Any]:
    with closing(ledger.look(reports)) as connection:
        return status(connection, config, now, reports=reports)


def sent(reports: Path, server: FaultyServer, *readers: Any) -> tuple[Config, Taken]:
    """A desk that has sent its brief to these; and the mail to the first."""
    publish_report(reports, "2024-01-28")
    config = config_of(server, *readers)
    hand_out(reports, config, NOW - DAY)
    return config, sent_to(server, readers[0].address)[0]


@pytest.mark.parametrize("headers_alone", [False, True])
def test_a_dead_address_gets_nothing_more_until_it_is_put_right(
    tmp_path: Path, headers_alone: bool
) -> None:
    reports = tmp_path / "reports"
    with FaultyServer() as server:
        config, mail = sent(reports, server, reader(1), reader(2))
        came_back = notice(mail.message_id, headers_alone=headers_alone)
        config = replace(config, inbox=into(tmp_path / "inbox" / "new", came_back))
        config = replace(config, inbox=Inbox(tmp_path / "inbox"))
        publish_report(reports, "2024-01-29")
        account = hand_out(reports, config, NOW)
        assert not account.good
        assert [len(sent_to(server, reader(n).address)) for n in (1, 2)] == [1, 2]
        told = sent_to(server, "desk@example.org")[0].message.get_content()
        assert f"brief/2024-01-28 to reader-1@example.org: it came back: {GONE}" in (
            " ".join(told.split())
        )
        found = look(reports, config, NOW + DAY)
        assert found["answer"] == "Not well: 1 of 2 readers lack what is owed."
        kinds = {trouble["kind"]: trouble for trouble in found["troubles"]}
        assert kinds.keys() == {"parked", "dead"}
        assert kinds["dead"]["reason"] == f"mail to it comes back: {GONE}"
        assert "--again" in kinds["dead"]["mend"]
        # The mailbox is there again: what came back goes out, and the notice of old says nothing.
        hand_out(reports, config, NOW + DAY, again=True)
        assert [len(sent_to(server, reader(n).address)) for n in (1, 2)] == [3, 2]
        hand_out(reports, config, NOW + 2 * DAY)
        assert look(reports, config, NOW + 2 * DAY)["healthy"]


def test_another_address_in_its_place_puts_it_right(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    with FaultyServer() as server:
        config, mail = sent(reports, server, reader(1), reader(2))
        config = replace(config, inbox=into(tmp_path / "inbox", notice(mail.message_id)))
        hand_out(reports, config, NOW)
        other = replace(config, subscriptions=(reader(2), reader(3)))
        assert hand_out(reports, other, NOW).good
        assert len(sent_to(server, reader(3).address)) == 1


@pytest.mark.parametrize(
    ("status", "said"), [("5.2.2", "552 5.2.2 mailbox full"), ("4.4.1", "no answer for five days")]
)
def test_what_is_of_one_mail_stops_no_other(tmp_path: Path, status: str, said: str) -> None:
    reports = tmp_path / "reports"
    with FaultyServer() as server:
        config, mail = sent(reports, server, reader(1))
        came_back = notice(mail.message_id, status, said)
        config = replace(config, inbox=into(tmp_path / "inbox", came_back))
        publish_report(reports, "2024-01-29")
        hand_out(reports, config, NOW)
        hand_out(reports, config, NOW)
        assert len(sent_to(server, reader(1).address)) == 2
        assert len(sent_to(server, "desk@example.org")) == 1
    assert [row["state"] for row in rows(reports) if row["kind"] == "report"] == ["parked", "sent"]
    assert rows(reports)[0]["reason"] == f"it came back: {said}"


def test_a_digest_comes_back_as_a_whole(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    one = reader(1, send="digest", at=dt.time(6))
    for day in ("2024-01-27", "2024-01-28"):
        publish_report(reports, day)
    long_subscribed(reports, one)
    with FaultyServer() as server:
        config = config_of(server, one, operator=None)
        hand_out(reports, config, NOW)
        (mail,) = server.taken
        inbox = into(tmp_path / "inbox", notice(mail.message_id))
        hand_out(reports, replace(config, inbox=inbox), NOW + DAY)
    assert states(reports) == {"parked": 2}


def test_what_is_no_word_of_a_failure_counts_for_nothing(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    with FaultyServer() as server:
        config, mail = sent(reports, server, reader(1))
        number = mail.message_id
        whole = notice(number)
        others = [
            notice(number, action="delayed", status="4.4.1"),
            notice(number, action="delivered", status="2.0.0"),
            notice("<forged@example.org>"),
            notice(""),
            whole.replace(b"message/delivery-status", b"text/plain"),
            f"Subject: Undelivered: {number}\r\n\r\nFinal-Recipient: x\nAction: failed".encode(),
            b"",
            b"\xff\x00" * 999 + b"delivery-status",
            *(whole[:length] for length in range(0, len(whole) // 2, 97)),
        ]  # fmt: skip
        config = replace(config, inbox=into(tmp_path / "inbox", *others))
        assert hand_out(reports, config, NOW).good
    assert states(reports) == {"sent": 1}
    assert [one.is_dead for one in returned(whole)] == [True]


def test_an_inbox_that_cannot_be_read_is_told_and_mail_goes_on(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    with FaultyServer() as server:
        config, _ = sent(reports, server, reader(1))
        config = replace(config, inbox=Inbox(tmp_path / "nowhere"))
        publish_report(reports, "2024-01-29")
        (why,) = hand_out(reports, config, NOW).trouble
        assert why == f"The inbox {tmp_path / 'nowhere'} cannot be read: No such file or directory."
        assert len(sent_to(server, reader(1).address)) == 2
        (trouble,) = look(reports, config, NOW)["troubles"]
        assert (trouble["kind"], trouble["reason"]) == ("inbox", why)
        (tmp_path / "nowhere").mkdir()
        assert hand_out(reports, config, NOW).good
        assert look(reports, config, NOW)["healthy"]


def test_a_mailbox_is_read_once_and_what_is_not_ours_stays_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAP_PASSWORD", "hunter2")
    reports = tmp_path / "reports"
    with FaultyServer() as server:
        config, mail = sent(reports, server, reader(1))
        letter = b"Subject: Thank you for the brief\r\n\r\n"
        with Mailbox({1: letter, 7: notice(mail.message_id)}) as mailbox:
            inbox = Inbox(
                host="127.0.0.1", port=mailbox.port, security="none", user="reports",
                password_env="IMAP_PASSWORD", timeout=dt.timedelta(seconds=2),
            )  # fmt: skip
            config = replace(config, inbox=inbox)
            hand_out(reports, config, NOW)
            assert mailbox.seen == {7}
            assert "came back" in rows(reports)[0]["reason"]
            mailbox.login = ("reports", "another")
            trouble = hand_out(reports, config, NOW).trouble[0]
        where = f"INBOX on 127.0.0.1:{mailbox.port}"
        assert trouble == f"The inbox {where} cannot be read: it refuses the login of 'reports'."
        assert "Connection refused" in hand_out(reports, config, NOW).trouble[0]


def test_a_mailbox_has_any_name_and_what_no_login_can_send_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = tmp_path / "reports"
    with FaultyServer() as server:
        config, mail = sent(reports, server, reader(1))
        with Mailbox({7: notice(mail.message_id)}, name="Zur&APw-ck &- Neu") as mailbox:
            inbox = Inbox(
                host="127.0.0.1", port=mailbox.port, security="none", user="reports",
                password_env="IMAP_PASSWORD", mailbox="Zurück & Neu",
            )  # fmt: skip
            config = replace(config, inbox=inbox)
            publish_report(reports, "2024-01-29")
            monkeypatch.setenv("IMAP_PASSWORD", "pässword")
            (why,) = hand_out(reports, config, NOW).trouble
            assert why == "The password for 127.0.0.1 has letters that no login can send."
            assert len(sent_to(server, reader(1).address)) == 2
            monkeypatch.setenv("IMAP_PASSWORD", "hunter2")
            hand_out(reports, config, NOW)
            assert mailbox.seen == {7}
