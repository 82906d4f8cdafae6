"""What cells show besides the house's pieces, made fit for a page: frames whole, figures sharp."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import pandas as pd

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
    formatter.for_type(pd.Series, lambda series: series.to_frame()._repr_html_())
    _draw_figures(shell)


def _draw_figures(shell: Any) -> None:
    wanted = shell.config.InlineBackend
    if "figure_formats" in wanted or "figure_format" in wanted:
        return
    wanted.figure_formats = {FORMAT}
    # Matplotlib asks once, when the first figure is made.
    if backend := sys.modules.get("matplotlib_inline.backend_inline"):
        backend.set_matplotlib_formats(FORMAT)
