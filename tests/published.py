"""Small published reports for tests of what comes after publishing, made without a kernel."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

from markupsafe import escape

from analysis.publish.archive import publish

PDF = b"%PDF-1.7\n" + b"a document\n" * 400 + b"%%EOF\n"

#: A figure as pages have it, of which `picture` is the file.
FIGURE = b"""<figure class="plot"><figcaption>Most in <b>Syria</b></figcaption>
<svg role="img"><title>Map of &lt;3&gt; sites &amp; a ranking.</title></svg>
<span class="files" data-file="figures/map"></span></figure>
"""


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
    window_days: int = 7,
    facts: bytes = b"{}",
    comment: str = "",
    picture: bytes = b"",
) -> str:
    """Publish a report that says this; return its folder within the archive."""
    page = {
        "title": title,
        "marking": page_marking or marking,
        "bottom_line": [bottom_line],
        "key_figures": [
            {"label": f"Attacks: {bottom_line}", "value": "12", "change": "up from 10"}
        ],
    }
    parameters = {"as_of": as_of, "window_days": window_days, "marking": marking}
    files = {
        f"{report}.html": f"<!DOCTYPE html>\n<title>{escape(title)}</title>\n".encode(),
        f"{report}.pdf": pdf,
        f"{report}.ipynb": b"{}",
        "facts.json": facts,
    }
    if picture:
        files[f"{report}.html"] += FIGURE
        files["figures/map.png"] = picture
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = {
        "report": report, "as_of": as_of, "parameters": parameters, "files": digests,
        "data": "0" * 64, "code": "0" * 64, "versions": {}, "page": page,
    }  # fmt: skip
    if comment:
        manifest["comment"] = comment
    folder = as_of if window_days == 7 else f"{as_of}--window_days={window_days}"
    publish(files | {"manifest.json": json.dumps(manifest).encode()}, reports, report, folder)
    return f"{report}/{folder}"


def days(count: int, first: str = "2024-01-29") -> list[str]:
    """So many as-of dates in a row."""
    start = dt.date.fromisoformat(first)
    return [(start + dt.timedelta(days=n)).isoformat() for n in range(count)]
