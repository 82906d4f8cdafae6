"""How a notebook becomes a page: nbconvert exporters for HTML and PDF, one template for both.

They are registered as entry points: `brinkwatch-html` and `brinkwatch-pdf` for the command
`jupyter nbconvert --to …`, `brinkwatch_html` and `brinkwatch_pdf` for the export menu of
JupyterLab, whose server has no address for a name with a hyphen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from traitlets import default

from analysis.display.fragment import FACTS_TYPE
from analysis.lean.nbconvert import TemplateExporter
from analysis.lean.nbformat import NotebookNode, nbformat
from analysis.publish.outputs import pieces
from analysis.publish.page import page
from analysis.publish.pdf import printed
from analysis.publish.pictures import embedded
from analysis.typefaces import web_faces

TEMPLATES = Path(__file__).parent / "templates"


class HtmlReport(TemplateExporter):
    """One self-contained page: style and fonts inside, no script, no request to anywhere."""

    export_from_notebook = "Brinkwatch report (HTML)"
    output_mimetype = "text/html"

    #: Whether the page is for paper.
    paged = False

    @default("enabled")
    def _enabled_default(self) -> bool:
        return not _in_jupyter_server()

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("optimistic_validation")
    def _optimistic_validation_default(self) -> bool:
        return True  # once after all preprocessors, not after each of the eleven

    @default("template_extension")
    def _template_extension_default(self) -> str:
        return ".html.j2"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "brinkwatch"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(TEMPLATES)]

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """The filters of the template."""
        yield from super().default_filters()
        yield "page", page
        yield "pieces", pieces

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()
        environment.autoescape = True
        return environment

    def _validate_preprocessor(self, nbc: NotebookNode, preprocessor: Any) -> None:
        """Check a notebook; by the looser schema, which takes long to compile, if it has to be."""
        with suppress(nbformat.ValidationError):
            nbformat.validate(nbc)
            return
        super()._validate_preprocessor(nbc, preprocessor)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the page and nbconvert's resources."""
        resources = self._init_resources(resources)
        resources["brinkwatch"] = {
            "paged": self.paged,
            "faces": {} if self.paged else web_faces(),
        }
        if folder := resources["metadata"].get("path"):
            nb = embedded(deepcopy(nb), Path(folder))
        html, resources = super().from_notebook_node(_without_facts(nb), resources, **options)
        return html, resources


class PdfReport(HtmlReport):
    """The same page on paper: A4, running header and footer, bookmarks, tags."""

    export_from_notebook = "Brinkwatch report (PDF)"
    output_mimetype = "application/pdf"
    paged = True

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the document's bytes and nbconvert's resources."""
        html, resources = super().from_notebook_node(nb, resources, **options)
        document, boxes = printed(html, _style())
        resources["brinkwatch"]["boxes"] = boxes
        return document, resources


class HtmlReportInLab(HtmlReport):
    """The same under a name that JupyterLab can use."""

    @default("enabled")
    def _enabled_default(self) -> bool:
        return True


class PdfReportInLab(PdfReport):
    """The same under a name that JupyterLab can use."""

    @default("enabled")
    def _enabled_default(self) -> bool:
        return True


@cache
def _style() -> str:
    """The style of the house, which the template has on screen alone."""
    files = (TEMPLATES / "brinkwatch" / name for name in ("report.css", "outputs.css"))
    return "\n".join(file.read_text("utf-8") for file in files)


def _without_facts(notebook: NotebookNode) -> NotebookNode:
    """The same notebook, all else shared: a page shows no fact, and nbconvert copies all of them.

    What has facts still says so.
    """

    def light(output: NotebookNode) -> NotebookNode:
        data = output.get("data", {})
        if FACTS_TYPE not in data:
            return output
        return NotebookNode(output, data=NotebookNode(data, **{FACTS_TYPE: {"facts": {}}}))

    cells = [
        NotebookNode(cell, outputs=[light(one) for one in cell.outputs])
        if "outputs" in cell
        else cell
        for cell in notebook.cells
    ]
    return NotebookNode(notebook, cells=cells)


def _in_jupyter_server() -> bool:
    """Whether this process serves notebooks, where the hyphenated names would lead nowhere."""
    server = sys.modules.get("jupyter_server.serverapp")
    return server is not None and bool(server.ServerApp.initialized())
