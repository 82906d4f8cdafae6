"""From the cells of a notebook to the pieces of a page: what a cell shows is there, or it is said.

docs/notebooks.md has the table of what becomes of which output.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from analysis.display.fragment import FRAGMENT_TYPE, PAPER_TYPE
from analysis.errors import RunError
from analysis.lean.nbformat import NotebookNode
from analysis.plain_text import first_line
from analysis.publish import sanitised
from analysis.publish.drawings import as_pictures
from analysis.publish.fitting import fitted
from analysis.publish.formulas import formula
from analysis.publish.markdown import markdown
from analysis.publish.page import is_for_machines
from analysis.publish.sheet import Sheet, named, numbered, tags

#: Tags of a cell that is not on the page, and of one whose outputs are not.
_NO_CELL = frozenset(("remove-cell", "hide-cell"))
_NO_OUTPUT = frozenset(
    ("remove-output", "remove-outputs", "remove-all-outputs", "hide-output", "hide-outputs")
)

#: The tag of a cell whose printed text is shown.
_SHOW_PRINTED = "show-output"

#: What Python says of a thing that has nothing to say of itself.
_BARE = re.compile(r"[\[({]*<[\w.]+( [^<>]*| object|:[^<>]*)?>.*", re.DOTALL)

#: The first lines of a cell may say of what it shows: `#| fig-cap: …`, `#| fig-alt: …`.
_OPTION = re.compile(r"^#\|\s*([\w-]+):\s*(.*?)\s*$", re.MULTILINE)

_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)

_PICTURE = Markup(
    '<figure class="picture">{caption}<img src="{source}" alt="{alt}"{size}></figure>'
)
_CAPTION = Markup('<figcaption><strong class="finding">{}</strong></figcaption>')
_PLAIN, _PRINTED = Markup("<pre>{}</pre>"), Markup('<pre class="printed">{}</pre>')
_OTHERS = Markup('<div class="shown" id="{id}">{caption}{html}</div>')


def pieces(notebook: NotebookNode, resources: dict[str, Any]) -> list[Markup]:
    """The pieces of a page in their order.

    Parameters
    ----------
    notebook: with its outputs.
    resources: nbconvert's; in those of "brinkwatch" is whether the page is `paged`, and there
        `remarks` get what had to be left out, `printed` the typeface of printed text on paper.

    Raises
    ------
    RunError
        If a picture is missing; the message names the cell.
    """
    ours = resources["brinkwatch"]
    sheet = Sheet(ours["paged"])
    sheet.ids.update(_ids_of_the_house(notebook))
    shown: list[Markup] = []
    for number, cell in numbered(notebook):
        sheet.cell = number
        if _NO_CELL & tags(cell):
            continue
        try:
            shown += _cell(cell, sheet)
        except RunError as reason:
            raise RunError(f"{named(number, cell)} {reason}.") from None
    ours["remarks"] = [*sheet.remarks, *_of_printing(sheet.printing)]
    if sheet.paged and any('<pre class="printed">' in piece for piece in shown):
        ours["printed"] = typeface_of_printed_text()
    return shown


@cache
def typeface_of_printed_text() -> str:
    """The address of letters of one width; matplotlib brings them."""
    import matplotlib

    file = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"
    return sanitised.as_data("font/ttf", file.read_bytes())


def _ids_of_the_house(notebook: NotebookNode) -> set[str]:
    html = (
        output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if FRAGMENT_TYPE in output.get("data", ())
    )
    return {name for piece in html for name in re.findall(r'\bid="([^"]+)"', piece)}


def _of_printing(cells: list[int]) -> list[str]:
    if not cells:
        return []
    *others, last = map(str, cells)
    which = f"cells {', '.join(others)} and {last} print" if others else f"cell {last} prints"
    return [f"{which} text, which is not on the page; tag a cell show_output to have it there"]


def _cell(cell: NotebookNode, sheet: Sheet) -> Iterator[Markup]:
    if cell.cell_type == "markdown":
        html = markdown(cell.source, sheet, cell.get("attachments"))
        yield Markup(fitted(html, paged=sheet.paged))
    elif cell.cell_type == "raw":
        sheet.remark("is a raw cell, which is left out")
    elif not _NO_OUTPUT & tags(cell) and not cell.metadata.get("jupyter", {}).get("outputs_hidden"):
        options = {name: text.strip("\"'") for name, text in _OPTION.findall(cell.source)}
        has_picture = any(
            media_type.startswith("image/")
            for output in cell.outputs
            for media_type in output.get("data", ())
        )
        for output in cell.outputs:
            if output.output_type == "stream":
                if _SHOW_PRINTED in tags(cell):
                    yield _PRINTED.format(_text(output.text))
                elif sheet.cell not in sheet.printing and output.name == "stdout":
                    sheet.printing.append(sheet.cell)
            elif output.output_type == "error":
                said = f"{output.ename}: {output.evalue}"
                yield Markup('<p class="error">This part of the report failed: {}</p>').format(said)
            elif not is_for_machines(output):
                yield _output(output, options, sheet, has_picture=has_picture)


def _output(
    output: NotebookNode, options: dict[str, str], sheet: Sheet, *, has_picture: bool
) -> Markup:
    """What one output shows, in the best of its forms."""
    data = output.data
    if sheet.paged and PAPER_TYPE in data:
        return Markup(data[PAPER_TYPE])
    if FRAGMENT_TYPE in data:
        fragment = data[FRAGMENT_TYPE] or data["text/html"]
        return as_pictures(fragment) if sheet.paged else Markup(fragment)
    interactive = _interactive(data)
    forms = [*_PICTURES, "text/html"] if interactive else ["text/html", *_PICTURES, *_TEXTS]
    for media_type in forms:
        if media_type in data:
            given = {**options, **_said_of(output, media_type)}
            if shown := _FORMS[media_type](data[media_type], given, sheet):
                return shown
    plain = data.get("text/plain", "")
    if not interactive and plain and not _BARE.fullmatch(plain):
        return (_PRINTED if "\n" in plain else _PLAIN).format(_text(plain))
    if not (has_picture and _BARE.fullmatch(plain)):
        kind = interactive or next((kind for kind in data if kind != "text/plain"), "")
        sheet.remark(f"shows {_named_output(kind, plain)}; it is left out")
    return Markup("")


def _interactive(data: NotebookNode) -> str:
    """What an output is that needs a script to be shown; empty if it needs none."""
    for media_type in data:
        if re.match(r"application/(vnd\.(?!brinkwatch|dataresource)|javascript)", media_type):
            return str(media_type)
    html = data.get("text/html", "")
    return "a script" if re.search(r"<(script|iframe)\b", html, re.IGNORECASE) else ""


def _named_output(kind: str, plain: str) -> str:
    if "widget" in kind:
        return f"a widget ({first_line(plain)[:60]})"
    if "plotly" in kind:
        return "a plotly figure without a static picture"
    if kind == "a script":
        return "HTML that needs a script"
    if kind:
        return f"an output of type {kind}"
    return f"{first_line(plain)[:60]}, which tells a reader nothing"


def _said_of(output: NotebookNode, media_type: str) -> dict[str, str]:
    """Alt text and size that a library gives with a picture."""
    said = output.get("metadata", {})
    of_form = said.get(media_type) if isinstance(said.get(media_type), dict) else {}
    known = {**{name: said.get(name) for name in ("alt", "width", "height")}, **of_form}
    names = {"alt": "fig-alt", "width": "width", "height": "height"}
    return {names[name]: str(text) for name, text in known.items() if name in names and text}


def _picture(source: str, options: dict[str, str], sheet: Sheet) -> Markup:
    caption, alt = options.get("fig-cap", ""), options.get("fig-alt", "")
    if not alt:
        sheet.remark(
            "shows a picture without alt text; begin the cell with `#| fig-alt: what it shows`"
        )
    sizes = [
        f"{name}: {options[name]}px"
        for name in ("width", "height")
        if options.get(name, "").isdecimal()
    ]
    return _PICTURE.format(
        caption=_CAPTION.format(caption) if caption else "",
        source=source,
        alt=alt or caption or "A picture without a description",
        size=Markup(' style="{}"').format("; ".join(sizes)) if sizes else "",
    )


def _raster(media_type: str) -> Callable[[str, dict[str, str], Sheet], Markup]:
    def form(content: str, options: dict[str, str], sheet: Sheet) -> Markup:
        source = f"data:{media_type};base64,{''.join(content.split())}"
        return _picture(source, options, sheet)

    return form


def _drawing(content: str, options: dict[str, str], sheet: Sheet) -> Markup:
    if not (safe := sanitised.svg(content)):
        return Markup("")
    return _picture(sanitised.as_data("image/svg+xml", safe.encode()), options, sheet)


def _html(content: str, options: dict[str, str], sheet: Sheet) -> Markup:
    sheet.outputs += 1
    name = f"output-{sheet.outputs}"
    is_frame = 'class="dataframe"' in content
    if is_frame:  # its style is the house's
        content = _STYLE.sub("", content)
    safe = sanitised.html(content, f"#{name}")
    if "<img " not in safe and not Markup(_STYLE.sub("", safe)).striptags():
        return Markup("")
    caption = options.get("tbl-cap", "")
    title = Markup('<p class="caption">{}</p>').format(caption) if caption else ""
    html = Markup(fitted(safe, paged=sheet.paged))
    return _OTHERS.format(id=name, caption=title, html=html)


def _markdown(content: str, options: dict[str, str], sheet: Sheet) -> Markup:
    return Markup(fitted(markdown(content, sheet), paged=sheet.paged))


def _latex(content: str, options: dict[str, str], sheet: Sheet) -> Markup:
    shown = formula(content, block=True, paged=sheet.paged)
    if shown is None:
        sheet.remark("shows LaTeX that cannot be set and is shown as it stands")
        return _PLAIN.format(content)
    return shown


def _text(text: str) -> Markup:
    """Text without what colours it on a terminal."""
    return escape(re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).rstrip("\n"))


_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_TEXTS = ("text/markdown", "text/latex")
_FORMS: dict[str, Callable[[str, dict[str, str], Sheet], Markup]] = {
    "text/html": _html,
    "image/svg+xml": _drawing,
    **{media_type: _raster(media_type) for media_type in _PICTURES[1:]},
    "text/markdown": _markdown,
    "text/latex": _latex,
}
