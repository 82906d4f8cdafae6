"""Libraries loaded without the documentation that they write for themselves.

matplotlib lists what can be set of each kind of artist, scipy which libraries each function takes,
and where it passes numpy's names on it loads the compiler of Fortran behind one of them. All that
takes a third as long as the libraries themselves, and no report looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from typing import Any

from analysis.lean import Later, named_instead


class _Unread(dict[str, list[Any]]):
    """A docstring as numpydoc has it, which has no sections: nothing is added, nothing changed."""

    def __init__(self, described: Callable[..., Any]) -> None:
        super().__init__()
        self._text = described.__doc__ or ""

    def __missing__(self, section: str) -> list[Any]:
        return []

    def __str__(self) -> str:
        return f"\n{self._text}"  # a first line is taken for the signature


#: What writes it: a module, a name there, and what stands there meanwhile.
_WRITERS: tuple[tuple[str, str, object], ...] = (
    ("matplotlib.artist", "kwdoc", lambda artist: ""),
    ("numpy", "f2py", Later("numpy.f2py")),
    ("scipy._lib._array_api", "FunctionDoc", _Unread),
    ("scipy._lib._util", "FunctionDoc", _Unread),
)


@contextmanager
def undocumented() -> Iterator[None]:
    """Let libraries be imported so; another version of one, without these names, as it is."""
    with ExitStack() as stack:
        for module, name, stand_in in _WRITERS:
            with suppress(ImportError):
                stack.enter_context(named_instead(vars(import_module(module)), name, stand_in))
        yield
