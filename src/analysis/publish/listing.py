"""What the archive holds: its published reports, and what each one says in short.

Of a page only the beginning is read, which has title and bottom line: that is quick enough for
thousands of reports, and nothing has to be remembered between two looks.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

#: How much of a page is read at a time; title and bottom line are rarely further down.
_CHUNK = 1 << 18

_TITLE = re.compile(rb"<title>(.*?)</title>", re.DOTALL)
_BOTTOM_LINE = b'<section class="bottom-line">'
_END = b"</section>"
_PARAGRAPH = re.compile(rb"<p\b[^>]*>(.*?)</p>", re.DOTALL)
#: Numbers of endnotes, and tags. A published page has no other < and > than those of its tags.
_MARKUP = re.compile(r"<sup\b.*?</sup>|<[^>]*>", re.DOTALL)

#: What a list cannot show: controls, what XML may not hold, and turns of direction, which would
#: let the text after them run the other way.
_UNREADABLE = re.compile(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    r"|[\u202a-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True)
class Published:
    """One published report.

    Parameters
    ----------
    folder: where it is.
    report: name of the report, such as ``brief``.
    as_of: its as-of date, in ISO.
    parameters: values of all its parameters.
    files: names of its files besides the manifest, with their SHA-256.
    """

    folder: Path
    report: str
    as_of: str
    parameters: dict[str, Any]
    files: dict[str, str]

    @property
    def name(self) -> str:
        """Where it is in the archive, as the ledger has it, such as ``brief/2024-01-29``."""
        return f"{self.report}/{self.folder.name}"

    @property
    def marking(self) -> str:
        """Who may read it, such as ``TLP:CLEAR``; empty if the report has no marking."""
        return str(self.parameters.get("marking", ""))

    @property
    def variant(self) -> dict[str, str]:
        """The parameters that are not the report's defaults, as the folder's name has them."""
        parts = self.folder.name.removeprefix(self.as_of).split("--")[1:]
        pairs = (part.partition("=") for part in parts)
        return {name: unquote(value) for name, _, value in pairs}

    def file(self, ending: str) -> Path | None:
        """The report's page or document, by its ending; None if there is none."""
        name = f"{self.report}.{ending}"
        return self.folder / name if name in self.files else None


@dataclass(frozen=True)
class Summary:
    """What the page says first: its title, and the paragraphs of its bottom line as text."""

    title: str
    bottom_line: tuple[str, ...]


def published(reports: Path) -> list[Published]:
    """Return the published reports of an archive: newest as-of first, then by name.

    Of two with one as-of date, that with the default parameters is first. Links, hidden
    folders and folders without a manifest are no published reports.
    """
    found = sorted(_found(reports), key=lambda one: one.name)
    return sorted(found, key=lambda one: one.as_of, reverse=True)


def folders(report: Path) -> Iterator[Path]:
    """The folders of one report, each of which should be a published report."""
    for folder in report.iterdir():
        if folder.is_dir() and not folder.is_symlink() and not folder.name.startswith("."):
            yield folder


def by_report(found: Iterable[Published]) -> dict[str, list[Published]]:
    """Return the editions of each report, in the order in which they come."""
    editions: dict[str, list[Published]] = {}
    for one in found:
        editions.setdefault(one.report, []).append(one)
    return editions


def latest(editions: list[Published]) -> Published:
    """Return the newest of the editions of one report, of those with default parameters if any.

    Parameters
    ----------
    editions: at least one, newest first.
    """
    return next((one for one in editions if not one.variant), editions[0])


def read(folder: Path) -> Published | None:
    """Return what a folder's manifest says; None if there is none that can be understood."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        return Published(
            folder,
            folder.parent.name,
            dt.date.fromisoformat(manifest["as_of"]).isoformat(),
            dict(manifest["parameters"]),
            {str(name): str(digest) for name, digest in manifest["files"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def summary(page: Path) -> Summary:
    """Return the title of a page and its bottom line, all as plain text.

    A page that has no bottom line, or cannot be read, has an empty one.
    """
    try:
        head = _head(page)
    except OSError:
        return Summary("", ())
    title = _TITLE.search(head)
    start = head.find(_BOTTOM_LINE)
    said = head[start : head.find(_END, start)] if start >= 0 else b""
    paragraphs = (_plain(text) for text in _PARAGRAPH.findall(said))
    return Summary(_plain(title[1]) if title else "", tuple(filter(None, paragraphs)))


def _found(reports: Path) -> Iterator[Published]:
    if not reports.is_dir():
        return
    for report in folders(reports):
        for folder in folders(report):
            if (one := read(folder)) is not None:
                yield one


def _head(page: Path) -> bytes:
    """The page down to the end of its bottom line."""
    head = b""
    with page.open("rb") as file:
        while chunk := file.read(_CHUNK):
            head += chunk
            start = head.find(_BOTTOM_LINE)
            if start >= 0 and head.find(_END, start) >= 0:
                break
    return head


def _plain(html: bytes) -> str:
    """The text of a piece of a page on one line, without the numbers of its sources.

    >>> _plain(b'At least <a href="#x">165</a> attacks &amp; more.<sup>1</sup>')
    'At least 165 attacks & more.'
    """
    text = unescape(_MARKUP.sub("", html.decode("utf-8", "replace")))
    return " ".join(_UNREADABLE.sub(" ", text).split())
