"""What the kernel of a report does when its cells have run: what it was left with, and says so.

The page is set from what the cells show, while the kernel does that. Not when it is told to end:
some hang or break there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path

_LEFT: dict[Hashable, Callable[[], object]] = {}


def leave(key: Hashable, what: Callable[[], object]) -> None:
    """Leave something to be done, in place of what was left under the same key."""
    _LEFT[key] = what


def do_what_is_left() -> None:
    """Do what was left, each once."""
    while _LEFT:
        _, what = _LEFT.popitem()
        what()


def finish(folder: str) -> None:
    """Do what was left, and say in a folder when it was begun and what came of it.

    Parameters
    ----------
    folder: where `begun` is written at once, and `done` at the end: empty, or what went wrong.
    """
    place = Path(folder)
    (place / "begun").touch()
    why = ""
    try:
        do_what_is_left()
    except BaseException as error:
        why = f"{type(error).__name__}: {error}"
    written = place / "done.part"
    written.write_text(why, encoding="utf-8")
    written.rename(place / "done")
