"""One report from start to end: the story of `brinkwatch run`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from analysis import parameters
from analysis.errors import UsageError
from analysis.publish.archive import folder_name, publish
from analysis.publish.catalogue import Report, find
from analysis.publish.execution import execute
from analysis.publish.exporters import HtmlReport, PdfReport
from analysis.publish.manifest import facts_file, inputs, is_current, manifest_file
from analysis.publish.order import Order
from analysis.publish.page import facts, page
from analysis.publish.tidy import tidy
from analysis.record import Record, read


def run(order: Order) -> Path:
    """Make a report and publish it; return its folder.

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
    report = find(order.report, order.notebooks)
    chosen = _chosen(report, order.parameters)
    record = read(order.data)
    values = _settled(chosen, record)
    name = folder_name(values, report.defaults)
    made_from = inputs(report, values, record.as_of(values["as_of"]).digest())
    if not order.force and is_current(order.reports / report.name / name, made_from):
        return order.reports / report.name / name
    notebook = tidy(execute(report, values, order.data))
    return publish(_files(report, notebook, made_from), order.reports, report.name, name)


def _chosen(report: Report, wanted: Mapping[str, object]) -> dict[str, object]:
    """The notebook's defaults with the wanted values in their place, each a value that can be."""
    for name, value in wanted.items():
        if name not in report.defaults:
            names = parameters.known(name, report.defaults)
            raise UsageError(f"The report {report.name!r} has no parameter {name!r}; {names}.")
        parameters.validate(name, value)
    return report.defaults | dict(wanted)


def _settled(chosen: Mapping[str, object], record: Record) -> dict[str, Any]:
    """The values as the notebook gets them: numbers and text that the record agrees to."""
    typed = {name: parameters.validate(name, value, record) for name, value in chosen.items()}
    parameters.check_together(typed)
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in typed.items()
    }


def _files(
    report: Report, notebook: NotebookNode, made_from: Mapping[str, Any]
) -> dict[str, bytes]:
    """Everything that is published of a report, by file name."""
    html, _ = HtmlReport().from_notebook_node(notebook)
    pdf, _ = PdfReport().from_notebook_node(notebook)
    files = {
        f"{report.name}.html": html.encode(),
        f"{report.name}.pdf": pdf,
        f"{report.name}.ipynb": f"{nbformat.writes(notebook)}\n".encode(),
        "facts.json": facts_file(report.name, made_from["parameters"], facts(notebook)),
    }
    # The record is the one that the notebook has read, should rows have come in since.
    read_from = {**made_from, "data": page(notebook).data_digest}
    return files | {"manifest.json": manifest_file(read_from, files)}
