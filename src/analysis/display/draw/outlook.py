"""The last weeks and the forecast of the next seven days."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.axes import count_axis, keep_apart
from analysis.display.draw.history import NOTHING, source, span_counts, span_ends
from analysis.display.fragment import Fragment
from analysis.display.page import Page
from analysis.display.plot import ACCENT, INK, LEVEL_COLORS, PALE, plot
from analysis.measures.facts.knowledge import latest_forecast


def outlook(page: Page) -> Fragment:
    """The last weeks' counts and the forecast of the next seven days."""
    held = page.recorded
    found = latest_forecast(held, page.as_of)
    if found is None or held.empty:
        return NOTHING
    weeks = span_ends(page, 7)[-10:]
    counts = span_counts(held, weeks, 7)
    half = found.quantile(0.25), found.quantile(0.75)

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        shown = counts[-6:] if narrow else counts
        places = np.arange(len(shown))
        axes.bar(places, shown, width=0.7, color=LEVEL_COLORS["media"])
        for place, value in zip(places, shown, strict=True):
            axes.text(float(place), value, words.compact(value), ha="center", va="bottom")
        ahead = len(shown) + 0.15
        axes.bar(ahead, found.high - found.low, bottom=found.low, width=0.5, color=PALE)
        axes.bar(ahead, half[1] - half[0], bottom=half[0], width=0.5, color="#a9bfd2")
        axes.plot([ahead - 0.25, ahead + 0.25], [found.median] * 2, color=ACCENT, linewidth=2)
        labels = ((found.low, "from"), (found.median, "median"), (found.high, "90 %: up to"))
        top = max(found.high, int(shown.max()), 3)
        heights = keep_apart([value for value, _ in labels], top / 7)
        for height, (value, label) in zip(heights, labels, strict=True):
            axes.text(
                ahead + 0.32, height, f"{label} {words.digits(value)}", va="center", color=INK
            )
        count_axis(axes)
        axes.set_ylim(0, top * 1.12)
        axes.set_xlim(-0.6, ahead + (1.9 if narrow else 1.35))
        ends = weeks[-len(shown) :]
        step = 2 if narrow else 1
        ticks = list(range((len(shown) - 1) % step, len(shown), step))
        axes.set_xticks(
            [*ticks, ahead],
            [*(f"{ends[place].day} {ends[place]:%b}" for place in ticks), "next\n7 days"],
        )

    return plot(
        "outlook",
        draw,
        page.sentence(
            "{forecast_low:digits} to {forecast_high:digits} attacks expected in the next seven "
            "days"
        ),
        "Recorded attacks in spans of seven days (the date is the last day), and forecast: "
        "median, 50 % and 90 % interval",
        source(page),
        page.sentence(
            "bars of attacks a week, then the forecast: median {forecast_median:digits}, 90 % "
            "interval {forecast_low:digits} to {forecast_high:digits}."
        ),
        (1.9, 2.1),
    )
