"""What cells show, fit for its place: frames whole, figures sharp, the house's pieces in style."""

from __future__ import annotations

import builtins
import sys
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.display.tables.cells import framed

#: Figures of a notebook are drawings, which are sharp in print and on any screen.
FORMAT = "svg"


def prepare() -> None:
    """Set up pandas and matplotlib as a page needs them, if this is a notebook.

    Frames show all of their columns and the whole of their text, series are tables, and figures are
    drawings. A notebook, or its user's configuration, may set them otherwise.
    """
    shell = getattr(builtins, "get_ipython", lambda: None)()
    if shell is None:
        return
    pd.set_option("display.max_columns", None)
    pd.set_option("display.max_colwidth", None)
    formatter = shell.display_formatter.formatters["text/html"]
    formatter.for_type(pd.Series, _as_a_table)
    _draw_figures(shell)


@cache
def sheet() -> Markup:
    """The style of the house's pieces in JupyterLab, as an element of a cell's output."""
    css = files("analysis.display").joinpath("in_notebooks.css").read_text("utf-8")
    return Markup("<style>{}</style>").format(Markup(css))


def _draw_figures(shell: Any) -> None:
    wanted = shell.config.InlineBackend
    if "figure_formats" in wanted or "figure_format" in wanted:
        return
    wanted.figure_formats = {FORMAT}
    # Matplotlib asks once, when the first figure is made.
    if backend := sys.modules.get("matplotlib_inline.backend_inline"):
        backend.set_matplotlib_formats(FORMAT)


def _as_a_table(series: pd.Series) -> str:
    frame: Any = framed(series)
    return str(frame._repr_html_())
