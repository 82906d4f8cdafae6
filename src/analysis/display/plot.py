"""How every figure is drawn: once for a page, once for a phone, as vector graphics.

A figure of a report is a function that draws on axes; :func:`plot` calls it at both widths and
puts title, unit and source around it as text of the page, where it can be read aloud, selected
and set in the reader's size. The same data give the same bytes: fonts from a pinned package,
no dates, ids salted with the figure's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib as mpl
import pandas as pd
from markupsafe import Markup
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from analysis.display import texts, ticks
from analysis.display.captioned import Caption
from analysis.display.drawing import Drawing, figure_to_record, recorded
from analysis.display.fragment import Fragment
from analysis.display.inline import inline
from analysis.display.page import Page
from analysis.display.take_along import links, write_files
from analysis.display.writing import plain
from analysis.lean.seaborn import sns
from analysis.typefaces import FAMILY, static_faces

#: Widths in inches: the text column of an A4 page, the screen of a phone.
WIDE, NARROW = 6.85, 3.7

INK, GREY, PALE = "#1a1a1a", "#6b7680", "#d5dbe1"
#: Dark to light, so that they differ in grey print too: official, media, claim.
LEVEL_COLORS = {"official": "#1f4e79", "media": "#8fb3d3", "claim": "#e3e8ec"}
ACCENT, STRIKE = "#1f4e79", "#b5460f"

STYLE: dict[str, Any] = {
    "font.family": FAMILY,
    "font.size": 8.5,
    "axes.edgecolor": GREY,
    "axes.facecolor": "none",
    "axes.labelcolor": GREY,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 8.5,
    "grid.color": "#e3e7eb",
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "patch.linewidth": 0,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in a name is one
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "xtick.major.width": 0.6,
}

#: Title and subtitle are blocks of their own also where the page's style is not: in JupyterLab.
_FIGURE = Markup(
    '<figure class="plot"><figcaption><div class="finding"><strong>{finding}</strong></div>'
    '<div class="subtitle">{subtitle}</div></figcaption>{wide}'
    '<div class="narrow" style="display:none">{narrow}</div>'
    '<p class="source">{source}{links}</p></figure>'
)

#: Draws on a figure, narrow or not; returns what to do when all has found its place, if anything.
Draw = Callable[[Figure, bool], Callable[[], None] | None]


def plot(
    page: Page,
    name: str,
    draw: Draw,
    finding: Markup,
    subtitle: str,
    source: Markup | str,
    alt: Markup | str,
    heights: tuple[float, float],
    data: pd.DataFrame,
) -> Fragment:
    """A figure with its finding, unit and source.

    Parameters
    ----------
    page: the page under way.
    name: unique on the page; the ids of the drawing and the names of its files begin with it.
    draw: called with an empty figure and whether it is the narrow one.
    finding: the title, a sentence from facts that states what the figure shows.
    subtitle: what is drawn, in which unit.
    source: where the data come from.
    alt: what somebody who cannot see it needs to know.
    heights: in inches, of the wide and the narrow drawing.
    data: what is drawn, a row an observation, so that a reader can draw it anew.
    """
    told = plain(alt) if isinstance(alt, Markup) else alt
    origin = plain(source) if isinstance(source, Markup) else source
    caption = Caption(
        *(plain(finding), subtitle, origin, page.title, page.as_of),
        marking=str(page.parameters["marking"]),
    )
    with house_style():
        wide, narrow = (
            drawn(draw, width, height)
            for width, height in zip((WIDE, NARROW), heights, strict=True)
        )
    write_files(name, wide, caption, data)
    return Fragment(
        _FIGURE.format(
            finding=finding,
            subtitle=subtitle,
            source=source,
            links=links(name),
            wide=inline(wide, f"{name}-w", told, subtitle),
            narrow=inline(narrow, f"{name}-n", told, subtitle),
        )
    )


def drawn(draw: Draw, width: float, height: float) -> Drawing:
    """What a figure of so many inches shows, everything in its place."""
    figure = figure_to_record(width, height)
    finish = draw(figure, width == NARROW)
    _only_what_takes_room(figure)
    # Laid out here and once: a figure that has a layout of its own is each time it is drawn.
    ConstrainedLayoutEngine().execute(figure)
    _measured(figure)
    if finish:
        finish()
    return recorded(figure)


def _only_what_takes_room(figure: Figure) -> None:
    """Lay out no more than what takes room: ticks are gone through for each that does not.

    A spine goes along its axes, their ground is where they are, and for a label that says nothing
    no place need be found.
    """
    for axes in figure.axes:
        for artist in (axes.patch, *axes.spines.values()):
            artist.set_in_layout(False)
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)
                axis.label.set_visible(False)


def _measured(figure: Figure) -> None:
    """Have no ticks measured again where no label of their axis stands beside them."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if not (axis.get_label_text() or axis.offsetText.get_text()):
            for tick in axis.majorTicks:
                tick.label1.set_in_layout(False)


@contextmanager
def house_style() -> Iterator[None]:
    """Our style and nothing of the user's matplotlibrc."""
    register_fonts()
    style = _checked_style()
    before = {name: mpl.rcParams._get(name) for name in style}
    try:
        mpl.rcParams._update_raw(style)
        with ticks.alike(), texts.laid_out_once():
            yield
    finally:
        mpl.rcParams._update_raw(before)


@cache
def _checked_style() -> dict[Any, Any]:
    """All that matplotlib is told of style; to check it takes longer than to open a figure."""
    style: Any = STYLE
    with mpl.rc_context():
        mpl.rcdefaults()
        with sns.axes_style("white"), mpl.rc_context(style):
            # The backend is the user's own, and `rc_context` does not put it back.
            return {name: mpl.rcParams._get(name) for name in mpl.rcParams if name != "backend"}


@cache
def register_fonts() -> None:
    """Make the typeface known to matplotlib."""
    for path in static_faces().values():
        font_manager.fontManager.addfont(path)
