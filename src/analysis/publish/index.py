"""Where people look: the archive's index page, its Atom feed, a list, and a link to the latest.

All of them follow from what the archive holds: the same archive, the same bytes. What was corrected
is in them, with both editions.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from jinja2 import Environment, FileSystemLoader

from analysis.errors import RunError
from analysis.parameters import MARKINGS, may_see, strictest
from analysis.plain_text import day_in_words, ordinal
from analysis.publish import archive
from analysis.publish.editions import Comparison, corrections, said_of
from analysis.publish.listing import Published, by_report, latest, published
from analysis.typefaces import web_faces

INDEX, FEED, LIST, LATEST = "index.html", "feed.xml", "index.json", "latest"

#: So many editions of a report are open to see, the others by year; so many are in the feed.
_OPEN, _FED = 10, 50

#: A report of this marking is for those alone who were given it: a list repeats nothing of it.
*_REPEATED, _RED = MARKINGS

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Edition:
    """A published report as a list shows it: plain text, and addresses within the archive.

    `revision` says which edition a later one is, and how many numbers differ from the one before;
    `correction` what its page says of that.
    """

    name: str
    title: str
    as_of: str
    variant: str
    marking: str
    bottom_line: tuple[str, ...]
    page: str
    document: str
    updated: str
    revision: str = ""
    correction: str = ""

    @property
    def date(self) -> str:
        """The as-of date, such as ``29 January 2024``."""
        return day_in_words(self.as_of)


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
class Shelf:
    """The editions of one report, newest first."""

    report: str
    newest: Edition
    others: tuple[Edition, ...]

    @property
    def open(self) -> tuple[Edition, ...]:
        """Those that are open to see below the newest."""
        return self.others[:_OPEN]

    @property
    def years(self) -> list[tuple[str, list[Edition]]]:
        """The rest by year, newest first."""
        by_year = groupby(self.others[_OPEN:], key=lambda edition: edition.as_of[:4])
        return [(year, list(editions)) for year, editions in by_year]


def refresh(
    reports: Path,
    title: str = "brinkwatch",
    address: str = "",
    noted: Mapping[str, str] | None = None,
    clearance: str = MARKINGS[0],
) -> None:
    """Bring index page, feed and `latest` links up to what the archive holds.

    Each is replaced in one step, and one that says the same already is left alone.

    Parameters
    ----------
    reports: the archive.
    title: of the page and the feed.
    address: where readers find the archive; empty if there is no such place.
    noted: when a folder was published, or an edition replaced, as the ledger has it, by its name
        such as ``brief/2024-01-29``; a report that is not among them is dated by its as-of.
    clearance: the highest marking of what is shown; `latest` leads to nothing above it either.
    """
    try:
        with archive.changing(reports):
            shown = [one for one in published(reports) if may_see(one.marking, clearance)]
            editions = by_report(shown)
            shelves = [_shelf(report, each, noted or {}) for report, each in editions.items()]
            corrected = _corrections(shown, noted or {}, clearance)
            marking = _marking(shown)
            _write(reports, INDEX, _index(title, shelves, corrected), marking)
            _write(reports, FEED, _feed(title, address, shelves), marking)
            _write(reports, LIST, _list(shelves), marking)
            _drop_latest_but_of(reports, editions)
            for report, each in editions.items():
                _link_latest(reports, report, latest(each))
    except OSError as reason:
        raise RunError(f"The index of {reports} could not be written: {reason}.") from reason


def _drop_latest_but_of(reports: Path, shown: Collection[str]) -> None:
    """Remove `latest` of reports of which nothing is shown: removed, withdrawn or not for all."""
    for link in reports.glob(f"[!.]*/{LATEST}*"):
        if link.parent.name not in shown and (link.is_symlink() or link.name == f"{LATEST}.html"):
            link.unlink()


def _marking(editions: Iterable[Published]) -> str:
    """Who may see a list of editions: whoever may see all that it repeats."""
    return strictest(one.marking for one in editions if one.marking != _RED)


def _shelf(report: str, editions: list[Published], noted: Mapping[str, str]) -> Shelf:
    newest = latest(editions)
    others = (_edition(one, noted) for one in editions if one is not newest)
    return Shelf(report, _edition(newest, noted), tuple(others))


def _corrections(
    found: Iterable[Published], noted: Mapping[str, str], clearance: str
) -> list[Correction]:
    """Every edition that replaced one, if both may be seen, newest correction first."""
    every = [
        _correction(after, before, comparison, noted)
        for newest in found
        for after, before, comparison in corrections(newest)
        if may_see(before.marking, clearance) and may_see(after.marking, clearance)
    ]
    return sorted(every, key=lambda one: (one.at, one.edition.as_of), reverse=True)


def _correction(
    after: Published, before: Published, comparison: Comparison, noted: Mapping[str, str]
) -> Correction:
    at = noted.get(before.name, "")
    return Correction(
        edition=_edition(after, noted),
        number=ordinal(after.number),
        replaced=ordinal(before.number),
        replaced_page=_address(before, "html"),
        said="" if after.marking == _RED else after.correction or said_of(comparison),
        on=day_in_words(at[:10]) if at else "",
        at=at or after.as_of,
    )


def _edition(one: Published, noted: Mapping[str, str]) -> Edition:
    secret = one.marking == _RED
    return Edition(
        name=one.name,
        title=one.report if secret else one.title,
        as_of=one.as_of,
        variant=", ".join(f"{name} {value}" for name, value in one.variant.items()),
        marking=one.marking,
        bottom_line=() if secret else one.bottom_line,
        page=_address(one, "html"),
        document=_address(one, "pdf"),
        updated=noted.get(one.name, f"{one.as_of}T00:00:00Z"),
        revision=_revision(one),
        correction="" if secret else one.correction,
    )


def _revision(one: Published) -> str:
    """Which edition it is, and how many numbers differ; empty for a first."""
    if one.number == 1:
        return ""
    of_this = next((found for after, _, found in corrections(one) if after == one), None)
    if of_this is None or one.marking == _RED:
        return f"{ordinal(one.number)} edition"
    return of_this.headline


def _address(one: Published, ending: str) -> str:
    """Where a report's page or document is, seen from the archive; empty if there is none."""
    name = f"{one.report}.{ending}"
    return quote(f"{one.name}/{name}") if name in one.files else ""


def _index(title: str, shelves: Sequence[Shelf], corrected: Sequence[Correction]) -> str:
    editions = [edition for shelf in shelves for edition in (shelf.newest, *shelf.others)]
    return _TEMPLATES.get_template("archive/index.html.j2").render(
        title=title,
        shelves=shelves,
        corrections=corrected,
        most_open=_OPEN,
        count=len(editions),
        first=min(editions, key=lambda edition: edition.as_of, default=None),
        last=max(editions, key=lambda edition: edition.as_of, default=None),
        marking=strictest(each.marking for each in editions if each.marking in _REPEATED),
        faces=web_faces(),
        feed=FEED,
        red=_RED,
    )


def _feed(title: str, address: str, shelves: Sequence[Shelf]) -> str:
    """The newest editions of all reports together."""
    editions = [edition for shelf in shelves for edition in (shelf.newest, *shelf.others)]
    newest = sorted(editions, key=lambda edition: (edition.updated, edition.as_of), reverse=True)
    base = f"{address.rstrip('/')}/" if address else ""
    return _TEMPLATES.get_template("archive/feed.xml.j2").render(
        title=title,
        # Who names things here, as RFC 4151 has it; it outlasts a move to another folder.
        authority=f"tag:{urlsplit(base).hostname or 'brinkwatch'},2023",
        self_address=urljoin(base, FEED) if base else "",
        base=base,
        index=INDEX,
        editions=newest[:_FED],
        updated=max((edition.updated for edition in editions), default="1970-01-01T00:00:00Z"),
    )


def _list(shelves: Sequence[Shelf]) -> str:
    """The same for machines: the editions of each report, the newest first."""
    editions = [edition for shelf in shelves for edition in (shelf.newest, *shelf.others)]
    said = [asdict(edition) for edition in editions]
    return json.dumps({"editions": said}, indent=1, ensure_ascii=False) + "\n"


def _link_latest(reports: Path, report: str, newest: Published) -> None:
    """Let `latest` lead to the newest edition; where there can be no links, a page does."""
    link = reports / report / LATEST
    page = f"{report}/{LATEST}.html"
    if not (link.is_symlink() and os.readlink(link) == newest.folder.name):
        staged = reports / archive.STAGING / LATEST
        staged.parent.mkdir(exist_ok=True)
        try:
            staged.symlink_to(newest.folder.name, target_is_directory=True)
            staged.replace(link)
        except OSError:
            staged.unlink(missing_ok=True)
            address = quote(f"{newest.folder.name}/{report}.html")
            template = _TEMPLATES.get_template("archive/latest.html.j2")
            _write(reports, page, template.render(report=report, address=address), newest.marking)
            return
    (reports / page).unlink(missing_ok=True)


def _write(reports: Path, name: str, text: str, marking: str) -> None:
    """Put a page into the archive in one step; the archive is locked.

    It is for the eyes of those who may see all that it tells of.
    """
    target, content = reports / name, text.encode()
    _, mode = archive.modes_of(marking)
    if _is_so(target, content, mode):
        return
    staged = reports / archive.STAGING / target.name
    staged.parent.mkdir(exist_ok=True)
    with open(staged, "xb", opener=partial(os.open, mode=mode)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(target)
    archive.sync(target.parent)


def _is_so(target: Path, content: bytes, mode: int) -> bool:
    """Whether a page says this already, and no more may read it than should."""
    if target.is_symlink() or not target.is_file() or target.read_bytes() != content:
        return False
    return not target.stat().st_mode & 0o777 & ~mode
