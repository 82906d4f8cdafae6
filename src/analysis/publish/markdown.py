"""Markdown as Jupyter has it, as pieces of a page: markup in it is shown as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import ascii_lowercase
from typing import Any
from urllib.parse import unquote

from markupsafe import Markup, escape

from analysis.errors import RunError
from analysis.lean.nbconvert import IPythonRenderer, MarkdownWithMath, markdown_mistune
from analysis.publish.formulas import formula
from analysis.publish.pictures import source_of
from analysis.publish.sheet import Sheet

_PLUGINS = (*MarkdownWithMath.DEFAULT_PLUGINS, "footnotes")
#: What a link can lead to from wherever a page has been sent: the web, a mail, the page itself.
_WHOLE_ADDRESS = re.compile(r"(?i)#|(?:https?|ftp|mailto|tel):")
_CALLOUT = re.compile(r"<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*(?:<br />)?\s*")
_PICTURE = Markup('<img class="in-text" src="{}" alt="{}" title="{}">')
_ALONE = re.compile(r'<p>(<img) class="in-text"([^>]*?) title="([^"]*)">\s*</p>')


def markdown(
    source: str, sheet: Sheet | None = None, attachments: Mapping[str, dict[str, str]] | None = None
) -> Markup:
    """Render markdown; markup inside it is shown as text.

    Parameters
    ----------
    source: the text of a cell or an output.
    sheet: the page that it is for.
    attachments: its pictures, by name, as notebooks have them.

    Raises
    ------
    RunError
        If a picture is not attached.

    >>> markdown("## Who are the *attackers*?")
    Markup('<h2 id="who-are-the-attackers">Who are the <em>attackers</em>?</h2>\\n')
    """
    renderer = _Renderer(sheet or Sheet(paged=False), attachments or {})
    plugins = map(markdown_mistune.import_plugin, _PLUGINS)  # type: ignore[attr-defined]
    html = MarkdownWithMath(renderer=renderer, plugins=plugins).render(source)
    return Markup(_ALONE.sub(_figure, html).replace(' title="">', ">"))


def _figure(alone: re.Match[str]) -> str:
    """A picture that is a paragraph of its own, its title below it."""
    caption = f"<figcaption>{alone[3]}</figcaption>" if alone[3] else ""
    return f'<figure class="picture">{alone[1]}{alone[2]}>{caption}</figure>'


def letters(number: int) -> str:
    """How footnotes are counted; numbers are those of the sources.

    >>> letters(1), letters(26), letters(27)
    ('a', 'z', 'aa')
    """
    before, last = divmod(number - 1, len(ascii_lowercase))
    return (letters(before) if before else "") + ascii_lowercase[last]


class _Renderer(IPythonRenderer):
    """Headings that can be linked to, pictures within the page, formulas, notes and callouts."""

    def __init__(self, sheet: Sheet, attachments: Mapping[str, dict[str, str]]) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
        self.sheet = sheet
        self.attached = attachments
        self.notes_before = sheet.notes

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        plain = Markup(text).striptags().lower()
        name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
        attributes["id"] = self.sheet.unique(name or "section")
        return super().heading(text, level, **attributes)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not _WHOLE_ADDRESS.match(url):
            self.sheet.remark(
                f"links to {url[:60]}, which leads nowhere from a page; give a whole address"
            )
        return super().link(text, url, title)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        alt = Markup(text).unescape()
        name = unquote(url).removeprefix("attachment:")
        source = source_of(self.attached[name]) if name in self.attached else ""
        if re.match(r"data:image/(png|jpeg|gif|webp);base64,", url):
            source = url
        if not source:
            raise RunError(f"shows the picture {name[:60]}, which is not attached to it")
        if not alt:
            self.sheet.remark(
                f"shows the picture {name} without alt text; write ![what it shows](…)"
            )
        title = Markup(title or "").unescape()
        return _PICTURE.format(source, alt or title or "A picture without a description", title)

    def block_math(self, body: str) -> str:
        return self._formula(body, block=True)

    def inline_math(self, body: str) -> str:
        if body != body.strip():  # dollars, of which there are two: "$5 and $6"
            return escape(f"${body}$")
        return self._formula(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(rf"\begin{{{name}}}{body}\end{{{name}}}", block=True)

    def _formula(self, latex: str, *, block: bool) -> str:
        shown = formula(latex, block=block, paged=self.sheet.paged)
        if shown is None:
            self.sheet.remark(
                f"has a formula that cannot be set and is shown as it stands: {latex}"
            )
            return escape(f"${latex}$")
        return shown

    def block_html(self, html: str) -> str:
        return "" if html.lstrip().startswith("<!--") else self._as_text(super().block_html(html))

    def inline_html(self, html: str) -> str:
        if html.startswith("<!--"):
            return ""
        if re.fullmatch(r"<br\s*/?>", html):
            return "<br>"
        return self._as_text(super().inline_html(html))

    def _as_text(self, text: str) -> str:
        self.sheet.remark("has markup in its text, which is shown as it stands")
        return text

    def block_quote(self, text: str) -> str:
        callout = _CALLOUT.search(text)
        if callout is None or text.strip().find(callout[0].strip()) != 0:
            return super().block_quote(text)
        kind, rest = callout[1].lower(), text[callout.end() :]
        inner = rest.removeprefix("</p>") if rest.startswith("</p>") else f"<p>{rest}"
        title = f'<p class="callout-title">{kind.capitalize()}</p>'
        return f'<aside class="callout {kind}">{title}{inner}</aside>\n'

    def footnote_ref(self, key: str, index: int) -> str:
        letter = self._letter(index)
        reference = self.sheet.unique(f"note-{letter}-from")
        return f'<sup class="cite" id="{reference}"><a href="#note-{letter}">{letter}</a></sup>'

    def footnotes(self, text: str) -> str:
        return f'<section class="footnotes">\n{text}</section>\n'

    def footnote_item(self, text: str, key: str, index: int) -> str:
        letter = self._letter(index)
        self.sheet.notes = max(self.sheet.notes, self.notes_before + index)
        text = text.strip().removeprefix("<p>").removesuffix("</p>")
        return f'<p id="note-{letter}"><a href="#note-{letter}-from">{letter}</a> {text}</p>\n'

    def _letter(self, index: int) -> str:
        return letters(self.notes_before + index)
