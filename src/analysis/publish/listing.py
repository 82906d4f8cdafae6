"""What the archive holds: its published reports, and what each one says first.

All of it is in the manifests. What lists show of them is remembered from one look to the next,
where there are many; the rest is read when it is asked for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from analysis.parameters import strictest
from analysis.plain_text import one_line
from analysis.publish import naming, remembered

#: The file in a published folder that says what it holds; see :mod:`analysis.publish.manifest`.
MANIFEST = "manifest.json"

#: So many reports are read as quickly as they are remembered.
FEW = 200

#: The folder within a published one with the editions that it has replaced: `1`, `2` …, each as it
#: was, with its own manifest.
EDITIONS = "editions"


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


def published(reports: Path) -> list[Published]:
    """Return the published reports of an archive: newest as-of first, then by name.

    Of two with one as-of date, that with the default parameters is first.
    """
    return survey(reports)[0]


def survey(reports: Path) -> tuple[list[Published], dict[str, str]]:
    """Return the published reports, as `published` does, and what should be one and is none.

    The latter by its name, with why. A folder without a manifest is not among them: it may be
    anybody's. Links and hidden folders are not looked at.
    """
    there = {f"{folder.parent.name}/{folder.name}": folder for folder in folders(reports)}
    found, odd = [], {}
    for name, one in _looked_at(reports, there).items():
        if one is None and not (there[name] / MANIFEST).exists():
            continue
        why = "its manifest cannot be read" if one is None else _why_not(one)
        if one is None or why:
            odd[name] = why
        else:
            found.append(one)
    by_name = sorted(found, key=lambda one: one.name)
    return sorted(by_name, key=lambda one: one.as_of, reverse=True), odd


def _looked_at(reports: Path, there: Mapping[str, Path]) -> dict[str, Published | None]:
    """What is in each folder, by its name: as it is remembered, or as it is read now."""
    if len(there) <= FEW:
        return {name: read(folder) for name, folder in there.items()}
    stamps = {name: remembered.stamp(folder / MANIFEST) for name, folder in there.items()}
    known = remembered.heads(reports, stamps)
    found = {
        name: _recalled(folder, known[name]) if name in known else read(folder)
        for name, folder in there.items()
    }
    news = {
        name: (_head(one), _as_json(one.events))
        for name, one in found.items()
        if one and name not in known
    }
    if news:
        remembered.keep(reports, stamps, news)
    return found


def events_of(reports: Path, editions: Iterable[Published]) -> dict[str, tuple[Event, ...]]:
    """The events that editions of an archive tell, by their names."""
    editions = list(editions)
    later = [one.name for one in editions if one.said is None]
    known = remembered.events(reports, later) if later else {}
    return {
        one.name: tuple(Event(*event) for event in json.loads(known[one.name]))
        if one.name in known
        else one.events
        for one in editions
    }


#: What is remembered of a report, besides its folder.
_REMEMBERED = (
    *("report", "as_of", "parameters", "manifest_sha256", "title", "marking", "bottom_line"),
    *("campaign", "campaign_title", "pages", "sites"),
)


def _head(one: Published) -> str:
    return _as_json([getattr(one, name) for name in _REMEMBERED])


def _as_json(said: object) -> str:
    return json.dumps(said, ensure_ascii=False)


def _recalled(folder: Path, head: str) -> Published:
    said = dict(zip(_REMEMBERED, json.loads(head), strict=True))
    for name in ("bottom_line", "pages"):
        said[name] = tuple(said[name])
    said["sites"] = tuple((site, name) for site, name in said["sites"])
    return Published(folder, **said)


def _why_not(one: Published) -> str:
    """Why a folder with a manifest is no published report; empty if it is one.

    Its name has to be that of its report, day and parameters: a copy under another name is no
    second edition.
    """
    if one.report != one.folder.parent.name:
        return f"it is a report {one.report!r}, and lies among others"
    day = one.folder.name.partition("--")[0]
    if day != one.as_of or naming.variant(one.folder.name, one.parameters) is None:
        return f"its name is not that of a report {one.report!r} as of {one.as_of}"
    return ""


def folders(reports: Path) -> Iterator[Path]:
    """The folders of an archive each of which should be a published report."""
    # A link is a second name for a report, such as `latest`, or leads out of the archive.
    for report in _folders_in(reports):
        yield from _folders_in(report)


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            names = [one.name for one in found if one.is_dir(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [folder / name for name in sorted(names) if not name.startswith(".")]


def home_of(folder: Path) -> Path:
    """The folder of the newest edition of the report that lies in a published folder."""
    is_kept = folder.parent.name == EDITIONS and _is_number(folder.name)
    return folder.parents[1] if is_kept else folder


def archive_of(folder: Path) -> Path:
    """The archive in which a published folder lies."""
    return home_of(folder).parents[1]


def name_of(folder: Path) -> str:
    """Where a published folder lies in its archive.

    >>> name_of(Path("/reports/brief/2024-01-29/editions/1"))
    'brief/2024-01-29/editions/1'
    """
    depth = 2 if home_of(folder) == folder else 4
    return "/".join(folder.parts[-depth:])


def kept(folder: Path) -> dict[int, Path]:
    """The folders of the editions that a published folder has replaced, by number, oldest first."""
    below = folder / EDITIONS
    there = below.iterdir() if below.is_dir() and not below.is_symlink() else ()
    numbered = {int(one.name): one for one in there if _is_number(one.name) and one.is_dir()}
    return {number: numbered[number] for number in sorted(numbered)}


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdecimal() and not name.startswith("0")


def editions(one: Published) -> list[Published]:
    """Every edition of a report that can be read, oldest first; the newest is last."""
    before = (read(folder) for folder in kept(one.home).values())
    newest = one if one.folder == one.home else read(one.home)
    return [edition for edition in (*before, newest) if edition is not None]


def by_report(found: Iterable[Published]) -> dict[str, list[Published]]:
    """Return the editions of each report, in the order in which they come."""
    editions: dict[str, list[Published]] = {}
    for one in found:
        editions.setdefault(one.report, []).append(one)
    return editions


def latest(editions: list[Published]) -> Published:
    """Return the newest of the editions of one report, of those with default parameters if any.

    Who may read it is no matter of what it is about: with another marking it is as new.

    Parameters
    ----------
    editions: at least one, newest first.
    """
    usual = (one for one in editions if not one.variant.keys() - {"marking"})
    return next(usual, editions[0])


def marking_of(manifest: Mapping[str, Any]) -> str:
    """Who may read the report of a manifest; of what its parameters and its page say the stricter.

    Empty if neither says anything.
    """
    said = manifest["parameters"].get("marking"), manifest.get("page", {}).get("marking")
    return strictest(str(marking) for marking in said if marking)


def read_file(path: Path) -> bytes:
    """The content of a file of the archive, which is never a link to something else.

    Raises
    ------
    OSError
        If it cannot be read, or is a link.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW)) as file:
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
    return all(part is not None for part in (one.files, one.key_figures, one.events))


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
