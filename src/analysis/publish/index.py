"""Where people look: the archive's pages of lists, its Atom feed, a list, and links to the latest.

All of them follow from what the archive holds: the same archive, the same bytes. What was corrected
is in them, with both editions.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from jinja2 import Environment, FileSystemLoader

from analysis.errors import RunError
from analysis.parameters import MARKINGS, may_see
from analysis.publish import archive, mentions
from analysis.publish.cards import (
    RED,
    Compared,
    Correction,
    Edition,
    corrections,
    edition,
    marking_of,
)
from analysis.publish.listing import as_json, by_report, events_of, latest, published
from analysis.publish.lists import FOLDER, INDEX, Page, pages
from analysis.publish.reading import Published, read_file
from analysis.publish.remembered import stamp
from analysis.typefaces import web_faces

FEED, LIST, LATEST = "feed.xml", "index.json", "latest"

#: So many editions are in the feed.
_FED = 50

#: What was written last and from what, a hidden file of the archive, so that pages whose entries
#: are the same need not be made anew. Nothing is lost if it goes.
_STATE = ".pages.json"

_HERE = Path(__file__).parent
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def refresh(
    reports: Path,
    title: str = "brinkwatch",
    address: str = "",
    noted: Mapping[str, str] | None = None,
    clearance: str = MARKINGS[0],
) -> None:
    """Bring the pages of lists, feed and `latest` links up to what the archive holds.

    Each is replaced in one step, and one that says the same already is left alone. What is new is
    read for whoever searches.

    Parameters
    ----------
    reports: the archive.
    title: of the pages and the feed.
    address: where readers find the archive. Without one there is no feed: its links are absolute.
    noted: when a folder was published, or an edition replaced, as the ledger has it, by its name
        such as ``brief/2024-01-29``; a report that is not among them is dated by its as-of.
    clearance: the highest marking of what is shown; `latest` leads to nothing above it either.
    """
    try:
        with archive.changing(reports):
            every = published(reports)
            shown = [one for one in every if may_see(one.marking, clearance)]
            before = _state(reports)
            compared: Compared = before.get("compared", {})
            editions = [edition(one, noted or {}, compared) for one in shown]
            corrected = corrections(shown, noted or {}, clearance, compared)
            base = _base(address)
            made = pages(editions, corrected, lambda: events_of(reports, shown))
            written = _write_pages(reports, made, title, base, before.get("pages", {}))
            if base:
                _write(reports, FEED, _feed(title, base, editions), marking_of(editions))
            else:
                (reports / FEED).unlink(missing_ok=True)
            _write(reports, LIST, _list(editions, corrected), marking_of(editions))
            state = json.dumps({"pages": written, "compared": compared})
            _write(reports, _STATE, state, RED)
            of_report = by_report(shown)
            _drop_latest_but_of(reports, of_report)
            for report, each in of_report.items():
                _link_latest(reports, report, latest(each))
        mentions.prepare(reports, every)
    except OSError as reason:
        raise RunError(f"The index of {reports} could not be written: {reason}.") from reason


def _base(address: str) -> str:
    """The address of the archive, with a slash at its end; empty if links could not begin with it.

    >>> _base("https://share.example.org/reports"), _base("/reports/")
    ('https://share.example.org/reports/', '')
    """
    return f"{address.rstrip('/')}/" if urlsplit(address).hostname else ""


def _state(reports: Path) -> dict[str, Any]:
    """What was written last; nothing, if that cannot be read."""
    try:
        state = json.loads(read_file(reports / _STATE))
        return state if isinstance(state, dict) else {}
    except (OSError, ValueError, RecursionError):
        return {}


def _write_pages(
    reports: Path, made: Sequence[Page], title: str, base: str, before: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Write the pages whose entries are others, drop those of nothing; return what each is from."""
    if (reports / FOLDER).is_symlink():
        raise RunError(
            f"{reports / FOLDER} is a link, through which nothing is written; remove it."
        )
    (reports / FOLDER).mkdir(exist_ok=True)
    written = {}
    for page in made:
        about = json.dumps([title, base, _looks(), page.digest])
        made_from = hashlib.sha256(about.encode()).hexdigest()
        if before.get(page.name) != [made_from, stamp(reports / page.name)]:
            _write(reports, page.name, _rendered(page, title, base), page.marking)
        written[page.name] = [made_from, stamp(reports / page.name)]
    for path in (reports / FOLDER).glob("*.html"):
        if f"{FOLDER}/{path.name}" not in written:
            path.unlink()
    return written


@cache
def _looks() -> str:
    """SHA-256 of what decides what a page looks like, besides its entries."""
    parts = [_HERE / f"{name}.py" for name in ("index", "lists", "weeks", "cards")]
    parts += [*sorted(_HERE.glob("templates/archive/*")), _HERE / "templates/brinkwatch/report.css"]
    digest = hashlib.sha256()
    for path in parts:
        digest.update(path.read_bytes())
    for face in web_faces().values():
        digest.update(face.encode())
    return digest.hexdigest()


def _rendered(page: Page, title: str, base: str) -> str:
    return _TEMPLATES.get_template(f"archive/{page.template}.html.j2").render(
        site=title,
        marking=page.marking,
        red=RED,
        faces=web_faces(),
        # Addresses are seen from the archive.
        up="../" * page.name.count("/"),
        home=INDEX,
        feed=FEED if base else "",
        list_for_machines=LIST,
        **page.content(),
    )


def _feed(title: str, base: str, editions: Sequence[Edition]) -> str:
    """The newest editions of all reports together."""
    newest = sorted(editions, key=lambda one: (one.updated, one.as_of), reverse=True)
    return _TEMPLATES.get_template("archive/feed.xml.j2").render(
        title=title,
        # Who names things here, as RFC 4151 has it; it outlasts a move to another folder.
        authority=f"tag:{urlsplit(base).hostname},2023",
        self_address=urljoin(base, FEED),
        base=base,
        index=INDEX,
        editions=newest[:_FED],
        updated=max((one.updated for one in editions), default="1970-01-01T00:00:00Z"),
    )


def _list(editions: Sequence[Edition], corrected: Sequence[Correction]) -> str:
    """The same for machines, an edition a line: the newest first, and what was corrected."""
    listed = {
        "editions": [as_json(vars(one)) for one in editions],
        "corrections": [as_json({**vars(one), "edition": one.edition.name}) for one in corrected],
    }
    parts = [f'"{name}": [\n' + ",\n".join(lines) + "\n]" for name, lines in listed.items()]
    return "{" + ",\n".join(parts) + "}\n"


def _drop_latest_but_of(reports: Path, shown: Collection[str]) -> None:
    """Remove `latest` of reports of which nothing is shown: removed, withdrawn or not for all."""
    for link in reports.glob(f"[!.]*/{LATEST}*"):
        if link.parent.name not in shown and (link.is_symlink() or link.name == f"{LATEST}.html"):
            link.unlink()


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
