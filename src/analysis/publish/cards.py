"""What lists show of published reports: plain text, and addresses within the archive.

A report of the marking RED is for those alone who were given it: nothing of it is repeated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote

from analysis.parameters import MARKINGS, may_see, strictest
from analysis.plain_text import day_in_words, ordinal
from analysis.publish.editions import compared, content_of, said_of
from analysis.publish.listing import editions
from analysis.publish.reading import Event, Published

*_, RED = MARKINGS

#: What was found when two editions were held against each other, the headline and what is said, by
#: the digests of their manifests.
Compared = MutableMapping[str, list[str]]


@dataclass(frozen=True)
class Edition:
    """A published report as a list shows it.

    `revision` says which edition a later one is, and how many numbers differ from the one before;
    `correction` what its page says of that. `updated` is when it was published, as the ledger has
    it. `asked_for` is the campaign that it was asked for, if it was, `site` the id of the site that
    it is about; `sites` has ids and names of all that it tells of.
    """

    name: str
    report: str
    title: str
    as_of: str
    variant: str
    campaign: str
    campaign_title: str
    asked_for: str
    site: str
    sites: tuple[tuple[str, str], ...]
    marking: str
    bottom_line: tuple[str, ...]
    page: str
    document: str
    updated: str
    manifest_sha256: str
    revision: str = ""
    correction: str = ""

    @property
    def date(self) -> str:
        """The as-of date, such as ``29 January 2024``."""
        return day_in_words(self.as_of)

    @property
    def in_year(self) -> str:
        """The as-of date without its year, such as ``29 January``."""
        return _in_year(self.as_of)

    @property
    def lead(self) -> str:
        """Its first sentence; empty where nothing of it is repeated."""
        return self.bottom_line[0] if self.bottom_line else ""


@dataclass(frozen=True)
class Correction:
    """A later edition in the public list of corrections: what it says, and the one it replaced.

    `on` is the day on which the ledger noted it, in words; empty if none has.
    """

    edition: Edition
    number: str
    replaced: str
    replaced_page: str
    said: str
    on: str
    at: str


@dataclass(frozen=True)
class Happened:
    """An event, as the newest report has it that tells of it, and where on its page it is."""

    id: str
    day: str
    site: str
    place: str
    text: str
    link: str
    edition: Edition

    @property
    def in_year(self) -> str:
        """The day without its year, such as ``29 January``."""
        return _in_year(self.day)


def _in_year(day: str) -> str:
    return day_in_words(day).rpartition(" ")[0]


def edition(one: Published, noted: Mapping[str, str], compared_before: Compared) -> Edition:
    """Return what lists show of a published report.

    Parameters
    ----------
    one: the report.
    noted: when a folder was published, or an edition replaced, by its name.
    compared_before: what is known of two editions; what is found out is put into it.
    """
    secret, name, number = one.marking == RED, one.name, one.number
    return Edition(
        name=name,
        report=one.report,
        title=one.report if secret else one.title,
        as_of=one.as_of,
        variant=", ".join(f"{name} {value}" for name, value in one.variant.items()),
        campaign=one.campaign,
        campaign_title=one.campaign_title,
        asked_for=str(one.parameters.get("campaign") or ""),
        site="" if secret else str(one.parameters.get("site_id") or ""),
        sites=() if secret else one.sites,
        marking=one.marking,
        bottom_line=() if secret else one.bottom_line,
        page=_address(name, f"{one.report}.html", one.pages),
        document=_address(name, f"{one.report}.pdf", one.pages),
        updated=noted.get(name, f"{one.as_of}T00:00:00Z"),
        manifest_sha256=one.manifest_sha256,
        revision=_revision(one, compared_before) if number > 1 else "",
        correction="" if secret else one.correction,
    )


def _revision(one: Published, compared_before: Compared) -> str:
    """Which edition a later one is, and how many numbers differ from the one before."""
    before = {after.name: edition for edition, after in pairwise(editions(one))}
    if one.name not in before or one.marking == RED:
        return f"{ordinal(one.number)} edition"
    return _compared(before[one.name], one, compared_before)[0]


def _compared(before: Published, after: Published, compared_before: Compared) -> list[str]:
    """The headline of a comparison, and what it says; facts of years are compared but once."""
    key = f"{before.manifest_sha256} {after.manifest_sha256}"
    if key not in compared_before:
        found = compared(content_of(before), content_of(after))
        compared_before[key] = [found.headline, said_of(found)]
    return compared_before[key]


def _address(folder: str, file: str, there: Collection[str]) -> str:
    """Where a file of a report is, seen from the archive; empty if it is not there."""
    return quote(f"{folder}/{file}") if file in there else ""


def corrections(
    found: Iterable[Published],
    noted: Mapping[str, str],
    clearance: str,
    compared_before: Compared,
) -> list[Correction]:
    """Return every edition that replaced one, if both may be seen, newest correction first."""
    every = [
        _correction(after, before, noted, compared_before)
        for newest in found
        if newest.number > 1
        for before, after in pairwise(editions(newest))
        if may_see(before.marking, clearance) and may_see(after.marking, clearance)
    ]
    return sorted(every, key=lambda one: (one.at, one.edition.as_of), reverse=True)


def _correction(
    after: Published, before: Published, noted: Mapping[str, str], compared_before: Compared
) -> Correction:
    at = noted.get(before.name, "")
    secret = after.marking == RED
    _, said = _compared(before, after, compared_before)
    return Correction(
        edition=edition(after, noted, compared_before),
        number=ordinal(after.number),
        replaced=ordinal(before.number),
        replaced_page=_address(before.name, f"{before.report}.html", before.pages),
        said="" if secret else after.correction or said,
        on=day_in_words(at[:10]) if at else "",
        at=at or after.as_of,
    )


def happened(
    shown: Iterable[Edition], events: Mapping[str, Collection[Event]], site: str = ""
) -> list[Happened]:
    """Return every event that reports tell, once, the newest first.

    Parameters
    ----------
    shown: the newest first; an event is told as the first of them has it.
    events: those that each tells, by its name.
    site: the id of the site whose events are wanted; all if empty.
    """
    first: dict[tuple[str, str], tuple[Event, Edition]] = {}
    for one in shown:
        for event in () if one.marking == RED else events.get(one.name, ()):
            if not site or event.site == site:
                # The arrival of a unit at two places has one id.
                first.setdefault((event.id, event.day), (event, one))
    newest_first = sorted(first.values(), key=lambda told: (told[0].day, told[0].id), reverse=True)
    return [Happened(*event, _row(event, one), one) for event, one in newest_first]


def _row(event: Event, one: Edition) -> str:
    """Where an event is in the table of evidence of a report's page."""
    return f"{one.page}#row-{quote(event.id)}" if one.page else ""


def marking_of(shown: Iterable[Edition]) -> str:
    """The marking of a list: the strictest of what it repeats; empty if it repeats nothing."""
    return strictest(one.marking for one in shown if one.marking and one.marking != RED)
