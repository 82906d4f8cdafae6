"""Formulas: MathML on screen, which browsers set themselves, and a drawing on paper.

WeasyPrint sets no MathML; so a formula is drawn there, in STIX Two Math, and stands on the line.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree

from markupsafe import Markup

from analysis.publish.sanitised import as_data

_DELIMITERS = re.compile(r"^\s*(\$\$?|\\\[|\\\()(.*?)(\$\$?|\\\]|\\\))\s*$", re.DOTALL)

#: Names that mean the same here, and which the reader of LaTeX knows.
_ALIGNED = re.compile(r"\\(begin|end)\{(aligned|align|gather|gathered|split|equation)\*?\}")

#: A matrix with an index or a power, which is that of all of it.
_RAISED = re.compile(r"(\\begin\{(\w*matrix|array)\}.*?\\end\{\2\})(?=\s*[\^_])", re.DOTALL)

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_ELEMENTS = re.compile(
    "math|menclose|mfenced|mfrac|mi|mmultiscripts|mn|mo|mover|mpadded|mphantom|mprescripts|mroot|"
    "mrow|mspace|msqrt|mstyle|msub|msubsup|msup|mtable|mtd|mtext|mtr|munder|munderover|none"
)
#: How many parts those have that are not complete with fewer.
_PARTS = {"mfrac": 2, "mover": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2}

_DRAWN = Markup(
    '<img class="formula" alt="{latex}" src="{source}" '
    'style="width: {width:.3f}em; height: {height:.3f}em; vertical-align: {below:.3f}em">'
)
#: In what size it is drawn; then it is as large as the text around it.
_SIZE = 20

_BLOCK = Markup('<div class="formula" role="math">{}</div>')


def is_one(latex: str) -> bool:
    r"""Whether LaTeX is one formula, and not text with formulas in it.

    >>> is_one("x^2"), is_one("$x^2$"), is_one("the $x$ and the $y$"), is_one("$x$ and $y$")
    (True, True, False, False)
    """
    inner = _DELIMITERS.match(latex)
    return "$" not in (inner[2] if inner else latex).replace(r"\$", "")


def formula(latex: str, *, block: bool, paged: bool) -> Markup | None:
    r"""A formula in LaTeX as a piece of the page.

    Parameters
    ----------
    latex: with its delimiters or without.
    block: whether it stands in a line of its own.
    paged: whether the page is for paper.

    Returns
    -------
    Markup or None
        None where it cannot be set: a command that is not known, braces that do not match.

    >>> "<msup><mi>x</mi><mn>2</mn></msup>" in formula("x^2", block=False, paged=False)
    True
    >>> formula(r"\nothing{x}", block=False, paged=False) is None
    True
    """
    latex = _plain(latex)
    mathml = _mathml(latex, block)
    if mathml is None:
        return None
    shown = _drawn(latex, block) if paged else mathml
    return _BLOCK.format(shown) if block else shown


def _plain(latex: str) -> str:
    """What stands between the delimiters, in words that can be set."""
    if inner := _DELIMITERS.match(latex):
        latex = inner[2]
    latex = re.sub(r"\\displaystyle\b", "", latex)
    latex = _RAISED.sub(r"{\1}", latex)

    def environment(found: re.Match[str]) -> str:
        return "" if found[2] == "equation" else rf"\{found[1]}{{align*}}"

    return _ALIGNED.sub(environment, latex).strip()


def _mathml(latex: str, block: bool) -> Markup | None:
    from latex2mathml.converter import convert

    try:
        mathml = convert(latex, display="block" if block else "inline")
        root = ElementTree.fromstring(mathml)
    except Exception:  # whatever the reader of LaTeX makes of what is none
        return None
    # Text within a formula comes out as it is: it may hold markup, which is none of a formula's.
    return Markup(mathml) if all(map(_is_set, root.iter())) else None


def _is_set(element: ElementTree.Element) -> bool:
    """Whether an element is of a formula, complete, and no command that was not understood."""
    name = element.tag.removeprefix(_MATHML)
    return (
        bool(_ELEMENTS.fullmatch(name))
        and len(element) == _PARTS.get(name, len(element))
        and not (element.text or "").startswith("\\")
        and not any(
            attribute.startswith("on") or "href" in attribute for attribute in element.attrib
        )
    )


def _drawn(latex: str, block: bool) -> Markup:
    from ziamath.zmath import Latex

    with _no_new_log():
        drawing = Latex(latex, size=_SIZE, inline=not block).svg()
    box = re.search(r'viewBox="(\S+) (\S+) (\S+) (\S+)"', drawing)
    _, top, width, height = (float(number) / _SIZE for number in box.groups()) if box else (0,) * 4
    return _DRAWN.format(
        latex=latex,
        source=as_data("image/svg+xml", drawing.encode()),
        width=width,
        height=height,
        below=-(top + height),  # the line of writing is at 0
    )


@contextmanager
def _no_new_log() -> Iterator[None]:
    """Keep the library from setting up a log for everybody, as the first call of `logging` does."""
    silent = logging.NullHandler()
    logging.root.addHandler(silent)
    try:
        yield
    finally:
        logging.root.removeHandler(silent)
