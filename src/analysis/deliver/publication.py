"""A published report as a mail needs it: what it says first, and the files to attach.

Every byte is checked against the manifest, and the manifest against the ledger: what was changed
after it was published is not sent.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from analysis.deliver.clearance import strictest
from analysis.errors import RunError
from analysis.lean.nbformat import nbformat
from analysis.publish.page import page

#: The library's own functions have no types.
_nbformat: Any = nbformat


@dataclass(frozen=True)
class KeyFigure:
    """One of the numbers under the bottom line, such as 12 attacks, up from 10."""

    label: str
    value: str
    change: str = ""


@dataclass(frozen=True)
class Publication:
    """A published report.

    Parameters
    ----------
    report: name of the report, such as ``brief``.
    folder: name of its folder in the archive, such as ``brief/2024-01-29``.
    title, as_of, marking: as its page has them; of several markings the strictest.
    bottom_line: the paragraphs that come first on its page, as plain text.
    key_figures: the numbers under them.
    files: what is attached, by file name.
    """

    report: str
    folder: str
    title: str
    as_of: str
    marking: str
    bottom_line: tuple[str, ...] = ()
    key_figures: tuple[KeyFigure, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


class ReplacedError(RunError):
    """The folder is no longer what the ledger knows: it was published anew, or removed."""


class DamagedError(RunError):
    """What is in the folder is not what was published."""


def read(reports: Path, folder: str, manifest_sha256: str, formats: Iterable[str]) -> Publication:
    """Read a published report.

    Parameters
    ----------
    reports: the archive.
    folder: of the report, within the archive.
    manifest_sha256: digest of its manifest when it was noted in the ledger.
    formats: what to attach, such as ``pdf``.

    Raises
    ------
    ReplacedError
        If another version, or none, is there by now.
    DamagedError
        If a file is not what was published.
    """
    manifest = json.loads(_manifest(reports / folder, manifest_sha256))
    report = manifest["report"]
    wanted = [f"{report}.{ending}" for ending in ("ipynb", *formats)]
    files = {name: _file(reports / folder, name) for name in wanted}
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != manifest["files"].get(name):
            # It may have been replaced as a whole between two reads, which is no damage.
            _manifest(reports / folder, manifest_sha256)
            raise DamagedError(f"{folder}/{name} is not what was published")
    notebook = _nbformat.reads(files.pop(f"{report}.ipynb").decode(), as_version=4)
    said = page(notebook)
    markings = [manifest["parameters"].get("marking"), said.marking]
    bottom_line, key_figures = _first_things(notebook)
    return Publication(
        report=report,
        folder=folder,
        title=one_line(said.title),
        as_of=one_line(str(manifest["as_of"])),
        marking=strictest([str(marking) for marking in markings if marking] or [""]),
        bottom_line=bottom_line,
        key_figures=key_figures,
        files=files,
    )


def one_line(text: str) -> str:
    """Return text fit for a line or a header: no line breaks, controls or turns of direction.

    "=?" goes apart, too: a mail program, and Python's own, would decode what follows it.

    >>> one_line("Report\\r\\nBcc: all@example.org")
    'Report Bcc: all@example.org'
    """
    shown = (" " if _is_control(letter) else letter for letter in text)
    words = "".join(shown).split(" ")  # a space that does not break stays one
    return " ".join(filter(None, words)).replace("=?", "= ?")


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in _CONTROLS or unicodedata.bidirectional(letter) in _TURNS


#: Controls, lone surrogates, and line and paragraph separators.
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
#: What makes the text after it run the other way, whatever it is.
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def _manifest(folder: Path, manifest_sha256: str) -> bytes:
    try:
        content = (folder / "manifest.json").read_bytes()
    except FileNotFoundError:
        raise ReplacedError("it was removed from the archive before it was sent") from None
    if hashlib.sha256(content).hexdigest() != manifest_sha256:
        raise ReplacedError("it was published anew before it was sent")
    return content


def _file(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        return b""


def _first_things(notebook: Any) -> tuple[tuple[str, ...], tuple[KeyFigure, ...]]:
    """Bottom line and key figures of an executed notebook, without the numbers of endnotes."""
    paragraphs: list[str] = []
    figures: list[KeyFigure] = []
    for html in _html_outputs(notebook):
        soup = BeautifulSoup(html, "html.parser")
        for note in soup.select("sup.cite"):
            note.decompose()
        paragraphs += [_text(found) for found in soup.select("section.bottom-line p")]
        figures += [
            KeyFigure(*(_text(item.select_one(part)) for part in (".label", ".value", ".change")))
            for item in soup.select("ul.key-figures li")
        ]
    return tuple(filter(None, paragraphs)), tuple(figures)


def _html_outputs(notebook: Any) -> Iterator[str]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            html = "".join(output.get("data", {}).get("text/html", ""))
            if "bottom-line" in html or "key-figures" in html:
                yield html


def _text(element: Tag | None) -> str:
    return one_line(element.get_text()) if element else ""
