"""A drawing for paper: its letters as text again, which prints sharper and can be searched.

matplotlib draws letters as outlines, which look the same in every browser, and writes beside
each line of text, in a comment, what it says. On paper the typeface is embedded: there the line
itself stands at the places of its outlines, and the PDF takes a fraction of the time to make.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, cast
from xml.etree import ElementTree as ET
from xml.sax.saxutils import unescape

from analysis.typefaces import FAMILY

_COMMENT: Any = ET.Comment  # what the tag of a comment is
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
#: Font size at which matplotlib describes outlines.
_OUTLINE_SIZE = 100
#: How outlines of the one face that figures use are called.
_REGULAR = "#PublicSansRoman-Regular-"
_PLACE = re.compile(r"(translate\(.*?\)(?: rotate\(.*?\))?) scale\(([\d.]+) -[\d.]+\)")
_OFFSET = re.compile(r"translate\(([-\d.e]+) 0\)")

ET.register_namespace("", _SVG[1:-1])
ET.register_namespace("xlink", _HREF[1:].partition("}")[0])


def lettered(drawing: bytes) -> bytes:
    """Return an SVG of matplotlib with text for outlines, and without groups that do nothing.

    Parameters
    ----------
    drawing: the SVG as matplotlib wrote it. A line of text that cannot be told from its comment
        for certain leaves all letters as they are.
    """
    root = ET.fromstring(drawing, ET.XMLParser(target=ET.TreeBuilder(insert_comments=True)))
    lines = [
        (parent, place, _text(comment.text or "", outlines))
        for parent in root.iter()
        for place, (comment, outlines) in enumerate(pairwise(parent), start=1)
        if comment.tag is _COMMENT
    ]
    if all(text is not None for _, _, text in lines):
        for parent, place, text in lines:
            parent[place] = cast("ET.Element", text)
    _simplify(root)
    return ET.tostring(root)


def _text(comment: str, outlines: ET.Element) -> ET.Element | None:
    """The element for a line of text, or nothing if the line is not plain."""
    said = unescape(comment[1:-1])
    letters = outlines.findall(f"{_SVG}use")
    place = _PLACE.fullmatch(outlines.get("transform", ""))
    offsets = [_OFFSET.fullmatch(letter.get("transform", "translate(0 0)")) for letter in letters]
    ours = all(letter.get(_HREF, "").startswith(_REGULAR) for letter in letters)
    # A comment cannot hold two hyphens: matplotlib sets them apart.
    if place is None or None in offsets or not ours or "- -" in said:
        return None
    scale = float(place[2])
    text = ET.Element(f"{_SVG}text", {"transform": place[1], "style": outlines.get("style", "")})
    text.set(_SPACE, "preserve")
    text.set("font-family", FAMILY)
    text.set("font-size", f"{scale * _OUTLINE_SIZE:g}")
    if len(letters) == len(said):  # no ligatures
        text.set("x", " ".join(f"{float(offset[1]) * scale:.3f}" for offset in offsets if offset))
    text.text = said
    return text


def _simplify(element: ET.Element) -> None:
    """Drop comments and groups that only bear a name, which cost time and show nothing."""
    children: list[ET.Element] = []
    for child in element:
        if child.tag is _COMMENT:
            continue
        _simplify(child)
        bare = child.tag == f"{_SVG}g" and set(child.attrib) <= {"id"}
        children += list(child) if bare else [child]
    element[:] = children
