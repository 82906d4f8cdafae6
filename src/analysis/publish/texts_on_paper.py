"""Texts on paper are laid out once a process: where a line ends, and how its letters are put down.

WeasyPrint has pango set each line twice, to break a text and to draw it, and then looks at each
letter. But a text of the same look breaks into the same line where there is as much room, and its
letters are put down as before: two thirds of what a brief says stood in the one before it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from functools import wraps
from operator import itemgetter
from typing import Any, NamedTuple

from analysis.publish.once_on_paper import kept, of_a_style

#: What of a style decides how a text breaks into lines and which forms its letters have.
_LOOK = itemgetter(
    *("font_size", "font_style", "font_weight", "font_stretch", "font_kerning"),
    *("font_variant_ligatures", "font_variant_position", "font_variant_caps"),
    *("font_variant_numeric", "font_variant_alternates", "font_variant_east_asian"),
    *("font_feature_settings", "font_variation_settings", "font_language_override"),
    *("lang", "direction", "letter_spacing", "word_spacing", "tab_size", "white_space"),
    *("word_break", "overflow_wrap", "hyphens", "hyphenate_character", "hyphenate_limit_chars"),
    "hyphenate_limit_zone",
)

#: The forms of letters in what a PDF shows of a text, each by a number of four digits.
_FORMS = re.compile(rb"<([0-9a-f]+)>")


class _PutDown(NamedTuple):
    """How a text is put down: by which font, with forms so wide, and what a PDF says of it then."""

    font: Any
    name_and_size: tuple[str, float]
    widths: dict[int, int]
    told: list[bytes]

    def is_the_same_on(self, stream: Any) -> bool:
        """Whether a document has the font and all forms by now, which it had to be told first."""
        font = stream._fonts.get(self.font)
        return font is not None and self.widths.items() <= font.widths.items()


def laid_out_once(weasyprint: Any) -> None:
    """Have WeasyPrint look at what is known of a text first."""
    drawing, lines = weasyprint.draw.text, weasyprint.text.line_break
    if hasattr(lines.split_first_line, "__wrapped__"):
        return
    split = _first_line(lines.split_first_line)
    for module in (lines, *vars(weasyprint.layout).values()):
        if hasattr(module, "split_first_line"):
            module.split_first_line = split
    drawing.draw_first_line = _put_down(drawing.draw_first_line)
    # What is to be drawn is laid out when somebody looks at it, which may be never.
    lines.Layout.reactivate = _to_be_laid_out
    lines.Layout.deactivate = _laid_out_no_more
    lines.Layout.__getattr__ = _laid_out


@of_a_style
def _known(style: Any) -> Any:
    """What is known of texts with the look of a style, kept with the fonts that it is set in."""
    every = vars(style.font_config).setdefault("known_texts", {})
    faces, is_bare = ",".join(style["font_family"]), style["text_decoration_line"] == "none"
    return every.setdefault((faces, is_bare, *_LOOK(style)), {})


def _first_line(split: Callable[..., Any]) -> Callable[..., Any]:
    """The line with which a text begins where there is so much room."""

    @wraps(split)
    def split_first_line(
        text: str, style: Any, context: Any, max_width: Any, spacing: Any, *said: Any, **named: Any
    ) -> Any:
        known = _known(style)
        case = (text, max_width, spacing, *said, *named.items())
        found = known.get(case) or kept(
            known, case, split(text, style, context, max_width, spacing, *said, **named)
        )
        layout, *measures = found
        own = object.__new__(type(layout))  # a text that is cut off with dots changes its layout
        vars(own).update(vars(layout))
        return own, *measures

    return split_first_line


def _to_be_laid_out(layout: Any, style: Any) -> None:
    layout.style = style


def _laid_out_no_more(layout: Any) -> None:
    for name in ("layout", "language", "style"):
        vars(layout).pop(name, None)


def _laid_out(layout: Any, name: str) -> Any:
    if name != "layout" or "style" not in vars(layout):
        raise AttributeError(name)
    layout.setup(layout.style)
    layout.set_text(layout.text, justify=True)
    return layout.layout


def _put_down(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Put down a line of text as it was put down before; or draw it, and take note of how."""

    @wraps(draw)
    def draw_first_line(stream: Any, line: Any, overflow: str, ellipsis: Any, matrix: Any) -> Any:
        if (overflow, ellipsis) != ("clip", "none"):
            return draw(stream, line, overflow, ellipsis, matrix)
        known = _known(line.style)
        case = (line.pango_layout.text, line.pango_layout.justification_spacing)
        put = known.get(case)
        if put is not None and put.is_the_same_on(stream):
            stream.set_text_matrix(*matrix.values)
            stream.set_font_size(*put.name_and_size)
            stream.stream += put.told
            return []
        before = len(stream.stream)
        emojis = draw(stream, line, overflow, ellipsis, matrix)
        if not emojis and (put := _noted(stream, stream.stream[before + 1 :])):
            kept(known, case, put)
        return emojis

    return draw_first_line


def _noted(stream: Any, told: list[bytes]) -> _PutDown | None:
    """How a text was put down, if in one font, which has all of its letters."""
    if told and told[0].endswith(b" Tf"):
        told = told[1:]
    if not told or any(one.endswith(b" Tf") for one in told):
        return None
    name, _ = stream._current_font
    key, font = next(item for item in stream._fonts.items() if item[1].hash == name)
    if font.bitmap or font.missing:
        return None
    forms = bytes.fromhex(b"".join(_FORMS.findall(b"".join(told))).decode())
    numbers = {number for (number,) in struct.iter_unpack(">H", forms)}
    widths = {number: font.widths[number] for number in numbers}
    return _PutDown(key, stream._current_font, widths, told)
