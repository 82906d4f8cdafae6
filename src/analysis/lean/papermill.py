"""papermill, without what fetches notebooks from elsewhere or shows them on a terminal.

Nor does it put a notebook into JSON that is to be written nowhere: with many rows, that is seconds.
And a moment, of which each message has two, is read as the form has it in which all are written.
"""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from analysis.lean import Later, in_place_of, without
from analysis.lean.nbformat import nbformat

with without("pyarrow"), in_place_of({name: Later(name) for name in ("click", "requests")}):
    from jupyter_client import jsonutil
    from papermill import PapermillExecutionError, engines, execute
    from papermill.execute import execute_notebook, remove_error_markers
    from papermill.iorw import write_ipynb


def _write(notebook: Any, path: str | None) -> None:
    if path is not None:
        write_ipynb(notebook, path)


execute.write_ipynb = _write
vars(jsonutil)["_dateutil_parse"] = datetime.fromisoformat
engines.dateutil = SimpleNamespace(parser=SimpleNamespace(parse=datetime.fromisoformat))

__all__ = ["PapermillExecutionError", "execute_notebook", "nbformat", "remove_error_markers"]
