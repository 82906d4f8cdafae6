"""Small published reports for tests of what comes after publishing, made without a kernel."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import nbformat
from markupsafe import Markup, escape
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analysis.publish.archive import publish
from analysis.publish.page import PAGE_TYPE

PDF = b"%PDF-1.7\n" + b"a document\n" * 400 + b"%%EOF\n"


def publish_report(
    reports: Path,
    as_of: str = "2024-01-29",
    *,
    report: str = "brief",
    marking: str = "TLP:CLEAR",
    page_marking: str | None = None,
    title: str = "US forces under fire in the Middle East",
    bottom_line: str = "The record holds 12 attacks.",
    pdf: bytes = PDF,
) -> str:
    """Publish a report that says this; return its folder within the archive."""
    said = {"title": title, "as_of": as_of, "marking": page_marking or marking}
    html = Markup(
        '<section class="bottom-line"><p>{line}<sup class="cite"><a href="#source-1">1</a></sup>'
        '</p></section><ul class="key-figures"><li><span class="label">Attacks: {line}</span> '
        '<span class="value"><a href="#fact">12</a></span> '
        '<span class="change">up from 10</span></li></ul>'
    ).format(line=bottom_line)
    outputs = [
        new_output("display_data", {PAGE_TYPE: said}),
        new_output("display_data", {"text/html": str(html)}),
    ]
    notebook = new_notebook(cells=[new_code_cell("1", id="cell-1", outputs=outputs)])
    parameters = {"as_of": as_of, "window_days": 7, "marking": marking}
    files = {
        f"{report}.html": f"<!DOCTYPE html>\n<title>{escape(title)}</title>\n".encode(),
        f"{report}.pdf": pdf,
        f"{report}.ipynb": nbformat.writes(notebook).encode(),
        "facts.json": b"{}",
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = {
        "report": report, "as_of": as_of, "parameters": parameters, "files": digests,
        "data": "0" * 64, "code": "0" * 64, "versions": {},
    }  # fmt: skip
    publish(files | {"manifest.json": json.dumps(manifest).encode()}, reports, report, as_of)
    return f"{report}/{as_of}"


def days(count: int, first: str = "2024-01-29") -> list[str]:
    """So many as-of dates in a row."""
    start = dt.date.fromisoformat(first)
    return [(start + dt.timedelta(days=n)).isoformat() for n in range(count)]
