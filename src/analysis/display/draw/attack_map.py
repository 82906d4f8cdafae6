"""The map: where the campaign's targets were attacked, with a ranking beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.checkout import COUNTRIES
from analysis.display import words
from analysis.display.draw.history import source
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.places import busiest
from analysis.display.plot import ACCENT, GREY, INK, LEVEL_COLORS, plot
from analysis.measures.attacks import by_site, countries_hit, in_window
from analysis.record.coastlines import COVERED
from analysis.record.codebook import country
from analysis.record.wording import joined, where

#: Degrees around the sites, as a share of their span and at least.
MARGIN, LEAST_MARGIN = 0.12, 1.3

#: A country is named where a circle of so many degrees, as a share of the map's height, fits in.
ROOM_FOR_NAME = 0.055

LAND, SEA = "#f7f6f2", "#dfe8ef"

MOST_RANKED = 8
MOST_NAMED = 7

#: Width ÷ height of the map, on a page and on a phone.
ASPECTS = {False: 1.5, True: 1.2}

#: More circles than these would hide each other and the land.
MOST_ON_MAP = 200

#: Circles grow with the number of attacks up to this one; with more, all shrink alike.
LARGEST_CIRCLE = 100


@figure
def attack_map(page: Page) -> Fragment:
    """Sites by number of attacks, since the start and in the window, and a ranking."""
    held = page.recorded
    if held.empty:
        return NOTHING
    sites = by_site(held, in_window(held, page.as_of, page.window_days))
    on_map = _on_map(sites)
    if on_map.empty:
        return NOTHING

    def draw(figure: Figure, narrow: bool) -> Callable[[], None]:
        parts: Any = (
            figure.subfigures(2, 1, height_ratios=(1.35, 1))
            if narrow
            else figure.subfigures(1, 2, width_ratios=(1.6, 1))
        )
        axes = parts[0].subplots()
        _map(axes, on_map, page.days, page.words["since"], ASPECTS[narrow])
        _ranking(parts[1].subplots(), sites.head(MOST_RANKED))
        return partial(_name_sites, axes, on_map.head(MOST_NAMED), figure.dpi)

    return plot(
        "attack-map",
        draw,
        _finding(page),
        f"Recorded attacks on {page.words['forces']} by {page.words['site'].partition('|')[0]} "
        f"{page.words['since']}",
        Markup("{}{} Land and borders: Natural Earth.").format(source(page), _not_on_map(sites)),
        page.sentence(
            f"map of {{sites_attacked:{page.words['site']}}} {{there}} with circles by number of "
            "attacks, and a ranking; the most in one place: {busiest_site_attacks:digits}.",
            there=where(countries_hit(held)),
        ),
        (2.75, 5.0),
    )


def _finding(page: Page) -> Markup:
    if page.count("busiest_site_attacks") == 1:
        return page.sentence(
            f"{{sites_attacked:{page.words['site']}}} with attacks, none with more than one"
        )
    tied = page.count("busiest_sites_tied") > 1
    if page.campaign.at_sea:
        return page.sentence(
            "most attacks on ships were in {busiest}, {busiest_site_attacks}{each}",
            busiest=busiest(page),
            each=" each" if tied else "",
        )
    return page.sentence(
        "{busiest} {was} attacked most often, {busiest_site_attacks} times{each}",
        busiest=busiest(page),
        was="were" if tied else "was",
        each=" each" if tied else "",
    )


def _on_map(sites: pd.DataFrame) -> pd.DataFrame:
    """The sites whose place is known, those with most attacks, and the area of their circles."""
    west, south, east, north = COVERED
    inside = sites["lat"].between(south, north) & sites["lon"].between(west, east)
    placed = sites[inside].head(MOST_ON_MAP)
    scale = min(1.0, LARGEST_CIRCLE / placed["attacks"].max())
    return placed.assign(
        area=_area(placed["attacks"] * scale), area_of_window=_area(placed["window"] * scale)
    )


def _not_on_map(sites: pd.DataFrame) -> str:
    placed = sites["site_id"].isin(_on_map(sites)["site_id"])
    notes = []
    if not placed.all():
        names = list(sites.loc[~placed, "site"])
        missing = joined(names) if len(names) <= MOST_NAMED else f"{len(names):,} sites"
        notes.append(f" Not on the map: {missing}.")
    if placed.sum() > MOST_ON_MAP:
        notes.append(f" Of {placed.sum():,} sites the {MOST_ON_MAP} with most attacks.")
    return "".join(notes)


@cache
def land() -> gpd.GeoDataFrame:
    """Land and borders around the map (Natural Earth, 1:50m; see data/geo/README.md)."""
    return gpd.read_file(COUNTRIES)


def extent(sites: pd.DataFrame, aspect: float) -> tuple[float, float, float, float]:
    """West, south, east and north of a map of these sites, with a margin around them.

    Parameters
    ----------
    sites: `lon` and `lat` of one or more sites on land that the coastlines cover.
    aspect: width of the map ÷ its height; the shorter side grows until it fits.
    """
    spans = []
    for name in ("lon", "lat"):
        low, high = float(sites[name].min()), float(sites[name].max())
        margin = max(MARGIN * (high - low), LEAST_MARGIN)
        spans.append([low - margin, high + margin])
    (west, east), (south, north) = spans
    shrink = np.cos(np.radians((south + north) / 2))
    lacking = aspect * (north - south) - (east - west) * shrink
    if lacking > 0:
        west, east = west - lacking / shrink / 2, east + lacking / shrink / 2
    else:
        south, north = south + lacking / aspect / 2, north - lacking / aspect / 2
    return west, south, east, north


def _map(axes: Axes, sites: pd.DataFrame, window: str, since: str, aspect: float) -> None:
    axes.set_facecolor(SEA)
    west, south, east, north = extent(sites, aspect)
    seen = land().clip((west, south, east, north))
    seen.plot(ax=axes, color=LAND, edgecolor="#a9a9a4", linewidth=0.6, aspect=None)
    for name, point in _country_names(seen, sites, north - south):
        axes.text(*point, name.upper(), color="#8b8b86", fontsize=7, ha="center", va="center")
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], xlabel="", ylabel="")
    axes.set_aspect(1 / np.cos(np.radians((south + north) / 2)))
    for spine in axes.spines.values():
        spine.set_visible(True)
    axes.scatter(
        sites["lon"],
        sites["lat"],
        s=sites["area"],
        color=LEVEL_COLORS["media"],
        alpha=0.85,
        edgecolor="white",
        linewidth=0.7,
        label=since,
    )
    recent = sites[sites["window"] > 0]
    if len(recent):
        axes.scatter(
            recent["lon"],
            recent["lat"],
            s=recent["area_of_window"],
            color=ACCENT,
            edgecolor="white",
            linewidth=0.5,
            label=f"in the last {window}",
        )
    handles = axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        borderpad=0.2,
        borderaxespad=0,
        handletextpad=0.2,
        columnspacing=1.0,
    )
    for handle in handles.legend_handles:
        handle.set_sizes([40])  # type: ignore[union-attr]


def _country_names(
    seen: gpd.GeoDataFrame, sites: pd.DataFrame, height: float
) -> list[tuple[str, tuple[float, float]]]:
    """Names of the countries on the map, each where it has most room clear of the sites."""
    hit = shapely.MultiPoint(sites[["lon", "lat"]].to_numpy()).buffer(height * 0.04)
    named = []
    for code, shape in zip(seen["iso_a3"], seen.geometry, strict=True):
        free = shape.difference(hit)
        if free.is_empty:
            continue
        room = shapely.maximum_inscribed_circle(free, tolerance=height / 200)
        if isinstance(code, str) and room.length > ROOM_FOR_NAME * height:
            middle = room.coords[0]
            named.append((country(code).removeprefix("the "), (middle[0], middle[1])))
    return named


def _area(attacks: pd.Series) -> pd.Series:
    """Circle area in square points, in proportion to the count."""
    return 9.0 * attacks.astype(float) + 8


def _name_sites(axes: Axes, sites: pd.DataFrame, dpi: float) -> None:
    """Write names where they cover neither a circle nor another name, the busiest first."""
    axes.apply_aspect()
    to_pixels = axes.transData.transform
    centres = to_pixels(sites[["lon", "lat"]].to_numpy())
    radii = np.sqrt(sites["area"] / np.pi).to_numpy() * dpi / 72
    taken = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(centres, radii, strict=True)]
    inside = axes.get_window_extent()
    backdrop = {"facecolor": LAND, "edgecolor": "none", "pad": 0.5, "alpha": 0.75}
    for site, (x, y), radius in zip(sites["site"], centres, radii, strict=True):
        name = words.short_site(site)
        size = axes.text(0, 0, name, fontsize=8)
        box = size.get_window_extent()
        size.remove()
        for left, bottom in _places(x, y, radius + 2, box.width, box.height):
            place = (left, bottom, left + box.width, bottom + box.height)
            free = not any(_overlap(place, other) for other in taken)
            if free and left > inside.x0 and place[2] < inside.x1 and bottom > inside.y0:
                taken.append(place)
                lon, lat = axes.transData.inverted().transform((left, bottom))
                axes.text(lon, lat, name, fontsize=8, color=INK, bbox=backdrop)
                break


def _places(
    x: float, y: float, away: float, width: float, height: float
) -> list[tuple[float, float]]:
    """Lower left corners of a label right, left, above, below and at the corners of a circle."""
    middle, near = y - height / 2, away * 0.7
    return [
        (x + away, middle),
        (x - away - width, middle),
        (x - width / 2, y + away),
        (x - width / 2, y - away - height),
        (x + near, y + near),
        (x + near, y - near - height),
        (x - near - width, y + near),
        (x - near - width, y - near - height),
    ]


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _ranking(axes: Axes, sites: pd.DataFrame) -> None:
    places = np.arange(len(sites))
    axes.barh(
        places,
        sites["official"],
        color=LEVEL_COLORS["official"],
        height=0.66,
        label="officially confirmed",
    )
    axes.barh(
        places,
        sites["media"],
        left=sites["official"],
        color=LEVEL_COLORS["media"],
        height=0.66,
        label="news, monitors",
    )
    top = int(sites["attacks"].max())
    for place, value in zip(places, sites["attacks"], strict=True):
        label = words.digits(value)
        axes.text(value + top * 0.02, float(place), label, va="center", fontsize=8.5)
    axes.set_yticks(places, [words.short_site(site) for site in sites["site"]])
    axes.set_ylim(len(sites) - 0.4, -0.6)
    axes.set_xlim(0, top * 1.15)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axes.tick_params(labelcolor=INK)
    axes.set_xlabel("attacks", color=GREY)
    axes.spines["left"].set_visible(False)
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=1,
        handlelength=1.0,
        handletextpad=0.4,
        borderpad=0.2,
        borderaxespad=0,
    )
