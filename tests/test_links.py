"""Cited pages are asked for only when somebody says so, and each that does not answer is named."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import ten_attacks
from conftest import Command

from analysis.record.links import broken_links

#: What the server answers to HEAD and to GET, by path.
ANSWERS = {"/there": (200, 200), "/gone": (404, 200), "/no-heads": (405, 200), "/shut": (403, 403)}


class Pages(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]]

    def _answer(self, method: str) -> None:
        type(self).asked.append((method, self.path))
        if self.path == "/slow":
            time.sleep(2)
        self.send_response(ANSWERS.get(self.path, (200, 200))[method == "GET"])
        self.end_headers()

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_GET(self) -> None:
        self._answer("GET")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def web() -> Iterator[str]:
    Pages.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_does_not_answer_is_named_with_why(web: str) -> None:
    paths = ["/there", "/gone", "/no-heads", "/shut", "/slow", "/there"]
    asked = [*(web + path for path in paths), "file:///etc/passwd", "http://127.0.0.1:1/"]
    found = dict(broken_links(asked, patience=0.5))
    assert found.pop("http://127.0.0.1:1/").startswith("does not answer: ")
    assert found.pop(f"{web}/slow").startswith("does not answer: ")
    assert found == {
        f"{web}/gone": "answers 404",
        f"{web}/shut": "answers 403",
        "file:///etc/passwd": "is no address of the web",
    }
    assert Pages.asked.count(("HEAD", "/there")) == 1
    assert ("GET", "/no-heads") in Pages.asked


def test_the_command_asks_only_if_it_is_told_to(web: str, tmp_path: Path, command: Command) -> None:
    data = ten_attacks.write(tmp_path / "week")
    for file in data.glob("*.csv"):
        file.write_text(file.read_text().replace("https://example.org/", f"{web}/gone"))
    shown = command("record", "sources", "--data", data)
    assert (shown.code, Pages.asked) == (0, [])
    assert "rows of    1 publishers: not in the register" in shown.out
    asked = command("record", "sources", "--check-links", "--data", data)
    assert asked.code == 1
    assert f": {web}/gone answers 404" in asked.out
    assert asked.out.endswith("1 of 1 cited pages do not answer.\n")
