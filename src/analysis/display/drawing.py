"""What a figure shows, taken down once: shapes, marks, pictures and lines of text, in points.

A figure of matplotlib draws itself on anything that can draw; here on a :class:`Recorder`.
The page's SVG, the file's and the PNG are then made of what that took down (`inline`, `vector`,
`raster`), and nobody goes through axes, ticks and labels a second time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase, GraphicsContextBase, RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform
from numpy.typing import NDArray

from analysis.display import lettering
from analysis.typefaces import Face

#: Points to an inch, and dots of a picture: twice as many as a screen has.
POINTS, DOTS = 72, 192

#: How a line of text stands to its place, in the words of SVG.
_ANCHORS = {"left": "start", "center": "middle", "right": "end"}

#: Red, green, blue and, maybe, how opaque, from 0 to 1.
Color = Any


@dataclass(frozen=True)
class Shape:
    """A shape: its outline, its pen, and what it is filled with, if anything."""

    pen: GraphicsContextBase
    outline: Path
    fill: Color | None


@dataclass(frozen=True)
class Marks:
    """One shape at several places."""

    pen: GraphicsContextBase
    outline: Path
    places: Sequence[tuple[float, float]]
    fill: Color | None


@dataclass(frozen=True)
class Letters:
    """A line of text.

    Parameters
    ----------
    pen: its colour, and what clips it.
    text: as it was written.
    place: the foot of its first letter.
    face, size: how it is set.
    angle: by which it is turned to the left, in degrees.
    anchor, anchored: which of its ends, or its middle, stands where, for whoever sets it anew.
    """

    pen: GraphicsContextBase
    text: str
    place: tuple[float, float]
    face: Face
    size: float
    angle: float = 0
    anchor: str = "start"
    anchored: tuple[float, float] | None = None


@dataclass(frozen=True)
class Picture:
    """Dots, `DOTS` to an inch, from the lower left corner, the lowest row first."""

    pen: GraphicsContextBase
    place: tuple[float, float]
    dots: NDArray[np.uint8]


Stroke = Shape | Marks | Letters | Picture


class Frame(NamedTuple):
    """A part of the plane, in points; y grows upwards."""

    left: float
    bottom: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """What a figure shows, in the order in which it was drawn, and what of the plane is seen."""

    frame: Frame
    strokes: Sequence[Stroke] = field(default_factory=list)


def figure_to_record(width: float, height: float) -> Figure:
    """An empty figure, in inches, whose layout knows the width of our letters without drawing."""
    # Whoever lays it out moves axes, so that a key of colours may not be a part of one.
    later = PlaceHolderLayoutEngine(adjust_compatible=True, colorbar_gridspec=False)
    figure = Figure(figsize=(width, height), dpi=POINTS, facecolor="none", layout=later)
    _Canvas(figure, Recorder(width * POINTS, height * POINTS))
    return figure


def recorded(figure: Figure) -> Drawing:
    """What a figure shows; it was made by :func:`figure_to_record`."""
    recorder = Recorder(*(figure.get_size_inches() * POINTS))
    figure.draw(recorder)
    return Drawing(Frame(0, 0, recorder.width, recorder.height), recorder.strokes)


class Recorder(RendererBase):
    """Takes down what a figure draws; the protocol is matplotlib's.

    Parameters
    ----------
    width, height: of the figure, in points.
    """

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height
        self.strokes: list[Stroke] = []

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Size of the figure, in points."""
        return self.width, self.height

    def flipy(self) -> bool:
        """Whether y grows downwards: it does not."""
        return False

    def get_image_magnification(self) -> float:
        """So many dots of a picture are to a point."""
        return DOTS / POINTS

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: object
    ) -> tuple[float, float, float]:
        """Width, height and depth under the line, of the ink of a line of text."""
        line, size = lettering.set_in(s, lettering.face_of(prop)), prop.get_size_in_points()
        return line.width * size, (line.top - line.bottom) * size, -line.bottom * size

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float]:
        """What matplotlib would look up in the file of the typeface for each text anew."""
        size = prop.get_size_in_points()
        above, under, between = lettering.height(lettering.face_of(prop))
        return above * size, under * size, between * size

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Color | None = None,
    ) -> None:
        """Take down a shape."""
        self.strokes.append(Shape(copy(gc), transform.transform_path(path), rgbFace))

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace: Color | None = None,
    ) -> None:
        """Take down one shape at several places."""
        corners = path.iter_segments(trans, simplify=False)
        places = [(float(x), float(y)) for *_, x, y in (points for points, _ in corners)]
        outline = marker_trans.transform_path(marker_path)
        self.strokes.append(Marks(copy(gc), outline, places, rgbFace))

    def draw_path_collection(
        self,
        gc: GraphicsContextBase,
        master_transform: Transform,
        paths: Sequence[Path],
        all_transforms: Any,
        offsets: Any,
        offset_trans: Transform,
        *looks: Any,
        **options: Any,
    ) -> None:
        """Take down many shapes: one at several places as marks."""
        base: Any = self  # what matplotlib keeps for those who make renderers
        outlines = [
            transform.transform_path(path)
            for path, transform in base._iter_collection_raw_paths(
                master_transform, paths, all_transforms
            )
        ]
        for x, y, outline, pen, fill in base._iter_collection(
            gc, outlines, offsets, offset_trans, *looks, **{"hatchcolors": []} | options
        ):
            if len(offsets) > len(outlines):
                self.strokes.append(Marks(copy(pen), outline, [(float(x), float(y))], fill))
            else:
                self.draw_path(pen, outline, Affine2D().translate(x, y), fill)

    def draw_gouraud_triangles(
        self,
        gc: GraphicsContextBase,
        triangles_array: Any,
        colors_array: Any,
        transform: Transform,
    ) -> None:
        """Take down triangles that go from colour to colour, each in the middle one."""
        gc.set_linewidth(0)
        for corners, colors in zip(triangles_array, colors_array, strict=True):
            self.draw_path(gc, Path(corners, closed=False), transform, colors.mean(axis=0))

    def draw_image(
        self, gc: GraphicsContextBase, x: float, y: float, im: Any, transform: object = None
    ) -> None:
        """Take down a picture."""
        self.strokes.append(Picture(copy(gc), (float(x), float(y)), np.array(im)))

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: object = False,
        mtext: Text | None = None,
    ) -> None:
        """Take down a line of text, and, if it is the only one, by which end it stands."""
        stands: dict[str, Any] = {}
        if mtext is not None and (angle == 0 or mtext.get_rotation_mode() == "anchor"):
            stands = {
                "anchor": _ANCHORS[mtext.get_horizontalalignment()],
                "anchored": _on_the_line(mtext, (x, y), angle),
            }
        pen = copy(gc)
        pen.set_linewidth(0)
        face, size = lettering.face_of(prop), prop.get_size_in_points()
        place = (float(x), float(y))
        self.strokes.append(Letters(pen, s, place, face, size, float(angle), **stands))


class _Canvas(FigureCanvasBase):
    """Where a figure looks for whoever can tell it the size of its letters."""

    def __init__(self, figure: Figure, knowing: Recorder) -> None:
        super().__init__(figure)
        self._knowing = knowing

    def draw(self) -> None:
        """Draw nothing yet, for whoever asks while the figure is being made, as seaborn does."""
        self.figure.stale = False

    def get_renderer(self) -> Recorder:
        """Return one on which nothing is drawn."""
        return self._knowing


def _on_the_line(text: Text, foot: tuple[float, float], angle: float) -> tuple[float, float]:
    """Where a text is anchored, moved onto the foot of its letters."""
    x, y = map(float, text.get_transform().transform(text.get_unitless_position()))
    across, up = -math.sin(math.radians(angle)), math.cos(math.radians(angle))
    lift = across * (foot[0] - x) + up * (foot[1] - y)
    return x + lift * across, y + lift * up
