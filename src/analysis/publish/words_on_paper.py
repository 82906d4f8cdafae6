"""Text in the drawings of the house on paper, set in words.

WeasyPrint sets the text of an SVG letter by letter, and what does not begin at its place becomes a
document within the document: two fifths of what drawings cost, a third of a document's size. It has
a table of what it draws by an element's name, to which this adds one; all other drawings are drawn
as ever.
"""

from __future__ import annotations

from math import inf
from typing import Any

#: The name of the element: filled text of one style in one line; `x` and `y` say where it stands.
WORDS = "words"

_WEIGHTS = {"normal": 400, "bold": 700}
#: How much of its width lies before its place.
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}


def teach(weasyprint: Any) -> None:
    """Have WeasyPrint draw the element."""
    weasyprint.svg.TAGS[WORDS] = _draw


def _draw(svg: Any, node: Any, font_size: float) -> None:
    """Draw an element; WeasyPrint has turned and clipped the drawing as it asks for."""
    from weasyprint.draw.text import draw_first_line
    from weasyprint.matrix import Matrix
    from weasyprint.svg.text import TextBox
    from weasyprint.svg.utils import alpha_value, color
    from weasyprint.text.line_break import split_first_line

    text = (node.text or "").strip(" ")
    if not text:
        return
    style = _style(svg, node, font_size)
    layout, _, _, width, _, _ = split_first_line(text, style, svg.context, inf, 0)
    x, y = svg.point(node.get("x"), node.get("y"), font_size)
    place = Matrix(d=-1, e=x - _BEFORE[node.get("text-anchor", "start")] * width, f=y)
    fill = color(node.get("fill", "black"))
    fill.alpha *= alpha_value(node.get("fill-opacity", 1))
    svg.stream.set_color(fill)
    svg.stream.begin_text()
    layout.reactivate(style)
    draw_first_line(svg.stream, TextBox(layout, style), "none", "none", place)
    svg.stream.end_text()


def _style(svg: Any, node: Any, font_size: float) -> Any:
    """The style of an element, as WeasyPrint has it for text."""
    from weasyprint.css.properties import INITIAL_VALUES
    from weasyprint.svg.text import Style

    weight = node.get("font-weight", "normal")
    style = Style(
        INITIAL_VALUES,
        font_family=node.get("font-family", "sans-serif").split(", "),
        font_style=node.get("font-style", "normal"),
        font_weight=_WEIGHTS.get(weight) or int(weight),
        font_size=font_size,
    )
    style.font_config = svg.font_config
    return style
