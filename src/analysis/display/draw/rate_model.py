"""Attacks a day and the rate that the interrupted time series fits, with its breaks."""

from __future__ import annotations

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.axes import bars, count_axis, date_axis, key
from analysis.display.draw.history import day_numbers, source
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, LEVEL_COLORS, STRIKE, plot
from analysis.measures.effect import rate_model as model_of


@figure
def rate_model(page: Page) -> Fragment:
    """Daily counts, the fitted rate between breaks, and the breaks.

    page: of `response`; it needs the facts `model_breaks` and `model_clear_levels`.
    """
    model = model_of(page.known)
    fit = model.fit
    if fit is None:
        return NOTHING
    top = max(1.0, float(model.counts.max()))

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        held = model.counts[model.counts > 0]
        bars(
            axes,
            day_numbers(held.index),
            held,
            width=0.9,
            color=LEVEL_COLORS["media"],
            label="Recorded attacks",
        )
        places = np.searchsorted(fit.fitted.index, fit.breaks["day"].to_numpy())
        for number, segment in enumerate(np.split(np.arange(len(fit.fitted)), places)):
            part = fit.fitted.iloc[segment]
            axes.plot(
                day_numbers(part.index),
                part,
                color=ACCENT,
                linewidth=2,
                label=None if number else "Fitted rate",
            )
        for day in fit.breaks["day"]:
            axes.axvline(float(mdates.date2num(day)) - 0.5, ymax=0.88, color=STRIKE, linestyle="--")
            axes.text(
                float(mdates.date2num(day)) - 0.5,
                top * 1.1,
                f"{day.day} {day:%b}",
                ha="center",
                va="bottom",
                color=STRIKE,
            )
        count_axis(axes)
        axes.set_ylim(0, top * 1.22)
        date_axis(axes, model.counts.index[0], model.counts.index[-1], narrow)
        key(figure, 2)

    return plot(
        page,
        "rate-model",
        draw,
        _finding(page),
        "Recorded attacks a day and the rate fitted by the model; dashed: first days of series "
        f"of US strikes ({words.digits(fit.n)} days)",
        source(page),
        page.sentence(
            "bars of attacks a day with a fitted rate that has {model_breaks:break|breaks}."
        ),
        (2.3, 2.6),
        pd.DataFrame({"attacks": model.counts, "fitted_rate": fit.fitted})
        .assign(first_day_of_strikes=model.counts.index.isin(fit.breaks["day"]).astype(int))
        .rename_axis("event_date")
        .reset_index(),
    )


def _finding(page: Page) -> Markup:
    one = page.count("model_breaks") == 1
    if not page.count("model_clear_levels"):
        breaks = "its one break" if one else page.phrase("its {model_breaks} breaks")
        return page.sentence("no clear step in the fitted rate at {breaks}", breaks=breaks)
    if one:
        return Markup("A clear step in the fitted rate at its one break")
    return page.sentence(
        "a clear step in the fitted rate at {model_clear_levels} of its {model_breaks:break|breaks}"
    )
