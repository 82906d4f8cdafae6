"""How good forecasts have been: interval against outcome, day by day, and PIT."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.axes import bars, count_axis, date_axis, key
from analysis.display.draw.history import day_numbers, source
from analysis.display.draw.outlook import MIDDLE, parts_of
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, INK, PALE, STRIKE, plot
from analysis.measures.outlook import CHOSEN, Backtest, Predictive, backtest, pit_histogram

#: With fewer past forecasts than these a figure would show next to nothing.
FEWEST = 5

#: Of a calibrated forecast a histogram of fewer outcomes would look uneven all the same.
FEWEST_FOR_PIT = 30

TENTHS = 10


@figure
def outlook_track_record(page: Page) -> Fragment:
    """Past forecasts and what came, by the day of the forecast.

    page: of `outlook`, `brief` or a report of one's own; it needs the fact `forecasts_checked`.
    """
    found = backtest(page.known, page.horizon_days)
    if found is None or page.count("forecasts_checked") < FEWEST:
        return NOTHING
    past = _shown(page, found)
    days, came = found.origins[past], found.came[past]
    forecast = _chosen(found, past)

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        places = day_numbers(days)
        for level, color, label in ((0.9, PALE, "90 % interval"), (0.5, MIDDLE, "50 % interval")):
            low, high = forecast.interval(level)
            axes.fill_between(places, low, high, color=color, step="mid", label=label, linewidth=0)
        axes.plot(
            places, forecast.quantile(0.5), color=ACCENT, drawstyle="steps-mid", label="Median"
        )
        _draw_outcomes(axes, places, forecast, came)
        count_axis(axes)
        date_axis(axes, days[0], max(days[-1], days[0] + pd.Timedelta(days=6)), narrow)
        key(figure, 3 if narrow else 5)

    length = words.counted(page.horizon_days, "day|days")
    return plot(
        page,
        "outlook-track-record",
        draw,
        page.sentence(
            "{forecasts_within:digits} of {forecasts_checked:past forecast|past forecasts} had "
            "what came in the 90 % interval"
        ),
        f"Attacks in the {' '.join(length)} after each day: forecast of that day, from what was "
        "known then, and what came" + ("; older ones not shown" if past.start else ""),
        source(page),
        page.sentence(
            "bands of past forecasts over time with a dot for what came: "
            "{forecasts_within} of {forecasts_checked} in the 90 % interval."
        ),
        (2.3, 2.6),
        pd.DataFrame({"forecast_on": days, **parts_of(forecast), "came": came}),
    )


def _shown(page: Page, found: Backtest) -> slice:
    """The past forecasts of the history that figures show; older ones if it holds none."""
    first = page.as_of - pd.Timedelta(days=int(page.parameters["history_days"]) - 1)
    past = found.past(first)
    return past if past.stop - past.start >= FEWEST else found.past()


def _chosen(found: Backtest, past: slice) -> Predictive:
    forecast = found.forecasts[CHOSEN]
    return Predictive(forecast.counts, forecast.cdf[past])


def _draw_outcomes(axes: Axes, places: np.ndarray, forecast: Predictive, came: np.ndarray) -> None:
    """A dot for each outcome, those outside of the 90 % interval filled."""
    low, high = forecast.interval(0.9)
    within = (low <= came) & (came <= high)
    axes.plot(
        places[within], came[within], "o", markersize=2.6, markerfacecolor="white",
        markeredgecolor=INK, markeredgewidth=0.7, label="What came",
    )  # fmt: skip
    if not within.all():
        axes.plot(places[~within], came[~within], "o", markersize=3, color=STRIKE, label="Outside")


@figure
def outlook_calibration(page: Page) -> Fragment:
    """Where outcomes fell in their forecasts: the PIT histogram.

    page: of `outlook`, `brief` or a report of one's own; it needs the fact `forecasts_checked`.
    """
    found = backtest(page.known, page.horizon_days)
    if found is None or page.count("forecasts_checked") < FEWEST_FOR_PIT:
        return NOTHING
    past = found.past()
    shares = 100 * pit_histogram(_chosen(found, past), found.came[past], TENTHS)

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        places = np.arange(TENTHS)
        bars(axes, places, shares, width=0.9, color="#8fb3d3")
        axes.axhline(100 / TENTHS, color=INK, linewidth=0.9, linestyle="--")
        step = 3 if narrow else 1
        ticks = places[::step]
        axes.set_xticks(ticks, ["lowest", *(str(place + 1) for place in ticks[1:-1]), "highest"])
        count_axis(axes)

    return plot(
        page,
        "outlook-calibration",
        draw,
        page.sentence("{finding}", finding=_shape(shares)),
        "Share of outcomes (in per cent) that fell in each tenth of their forecast, lowest to "
        "highest (non-randomised PIT); dashed: what calibrated forecasts give",
        source(page),
        page.sentence("{finding}; ten bars.", finding=_shape(shares)),
        (1.5, 1.8),
        pd.DataFrame({"tenth": np.arange(TENTHS) + 1, "share_percent": shares}),
    )


def _shape(shares: np.ndarray) -> str:
    """What the histogram shows, in a few words."""
    low, middle, high = shares[:2].sum(), shares[3:7].sum(), shares[-2:].sum()
    if middle > 50:
        return "outcomes fell in the middle more often than forecast: intervals were too wide"
    if low + high > 50:
        return "outcomes fell in the tails more often than forecast: intervals were too narrow"
    if low > 1.5 * high:
        return "outcomes fell low in their forecasts more often than high"
    if high > 1.5 * low:
        return "outcomes fell high in their forecasts more often than low"
    return "outcomes fell in all parts of their forecasts about as often"
