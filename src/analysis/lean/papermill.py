"""papermill, without what fetches notebooks from elsewhere or shows them on a terminal."""

from analysis.lean import Later, in_place_of, without
from analysis.lean.nbformat import nbformat

with without("pyarrow"), in_place_of({name: Later(name) for name in ("click", "requests")}):
    from papermill import PapermillExecutionError
    from papermill.execute import execute_notebook, remove_error_markers

__all__ = ["PapermillExecutionError", "execute_notebook", "nbformat", "remove_error_markers"]
