"""What WeasyPrint works out for each box is worked out once for each style, and a style once.

A page is laid out in many ways before it is set: a table to see how wide its columns want to be,
notes to see how high theirs have to be. Boxes of one style in one place are as large. And pages of
one house look alike: of the 350 styles of a brief three were not in the one before.

What was found is kept with the style, and a style with the fonts that its page is set in: those of
the house stay, those that a page brings along go with it. WeasyPrint changes a style before it lays
out with it, always in the same way; after that it takes a copy, which has nothing of this.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import wraps
from itertools import product
from typing import Any

_BORDERS = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
_LENGTHS = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in ("left", "right")),
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in ("top", "bottom")),
    *("width", "min_width", "max_width", "height", "min_height", "max_height"),
    *_BORDERS,
)

#: How much is kept of one kind at most.
_MOST = 4096


def worked_out_once(weasyprint: Any) -> None:
    """Have WeasyPrint look at what it knows first."""
    styles, lines = weasyprint.css.StyleFor, weasyprint.text.line_break
    if hasattr(styles.set_computed_styles, "__wrapped__"):
        return
    styles.set_computed_styles = _styles(styles.set_computed_styles)
    known: dict[str, Any] = {"resolve_percentages": _lengths, "strut": of_a_style}
    for name, module in product(known, vars(weasyprint.layout).values()):
        if work := getattr(module, name, None):
            setattr(module, name, known[name](work))
    lines.get_font_description = of_a_style(lines.get_font_description)


def kept(known: dict[Any, Any], case: Any, found: Any) -> Any:
    """Keep what was found, and return it; what is more than enough is forgotten."""
    if len(known) >= _MOST:
        known.clear()
    known[case] = found
    return found


def of_a_style(work: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What follows from a style alone, such as its line height, kept with the style."""
    name = f"known_{work.__name__}"

    @wraps(work)
    def known(style: Any) -> Any:
        has = vars(style)
        if name not in has:
            has[name] = work(style)
        return has[name]

    return known


def _styles(compute: Callable[..., None]) -> Callable[..., None]:
    """The style of an element, by what is said of it and by the style of what it is in."""

    @wraps(compute)
    def set_computed_styles(
        style_for: Any,
        element: Any,
        *,
        parent: Any,
        pseudo_type: str | None = None,
        target_collector: Any = None,
        **said: Any,
    ) -> None:
        styles = style_for.get_computed_styles()
        told = style_for.get_cascaded_styles().get((element, pseudo_type), {})
        known = vars(style_for.font_config).setdefault("known_styles", {})
        # What is known holds the style of what it is in, so that another never has its number.
        case: Hashable = (id(styles.get((parent, None))), pseudo_type, *_comparable(told))
        try:
            style = known.get(case)
        except TypeError:  # a value that cannot be compared, such as a set
            style, case = None, object()
        if style is not None:
            styles[element, pseudo_type] = style
        else:
            compute(style_for, element, parent=parent, pseudo_type=pseudo_type, **said)
            style = kept(known, case, styles[element, pseudo_type])
        if target_collector and style["anchor"]:
            target_collector.collect_anchor(style["anchor"])

    return set_computed_styles


def _comparable(told: Mapping[str, Any]) -> list[Any]:
    """What is said of an element: values by the names of properties, and how much each weighs."""
    return [
        (name, tuple(value) if isinstance(value, list) else value, *weight[:2], *weight[2])
        for name, (value, weight) in told.items()
    ]


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
            kept(known, place, {name: has[name] for name in _LENGTHS})

    return resolve_percentages
