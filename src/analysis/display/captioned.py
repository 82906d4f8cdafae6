"""A drawing with its caption around it, as it goes about by itself."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import pandas as pd
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from analysis.display import lettering, words
from analysis.display.drawing import POINTS, Drawing, Frame, Letters, Shape, Stroke
from analysis.typefaces import Face

PLAIN, SEMIBOLD, BOLD = (400, "normal"), (600, "normal"), (700, "normal")
INK, GREY = "#1a1a1a", "#565d66"

#: Margin around a drawing, and the height of a line beside it.
MARGIN, LINE = 0.12 * POINTS, 0.155 * POINTS

#: The colours of the Traffic Light Protocol 2.0, on black; any other marking is white.
MARKINGS = {"TLP:GREEN": "#33ff00", "TLP:RED": "#ff2b2b"}
AMBER, WHITE, BLACK = "#ffc000", "#ffffff", "#000000"


@dataclass(frozen=True)
class Caption:
    """What stands around a figure, as plain text.

    Parameters
    ----------
    finding, subtitle, source: its title, what is drawn in which unit, where the data come from.
    report: title of the report.
    as_of: the day up to which it knows things.
    marking: who may read it.
    """

    finding: str
    subtitle: str
    source: str
    report: str
    as_of: pd.Timestamp
    marking: str

    @property
    def dateline(self) -> str:
        """Report and day in one line."""
        return f"{self.report}. As of {words.day(self.as_of)}."


def captioned(drawing: Drawing, caption: Caption) -> Drawing:
    """A drawing with its caption around it, and a margin around both."""
    width, height = drawing.frame.width, drawing.frame.height
    titles = [(line, BOLD, 10.0, INK) for line in _lines(caption.finding, 92)]
    titles += [(line, PLAIN, 8.5, GREY) for line in _lines(caption.subtitle, 122)]
    top = height + MARGIN + LINE * len(titles)
    above = [
        _text(
            line, (0, top - LINE * place - lettering.height(face).above * size), face, size, color
        )
        for place, (line, face, size, color) in enumerate(titles)
    ]
    notes = [*_lines(caption.source, 125), *_lines(caption.dateline, 100)]
    below = [
        _text(line, (0, -MARGIN / 2 - LINE * place), PLAIN, 7.5, GREY)
        for place, line in enumerate(notes, start=1)
    ]
    bottom = -MARGIN / 2 - LINE * len(notes)
    marked = _marking(caption.marking, (width, bottom)) if caption.marking else []
    frame = Frame(-MARGIN, bottom - MARGIN, width + 2 * MARGIN, top - bottom + 2 * MARGIN)
    return Drawing(frame, [*drawing.strokes, *above, *below, *marked])


def _text(text: str, place: tuple[float, float], face: Face, size: float, color: str) -> Letters:
    return Letters(_pen(color), text, place, face, size)


def _pen(color: str) -> GraphicsContextBase:
    """A pen that fills, and draws no line around it."""
    pen = GraphicsContextBase()
    pen.set_foreground(color)
    pen.set_linewidth(0)
    return pen


def _marking(marking: str, corner: tuple[float, float]) -> list[Stroke]:
    """Who may read it, on black, up to the right edge."""
    amber = AMBER if marking.startswith("TLP:AMBER") else WHITE
    line = lettering.set_in(marking, SEMIBOLD)
    pad, size = 2.0, 9.0
    right, foot = corner[0] - 1.5, corner[1]
    left = right - line.width * size
    above, under, _ = lettering.height(SEMIBOLD)
    low, high = foot - pad - under * size, foot + pad + above * size
    box = Path.unit_rectangle().transformed(
        Affine2D().scale(right - left + 2 * pad, high - low).translate(left - pad, low)
    )
    color = MARKINGS.get(marking, amber)
    return [
        Shape(_pen(BLACK), box, (0.0, 0.0, 0.0)),
        _text(marking, (left, foot), SEMIBOLD, size, color),
    ]


def _lines(text: str, letters: int) -> list[str]:
    return textwrap.wrap(text, letters)
