"""nbformat, without the forms of values that its validator can look for, and does not.

That a text is an address, a span of time or a colour, say; a notebook's schema asks for none.
"""

from analysis.lean import without

with without(
    *("fqdn", "isoduration", "jsonpointer", "rfc3339_validator", "rfc3986_validator"),
    *("rfc3987_syntax", "uri_template", "webcolors"),
):
    import nbformat
    from nbformat import NotebookNode

__all__ = ["NotebookNode", "nbformat"]
