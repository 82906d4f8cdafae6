"""nbconvert, without the selectors of style sheets that it could look for in HTML."""

from analysis.lean import Later, in_place_of

with in_place_of({"soupsieve": Later("soupsieve")}):
    from nbconvert.exporters import TemplateExporter
    from nbconvert.filters import markdown_mistune
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

__all__ = ["IPythonRenderer", "MarkdownWithMath", "TemplateExporter", "markdown_mistune"]
