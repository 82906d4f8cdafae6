"""What of a page is otherwise on paper, in the pieces that the house makes: it looks the same.

Each element costs styles, boxes, lines and tags. So a drawing is a picture, the wide one alone and
its text in words (see `words_on_paper`); what shows nothing is no element; and a number that only
the screen explains is no link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from markupsafe import Markup

from analysis.publish.sanitised import as_data
from analysis.publish.words_on_paper import WORDS

_SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
_TEXT = re.compile(r"(?<=<)(/?)text\b")
_IMAGE = Markup('<img alt="{alt}" src="{source}">')

#: Elements, and what says the same with fewer.
_LIGHTER = [
    (re.compile(pattern, re.DOTALL), fewer)
    for pattern, fewer in (
        (r'<div class="narrow"[^>]*>.*?</div>', ""),
        (r'(<span class="files"[^>]*>)<span>.*?</span></span>', r"\1</span>"),
        (r'<span class="host">(.*?)</span>', r"\1"),
        (r'<td><span( id="[^"]*")>([^<]*)</span></td>', r"<td\1>\2</td>"),
        # The word joiner that the style puts there on screen.
        (r'(<sup class="cite"><a [^>]*>)', "\\1\N{WORD JOINER}"),
    )
]
_FACT = re.compile(r'<a class="fact" href="#([^"]+)">(.*?)</a>', re.DOTALL)
_ID = re.compile(r'\bid="([^"]+)"')


def on_paper(fragment: str) -> Markup:
    """A piece of a page, as the notebook made it, with as few elements as paper needs.

    >>> on_paper('<p><svg viewBox="0 0 1 1"><title>A dot</title></svg></p>')[:40]
    Markup('<p><img alt="A dot" src="data:image/svg+')
    """
    for elements, fewer in _LIGHTER:
        fragment = elements.sub(fewer, fragment)
    return Markup(_SVG.sub(_as_picture, fragment))


def without_loose_ends(pieces: Iterable[Markup]) -> list[Markup]:
    """The pieces of a page; numbers that none of them explains are no links.

    >>> without_loose_ends([Markup('<a class="fact" href="#fact-a">1</a>')])
    [Markup('1')]
    """
    pieces = list(pieces)
    ids = {name for piece in pieces for name in _ID.findall(piece)}

    def kept(link: re.Match[str]) -> str:
        return link[0] if link[1] in ids else link[2]

    return [Markup(_FACT.sub(kept, piece)) for piece in pieces]


def _as_picture(drawing: re.Match[str]) -> str:
    title = _TITLE.search(drawing[0])
    alone = drawing[0].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return _IMAGE.format(
        alt=unescape(title[1]) if title else "",
        source=as_data("image/svg+xml", _TEXT.sub(rf"\1{WORDS}", alone).encode()),
    )
