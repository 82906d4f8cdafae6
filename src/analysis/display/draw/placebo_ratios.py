"""The rate ratio at every placebo date, and where the real episodes of strikes lie among them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from analysis.display import words
from analysis.display.axes import bars, count_axis
from analysis.display.draw.history import source
from analysis.display.draw.rate_ratios import LEFT, RIGHT, TICKS
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import LEVEL_COLORS, STRIKE, plot
from analysis.measures.effect import Effect, after_strikes
from analysis.measures.placebo import FEWEST_PLACEBOS

#: Bars of equal width on the log axis.
EDGES = np.linspace(np.log(LEFT), np.log(RIGHT), 26)


@figure
def placebo_ratios(page: Page) -> Fragment:
    """Rate ratios at placebo dates as bars, those of the real episodes as numbered marks.

    page: of `response`; it needs the facts `episodes_compared` and `episodes_beyond_placebo`.
    """
    effect = after_strikes(page.known, page.window_days)
    if effect.compared.empty or len(effect.placebos) < FEWEST_PLACEBOS:
        return NOTHING
    held, _ = np.histogram(np.clip(effect.placebos, EDGES[0], EDGES[-1]), EDGES)

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        edges = np.exp(EDGES)
        middles, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
        bars(axes, middles, held, width=width, color=LEVEL_COLORS["media"])
        _mark(axes, effect, float(held.max()))
        count_axis(axes)
        axes.set_xscale("log")
        axes.set_xlim(LEFT, RIGHT)
        axes.set_xticks(list(TICKS), list(TICKS.values()))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel("rate after ÷ before, half an attack added to each count")

    return plot(
        page,
        "placebo-ratios",
        draw,
        _finding(page),
        f"Placebo dates by their rate ratio ({words.digits(len(effect.placebos))} days of the "
        "period without a strike); numbered marks: episodes of US strikes",
        source(page),
        page.sentence(
            "bars of placebo dates by rate ratio, with marks at the ratios of "
            "{episodes_compared:episode|episodes} of US strikes."
        ),
        (2.3, 2.5),
        _as_data(effect),
    )


def _as_data(effect: Effect) -> pd.DataFrame:
    """A row for each placebo date, then one for each episode."""
    numbers = {row.first: place + 1 for place, row in enumerate(effect.events.itertuples())}
    placebos = pd.DataFrame({"day": effect.placebos.index, "ratio": np.exp(effect.placebos)})
    real = pd.DataFrame(
        {
            "day": effect.compared["first"],
            "episode": effect.compared["first"].map(numbers),
            "ratio": [place.value for place in effect.places],
        }
    )
    return pd.concat([placebos.assign(kind="placebo"), real.assign(kind="episode")])


def _mark(axes: Axes, effect: Effect, top: float) -> None:
    """A mark at each real ratio; marks that would touch stand above each other."""
    numbers = {row.first: place + 1 for place, row in enumerate(effect.events.itertuples())}
    real = sorted(
        (min(max(float(place.value or 0), LEFT), RIGHT), numbers[first])
        for first, place in zip(effect.compared["first"], effect.places, strict=True)
    )
    width = (EDGES[-1] - EDGES[0]) / 22
    rows: list[float] = []  # where each row of labels ends
    for ratio, number in real:
        at = float(np.log(ratio))
        row = next((row for row, end in enumerate(rows) if at - end > width), len(rows))
        rows[row : row + 1] = [at]
        axes.plot(ratio, top * 1.1, "v", color=STRIKE, markersize=5, clip_on=False)
        axes.text(
            ratio,
            top * (1.16 + 0.13 * row),
            str(number),
            ha="center",
            va="bottom",
            color=STRIKE,
            fontweight="bold",
        )
    axes.set_ylim(0, top * (1.2 + 0.13 * max(len(rows), 1)))


def _finding(page: Page) -> Markup:
    beyond = page.count("episodes_beyond_placebo")
    if page.count("episodes_compared") == 1:
        where = "further out than" if beyond else "within"
        return page.sentence(
            "the one episode lies {where} the middle 95{nbsp}% of ordinary days",
            where=where,
        )
    return page.sentence(
        "{episodes_beyond_placebo} of {episodes_compared:episode|episodes} {verb} outside the "
        "middle 95{nbsp}% of ordinary days",
        verb="lie" if beyond > 1 else "lies",
    )
