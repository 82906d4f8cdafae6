"""A report as it would be made now: one kernel that stays, and only changed cells run again.

A cell that was changed runs again, and all after it, in the state that the cells before have left;
a changed record or comment runs all of them again, a changed module beside the notebook in a new
kernel, a changed style none.
"""

from __future__ import annotations

import logging
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from analysis import comments
from analysis.errors import RunError
from analysis.lean.nbformat import NotebookNode, nbformat
from analysis.publish.catalogue import find
from analysis.publish.exporters import HtmlReport, PdfReport
from analysis.publish.kernel import kernel_of
from analysis.publish.order import Order
from analysis.publish.pictures import embedded
from analysis.publish.sheet import PUT_IN, named, numbered
from analysis.publish.tidy import tidy
from analysis.publish.warm.environment import fixed_environment

# What fails is told on the page.
logging.getLogger("nbclient").addHandler(logging.NullHandler())

#: What a file is at a moment: its name, when it was saved, how long it is.
State = tuple[str, int, int]


@dataclass
class Preview:
    """A report under way: what of it has run, and the page of its newest good state.

    Parameters
    ----------
    order: what is previewed; its parameters take the place of the notebook's.
    """

    order: Order
    _ran: list[NotebookNode] = field(default_factory=list)
    _under_way: Sequence[NotebookNode] = ()
    _processes: Callable[[], Sequence[Any]] = list
    _client: NotebookClient | None = None
    _kernel: ExitStack = field(default_factory=ExitStack)
    _seen: Mapping[str, frozenset[State]] = field(default_factory=dict)

    @property
    def notebook(self) -> Path:
        """The notebook that is previewed."""
        return self.order.notebooks / f"{self.order.report}.ipynb"

    def changed(self) -> bool:
        """Whether anything was saved since the page was made."""
        return self._seen != self._states()

    def interrupt_what_is_outdated(self) -> None:
        """End the cell that runs if it, or one before it, was saved otherwise since it began.

        A loop without an end would keep what mends it waiting.
        """
        under_way = self._under_way
        if not under_way or not self.changed():
            return
        try:
            is_outdated = _same(under_way, self._wanted()) < len(under_way)
        except Exception:  # half saved, and looked at again
            return
        if is_outdated:
            self._signal(signal.SIGINT)

    def stop(self) -> None:
        """End whatever runs, and its kernel."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        for process in self._processes():
            process.send_signal(number)

    def page(self) -> str:
        """The page as the files are now, after running what has changed; see :meth:`pages`."""
        return list(self.pages())[-1]

    def pages(self) -> Iterator[str]:
        """The page as the files are now: once with what was changed, once with all that follows.

        The first shows what cells after the first change had shown before, as long as they run.

        Raises
        ------
        BrinkwatchError
            If a cell fails, or the notebook cannot be read; it says which and why.
        """
        now = self._states()
        if now.get("modules") != self._seen.get("modules"):
            self.close()
        if now.get("record") != self._seen.get("record"):
            self._ran.clear()
        self._seen = now
        for notebook in self._executed():
            yield str(HtmlReport().from_notebook_node(notebook)[0])

    def paper(self) -> bytes:
        """The same as PDF, of the cells as they have run and those that are changed since."""
        *_, notebook = self._executed()
        document: bytes = PdfReport().from_notebook_node(notebook)[0]
        return document

    def close(self) -> None:
        """End the kernel."""
        self._ran.clear()
        self._client, self._processes = None, list
        self._kernel.close()

    def _states(self) -> dict[str, frozenset[State]]:
        """The files that decide what the page is, by what follows from a change."""
        package = Path(__file__).parent
        return {
            "notebook": _state([self.notebook]),
            "record": _state(
                [
                    *self.order.data.glob("*"),
                    *(self.order.comments / self.order.report).glob("*.md"),
                ]
            ),
            "modules": _state(self.notebook.parent.glob("*.py")),
            "style": _state((package / "templates").rglob("*.*")),
        }

    def _executed(self) -> Iterator[NotebookNode]:
        """The notebook with its outputs; only what was changed since runs."""
        wanted = self._wanted()
        same = _same(self._ran, wanted)
        before = {cell.source: cell for cell in self._ran[same:] if cell.cell_type == "code"}
        del self._ran[same:]
        client = self._running()
        client.nb = wanted
        for place, cell in enumerate(self._ran):
            wanted.cells[place] = cell
        for place in range(same, len(wanted.cells)):
            self._run(client, wanted.cells[place], place)
            self._ran.append(wanted.cells[place])
            if place == same and before:
                rest = (before.get(one.source, one) for one in wanted.cells[place + 1 :])
                yield self._tidied([*self._ran, *rest])
        yield self._tidied(self._ran)

    def _tidied(self, cells: Sequence[NotebookNode]) -> NotebookNode:
        whole = nbformat.v4.new_notebook(cells=list(cells))
        return tidy(embedded(whole, self.notebook.parent))

    def _wanted(self) -> NotebookNode:
        """The notebook as it is saved, with the order's parameters put in."""
        report = find(self.order.report, self.order.notebooks)
        notebook: NotebookNode = nbformat.read(report.notebook, as_version=4)
        told = "\n".join(f"{name} = {value!r}" for name, value in self.order.parameters.items())
        for place, cell in enumerate(notebook.cells):
            if "parameters" in cell.metadata.get("tags", ()) and told:
                put_in = nbformat.v4.new_code_cell(told, metadata={"tags": [PUT_IN]})
                notebook.cells.insert(place + 1, put_in)
                break
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []
        return notebook

    def _run(self, client: NotebookClient, cell: NotebookNode, place: int) -> None:
        self._under_way = [*self._ran, cell]
        try:
            client.execute_cell(cell, place)
        except CellExecutionError as error:
            number, _ = list(numbered(client.nb))[place]
            raise RunError(
                f"{self.order.report}: {named(number, cell)} failed: {error.ename}: {error.evalue}"
            ) from None
        finally:
            self._under_way = ()

    def _running(self) -> NotebookClient:
        """A client whose kernel runs."""
        if self._client is None:
            folder = Path(
                self._kernel.enter_context(tempfile.TemporaryDirectory(prefix="brinkwatch-"))
            )
            told = {
                "BRINKWATCH_DATA": str(self.order.data.resolve()),
                comments.VARIABLE: str(self.order.comments.resolve()),
            }
            environment = fixed_environment(folder) | told
            manager = self._kernel.enter_context(kernel_of(folder, environment, ""))
            self._processes = manager.processes
            self._client = NotebookClient(
                nbformat.v4.new_notebook(),
                kernel_manager_class=manager,
                kernel_name="python3",
                resources={"metadata": {"path": str(self.notebook.parent)}},
                coalesce_streams=True,
                timeout=None,
            )
            self._kernel.enter_context(self._client.setup_kernel())
        return self._client


def _same(before: Sequence[NotebookNode], now: NotebookNode) -> int:
    """How many of the first cells are as they were."""
    written = [
        [(one.cell_type, one.source, one.metadata.get("tags")) for one in cells]
        for cells in (before, now.cells)
    ]
    pairs = zip(*written, strict=False)
    return next((place for place, (old, new) in enumerate(pairs) if old != new), len(before))


def _state(paths: Any) -> frozenset[State]:
    found = []
    for path in paths:
        try:
            about = path.stat()
        except OSError:
            continue
        found.append((str(path), about.st_mtime_ns, about.st_size))
    return frozenset(found)


@contextmanager
def preview(order: Order) -> Iterator[Preview]:
    """A preview whose kernel ends with the context.

    Raises
    ------
    BrinkwatchError
        If there is no such report, or a parameter cannot be.
    """
    find(order.report, order.notebooks)
    shown = Preview(order)
    try:
        yield shown
    finally:
        shown.close()
