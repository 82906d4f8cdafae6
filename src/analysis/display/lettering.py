"""How wide a text is in the house's typeface, and its outlines: HarfBuzz, each text once a process.

matplotlib sets every label anew for each drawing of a figure and each pass of its layout, at a
hundred times the cost: a third of what a figure took.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import uharfbuzz as hb
from fontTools.pens.recordingPen import RecordingPen
from matplotlib.font_manager import FontProperties, weight_dict
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

from analysis.typefaces import STATIC_FACES, Face, static_faces

#: The steps of an outline, as fontTools names them and matplotlib numbers them.
_CODES: dict[str, Any] = {"moveTo": Path.MOVETO, "lineTo": Path.LINETO, "qCurveTo": Path.CURVE3,
          "curveTo": Path.CURVE4, "closePath": Path.CLOSEPOLY}  # fmt: skip

_NOTHING = np.empty((0, 2))

#: So many texts stay in memory, with where their letters stand.
_MOST_TEXTS = 4096


class Line(NamedTuple):
    """A line of text as it is set; lengths in ems.

    Parameters
    ----------
    glyphs: of each letter, by its number in the face.
    places: of each, how far to the right and up it stands.
    width: of the line.
    top, bottom: of its ink, over and under the foot of the letters.
    """

    glyphs: tuple[int, ...]
    places: NDArray[np.float64]
    width: float
    top: float
    bottom: float


class Height(NamedTuple):
    """What a face asks for above and under the foot of its letters, and between lines; in ems."""

    above: float
    under: float
    between: float


def face_of(font: FontProperties) -> Face:
    """The face of ours that is nearest to what matplotlib asks for.

    >>> face_of(FontProperties(weight="bold"))
    (700, 'normal')
    """
    weight = font.get_weight()
    number = weight if isinstance(weight, int) else weight_dict[weight]
    return _nearest(number, "normal" if font.get_style() == "normal" else "italic")


@cache
def _nearest(weight: int, style: str) -> Face:
    ours = [face for face in STATIC_FACES if face[1] == style]
    return min(ours, key=lambda face: abs(face[0] - weight))


@lru_cache(_MOST_TEXTS)
def set_in(text: str, face: Face) -> Line:
    """A line of text, set in a face.

    >>> round(set_in("29 Jan", (400, "normal")).width, 2)
    2.98
    """
    font = _font(face)
    letters = hb.Buffer()
    letters.add_str(text)
    letters.guess_segment_properties()
    hb.shape(font, letters)
    glyphs = tuple(info.codepoint for info in letters.glyph_infos)
    places, across, up = [], 0, 0
    for one in letters.glyph_positions or ():  # there are none of an empty text
        places.append((across + one.x_offset, up + one.y_offset))
        across, up = across + one.x_advance, up + one.y_advance
    extents = [box for box in map(font.get_glyph_extents, set(glyphs)) if box and box.height]
    return Line(
        glyphs,
        np.array(places, dtype=float).reshape(-1, 2) / _em(face),
        across / _em(face),
        max((box.y_bearing for box in extents), default=0) / _em(face),
        min((box.y_bearing + box.height for box in extents), default=0) / _em(face),
    )


@cache
def height(face: Face) -> Height:
    """Height of the lines of a face."""
    extents = _font(face).get_font_extents("ltr")
    em = _em(face)
    return Height(extents.ascender / em, -extents.descender / em, extents.line_gap / em)


@cache
def outline(glyph: int, face: Face) -> Path:
    """The outline of a letter, in ems; without points where it has none, as a space."""
    pen = RecordingPen()
    _font(face).draw_glyph_with_pen(glyph, pen)
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    for step, through in pen.value:
        points += through or [(0, 0)]
        codes += [_CODES[step]] * (len(through) or 1)
    return _path(np.array(points, dtype=float).reshape(-1, 2) / _em(face), codes)


@lru_cache(_MOST_TEXTS)
def outlines(text: str, face: Face) -> Path:
    """The outlines of a line of text as one shape, in ems, from the foot of its first letter."""
    line = set_in(text, face)
    letters = [outline(glyph, face) for glyph in line.glyphs]
    points = np.concatenate([_NOTHING, *(letter.vertices for letter in letters)])
    codes = np.concatenate([_NOTHING[:, 0], *(letter.codes for letter in letters)])
    places = np.repeat(line.places, [len(letter) for letter in letters], axis=0)
    return _path(points + places, codes)


def _path(points: NDArray[np.float64], codes: ArrayLike) -> Path:
    return Path(points, np.asarray(codes, dtype=Path.code_type))


@cache
def _font(face: Face) -> Any:
    return hb.Font(hb.Face(hb.Blob.from_file_path(str(static_faces()[face]))))


@cache
def _em(face: Face) -> int:
    """So many units of a face are an em."""
    return int(_font(face).face.upem)
