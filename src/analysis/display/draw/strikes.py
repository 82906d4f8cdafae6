"""Attacks a day, and the days of US strikes."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.display.axes import bars, count_axis, date_axis, key
from analysis.display.draw.history import day_numbers, source, start_of, too_few, too_short
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import INK, LEVEL_COLORS, STRIKE, plot
from analysis.measures import responses
from analysis.measures.attacks import daily_counts
from analysis.measures.event_study import SHORTEST_SPAN
from analysis.measures.truces import truces
from analysis.record.codebook import word

#: Its first and its last day.
Truce = tuple[pd.Timestamp, pd.Timestamp]


@figure
def attacks_and_strikes(page: Page) -> Fragment:
    """Attacks a day by confirmation, with the days of US strikes in the main theatre.

    page: of `brief` or a report of one's own; it needs facts such as `strike_span_days`,
        `strike_days_before` and `attacks_before_strike`.
    """
    held = page.shown[["event_date", "confirmation"]]
    start, end = start_of(page), page.as_of
    strikes = responses.in_main_theatre(page.known)
    strikes = strikes[strikes["event_date"] >= start]
    if too_short(page) or (too_few(page, held) and strikes.empty):
        return NOTHING
    levels = {
        level: daily_counts(held[held["confirmation"] == level], start, end)
        for level in ("official", "media")
    }
    mean = daily_counts(held, page.campaign.start, end).rolling(7).mean().loc[start:end]
    top = max(1.0, float(sum(levels.values()).max()))  # type: ignore[union-attr]
    paused = _truces(page)

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        _shade(axes, paused, start, top)
        bottom = np.zeros(len(mean))
        for level, counts in levels.items():
            days = counts.to_numpy() > 0
            bars(
                axes,
                day_numbers(counts.index[days]),
                counts[days],
                width=0.9,
                base=bottom[days],
                color=LEVEL_COLORS[level],
                label=word("confirmation", level),
            )
            bottom = bottom + counts.to_numpy()
        if page.kept == "daily":
            axes.plot(
                day_numbers(mean.index), mean, color=INK, linewidth=1.2, label="Mean of seven days"
            )
        struck = strikes["event_date"].drop_duplicates()
        if len(struck):
            axes.plot(
                day_numbers(struck),
                np.full(len(struck), top * 1.13),
                "v",
                color=STRIKE,
                markersize=6,
                clip_on=False,
                label=f"US strike {page.words['theatre_or']}",
            )
        count_axis(axes)
        axes.set_ylim(0, top * 1.22)
        date_axis(axes, start, end, narrow)
        key(figure, 2 if narrow else 4)

    return plot(
        page,
        "attacks-and-strikes",
        draw,
        _strike_finding(page),
        f"Recorded attacks on {page.words['forces']} a day"
        + ("; triangles: days of US strikes" if len(strikes) else ""),
        source(page),
        page.sentence(
            "bars of attacks a day, {attacks_cumulative} in all{marked}.",
            marked=page.phrase(
                ", with markers on the days of {us_strikes_cumulative:US strike|US strikes} "
                "{theatre}"
            )
            if page.count("us_strikes_cumulative")
            else "",
        ),
        (1.95, 2.5),
        _as_data(page, levels, mean, strikes, paused),
    )


def _as_data(
    page: Page,
    levels: dict[str, pd.Series],
    mean: pd.Series,
    strikes: pd.DataFrame,
    paused: list[Truce],
) -> pd.DataFrame:
    """A row for each day."""
    days = mean.index
    data = pd.DataFrame(levels, index=days).assign(
        mean_of_seven_days=mean if page.kept == "daily" else None,
        us_strike=days.isin(strikes["event_date"]).astype(int),
        truce=0,
    )
    for first, last in paused:
        data.loc[first:last, "truce"] = 1
    return data.rename_axis("event_date").reset_index()


def _strike_finding(page: Page) -> Markup:
    if not page.count("us_strikes_cumulative"):
        return page.sentence(
            "{attacks_cumulative:attack|attacks}, no US strike in the record"
            if page.kept == "sampled"
            else "{attacks_cumulative:attack|attacks}, no US strike yet"
        )
    compared = min(page.count("strike_days_before"), page.count("strike_span_days"))
    if compared < SHORTEST_SPAN or not page.given("attacks_before_strike"):
        none = page.kept_window == "sampled" and not page.count("attacks_window")
        return page.sentence(
            "{attacks}, the latest US strike on {latest_us_strike}",
            attacks="no attack of the window is in the record"
            if none
            else page.phrase("{attacks_window:attack|attacks} in the window"),
        )
    return page.sentence(
        "{attacks_before_strike:attack|attacks} in the {strike_days_before:day|days} before the "
        "latest strikes, {attacks_after_strike} in the {strike_span_days:day|days} after"
    )


def _truces(page: Page) -> list[Truce]:
    """The truces of the campaign; one that has not ended runs on."""
    found = truces(page.known)
    return list(zip(found["start_on"], found["end_on"].fillna(page.as_of), strict=True))


def _shade(axes: Axes, paused: list[Truce], start: pd.Timestamp, top: float) -> None:
    for first, last in paused:
        if last < start:
            continue
        begin, end = mdates.date2num(max(first, start)), mdates.date2num(last)
        axes.axvspan(begin - 0.5, end + 0.5, color="#eef1f4", zorder=0)
        axes.text((begin + end) / 2, top * 0.97, "truce", ha="center", va="top", color=INK)
