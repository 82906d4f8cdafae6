"""How high the columns of endnotes have to be on paper: found out in a step for each note at most.

WeasyPrint begins at half of what they need in all and adds what the next note lacks, as long as not
all fit. It lays out that note without any room, which shows the first line alone: where there was
room for that, it went on pixel by pixel, and set all notes each time.
"""

from __future__ import annotations

from functools import wraps
from math import inf
from typing import Any


def balanced_in_steps(block: Any) -> None:
    """Have WeasyPrint, by its module of blocks, lay out the next note of a column as a whole."""
    layout = block.block_box_layout
    if hasattr(layout, "__wrapped__"):
        return

    @wraps(layout)
    def block_box_layout(
        context: Any, box: Any, bottom_space: float, skip_stack: Any, *said: Any, **named: Any
    ) -> Any:
        if box.is_column and bottom_space == inf:
            box = box.copy_with_children(box.children[: next(iter(skip_stack)) + 1])
            bottom_space = -inf
        return layout(context, box, bottom_space, skip_stack, *said, **named)

    block.block_box_layout = block_box_layout
