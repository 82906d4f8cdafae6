"""What the archive holds: its published reports, and what each one says first.

All of it is in the manifests, which is quick enough for thousands of reports, and nothing has to
be remembered between two looks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from analysis.parameters import strictest
from analysis.plain_text import one_line


@dataclass(frozen=True)
class KeyFigure:
    """One of the numbers under the bottom line, such as 12 attacks, up from 10."""

    label: str
    value: str
    change: str = ""


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
    manifest_sha256: that of the manifest itself.
    title: of its page; the report's name where the manifest has none.
    marking: who may read it, such as ``TLP:CLEAR``; the stricter one where parameters and page
        have two, empty if there is none.
    bottom_line: the sentences that come first on its page.
    key_figures: the numbers under them.
    """

    folder: Path
    report: str
    as_of: str
    parameters: dict[str, Any]
    files: dict[str, str]
    manifest_sha256: str
    title: str
    marking: str
    bottom_line: tuple[str, ...] = ()
    key_figures: tuple[KeyFigure, ...] = ()

    @property
    def name(self) -> str:
        """Where it is in the archive, as the ledger has it, such as ``brief/2024-01-29``."""
        return f"{self.report}/{self.folder.name}"

    @property
    def variant(self) -> dict[str, str]:
        """The parameters that are not the report's defaults, as the folder's name has them."""
        parts = self.folder.name.removeprefix(self.as_of).split("--")[1:]
        pairs = (part.partition("=") for part in parts)
        return {name: unquote(value) for name, _, value in pairs}


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
    """Return what a folder's manifest says; None if there is none that can be understood.

    What the page says is given as lists can show it. Editions of before it was in the manifest
    have no bottom line and no key figures.
    """
    try:
        content = (folder / "manifest.json").read_bytes()
        manifest = json.loads(content)
        report, parameters = folder.parent.name, dict(manifest["parameters"])
        page = manifest.get("page", {})
        markings = parameters.get("marking"), page.get("marking")
        return Published(
            folder,
            report,
            dt.date.fromisoformat(manifest["as_of"]).isoformat(),
            parameters,
            {str(name): str(digest) for name, digest in manifest["files"].items()},
            hashlib.sha256(content).hexdigest(),
            title=one_line(page.get("title", "")) or report,
            marking=strictest(str(marking) for marking in markings if marking),
            bottom_line=tuple(one_line(sentence) for sentence in page.get("bottom_line", ())),
            key_figures=tuple(
                KeyFigure(*(one_line(figure[part]) for part in ("label", "value", "change")))
                for figure in page.get("key_figures", ())
            ),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _found(reports: Path) -> Iterator[Published]:
    if not reports.is_dir():
        return
    for report in folders(reports):
        for folder in folders(report):
            if (one := read(folder)) is not None:
                yield one
