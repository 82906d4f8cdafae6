"""What a page under way has to remember: which ids are taken, and what had to be left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from analysis.lean.nbformat import NotebookNode
from analysis.plain_text import first_line

#: The tag, papermill's own, of the cell with the values of a run.
PUT_IN = "injected-parameters"


@dataclass
class Sheet:
    """A page, on screen or on paper, while its pieces are written.

    Parameters
    ----------
    paged: whether it is for paper.
    cell: number of the cell that is being written, as its author counts.
    notes: how many footnotes there are so far.
    outputs: how many outputs of others there are so far.
    remarks: what whoever runs the notebook is to know, without a full stop.
    printing: numbers of the cells that print what is not shown.
    scripts: what would run in a browser of what the cell shows.
    """

    paged: bool
    cell: int = 0
    notes: int = 0
    outputs: int = 0
    remarks: list[str] = field(default_factory=list)
    printing: list[int] = field(default_factory=list)
    scripts: str = ""
    ids: Counter[str] = field(default_factory=Counter)

    def remark(self, text: str) -> None:
        """Take note of something about the cell, once.

        >>> sheet = Sheet(paged=False, cell=3)
        >>> sheet.remark("shows a widget, which is left out")
        >>> sheet.remarks
        ['cell 3 shows a widget, which is left out']
        """
        if (said := f"cell {self.cell} {text}") not in self.remarks:
            self.remarks.append(said)

    def unique(self, name: str) -> str:
        """The name, or one like it where it is taken.

        >>> sheet = Sheet(paged=False)
        >>> sheet.unique("a"), sheet.unique("a")
        ('a', 'a-2')
        """
        self.ids[name] += 1
        return name if self.ids[name] == 1 else self.unique(f"{name}-{self.ids[name]}")


def tags(cell: NotebookNode) -> frozenset[str]:
    """The tags of a cell, in one spelling: Jupyter has `remove_cell` and `remove-cell`."""
    return frozenset(tag.replace("_", "-") for tag in cell.metadata.get("tags", ()))


def is_put_in(cell: NotebookNode) -> bool:
    """Whether a cell holds the parameters' values of a run, and is not its author's."""
    return PUT_IN in cell.metadata.get("tags", ())


def numbered(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Cells with their numbers as the author counts: without the one that papermill puts in."""
    number = 0
    for cell in notebook.cells:
        number += not is_put_in(cell)
        yield number, cell


def named(number: int, cell: NotebookNode) -> str:
    """What a cell is called in a message: its number and its first line."""
    return f"cell {number} ({first_line(cell.source)})"
