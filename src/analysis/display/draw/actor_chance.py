"""Whether attacks went together: what was seen ÷ what chance gives, with the range of chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.against_chance import beyond_chance, observed
from analysis.display.axes import bars
from analysis.display.draw.history import source
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, GREY, INK, plot
from analysis.record.wording import joined

#: What is drawn, by the names of the facts; nothing with less expected by chance than this.
MEASURES = {
    "multi_site_days": "Days with several sites",
    "close_pairs": "Pairs on one day or night",
    "dispersion_within_weeks": "Variance ÷ mean in weeks",
}
LEAST_EXPECTED = 1

#: With fewer attacks every measure would be a ratio of next to nothing.
FEWEST = 10


@figure
def actor_chance(page: Page) -> Fragment:
    """Days with several sites, close pairs and dispersion, each as a multiple of chance.

    page: of `actor`; it needs facts such as `dispersion_within_weeks`, `multi_site_days_expected`
        and `dispersion_within_weeks_expected`.
    """
    shown = [name for name in MEASURES if _expected(page, name) >= LEAST_EXPECTED]
    few = page.count("attacks_cumulative") < FEWEST
    if few or len(shown) < 2 or page.count("attack_days") < 2:
        return NOTHING

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        places = np.arange(len(shown))
        low, high = (
            np.array([float(page.value(name + end) or 0) for name in shown]) / _all(page, shown)
            for end in ("_low", "_high")
        )
        seen = np.array([observed(page, name) for name in shown]) / _all(page, shown)
        bars(axes, places, high - low, base=low, width=0.5, across=True, color="#d5dbe1")
        axes.axvline(1, color=GREY, linewidth=0.9)
        axes.plot(seen, places, "o", color=ACCENT, markersize=6.5)
        right = max(float(high.max()), float(seen.max()))
        for where, value in zip(places, seen, strict=True):
            axes.annotate(
                words.digits(round(float(value), 2)),
                (right, where),
                (8, 0),
                textcoords="offset points",
                va="center",
                color=INK,
            )
        axes.set_yticks(places, [MEASURES[name] for name in shown])
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_xlim(0, right * 1.12)
        axes.set_xlabel("observed ÷ expected by chance", color=GREY)
        axes.spines["left"].set_visible(False)

    return plot(
        page,
        "actor-chance",
        draw,
        _finding(page, shown),
        "Recorded attacks: points for what was observed, grey for where chance at the same weekly "
        f"rates is in 95{words.NBSP}% of cases",
        source(page),
        page.sentence(
            "points for what was observed, bars for the range of chance; {multi_site_days} days "
            "with several sites, {multi_site_days_expected:digits} expected."
        ),
        (0.55 + 0.25 * len(shown), 0.6 + 0.28 * len(shown)),
        pd.DataFrame(
            {
                "measure": name,
                "observed": observed(page, name),
                **{part: page.value(f"{name}_{part}") for part in ("expected", "low", "high")},
            }
            for name in shown
        ),
    )


def _expected(page: Page, name: str) -> float:
    return float(page.value(f"{name}_expected") or 0)


def _all(page: Page, names: list[str]) -> np.ndarray:
    return np.array([_expected(page, name) for name in names])


def _finding(page: Page, shown: list[str]) -> Markup:
    beyond = [name for name in shown if beyond_chance(page, name)]
    if not beyond:
        return Markup("Attacks go together about as often as chance would have it")
    names = joined([MEASURES[name][0].lower() + MEASURES[name][1:] for name in beyond])
    return Markup("Beyond what chance gives: {}").format(names)
