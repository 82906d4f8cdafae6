"""What WeasyPrint works out each time that it lays out a box is worked out once for each style.

A page is laid out in many ways before it is set: a table to see how wide its columns want to be,
notes to see how high theirs have to be. Boxes of one style in one place are as large. What was
found is kept with the style, and goes with the document. WeasyPrint changes no style that it has
begun to lay out with: it takes a copy, which has nothing of this.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from itertools import product
from operator import attrgetter
from typing import Any

_BORDERS = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
_LENGTHS = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in ("left", "right")),
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in ("top", "bottom")),
    *("width", "min_width", "max_width", "height", "min_height", "max_height"),
    *_BORDERS,
)


def worked_out_once(weasyprint: Any) -> None:
    """Have WeasyPrint look at what it knows first."""
    layout, lines, css = weasyprint.layout, weasyprint.text.line_break, weasyprint.css
    if hasattr(lines.get_font_description, "__wrapped__"):
        return
    known: dict[str, Any] = {"resolve_percentages": _lengths, "strut": of_a_style}
    for name, module in product(known, vars(layout).values()):
        if work := getattr(module, name, None):
            setattr(module, name, known[name](work))
    lines.get_font_description = of_a_style(lines.get_font_description)
    css.ComputedStyle.__missing__ = _values(css)
    box = weasyprint.formatting_structure.boxes.Box
    box.is_in_normal_flow = _once_a_style(box.is_in_normal_flow, attrgetter("style"))


def _once_a_style(work: Callable[[Any], Any], held_by: Callable[[Any], Any]) -> Any:
    """What follows from a style alone, such as its line height, kept with the style of whatever."""
    name = f"known_{work.__name__}"

    @wraps(work)
    def known(one: Any) -> Any:
        has = vars(held_by(one))
        if name not in has:
            has[name] = work(one)
        return has[name]

    return known


def of_a_style(work: Callable[[Any], Any]) -> Any:
    """What follows from a style alone, asked of the style."""
    return _once_a_style(work, lambda style: style)


def _lengths(resolve: Callable[..., None]) -> Callable[..., None]:
    """The lengths that a box has by its style and by the size of what is around it."""

    @wraps(resolve)
    def resolve_percentages(box: Any, containing_block: Any) -> None:
        around = containing_block
        place = around if isinstance(around, tuple) else (around.width, around.height)
        has = vars(box)
        # In a table whose cells share their borders each cell has its own.
        if box.style["border_collapse"] == "collapse":
            place = (*place, *map(has.get, _BORDERS))
        known = vars(box.style).setdefault("known_lengths", {})
        if place in known:
            has.update(known[place])
        else:
            resolve(box, containing_block)
            known[place] = {name: has[name] for name in _LENGTHS}

    return resolve_percentages


def _values(css: Any) -> Callable[[Any, str], Any]:
    """A property of which a style says nothing: it is that of the parent or that of all."""
    compute = css.ComputedStyle.__missing__
    plain = {
        # By its names: `margin_top` may be told as `margin_block_start`.
        name: {name, *(logical(block="ttb", inline=way) for way in ("ltr", "rtl"))}
        if (logical := css.PHYSICAL_FUNCTIONS.get(name))
        else {name}
        for name in css.INITIAL_VALUES.keys() - {"float", "display", "position", "page"}
        if not name.startswith("text_decoration_")
    }
    from_parent = plain.keys() & css.INHERITED
    as_for_all = plain.keys() - css.INHERITED - css.INITIAL_NOT_COMPUTED

    @wraps(compute)
    def __missing__(self: Any, name: str) -> Any:
        if name in plain and self.cascaded.keys().isdisjoint(plain[name]):
            if name in as_for_all:
                value = self[name] = css.INITIAL_VALUES[name]
                return value
            if name in from_parent and self.parent_style is not None:
                value = self[name] = self.parent_style[name]
                return value
        return compute(self, name)

    return __missing__
