"""A figure of one's own, in the house's style: what an analyst adds to a page."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.display.axes import days_in_words, powers_in_digits
from analysis.display.draw.history import source as of_the_record
from analysis.display.fragment import Fragment
from analysis.display.page import Page, opened
from analysis.display.plot import plot
from analysis.errors import PageWarning


def figure(
    draw: Callable[[Axes], object],
    title: str | Markup,
    subtitle: str = "",
    alt: str | Markup = "",
    *,
    data: pd.DataFrame | None = None,
    height: float = 3.0,
    source: str | None = None,
    page: Page | None = None,
) -> Fragment:
    """A figure of one's own: drawn for the page and for a phone, with title, unit and source.

    Parameters
    ----------
    draw: draws on the axes that it is given; it is called once for each width.
    title: what the figure shows, in a sentence; also one of :meth:`Page.sentence`.
    subtitle: what is drawn, in which unit.
    alt: what somebody who cannot see it needs to know.
    data: what is drawn, a row an observation; readers can take it along as CSV.
    height: in inches.
    source: where the data come from; the record, if not given.
    page: the report; the one opened last, if not given.

    Returns
    -------
    Fragment
        The figure, with title, alt text and data.

    Warns
    -----
    PageWarning
        If there is no alt text.

    Examples
    --------
    >>> import analysis as an
    >>> import seaborn as sns
    >>> brief = an.open("brief", as_of="2023-10-24")
    >>> an.figure(
    ...     lambda axes: sns.countplot(brief.recorded, y="site", ax=axes),
    ...     title="Attacks by site",
    ...     subtitle="Recorded attacks since 17 October 2023",
    ...     alt="Bars by site; Ain al-Asad has most.",
    ... )
    Attacks by site...
    """
    about = opened(page)
    if not alt:
        warnings.warn(
            f"the figure {title!s:.60} has no alt text; say in alt= what it shows",
            PageWarning,
            stacklevel=2,
        )

    def on_axes(drawing: Figure, narrow: bool) -> None:
        axes = drawing.subplots()
        draw(axes)
        days_in_words(axes, narrow)
        powers_in_digits(axes)

    return plot(
        page=about,
        name=slug(str(Markup(title).striptags())),
        draw=on_axes,
        finding=Markup("{}").format(title),
        subtitle=subtitle,
        source=source or of_the_record(about),
        alt=alt or title,
        heights=(height, height),
        data=pd.DataFrame() if data is None else data,
    )


def slug(text: str) -> str:
    """A text as the name of a file and the beginning of ids.

    >>> slug("Attacks by site, 2023")
    'attacks-by-site-2023'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-") or "figure"
