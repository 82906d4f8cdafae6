"""Run a notebook with papermill in a kernel that only this run knows.

The kernel is this very Python with a fixed environment, so that neither another kernel of the
same name nor anybody's profile, style file or history takes part in a report. Where there is a
warm process, it is a fork of that.
"""

from __future__ import annotations

import logging
import multiprocessing
import re
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

from analysis.errors import RunError
from analysis.lean.nbformat import NotebookNode, nbformat
from analysis.lean.papermill import (
    PapermillExecutionError,
    execute_notebook,
    remove_error_markers,
)
from analysis.plain_text import first_line
from analysis.publish.catalogue import Report, cells
from analysis.publish.kernel import MOMENT, PATIENCE, ReportKernel, kernel_of
from analysis.publish.sheet import is_put_in
from analysis.publish.warm.environment import fixed_environment

#: How folders are called that hold a half-run notebook, and how many of them stay.
_KEPT_PREFIX, _KEPT = "brinkwatch-failed-", 20

#: Name and message of the exceptions that papermill takes for a good end.
_SILENT_EXITS = {("SystemExit", ""), ("SystemExit", "0")}

#: The tag of a cell that nbclient leaves out.
_SKIPPED = "skip-execution"

#: A cell that is one call of the house: it ends no kernel and talks to nobody.
_CALL = re.compile(r"an\.\w+\.\w+\([\w\s,='\"]+\)")

#: How long what a cell shows may take to arrive after it has run, in seconds. On a machine that is
#: busy with other things it takes longer than the four of nbclient, and nothing is wrong.
_LATE = 60

# What papermill has to say is either in the failure or of no use to whoever waits for a report.
logging.getLogger("papermill").addHandler(logging.NullHandler())
# Ids of cells, which copies and merges double, are made anew for what is published.
warnings.filterwarnings("ignore", category=nbformat.warnings.DuplicateCellId)


@dataclass
class Progress:
    """How far a run has come, for whoever has to say where it failed.

    `meanwhile` is called when the kernel is there: from then on there is time while cells run.
    """

    meanwhile: Callable[[], object]
    notebook: NotebookNode | None = None
    cell: NotebookNode | None = None
    place: int = 0
    number: int = 0
    reply: Mapping[str, Any] = field(default_factory=dict)
    last: int = -1
    done: int = -1

    def start_notebook(self, notebook: NotebookNode) -> None:
        """Take note of the notebook that fills up with outputs, and of its last cell that runs."""
        self.notebook = notebook
        self.last = max(
            (place for place, cell in enumerate(notebook.cells) if _runs(cell)), default=-1
        )
        self.meanwhile()

    def has_run(self) -> bool:
        """Whether all cells have run."""
        return self.notebook is not None and self.done >= self.last

    def together(self) -> list[str]:
        """What the cell says that is to run, and those after it, as long as they are calls alone.

        Of others the answer has to be there before the next is asked for: after `exit()` none is
        run, nbclient talks to widgets in between, and of a kernel that dies it is told in which.
        """
        cells = filter(_runs, self.notebook.cells[self.place :]) if self.notebook else ()
        return list(takewhile(_CALL.fullmatch, (cell.source for cell in cells)))

    def start_cell(self, cell: NotebookNode, cell_index: int) -> None:
        """Take note of the cell that is about to run, and of its number as its author counts."""
        before = self.notebook.cells[:cell_index] if self.notebook else []
        self.cell, self.place = cell, cell_index
        self.number = 1 + sum(not is_put_in(other) for other in before)

    def finish_cell(self, cell: NotebookNode, cell_index: int, execute_reply: Any) -> None:
        """Take note of what the kernel answers to a cell, and stop where that ends the kernel.

        Papermill takes a notebook that leaves by `sys.exit(0)` or `exit()` for one that is done.
        """
        self.reply, self.done = execute_reply["content"], cell_index
        leaves = any(one.get("source") == "ask_exit" for one in self.reply.get("payload", ()))
        if leaves or (self.reply.get("ename"), self.reply.get("evalue")) in _SILENT_EXITS:
            raise RunError("it ends the notebook, and a report runs all of its cells")


@dataclass(frozen=True)
class Run:
    """A notebook whose cells have all run, and its kernel, which may still have things to do.

    Parameters
    ----------
    notebook: with its outputs.
    end: waits until that is done; raises RunError if it fails.
    """

    notebook: NotebookNode
    end: Callable[[], None]


def _runs(cell: NotebookNode) -> bool:
    is_code = cell.cell_type == "code" and bool(cell.source.strip())
    return is_code and _SKIPPED not in cell.metadata.get("tags", ())


@contextmanager
def running(
    report: Report,
    parameters: Mapping[str, object],
    record: Mapping[str, str],
    zygote: str = "",
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[Run]:
    """Run a report's notebook from its own folder.

    Parameters
    ----------
    report: whose notebook to run.
    parameters: values for all of its parameters, as plain numbers and text.
    record: the variables that tell the kernel where the record is.
    zygote: the warm process to fork the kernel from; empty for a kernel of its own.
    meanwhile: called when the kernel is there and the first cell is about to run.

    Yields
    ------
    Run
        As soon as all cells have run. The kernel is left to finish what these have left it with;
        after the context it is gone, whether it is done or not.

    Raises
    ------
    RunError
        If a cell fails or the kernel dies; the half-run notebook is kept, and named.
    """
    progress = Progress(meanwhile)
    with _scratch_folder(zygote) as folder:
        scratch = Path(folder)
        environment = fixed_environment(scratch) | dict(record)
        with kernel_of(scratch, environment, zygote) as kernel:
            kernel.progress = progress
            try:
                executed: NotebookNode = execute_notebook(
                    report.notebook,
                    None,
                    dict(parameters),
                    kernel_name="python3",
                    language="python",
                    cwd=report.notebook.parent,
                    progress_bar=_progress_bar(report),
                    kernel_manager_class=kernel,
                    shutdown_kernel=_farewell(report),
                    coalesce_streams=True,
                    iopub_timeout=_LATE,
                    on_notebook_start=progress.start_notebook,
                    on_cell_start=progress.start_cell,
                    on_cell_executed=progress.finish_cell,
                )
            except Exception as error:
                # Whatever papermill, the kernel or the machine throws: the run failed, and here.
                raise _failure(report, progress, error, scratch / "kernel.log") from error
            yield Run(executed, partial(_finished, report, kernel))


def _scratch_folder(zygote: str) -> tempfile.TemporaryDirectory[str]:
    """A folder for the kernel's files.

    A kernel whose start was interrupted ends with its warm process at the latest: what it may
    still write is in a folder that goes with that.
    """
    if zygote:
        return tempfile.TemporaryDirectory(
            prefix="", dir=Path(zygote).parent, ignore_cleanup_errors=True
        )
    return tempfile.TemporaryDirectory(prefix="brinkwatch-")


def _progress_bar(report: Report) -> dict[str, object] | bool:
    """On a terminal a bar that goes when it is done; elsewhere, and in a fleet, none."""
    alone = multiprocessing.parent_process() is None
    return alone and sys.stderr.isatty() and {"desc": report.name, "leave": False}


def _farewell(report: Report) -> str:
    """How to end the kernel: at once, unless the notebook has something to be done at the end."""
    has_wishes = any("atexit" in cell.source for cell in cells(report.notebook))
    return "graceful" if has_wishes else "immediate"


def _finished(report: Report, kernel: type[ReportKernel]) -> None:
    """Wait until a kernel has finished what its cells have left it with.

    Raises
    ------
    RunError
        If that fails or takes too long, or the kernel dies.
    """
    done, deadline = kernel.folder / "done", time.monotonic() + PATIENCE
    why = f"not finished within {PATIENCE} seconds of the last cell"
    while time.monotonic() < deadline:
        if done.exists():
            if why := done.read_text(encoding="utf-8"):
                break
            return
        if any(process.poll() is not None for process in kernel.processes()) and not done.exists():
            why = "the kernel died"
            break
        time.sleep(MOMENT)
    raise RunError(f"{report.name}: what is drawn after the last cell failed: {why}.")


def _failure(report: Report, progress: Progress, error: Exception, log: Path) -> RunError:
    """The error to show for a run that stopped, with the half-run notebook in a safe place."""
    reason = _reason(error, progress)
    if progress.notebook is None:
        return RunError(f"{report.name}: the kernel did not start: {reason}.")
    kept = _safe_place() / report.notebook.name
    nbformat.write(remove_error_markers(progress.notebook), kept)
    if log.exists() and log.stat().st_size:
        shutil.copy(log, kept.parent)
    source = progress.cell.source if progress.cell else ""
    message = (
        f"{report.name}: cell {progress.number} ({first_line(source)}) failed: {reason}. "
        f"The half-run notebook is {kept}."
    )
    return RunError(message, notebook=kept)


def _safe_place() -> Path:
    """A new folder for a half-run notebook; of those of before the newest stay."""
    place = Path(tempfile.mkdtemp(prefix=_KEPT_PREFIX))
    with suppress(OSError):  # others may have theirs here
        kept = place.parent.glob(f"{_KEPT_PREFIX}*")
        for old in sorted(kept, key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    return place


def _reason(error: Exception, progress: Progress) -> str:
    """Name and message of an error in one line."""
    name, message = type(error).__name__, str(error)
    if isinstance(error, PapermillExecutionError):
        # The kernel's answer has them also where the notebook shows errors in a way of its own; of
        # an object that could not be shown it knows that something was wrong, and not what.
        answer = progress.reply
        is_named = answer.get("ename", "NoneType") != "NoneType"
        name = answer["ename"] if is_named else error.ename
        message = answer.get("evalue", error.evalue) if is_named else error.evalue
    elif isinstance(error, RunError):
        return message
    return f"{name}: {first_line(message)}".removesuffix(": ").rstrip(".")
