"""How high the columns of endnotes have to be on paper: each note is laid out once to find out.

WeasyPrint begins at half of what they need in all and adds what the next note lacks, as long as not
all fit. It laid out all notes each time, three times a brief; but a note is as high wherever it
stands. And it lays out the next note without any room, which shows the first line alone: where
there was room for that, it went on pixel by pixel.
"""

from __future__ import annotations

from functools import wraps
from math import inf
from typing import Any


def balanced_in_steps(block: Any) -> None:
    """Have WeasyPrint, by its module of blocks, try heights with notes whose own it knows."""
    layout = block.block_box_layout
    if hasattr(layout, "__wrapped__"):
        return

    @wraps(layout)
    def block_box_layout(
        context: Any,
        box: Any,
        bottom_space: float,
        skip_stack: Any,
        around: Any,
        *said: Any,
        **named: Any,
    ) -> Any:
        _, _, _, margins, *_ = said
        notes = getattr(around, "known_notes", None)
        if box.is_column and margins is not None:  # a height is tried
            vars(box).setdefault("known_notes", {})
            if bottom_space == inf:
                box = box.copy_with_children(box.children[: next(iter(skip_stack)) + 1])
                bottom_space = -inf
        elif notes is not None and not (skip_stack or any(margins)):
            known = notes.get(id(box))
            if known and _has_room(context, known[0], box.position_y, bottom_space):
                note = known[0].copy()
                note.position_y = box.position_y
                return note, *known[1:]
            known = layout(context, box, bottom_space, skip_stack, around, *said, **named)
            if _stands_alone(context, *known):
                notes[id(box)] = known
            return known
        return layout(context, box, bottom_space, skip_stack, around, *said, **named)

    block.block_box_layout = block_box_layout


def _has_room(context: Any, note: Any, position_y: float, bottom_space: float) -> bool:
    return not context.overflows_page(bottom_space, position_y + note.border_height())


def _stands_alone(
    context: Any, note: Any, resume_at: Any, next_page: Any, margins: Any, *_: Any
) -> bool:
    """Whether a note is there as a whole and does nothing to what is around it."""
    return (
        note is not None
        and resume_at is None
        and note.style["break_inside"] == "avoid"
        and not any((*margins, note.margin_top, note.margin_bottom))
        and not context.footnotes
        and all(
            box.is_in_normal_flow() or box.is_outside_marker
            for child in note.children
            for box in child.descendants(placeholders=True)
        )
    )
