"""One report from start to end: the story of `brinkwatch run`.

What takes long to load is imported where it is used, while the warm process loads beside it.
"""

from __future__ import annotations

import gc
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import comments
from analysis.display.fragment import FIGURES, FIGURES_VARIABLE
from analysis.errors import PageWarning, RunError
from analysis.publish.archive import OvertakenError, publish
from analysis.publish.order import Order
from analysis.publish.plan import Plan, recalled, settled
from analysis.publish.reading import manifest_sha256, read
from analysis.publish.succession import next_edition, refuse_replacing
from analysis.publish.warm.process import warm_process

if TYPE_CHECKING:
    from analysis.lean.nbformat import NotebookNode
    from analysis.publish.exporters import HtmlReport, PdfReport
    from analysis.publish.succession import Executed
    from analysis.record import Record

    #: Has the exporters made at the first call, and each time a future of them.
    Exporters = Callable[[], Future[tuple[HtmlReport, PdfReport]]]

#: So many letters that the typeface does not have are named.
_MOST_LETTERS = 6

#: How often a report is made anew because another published an edition of it meanwhile.
_OVERTAKEN = 5


@dataclass(frozen=True)
class Made:
    """A published report: its folder, and whether it was made now or was there already."""

    folder: Path
    fresh: bool


@dataclass(frozen=True)
class Means:
    """What the runs of one command share: a warm process, and the record as it was read.

    Parameters
    ----------
    zygote: the socket of the warm process; empty for none.
    record: the variables that tell a kernel where the record is; see :func:`handed_on`.
    turn: file of the turn to wait for before cells are run; see :mod:`analysis.publish.turns`.
    """

    zygote: str
    record: Mapping[str, str]
    turn: Path | None = None


def run(order: Order) -> Path:
    """Make a report and publish it; return its folder. See :func:`make`."""
    return make(order).folder


def make(order: Order) -> Made:
    """Make a report and publish it.

    A report that is published already, from the same record, code and parameters, is not made
    again.

    Raises
    ------
    UsageError
        If there is no such report or parameter, or a value cannot be.
    RecordError
        If the record does not check; it lists every fault.
    RunError
        If a cell fails or the files cannot be written. The archive is as it was.
    """
    if (plans := recalled([order])) and plans[0].is_done:
        _remark_on_days(plans[0])
        return Made(plans[0].folder, fresh=False)
    with warm_process() as zygote:
        (plan,), record = settled([order])
        _remark_on_days(plan)
        if plan.is_done:
            return Made(plan.folder, fresh=False)

        from analysis.record.room import give_back

        with handed_on(record) as told:
            del record  # the kernel has its own; a large one need not be there twice
            give_back()
            return Made(carry_out(plan, Means(zygote, told)), fresh=True)


@contextmanager
def handed_on(record: Record) -> Iterator[dict[str, str]]:
    """Hand a record on to other processes as a file, which is there as long as the context.

    Yields
    ------
    dict
        The variable that names it to a kernel. Who starts that need not load what reads a record.
    """
    from analysis.record import snapshot

    with tempfile.TemporaryDirectory(prefix="brinkwatch-record-") as folder:
        file = Path(folder) / "record"
        snapshot.save(record, file)
        del record  # which whoever called may want to let go
        yield {snapshot.VARIABLE: str(file)}


def carry_out(plan: Plan, means: Means) -> Path:
    """Run a plan's notebook, export it and publish it; return its folder.

    Where an edition is published already that was made from other inputs, this is the next one,
    and its page says so; one whose files would all be the same is left as it is.

    Raises
    ------
    UsageError
        If it would replace an edition of a day that has not come.
    RecordError
        If it would replace an edition that was made from rows which are gone.
    RunError
        If a cell fails or the files cannot be written. The archive is as it was.
    """
    with ThreadPoolExecutor(1) as beside, ExitStack() as stack:
        make = _Maker(means, partial(beside.submit, exporters), stack)
        for _ in range(_OVERTAKEN):
            replaced, before = manifest_sha256(plan.folder), read(plan.folder)
            if before is not None and not plan.order.force:
                refuse_replacing(before, plan)
            files = next_edition(plan, before, make)
            if files is None:
                return plan.folder
            with suppress(OvertakenError):
                name = plan.report.name
                return publish(files, plan.order.reports, name, plan.name, replaced)
    raise RunError(f"{plan.folder} is published anew again and again; call again.")


@dataclass(frozen=True)
class _Maker:
    """Makes a report as a plan has it, in two steps; the exporters get ready meanwhile.

    What runs on when a notebook has its outputs ends with the stack.
    """

    means: Means
    exporters: Exporters
    stack: ExitStack

    def executed(self, plan: Plan) -> Executed:
        return self.stack.enter_context(_executed(plan, self.means, self.exporters))

    def exported(self, plan: Plan, executed: Executed) -> dict[str, bytes]:
        return _files(plan, *executed, *self.exporters().result())


@contextmanager
def _executed(plan: Plan, means: Means, exporters: Exporters) -> Iterator[Executed]:
    """The notebook with its outputs, and what waits for the files of its figures.

    Its kernel draws these while the page is already being set; what sets it is loaded while the
    first cell runs. A kernel may be born before it is its turn.
    """
    from analysis.publish.execution import running
    from analysis.publish.standard_error import beside_the_page
    from analysis.publish.tidy import tidy
    from analysis.publish.turns import turn

    with tempfile.TemporaryDirectory(prefix="brinkwatch-figures-") as folder:
        told = {
            "BRINKWATCH_DATA": str(plan.order.data.resolve()),
            **means.record,
            FIGURES_VARIABLE: folder,
            comments.VARIABLE: str(plan.order.comments.resolve()),
        }
        before = _beside(plan.report.notebook)

        with ExitStack() as cells_run, ExitStack() as kernel_lives:

            def meanwhile() -> None:
                exporters()
                cells_run.enter_context(turn(means.turn))

            kernel = kernel_lives.enter_context(
                running(plan.report, plan.values, told, means.zygote, meanwhile)
            )
            cells_run.close()
            # Two threads that load these libraries at the same moment may meet them half loaded.
            exporters().result()
            from analysis.publish.pictures import embedded

            if left := sorted(name for name, _ in _beside(plan.report.notebook) - before):
                _remark(
                    plan, f"the notebook wrote {', '.join(left)} beside itself, which stays there"
                )
            for remark in beside_the_page(kernel.notebook):
                _remark(plan, remark)
            try:
                notebook = tidy(embedded(kernel.notebook, plan.report.notebook.parent))
            except RunError as error:
                raise RunError(f"{plan.report.name}: {error}") from None

            def figures() -> dict[str, bytes]:
                kernel.end()
                written = sorted(Path(folder).iterdir())
                return {f"{FIGURES}/{path.name}": path.read_bytes() for path in written}

            yield notebook, figures


def _beside(notebook: Path) -> set[tuple[str, int]]:
    """Files in the folder of a notebook, and when they were written."""
    return {
        (path.name, path.stat().st_mtime_ns) for path in notebook.parent.iterdir() if path.is_file()
    }


def _remark_on_days(plan: Plan) -> None:
    """That a notebook was saved with a day of its own, which every run of it now makes."""
    for name in ("as_of", "since"):
        day = plan.report.defaults.get(name)
        if day is not None and name not in plan.order.parameters:
            notebook = plan.report.notebook.name
            _remark(plan, f"{name} is set to {day} in {notebook}; None makes the newest day")


def _letters(boxes: str) -> str:
    """Letters as a remark names them, the first of many.

    >>> _letters("\N{GRINNING FACE}")
    '😀 (U+1F600)'
    """
    from analysis.record.wording import joined  # which loads pandas

    named = [f"{one} (U+{ord(one):04X})" for one in boxes[:_MOST_LETTERS]]
    more = [f"{len(boxes) - _MOST_LETTERS} more"] if len(boxes) > _MOST_LETTERS else []
    return joined([*named, *more])


def _remark(plan: Plan, text: str) -> None:
    warnings.warn(f"{plan.report.name}: {text}", PageWarning, stacklevel=3)


@cache
def exporters() -> tuple[HtmlReport, PdfReport]:
    """The exporters, after one page: the first that a process makes takes a second longer."""
    from analysis.lean.nbformat import nbformat
    from analysis.publish.exporters import HtmlReport, PdfReport

    html, pdf = HtmlReport(), PdfReport()
    for exporter in (html, pdf):
        exporter.from_notebook_node(nbformat.v4.new_notebook())
    gc.freeze()  # all that is loaded is no garbage; do not look through it at each report
    return html, pdf


def _files(
    plan: Plan,
    notebook: NotebookNode,
    figures: Callable[[], dict[str, bytes]],
    html_report: HtmlReport,
    pdf_report: PdfReport,
) -> dict[str, bytes]:
    """Everything that is published of a report, by file name."""
    from analysis.lean.nbformat import nbformat
    from analysis.publish.manifest import facts_file, manifest_file
    from analysis.publish.page import facts, page
    from analysis.publish.reading import MANIFEST

    html, resources = html_report.from_notebook_node(notebook)
    pdf, on_paper = pdf_report.from_notebook_node(notebook)
    name = plan.report.name
    for remark in resources["brinkwatch"]["remarks"]:
        _remark(plan, remark)
    if boxes := on_paper["brinkwatch"]["boxes"]:
        _remark(plan, f"the PDF has boxes for {_letters(boxes)}, which its typeface does not have")
    files = {
        f"{name}.html": html.encode(),
        f"{name}.pdf": pdf,
        f"{name}.ipynb": f"{nbformat.writes(notebook)}\n".encode(),
        "facts.json": facts_file(name, plan.values, facts(notebook)),
        **figures(),
    }
    return files | {MANIFEST: manifest_file(plan.made_from, page(notebook), files)}
