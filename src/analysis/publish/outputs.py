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
from analysis.publish.fitting import PAPER_ROWS, fitted
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
_BARE = re.compile(r"[\[({]*<[\w.]+( .*| object|:.*|\(.*)?>.*", re.DOTALL)

#: The first lines of a cell may say of what it shows: `#| fig-cap: …`, `#| fig-alt: …`.
_OPTION = re.compile(r"^#\|\s*([\w-]+):\s*(.*?)\s*$", re.MULTILINE)

#: What drawing returns, beside the drawing itself.
_OF_DRAWING = re.compile(r"<[A-Za-z][\w.]*([ :(][^<>]*)?>|\bText\(")

#: What a browser runs, or what is nothing without something that runs.
_RUNS = re.compile(r"application/(vnd\.(?!brinkwatch|dataresource)|javascript)")
#: What HTML may be made for, so that the rest of it stands in its place.
_ACTS = frozenset(("a script", "a frame", "sound or film", "a canvas"))
_ID = re.compile(r"\bid=[\"']?([\w-]{8,})")
#: Where a warning comes from: the file of a cell, which is another each time.
_WARNED = re.compile(r"^\S+:\d+: (?=\w*Warning: )")
#: How far something is, which is another at each run.
_PROGRESS = re.compile(r"\d%\|")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
#: What says something by itself, if it holds text.
_SAYS = re.compile(r"<(p|table|ul|ol|dl|pre|blockquote|h[1-6]|section|article)\b", re.IGNORECASE)

_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)

_PICTURE = Markup(
    '<figure class="picture">{caption}<img src="{source}" alt="{alt}"{size}></figure>'
)
_CAPTION = Markup('<figcaption><strong class="finding">{}</strong></figcaption>')
_PLAIN, _PRINTED = Markup("<pre>{}</pre>"), Markup('<pre class="printed">{}</pre>')
_ONE_WIDTH = re.compile('<pre class="printed">|<(code|kbd|samp)\\b|class="highlight"')
_PART = Markup('<p class="part">{}</p>')
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
    if sheet.paged and any(_ONE_WIDTH.search(piece) for piece in shown):
        ours["printed"] = typeface_of_printed_text()
    return shown


def beside_the_page(notebook: NotebookNode) -> list[str]:
    """What cells write to standard error: warnings, progress bars; it is for their author alone.

    Parameters
    ----------
    notebook: as it was executed.
    """
    return [
        f"cell {number} writes to standard error: {said}"
        for number, cell in numbered(notebook)
        for said in dict.fromkeys(
            _said_last(output.text)
            for output in cell.get("outputs", ())
            if output.output_type == "stream" and output.name == "stderr"
        )
    ]


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
        sheet.scripts = _scripts(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "stream":
                if _SHOW_PRINTED in tags(cell):
                    yield _as_text(output.text, _PRINTED, sheet)
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
    interactive = _interactive(data, sheet.scripts)
    forms = [*_PICTURES, "text/html"] if interactive else ["text/html", *_PICTURES, *_TEXTS]
    for media_type in forms:
        if media_type in data:
            given = {**options, **_said_of(output, media_type)}
            if shown := _FORMS[media_type](data[media_type], given, sheet):
                return shown
    plain = data.get("text/plain", "")
    says_nothing = _BARE.fullmatch(plain) or (has_picture and _OF_DRAWING.search(plain))
    if not interactive and plain and not says_nothing:
        return _as_text(plain, _PRINTED if "\n" in plain else _PLAIN, sheet)
    if not (has_picture and _OF_DRAWING.search(plain)):
        kind = interactive or next((kind for kind in data if kind != "text/plain"), "")
        sheet.remark(f"shows {_named_output(kind, plain)}; it is left out")
    return Markup("")


def _interactive(data: NotebookNode, scripts: str) -> str:
    """What an output is that needs a script to be shown; empty if it needs none.

    Parameters
    ----------
    data: of the output, by media type.
    scripts: what runs beside it: a script may fill what has an id.
    """
    for media_type in data:
        if _RUNS.match(media_type):
            return str(media_type)
    html = data.get("text/html", "")
    if acts := [name for name in sanitised.lost(html) if name in _ACTS]:
        return f"HTML that needs {' and '.join(acts)}"
    is_filled = any(name in scripts for name in _ID.findall(html))
    return "HTML that needs a script" if is_filled else ""


def _scripts(outputs: list[NotebookNode]) -> str:
    """What runs in a browser of what a cell shows."""
    return "\n".join(
        str(content)
        for output in outputs
        for media_type, content in output.get("data", {}).items()
        if _RUNS.match(media_type)
    )


def _said_last(text: str) -> str:
    """The last warning of a text, else its last line."""
    lines = [line for line in _COLOUR.sub("", text).splitlines() if line.strip()]
    if lines and _PROGRESS.search(lines[-1]):
        return "a progress bar"
    warned = [line for line in lines if _WARNED.match(line)]
    return _WARNED.sub("", [*lines, *warned][-1])[:100].strip() if lines else "nothing"


def _named_output(kind: str, plain: str) -> str:
    if "widget" in kind:
        return f"a widget ({first_line(plain)[:60]})"
    if "plotly" in kind:
        return "a plotly figure without a static picture"
    if kind.startswith("HTML"):
        return kind
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
        if not _BEGINS[media_type].match(content.lstrip()):
            return Markup("")  # it would be a gap on the page
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
    safe = sanitised.html(content, f'[id="{name}"]')
    shown = _STYLE.sub("", safe)
    needs = _interactive(NotebookNode({"text/html": content}), sheet.scripts)
    if "<img " not in shown and not (
        Markup(shown).striptags() and (_SAYS.search(shown) or not needs)
    ):
        return Markup("")
    if gone := sanitised.lost(content):
        verb = "is" if len(gone) == 1 else "are"
        sheet.remark(f"shows HTML with {' and '.join(gone)}, which {verb} left out")
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


def _as_text(text: str, form: Markup, sheet: Sheet) -> Markup:
    """Text as it stands; on paper as many lines of it as of a table rows."""
    lines = _text(text).split("\n")
    if not sheet.paged or len(lines) <= PAPER_ROWS:
        return form.format(_text(text))
    said = f"The first {PAPER_ROWS} of {len(lines):,} lines; the page on screen has them all."
    return form.format(Markup("\n").join(lines[:PAPER_ROWS])) + _PART.format(said)


def _text(text: str) -> Markup:
    """Text without what colours it on a terminal."""
    return escape(_COLOUR.sub("", text).rstrip("\n"))


#: How pictures begin, as base64 has it.
_BEGINS = {
    "image/png": re.compile("iVBORw0KGg"),
    "image/jpeg": re.compile("/9j/"),
    "image/gif": re.compile("R0lGOD"),
    "image/webp": re.compile("UklGR"),
}
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_TEXTS = ("text/markdown", "text/latex")
_FORMS: dict[str, Callable[[str, dict[str, str], Sheet], Markup]] = {
    "text/html": _html,
    "image/svg+xml": _drawing,
    **{media_type: _raster(media_type) for media_type in _PICTURES[1:]},
    "text/markdown": _markdown,
    "text/latex": _latex,
}
