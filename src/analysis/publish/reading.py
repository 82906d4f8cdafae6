"""Read one published report: what its manifest says that it is, that it holds and says first."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from analysis.parameters import strictest
from analysis.plain_text import one_line
from analysis.publish import naming
from analysis.publish.layout import home_of, kept, name_of

#: The file in a published folder that says what it holds; see :mod:`analysis.publish.manifest`.
MANIFEST = "manifest.json"

#: How a file is opened: no link is followed, nobody is waited for.
_AS_IT_IS = os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True)
class KeyFigure:
    """One of the numbers under the bottom line, such as 12 attacks, up from 10."""

    label: str
    value: str
    change: str = ""


class Event(NamedTuple):
    """An event of a report's window: the id of its row, its day, its site if it has one, where it
    was, and how the page tells it.
    """

    id: str
    day: str
    site: str
    place: str
    text: str


@dataclass(frozen=True)
class Published:
    """One published report.

    Parameters
    ----------
    folder: where it is.
    report: name of the report, such as ``brief``.
    as_of: its as-of date, in ISO.
    parameters: values of all its parameters.
    manifest_sha256: digest of its manifest.
    title: of its page; the report's name where the manifest has none.
    marking: who may read it, such as ``TLP:CLEAR``; the stricter one where parameters and page
        have two, empty if there is none.
    bottom_line: the sentences that come first on its page.
    campaign, campaign_title: the id of the campaign that it is about, and what readers call that;
        empty where the manifest has none.
    pages: which of its page and its document there are, by name.
    sites: ids and names of the sites that it is about, or that events of its window were at.
    said: the manifest, if it is at hand.
    """

    folder: Path
    report: str
    as_of: str
    parameters: dict[str, Any]
    manifest_sha256: str
    title: str
    marking: str
    bottom_line: tuple[str, ...] = ()
    campaign: str = ""
    campaign_title: str = ""
    pages: tuple[str, ...] = ()
    sites: tuple[tuple[str, str], ...] = ()
    said: dict[str, Any] | None = field(default=None, repr=False, compare=False)

    @property
    def _manifest(self) -> dict[str, Any]:
        if self.said is not None:
            return self.said
        manifest: dict[str, Any] = json.loads(read_file(self.folder / MANIFEST))
        return manifest

    @property
    def made_from(self) -> dict[str, Any]:
        """What decided what it looks like; see :func:`analysis.publish.manifest.inputs`."""
        besides = ("files", "page")
        return {name: said for name, said in self._manifest.items() if name not in besides}

    @property
    def files(self) -> dict[str, str]:
        """Names of its files besides the manifest, with their SHA-256."""
        return {str(name): str(digest) for name, digest in self._manifest["files"].items()}

    @property
    def key_figures(self) -> tuple[KeyFigure, ...]:
        """The numbers under its bottom line."""
        return key_figures(self._manifest.get("page", {}).get("key_figures", ()))

    @property
    def events(self) -> tuple[Event, ...]:
        """All events of its window, if it is a report that tells events."""
        return tuple(map(_event, self._manifest.get("page", {}).get("events", ())))

    @property
    def home(self) -> Path:
        """The folder of the report's newest edition, which is its own or above it."""
        return home_of(self.folder)

    @property
    def name(self) -> str:
        """Where it is in the archive, as the ledger has it; see :func:`name_of`."""
        return name_of(self.folder)

    @property
    def number(self) -> int:
        """Which edition of the report it is, from 1."""
        if self.folder != self.home:
            return int(self.folder.name)
        return max(kept(self.home), default=0) + 1

    @property
    def correction(self) -> str:
        """What its page says of the edition before, as one line; empty if it says nothing."""
        return one_line(str(self.parameters.get("correction") or ""))

    @property
    def variant(self) -> dict[str, Any]:
        """The parameters that are not the report's defaults, as the folder's name tells."""
        return naming.variant(self.home.name, self.parameters) or {}

    def holds(self, name: str, content: bytes) -> bool:
        """Whether one of its files was published with this content."""
        return hashlib.sha256(content).hexdigest() == self.files.get(name)


def read_file(path: Path) -> bytes:
    """The content of a file of the archive, which is never a link to something else.

    Raises
    ------
    OSError
        If it cannot be read, or is a link, or no file: whoever reads a pipe waits for a writer.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _AS_IT_IS)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no file", str(path))
        return file.read()


def read(folder: Path) -> Published | None:
    """Return what a folder's manifest says; None if there is none that can be understood.

    What the page says is given as lists can show it. Editions of before it was in the manifest
    have no bottom line and no key figures.
    """
    try:
        content = read_file(folder / MANIFEST)
        manifest = json.loads(content)
        report, page = str(manifest["report"]), manifest.get("page", {})
        one = Published(
            folder,
            report,
            dt.date.fromisoformat(manifest["as_of"]).isoformat(),
            dict(manifest["parameters"]),
            hashlib.sha256(content).hexdigest(),
            title=one_line(page.get("title", "")) or report,
            marking=marking_of({**manifest, "page": page}),
            bottom_line=tuple(one_line(sentence) for sentence in page.get("bottom_line", ())),
            campaign=str(manifest.get("campaign") or ""),
            campaign_title=one_line(page.get("campaign", "")),
            pages=tuple(name for name in (f"{report}.html", f"{report}.pdf")
                        if name in manifest["files"]),
            sites=_sites(manifest["parameters"], page),
            said=manifest,
        )  # fmt: skip
        return one if _can_be_told(one) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _sites(parameters: Mapping[str, Any], page: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    about = one_line(str(parameters.get("site_id") or ""))
    found = {about: ""} if about else {}
    for event in map(_event, page.get("events", ())):
        if event.site:
            found[event.site] = event.place
    return tuple(found.items())


def _can_be_told(one: Published) -> bool:
    """Whether the rest of a manifest can be understood, too; raises what reading it raises."""
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in one.files):
        return False  # they would lie elsewhere
    return all(part is not None for part in (one.key_figures, one.events))


def _event(said: Mapping[str, str]) -> Event:
    dt.date.fromisoformat(said["day"])
    return Event(*(one_line(said[name]) for name in Event._fields))


def manifest_sha256(folder: Path) -> str:
    """Digest of the manifest in a folder, whether or not it can be understood; empty for none."""
    try:
        return hashlib.sha256(read_file(folder / MANIFEST)).hexdigest()
    except OSError:
        return ""


def key_figures(said: Iterable[Mapping[str, str]]) -> tuple[KeyFigure, ...]:
    """The key figures that a page tells, each part of them as one line."""
    parts = ("label", "value", "change")
    return tuple(KeyFigure(*(one_line(figure[part]) for part in parts)) for figure in said)


def marking_of(manifest: Mapping[str, Any]) -> str:
    """Who may read the report of a manifest; of what its parameters and its page say the stricter.

    Empty if neither says anything.
    """
    said = manifest["parameters"].get("marking"), manifest.get("page", {}).get("marking")
    return strictest(str(marking) for marking in said if marking)
