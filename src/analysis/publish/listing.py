"""What the archive holds: its published reports, and what each one says first.

All of it is in the manifests. What lists show of them is remembered from one look to the next,
where there are many; the rest is read when it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.publish import naming, remembered
from analysis.publish.layout import folders, kept
from analysis.publish.reading import MANIFEST, Event, Published, read

#: So many reports are read as quickly as they are remembered.
FEW = 200


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
        name: (_head(one), as_json(one.events))
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
    return as_json([getattr(one, name) for name in _REMEMBERED])


def as_json(said: object) -> str:
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
