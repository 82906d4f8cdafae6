"""Pictures of markdown cells: what lies beside the notebook goes into it before it is passed on."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from analysis.errors import RunError
from analysis.lean.nbconvert import IPythonRenderer, MarkdownWithMath
from analysis.lean.nbformat import NotebookNode
from analysis.publish.sanitised import as_data, svg
from analysis.publish.sheet import named, numbered, tags

#: What can be shown, on screen and on paper, by the ending of a file's name.
MEDIA_TYPES = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}


def embedded(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Put pictures that markdown cells name into the notebook, as attachments.

    Parameters
    ----------
    notebook: it is changed.
    folder: where it lies; what it names is looked for there, and nowhere else.

    Raises
    ------
    RunError
        If a picture is missing or cannot be shown; the message names the cell.
    """
    for number, cell in numbered(notebook):
        if cell.cell_type != "markdown" or "remove-cell" in tags(cell):
            continue
        for address in _named_in(cell.source):
            name = unquote(address).removeprefix("attachment:")
            attachments = cell.setdefault("attachments", NotebookNode())
            if address.startswith("data:") or name in attachments:
                continue
            try:
                if address.startswith("attachment:"):
                    raise ValueError("is not attached to it")
                attachments[name] = _read(name, folder)
            except ValueError as reason:
                raise RunError(
                    f"{named(number, cell)} shows the picture {name}, which {reason}."
                ) from None
            cell.source = cell.source.replace(f"]({address}", f"](attachment:{address}")
        if not cell.get("attachments", True):
            del cell["attachments"]
    return notebook


def source_of(attachment: dict[str, str]) -> str:
    """The address of an attached picture, empty if it is of no kind that can be shown."""
    for media_type in MEDIA_TYPES.values():
        if media_type in attachment:
            content = base64.b64decode(attachment[media_type])
            if media_type == "image/svg+xml":
                content = svg(content.decode("utf-8", "replace")).encode()
            return as_data(media_type, content)
    return ""


def _named_in(source: str) -> list[str]:
    """Addresses of the pictures in a text."""
    found: list[str] = []

    class Finder(IPythonRenderer):
        def image(self, text: str, url: str, title: str | None = None) -> str:
            found.append(url)
            return ""

    if "![" in source:
        MarkdownWithMath(renderer=Finder()).render(source)
    return found


def _read(name: str, folder: Path) -> dict[str, Any]:
    """A file beside the notebook as an attachment."""
    if "://" in name:
        raise ValueError("lies elsewhere; nothing is fetched, so save it beside the notebook")
    media_type = MEDIA_TYPES.get(Path(name).suffix.lower())
    if media_type is None:
        raise ValueError(f"is of no kind that can be shown ({', '.join(MEDIA_TYPES)})")
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        raise ValueError("is not beside the notebook")
    return NotebookNode({media_type: base64.b64encode(file.read_bytes()).decode("ascii")})
