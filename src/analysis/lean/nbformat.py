"""nbformat, without the forms of values that its validator can look for, and does not.

That a text is an address, a span of time or a colour, say; a notebook's schema asks for none. And
each output that arrives is held against that schema at a seventh of the time.
"""

from contextlib import suppress
from typing import Any

from analysis.lean import without

with without(
    *("fqdn", "isoduration", "jsonpointer", "rfc3339_validator", "rfc3986_validator"),
    *("rfc3987_syntax", "uri_template", "webcolors"),
):
    import nbformat
    from nbformat import NotebookNode
    from nbformat.v4 import nbbase

_OUTPUTS = ("display_data", "error", "execute_result", "stream")

_validate: Any = nbbase.validate


def _held_against_the_schema(node: Any, ref: str | None = None) -> None:
    """Validate a part of a notebook: an output within one, for which the schema is compiled.

    What is wrong with one is told as ever.
    """
    if ref in _OUTPUTS:
        cell = {"cell_type": "code", "id": "0", "execution_count": None, "source": ""}
        cells: list[Any] = [{**cell, "metadata": {}, "outputs": [node]}]
        whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        with suppress(nbformat.ValidationError):
            nbformat.validate(whole)
            return
    _validate(node, ref)


nbbase.validate = _held_against_the_schema

__all__ = ["NotebookNode", "nbformat"]
