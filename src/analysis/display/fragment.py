"""A piece of the page, as a notebook shows it: HTML that is safe to show, and plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from markupsafe import Markup, escape

#: Media types of what a fragment says besides its HTML: what the page is and what it says first,
#: which facts it states, and its HTML for paper where that differs from the screen's.
PAGE_TYPE = "application/vnd.brinkwatch.page+json"
FACTS_TYPE = "application/vnd.brinkwatch.facts+json"
PAPER_TYPE = "application/vnd.brinkwatch.paper+html"

#: The folder of a published report with the files of its figures, and the variable that names,
#: while a report is made to be published, the folder where they are written.
FIGURES = "figures"
FIGURES_VARIABLE = "BRINKWATCH_FIGURES"

#: Media type by which an output is known to be a fragment, whose HTML is safe as it is; it holds
#: what a page shows of the fragment where that differs from what a notebook does.
FRAGMENT_TYPE = "application/vnd.brinkwatch.fragment"

#: Numbers of endnotes, and tags. Markup has no other < and > than those of its tags.
_NOT_WORDS = re.compile(r'<sup class="cite">.*?</sup>|<[^>]*>')
_NOT_TEXT = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


@dataclass(frozen=True)
class Fragment:
    """What a cell of a report notebook returns.

    Parameters
    ----------
    html: the piece of the page, everything in it already escaped.
    data: machine-readable outputs by MIME type, for whoever publishes the notebook.
    sheet: what JupyterLab needs to show it and the pieces after it as a page does; a page, which
        has a style of its own, leaves it out.
    """

    html: Markup
    data: Mapping[str, Any] = field(default_factory=dict)
    sheet: str = ""

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        page = str(self.html) if self.sheet else ""
        known = {
            "text/html": f"{self.sheet}{self.html}",
            "text/plain": repr(self),
            FRAGMENT_TYPE: page,
        }
        return {**known, **self.data}

    def __repr__(self) -> str:
        return unescape(" ".join(_NOT_TEXT.sub("", str(self.html)).split()))


#: What a section, a figure or a table is where there is nothing to show.
NOTHING = Fragment(Markup(""))


def words_alone(text: str) -> str:
    """What a sentence says, without its links and the numbers of its endnotes.

    >>> words_alone(Markup('At <a href="#x">3</a> bases &amp; more.<sup class="cite">1</sup>'))
    'At 3 bases & more.'
    """
    return Markup(_NOT_WORDS.sub("", escape(text))).unescape()
