"""What of a page is otherwise on paper, in the pieces that the house makes: it looks the same.

Each element costs styles, boxes, lines and tags. So of a drawing only the wide one is there; what
shows nothing is no element; and a number that only the screen explains is no link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup

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
#: What is compared first is a text alone: to begin with a word's edge takes ten times as long.
_ID = re.compile(r'id="(?<!\wid=")([^"]+)"')


def on_paper(fragment: str) -> Markup:
    """A piece of a page, as the notebook made it, with as few elements as paper needs.

    >>> on_paper('<p>By <span class="host">centcom.mil</span></p>')
    Markup('<p>By centcom.mil</p>')
    """
    for elements, fewer in _LIGHTER:
        fragment = elements.sub(fewer, fragment)
    return Markup(fragment)


def ids_in(pieces: Iterable[str]) -> set[str]:
    """The ids of the elements of some pieces.

    >>> ids_in(['<p id="a" data-grid="b">'])
    {'a'}
    """
    return {name for piece in pieces for name in _ID.findall(piece)}


def without_loose_ends(pieces: Iterable[Markup]) -> list[Markup]:
    """The pieces of a page; numbers that none of them explains are no links.

    >>> without_loose_ends([Markup('<a class="fact" href="#fact-a">1</a>')])
    [Markup('1')]
    """
    pieces = list(pieces)
    ids = ids_in(pieces)

    def kept(link: re.Match[str]) -> str:
        return f'<a href="#{link[1]}">{link[2]}</a>' if link[1] in ids else link[2]

    return [Markup(_FACT.sub(kept, piece)) for piece in pieces]
