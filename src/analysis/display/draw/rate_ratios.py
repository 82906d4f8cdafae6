"""Rate ratios with their intervals on a log axis, one line an event: a forest plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from analysis.display import words
from analysis.display.axes import bars
from analysis.display.draw.history import source
from analysis.display.draw.posture import in_lines, shortened
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, GREY, INK, PALE, STRIKE, plot
from analysis.measures.effect import Effect, after_arrivals, after_strikes
from analysis.measures.estimate import Estimate
from analysis.measures.event_study import assets_of

#: What the axis shows; an interval that goes beyond ends in an arrow.
LEFT, RIGHT = 0.08, 12.5
TICKS = {0.1: "0.1", 0.25: "0.25", 0.5: "0.5", 1: "1", 2: "2", 4: "4", 10: "10"}

#: Of more events the newest are shown.
MOST_EVENTS = 12


@dataclass(frozen=True)
class Line:
    """One line of the plot: what it is called, its ratio, and the counts behind it."""

    label: str
    ratio: Estimate
    counts: str
    before: int
    after: int
    days_after: int


@figure
def strike_ratios(page: Page) -> Fragment:
    """The rate after ÷ before each episode of US strikes, and all of them together.

    page: of `response`; it needs facts such as `episodes_ratio`, `episodes_as_far_share` and
        `episodes_ratio_low`.
    """
    effect = after_strikes(page.known, page.window_days)
    numbers = {row.first: place + 1 for place, row in enumerate(effect.events.itertuples())}
    labels = [f"{numbers[first]} · {_day(first)}" for first in effect.compared["first"]]
    return _forest(page, effect, labels, "strike-ratios", "episodes", _strike_finding(page))


@figure
def arrival_ratios(page: Page) -> Fragment:
    """The rate after ÷ before each large arrival.

    page: of `posture` or `response`; it needs facts such as `arrivals_ratio`,
        `arrivals_as_far_share` and `arrivals_ratio_low`.
    """
    effect = after_arrivals(page.known, page.window_days)
    labels = [_arrival(page, row) for row in effect.compared.to_dict("records")]
    return _forest(page, effect, labels, "arrival-ratios", "arrivals", _arrival_finding(page))


def _forest(
    page: Page, effect: Effect, labels: Sequence[str], name: str, fact: str, finding: Markup
) -> Fragment:
    lines = [
        Line(
            *(label, row["found"], _counts(row, effect.days)),
            *(row["before"], row["after"], row["days_after"]),
        )
        for label, row in zip(labels, effect.compared.to_dict("records"), strict=True)
        if row["found"] is not None
    ][-MOST_EVENTS:]
    if not lines:
        return NOTHING
    together = _together(page, fact) if len(effect.compared) > 1 else None

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        for place, line in enumerate(lines):
            _draw_line(axes, place, line, narrow)
        rows = len(lines)
        if together:
            _draw_together(axes, rows, together, narrow)
            rows += 1
        axes.axvline(1, color=GREY, linewidth=0.8, zorder=0)
        axes.set_xscale("log")
        axes.set_xlim(LEFT, RIGHT)
        axes.set_xticks(list(TICKS), list(TICKS.values()))
        axes.xaxis.set_minor_locator(NullLocator())
        names = [in_lines(line.label, narrow) for line in lines] + (
            ["All together"] if together else []
        )
        axes.set_yticks(range(rows), [""] * rows if narrow else names)
        if narrow:
            for place, label in enumerate(names):
                axes.annotate(
                    label, (0, place - 0.3), xycoords=("axes fraction", "data"), va="bottom"
                )
        axes.set_ylim(rows - 0.4, -0.9 if narrow else -0.6)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        explained = "" if narrow else "; left of 1: lower after, right of 1: higher after"
        axes.set_xlabel(f"rate after ÷ before{explained}")

    rows = len(lines) + bool(together)
    extra = [max(in_lines(line.label, n).count("\n") for line in lines) for n in (False, True)]
    band = "; grey: 95 % of random placements of the same events" if together else ""
    return plot(
        page,
        name,
        draw,
        finding,
        f"Attack rate in up to {words.counted(effect.days, 'day|days')[0]} "
        f"{words.noun(effect.days, 'day|days')} after ÷ before, with 95 % interval; right: attacks "
        f"before and after{band}",
        source(page),
        page.sentence(
            f"one line an event with its rate ratio and interval: lower after {{{fact}_fell}}, "
            f"higher after {{{fact}_rose}} of {{{fact}_compared}}."
        ),
        (0.75 + (0.2 + 0.1 * extra[0]) * rows, 0.85 + (0.36 + 0.14 * extra[1]) * rows),
        _as_data(lines, together),
    )


def _as_data(lines: Sequence[Line], together: tuple[float, float, float] | None) -> pd.DataFrame:
    """A row for each event; the last is of all together, with the band of random placements."""
    rows: list[dict[str, object]] = [
        {
            "event": " ".join(line.label.split()),
            "ratio": line.ratio.value,
            "low": line.ratio.low,
            "high": line.ratio.high,
            "attacks_before": line.before,
            "attacks_after": line.after,
            "days_after": line.days_after,
        }
        for line in lines
    ]
    if together:
        ratio, low, high = together
        rows.append({"event": "All together", "ratio": ratio, "low": low, "high": high})
    return pd.DataFrame(rows)


def _draw_line(axes: Axes, place: int, line: Line, narrow: bool) -> None:
    ratio, low = line.ratio.value, float(line.ratio.low or 0)
    high = RIGHT if line.ratio.high is None else line.ratio.high
    clear = low > 1 or high < 1
    axes.plot(
        [max(low, LEFT), min(high, RIGHT)],
        [place, place],
        color=INK if clear else GREY,
        linewidth=1.6,
        solid_capstyle="butt",
    )
    for end, beyond, mark in ((LEFT, low < LEFT, "<"), (RIGHT, high >= RIGHT, ">")):
        if beyond:
            axes.plot(end, place, mark, color=GREY, markersize=5, clip_on=False)
    if ratio is not None and LEFT <= ratio <= RIGHT:
        axes.plot(ratio, place, "o", color=STRIKE if clear else INK, markersize=5)
    _at_right(axes, place, line.counts, narrow)


def _draw_together(axes: Axes, place: int, test: tuple[float, float, float], narrow: bool) -> None:
    ratio, low, high = test
    low, high = max(low, LEFT), min(high, RIGHT)
    bars(axes, place, high - low, base=low, width=0.5, across=True, color=PALE, zorder=0)
    axes.plot(min(max(ratio, LEFT), RIGHT), place, "D", color=ACCENT, markersize=6)
    _at_right(axes, place, words.digits(ratio), narrow)


def _at_right(axes: Axes, place: int, text: str, narrow: bool) -> None:
    axes.annotate(
        text,
        (1.05 if narrow else 1.02, place),
        xycoords=("axes fraction", "data"),
        va="center",
    )


def _together(page: Page, fact: str) -> tuple[float, float, float] | None:
    names = (f"{fact}_ratio", f"{fact}_ratio_low", f"{fact}_ratio_high")
    if not page.facts[f"{fact}_as_far_share"].known:
        return None
    ratio, low, high = (float(page.value(name) or 0) for name in names)
    return ratio, low, high


def _counts(row: dict[Any, Any], days: int) -> str:
    """Attacks before and after; with the days known so far where the span is cut short."""
    cut = "" if row["days_after"] == days else f" ({row['days_after']} d)"
    return f"{row['before']}, then {row['after']}{cut}"


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%b %Y}"


def _arrival(page: Page, row: dict[Any, Any]) -> str:
    """The first of the units that arrived, how many with it, and the day."""
    name = shortened(assets_of(page.known, row["ids"][:1])[0])
    others = f" and {len(row['ids']) - 1} more" if len(row["ids"]) > 1 else ""
    return f"{name}{others}, {row['first'].day} {row['first']:%b}"


def _strike_finding(page: Page) -> Markup:
    if page.count("episodes_compared") == 1:
        return _of_one(page, "episodes", "episode")
    return page.sentence(
        "the attack rate was lower after {episodes_fell} and higher after {episodes_rose} of "
        "{episodes_compared:episode|episodes}"
    )


def _arrival_finding(page: Page) -> Markup:
    if page.count("arrivals_compared") == 1:
        return _of_one(page, "arrivals", "large arrival")
    return page.sentence(
        "the attack rate was lower after {arrivals_fell} and higher after {arrivals_rose} of "
        "{arrivals_compared:large arrival|large arrivals}"
    )


def _of_one(page: Page, fact: str, what: str) -> Markup:
    """How the rate moved after the only one that can be compared."""
    moved = {f"{fact}_fell": "lower after", f"{fact}_rose": "higher after"}
    how = next(
        (said for name, said in moved.items() if page.count(name)), "the same before and after"
    )
    return page.sentence(f"the attack rate was {how} the one {what} that can be compared")
