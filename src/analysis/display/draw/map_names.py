"""The names on the map: of countries where they have room, of sites where they cover nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes

from analysis.display import words
from analysis.display.plot import INK
from analysis.record.codebook import country

LAND, QUIET = "#f7f6f2", "#70706b"

#: What keeps borders off a name.
BACKDROP = {"facecolor": LAND, "edgecolor": "none", "pad": 0.5, "alpha": 0.75}

#: A country is named where a circle of so many degrees, as a share of the map's height, fits in.
ROOM_FOR_NAME = 0.055

#: So many sites are named on the map, among them first so many of those attacked last.
MOST_NAMED, MOST_NEWEST = 8, 5

#: How far a name stands from its circle, in points.
GAP = 1.4

#: Left, bottom, right and top, in points.
Box = tuple[float, float, float, float]

#: A country's code, if it has one, and its land.
Land = tuple[str | None, shapely.Geometry]


def _named(sites: pd.DataFrame) -> list[int]:
    """The rows that the map names: where attacks were newest in the window, then the busiest."""
    in_window = np.flatnonzero(sites["window"] > 0)
    ago = -sites["latest"].to_numpy().astype(int)[in_window]
    newest = in_window[np.argsort(ago, kind="stable")].tolist()
    return list(dict.fromkeys([*newest[:MOST_NEWEST], *range(len(sites))]))[:MOST_NAMED]


def name_sites(axes: Axes, sites: pd.DataFrame) -> list[Box]:
    """Write the names of sites where they cover neither a circle nor another name.

    Parameters
    ----------
    axes: the map, as it is laid out.
    sites: `site`, `lon`, `lat`, `area` of its circle in square points, `window`, `latest`; the
        busiest first.

    Returns
    -------
    list of Box
        What the circles and the names cover.
    """
    centres = axes.transData.transform(sites[["lon", "lat"]].to_numpy())
    radii = np.sqrt(sites["area"] / np.pi).to_numpy()
    taken = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(centres, radii, strict=True)]
    inside = axes.get_window_extent()
    names = list(sites["site"])
    for row in _named(sites):
        x, y = centres[row]
        label = axes.text(0, 0, words.short_site(names[row]), color=INK)
        size = label.get_window_extent()
        for place in _places(x, y, radii[row] + GAP, size.width, size.height):
            within = inside.x0 < place[0] and place[2] < inside.x1 and inside.y0 < place[1]
            if within and not any(_overlap(place, other) for other in taken):
                taken.append(place)
                label.set(position=axes.transData.inverted().transform(place[:2]), bbox=BACKDROP)
                break
        else:
            label.remove()
    return taken


def name_countries(axes: Axes, seen: Sequence[Land], taken: Sequence[Box], size: float) -> None:
    """Write the names of countries where they have most room, clear of sites and their names.

    Parameters
    ----------
    axes: the map, as it is laid out.
    seen: the countries on it.
    taken: what circles and names of sites cover.
    size: of the letters, in points.
    """
    to_map = axes.transData.inverted().transform
    covered = shapely.union_all(
        [shapely.box(*to_map(place[:2]), *to_map(place[2:])) for place in taken]
    )
    inside = axes.get_window_extent()
    south, north = axes.get_ylim()
    height = north - south
    for code, area in seen:
        free = area.difference(covered)
        if free.is_empty or not isinstance(code, str):
            continue
        room = shapely.maximum_inscribed_circle(free, tolerance=height / 200)
        if room.length < ROOM_FOR_NAME * height:
            continue
        x, y = room.coords[0]
        name = country(code).removeprefix("the ").upper()
        label = axes.text(
            x, y, name, color=QUIET, fontsize=size, ha="center", va="center", zorder=1
        )
        box = label.get_window_extent()
        covers = any(_overlap((box.x0, box.y0, box.x1, box.y1), place) for place in taken)
        if covers or box.x0 < inside.x0 or box.x1 > inside.x1:
            label.remove()
        else:
            label.set_bbox(BACKDROP)


def _places(x: float, y: float, away: float, width: float, height: float) -> list[Box]:
    """Where a label may stand: right, left, above, below and at the corners of a circle."""
    middle, near = y - height / 2, away * 0.7
    corners = [
        (x + away, middle),
        (x - away - width, middle),
        (x - width / 2, y + away),
        (x - width / 2, y - away - height),
        (x + near, y + near),
        (x + near, y - near - height),
        (x - near - width, y + near),
        (x - near - width, y - near - height),
    ]
    return [(left, bottom, left + width, bottom + height) for left, bottom in corners]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
