"""A preview follows what is saved, runs no more cells than it has to, and is served here alone."""

from __future__ import annotations

import socket
import struct
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
import ten_attacks
from selenium import webdriver
from test_browser import browser  # noqa: F401 (a fixture)

from analysis.publish.new import new
from analysis.publish.order import Order
from analysis.publish.preview import Preview, preview
from analysis.publish.watch import serving

#: What the reader sees: the text of the page within the page.
READ = """
const shown = document.querySelector("iframe:not(.away)");
return shown && shown.contentDocument.body && shown.contentDocument.body.innerText;
"""


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Preview]:
    """A preview of a small report about the ten attacks, on a desk of its own."""
    (tmp_path / "notebooks").mkdir()
    ten_attacks.write(tmp_path / "data")
    path = new("mine", tmp_path / "notebooks")
    notebook = nbformat.read(path, as_version=4)
    left_out = ("figure", "table", "rows", "sentence")
    notebook.cells = [one for one in notebook.cells if one.id not in left_out]
    notebook.cells[4:4] = [
        nbformat.v4.new_code_cell("ran = [1]\n'first'"),
        nbformat.v4.new_code_cell("ran.append(2)\nlen(ran)"),
    ]
    nbformat.write(notebook, path)
    order = Order(
        "mine", {"as_of": "2023-11-07"}, tmp_path / "data", tmp_path, tmp_path / "notebooks"
    )
    with preview(order) as under_way:
        yield under_way


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def edit_cell(path: Path, source: str) -> None:
    """Let the cell that counts be another."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[5].source = source
    nbformat.write(notebook, path)


def test_only_what_was_changed_runs_again(shown: Preview) -> None:
    page = shown.page()
    assert "<pre>2</pre>" in page.replace("\n", "")
    assert not shown.changed()
    edit(shown.notebook, "len(ran)", "len(ran) * 10")
    assert shown.changed()
    # The cell before was not run again, so the list has grown.
    assert "<pre>30</pre>" in shown.page().replace("\n", "")
    comments = shown.order.comments / "mine"
    comments.mkdir(parents=True)
    (comments / "2023-11-07.md").write_text("Author: A\n\nWatch this.", "utf-8")
    page = shown.page()
    assert "Watch this." in page
    assert "<pre>20</pre>" in page.replace("\n", "")
    assert shown.paper().startswith(b"%PDF")


def test_the_browser_shows_what_is_saved_and_what_is_wrong(
    shown: Preview,
    browser: webdriver.Chrome,  # noqa: F811
) -> None:
    def shows(text: str) -> bool:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if text in (browser.execute_script(READ) or ""):
                return True
            time.sleep(0.1)
        return False

    with serving(shown) as address:
        browser.get(address)
        assert shows("Where each number comes from")
        edit(shown.notebook, "len(ran)", "'saved ' + 'just now'")
        assert shows("saved just now")
        edit(shown.notebook, "'saved ' + 'just now'", "1 / 0")
        assert shows("mine: cell 6 (ran.append(2)) failed: ZeroDivisionError: division by zero")
        edit(shown.notebook, "1 / 0", "'mended'")
        assert shows("mended")
        edit(shown.order.data / "attacks.csv", ",official,", ",offical,")
        assert shows("offical")
        edit(shown.order.data / "attacks.csv", ",offical,", ",official,")
        assert shows("mended")


def test_a_loop_without_an_end_keeps_nothing_waiting(shown: Preview) -> None:
    def page(address: str, text: str) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with urllib.request.urlopen(f"{address}page") as answer:
                if text in answer.read().decode():
                    return
            time.sleep(0.1)
        raise AssertionError(f"no {text}")

    begun = shown.notebook.parent / "begun"
    loop = f"open({str(begun)!r}, 'w').close()\nwhile True: pass"
    with serving(shown) as address:
        page(address, "first")
        for mended in ("mended once", "mended twice"):
            edit_cell(shown.notebook, loop)
            while not begun.exists():
                time.sleep(0.05)
            begun.unlink()
            edit_cell(shown.notebook, repr(mended))
            page(address, mended)
        edit_cell(shown.notebook, loop)
        while not begun.exists():
            time.sleep(0.05)  # and the preview ends all the same


def test_a_tab_that_is_closed_while_it_waits_is_nothing_to_tell(
    shown: Preview, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(shown) as address:
        with urllib.request.urlopen(f"{address}state?0") as answer:
            number = answer.read().decode()
        where = urlsplit(address)
        tab = socket.create_connection((where.hostname, where.port))
        # Closed for good, not after what is still to come.
        tab.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        tab.sendall(
            f"GET {where.path}state?{number} HTTP/1.0\r\nHost: {where.netloc}\r\n\r\n".encode()
        )
        time.sleep(0.5)  # until it is waited for
        tab.close()
        edit_cell(shown.notebook, "'another'")
        with urllib.request.urlopen(f"{address}state?{number}"):
            time.sleep(0.5)
    assert "Traceback" not in capsys.readouterr().err


def test_it_answers_nobody_without_the_secret_or_under_another_name(shown: Preview) -> None:
    with serving(shown) as address:
        assert address.startswith("http://127.0.0.1:")
        base = address.rsplit("/", 2)[0]
        for url, host in ((f"{base}/page", None), (f"{base}/", None), (address, "evil.example")):
            request = urllib.request.Request(url, headers={"Host": host} if host else {})
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(request)
        with urllib.request.urlopen(address) as answer:
            assert "script-src 'nonce-" in answer.headers["Content-Security-Policy"]
