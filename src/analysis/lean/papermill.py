"""papermill, without the file systems of pyarrow: notebooks are read from disk."""

from analysis.lean import without
from analysis.lean.nbformat import nbformat

with without("pyarrow"):
    from papermill import PapermillExecutionError
    from papermill.execute import execute_notebook, remove_error_markers

__all__ = ["PapermillExecutionError", "execute_notebook", "nbformat", "remove_error_markers"]
