"""The drawings of the house on paper: each is a picture of its own there.

As elements of the page every line and letter of them is parsed, styled and laid out like its
text, at twice the cost; and of the two widths of a figure only the wide one is printed.
"""

from __future__ import annotations

import re
from html import unescape

from markupsafe import Markup

from analysis.publish.sanitised import as_data

_NARROW = re.compile(r'<div class="narrow"[^>]*>.*?</div>', re.DOTALL)
_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
_IMAGE = Markup('<img alt="{alt}" src="{source}">')


def as_pictures(fragment: str) -> Markup:
    """A piece of a page, as the notebook made it, with pictures for its drawings.

    >>> as_pictures('<p><svg viewBox="0 0 1 1"><title>A dot</title></svg></p>')[:40]
    Markup('<p><img alt="A dot" src="data:image/svg+')
    """
    return Markup(_SVG.sub(_as_picture, _NARROW.sub("", fragment)))


def _as_picture(drawing: re.Match[str]) -> str:
    title = _TITLE.search(drawing[0])
    alone = drawing[0].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return _IMAGE.format(
        alt=unescape(title[1]) if title else "",
        source=as_data("image/svg+xml", alone.encode()),
    )
