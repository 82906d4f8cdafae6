"""What of a page is otherwise on paper, in the pieces that the house makes: it looks the same.

As elements of the page every line and letter of a drawing would be parsed, styled and laid out like
its text, at twice the cost; so it is a picture, the wide one alone and its text in words (see
`lettering`).
"""

from __future__ import annotations

import re
from html import unescape

from markupsafe import Markup

from analysis.publish.lettering import WORDS
from analysis.publish.sanitised import as_data

_NARROW = re.compile(r'<div class="narrow"[^>]*>.*?</div>', re.DOTALL)
_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
_TEXT = re.compile(r"(?<=<)(/?)text\b")
_IMAGE = Markup('<img alt="{alt}" src="{source}">')


def on_paper(fragment: str) -> Markup:
    """A piece of a page, as the notebook made it.

    >>> on_paper('<p><svg viewBox="0 0 1 1"><title>A dot</title></svg></p>')[:40]
    Markup('<p><img alt="A dot" src="data:image/svg+')
    """
    return Markup(_SVG.sub(_as_picture, _NARROW.sub("", fragment)))


def _as_picture(drawing: re.Match[str]) -> str:
    title = _TITLE.search(drawing[0])
    alone = drawing[0].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return _IMAGE.format(
        alt=unescape(title[1]) if title else "",
        source=as_data("image/svg+xml", _TEXT.sub(rf"\1{WORDS}", alone).encode()),
    )
