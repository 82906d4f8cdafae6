"""US units ordered, under way and in the region, day by day."""

from __future__ import annotations

from typing import Any

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.axes import date_axis, key
from analysis.display.draw.history import history, source
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, plot
from analysis.measures import posture
from analysis.record.codebook import codes, word

PHASE_STYLE: dict[str, dict[str, Any]] = {
    "ordered": {"facecolor": "white", "edgecolor": ACCENT, "linewidth": 0.7, "hatch": "////"},
    "en-route": {"facecolor": "#a9bfd2", "edgecolor": ACCENT, "linewidth": 0.7},
    "arrived": {"facecolor": ACCENT, "edgecolor": ACCENT, "linewidth": 0.7},
}
PHASE_NAMES = {phase: word("status", phase).capitalize() for phase in PHASE_STYLE}

#: The timeline shows so many units, the most telling kinds first.
MOST_ASSETS = 12


@figure
def posture_timeline(page: Page) -> Fragment:
    """Units ordered, under way and in the region, day by day."""
    page.needs("carriers_in_region")  # a record that ends before this day cannot tell
    units = timeline_units(page)
    if units.empty:
        return NOTHING
    phases = posture.phases(page.known)
    start = max(page.as_of - history(page), units["first_reported_on"].min())

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        seen: set[str] = set()
        for place, unit in enumerate(units["deployment_id"]):
            for row in phases[phases["deployment_id"] == unit].to_dict("records"):
                phase = str(row["phase"])
                if phase not in PHASE_STYLE or row["end"] < start:
                    continue
                left = mdates.date2num(max(row["start"], start)) - 0.5
                width = mdates.date2num(row["end"]) + 0.5 - left
                label = PHASE_NAMES[phase] if phase not in seen else None
                seen.add(phase)
                axes.barh(
                    place,
                    width,
                    left=left,
                    height=0.42 if narrow else 0.62,
                    label=label,
                    **PHASE_STYLE[phase],
                )
        names = [shortened(name, 50) for name in units["asset"]]
        axes.set_yticks(range(len(units)), [""] * len(names) if narrow else names)
        if narrow:
            for place, name in enumerate(names):
                axes.annotate(name, (0, place - 0.26), xycoords=("axes fraction", "data"))
        axes.set_ylim(len(units) - 0.4, -0.85 if narrow else -0.6)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        date_axis(axes, start, page.as_of, narrow)
        key(figure, 3, order=list(PHASE_NAMES.values()))

    return plot(
        "posture",
        draw,
        page.sentence(
            "{carriers_in_region} of {carriers_committed:carrier strike group|carrier strike "
            "groups} in the region"
            if page.count("carriers_committed") > page.count("carriers_in_region") > 0
            else "{carriers_in_region:carrier strike group|carrier strike groups} in the region"
        ),
        f"Units by their last announced phase{_left_out(page, units)}",
        source(page),
        page.sentence(
            "timeline of announced units: {units_arrived} in the region, {units_under_way} "
            "ordered or under way."
        ),
        (0.5 + 0.155 * len(units), 0.62 + 0.34 * len(units)),
    )


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


def shortened(text: str, limit: int) -> str:
    """The name of a unit as short as a figure can bear."""
    for long, short in (
        (" Carrier Strike Group", " CSG"),
        (" Amphibious Ready Group", " ARG"),
        (" Marine Expeditionary Unit", " MEU"),
        ("Terminal High Altitude Area Defense", "THAAD"),
        ("Expeditionary Fighter Squadron", "EFS"),
        ("Expeditionary Bomb Squadron", "EBS"),
    ):
        text = text.replace(long, short)
    return text if len(text) <= limit else text[: limit - 1].rstrip(" ,(") + "…"
