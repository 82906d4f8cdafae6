"""Take out of an executed notebook whatever would differ the next time: times, paths, chance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from analysis.display.fragment import FRAGMENT_TYPE
from analysis.lean.nbformat import NotebookNode, nbformat
from analysis.publish.sheet import tags

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")

#: Ids that libraries draw at random for what they show: Styler's, great_tables', those of widgets
#: and of figures that need a script. Where they stand in an output they are numbers instead.
_RANDOM_ID = re.compile(
    r'(?<=["#\s])(T_[0-9a-f]{5}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=["\s_{])'
    r'|(?<=<div id=")([a-z]{10})(?=" style="padding-left:0px)'
    r"|\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b"
)
#: So matplotlib names what it uses again within a drawing.
_DRAWN_ID = re.compile(r'(?<= id=")\w*?[0-9a-f]{10}(?=")')
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_WIDGET = "application/vnd.jupyter.widget-view+json"


#: Tags of cells whose outputs are for nobody but who wrote them.
_NOT_FOR_READERS = frozenset(("remove-cell", "remove-output", "remove-outputs"))


def tidy(executed: NotebookNode) -> NotebookNode:
    """Return the notebook with its cells, outputs and parameters, the same for the same inputs.

    Warnings and other text on stderr go: they are for whoever works on the notebook, and
    tell of paths and processes. So do outputs of cells that are tagged to be removed.
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
        shown = () if _NOT_FOR_READERS & tags(cell) else cell.outputs
        names = _random_names(shown, number)
        tidied.outputs = [
            _tidy_output(one, number, names)
            for one in shown
            if not (one.output_type == "stream" and one.name == "stderr")
        ]
    return tidied


def _tidy_output(output: NotebookNode, number: int, names: Mapping[str, str]) -> NotebookNode:
    """The output without what is of chance: addresses, random ids, the moment of a drawing."""
    data = NotebookNode(output.get("data", {}))
    if "text/plain" in data:
        data["text/plain"] = _ADDRESS.sub("", data["text/plain"])
    for media_type in _with_ids(data):
        for name, other in names.items():
            data[media_type] = data[media_type].replace(name, other)
    if "image/svg+xml" in data:
        data["image/svg+xml"] = _without_chance(data["image/svg+xml"])
    if _WIDGET in data:
        data[_WIDGET] = NotebookNode(data[_WIDGET] | {"model_id": f"widget-{number}"})
    return NotebookNode(output | {"data": data}) if data else output


def _random_names(outputs: Iterable[NotebookNode], number: int) -> dict[str, str]:
    """What stands for the random ids of a cell, also where a script names what it fills."""
    texts = (
        output.data[media_type]
        for output in outputs
        for media_type in _with_ids(output.get("data", {}))
    )
    found = (next(filter(None, ids)) for text in texts for ids in _RANDOM_ID.findall(text))
    return {
        name: f"shown-{number}-{count}" for count, name in enumerate(dict.fromkeys(found), start=1)
    }


def _with_ids(data: Mapping[str, object]) -> list[str]:
    """The forms of an output in which random ids stand: those for a browser, not the house's."""
    if FRAGMENT_TYPE in data:
        return []
    return [
        media_type
        for media_type, content in data.items()
        if media_type.startswith(("text/html", "application/")) and isinstance(content, str)
    ]


def _without_chance(drawing: str) -> str:
    """A drawing without the moment it was made, its parts numbered."""
    drawing = _METADATA.sub("", drawing)
    for count, name in enumerate(dict.fromkeys(_DRAWN_ID.findall(drawing)), start=1):
        drawing = drawing.replace(name, f"{name[:-10]}part-{count}")
    return drawing
