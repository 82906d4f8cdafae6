"""A drawing as SVG, as small as it can be: what it shows, and nothing that runs or fetches.

Outlines are in tenths of a point, each point told from the one before; what neighbours share
stands on a group of them; ids begin with a name that no other drawing of a page has. Text is
text, in the page's own typeface, or outlines of letters where a file has to stand alone.
"""

from __future__ import annotations

import base64
import io
import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from markupsafe import Markup, escape
from matplotlib.colors import to_hex
from matplotlib.transforms import Affine2D
from PIL import Image

from analysis.display import lettering
from analysis.display.drawing import (
    DOTS,
    POINTS,
    Color,
    Drawing,
    Frame,
    Letters,
    Marks,
    Picture,
    Shape,
    Stroke,
)
from analysis.display.path_data import path_data, short
from analysis.typefaces import Face

#: What nearly every text has; it stands on the root.
FONT_SIZE = 8.5

#: Steps of a coordinate in a point: an outline needs no finer one, a marker of a few points does.
_OUTLINE, _MARKER = 10, 100

#: Steps of a coordinate in an em, and how a letter's outline is told in it.
_EM = 1000

#: A mark of so few corners is drawn where it stands: to refer to it costs more.
_FEW = 5

_CAPS = {"projecting": "square"}

#: The attributes that an element shares with its like, and the rest of it as markup.
Piece = tuple[tuple[tuple[str, str], ...], str]


@dataclass
class Definitions:
    """What the elements of a drawing refer to, each once.

    Parameters
    ----------
    name: their ids begin with it.
    frame: what is seen of the plane.
    ids: by what defines them.
    """

    name: str
    frame: Frame
    ids: dict[object, str] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)

    def of(self, what: object, markup: Callable[[str], str]) -> str:
        """The id of a thing, which is written where it is new."""
        if what not in self.ids:
            self.ids[what] = id_ = f"{self.name}-{len(self.ids) + 1}"
            self.written.append(markup(id_))
        return self.ids[what]

    @cached_property
    def flipped(self) -> Affine2D:
        """From points in which y grows upwards to those of SVG."""
        left, bottom, _, height = self.frame
        return Affine2D().translate(-left, -bottom - height).scale(1, -1)

    def at(self, place: tuple[float, float]) -> tuple[float, float]:
        """A place in the points of SVG."""
        left, bottom, _, height = self.frame
        return place[0] - left, bottom + height - place[1]


def elements(drawing: Drawing, name: str, as_outlines: bool = False) -> Markup:
    """What is in the `<svg>` of a drawing; its view is `0 0 width height` of the frame.

    Parameters
    ----------
    drawing: what to show.
    name: the ids begin with it; no other drawing of the page may have it.
    as_outlines: whether letters are outlines, for whoever has not our typeface.
    """
    told = Definitions(name, drawing.frame)
    letters = _letters_as_outlines if as_outlines else _letters
    shown = _grouped(
        piece for stroke in drawing.strokes for piece in _pieces(stroke, told, letters)
    )
    defined = f"<defs>{''.join(told.written)}</defs>" if told.written else ""
    return Markup(defined + shown)


def _pieces(
    stroke: Stroke, told: Definitions, letters: Callable[[Letters, Definitions], Piece]
) -> Iterator[Piece]:
    if isinstance(stroke, Shape):
        yield from _shape(stroke, told)
    elif isinstance(stroke, Marks):
        yield from _marks(stroke, told)
    elif isinstance(stroke, Letters):
        yield letters(stroke, told)
    else:
        yield _picture(stroke, told)


def _grouped(pieces: Iterable[Piece]) -> str:
    """Neighbours that share their attributes in one group."""
    written = []
    for shared, like in groupby(pieces, itemgetter(0)):
        inner = "".join(piece for _, piece in like)
        written.append(f"<g{_attributes(shared)}>{inner}</g>" if shared else inner)
    return "".join(written)


def _attributes(said: Iterable[tuple[str, str]]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in said)


def _shape(shape: Shape, told: Definitions) -> Iterator[Piece]:
    pen = shape.pen
    is_line = shape.fill is None and not pen.get_hatch()
    if is_line and not pen.get_linewidth():
        return  # the ground of a figure or of its axes
    outline = shape.outline.cleaned(
        told.flipped,
        remove_nans=True,
        clip=(0, 0, told.frame.width, told.frame.height) if is_line else None,
        simplify=is_line and shape.outline.should_simplify,
        curves=True,
        sketch=pen.get_sketch_params(),
    )
    look = _said(_look(pen, shape.fill, told))
    yield look, f'<path d="{path_data(outline, _OUTLINE)}"/>'


def _marks(marks: Marks, told: Definitions) -> Iterator[Piece]:
    if marks.fill is None and not marks.pen.get_linewidth():
        return
    look = _said(_look(marks.pen, marks.fill, told))
    outline = marks.outline.transformed(Affine2D().scale(1, -1))
    places = [told.at(place) for place in marks.places]
    if np.shape(outline.vertices)[0] <= _FEW:
        for place in places:
            there = outline.transformed(Affine2D().translate(*place))
            yield look, f'<path d="{path_data(there, _MARKER)}"/>'
        return
    drawn = path_data(outline, _MARKER)
    id_ = told.of(("mark", drawn), lambda id_: f'<path id="{id_}" d="{drawn}"/>')
    for x, y in places:
        yield look, f'<use x="{short(x)}" y="{short(y)}" href="#{id_}"/>'


def _letters(letters: Letters, told: Definitions) -> Piece:
    x, y = map(short, told.at(letters.anchored or letters.place))
    turned = f' transform="rotate({short(-letters.angle)} {x} {y})"' if letters.angle else ""
    weight, style = letters.face
    look = {
        **_look(letters.pen, letters.pen.get_rgb(), told),
        "font-size": "" if letters.size == FONT_SIZE else short(letters.size),
        "font-weight": "" if weight == 400 else str(weight),
        "font-style": "" if style == "normal" else style,
        "text-anchor": "" if letters.anchor == "start" else letters.anchor,
    }
    return _said(look), f'<text x="{x}" y="{y}"{turned}>{escape(letters.text)}</text>'


def _letters_as_outlines(letters: Letters, told: Definitions) -> Piece:
    x, y = map(short, told.at(letters.place))
    line = lettering.set_in(letters.text, letters.face)
    used = []
    for glyph, (across, up) in zip(line.glyphs, line.places, strict=True):
        if outline := _letter(glyph, letters.face):
            id_ = told.of((glyph, letters.face), outline.format)
            lifted = f' y="{-up * _EM:.0f}"' if up else ""
            used.append(f'<use x="{across * _EM:.0f}"{lifted} href="#{id_}"/>')
    turned = f" rotate({short(-letters.angle)})" if letters.angle else ""
    scaled = f"{letters.size / _EM:g}"
    moved = f'<g transform="translate({x} {y}){turned} scale({scaled})">{"".join(used)}</g>'
    return _said(_look(letters.pen, letters.pen.get_rgb(), told)), moved


def know_letters() -> None:
    """Outline the letters of nearly all files, 0.01 s, for processes that are forked hereafter."""
    for face in ((400, "normal"), (700, "normal")):
        for glyph in lettering.set_in(string.printable, face).glyphs:
            _letter(glyph, face)


@cache
def _letter(glyph: int, face: Face) -> str:
    """The outline of a letter, with a place for its id; empty where it has none."""
    outline = path_data(lettering.outline(glyph, face).transformed(Affine2D().scale(_EM, -_EM)), 1)
    return f'<path id="{{}}" d="{outline}"/>' if outline else ""


def _picture(picture: Picture, told: Definitions) -> Piece:
    height, width = (side * POINTS / DOTS for side in picture.dots.shape[:2])
    left, foot = told.at(picture.place)
    file = io.BytesIO()
    Image.fromarray(picture.dots[::-1]).save(file, "png")
    data = base64.b64encode(file.getvalue()).decode()
    where = _box(left, foot - height, width, height)
    clip = _said({"clip-path": _clip(picture.pen, told)})
    return clip, f'<image{where} href="data:image/png;base64,{data}"/>'


@lru_cache(256)
def _box(x: float, y: float, width: float, height: float) -> str:
    sides = {"x": x, "y": y, "width": width, "height": height}
    return _attributes((name, short(side)) for name, side in sides.items())


def _look(pen: Any, fill: Color | None, told: Definitions) -> dict[str, str]:
    """How a shape is filled, drawn and clipped, as attributes that can stand on a group."""
    opacity = pen.get_alpha() if pen.get_forced_alpha() else None
    said = {"fill": "none" if fill is None else _hex(*fill[:3])}
    if fill is not None:
        said["fill-opacity"] = _opacity(fill, opacity)
    if pen.get_hatch():
        said["fill"] = f"url(#{_hatch(pen, fill, told)})"
    if width := pen.get_linewidth():
        offset, dashes = pen.get_dashes()
        said |= {
            "stroke": _hex(*pen.get_rgb()[:3]),
            "stroke-width": "" if width == 1 else short(width),
            "stroke-opacity": _opacity(pen.get_rgb(), opacity),
            "stroke-linecap": "" if (cap := pen.get_capstyle()) == "butt" else _CAPS.get(cap, cap),
            "stroke-linejoin": "" if (join := pen.get_joinstyle()) == "round" else join,
            "stroke-dasharray": ",".join(map(short, dashes or ())),
            "stroke-dashoffset": short(offset) if dashes and offset else "",
        }
    if said["fill"] == "#000000":
        del said["fill"]
    return {**said, "clip-path": _clip(pen, told)}


@lru_cache(1024)
def _hex(red: float, green: float, blue: float) -> str:
    return to_hex((red, green, blue))


def _opacity(color: Color, forced: float | None) -> str:
    opacity = forced if forced is not None else color[3] if len(color) > 3 else 1
    return "" if opacity == 1 else short(opacity)


def _clip(pen: Any, told: Definitions) -> str:
    """What a pen may not draw beyond, as a reference; empty for none."""
    path, moved = pen.get_clip_path()
    if path is not None:
        drawn = f'<path d="{path_data(path.transformed(moved + told.flipped), _MARKER)}"/>'
    elif (box := pen.get_clip_rectangle()) is not None:
        x, y, width, height = box.bounds
        left, top = told.at((x, y + height))
        drawn = f"<rect{_box(left, top, width, height)}/>"
    else:
        return ""
    markup = lambda id_: f'<clipPath id="{id_}">{drawn}</clipPath>'  # noqa: E731
    return f"url(#{told.of(('clip', drawn), markup)})"


def _hatch(pen: Any, fill: Color | None, told: Definitions) -> str:
    """The id of a pattern of lines, an inch wide and high."""
    inch = Affine2D().scale(POINTS, -POINTS).translate(0, POINTS)
    drawn = path_data(pen.get_hatch_path().transformed(inch), _MARKER)
    color, width = _hex(*pen.get_hatch_color()[:3]), short(pen.get_hatch_linewidth())
    ground = "none" if fill is None else _hex(*fill[:3])
    return told.of(
        ("hatch", drawn, color, width, ground),
        lambda id_: (
            f'<pattern id="{id_}" width="{POINTS}" height="{POINTS}" '
            f'patternUnits="userSpaceOnUse"><rect width="{POINTS + 1}" height="{POINTS + 1}" '
            f'fill="{ground}"/><path d="{drawn}" fill="{color}" stroke="{color}" '
            f'stroke-width="{width}" stroke-linecap="butt" stroke-linejoin="miter"/></pattern>'
        ),
    )


def _said(look: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in look.items() if value)
