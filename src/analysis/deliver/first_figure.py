"""The first figure of a published page, for the body of a mail: its picture, and what it shows."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import html
from lxml.etree import ParserError

from analysis.plain_text import one_line
from analysis.publish import reading
from analysis.publish.reading import Published

#: A figure with files to take along, as pages have it.
_FIGURE = './/figure[.//*[@data-file] and .//*[local-name()="svg"]/*[local-name()="title"]]'


@dataclass(frozen=True)
class Picture:
    """A picture: its file's name, its bytes as PNG, and in words what it shows."""

    name: str
    content: bytes
    alt: str


def first_figure(one: Published) -> Picture | None:
    """Return the first figure of an edition; None if it has none, or not as it was published."""
    page = _read(one, f"{one.report}.html")
    if not page:
        return None
    try:
        found = html.document_fromstring(page).xpath(_FIGURE)
    except (ParserError, ValueError):
        return None
    for figure in found:
        name = f"{figure.xpath('string(.//@data-file)')}.png"
        title = figure.xpath('string(.//*[local-name()="svg"]/*[local-name()="title"])')
        if content := _read(one, name):
            return Picture(name.rpartition("/")[2], content, one_line(title))
    return None


def _read(one: Published, name: str) -> bytes:
    """A file of an edition, if it is as it was published."""
    if name not in one.files:
        return b""
    try:
        content = reading.read_file(one.folder / name)
    except OSError:
        return b""
    return content if one.holds(name, content) else b""
