"""How a notebook becomes a page: nbconvert exporters for HTML and PDF, one template for both.

They are registered as entry points: `brinkwatch-html` and `brinkwatch-pdf` for the command
`jupyter nbconvert --to …`, `brinkwatch_html` and `brinkwatch_pdf` for the export menu of
JupyterLab, whose server has no address for a name with a hyphen.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets import default

from analysis.display.fragment import PAPER_TYPE
from analysis.lean.nbformat import NotebookNode
from analysis.publish.page import is_for_machines, page
from analysis.publish.pdf import pdf
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
        yield "markdown", markdown
        yield "page", page
        yield "is_for_machines", is_for_machines

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()
        environment.autoescape = True
        return environment

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the page and nbconvert's resources."""
        resources = self._init_resources(resources)
        resources["brinkwatch"] = {
            "paged": self.paged,
            "paper_type": PAPER_TYPE,
            "faces": {} if self.paged else web_faces(),
        }
        html, resources = super().from_notebook_node(nb, resources, **options)
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
        return pdf(html), resources


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


def markdown(source: str) -> Markup:
    """Render a markdown cell; markup inside it is shown as text.

    >>> markdown("## Who are the *attackers*?")
    Markup('<h2 id="who-are-the-attackers">Who are the <em>attackers</em>?</h2>\\n')
    """
    renderer = _Renderer(escape=True, exclude_anchor_links=True)
    return Markup(MarkdownWithMath(renderer=renderer).render(source))


class _Renderer(IPythonRenderer):
    """Markdown as Jupyter has it, with headings that can be linked to."""

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        plain = Markup(text).striptags().lower()
        attributes["id"] = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
        return super().heading(text, level, **attributes)


def _in_jupyter_server() -> bool:
    """Whether this process serves notebooks, where the hyphenated names would lead nowhere."""
    server = sys.modules.get("jupyter_server.serverapp")
    return server is not None and bool(server.ServerApp.initialized())
