"""From the cells of a notebook to the pieces of a page: what a cell shows is there, or it is said.

docs/notebooks.md has the table of what becomes of which output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from analysis.display.fragment import FRAGMENT_TYPE
from analysis.errors import RunError
from analysis.lean.nbformat import NotebookNode
from analysis.publish import sanitised
from analysis.publish.fitting import fitted
from analysis.publish.forms import PRINTED, RUNS, as_text, shown
from analysis.publish.markdown import markdown
from analysis.publish.page import is_for_machines
from analysis.publish.paper import ids_in, without_loose_ends
from analysis.publish.sheet import Sheet, named, numbered, tags

#: Tags of a cell that is not on the page, and of one whose outputs are not.
_NO_CELL = frozenset(("remove-cell", "hide-cell"))
_NO_OUTPUT = frozenset(
    ("remove-output", "remove-outputs", "remove-all-outputs", "hide-output", "hide-outputs")
)
#: The tag of a cell whose printed text is shown.
_SHOW_PRINTED = "show-output"
#: The first lines of a cell may say of what it shows: `#| fig-cap: …`, `#| fig-alt: …`.
_OPTION = re.compile(r"^#\|\s*([\w-]+):\s*(.*?)\s*$", re.MULTILINE)
_ONE_WIDTH = re.compile('<pre class="printed">|<(code|kbd|samp)\\b|class="highlight"')


def pieces(notebook: NotebookNode, resources: dict[str, Any]) -> list[Markup]:
    """The pieces of a page in their order.

    Parameters
    ----------
    notebook: with its outputs.
    resources: nbconvert's; in those of "brinkwatch" is whether the page is `paged`, and there
        `remarks` get what had to be left out, `printed` the typeface of printed text on paper.

    Raises
    ------
    RunError
        If a picture is missing; the message names the cell.
    """
    ours = resources["brinkwatch"]
    sheet = Sheet(ours["paged"])
    sheet.ids.update(_ids_of_the_house(notebook))
    found: list[Markup] = []
    for number, cell in numbered(notebook):
        sheet.cell = number
        if _NO_CELL & tags(cell):
            continue
        try:
            found += _cell(cell, sheet)
        except RunError as reason:
            raise RunError(f"{named(number, cell)} {reason}.") from None
    ours["remarks"] = [*sheet.remarks, *_of_printing(sheet.printing)]
    if not sheet.paged:
        return found
    if any(_ONE_WIDTH.search(piece) for piece in found):
        ours["printed"] = typeface_of_printed_text()
    return without_loose_ends(found)


@cache
def typeface_of_printed_text() -> str:
    """The address of letters of one width; matplotlib brings them."""
    import matplotlib

    file = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"
    return sanitised.as_data("font/ttf", file.read_bytes())


def _ids_of_the_house(notebook: NotebookNode) -> set[str]:
    html = (
        output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if FRAGMENT_TYPE in output.get("data", ())
    )
    return ids_in(html)


def _of_printing(cells: list[int]) -> list[str]:
    if not cells:
        return []
    *others, last = map(str, cells)
    which = f"cells {', '.join(others)} and {last} print" if others else f"cell {last} prints"
    return [f"{which} text, which is not on the page; tag a cell show_output to have it there"]


def _cell(cell: NotebookNode, sheet: Sheet) -> Iterator[Markup]:
    if cell.cell_type == "markdown":
        html = markdown(cell.source, sheet, cell.get("attachments"))
        yield Markup(fitted(html, paged=sheet.paged))
    elif cell.cell_type == "raw":
        sheet.remark("is a raw cell, which is left out")
    elif not _NO_OUTPUT & tags(cell) and not cell.metadata.get("jupyter", {}).get("outputs_hidden"):
        options = {name: text.strip("\"'") for name, text in _OPTION.findall(cell.source)}
        has_picture = any(
            media_type.startswith("image/")
            for output in cell.outputs
            for media_type in output.get("data", ())
        )
        sheet.scripts = _scripts(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "stream":
                if _SHOW_PRINTED in tags(cell):
                    yield as_text(output.text, PRINTED, sheet)
                elif sheet.cell not in sheet.printing and output.name == "stdout":
                    sheet.printing.append(sheet.cell)
            elif output.output_type == "error":
                said = f"{output.ename}: {output.evalue}"
                yield Markup('<p class="error">This part of the report failed: {}</p>').format(said)
            elif not is_for_machines(output):
                yield shown(output, options, sheet, has_picture=has_picture)


def _scripts(outputs: list[NotebookNode]) -> str:
    """What runs in a browser of what a cell shows."""
    return "\n".join(
        str(content)
        for output in outputs
        for media_type, content in output.get("data", {}).items()
        if RUNS.match(media_type)
    )
