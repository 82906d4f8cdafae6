"""Attacks a day, and the episodes of US strikes by number."""

from __future__ import annotations

import matplotlib.dates as mdates
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.axes import bars, count_axis, date_axis
from analysis.display.draw.history import day_numbers, source, start_of, too_short
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import LEVEL_COLORS, STRIKE, plot
from analysis.measures.effect import after_strikes


@figure
def strike_episodes(page: Page) -> Fragment:
    """Attacks a day with the days of each episode of US strikes in the main theatre.

    page: of `response`.
    """
    effect = after_strikes(page.known, page.window_days)
    start = start_of(page)
    counts = effect.counts[start:]
    shown = effect.events[effect.events["last"] >= start]
    if too_short(page) or shown.empty:
        return NOTHING
    top = max(1.0, float(counts.max()))
    left_out = len(effect.events) - len(shown)
    earlier = f"; {words.number(left_out)} earlier not shown" if left_out else ""

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        held = counts[counts > 0]
        bars(axes, day_numbers(held.index), held, width=0.9, color=LEVEL_COLORS["media"])
        _mark(axes, shown, top)
        count_axis(axes)
        axes.set_ylim(0, top * 1.22)
        date_axis(axes, start, counts.index[-1], narrow)

    return plot(
        page,
        "strike-episodes",
        draw,
        _finding(page),
        f"Recorded attacks on {page.words['forces']} a day; numbered bands: episodes of US strikes "
        f"{page.words['theatre']}{earlier}",
        source(page),
        page.sentence(
            "bars of attacks a day, {attacks_cumulative} in all, with bands on the days of "
            "{episodes:episode|episodes} of US strikes."
        ),
        (2.2, 2.5),
        _as_data(counts, shown),
    )


def _as_data(counts: pd.Series, episodes: pd.DataFrame) -> pd.DataFrame:
    """A row for each day, with the number of the episode that it belongs to."""
    data = pd.DataFrame({"attacks": counts, "episode": None}, dtype=object)
    for place, row in episodes.iterrows():
        data.loc[row["first"] : row["last"], "episode"] = int(str(place)) + 1
    return data.rename_axis("event_date").reset_index()


def _mark(axes: Axes, episodes: pd.DataFrame, top: float) -> None:
    """A band over the days of each episode, its number above."""
    for place, row in episodes.iterrows():
        left = mdates.date2num(row["first"]) - 0.5
        right = mdates.date2num(row["last"]) + 0.5
        axes.axvspan(left, right, ymax=0.9, color=STRIKE, alpha=0.28, linewidth=0, zorder=0)
        axes.text(
            (left + right) / 2,
            top * 1.12,
            str(int(str(place)) + 1),
            ha="center",
            va="bottom",
            color=STRIKE,
            fontweight="bold",
        )


def _finding(page: Page) -> Markup:
    return page.sentence(
        "{us_strikes_cumulative:US strike|US strikes} in {episodes:episode|episodes}, the latest "
        "on {latest_us_strike}"
    )
