"""What one output of a cell shows, in the best of its forms; what cannot be shown is told.

docs/notebooks.md has the table of what becomes of which output.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from markupsafe import Markup, escape

from analysis.display.fragment import FRAGMENT_TYPE, PAPER_TYPE
from analysis.lean.nbformat import NotebookNode
from analysis.plain_text import first_line, uncoloured
from analysis.publish import sanitised
from analysis.publish.fitting import PAPER_ROWS, fitted
from analysis.publish.formulas import formula, is_one
from analysis.publish.markdown import markdown
from analysis.publish.paper import on_paper
from analysis.publish.sheet import Sheet

#: What Python says of a thing that has nothing to say of itself.
_BARE = re.compile(r"[\[({]*<[\w.]+( .*| object|:.*|\(.*)?>.*", re.DOTALL)
#: What drawing returns, beside the drawing itself.
_OF_DRAWING = re.compile(r"<[A-Za-z][\w.]*([ :(][^<>]*)?>|\bText\(")
#: What a browser runs, or what is nothing without something that runs.
RUNS = re.compile(r"application/(vnd\.(?!brinkwatch|dataresource)|javascript)")
#: What HTML may be made for, so that the rest of it stands in its place.
_ACTS = frozenset(("a script", "a frame", "sound or film", "a canvas"))
_ID = re.compile(r"\bid=[\"']?([\w-]{8,})")
#: What says something by itself, if it holds text.
_SAYS = re.compile(r"<(p|table|ul|ol|dl|pre|blockquote|h[1-6]|section|article)\b", re.IGNORECASE)
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)
#: The title of a drawing, which is its first child; those of its parts come later.
_TITLE = re.compile(r"(?:[^<]|<[?!])*?<svg\b[^>]*>\s*<title[^>]*>([^<]+)</title>", re.DOTALL)
_PICTURE = Markup(
    '<figure class="picture">{caption}<img src="{source}" alt="{alt}"{size}></figure>'
)
_CAPTION = Markup('<figcaption><strong class="finding">{}</strong></figcaption>')
_PLAIN, PRINTED = Markup("<pre>{}</pre>"), Markup('<pre class="printed">{}</pre>')
_PART = Markup('<p class="part">{}</p>')
_OTHERS = Markup('<div class="shown" id="{id}">{caption}{html}</div>')


def shown(
    output: NotebookNode, options: dict[str, str], sheet: Sheet, *, has_picture: bool
) -> Markup:
    """What one output shows, in the best of its forms."""
    data = output.data
    if sheet.paged and PAPER_TYPE in data:
        return on_paper(data[PAPER_TYPE])
    if FRAGMENT_TYPE in data:
        fragment = data[FRAGMENT_TYPE] or data["text/html"]
        return on_paper(fragment) if sheet.paged else Markup(fragment)
    interactive = _interactive(data, sheet.scripts)
    forms = [*_PICTURES, "text/html"] if interactive else ["text/html", *_PICTURES, *_TEXTS]
    for media_type in forms:
        if media_type in data:
            given = {**options, **_said_of(output, media_type)}
            if html := _FORMS[media_type](data[media_type], given, sheet):
                return html
    plain = data.get("text/plain", "")
    says_nothing = _BARE.fullmatch(plain) or (has_picture and _OF_DRAWING.search(plain))
    if not interactive and plain and not says_nothing:
        return as_text(plain, PRINTED if "\n" in plain else _PLAIN, sheet)
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
        if RUNS.match(media_type):
            return str(media_type)
    html = data.get("text/html", "")
    if acts := [name for name in sanitised.lost(html) if name in _ACTS]:
        return f"HTML that needs {' and '.join(acts)}"
    is_filled = any(name in scripts for name in _ID.findall(html))
    return "HTML that needs a script" if is_filled else ""


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
    told = {"fig-alt": unescape(found[1].strip())} if (found := _TITLE.match(content)) else {}
    return _picture(sanitised.as_data("image/svg+xml", safe.encode()), told | options, sheet)


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
    if not is_one(content):
        return _markdown(content, options, sheet)
    shown = formula(content, block=True, paged=sheet.paged)
    if shown is None:
        sheet.remark("shows LaTeX that cannot be set and is shown as it stands")
        return _PLAIN.format(content)
    return shown


def as_text(text: str, form: Markup, sheet: Sheet) -> Markup:
    """Text as it stands; on paper as many lines of it as of a table rows."""
    lines = _text(text).split("\n")
    if not sheet.paged or len(lines) <= PAPER_ROWS:
        return form.format(_text(text))
    said = f"The first {PAPER_ROWS} of {len(lines):,} lines; the page on screen has them all."
    return form.format(Markup("\n").join(lines[:PAPER_ROWS])) + _PART.format(said)


def _text(text: str) -> Markup:
    """Text without what colours it on a terminal."""
    return escape(uncoloured(text).rstrip("\n"))


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
