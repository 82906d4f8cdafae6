"""What a mail needs where desks work: picture, link, thread, size, and names that tell it apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from mailing import DAY, NOW, config_of, long_subscribed, mail_of, reader, rows, sent_to, states
from published import PDF, publish_report
from smtp_server import FaultyServer

from analysis.deliver.hand_out import hand_out
from analysis.deliver.withdrawing import withdraw
from analysis.schedule import ledger
from analysis.schedule.settings import Site

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
SITE = Site(address="https://share.example.org/reports/")
ALT = "Map of <3> sites & a ranking."


def test_the_first_figure_is_in_the_body_and_told_in_words(tmp_path: Path) -> None:
    publish_report(tmp_path, picture=PNG)
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server, reader()), NOW)
    (mail,) = server.taken
    page, text = (mail.message.get_body((kind,)) for kind in ("html", "plain"))
    assert page is not None
    assert text is not None
    (image,) = BeautifulSoup(page.get_content(), "html.parser").select("img")
    assert image["alt"] == ALT
    assert f"[Figure: {ALT}]" in text.get_content()
    (shown,) = [part for part in mail.message.walk() if part.get_content_type() == "image/png"]
    assert f"<{str(image['src']).removeprefix('cid:')}>" == shown["Content-ID"]
    assert shown.get_content_disposition() == "inline"
    assert shown.get_content() == PNG
    # It is no further attachment, and needs nobody's server.
    assert [part.get_filename() for part in mail.message.iter_attachments()] == [
        "brief-2024-01-29.pdf"
    ]
    assert "http" not in page.get_content()


def test_a_picture_that_is_not_what_was_published_is_left_out(tmp_path: Path) -> None:
    folder = publish_report(tmp_path, picture=PNG)
    (tmp_path / folder / "figures" / "map.png").write_bytes(PNG + b"x")
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server, reader()), NOW)
    (mail,) = server.taken
    assert b"cid:" not in mail.content
    assert b"image/png" not in mail.content


def test_the_link_leads_to_the_page_where_it_is_shown(tmp_path: Path) -> None:
    publish_report(tmp_path, "2024-01-28", marking="TLP:GREEN")
    folder = publish_report(tmp_path, "2024-01-29", window_days=14)
    one = reader(clearance="TLP:GREEN")
    long_subscribed(tmp_path, one)
    with FaultyServer() as server:
        hand_out(tmp_path, replace(config_of(server, one), site=SITE), NOW)
    green, clear = (str(mail.message.get_body(("plain",))) for mail in server.taken)
    assert "share.example.org" not in green
    assert f"https://share.example.org/reports/{folder}/brief.html".replace("=", "%3D") in (
        clear.replace("=3D", "=").replace("=\n", "")
    )


def test_editions_of_one_report_and_its_parameters_are_a_thread(tmp_path: Path) -> None:
    """A reader's own; what was never sent to them is in none."""
    publish_report(tmp_path, "2024-01-28")
    publish_report(tmp_path, "2024-01-28", window_days=14)
    late = reader(2)
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server, reader()), NOW)
        config = config_of(server, reader(), late)
        publish_report(tmp_path, "2024-01-29")
        publish_report(tmp_path, "2024-01-29", window_days=14)
        hand_out(tmp_path, config, NOW + DAY)
        publish_report(tmp_path, "2024-01-29", bottom_line="The record holds 13 attacks.")
        hand_out(tmp_path, config, NOW + 2 * DAY)
        with closing(ledger.open(tmp_path)) as connection:
            withdraw(
                connection, tmp_path, "brief/2024-01-29", "Wrong.", mail_of(server), NOW + 2 * DAY
            )
        hand_out(tmp_path, config, NOW + 3 * DAY)
        first = sent_to(server, reader().address)
        second = sent_to(server, late.address)
    subjects = [str(mail.message["Subject"]).replace("US forces under fire in the Middle East", "T")
                for mail in first]  # fmt: skip
    assert subjects == [
        "T, as of 2024-01-28 [TLP:CLEAR]",
        "T, window days 14, as of 2024-01-28 [TLP:CLEAR]",
        "T, as of 2024-01-29 [TLP:CLEAR]",
        "T, window days 14, as of 2024-01-29 [TLP:CLEAR]",
        "Correction: T, as of 2024-01-29, 2nd edition [TLP:CLEAR]",
        "Withdrawn: T, as of 2024-01-29 [TLP:CLEAR]",
    ]
    ids = [mail.message_id for mail in first]
    before = [mail.message["In-Reply-To"] for mail in first]
    assert before == [None, None, ids[0], ids[1], ids[2], ids[4]]
    assert [mail.message["References"] for mail in first] == before
    assert {mail.message["List-Id"] for mail in first} == {"brief <brief.brinkwatch.example.org>"}
    assert [mail.message["In-Reply-To"] for mail in second][:2] == [None, None]
    assert second[2].message["In-Reply-To"] == second[0].message_id


@contextmanager
def server_that_takes(largest: int) -> Iterator[FaultyServer]:
    server = FaultyServer()
    server.SMTP_kwargs["data_size_limit"] = largest
    with server:
        yield server


@pytest.mark.parametrize(
    ("largest", "attached", "told"),
    [
        (60_000, ["brief-2024-01-29.pdf", "brief-2024-01-29.html"], ""),
        (20_000, ["brief-2024-01-29.pdf"], "The page itself is left out"),
        (9_000, [], "Nothing is attached"),
    ],
)
def test_what_the_server_takes_decides_what_is_attached(
    tmp_path: Path, largest: int, attached: list[str], told: str
) -> None:
    """It is asked before anything goes out: the PDF alone, then the link."""
    publish_report(tmp_path, picture=PNG)
    with server_that_takes(largest) as server:
        config = config_of(server, reader(formats=("pdf", "html")))
        hand_out(tmp_path, replace(config, site=SITE), NOW)
    (mail,) = server.taken
    assert len(mail.content) <= largest
    assert [part.get_filename() for part in mail.message.iter_attachments()] == attached
    text = mail.message.get_body(("plain",))
    assert text is not None
    assert told in text.get_content()
    assert "https://share.example.org/reports/brief/2024-01-29/brief.html" in text.get_content()


def test_a_digest_that_is_too_large_comes_in_parts(tmp_path: Path) -> None:
    one = reader(send="digest", at=dt.time(6), formats=("pdf",))
    for day in ("2024-01-27", "2024-01-28", "2024-01-29"):
        publish_report(tmp_path, day)
    long_subscribed(tmp_path, one)
    with server_that_takes(22_000) as server:
        for _ in range(2):
            hand_out(tmp_path, config_of(server, one), NOW)
    assert states(tmp_path) == {"sent": 3}
    assert [len(list(mail.message.iter_attachments())) for mail in server.taken] == [2, 1]


def test_what_no_server_takes_and_no_link_leads_to_is_parked_with_its_reason(
    tmp_path: Path,
) -> None:
    publish_report(tmp_path, pdf=PDF * 10)
    with server_that_takes(11_000) as server:
        hand_out(tmp_path, config_of(server, reader(), operator=None), NOW)
        assert not server.taken
    (row,) = rows(tmp_path)
    assert row["state"] == "parked"
    assert "too large: the mail server takes 11\xa0kB at most" in row["reason"]
