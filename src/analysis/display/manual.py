"""What `help` tells of a piece of a page: its own words, and what holds for all of its kind.

In the source a piece says what it shows, then, as `page: of …`, on which reports' pages it may
stand and which facts it needs there. What it returns and how a cell calls it is the same for all
pieces of a kind, and is put in here; one that returns something else adds `returns: …`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import ParamSpec

from analysis.display.fragment import Fragment

#: What a piece returns, by the end of its name or else by the package in which it stands.
RETURNED = {
    "bottom_line": "The bottom line: a few sentences, what matters most first.",
    "key_figures": "A strip of cards, each with a number and its change since the window before.",
    "say": "The answer in a sentence, what it rests on, and what it assumes, if anything.",
    "draw": "The figure, with title, alt text and data; nothing where there is nothing to see.",
    "tables": "The table; nothing where it would have no row.",
}

#: The name under which a notebook has a package of pieces, where it is another.
PLACES = {"tables": "table"}

#: What the notebook of a report calls its page, where not by the report's name.
PAGES = {"outlook": "page"}

OWN_WORDS = re.compile(
    r"(?P<shows>.+)\n\n(?P<page>page: of .+?)(?:\nreturns: (?P<returned>.+))?", re.DOTALL
)

IN_FULL = """{shows}

Parameters
----------
{page}

Returns
-------
Fragment
    {returned}

Examples
--------
A cell of the notebook of `{report}`::

    an.{place}.{name}({variable})
"""

Given = ParamSpec("Given")


def in_full(piece: Callable[Given, Fragment]) -> Callable[Given, Fragment]:
    """The piece, with a docstring in numpy style that is written from its own words."""
    said = OWN_WORDS.fullmatch(inspect.cleandoc(piece.__doc__ or ""))
    if said:
        piece.__doc__ = IN_FULL.format(**said.groupdict() | _of_its_kind(piece, said))
    return piece


def _of_its_kind(piece: Callable[Given, Fragment], said: re.Match[str]) -> dict[str, str]:
    """What is returned, and the call of it in the first notebook that its page is of."""
    package, name = piece.__module__.split(".")[2], piece.__name__
    kind = next((end for end in RETURNED if name.endswith(end)), package)
    report = next(iter(re.findall(r"`(\w+)`", said["page"].partition(";")[0])), "brief")
    return {
        "returned": said["returned"] or RETURNED[kind],
        "report": report,
        "place": PLACES.get(package, package),
        "name": name,
        "variable": PAGES.get(report, report),
    }
