"""The map: where in Iraq, Syria and Jordan US forces were attacked, with a ranking beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.display import words
from analysis.display.draw.history import NOTHING
from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.display.plot import ACCENT, GREY, INK, LEVEL_COLORS, plot
from analysis.display.say.attacks import busiest
from analysis.measures.attacks import by_site, in_window
from analysis.record.as_of import CHECKOUT_DATA

#: Degrees of longitude and latitude that the map shows.
WEST, EAST, SOUTH, NORTH = 35.0, 46.6, 31.3, 37.9

#: Where the names of countries stand, clear of the sites.
COUNTRY_LABELS = {
    "Syria": (37.3, 35.2),
    "Iraq": (43.3, 32.0),
    "Jordan": (36.9, 31.75),
    "Turkey": (36.6, 37.55),
    "Iran": (46.0, 36.6),
    "Saudi Arabia": (40.6, 31.55),
}

LAND, SEA = "#f7f6f2", "#dfe8ef"

MOST_RANKED = 8
MOST_NAMED = 7

#: More circles than these would hide each other and the land.
MOST_ON_MAP = 200

#: Circles grow with the number of attacks up to this one; with more, all shrink alike.
LARGEST_CIRCLE = 100


def attack_map(page: Page) -> Fragment:
    """Sites by number of attacks, since the start and in the window, and a ranking."""
    held = page.recorded
    if held.empty:
        return NOTHING
    sites = by_site(held, in_window(held, page.as_of, page.window_days))

    def draw(figure: Figure, narrow: bool) -> Callable[[], None]:
        parts: Any = (
            figure.subfigures(2, 1, height_ratios=(1.35, 1))
            if narrow
            else figure.subfigures(1, 2, width_ratios=(1.6, 1))
        )
        axes, on_map = parts[0].subplots(), _on_map(sites)
        _map(axes, on_map, page.days)
        _ranking(parts[1].subplots(), sites.head(MOST_RANKED))
        return partial(_name_sites, axes, on_map.head(MOST_NAMED), figure.dpi)

    return plot(
        "attack-map",
        draw,
        _finding(page),
        f"Recorded attacks on US and coalition forces by site since 17{words.NBSP}October 2023",
        Markup("Source: the record, reports through {}{}. Land and borders: Natural Earth.").format(
            words.day(page.as_of), _not_on_map(sites)
        ),
        page.sentence(
            "map of {sites_attacked:site|sites} in Iraq, Syria and Jordan with circles by number "
            "of attacks, and a ranking of the sites; the most at one site: "
            "{busiest_site_attacks:digits}.",
        ),
        (2.75, 5.0),
    )


def _finding(page: Page) -> Markup:
    if page.count("busiest_site_attacks") == 1:
        return page.sentence("{sites_attacked:site|sites} attacked, none more than once")
    tied = page.count("busiest_sites_tied") > 1
    return page.sentence(
        "{busiest} {was} attacked most often, {busiest_site_attacks} times{each}",
        busiest=busiest(page),
        was="were" if tied else "was",
        each=" each" if tied else "",
    )


def _on_map(sites: pd.DataFrame) -> pd.DataFrame:
    """The sites whose place is known, those with most attacks, and the area of their circles."""
    placed = sites[sites["lat"].notna()].head(MOST_ON_MAP)
    scale = min(1.0, LARGEST_CIRCLE / placed["attacks"].max())
    return placed.assign(
        area=_area(placed["attacks"] * scale), area_of_window=_area(placed["window"] * scale)
    )


def _not_on_map(sites: pd.DataFrame) -> str:
    placed = sites["lat"].notna()
    notes = []
    if not placed.all():
        names = list(sites.loc[~placed, "site"])
        missing = words.listing(names) if len(names) <= MOST_NAMED else f"{len(names):,} sites"
        notes.append(f"; not on the map for want of coordinates: {missing}")
    if placed.sum() > MOST_ON_MAP:
        notes.append(f"; of {placed.sum():,} sites the {MOST_ON_MAP} with most attacks")
    return "".join(notes)


@cache
def land() -> gpd.GeoDataFrame:
    """Land and borders around the map (Natural Earth, 1:50m; see data/geo/README.md)."""
    countries = gpd.read_file(CHECKOUT_DATA / "geo" / "countries.geojson")
    return countries.clip((WEST - 1, SOUTH - 1, EAST + 1, NORTH + 1))


def _map(axes: Axes, sites: pd.DataFrame, window: str) -> None:
    axes.set_facecolor(SEA)
    land().plot(ax=axes, color=LAND, edgecolor="#a9a9a4", linewidth=0.6, aspect=None)
    for name, (longitude, latitude) in COUNTRY_LABELS.items():
        axes.text(longitude, latitude, name.upper(), color="#8b8b86", fontsize=7.5, ha="center")
    axes.set(xlim=(WEST, EAST), ylim=(SOUTH, NORTH), xticks=[], yticks=[], xlabel="", ylabel="")
    axes.set_aspect(1 / np.cos(np.radians((SOUTH + NORTH) / 2)))
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
        label="since 17 October 2023",
    )
    recent = sites[sites["window"] > 0]
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
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=1,
        handlelength=1.0,
        handletextpad=0.4,
        borderpad=0.2,
        borderaxespad=0,
    )
