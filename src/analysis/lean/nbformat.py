"""nbformat, without the grammar of internationalised addresses that its validator can look for."""

from analysis.lean import without

with without("rfc3987_syntax"):
    import nbformat
    from nbformat import NotebookNode

__all__ = ["NotebookNode", "nbformat"]
