"""The map: where the campaign's targets were attacked, with a ranking beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial
from textwrap import wrap
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from analysis.checkout import COUNTRIES
from analysis.display import words
from analysis.display.axes import bars
from analysis.display.draw.history import source
from analysis.display.draw.map_names import LAND, MOST_NAMED, Land, name_countries, name_sites
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.places import busiest
from analysis.display.plot import ACCENT, GREY, INK, LEVEL_COLORS, plot
from analysis.measures.attacks import by_site, countries_hit, in_window
from analysis.record.coastlines import COVERED
from analysis.record.wording import joined, where

#: Degrees around the sites, as a share of their span and at least.
MARGIN, LEAST_MARGIN = 0.12, 1.3

SEA, BORDER = "#dfe8ef", "#a9a9a4"

MOST_RANKED = 8

#: A name of more letters stands beside its bar in two lines, or little room is left for the bars.
LETTERS = 24

#: Width ÷ height of the map, on a page and on a phone.
ASPECTS = {False: 1.5, True: 1.2}

#: More circles than these would hide each other and the land.
MOST_ON_MAP = 200

#: Circles grow with the number of attacks up to this one; with more, all shrink alike.
LARGEST_CIRCLE = 100


@figure
def attack_map(page: Page) -> Fragment:
    """Sites by number of attacks, since the start and in the window, and a ranking.

    page: of `brief` or a report of one's own; it needs the facts `busiest_sites`,
        `busiest_sites_tied` and `busiest_site_attacks`.
    """
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
        seen = _map(axes, on_map, page.days, page.words["since"], narrow)
        _ranking(parts[1].subplots(), sites.head(MOST_RANKED))
        return partial(_names, axes, seen, on_map, 8.5 if narrow else 7.5)

    return plot(
        page,
        "attack-map",
        draw,
        _finding(page),
        f"Recorded attacks on {page.words['forces']} by {page.words['site'].partition('|')[0]} "
        f"{page.words['since']}",
        Markup("{}{} Land and borders: Natural Earth.").format(
            source(page), _not_on_map(sites, on_map)
        ),
        page.sentence(
            f"map of {{sites_attacked:{page.words['site']}}} {{there}} with circles by number of "
            "attacks, and a ranking; the most in one place: {busiest_site_attacks:digits}.",
            there=where(countries_hit(held)),
        ),
        (2.75, 5.0),
        sites,
    )


def _finding(page: Page) -> Markup:
    if page.count("busiest_site_attacks") == 1:
        return page.sentence(
            f"{{sites_attacked:{page.words['site']}}} with attacks, none with more than one"
        )
    tied = page.count("busiest_sites_tied") > 1
    if page.campaign.at_sea:
        return page.sentence(
            "{busiest} saw the most attacks on ships, {busiest_site_attacks}{each}",
            busiest=busiest(page),
            each=" each" if tied else "",
        )
    return page.sentence(
        "{busiest} {was} attacked most often, {busiest_site_attacks:times}{each}",
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


def _not_on_map(sites: pd.DataFrame, on_map: pd.DataFrame) -> str:
    placed = sites["site_id"].isin(on_map["site_id"])
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
    return gpd.GeoDataFrame.from_features(json.loads(COUNTRIES.read_text(encoding="utf-8")))


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
    (west, east), (south, north) = (
        _covered(west, east, *COVERED[::2]),
        _covered(south, north, *COVERED[1::2]),
    )
    return west, south, east, north


def _covered(low: float, high: float, least: float, most: float) -> tuple[float, float]:
    """The same span, moved to where the coastlines are known: beyond, land would look like sea."""
    shift = max(least - low, 0.0) + min(most - high, 0.0)
    return low + shift, high + shift


def _map(axes: Axes, sites: pd.DataFrame, window: str, since: str, narrow: bool) -> list[Land]:
    """Draw the map; return the countries on it."""
    axes.set_facecolor(SEA)
    west, south, east, north = extent(sites, ASPECTS[narrow])
    seen = _land_in(west, south, east, north)
    countries = [_outline(shapely.normalize(area)) for _, area in seen]
    axes.add_collection(PathCollection(countries, facecolor=LAND, edgecolor=BORDER, linewidth=0.6))
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
    return seen


def _land_in(west: float, south: float, east: float, north: float) -> list[Land]:
    """What of each country lies in a box: geopandas cuts it as well, and a frame with it."""
    found = land().sindex.query(shapely.box(west, south, east, north), "intersects")
    codes, countries = (land()[name].to_numpy()[found] for name in ("iso_a3", "geometry"))
    cut = shapely.clip_by_rect(countries, west, south, east, north)
    return [(code, area) for code, area in zip(codes, cut, strict=True) if not area.is_empty]


def _outline(country: shapely.Geometry) -> Path:
    """A country as one outline."""
    parts = shapely.get_parts(country)
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    points, ring = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(points), Path.LINETO, dtype=Path.code_type)
    codes[np.diff(ring, append=-1) != 0] = Path.CLOSEPOLY
    codes[np.diff(ring, prepend=-1) != 0] = Path.MOVETO
    return Path(points, codes)


def _names(axes: Axes, seen: list[Land], sites: pd.DataFrame, size: float) -> None:
    """Sites come first: a country has more places for its name than one."""
    axes.apply_aspect()
    name_countries(axes, seen, name_sites(axes, sites), size)


def _area(attacks: pd.Series) -> pd.Series:
    """Circle area in square points, in proportion to the count."""
    return 9.0 * attacks.astype(float) + 8


def _ranking(axes: Axes, sites: pd.DataFrame) -> None:
    places = np.arange(len(sites))
    bars(
        axes,
        places,
        sites["official"],
        width=0.66,
        across=True,
        color=LEVEL_COLORS["official"],
        label="officially confirmed",
    )
    bars(
        axes,
        places,
        sites["media"],
        width=0.66,
        base=sites["official"],
        across=True,
        color=LEVEL_COLORS["media"],
        label="news, monitors",
    )
    top = int(sites["attacks"].max())
    for place, value in zip(places, sites["attacks"], strict=True):
        label = words.digits(value)
        axes.text(value + top * 0.02, float(place), label, va="center")
    axes.set_yticks(places, list(map(_in_lines, sites["site"])))
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


def _in_lines(site: str) -> str:
    """A site's name beside its bar.

    >>> _in_lines("Makhmour joint Peshmerga-French base"), _in_lines("Kuwait International Airport")
    ('Makhmour joint\\nPeshmerga-French', 'Kuwait International\\nAirport')
    """
    return "\n".join(wrap(words.short_site(site), LETTERS, break_on_hyphens=False))
