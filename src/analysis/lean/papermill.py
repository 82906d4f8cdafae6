"""papermill, without what fetches notebooks from elsewhere or shows them on a terminal.

Nor does it put a notebook into JSON that is to be written nowhere: with many rows, that is seconds.
"""

from typing import Any

from analysis.lean import Later, in_place_of, without
from analysis.lean.nbformat import nbformat

with without("pyarrow"), in_place_of({name: Later(name) for name in ("click", "requests")}):
    from papermill import PapermillExecutionError, execute
    from papermill.execute import execute_notebook, remove_error_markers
    from papermill.iorw import write_ipynb


def _write(notebook: Any, path: str | None) -> None:
    if path is not None:
        write_ipynb(notebook, path)


execute.write_ipynb = _write

__all__ = ["PapermillExecutionError", "execute_notebook", "nbformat", "remove_error_markers"]
