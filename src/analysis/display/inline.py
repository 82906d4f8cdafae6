"""A drawing as a piece of the page: SVG of matplotlib, made small and safe to stand in HTML.

matplotlib names every group, repeats every style and writes six decimals. What a page needs of
that is a fifth: outlines in tenths of a point, text in the page's own typeface, and ids that no
other drawing of the page has. Only what is listed here gets through: nothing that runs or fetches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from xml.etree import ElementTree as ET

from markupsafe import Markup, escape

from analysis.typefaces import FAMILY

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"

#: Elements that show something, and those that others refer to.
_SHOWN = ("path", "rect", "text", "use")
_REFERRED_TO = ("clipPath", "pattern")

#: Attributes that may stand on a group of elements instead of on each.
_SHARED = (
    *("fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap"),
    *("stroke-linejoin", "stroke-dasharray", "stroke-dashoffset", "clip-path"),
    *("font-size", "font-weight", "font-style", "text-anchor"),
)
_OWN = ("id", "d", "x", "y", "width", "height", "transform", "href", "opacity", "patternUnits")

#: What nearly every text has; it stands on the root.
_FONT_SIZE = "8.5"

#: Steps of a coordinate in a point: an outline needs no finer one, a marker of a few points does.
_OUTLINE, _MARKER = 10, 100

_STEP = re.compile(r"([MLQCz])([^MLQCz]*)")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_LEADING_ZERO = re.compile(r"(?<!\d)0(?=\.)")
_REFERENCE = re.compile(r"url\(#([^)]*)\)")
_PLACE = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\)")
_NO_TURN = re.compile(r" ?rotate\(-?0(?: [^)]*)?\)")

#: The attributes that an element shares with its like, and the rest of it as markup.
_Piece = tuple[tuple[tuple[str, str], ...], str]
_Point = tuple[int, int]


def inline(drawing: bytes, name: str, title: str, description: str) -> Markup:
    """Return a drawing as an `<svg>` of the page.

    Parameters
    ----------
    drawing: the SVG as matplotlib wrote it, with letters as text; lengths in points.
    name: the ids of the drawing begin with it; no other drawing of the page may have it.
    title, description: what it shows, and what is drawn in it, for whoever cannot see it.
    """
    root = ET.fromstring(drawing)
    found = dict.fromkeys(id_ for element in root.iter() for id_ in _references(element))
    ids = {id_: f"{name}-{place}" for place, id_ in enumerate(found, start=1)}
    return Markup(
        '<svg viewBox="{}" width="{}" role="img" aria-labelledby="{}-title" '
        'aria-describedby="{}-unit" font-family="{}, sans-serif" font-size="{}" '
        'stroke-linejoin="round"><title id="{}-title">{}</title><desc id="{}-unit">{}</desc>'
        "{}</svg>"
    ).format(
        *(root.get("viewBox"), root.get("width"), name, name, FAMILY, _FONT_SIZE),
        *(name, title, name, description),
        Markup(_grouped(_pieces(root, ids))),
    )


def _references(element: ET.Element) -> Iterator[str]:
    """The ids that an element refers to."""
    for value in element.attrib.values():
        yield from _REFERENCE.findall(value)
    if _HREF in element.attrib:
        yield element.attrib[_HREF].removeprefix("#")


def _grouped(pieces: Iterable[_Piece]) -> str:
    """Neighbours that share their attributes in one group."""
    written = []
    for shared, like in groupby(pieces, itemgetter(0)):
        inner = "".join(piece for _, piece in like)
        written.append(f"<g{_attributes(shared)}>{inner}</g>" if shared else inner)
    return "".join(written)


def _pieces(element: ET.Element, ids: Mapping[str, str], steps: int = _OUTLINE) -> Iterator[_Piece]:
    """What an element shows, and all in it: groups that do nothing are dissolved."""
    tag = element.tag.removeprefix(_SVG)
    said = _said(element, ids)
    if tag == "path" and "d" in said:
        said["d"] = _outline(said["d"], steps)
    if tag in _SHOWN:
        if steps == _OUTLINE and said.get("fill") == "none" and "stroke" not in said:
            return  # the ground of a figure or of its axes
        text = escape(element.text or "") if tag == "text" else ""
        # A clip moves with its element: where that is moved, nothing stands on the group.
        shared = () if "transform" in said else _of(said, _SHARED)
        own = tuple(item for item in said.items() if item not in shared)
        yield shared, f"<{tag}{_attributes(own)}" + (f">{text}</{tag}>" if text else "/>")
    elif tag in _REFERRED_TO and "id" in said:
        inner = _grouped(piece for child in element for piece in _pieces(child, ids, _MARKER))
        yield (), f"<{tag}{_attributes(tuple(said.items()))}>{inner}</{tag}>"
    elif tag == "defs":
        inner = _grouped(piece for child in element for piece in _pieces(child, ids, _MARKER))
        yield (), f"<defs>{inner}</defs>" if inner else ""
    elif tag in ("g", "svg"):
        inner_pieces = (piece for child in element for piece in _pieces(child, ids, steps))
        if tag == "g" and (attributes := _of(said, (*_SHARED, "opacity", "transform"))):
            yield (), f"<g{_attributes(attributes)}>{_grouped(inner_pieces)}</g>"
        else:
            yield from inner_pieces


def _said(element: ET.Element, ids: Mapping[str, str]) -> dict[str, str]:
    """The attributes of an element, its style among them, those alone that a drawing needs."""
    style = element.get("style", "")
    declared = (part.partition(":") for part in style.split(";") if part.strip())
    said = {name.strip(): value.strip() for name, _, value in declared}
    said |= {name: value for name, value in element.attrib.items() if name != "style"}
    said["href"] = f"#{ids.get(element.get(_HREF, '').removeprefix('#'), '')}"
    said["id"] = ids.get(element.get("id", ""), "")
    said["font-size"] = said.get("font-size", "").removesuffix("px")
    if said["font-size"] == _FONT_SIZE:
        del said["font-size"]
    if said.get("text-anchor") == "start":
        del said["text-anchor"]
    said["transform"] = _NO_TURN.sub("", said.get("transform", ""))
    if element.tag == f"{_SVG}text" and (place := _PLACE.fullmatch(said["transform"])):
        said |= {"x": place[1], "y": place[2], "transform": ""}
    said = {name: value for name, value in said.items() if value not in ("", "#")}
    said = {name: _REFERENCE.sub(lambda found: f"url(#{ids[found[1]]})", value)
            for name, value in said.items()}  # fmt: skip
    return {
        name: said[name] if name == "d" else _NUMBER.sub(_shorter, said[name])
        for name in (*_OWN, *_SHARED)
        if name in said
    }


def _of(said: Mapping[str, str], names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, said[name]) for name in names if name in said)


def _attributes(said: Iterable[tuple[str, str]]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in said)


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _outline(path: str, steps: int) -> str:
    """The same outline in whole steps, each point told from the one before.

    >>> _outline("M 0 180 L 266.44 180 L 266.44 0.5 L 0 180 z", 10)
    'M0 180h266.4v-179.5z'
    """
    written: list[str] = []
    here = start = (0, 0)
    for letter, numbers in _STEP.findall(path):
        values = [round(float(number) * steps) for number in numbers.split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        if letter == "z":
            if here == start and written[-1][0] in "hvl":
                written.pop()  # matplotlib goes back to where it began before it closes
            written.append("z")
            here = start
        elif letter == "M":
            here = start = points[0]
            written.append(f"M{_numbers(here, steps)}")
        elif move := _move(letter.lower(), here, points, steps):
            written.append(move)
            here = points[-1]
    return "".join(written)


def _move(letter: str, here: _Point, points: Sequence[_Point], steps: int) -> str:
    """A line or a curve from here through points; nothing where that is no way at all."""
    ways = [end - begin for point in points for begin, end in zip(here, point, strict=True)]
    if letter == "l" and 0 in ways:
        across, up = ways
        letter, ways = ("h", [across]) if across else ("v", [up])
    return f"{letter}{_numbers(ways, steps)}" if any(ways) else ""


def _numbers(values: Iterable[int], steps: int) -> str:
    """Numbers as short as SVG has them.

    >>> _numbers([5, -30, 12], 10)
    '.5-3 1.2'
    """
    listed = " ".join(f"{value / steps:g}" for value in values)
    return _LEADING_ZERO.sub("", listed).replace(" -", "-")
