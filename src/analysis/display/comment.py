"""An analyst's comment below the bottom line: Markdown of the desk, marked with who wrote it."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from analysis.display.fragment import Fragment

#: The author's line, the first of a comment or its last: "Author: A. Name", "— A. Name".
AUTHOR = re.compile(
    r"\A\s*author:\s*(?P<first>[^\n]+)\n|(?:\A|\n)\s*(?:—|–|--)\s+(?P<last>[^\n-][^\n]*)\s*\Z", re.I
)


def analyst_comment(text: str | None) -> Fragment:
    """A comment as it stands on the page; nothing where there is none.

    Parameters
    ----------
    text: Markdown with its author's line. Markup in it is text, pictures are left out.

    Examples
    --------
    >>> print(analyst_comment("Quiet *so far*.\\n\\n— A. Name").html)
    <aside class="comment"><p class="who">Analyst’s comment · A. Name</p>
    <p>Quiet <em>so far</em>.</p>
    </aside>
    """
    if text is None or not text.strip():
        return Fragment(Markup(""))
    written = text.replace("\r\n", "\n").strip()
    found = AUTHOR.search(f"{written}\n")
    author = (found["first"] or found["last"]).strip() if found else "unsigned"
    body = AUTHOR.sub("", f"{written}\n", count=1).strip()
    return Fragment(
        Markup(
            '<aside class="comment"><p class="who">Analyst’s comment · {}</p>\n{}</aside>'
        ).format(author, _rendered(body))
    )


def _rendered(text: str) -> Markup:
    import mistune

    class Renderer(mistune.HTMLRenderer):
        """HTML without pictures; headings stay below those of the page."""

        def image(self, text: str, url: str, title: str | None = None) -> str:
            return text

        def heading(self, text: str, level: int, **attributes: Any) -> str:
            return f"<p><strong>{text}</strong></p>\n"

    render = mistune.create_markdown(escape=True, renderer=Renderer(escape=True), plugins=["table"])
    return Markup(render(text))
