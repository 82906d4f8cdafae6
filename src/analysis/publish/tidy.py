"""Take out of an executed notebook whatever would differ the next time: times, paths, chance."""

from __future__ import annotations

import re

from analysis.lean.nbformat import NotebookNode, nbformat

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def tidy(executed: NotebookNode) -> NotebookNode:
    """Return the notebook with its cells, outputs and parameters, the same for the same inputs.

    Warnings and other text on stderr go: they are for whoever works on the notebook, and
    tell of paths and processes.
    """
    cells = [_tidy_cell(cell, number) for number, cell in enumerate(executed.cells, start=1)]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    tidied: NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    return tidied


def _tidy_cell(cell: NotebookNode, number: int) -> NotebookNode:
    kept = {key: cell.metadata[key] for key in ("jupyter", "tags") if cell.metadata.get(key)}
    tidied = NotebookNode(cell | {"id": f"cell-{number}", "metadata": NotebookNode(kept)})
    if cell.cell_type == "code":
        tidied.outputs = [_tidy_output(output) for output in cell.outputs if not _is_stderr(output)]
    return tidied


def _is_stderr(output: NotebookNode) -> bool:
    return bool(output.output_type == "stream" and output.name == "stderr")


def _tidy_output(output: NotebookNode) -> NotebookNode:
    """The output without the addresses in memory that plain `repr` shows."""
    data = output.get("data", {})
    if "text/plain" not in data:
        return output
    plain = _ADDRESS.sub("", data["text/plain"])
    return NotebookNode(output | {"data": NotebookNode(data | {"text/plain": plain})})
