"""Which reports there are: the notebooks that have a cell tagged `parameters`.

A new report is a new notebook; nothing has to be registered.
"""

from __future__ import annotations

import ast
import codecs
import json
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from urllib.parse import unquote

from analysis import parameters
from analysis.errors import RunError, UsageError

#: A picture in markdown, such as ![a map](map.png); what is none of a file is sorted out later.
_PICTURE = re.compile(r"!\[[^\]]*\]\(<?([^)>\s]{1,200})")


@dataclass(frozen=True)
class Cell:
    """What is written in a cell of a notebook, not what came of it."""

    kind: str
    source: str
    tags: tuple[str, ...]
    attachments: str = ""
    hides_outputs: bool = False


@dataclass(frozen=True)
class Report:
    """A report that can be run: its notebook, and its parameters with their defaults."""

    notebook: Path
    defaults: dict[str, object]

    @property
    def name(self) -> str:
        """What the report is called, as in `brinkwatch run NAME`."""
        return self.notebook.stem


def find(name: str, notebooks: Path) -> Report:
    """Return the report of that name.

    Raises
    ------
    UsageError
        If there is none; the message names the reports there are.
    RunError
        If its notebook cannot be read, has no `as_of`, or computes a parameter's default.
    """
    notebook = notebooks / f"{name}.ipynb"
    is_there = notebook in notebooks.glob("*.ipynb")
    cell = _parameters_cell(notebook) if is_there else None
    if cell is None:
        why = f": {notebook.name} has no cell tagged 'parameters'" if is_there else ""
        names = _names(notebooks)
        there_are = (
            parameters.known(name, names)
            if names
            else f"{notebooks} holds none; `brinkwatch init DIR` makes a desk"
        )
        raise UsageError(f"Unknown report {name!r}{why}; {there_are}.")
    try:
        defaults = _assignments(cell.source)
    except (SyntaxError, ValueError):
        raise RunError(
            f"{notebook}: the cell tagged 'parameters' may only assign plain values, "
            "such as window_days = 7."
        ) from None
    if "as_of" not in defaults:
        raise RunError(f"{notebook}: the cell tagged 'parameters' has to assign as_of.")
    _refuse_what_cannot_be_published(notebook)
    return Report(notebook, defaults)


def _refuse_what_cannot_be_published(notebook: Path) -> None:
    """Say before the run what would make it fail, or go another way than in JupyterLab."""
    for number, cell in enumerate(cells(notebook), start=1):
        if "raises-exception" in cell.tags:
            raise RunError(
                f"{notebook}: cell {number} is tagged 'raises-exception', and a report is not "
                "published with a cell that fails; catch the exception in the cell."
            )
    beside = {path.stem for path in notebook.parent.glob("*.py")}
    beside |= {path.parent.name for path in notebook.parent.glob("*/__init__.py")}
    elsewhere = [
        folder for folder in sys.path if Path(folder).resolve() != notebook.parent.resolve()
    ]
    for name in sorted(beside):
        if name in sys.builtin_module_names or PathFinder.find_spec(name, elsewhere):
            raise RunError(
                f"{notebook.parent / name} has the name of a module that is installed, so that "
                "one of the two is hidden from the notebooks beside it; give it another name."
            )


def _names(notebooks: Path) -> list[str]:
    """The reports there are; a notebook that cannot be read is none, and no reason to stop."""
    names = []
    for notebook in sorted(notebooks.glob("*.ipynb")):
        with suppress(RunError):
            if _parameters_cell(notebook) is not None:
                names.append(notebook.stem)
    return names


def cells(notebook: Path) -> list[Cell]:
    """The cells of a notebook, without their outputs.

    Raises
    ------
    RunError
        If it cannot be read as a notebook.
    """
    try:
        content = json.loads(_text(notebook))
        return [
            Cell(
                kind=cell["cell_type"],
                source="".join(cell["source"]),
                tags=tuple(cell["metadata"].get("tags", ())),
                attachments=json.dumps(cell.get("attachments", {}), sort_keys=True),
                hides_outputs=bool(cell["metadata"].get("jupyter", {}).get("outputs_hidden")),
            )
            for cell in content["cells"]
        ]
    except (ValueError, OSError) as reason:
        raise RunError(f"{notebook} cannot be read as a notebook: {reason}") from None
    except (LookupError, TypeError, AttributeError):
        raise RunError(
            f"{notebook} cannot be read as a notebook of format 4; if it is an older one, "
            f"`jupyter nbconvert --to notebook --inplace {notebook.name}` brings it up to date."
        ) from None


def _text(notebook: Path) -> str:
    """What a notebook's file holds, as Jupyter reads it; a ValueError says why it cannot."""
    content = notebook.read_bytes()
    if content.startswith(codecs.BOM_UTF8):
        raise ValueError("it begins with a byte order mark; save it in UTF-8 without one.")
    if content.startswith(b"<<<<<<<") or b"\n<<<<<<< " in content:
        raise ValueError("git could not merge it; resolve what stands after <<<<<<<.")
    return content.decode()


def beside(notebook: Path) -> list[Path]:
    """Files beside a notebook that have a say in what it shows: modules, pictures in its text."""
    named = {name for cell in cells(notebook) for name in _PICTURE.findall(cell.source)}
    pictures = {notebook.parent / unquote(name) for name in named}
    return sorted(path for path in {*notebook.parent.glob("*.py"), *pictures} if path.is_file())


def _parameters_cell(notebook: Path) -> Cell | None:
    return next((cell for cell in cells(notebook) if "parameters" in cell.tags), None)


def _assignments(source: str) -> dict[str, object]:
    """Names and values of the plain assignments of a cell, in their order.

    >>> _assignments("as_of = None  # newest\\nwindow_days: int = 7")
    {'as_of': None, 'window_days': 7}
    """
    found: dict[str, object] = {}
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = ast.literal_eval(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = ast.literal_eval(value)
    return found
