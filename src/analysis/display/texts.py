"""Texts that are laid out once a process: where their lines stand, and the box around them.

matplotlib lays a text out each time that somebody asks how large it is, three times a figure, and
again when it draws it: a tenth of what a figure takes. It is the same wherever the text stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

from matplotlib.text import Text

from analysis.display import lettering
from analysis.display.drawing import Recorder

#: What a layout depends on beside the typeface.
_LOOKS = attrgetter(
    *("_text", "_linespacing", "_rotation_mode", "_usetex", "_parse_math"),
    *("_horizontalalignment", "_verticalalignment", "_multialignment"),
)

_LAID_OUT: dict[Any, Any] = {}


@contextmanager
def laid_out_once() -> Iterator[None]:
    """Let texts that are taken down be laid out once; who else draws does it as ever."""
    text: Any = Text
    before = text._get_layout
    text._get_layout = _once(before)
    try:
        yield
    finally:
        text._get_layout = before


def _once(layout: Callable[[Text, Any], Any]) -> Callable[[Text, Any], Any]:
    def kept(text: Text, renderer: Any) -> Any:
        if not isinstance(renderer, Recorder) or text.get_wrap():  # which asks for the place, too
            return layout(text, renderer)
        font = text.get_fontproperties()
        face = lettering.face_of(font), font.get_size_in_points()
        key = (*_LOOKS(text), text.get_rotation(), *face)
        if key not in _LAID_OUT:
            _LAID_OUT[key] = layout(text, renderer)
        return _LAID_OUT[key]

    return kept
