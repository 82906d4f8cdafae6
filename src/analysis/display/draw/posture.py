"""US units ordered, under way and in the region, day by day."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from textwrap import wrap
from typing import Any

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.axes import bars, date_axis, key
from analysis.display.draw.history import history, source
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, plot
from analysis.measures import posture
from analysis.record.codebook import codes, word

PHASE_STYLE: dict[str, dict[str, Any]] = {
    "ordered": {"color": "white", "edgecolor": ACCENT, "linewidth": 0.7, "hatch": "////"},
    "en-route": {"color": "#a9bfd2", "edgecolor": ACCENT, "linewidth": 0.7},
    "arrived": {"color": ACCENT, "edgecolor": ACCENT, "linewidth": 0.7},
}
PHASE_NAMES = {phase: word("status", phase).capitalize() for phase in PHASE_STYLE}

#: The timeline shows so many units, the most telling kinds first.
MOST_ASSETS = 12

#: Letters of a line of a unit's name, on a page and on a phone, and the height of one in inches.
LETTERS, LINE = {False: 50, True: 60}, 0.155

#: The height in inches in which one unit has room between the key and the days.
LOWEST = 0.95


@figure
def posture_timeline(page: Page) -> Fragment:
    """Units ordered, under way and in the region, day by day.

    page: of `brief`, `posture` or a report of one's own; it needs the facts `carriers_committed`
        and `carriers_in_region`.
    """
    page.needs("carriers_in_region")  # a record that ends before this day cannot tell
    units = timeline_units(page)
    if units.empty:
        return NOTHING
    phases = posture.phases(page.known)
    start = max(page.as_of - history(page), units["first_reported_on"].min())
    shown = units[["deployment_id", "asset"]].merge(
        phases.loc[
            phases["phase"].isin(PHASE_STYLE) & (phases["end"] >= start),
            ["deployment_id", "phase", "start", "end"],
        ]
    )
    rows = shown.to_dict("records")

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        names, places, end = _rows(units["asset"], narrow)
        by_unit = dict(zip(units["deployment_id"], places, strict=True))
        for phase, stretches in _stretches(rows, by_unit, start).items():
            middles, lengths, begins = zip(*stretches, strict=True)
            bars(
                axes,
                middles,
                lengths,
                width=0.62,
                base=begins,
                across=True,
                label=PHASE_NAMES[phase],
                **PHASE_STYLE[phase],
            )
        axes.set_yticks(places, [""] * len(names) if narrow else names)
        if narrow:
            at = ("axes fraction", "data")
            for place, name in zip(places, names, strict=True):
                axes.annotate(name, (0, place - 0.45), xycoords=at, va="bottom")
        axes.set_ylim(end - 0.4, -0.6)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        date_axis(axes, start, page.as_of, narrow)
        key(figure, 3, order=list(PHASE_NAMES.values()))

    return plot(
        page,
        "posture",
        draw,
        page.sentence(_finding(page)),
        f"Units by their last announced phase{_left_out(page, units)}",
        source(page),
        page.sentence(
            "timeline of announced units: {units_arrived} in the region, {units_under_way} "
            "ordered or under way."
        ),
        (
            max(LOWEST, 0.5 + LINE * _rows(units["asset"], narrow=False)[2]),
            max(LOWEST, 0.62 + LINE * _rows(units["asset"], narrow=True)[2]),
        ),
        shown,
    )


def _finding(page: Page) -> str:
    """The carriers there; of units that move unannounced none known is not none."""
    there = page.count("carriers_in_region")
    if not there:
        return "no carrier strike group is known to be in the region"
    if there < page.count("carriers_committed"):
        return (
            "{carriers_in_region} of {carriers_committed:carrier strike group|carrier strike "
            "groups} in the region"
        )
    return "{carriers_in_region:carrier strike group|carrier strike groups} in the region"


def _stretches(
    rows: list[dict[Any, Any]], places: Mapping[str, float], start: pd.Timestamp
) -> dict[str, list[tuple[float, float, float]]]:
    """By phase the place of each bar, its length in days and where it begins."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for row in rows:
        begin = mdates.date2num(max(row["start"], start)) - 0.5
        length = mdates.date2num(row["end"]) + 0.5 - begin
        found.setdefault(str(row["phase"]), []).append(
            (places[row["deployment_id"]], length, begin)
        )
    return found


def timeline_units(page: Page) -> pd.DataFrame:
    """The units that the timeline shows: of the most telling kinds, oldest first."""
    deployments = page.known.deployments
    phases = posture.phases(page.known)
    present = phases[
        phases["phase"].isin(PHASE_STYLE) & (phases["end"] >= page.as_of - history(page))
    ]
    units = deployments[
        (deployments["counting"] == "unit")
        & deployments["deployment_id"].isin(present["deployment_id"])
    ]
    order = {kind: place for place, kind in enumerate(codes("deployment_kind"))}
    ranked = units.assign(order=units["kind"].map(order)).sort_values(
        ["order", "first_reported_on", "deployment_id"]
    )
    return ranked.head(MOST_ASSETS).reset_index(drop=True)


def _left_out(page: Page, shown: pd.DataFrame) -> str:
    others = posture.units(posture.on_day(page.known), *posture.COMMITTED)
    missing = len(others[~others["deployment_id"].isin(shown["deployment_id"])])
    return f"; {words.number(missing)} smaller not shown" if missing else ""


def _rows(assets: pd.Series, narrow: bool) -> tuple[list[str], list[float], float]:
    """The names of units in lines, the place of each unit's bar and where all end, in lines.

    On a phone the name stands above its bar, from edge to edge; else beside it.
    """
    names = [in_lines(shortened(asset), narrow) for asset in assets]
    lines = [name.count("\n") + 1 for name in names]
    if narrow:
        ends = list(accumulate(line + 1.3 for line in lines))
        return names, [end - 1.3 for end in ends], ends[-1] - 0.3
    ends = list(accumulate(lines))
    return names, [end - (line + 1) / 2 for end, line in zip(ends, lines, strict=True)], ends[-1]


def in_lines(name: str, narrow: bool) -> str:
    """A name in lines that leave room for what it names, on a page or on a phone."""
    return "\n".join(wrap(name, LETTERS[narrow]))


def shortened(text: str) -> str:
    """The name of a unit in the abbreviations that are usual.

    >>> shortened("USS Gerald R. Ford Carrier Strike Group")
    'USS Gerald R. Ford CSG'
    """
    for long, short in (
        (" Carrier Strike Group", " CSG"),
        (" Amphibious Ready Group", " ARG"),
        (" Marine Expeditionary Unit", " MEU"),
        ("Terminal High Altitude Area Defense", "THAAD"),
        ("Expeditionary Fighter Squadron", "EFS"),
        ("Expeditionary Bomb Squadron", "EBS"),
        ("Brigade Combat Team", "BCT"),
    ):
        text = text.replace(long, short)
    return text
