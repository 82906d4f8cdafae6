"""Axes that a reader can read: dates with their year, whole counts, labels that keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, LogFormatter, MaxNLocator, NullFormatter
from numpy.typing import ArrayLike

from analysis.display.plot import INK

#: Up to this many days the ticks are days, beyond it months.
LONGEST_IN_DAYS = 75


def date_axis(axes: Axes, start: pd.Timestamp, end: pd.Timestamp, narrow: bool) -> None:
    """Day or month ticks, few enough to keep apart; the year stands where it is new."""
    half = pd.Timedelta(hours=12)
    axes.set_xlim(mdates.date2num(start - half), mdates.date2num(end + half))
    most = 4 if narrow else 8
    if (end - start).days < LONGEST_IN_DAYS:
        step = -(-((end - start).days + 1) // most)
        ticks = pd.date_range(end=end, periods=((end - start).days // step) + 1, freq=f"{step}D")
        name = [f"{day.day} {day:%b}" for day in ticks]
    else:
        months = pd.date_range(start, end, freq="MS")
        ticks = months[:: -(-len(months) // most)]
        name = [f"{day:%b}" for day in ticks]
    years = [f"\n{day.year}" if new else "" for day, new in zip(ticks, _new(ticks), strict=True)]
    axes.set_xticks(mdates.date2num(ticks), [n + y for n, y in zip(name, years, strict=True)])


def days_in_words(axes: Axes, narrow: bool) -> None:
    """Where somebody has drawn over days and left their axis as it comes: as :func:`date_axis`."""
    if isinstance(axes.xaxis.get_major_formatter(), mdates.AutoDateFormatter):
        first, last = axes.get_xlim()
        start, end = (pd.Timestamp(mdates.num2date(at)).tz_localize(None) for at in (first, last))
        date_axis(axes, start.ceil("D"), end.floor("D"), narrow)
        axes.set_xlim(first, last)


def powers_in_digits(axes: Axes) -> None:
    """Where somebody has drawn on a scale of powers: its numbers as any other, not as formulas."""
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_formatter(), LogFormatter):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
            axis.set_minor_formatter(NullFormatter())


def _new(ticks: pd.DatetimeIndex) -> list[bool]:
    """Whether each tick is the first of its year."""
    years = list(ticks.year)
    return [year not in years[:place] for place, year in enumerate(years)]


def count_axis(axes: Axes) -> None:
    """Whole numbers from zero, with light lines to read them by."""
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=2))
    axes.set_ylim(bottom=0)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)


def bars(
    axes: Axes,
    places: ArrayLike,
    lengths: ArrayLike,
    *,
    width: ArrayLike,
    base: ArrayLike = 0,
    across: bool = False,
    color: str,
    **style: Any,
) -> None:
    """The bars of a series as one shape: matplotlib takes many times as long for one each.

    Parameters
    ----------
    axes: to draw on.
    places, lengths: of each bar, its middle and how long it is.
    width: of each bar, or of all.
    base: where each begins, or all.
    across: whether they lie, and begin at the left.
    color, style: of the shape; a `label` goes into the key.
    """
    middle, length, broad, begin = np.broadcast_arrays(
        *(np.asarray(numbers, dtype=float) for numbers in (places, lengths, width, base))
    )
    if not middle.size:
        return
    side = np.stack([middle - broad / 2, middle + broad / 2], axis=-1).reshape(-1, 2)
    end = np.stack([begin, begin + length], axis=-1).reshape(-1, 2)
    corners = np.stack([side[:, [0, 1, 1, 0, 0]], end[:, [0, 0, 1, 1, 0]]], axis=-1)
    if across:
        corners = corners[:, :, ::-1]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    points = corners.reshape(-1, 2)
    shape = PathPatch(Path(points, codes * len(corners)), facecolor=color, **style)
    shape.set_snap(True)
    (shape.sticky_edges.x if across else shape.sticky_edges.y).extend(np.unique(begin))
    axes.add_artist(shape)
    axes.update_datalim(points)
    axes.autoscale(None)  # type: ignore[arg-type]  # when somebody asks for the limits


def key(figure: Figure, columns: int, order: Sequence[str] = ()) -> None:
    """A legend above the plot, from the left edge of the figure, in the order given."""
    handles, labels = figure.axes[0].get_legend_handles_labels()
    by_label = dict(zip(labels, handles, strict=True))
    shown = [label for label in order if label in by_label] or labels
    figure.legend(
        [by_label[label] for label in shown],
        shown,
        loc="outside upper left",
        ncols=columns,
        borderaxespad=0,
        borderpad=0.2,
        handlelength=1.1,
        handleheight=0.9,
        handletextpad=0.5,
        columnspacing=1.4,
        labelcolor=INK,
    )


def keep_apart(values: Sequence[float], gap: float) -> list[float]:
    """Where labels of ascending values stand: each at its value, or as far above as it takes.

    >>> keep_apart([0, 0, 10], gap=2)
    [1.0, 3.0, 10.0]
    """
    places: list[float] = []
    lowest = gap / 2
    for value in values:
        places.append(max(float(value), lowest))
        lowest = places[-1] + gap
    return places
