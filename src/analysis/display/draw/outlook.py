"""The last weeks and the forecast of the coming days; the forecasts of the models side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.display import words
from analysis.display.axes import bars, count_axis, keep_apart
from analysis.display.draw.history import source, span_counts, span_ends
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, INK, LEVEL_COLORS, PALE, plot
from analysis.measures.outlook import BASELINES, MODELS, Predictive, backtest

#: The half of the probability in the middle.
MIDDLE = "#a9bfd2"

#: Bars before the forecast, on a page and on a phone.
MOST_SPANS = {False: 10, True: 6}

#: Ends of the 90 % and the 50 % interval of a forecast, and its median.
PARTS = ("low", "half_low", "median", "half_high", "high")

LABELS = {
    "gamma-poisson": "Gamma-Poisson",
    "hawkes": "Self-exciting",
    "hurdle": "Hurdle",
    "last-week": "Last week again",
    "climatology": "All weeks so far",
}


@figure
def outlook(page: Page) -> Fragment:
    """The last spans' counts and the forecast of the next.

    page: of `brief`, `outlook` or a report of one's own; it needs facts such as `forecast_median`,
        `forecast_low` and `forecast_high`.
    """
    held = page.shown
    if held.empty or not page.facts["forecast_median"].known:
        return NOTHING
    days = page.horizon_days
    low, half_low, median, half_high, high = (page.count(f"forecast_{part}") for part in PARTS)
    ends = span_ends(page, days)[-MOST_SPANS[False] :]
    counts = span_counts(held, ends, days)

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        shown = counts[-MOST_SPANS[narrow] :]
        places = np.arange(len(shown))
        bars(axes, places, shown, width=0.7, color=LEVEL_COLORS["media"])
        for place, value in zip(places, shown, strict=True):
            axes.text(float(place), value, words.compact(value), ha="center", va="bottom")
        ahead = len(shown) + 0.15
        bars(axes, ahead, high - low, base=low, width=0.5, color=PALE)
        bars(axes, ahead, half_high - half_low, base=half_low, width=0.5, color=MIDDLE)
        axes.plot([ahead - 0.25, ahead + 0.25], [median] * 2, color=ACCENT, linewidth=2)
        labels = ((low, "from"), (median, "median"), (high, "90 %: up to"))
        top = max(high, int(shown.max()), 3)
        heights = keep_apart([value for value, _ in labels], top / 7)
        for height, (value, label) in zip(heights, labels, strict=True):
            axes.text(
                ahead + 0.32, height, f"{label} {words.digits(value)}", va="center", color=INK
            )
        count_axis(axes)
        axes.set_ylim(0, top * 1.12)
        axes.set_xlim(-0.6, ahead + (1.9 if narrow else 1.35))
        dates = ends[-len(shown) :]
        step = 2 if narrow else 1
        ticks = list(range((len(shown) - 1) % step, len(shown), step))
        coming = f"next\n{days} days" if days > 1 else "next\nday"
        axes.set_xticks(
            [*ticks, ahead],
            [*(f"{dates[place].day} {dates[place]:%b}" for place in ticks), coming],
        )

    return plot(
        page,
        "outlook",
        draw,
        page.sentence(
            "{forecast_low:digits} to {forecast_high:digits} attacks expected in {coming}",
        ),
        f"Recorded attacks {_in_spans(days)}, and forecast: median, 50 % and 90 % interval",
        source(page),
        page.sentence(
            "bars of attacks in spans of equal length, then the forecast: median "
            "{forecast_median:digits}, 90 % interval {forecast_low:digits} to "
            "{forecast_high:digits}."
        ),
        (1.9, 2.1),
        _as_data(page, ends, counts),
    )


def _as_data(page: Page, ends: pd.DatetimeIndex, counts: np.ndarray) -> pd.DataFrame:
    """A row for each span, that of the forecast last."""
    past = pd.DataFrame({"last_day": ends, "attacks": counts}, dtype=object)
    ahead = {name: page.count(f"forecast_{name}") for name in PARTS}
    coming = page.as_of + pd.Timedelta(days=page.horizon_days)
    return pd.concat([past, pd.DataFrame([{"last_day": coming, **ahead}], dtype=object)])


def _in_spans(days: int) -> str:
    if days == 1:
        return "a day"
    return f"in spans of {words.number(days)} days (the date is the last day)"


@figure
def outlook_models(page: Page) -> Fragment:
    """What each model and each baseline forecasts for the coming days.

    page: of `outlook`, `brief` or a report of one's own; it needs the fact `forecast_model`.
    """
    found = backtest(page.known, page.horizon_days)
    if found is None:
        return NOTHING
    chosen = str(page.value("forecast_model"))
    names = [*MODELS, *BASELINES]

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        for place, name in enumerate(names):
            _draw_interval(axes, place, found.forecasts[name][-1])
        axes.set_yticks(range(len(names)), [LABELS[name] for name in names])
        for label, name in zip(axes.get_yticklabels(), names, strict=True):
            label.set_fontweight("bold" if name == chosen else "normal")
        axes.set_ylim(len(names) - 0.4, -0.6)
        _count_axis_below(axes)

    return plot(
        page,
        "outlook-models",
        draw,
        page.sentence(
            "the chosen model says {forecast_median:digits}, its 90 % interval is "
            "{forecast_low:digits} to {forecast_high:digits}"
        ),
        f"Attacks forecast for {page.coming} by each model (the chosen one in bold) and baseline: "
        "median, 50 % and 90 % interval",
        source(page),
        page.sentence(
            "one bar for each of three models and two baselines; the chosen model's median is "
            "{forecast_median:digits}."
        ),
        (1.75, 1.9),
        pd.DataFrame(
            {"model": name, "chosen": int(name == chosen), **parts_of(found.forecasts[name][-1])}
            for name in names
        ),
    )


def parts_of(forecast: Predictive) -> dict[str, Any]:
    """The numbers that stand for a forecast, or for several."""
    (low, high), (half_low, half_high) = forecast.interval(0.9), forecast.interval(0.5)
    values = (low, half_low, forecast.quantile(0.5), half_high, high)
    return dict(zip(PARTS, values, strict=True))


def _draw_interval(axes: Axes, place: int, forecast: Predictive) -> None:
    """A bar of the 90 % interval, in it the 50 % interval and the median with its number."""
    low, half_low, median, half_high, high = parts_of(forecast).values()
    bars(axes, place, high - low, base=low, width=0.5, across=True, color=PALE)
    bars(axes, place, half_high - half_low, base=half_low, width=0.5, across=True, color=MIDDLE)
    axes.plot([median] * 2, [place - 0.25, place + 0.25], color=ACCENT, linewidth=2)
    axes.annotate(
        f"{words.digits(median)}  ({words.digits(low)} to {words.digits(high)})",
        (high, place),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=INK,
    )


def _count_axis_below(axes: Axes) -> None:
    """Whole numbers from zero on the horizontal axis, with room for a label at the right."""
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=2))
    axes.set_xlim(0, max(axes.get_xlim()[1], 3) * 1.3)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
