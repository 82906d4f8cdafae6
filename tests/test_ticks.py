"""Ticks of the house's figures look as matplotlib makes them; whoever draws outside has its own."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.projections import register_projection

from analysis.display.plot import WIDE, drawn, house_style
from analysis.display.vector import elements


def _draw(figure: Figure, narrow: bool) -> None:
    left, right = figure.subplots(1, 2)
    left.set_xscale("log")
    left.set_xlim(1, 1000)
    left.grid(which="both")
    left.tick_params(which="minor", length=2, top=True)
    left.set_yticks([0, 1, 2], ["none", "one", "two"])
    left.get_yticklabels()[1].set_fontweight("bold")
    right.plot([0, 10], [0, 2500])
    right.minorticks_on()
    right.grid(axis="y")
    right.tick_params(axis="x", labelrotation=30, pad=6, direction="in")
    right.set_xticks([2.5], ["between"], minor=True)


def test_ticks_look_as_matplotlib_makes_them() -> None:
    with house_style():
        ours = elements(drawn(_draw, WIDE, 2.0), "d")
    with house_style():
        register_projection(Axes)
        assert elements(drawn(_draw, WIDE, 2.0), "d") == ours
    assert ours.count('font-weight="700"') == 1


def test_ticks_outside_a_figure_of_the_house_are_matplotlibs_own() -> None:
    with house_style():
        assert type(Figure().subplots()) is not Axes
    assert type(Figure().subplots()) is Axes
