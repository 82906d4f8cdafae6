"""The drawings of the house on paper: from the SVG of a page straight to what a PDF is drawn with.

WeasyPrint looks at each element of an SVG for all that SVG can say: a quarter of what a brief's PDF
cost. What `analysis.display.vector` writes is a little of that, and is drawn here. WeasyPrint takes
the drawings for pictures that it has loaded already.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from html import unescape
from math import cos, radians, sin
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from markupsafe import Markup

_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
_PICTURE = Markup('<img alt="{alt}" src="{source}">')

#: What of a drawing shows nothing by itself.
_NOT_SHOWN = frozenset(("title", "desc", "defs"))
_STEP = re.compile(r"([Mlhvqcz])([^Mlhvqcz]*)")
_CAPS = {"butt": 0, "round": 1, "square": 2}
_JOINS = {"miter": 0, "round": 1, "bevel": 2}
_WEIGHTS = {"normal": 400, "bold": 700}
#: How much of a text's width lies before its place.
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}

#: So many outlines stay in memory: those of maps are in many reports.
_MOST_OUTLINES = 4096

#: Attributes of an element and of those around it.
Look = Mapping[str, str]

_Point = tuple[float, float]


@dataclass(frozen=True)
class Picture:
    """A drawing, as WeasyPrint asks for pictures: how large it is, and how it is drawn."""

    svg: str

    @cached_property
    def root(self) -> Element:
        return ElementTree.fromstring(self.svg)

    @cached_property
    def size(self) -> tuple[float, float]:
        _, _, width, height = map(float, self.root.attrib["viewBox"].split())
        return width, height

    def get_intrinsic_size(self, *_: Any) -> tuple[float, float, float]:
        """Width, height and their ratio."""
        width, height = self.size
        return width * 4 / 3, height * 4 / 3, width / height

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Draw it into the stream of a page; WeasyPrint has gone to its place."""
        wide, high = self.size
        stream.transform(a=width / wide, d=height / high)
        defined = {element.attrib.get("id", ""): element for element in self.root.iter()}
        _draw_all(self.root, {}, _Paper(stream, style.font_config, defined))


@dataclass(frozen=True)
class _Paper:
    """What is drawn on, the fonts there, the elements that others refer to, by their ids, and the
    patterns that there are on it already, by theirs.
    """

    stream: Any
    fonts: Any
    defined: Mapping[str, Element]
    patterns: dict[str, str] = field(default_factory=dict)

    def referred_to(self, by: str) -> Element:
        """An element, by `#id` or `url(#id)`."""
        return self.defined[by.removeprefix("url(").strip("#)")]


def taken_out(html: str) -> tuple[str, dict[str, Picture]]:
    """A page with its drawings as pictures, and these by the addresses that it has for them.

    >>> taken_out('<p><svg viewBox="0 0 1 1"><title>A dot</title></svg></p>')[0]
    '<p><img alt="A dot" src="drawing:1"></p>'
    """
    pictures: dict[str, Picture] = {}

    def as_picture(drawing: re.Match[str]) -> str:
        address = f"drawing:{len(pictures) + 1}"
        pictures[address] = Picture(drawing[0])
        title = _TITLE.search(drawing[0])
        return _PICTURE.format(alt=unescape(title[1]) if title else "", source=address)

    return _SVG.sub(as_picture, html), pictures


def _draw_all(group: Element, around: Look, paper: _Paper) -> None:
    """Draw what is in a group, one after the other."""
    look = {**around, **group.attrib}
    for element in group:
        if element.tag in _NOT_SHOWN:
            continue
        shapes = element if element.tag == "g" else [element]
        _draw_alike(shapes, {**look, **element.attrib}, paper)


def _draw_alike(shapes: Iterable[Element], look: Look, paper: _Paper) -> None:
    """Draw elements of one look."""
    stream = paper.stream
    with stream.stacked():
        if clip := look.get("clip-path"):
            outlines = map(_outline_of, paper.referred_to(clip))
            stream.stream.append(f"{' '.join(outlines)} W n")
        paint = _taken_up(look, paper)
        for shape in shapes:
            if shape.tag == "text":
                _write(shape, look, paper)
            elif shape.tag == "image":
                _place(shape, stream)
            elif shape.tag == "use":
                outline = _outline_of(paper.referred_to(shape.attrib["href"]))
                x, y = shape.attrib["x"], shape.attrib["y"]
                stream.stream.append(f"q 1 0 0 1 {x} {y} cm {outline} {paint} Q")
            else:
                stream.stream.append(f"{_outline_of(shape)} {paint}")


def _taken_up(look: Look, paper: _Paper) -> str:
    """Take up pen and colour; the operator that paints an outline with them."""
    stream = paper.stream
    fill, stroke = look.get("fill", "#000000"), look.get("stroke", "none")
    if fill.startswith("url("):
        _take_up_pattern(paper.referred_to(fill), paper)
    elif fill != "none":
        stream.set_color_rgb(*_channels(fill))
    stream.set_alpha(float(look.get("fill-opacity", 1)))
    if stroke != "none":
        stream.set_color_rgb(*_channels(stroke), stroke=True)
        stream.set_alpha(float(look.get("stroke-opacity", 1)), stroke=True)
        cap = _CAPS[look.get("stroke-linecap", "butt")]
        join = _JOINS[look.get("stroke-linejoin", "miter")]
        dashes = look.get("stroke-dasharray", "").replace(",", " ")
        dashed = f"[{dashes}] {look.get('stroke-dashoffset', 0)} d"
        stream.stream.append(f"{look.get('stroke-width', 1)} w {cap} J {join} j 4 M {dashed}")
        return "S" if fill == "none" else "B"
    return "n" if fill == "none" else "f"


def _channels(color: str) -> tuple[float, ...]:
    return tuple(int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))


def _take_up_pattern(pattern: Element, paper: _Paper) -> None:
    """Fill with what a pattern shows, again and again."""
    stream, name = paper.stream, pattern.attrib["id"]
    if name not in paper.patterns:
        width, height = float(pattern.attrib["width"]), float(pattern.attrib["height"])
        tile = stream.add_pattern(0, 0, width, height, width, height, stream.ctm)
        _draw_all(pattern, {}, _Paper(tile, paper.fonts, paper.defined))
        paper.patterns[name] = tile.id
    stream.set_color_space("Pattern")
    stream.set_color_special(paper.patterns[name])


def _outline_of(shape: Element) -> str:
    said = shape.attrib
    if shape.tag == "rect":
        corner = f"{said.get('x', 0)} {said.get('y', 0)}"
        return f"{corner} {said['width']} {said['height']} re"
    return _outline(said["d"])


@lru_cache(_MOST_OUTLINES)
def _outline(path_data: str) -> str:
    """An outline as a PDF tells it: points from the corner of the drawing, curves as cubic ones.

    >>> _outline("M1 .5h2v-.25l-1-1z")
    '1.00 0.50 m 3.00 0.50 l 3.00 0.25 l 2.00 -0.75 l h'
    """
    told: list[str] = []
    x, y = begun = 0.0, 0.0
    for letter, listed in _STEP.findall(path_data):
        if letter == "z":
            x, y = begun
            told.append("h")
            continue
        numbers = [float(number) for number in listed.replace("-", " -").split()]
        if letter == "M":
            x, y = begun = (numbers[0], numbers[1])
            told.append(f"{x:.2f} {y:.2f} m")
        elif letter in "hvl":
            x += numbers[0] if letter != "v" else 0
            y += numbers[-1] if letter != "h" else 0
            told.append(f"{x:.2f} {y:.2f} l")
        else:
            ways = zip(numbers[::2], numbers[1::2], strict=True)
            points = [(x + across, y + down) for across, down in ways]
            through = points if letter == "c" else _as_cubic((x, y), *points)
            told.append(" ".join(f"{x:.2f} {y:.2f}" for x, y in through) + " c")
            x, y = points[-1]
    return " ".join(told)


def _as_cubic(begin: _Point, bend: _Point, end: _Point) -> tuple[_Point, _Point, _Point]:
    """The points of the same curve with two bends."""

    def towards_bend(corner: _Point) -> _Point:
        return corner[0] + (bend[0] - corner[0]) * 2 / 3, corner[1] + (bend[1] - corner[1]) * 2 / 3

    return towards_bend(begin), towards_bend(end), end


def _write(text: Element, look: Look, paper: _Paper) -> None:
    """Write a line of text at its place, in words: letters that fit into each other do."""
    from weasyprint.draw.text import draw_first_line
    from weasyprint.matrix import Matrix
    from weasyprint.svg.text import TextBox
    from weasyprint.text.line_break import split_first_line

    words = (text.text or "").strip(" ")
    if not words:
        return
    style = _style(look, paper.fonts)
    layout, _, _, width, *_ = split_first_line(words, style, None, None, 0)
    layout.reactivate(style)
    before = width * _BEFORE[look.get("text-anchor", "start")]
    turned = text.attrib.get("transform", "rotate(0").removeprefix("rotate(").split()
    across, down = cos(radians(float(turned[0]))), sin(radians(float(turned[0])))
    x, y = float(text.attrib["x"]), float(text.attrib["y"])
    place = Matrix(across, down, down, -across, x - before * across, y - before * down)
    paper.stream.begin_text()
    draw_first_line(paper.stream, TextBox(layout, style), "clip", "none", place)
    paper.stream.end_text()


def _style(look: Look, fonts: Any) -> Any:
    """The style of a text, as WeasyPrint has it."""
    from weasyprint.css.properties import INITIAL_VALUES
    from weasyprint.svg.text import Style

    weight = look.get("font-weight", "normal")
    style = Style(
        INITIAL_VALUES,
        font_family=look.get("font-family", "sans-serif").split(", "),
        font_style=look.get("font-style", "normal"),
        font_weight=_WEIGHTS.get(weight) or int(weight),
        font_size=float(look["font-size"]),
    )
    style.font_config = fonts
    return style


def _place(image: Element, stream: Any) -> None:
    """Place a picture of dots."""
    from PIL import Image
    from weasyprint.images import RasterImage

    said = image.attrib
    file = base64.b64decode(said["href"].partition(",")[2])
    picture = RasterImage(Image.open(io.BytesIO(file)), sha256(file).hexdigest(), file)
    width, height = float(said["width"]), float(said["height"])
    with stream.stacked():
        stream.transform(e=float(said["x"]), f=float(said["y"]))
        picture.draw(stream, width, height, {"image_rendering": "auto"})
