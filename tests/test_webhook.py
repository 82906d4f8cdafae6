"""Webhooks: signed as the convention has it, each edition once, whatever the receiver does."""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import certificates
import pytest
from mailing import DAY, NOW, config_of, reader, rows, sent_to, states
from published import PDF, days, publish_report
from smtp_server import FaultyServer
from standardwebhooks import Webhook as Reference
from standardwebhooks import WebhookVerificationError
from webhook_receiver import SECRET, Receiver

from analysis.deliver.hand_out import hand_out
from analysis.deliver.withdrawing import withdraw
from analysis.schedule import ledger
from analysis.schedule.settings import Config, Site, Webhook
from analysis.schedule.status import status

SITE = Site(address="https://share.example.org/reports/", clearance="TLP:GREEN")
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_SECRET", SECRET)
    # What a desk behind a proxy has; this machine is not behind it.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")


def hook(receiver: Receiver, **other: Any) -> Webhook:
    plain = Webhook(
        "ops",
        ("brief",),
        url=receiver.url,
        secret_env="OPS_SECRET",
        timeout=dt.timedelta(seconds=1),
    )
    return replace(plain, **other)


def desk(*webhooks: Webhook, **other: Any) -> Config:
    return Config(Path("brinkwatch.toml"), webhooks=webhooks, site=SITE, **other)


def long_told(reports: Path, *webhooks: Webhook) -> None:
    with closing(ledger.open(reports)) as connection:
        pairs = [(one.address, report, "2023-10-01") for one in webhooks for report in one.reports]
        connection.executemany("INSERT INTO reader VALUES (?, ?, ?)", pairs)


def look(reports: Path, config: Config, now: dt.datetime) -> dict[str, Any]:
    with closing(ledger.look(reports)) as connection:
        return status(connection, config, now, reports=reports)


def test_a_message_says_what_the_page_says_first_and_its_signature_holds(tmp_path: Path) -> None:
    folder = publish_report(tmp_path, marking="TLP:GREEN", bottom_line="12 <b>attacks</b>.")
    now = dt.datetime.now(dt.UTC)
    with Receiver() as receiver:
        config = desk(hook(receiver, clearance="TLP:GREEN", formats=("pdf",)))
        accounts = [str(hand_out(tmp_path, config, now + n * HOUR)) for n in range(2)]
    assert accounts == ["1 sent.", "0 sent."]
    (message,) = receiver.taken
    told = Reference(SECRET).verify(message.body, message.headers)
    with pytest.raises(WebhookVerificationError):
        Reference(SECRET).verify(message.body + b" ", message.headers)
    assert message.path == "/hook?key=hunter2"
    assert message.headers["content-type"] == "application/json"
    assert told["type"] == "edition.published"
    data = told["data"]
    (row,) = rows(tmp_path)
    assert data["digest"] == f"sha256:{row['manifest_sha256']}"
    assert (data["report"], data["edition"], data["as_of"]) == ("brief", 1, "2024-01-29")
    assert (data["marking"], data["lead"]) == ("TLP:GREEN", "12 <b>attacks</b>.")
    assert data["key_figures"][0]["value"] == "12"
    assert data["link"] == f"https://share.example.org/reports/{folder}/brief.html"
    assert base64.b64decode(data["files"][0]["content"]) == PDF
    assert row["message_id"] == message.id


def test_two_secrets_sign_while_one_takes_the_place_of_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_report(tmp_path)
    newer = "whsec_" + base64.b64encode(b"n" * 24).decode()
    monkeypatch.setenv("OPS_SECRET", f"{newer} {SECRET}")
    with Receiver() as receiver:
        hand_out(tmp_path, desk(hook(receiver)), dt.datetime.now(dt.UTC))
    (message,) = receiver.taken
    for key in (newer, SECRET):
        assert Reference(key).verify(message.body, message.headers)


@pytest.mark.parametrize("secret", ["", "hunter2", "whsec_hunter2", "whsec_aHVudGVyMg=="])
def test_what_is_no_secret_signs_nothing_and_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    publish_report(tmp_path)
    monkeypatch.setenv("OPS_SECRET", secret)
    with Receiver() as receiver:
        config = desk(hook(receiver))
        (why,) = hand_out(tmp_path, config, NOW).trouble
        (trouble,) = look(tmp_path, config, NOW + 3 * HOUR)["troubles"]
        assert receiver.taken == []
    assert "ops" in why or "OPS_SECRET" in why
    assert trouble["reason"] == why
    assert not secret or secret not in why
    assert states(tmp_path) == {"pending": 1}


def test_of_120_messages_none_is_lost_and_each_is_one_by_its_id(tmp_path: Path) -> None:
    """A receiver that refuses, stalls, redirects, answers twice, and hangs up before and after."""
    rng = random.Random(4)
    faults = [
        "500 Error", "503 Busy", "429 Slow down\nRetry-After: 60", "404 Not yet", "twice", "drop",
        "take-drop", "take-drop", "307 Here\nLocation: /hook?again=1",
    ]  # fmt: skip

    def plan(number: str, times: int) -> str:
        return rng.choice(faults) if rng.random() < 0.3 and times < 6 else ""

    for day in days(40, "2023-12-01"):
        publish_report(tmp_path, day)
    with Receiver(plan) as receiver:
        config = desk(*(hook(receiver, name=f"ops-{n}", at_once=1000) for n in range(3)))
        long_told(tmp_path, *config.webhooks)
        now, calls = NOW, 0
        while states(tmp_path).keys() != {"sent"}:
            hand_out(tmp_path, config, now)
            now, calls = now + DAY, calls + 1
            assert calls < 40
    assert states(tmp_path) == {"sent": 120}
    by_id = {row["message_id"]: row for row in rows(tmp_path)}
    assert receiver.copies().keys() == by_id.keys()
    assert {len(bodies) for bodies in receiver.bodies.values()} == {1}
    answered = [message.id for message in receiver.taken if message.answered]
    assert len(answered) == len(set(answered)) == 120
    twice = {number for number, count in receiver.copies().items() if count > 1}
    assert twice
    assert all("second copy" in by_id[number]["reason"] for number in twice)
    assert all(receiver.faults[fault.partition("\n")[0]] for fault in faults)


def test_whoever_stalls_or_drips_is_not_waited_for_and_holds_up_nobody(tmp_path: Path) -> None:
    publish_report(tmp_path)
    for day in days(6, "2024-01-20"):
        publish_report(tmp_path, day)
    with (
        Receiver(lambda number, times: "take-stall", stall=60) as slow,
        Receiver() as quick,
        FaultyServer() as server,
    ):
        quickly = dt.timedelta(seconds=0.3)
        hooks = hook(slow, name="slow", timeout=quickly), hook(quick, name="quick")
        config = replace(config_of(server, reader()), webhooks=hooks)
        long_told(tmp_path, hooks[0])
        begun = time.monotonic()
        account = hand_out(tmp_path, config, NOW)
        slow.plan = lambda number, times: "drip"
        again = hand_out(tmp_path, config, NOW + DAY)
        assert time.monotonic() - begun < slow.stall
        assert len(server.taken) == len(quick.taken) == 1
        assert slow.faults == {"take-stall": 3, "drip": 3}
        assert account.trouble == ["webhook:slow has not answered 3 messages in a row."]
        assert again.trouble == account.trouble
        (trouble,) = look(tmp_path, config, NOW + 4 * DAY)["troubles"]
    assert trouble["what"] == "7 messages for webhook:slow waiting"
    assert trouble["readers"] == ("webhook:slow",)


def test_whoever_asks_to_be_left_alone_is(tmp_path: Path) -> None:
    for day in days(2):
        publish_report(tmp_path, day)
    busy = ["429 Slow down\nRetry-After: 7200"]
    with Receiver(lambda number, times: busy.pop() if busy else "") as receiver:
        config = desk(hook(receiver))
        long_told(tmp_path, *config.webhooks)
        for minutes in (0, 10, 119):
            hand_out(tmp_path, config, NOW + dt.timedelta(minutes=minutes))
            assert receiver.came.total() == 1
        hand_out(tmp_path, config, NOW + 2 * HOUR)
    assert len(receiver.taken) == 2


@pytest.mark.parametrize(
    ("fault", "attempts", "reason"),
    [
        ("500 Broken", 3, "tried too often: 500"),
        ("413 Too large", 1, "refused for good: 413"),
        ("302 Found\nLocation: https://elsewhere.example.org/x", 1,
         "refused for good: 302 redirects to elsewhere.example.org, which is not followed; give "
         "the address that it has now"),
        ("308 Moved\nLocation: http://localhost:{port}/hook", 1,
         "refused for good: 308 redirects to localhost, which is not followed; give the address "
         "that it has now"),
        ("307 Round\nLocation: /hook", 1, "refused for good: more than 3 redirections"),
    ],
)  # fmt: skip
def test_what_is_refused_is_parked_and_told_and_taken_up_again(
    tmp_path: Path, fault: str, attempts: int, reason: str
) -> None:
    publish_report(tmp_path)
    with Receiver() as receiver, FaultyServer() as server:
        said = fault.format(port=receiver.port)
        receiver.plan = lambda number, times: said
        config = replace(config_of(server), webhooks=(hook(receiver, retries=2),))
        for number in range(6):
            hand_out(tmp_path, config, NOW + number * DAY)
        message, *_ = rows(tmp_path)
        assert (message["state"], message["attempts"]) == ("parked", attempts)
        assert message["reason"] == reason
        told = sent_to(server, "desk@example.org")[0].message.get_content()
        assert f"brief/2024-01-29 to webhook:ops: {reason}" in " ".join(told.split())
        assert "hunter2" not in told
        (trouble,) = look(tmp_path, config, NOW + 6 * DAY)["troubles"]
        assert (trouble["kind"], trouble["mend"]) == ("parked", "brinkwatch deliver --again")
        receiver.plan = lambda number, times: ""
        assert hand_out(tmp_path, config, NOW + 7 * DAY, again=True).good
        assert look(tmp_path, config, NOW + 8 * DAY)["healthy"]


@pytest.mark.parametrize(
    ("answer", "state", "reply"),
    [
        (b"HTTP/1.1 302 Found\r\n\r\n", "pending", "302"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[x/\r\n\r\n", "pending", "302"),
        (b"HTTP/1.1 307 X\r\nLocation: /" + b"x" * 70_000 + b"\r\n\r\n", "sending", ""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "sent", "200"),
        (b"HTTP/1.1 500 X\r\n\r\n" + b"\x1b[31mno \xff" * 99_999, "pending", "500 [31mno"),
        (b"HTTP/1.1 500 X\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8bnone", "pending", "500"),
        (b"220 smtp.example.org ready\r\n", "sending", ""),
        (b"", "sending", "Server disconnected"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "sent", "200"),
        (b'HTTP/1.1 200 OK\r\n\r\n{"ok": true, "error": null}', "sent", "200"),
        (b'HTTP/1.1 200 OK\r\n\r\n{"ok": false, "error": "no such channel"}', "pending",
         '200, but {"ok": false, "error": "no such channel"}'),
        (b"HTTP/1.1 200 OK\r\n\r\nWebhook message delivery failed with error: HTTP error 429",
         "pending", "200, but Webhook message delivery failed"),
    ],
)  # fmt: skip
def test_no_answer_whatever_it_is_stops_anything(
    tmp_path: Path, answer: bytes, state: str, reply: str
) -> None:
    publish_report(tmp_path)
    with Receiver() as receiver:
        receiver.raw = answer
        assert not hand_out(tmp_path, desk(hook(receiver)), NOW).trouble
    (row,) = rows(tmp_path)
    assert row["state"] == state
    assert row["reply"].startswith(reply)
    assert len(row["reply"]) <= 300
    assert row["reply"].isprintable()


def test_more_at_once_than_anybody_asks_for_waits_for_a_yes(tmp_path: Path) -> None:
    for day in days(4, "2024-01-26"):
        publish_report(tmp_path, day)
    with Receiver() as receiver:
        few = hook(receiver, at_once=3)
        long_told(tmp_path, few)
        (why,) = hand_out(tmp_path, desk(few), NOW).trouble
        assert "4 reports wait for webhook:ops, more than at_once = 3" in why
        assert look(tmp_path, desk(few), NOW)["troubles"][0]["mend"] == "brinkwatch deliver --yes"
        assert receiver.taken == []
        hand_out(tmp_path, desk(few), NOW, yes=True)
    assert len(receiver.taken) == 4


def test_a_receiver_that_is_gone_counts_as_no_attempt_and_is_told(tmp_path: Path) -> None:
    publish_report(tmp_path)
    with Receiver() as receiver:
        config = desk(hook(receiver))
    account = hand_out(tmp_path, config, NOW)
    assert not account.good
    assert account.trouble[0].startswith("webhook:ops is out of reach: ")
    (row,) = rows(tmp_path)
    assert (row["state"], row["attempts"]) == ("pending", 0)
    assert look(tmp_path, config, NOW + HOUR)["healthy"]
    told = look(tmp_path, config, NOW + 3 * HOUR)
    assert told["answer"] == "Not well: 1 of 1 reader lack what is owed."
    assert told["troubles"][0]["reason"] == account.trouble[0]
    with Receiver() as receiver:
        config = desk(hook(receiver))
        hand_out(tmp_path, config, NOW + DAY)
        assert look(tmp_path, config, NOW + 2 * DAY)["healthy"]
    assert len(receiver.taken) == 1


def test_whoever_listens_has_to_be_who_they_say(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    publish_report(reports)
    certificate, context = certificates.of_a_server(tmp_path)
    with Receiver(tls=context) as receiver:
        (why,) = hand_out(reports, desk(hook(receiver)), NOW).trouble
        assert receiver.taken == []
        missing = desk(hook(receiver, ca_file=tmp_path / "nowhere.pem"))
        (no_file,) = hand_out(reports, missing, NOW).trouble
        assert hand_out(reports, desk(hook(receiver, ca_file=certificate)), NOW).good
        assert len(receiver.taken) == 1
    assert "CERTIFICATE_VERIFY_FAILED" in why
    assert "hunter2" not in why
    assert f"The certificate {tmp_path / 'nowhere.pem'} cannot be read" in no_file
    assert [row["attempts"] for row in rows(reports)] == [1]


def test_nothing_above_the_clearance_is_told_to_a_webhook(tmp_path: Path) -> None:
    publish_report(tmp_path, "2024-01-28", marking="TLP:GREEN", page_marking="TLP:RED")
    publish_report(tmp_path, "2024-01-29", marking="TLP:AMBER")
    with Receiver() as receiver:
        hooks = [hook(receiver, name=name, clearance=clearance)
                 for name, clearance in (("a", "TLP:GREEN"), ("b", "TLP:RED"))]  # fmt: skip
        long_told(tmp_path, *hooks)
        hand_out(tmp_path, desk(*hooks), NOW)
    (message,) = receiver.taken
    data = json.loads(message.body)["data"]
    # Nor is there a link to what is not shown where people look.
    assert (data["marking"], data["link"]) == ("TLP:AMBER", None)
    assert states(tmp_path) == {"sent": 1, "withheld": 3}


def test_corrections_and_withdrawals_go_to_whoever_had_it(tmp_path: Path) -> None:
    name = publish_report(tmp_path)
    with Receiver() as receiver:
        config = desk(hook(receiver))
        hand_out(tmp_path, config, NOW)
        publish_report(tmp_path, bottom_line="The record holds 13 attacks.", title="Again")
        hand_out(tmp_path, config, NOW + HOUR)
        with closing(ledger.open(tmp_path)) as connection:
            told = withdraw(connection, tmp_path, name, "Wrong table.", None, NOW + 2 * HOUR)
        hand_out(tmp_path, config, NOW + 3 * HOUR)
    assert told == ["webhook:ops"]
    first, second, third = (json.loads(message.body) for message in receiver.taken)
    assert [one["type"] for one in (first, second, third)] == [
        "edition.published", "edition.corrected", "edition.withdrawn"
    ]  # fmt: skip
    assert second["data"]["edition"] == 2
    assert "1st edition" in second["data"]["corrected"]["said"]
    assert third["data"]["why"] == "Wrong table."
    assert third["data"]["digest"] == second["data"]["digest"]
    assert len(receiver.copies()) == 3


EVIL = "<!channel> *bold* [link](https://evil.example.org) & <https://evil.example.org|x>"


@pytest.mark.parametrize("form", ["slack", "teams"])
def test_a_card_has_lead_figures_and_link_and_text_is_only_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    folder = publish_report(tmp_path, title=EVIL, bottom_line=f"{EVIL} {'x' * 5000}")
    with Receiver() as receiver:
        monkeypatch.setenv("CHANNEL_URL", receiver.url)
        channel = hook(receiver, format=form, url=None, url_env="CHANNEL_URL", secret_env=None)
        hand_out(tmp_path, desk(channel), NOW)
    (message,) = receiver.taken
    assert "webhook-signature" not in message.headers
    # Teams takes 28 KB.
    assert len(message.body) < 20_000
    card = json.loads(message.body)
    parts = list(walk(card))
    link = f"https://share.example.org/reports/{folder}/brief.html"
    if form == "slack":
        markup = [part["text"] for part in parts if part.get("type") == "mrkdwn"]
        assert markup == [f"<{link}|Open the page>"]
        assert "<" not in card["text"]
        within_the_limits_of_slack(card["blocks"])
        shown = [part["text"] for part in parts if part.get("type") == "plain_text"]
    else:
        (attachment,) = card["attachments"]
        assert message.headers["content-type"] == "application/json; charset=utf-8"
        assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert [one["url"] for one in parts if one.get("type") == "Action.OpenUrl"] == [link]
        assert not [part for part in parts if part.get("type") in ("TextBlock", "FactSet")]
        shown = [part["text"] for part in parts if part.get("type") == "TextRun"]
    told = "\n".join(shown)
    for said in (EVIL, "TLP:CLEAR · As of 29 January 2024", "12", "up from 10"):
        assert said in told


def within_the_limits_of_slack(blocks: list[dict[str, Any]]) -> None:
    """A message with a block that is too long is refused as a whole (docs.slack.dev)."""
    longest = {"header": 150, "section": 3000}
    assert len(blocks) <= 50
    for block in blocks:
        assert len(block.get("fields", block.get("elements", ()))) <= 10
        assert all(1 <= len(field["text"]) <= 2000 for field in block.get("fields", ()))
        if text := block.get("text"):
            assert 1 <= len(text["text"]) <= longest[block["type"]]


def walk(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        yield content
    for part in content.values() if isinstance(content, dict) else content:
        if isinstance(part, (dict, list)):
            yield from walk(part)


def test_without_encryption_nothing_leaves_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the address is in the environment, and it is repeated nowhere."""
    publish_report(tmp_path)
    monkeypatch.setenv("CHANNEL_URL", "http://hooks.example.org/hunter2")
    with Receiver() as receiver:
        channel = hook(receiver, url=None, url_env="CHANNEL_URL")
        (why,) = hand_out(tmp_path, desk(channel), NOW).trouble
    assert why.startswith("The address of webhook:ops cannot be: without encryption")
    assert "hunter2" not in why
