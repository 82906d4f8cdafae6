"""What cells write to standard error: warnings, progress bars; it is for their author alone."""

from __future__ import annotations

import re

from analysis.lean.nbformat import NotebookNode
from analysis.plain_text import uncoloured
from analysis.publish.sheet import numbered

#: Where a warning comes from: the file of a cell, which is another each time.
_WARNED = re.compile(r"^\S+:\d+: (?=\w*Warning: )")
#: How far something is, which is another at each run.
_PROGRESS = re.compile(r"\d%\|")


def beside_the_page(notebook: NotebookNode) -> list[str]:
    """What cells write to standard error, each thing once, by the number of the cell.

    Parameters
    ----------
    notebook: as it was executed.
    """
    return [
        f"cell {number} writes to standard error: {said}"
        for number, cell in numbered(notebook)
        for said in dict.fromkeys(
            _said_last(output.text)
            for output in cell.get("outputs", ())
            if output.output_type == "stream" and output.name == "stderr"
        )
    ]


def _said_last(text: str) -> str:
    """The last warning of a text, else its last line."""
    lines = [line for line in uncoloured(text).splitlines() if line.strip()]
    if lines and _PROGRESS.search(lines[-1]):
        return "a progress bar"
    warned = [line for line in lines if _WARNED.match(line)]
    return _WARNED.sub("", [*lines, *warned][-1])[:100].strip(" .") if lines else "nothing"
