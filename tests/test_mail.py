"""What a mail says and to whom, and that no text gets where it could do harm."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import string
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st
from published import PDF, publish_report

from analysis.deliver.clearance import why_withheld
from analysis.deliver.message import failure_letter, letter, message_id
from analysis.deliver.publication import DamagedError, Publication, ReplacedError, read
from analysis.errors import UsageError
from analysis.parameters import MARKINGS
from analysis.plain_text import one_line
from analysis.publish.reading import KeyFigure
from analysis.schedule import rules
from analysis.schedule.ledger import open
from analysis.schedule.notes import note_publications
from analysis.schedule.settings import Mail, Subscription

NOW = dt.datetime(2024, 1, 30, 6, tzinfo=dt.UTC)
MAIL = Mail(
    "localhost",
    "brinkwatch <reports@example.org>",
    operator="desk@example.org",
    unsubscribe="mailto:reports@example.org?subject=unsubscribe",
)
READER = Subscription("reader@example.org", ("brief",), name="A. Reader", clearance="TLP:AMBER")

#: What every mail has, and nothing else.
HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    "List-Unsubscribe", "List-Id",
}  # fmt: skip

#: Texts that are meant to become a header, a part or markup.
EVIL = (
    "x\r\nBcc: all@example.org",
    "x\nBcc: all@example.org\n\n<b>body</b>",
    "=?utf-8?q?x=0D=0ABcc:_all@example.org?=",
    "==??utf-8?q?x=0D=0ABcc:_all@example.org?=",
    "=\0?utf-8?b?eA0KQmNjOiBhbGxAZXhhbXBsZS5vcmc=?=",
    "x\x0bBcc: y\x0cBcc: y\x85Bcc: y\u2028Bcc: y\u2029Bcc: y",
    '"<b@example.org>, c@example.org; d@example.org',
    "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}",
    "\r\n.\r\nMAIL FROM:<x@example.org>\r\n",
    "\ud800 lone surrogate \u202e turned",
    "a" * 2000 + " é" * 500,
)
texts = st.one_of(
    st.sampled_from(EVIL),
    st.text(max_size=60),
    st.text(alphabet="=?_ \r\n\t:;,<>@\"'().\\abcBccqQ0AD8-é\u202e\0", max_size=80),
    st.lists(st.sampled_from(EVIL), max_size=3).map("".join),
)


def as_read(message: EmailMessage) -> EmailMessage:
    """The mail as the reader's program gets it, from its bytes."""
    return cast(EmailMessage, message_from_bytes(message.as_bytes(), policy=policy.default))


def publication(title: str = "Under fire", line: str = "12 attacks.") -> Publication:
    figure = {"label": line, "value": "12", "change": "up from 10"}
    return Publication(
        Path("brief/2024-01-29"), "brief", "2024-01-29", {}, "", one_line(title),
        "TLP:GREEN", (one_line(line),), said={"page": {"key_figures": [figure]}, "files": {}},
        attached={"brief.pdf": PDF},
    )  # fmt: skip


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_letter_has_subject_body_attachment_and_a_way_out() -> None:
    got = as_read(letter([publication()], READER, MAIL, "<1@example.org>", NOW))
    assert got["Subject"] == "Under fire, as of 2024-01-29 [TLP:GREEN]"
    assert got["From"] == "brinkwatch <reports@example.org>"
    assert got["To"] == '"A. Reader" <reader@example.org>'
    assert got["Date"].datetime == NOW
    assert got["Message-ID"] == "<1@example.org>"
    assert got["List-Unsubscribe"] == "<mailto:reports@example.org?subject=unsubscribe>"
    assert "List-Unsubscribe-Post" not in got
    text, html = body(got, "plain"), body(got, "html")
    for said in ("As of 29 January 2024", "12 attacks.", "up from 10", "brief-2024-01-29.pdf"):
        assert said in text
        assert said in html
    assert text.splitlines()[0] == text.rstrip().splitlines()[-1] == "TLP:GREEN"
    (document,) = got.iter_attachments()
    assert document.get_filename() == "brief-2024-01-29.pdf"
    assert document.get_content_type() == "application/pdf"
    assert document.get_content() == PDF


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("Desk, Middle East <desk@example.org>", "Desk, Middle East"),
        ("Lage: Nahost <desk@example.org>", "Lage: Nahost"),
        ("a@b <desk@example.org>", "a@b"),
        ('The "Desk" (night) <desk@example.org>', "The 'Desk' (night)"),
        ("<desk@example.org>", ""),
        ("desk@example.org", ""),
    ],
)
def test_a_name_is_kept_whatever_it_holds(sender: str, name: str) -> None:
    """What the configuration accepts can be sent."""
    assert rules.sender(sender) == sender
    mail = replace(MAIL, sender=sender)
    got = as_read(letter([publication()], READER, mail, "<1@example.org>", NOW))
    (address,) = got["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "desk@example.org")


def test_one_click_unsubscribes_whoever_clicks_and_no_link_pretends_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OUT_SECRET", "a secret")
    mail = Mail("localhost", "reports@example.org", unsubscribe="https://example.org/u?x={token}",
                unsubscribe_secret_env="OUT_SECRET")  # fmt: skip
    links = {}
    for reader in (READER, replace(READER, address="other@example.org")):
        got = as_read(letter([publication()], reader, mail, "<1@example.org>", NOW))
        assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        links[reader.address] = got["List-Unsubscribe"]
        assert got["List-Unsubscribe"].strip("<>") in body(got, "plain")
    assert len(set(links.values())) == 2
    address, _, mac = links[READER.address].strip("<>").partition("=")[2].partition(".")
    assert base64.urlsafe_b64decode(address + "==").decode() == READER.address
    key = hmac.new(b"a secret", READER.address.encode(), "sha256").digest()[:16]
    assert base64.urlsafe_b64decode(mac + "==") == key
    same_for_all = Mail("localhost", "reports@example.org", unsubscribe="https://example.org/u?x=1")
    got = as_read(letter([publication()], READER, same_for_all, "<1@example.org>", NOW))
    assert got["List-Unsubscribe"] == "<https://example.org/u?x=1>"
    assert "List-Unsubscribe-Post" not in got
    nothing = as_read(letter([publication()], READER, Mail("localhost", "a@example.org"),
                             "<1@example.org>", NOW))  # fmt: skip
    assert "List-Unsubscribe" not in nothing


def test_a_mail_written_again_is_the_same_bytes() -> None:
    first, second = (
        letter([publication()], READER, MAIL, "<1@example.org>", NOW).as_bytes() for _ in range(2)
    )
    assert first == second
    other = letter([publication()], READER, MAIL, "<2@example.org>", NOW)
    assert other.get_boundary() != message_from_bytes(first).get_boundary()


def test_a_digest_has_the_strictest_marking_of_its_reports() -> None:
    other = replace(
        publication("Al-Tanf"),
        report="site",
        folder=Path("site/2024-01-28--site_id=al-tanf"),
        as_of="2024-01-28",
        marking="TLP:AMBER",
        attached={"site.pdf": PDF, "site.html": b"<p>x</p>"},
    )
    got = as_read(letter([publication(), other], READER, MAIL, "<1@example.org>", NOW))
    assert got["Subject"] == "2 new reports, the newest as of 2024-01-29 [TLP:AMBER]"
    assert body(got, "html").count("<h1") == 2
    assert [part.get_filename() for part in got.iter_attachments()] == [
        "brief-2024-01-29.pdf",
        "site-2024-01-28--site_id=al-tanf.pdf",
        "site-2024-01-28--site_id=al-tanf.html",
    ]


@given(title=texts, line=texts, name=texts)
@example(title=EVIL[2], line=EVIL[7], name=EVIL[2])
@example(title=EVIL[3], line=EVIL[8], name=EVIL[6])
def test_no_text_becomes_a_header_a_part_or_markup(title: str, line: str, name: str) -> None:
    reader = Subscription("reader@example.org", ("brief",), name=name)
    message = letter([publication(title, line)], reader, MAIL, "<1@example.org>", NOW)
    content = message.as_bytes()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) < 999
    assert b"\n" not in content.replace(b"\r\n", b"")
    got = as_read(message)
    assert sorted(got.keys()) == sorted(HEADERS)
    assert got["To"].addresses[0].addr_spec == "reader@example.org"
    assert len(got["To"].addresses) == len(got["From"].addresses) == 1
    assert got["Subject"].endswith(", as of 2024-01-29 [TLP:GREEN]")
    assert [part.get_content_type() for part in got.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    page = BeautifulSoup(body(got, "html"), "html.parser")
    assert not page.select("script, img, b, iframe, object, [onerror]")
    assert [link["href"] for link in page.select("a")] == [MAIL.unsubscribe]
    heading = page.select_one("h1")
    assert heading is not None
    assert one_line(heading.get_text()) == one_line(title)


@given(what=texts, reason=texts)
def test_what_failed_is_told_as_text(what: str, reason: str) -> None:
    message = failure_letter(what, reason, "desk@example.org", MAIL, "<1@example.org>", NOW)
    got = as_read(message)
    expected = HEADERS - {"List-Unsubscribe", "List-Id"} | {"Content-Transfer-Encoding"}
    assert sorted(got.keys()) == sorted(expected)
    assert message.as_bytes().isascii()
    assert got["To"] == "desk@example.org"


@given(
    address=st.one_of(
        texts,
        st.builds("{}@{}".format, texts, st.text(string.ascii_letters + "-.\r\n ,<>", max_size=20)),
    )
)
@example(address="=?utf-8?q?x=0ABcc=3A_y?=@example.org")
@example(address="a@example.org\r\nBcc: b@example.org")
@example(address="a@example.org,b@example.org")
@example(address="a@example.org> <b@example.org")
@example(address="reader@example.org\n")
@example(address=".@example.org")
def test_an_address_is_one_address_or_refused(address: str) -> None:
    reader = Subscription(address, ("brief",))
    try:
        message = letter([publication()], reader, MAIL, "<1@example.org>", NOW)
    except UsageError:
        return
    got = as_read(message)
    assert sorted(got.keys()) == sorted(HEADERS)
    assert [one.addr_spec for one in got["To"].addresses] == [address]


@pytest.mark.parametrize("clearance", MARKINGS)
@pytest.mark.parametrize("marking", MARKINGS)
def test_a_reader_may_see_what_is_marked_up_to_the_clearance(marking: str, clearance: str) -> None:
    order = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT"]
    may = marking in order[: [*order, "TLP:RED"].index(clearance) + 1]
    assert (why_withheld(marking, clearance) == "") == may


@pytest.mark.parametrize("marking", ["", "tlp:clear", "TLP:WHITE", "None"])
def test_a_marking_that_is_not_known_is_for_nobody(marking: str) -> None:
    assert why_withheld(marking, "TLP:RED")
    assert why_withheld("TLP:CLEAR", marking)


def manifest_of(reports: Path, folder: str) -> str:
    ledger = open(reports)
    note_publications(ledger, reports, NOW)
    query = "SELECT manifest_sha256 FROM publication WHERE folder = ?"
    return str(ledger.execute(query, (folder,)).fetchone()[0])


def test_what_a_mail_says_is_what_the_page_says_first(tmp_path: Path) -> None:
    folder = publish_report(tmp_path, bottom_line="On <b>Tower 22</b>: “3” & more.")
    found = read(tmp_path, folder, manifest_of(tmp_path, folder), ("pdf", "html"))
    assert found.bottom_line == ("On <b>Tower 22</b>: “3” & more.",)
    assert found.key_figures == (
        KeyFigure("Attacks: On <b>Tower 22</b>: “3” & more.", "12", "up from 10"),
    )
    assert (found.title, found.as_of) == ("US forces under fire in the Middle East", "2024-01-29")
    assert list(found.attached) == ["brief.pdf", "brief.html"]


@pytest.mark.parametrize(
    ("parameter", "page"), [("TLP:GREEN", "TLP:RED"), ("TLP:RED", "TLP:CLEAR")]
)
def test_of_two_markings_the_stricter_counts(tmp_path: Path, parameter: str, page: str) -> None:
    folder = publish_report(tmp_path, marking=parameter, page_marking=page)
    assert read(tmp_path, folder, manifest_of(tmp_path, folder), ()).marking == "TLP:RED"


def test_what_was_changed_after_publishing_is_not_read(tmp_path: Path) -> None:
    folder = publish_report(tmp_path)
    known = manifest_of(tmp_path, folder)
    (tmp_path / folder / "brief.pdf").write_bytes(PDF + b"x")
    with pytest.raises(
        DamagedError, match=r"brief/2024-01-29/brief\.pdf is not what was published"
    ):
        read(tmp_path, folder, known, ("pdf",))
    (tmp_path / folder / "manifest.json").write_text("{")
    with pytest.raises(DamagedError, match="brief/2024-01-29: its manifest cannot be read"):
        read(tmp_path, folder, known, ("pdf",))
    publish_report(tmp_path, title="Anew")
    with pytest.raises(ReplacedError, match="published anew"):
        read(tmp_path, folder, known, ("pdf",))


def test_the_message_id_is_the_same_for_the_same_and_another_for_another() -> None:
    keys = [("a", "b"), ("a", "c"), ("ab", ""), ("a", "b", "")]
    ids = [message_id(MAIL, *key) for key in keys]
    assert len(set(ids)) == len(ids)
    assert ids == [message_id(MAIL, *key) for key in keys]
    assert all(one.endswith("@example.org>") for one in ids)
