"""Which pages of lists an archive has, and what is on each: weeks, reports, campaigns, sites.

The first page has the last year whole, with its events, so that a browser finds any of them there.
Each year, report, campaign and site has a page of its own. What a page says follows from its
entries: as long as they are the same it need not be written again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from analysis.publish.cards import Correction, Edition, Happened, happened, marking_of
from analysis.publish.reading import Event
from analysis.publish.weeks import MONTHS, months

INDEX = "index.html"

#: The folder of the archive with all pages of lists but the first.
FOLDER = "lists"

#: So many corrections are on the first page.
_CORRECTIONS = 5

#: Names of files are at most so long; longer ones are told apart by a digest.
_LONGEST_NAME = 200

#: Gives the events that each edition tells, by its name.
Events = Callable[[], Mapping[str, Collection[Event]]]


@dataclass(frozen=True)
class Page:
    """A page of lists.

    Parameters
    ----------
    name: its file, seen from the archive.
    template: with which it is made.
    shown: the editions of which it repeats something.
    entries: all else that decides what it says, as JSON has it.
    content: what its template needs, worked out only if the page is to be written.
    """

    name: str
    template: str
    shown: tuple[Edition, ...]
    entries: list[Any]
    content: Callable[[], Mapping[str, Any]]

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides what it says."""
        shown = [(one.name, one.manifest_sha256, one.revision) for one in self.shown]
        said = [self.name, self.template, self.entries, shown]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def marking(self) -> str:
        """Who may see it: whoever may see all that it repeats."""
        return marking_of(self.shown)


@dataclass(frozen=True)
class Link:
    """A name that leads to a list, and how many editions are there; no address where none are."""

    name: str
    address: str = ""
    count: int = 0


@dataclass(frozen=True)
class Group:
    """Editions that have something in common: their year, report, campaign or site."""

    kind: str
    key: str
    title: str
    editions: list[Edition]

    @property
    def address(self) -> str:
        """Where its page is, seen from the archive, as a link has it."""
        return quote(self.file)

    @property
    def file(self) -> str:
        """The name of its page's file, seen from the archive."""
        name = f"{self.kind}-{quote(self.key, safe='')}"
        if len(name) > _LONGEST_NAME:
            name = f"{self.kind}-{hashlib.sha256(self.key.encode()).hexdigest()}"
        return f"{FOLDER}/{name}.html"


#: Kinds of lists besides years, and what the first page calls them.
KINDS = {"report": "Reports", "campaign": "Campaigns", "site": "Sites"}


def pages(
    shown: Sequence[Edition], corrected: Sequence[Correction], events_of: Events
) -> list[Page]:
    """Return all pages of an archive, the first page first.

    Parameters
    ----------
    shown: the editions that may be seen, newest first.
    corrected: the list of corrections, newest first.
    events_of: asked only for pages that are to be written.
    """
    groups = _groups(shown)
    events = cache(events_of)
    lists = [_list(group, events) for group in groups]
    every = [_first_page(shown, corrected, groups, events), *lists]
    return every + ([_corrections(corrected)] if len(corrected) > _CORRECTIONS else [])


def _groups(shown: Iterable[Edition]) -> list[Group]:
    """Every group of editions, sites by name, the others by how many there are."""
    found: dict[tuple[str, str], list[Edition]] = defaultdict(list)
    titles: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for one in shown:
        for kind, key, title in _places(one):
            found[kind, key].append(one)
            titles[kind, key] |= {title: None} if title else {}
    groups = [
        Group(kind, key, _called(kind, key, list(titles[kind, key])), editions)
        for (kind, key), editions in found.items()
    ]
    by_name = sorted(groups, key=lambda group: group.title)
    return sorted(by_name, key=lambda group: 0 if group.kind == "site" else -len(group.editions))


def _called(kind: str, key: str, titles: Sequence[str]) -> str:
    """What a group is called: as the newest edition is, and by its kind where others differ."""
    if kind == "report" and len(titles) > 1:
        return f"{key[:1].upper()}{key[1:]}: {titles[0]}, and others"
    return titles[0] if titles else key


def _places(one: Edition) -> list[tuple[str, str, str]]:
    """The groups that an edition belongs to: kind, key and title."""
    campaign = [("campaign", one.campaign, one.campaign_title)] if one.campaign else []
    sites = [("site", site, name) for site, name in one.sites]
    of_year = ("year", one.as_of[:4], f"The reports of {one.as_of[:4]}")
    return [of_year, ("report", one.report, one.title), *campaign, *sites]


def _first_page(
    shown: Sequence[Edition],
    corrected: Sequence[Correction],
    groups: Sequence[Group],
    events: Events,
) -> Page:
    begins = _a_year_before(shown[0].as_of)[:7] if shown else ""
    recent = [one for one in shown if one.as_of[:7] >= begins]
    newest = [one for group in groups if group.kind == "report"
              for one in _newest(group.editions, recent)]  # fmt: skip
    told = corrected[:_CORRECTIONS]
    calendar = _calendar(shown, groups, begins)
    links = {
        name: [Link(each.title, each.address, len(each.editions))
               for each in groups if each.kind == kind]
        for kind, name in KINDS.items()
    }  # fmt: skip
    span = [len(shown), shown[-1].date, shown[0].date] if shown else []
    return Page(
        INDEX,
        "index",
        # It names the campaigns and sites of all of them.
        tuple(shown),
        [
            span,
            len(corrected),
            [[one.edition.name, one.said, one.on] for one in told],
            [[year, [(link.address, link.count) for link in row]] for year, row in calendar],
            [[(link.name, link.address, link.count) for link in row] for row in links.values()],
        ],
        lambda: {
            "span": span,
            "newest": newest,
            "corrections": told,
            "all_corrections": f"{FOLDER}/corrections.html" if len(corrected) > len(told) else "",
            "correction_count": len(corrected),
            "calendar": calendar,
            "links": {name: row for name, row in links.items() if row},
            "months": months(recent, happened(recent, events())),
        },
    )


def _a_year_before(day: str) -> str:
    date = dt.date.fromisoformat(day)
    return (date - dt.timedelta(days=365)).isoformat()


def _newest(editions: Sequence[Edition], recent: Sequence[Edition]) -> list[Edition]:
    """The newest of a report, with default parameters if there is one, and on each campaign that
    it was asked for within the year.
    """
    first = next((one for one in editions if not one.variant), editions[0])
    since = recent[-1].as_of
    asked: dict[str, Edition] = {}
    for one in editions:
        if one.asked_for and one.as_of >= since and one is not first:
            asked.setdefault(one.asked_for, one)
    return [first, *asked.values()]


def _calendar(
    shown: Iterable[Edition], groups: Iterable[Group], begins: str
) -> list[tuple[str, list[Link]]]:
    """For each year, newest first, where the editions of its twelve months are."""
    counts: dict[str, int] = defaultdict(int)
    for one in shown:
        counts[one.as_of[:7]] += 1
    years = {group.key: group for group in groups if group.kind == "year"}

    def link(year: str, number: int, name: str) -> Link:
        month = f"{year}-{number:02}"
        page = "" if month >= begins else years[year].address
        return Link(name, f"{page}#{month}" if counts[month] else "", counts[month])

    return [
        (year, [link(year, number, name) for number, name in enumerate(MONTHS, start=1)])
        for year in sorted(years, reverse=True)
    ]


def _list(group: Group, events: Events) -> Page:
    def content() -> Mapping[str, Any]:
        shown, told = group.editions, list[Happened]()
        if group.kind == "year":
            told = happened(shown, events())
        if group.kind == "site":
            told = happened(shown, events(), group.key)
            shown = [one for one in shown if one.site == group.key]
        return {
            "title": group.title,
            "kind": group.kind,
            "count": len(shown),
            "event_count": len(told),
            "months": months(shown, told),
        }

    return Page(group.file, "list", tuple(group.editions), [group.title], content)


def _corrections(corrected: Sequence[Correction]) -> Page:
    return Page(
        f"{FOLDER}/corrections.html",
        "corrections",
        tuple(one.edition for one in corrected),
        [[one.said, one.on, one.replaced_page] for one in corrected],
        lambda: {"title": "Corrections", "corrections": corrected},
    )
