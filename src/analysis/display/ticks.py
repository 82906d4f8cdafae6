"""Axes whose ticks are like their first one, and are made when there is something to show.

matplotlib builds each tick anew, five artists of half a millisecond, to give them the looks of the
first; here a further tick is its copy. The first is made when it is asked for, with all the looks
that its axis has been given by then, and a minor one only where there are some.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick, XAxis, YAxis
from matplotlib.patches import Rectangle
from matplotlib.projections import get_projection_class, register_projection
from matplotlib.transforms import IdentityTransform, Transform

#: What a tick is made of.
_LINES, _LABELS = ("tick1line", "tick2line", "gridline"), ("label1", "label2")


@contextmanager
def alike() -> Iterator[None]:
    """Let axes that are made have such ticks, unless they are of a kind of their own."""
    before = get_projection_class(_Axes.name)
    register_projection(_Axes)
    try:
        yield
    finally:
        register_projection(before)


class _Alike(Axis):
    def get_major_ticks(self, numticks: int | None = None) -> list[Tick]:
        """Return as many as matplotlib does."""
        number = len(self.get_majorticklocs()) if numticks is None else numticks
        self.majorTicks += [_like(self.majorTicks[0]) for _ in range(len(self.majorTicks), number)]
        return self.majorTicks[:number]

    def set_clip_path(self, path: Any, transform: Any = None) -> None:
        """Clip the ticks that there are."""
        with self._none_made():
            super().set_clip_path(path, transform)

    def set_tick_params(self, which: Any = "major", reset: bool = False, **kwargs: Any) -> None:
        """Set the looks of the ticks that there are, and of later ones."""
        with self._none_made():
            super().set_tick_params(which, reset, **kwargs)

    @contextmanager
    def _none_made(self) -> Iterator[None]:
        """Go through the ticks, of which matplotlib would make the first ones for it."""
        absent = {"majorTicks", "minorTicks"} - vars(self).keys()
        vars(self).update({name: [] for name in absent})
        try:
            yield
        finally:
            for name in absent:
                vars(self).pop(name, None)

    def _get_tick(self, major: bool) -> Tick:
        """A first tick, clipped as those are that are there when their axis is."""
        tick: Tick = super()._get_tick(major)  # type: ignore[misc]
        tick.set_clip_path(self.axes.patch)
        return tick


class _XAxis(_Alike, XAxis):
    pass


class _YAxis(_Alike, YAxis):
    pass


class _Axes(Axes):
    def _init_axis(self) -> None:
        self.xaxis, self.yaxis = _XAxis(self, clear=False), _YAxis(self, clear=False)
        for side, spine in self.spines.items():
            spine.register_axis(self.xaxis if side in ("bottom", "top") else self.yaxis)

    def _gen_axes_patch(self) -> Rectangle:
        return _Ground((0, 0), 1, 1)


class _Ground(Rectangle):
    """The ground of axes, which clips all that is on them; it is where they are already.

    Of any rectangle matplotlib finds out anew for each artist how the unit square gets there.
    """

    def get_patch_transform(self) -> Transform:
        return IdentityTransform()


def _like(tick: Tick) -> Tick:
    """A tick with artists of its own, that look like those of another."""
    other = copy(tick)
    for name in (*_LINES, *_LABELS):
        setattr(other, name, copy(getattr(tick, name)))
    for name in _LABELS:
        label = getattr(other, name)
        label.set_fontproperties(label.get_fontproperties())  # which it takes a copy of
    return other
