"""Libraries imported without optional parts that are of no use here and cost seconds to load.

Each part is optional to its library, does nothing for a report and is, where it happens to be
installed, slower to import than the library itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Let modules look as if they were not installed, unless they are loaded already.

    Examples
    --------
    >>> with without("antigravity"):
    ...     import antigravity
    Traceback (most recent call last):
        ...
    ModuleNotFoundError: import of antigravity halted; None in sys.modules
    """
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


class Later(ModuleType):
    """A module that is imported when something of it is wanted.

    Examples
    --------
    >>> Later("colorsys").rgb_to_hls(0, 0, 0)
    (0.0, 0.0, 0.0)
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


@contextmanager
def in_place_of(stand_ins: Mapping[str, ModuleType]) -> Iterator[None]:
    """Let other modules be imported under these names, unless the real ones are loaded already."""
    taken = {name: module for name, module in stand_ins.items() if name not in sys.modules}
    sys.modules.update(taken)
    try:
        yield
    finally:
        for name in taken:
            sys.modules.pop(name, None)


@contextmanager
def named_instead(names: dict[str, Any], name: str, stand_in: object) -> Iterator[None]:
    """Let a name of a module stand for something else.

    >>> import math
    >>> with named_instead(vars(math), "tau", 6):
    ...     math.tau
    6
    """
    before = {name: names[name]} if name in names else {}
    names[name] = stand_in
    try:
        yield
    finally:
        del names[name]
        names.update(before)
