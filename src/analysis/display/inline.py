"""A drawing as a piece of the page: an `<svg>` that says what it shows, with text as text."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display.drawing import Drawing
from analysis.display.vector import FONT_SIZE, elements
from analysis.typefaces import FAMILY

_SVG = Markup(
    '<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}pt" role="img" '
    'aria-labelledby="{name}-title" aria-describedby="{name}-unit" '
    'font-family="{family}, sans-serif" font-size="{size}" stroke-linejoin="round">'
    '<title id="{name}-title">{title}</title><desc id="{name}-unit">{description}</desc>'
    "{elements}</svg>"
)


def inline(drawing: Drawing, name: str, title: str, description: str) -> Markup:
    """Return a drawing as an `<svg>` of the page.

    Parameters
    ----------
    drawing: what to show.
    name: the ids of the drawing begin with it; no other drawing of the page may have it.
    title, description: what it shows, and what is drawn in it, for whoever cannot see it.
    """
    return _SVG.format(
        width=drawing.frame.width,
        height=drawing.frame.height,
        name=name,
        family=FAMILY,
        size=FONT_SIZE,
        title=title,
        description=description,
        elements=elements(drawing, name),
    )
