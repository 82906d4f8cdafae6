"""How late attacks become known, and how many of the last days are still to come."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.display import words
from analysis.display.axes import bars, count_axis, date_axis, key
from analysis.display.draw.history import day_numbers, source, too_short
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, GREY, INK, PALE, plot
from analysis.measures.delay import distribution
from analysis.measures.nowcast import delays_of, nowcast_of

#: Fewer attacks than these have no distribution worth drawing.
FEWEST = 5

#: Delays drawn, in days; hardly anything happens beyond.
DELAYS_SHOWN = 7

#: Two labels need so much between them.
CLEAR = 0.12

#: Days whose counts are drawn with what is still to come.
DAYS_SHOWN = 14


@figure
def known_by_delay(page: Page) -> Fragment:
    """The share of attacks known within each number of days, with its interval.

    page: of `record`.
    """
    delays = delays_of(page.known)
    found = distribution(delays, page.as_of).head(DELAYS_SHOWN + 1)
    if len(delays) < FEWEST or len(found) < 3:
        return NOTHING
    plain = [(delays["delay"] <= delay).mean() for delay in found.index]

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        axes.fill_between(found.index, found["low"], found["high"], step="post", color=PALE)
        axes.step(found.index, found["estimate"], where="post", color=ACCENT, linewidth=2)
        axes.plot(found.index, plain, "o", color=GREY, markersize=3.5, fillstyle="none")
        for delay, label in _told(found["estimate"]).items():
            share = float(found["estimate"].loc[delay])
            axes.annotate(
                f"{words.percent(share)} {label}", (delay + 0.1, share - 0.03), va="top", color=INK
            )
        _shares(axes, int(found.index[-1]))
        axes.set_xlabel("days after the attack")

    return plot(
        page,
        "known-by-delay",
        draw,
        page.sentence(
            "{known_within_0_share} of attacks are known on the same day, "
            "{known_within_1_share} by the day after"
        ),
        "Recorded attacks known within so many days: estimate that allows for reports still to "
        "come, with 95 % intervals; circles count only what is known",
        source(page),
        page.sentence(
            "steps that rise from {known_within_0_share} on the day of the attack to "
            "{known_within_1_share} a day later, from {delay_attacks:attack|attacks}."
        ),
        (1.7, 2.2),
        found[["estimate", "low", "high"]]
        .assign(share_of_what_is_known=plain)
        .rename_axis("days_after")
        .reset_index(),
    )


def _told(shares: pd.Series) -> dict[int, str]:
    """Delays whose share is written beside its step: those that rise well above the one before."""
    told: dict[int, str] = {}
    said = {0: "on the same day", 1: "by the day after", 3: "within three days"}
    height = 0.0
    for delay, label in said.items():
        if delay in shares.index and shares.loc[delay] - height > CLEAR:
            told[delay], height = label, float(shares.loc[delay])
    return told


def _shares(axes: Axes, longest: int) -> None:
    axes.set_xlim(-0.15, longest + 0.6)
    axes.set_xticks(range(longest + 1))
    axes.set_ylim(0, 1.04)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=f"{words.NBSP}%"))
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)


@figure
def counts_still_to_come(page: Page) -> Fragment:
    """The last days as recorded, and with what is still to be reported.

    page: of `record`, `brief` or a report of one's own; it needs the facts `nowcast_low` and
        `nowcast_high`.
    """
    found = nowcast_of(page.known, DAYS_SHOWN).days
    if too_short(page) or not found["high"].any():
        return NOTHING

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        days = day_numbers(found.index)
        observed, missing = found["observed"], found["estimate"] - found["observed"]
        bars(axes, days, observed, width=0.75, color=ACCENT, label="recorded so far")
        bars(
            axes,
            days,
            missing,
            width=0.75,
            base=observed,
            color="#c9d8e6",
            hatch="////",
            edgecolor="#8fb3d3",
            label="expected to be added",
        )
        open_days = (found["high"] > found["low"]).to_numpy()
        axes.vlines(
            days[open_days],
            found["low"][open_days],
            found["high"][open_days],
            color=INK,
            linewidth=1.2,
            label="90 % interval",
        )
        count_axis(axes)
        axes.set_ylim(0, max(float(found["high"].max()), 3) * 1.08)
        date_axis(axes, found.index[0], page.as_of, narrow)
        axes.set_xlim(days[0] - 0.7, days[-1] + 0.7)
        key(figure, 2 if narrow else 3)

    return plot(
        page,
        "still-to-come",
        draw,
        page.sentence(
            "the {days} to {to_day}: {attacks_window:attack|attacks} recorded, "
            "{nowcast_low:digits} to {nowcast_high:digits} in the end",
        )
        if page.count("nowcast_high") > page.count("nowcast_low")
        else page.sentence("the last days’ counts are hardly expected to grow"),
        f"Recorded attacks a day over the last {len(found)} days, and what reports still to come "
        "are expected to add",
        source(page),
        page.sentence(
            "bars of recorded attacks a day with the expected addition on top; about "
            "{nowcast_missing:digits} more are expected in the window."
        ),
        (1.9, 2.2),
        found[["observed", "estimate", "low", "high"]].rename_axis("event_date").reset_index(),
    )
