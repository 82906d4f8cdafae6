"""A drawing as a picture of dots, by matplotlib's own Agg."""

from __future__ import annotations

import math
from copy import copy
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, TransformedPath
from numpy.typing import NDArray

from analysis.display import lettering
from analysis.display.drawing import DOTS, POINTS, Drawing, Letters, Marks, Shape, Stroke


def raster(drawing: Drawing) -> NDArray[np.uint8]:
    """Return what a drawing shows, on white, with `DOTS` to an inch: rows of red, green, blue."""
    left, bottom, width, height = drawing.frame
    scale = DOTS / POINTS
    onto = Affine2D().translate(-left, -bottom).scale(scale)
    agg: Any = RendererAgg(math.ceil(width * scale), math.ceil(height * scale), DOTS)
    dots = np.asarray(agg.buffer_rgba())
    dots[:] = 255
    for stroke in drawing.strokes:
        _draw(agg, stroke, onto)
    return dots[..., :3]


def _draw(agg: Any, stroke: Stroke, onto: Affine2D) -> None:
    pen = _pen(stroke.pen, onto)
    if isinstance(stroke, Shape):
        agg.draw_path(pen, stroke.outline, onto, stroke.fill)
    elif isinstance(stroke, Marks):
        size = Affine2D().scale(onto.get_matrix()[0, 0])
        agg.draw_markers(pen, stroke.outline, size, Path(stroke.places), onto, stroke.fill)
    elif isinstance(stroke, Letters):
        x, y = stroke.place
        there = Affine2D().scale(stroke.size).rotate_deg(stroke.angle).translate(x, y) + onto
        outlines = lettering.outlines(stroke.text, stroke.face)
        agg.draw_path(pen, outlines, there, pen.get_rgb())
    else:
        agg.draw_image(pen, *onto.transform(stroke.place), stroke.dots)


def _pen(pen: Any, onto: Affine2D) -> Any:
    """A pen that stops where another does; how broad it draws, Agg knows by itself."""
    box, (path, there) = pen.get_clip_rectangle(), pen.get_clip_path()
    if box is None and path is None:
        return pen
    moved = copy(pen)
    if box is not None:
        moved.set_clip_rectangle(Bbox(onto.transform(box.get_points())))
    if path is not None:
        moved.set_clip_path(TransformedPath(path, there + onto))
    return moved
