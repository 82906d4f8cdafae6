"""Numbers and outlines as SVG writes them, as short as can be: path data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from matplotlib.path import Path

_LEADING_ZERO = re.compile(r"(?<!\d)0(?=\.)")

#: The letter and the number of points of each code of an outline, and the code that ends one: as
#: Python's own numbers, which are found many times faster than NumPy's.
_STEPS: dict[int, tuple[str, int]] = {
    int(Path.MOVETO): ("M", 1),
    int(Path.LINETO): ("l", 1),
    int(Path.CURVE3): ("q", 2),
    int(Path.CURVE4): ("c", 3),
    int(Path.CLOSEPOLY): ("z", 1),
}
_STOP = int(Path.STOP)


def short(number: float) -> str:
    """A number with up to two decimals, as short as SVG has it.

    >>> short(-0.25), short(100), short(-0.001)
    ('-.25', '100', '0')
    """
    return _LEADING_ZERO.sub("", f"{round(float(number), 2) + 0:g}")


def path_data(outline: Path, to_a_point: int) -> str:
    """An outline in whole steps, each point told from the one before.

    >>> path_data(Path([[0, 180], [266.44, 180], [266.44, 0.5], [0, 180]], closed=True), 10)
    'M0 180h266.4v-179.5z'
    >>> path_data(Path([[0, 0], [0.5, -3]]), 10)
    'M0 0l.5-3'
    """
    points = np.rint(np.asarray(outline.vertices) * to_a_point).astype(int).tolist()
    begun_and_drawn_on = [int(Path.MOVETO)] + [int(Path.LINETO)] * (len(points) - 1)
    codes = begun_and_drawn_on if outline.codes is None else np.asarray(outline.codes).tolist()
    written: list[str] = []
    here = start = [0, 0]
    place = 0
    while place < len(codes) and codes[place] != _STOP:
        letter, number = _STEPS[codes[place]]
        through = points[place : place + number]
        place += number
        if letter == "z":
            if here == start and written[-1][0] in "hvl":
                written.pop()  # matplotlib goes back to where it began before it closes
            written.append("z")
            here = start
        elif letter == "M":
            here = start = through[0]
            written.append(f"M{_numbers(here, to_a_point)}")
        elif move := _move(letter, here, through, to_a_point):
            written.append(move)
            here = through[-1]
    return "".join(written).replace(" -", "-")


def _move(letter: str, here: list[int], points: Sequence[list[int]], to_a_point: int) -> str:
    """A line or a curve from here through points; nothing where that is no way at all."""
    x, y = here
    if letter == "l":
        ((across, up),) = points
        return _line(across - x, up - y, to_a_point)
    ways = [way for across, up in points for way in (across - x, up - y)]
    return f"{letter}{_numbers(ways, to_a_point)}" if any(ways) else ""


def _line(across: int, up: int, to_a_point: int) -> str:
    if across and up:
        return f"l{_number(across, to_a_point)} {_number(up, to_a_point)}"
    if across:
        return f"h{_number(across, to_a_point)}"
    return f"v{_number(up, to_a_point)}" if up else ""


def _numbers(values: Iterable[int], to_a_point: int) -> str:
    return " ".join([_number(value, to_a_point) for value in values])


@cache
def _number(value: int, to_a_point: int) -> str:
    """A number of steps: of an outline nearly all are short, and the same again and again."""
    return _LEADING_ZERO.sub("", f"{value / to_a_point:g}")
