"""HTML and SVG of others, made safe to publish: no script, no request, nothing over the page.

What a library shows in a notebook may do anything in a browser. On the page it keeps its text, its
tables, its pictures and its colours, and loses everything else.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

import nh3
import tinycss2


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Properties that style may set: how a thing looks, not where on the page it is.
PROPERTIES = _words(
    "background background-color border border-bottom border-bottom-color border-bottom-style "
    "border-bottom-width border-collapse border-color border-left border-left-color "
    "border-left-style border-left-width border-radius border-right border-right-color "
    "border-right-style border-right-width border-spacing border-style border-top border-top-color "
    "border-top-style border-top-width border-width caption-side color display font-size "
    "font-style font-variant font-variant-numeric font-weight height line-height list-style-type "
    "margin margin-bottom margin-left margin-right margin-top max-width min-width opacity padding "
    "padding-bottom padding-left padding-right padding-top table-layout text-align text-decoration "
    "text-indent text-transform vertical-align white-space width"
)

_FUNCTIONS = _words("calc hsl hsla linear-gradient max min rgb rgba")

_TAGS = _words(
    "a abbr article aside b bdi bdo blockquote br caption cite code col colgroup dd del details "
    "dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main "
    "mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody td "
    "tfoot th thead time tr u ul var wbr"
)
_ATTRIBUTES = {
    "*": set(_words("class dir id lang role style title")),
    "a": {"href"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": set(_words("alt height src width")),
    "ol": set(_words("reversed start type")),
    "td": set(_words("colspan headers rowspan")),
    "th": set(_words("abbr colspan headers rowspan scope")),
    "time": {"datetime"},
}
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)
_SVG = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)


#: What stands in the place of something that acts, for browsers that cannot do it.
_INSTEAD = _words("audio button canvas iframe noscript object select template textarea video")

#: What HTML loses, by what there is of it.
_LOST = {
    "a script": re.compile(r"<script\b", re.IGNORECASE),
    "a frame": re.compile(r"<(i?frame|object|embed|portal)\b", re.IGNORECASE),
    "sound or film": re.compile(r"<(audio|video)\b", re.IGNORECASE),
    "a canvas": re.compile(r"<canvas\b", re.IGNORECASE),
    "a form": re.compile(r"<(input|button|select|textarea)\b", re.IGNORECASE),
    "a picture from elsewhere": re.compile(
        r"<img\b[^>]*\ssrc\s*=\s*['\"]?(?!data:|['\"])[^\s>]", re.IGNORECASE
    ),
}

_SVG_NAMES = {"http://www.w3.org/2000/svg": "", "http://www.w3.org/1999/xlink": "xlink"}
_SVG_LEFT_OUT = _words(
    "animate animateMotion animateTransform foreignObject iframe metadata script set"
)


def html(source: str, scope: str) -> str:
    """HTML without script, requests and forms; its style applies to itself alone.

    Parameters
    ----------
    source: HTML of anybody.
    scope: a selector of the element that it will stand in; one that weighs no more than an
        attribute, since WeasyPrint lets ids outweigh the style of an element itself.

    >>> html('<p onclick="steal()">Text<script>steal()</script><img src="//x.org/y.png"></p>', "#a")
    '<p>Text</p>'
    """
    style = "\n".join(rule for sheet in _STYLE.findall(source) for rule in _rules(sheet, scope))
    pictured = _SVG.sub(lambda drawing: _as_picture(drawing[0]), _STYLE.sub("", source))
    cleaned = nh3.clean(
        pictured,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"data", "http", "https", "mailto"},
        link_rel="noreferrer",
        filter_style_properties=set(PROPERTIES),
        clean_content_tags={"script", "style", *_INSTEAD},
    )
    cleaned = re.sub(r"<img(?![^>]* src=)[^>]*>", "", cleaned).strip()
    return f"<style>\n{style}\n</style>\n{cleaned}" if style else cleaned


def lost(source: str) -> list[str]:
    """What of HTML cannot be on a page, in words.

    >>> lost('<p>Text</p><iframe src="//x.org"></iframe><img src="//x.org/y.png">')
    ['a frame', 'a picture from elsewhere']
    """
    return [name for name, pattern in _LOST.items() if pattern.search(source)]


def svg(source: str) -> str:
    """A drawing without script, animation, links and anything that it would fetch.

    Returns
    -------
    str
        The drawing without its metadata, which tell of the moment it was made; empty if it is none.

    >>> svg('<svg xmlns="http://www.w3.org/2000/svg" onload="steal()"><script/><g id="a"/></svg>')
    '<svg xmlns="http://www.w3.org/2000/svg"><g id="a" /></svg>'
    """
    try:
        drawing = ElementTree.fromstring(source)
    except ElementTree.ParseError:
        return ""
    if _local(drawing.tag) != "svg":
        return ""
    for address, prefix in _SVG_NAMES.items():
        ElementTree.register_namespace(prefix, address)
    _strip(drawing)
    return ElementTree.tostring(drawing, encoding="unicode")


def as_data(media_type: str, content: bytes) -> str:
    """An address that holds what it stands for."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def _as_picture(drawing: str) -> str:
    """A drawing within HTML as a picture, in which nothing can run."""
    if "xmlns=" not in drawing:
        drawing = drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    safe = svg(drawing)
    return f'<img alt="" src="{as_data("image/svg+xml", safe.encode())}">' if safe else ""


def _attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("img", "src"):
        return value if _PICTURE.fullmatch(value) else None
    if name == "href":
        return value if re.match(r"#|https?://|mailto:", value) else None
    if name == "style":
        kept = _declarations(tinycss2.parse_blocks_contents(value))
        return "; ".join(kept) or None
    return value


def _rules(sheet: str, scope: str) -> Iterator[str]:
    """The rules of a style sheet, for what stands in one element."""
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue  # @import, @font-face and their kin
        selectors = ", ".join(
            f"{scope} {selector.strip()}"
            for selector in tinycss2.serialize(rule.prelude).split(",")
        )
        kept = "; ".join(_declarations(tinycss2.parse_blocks_contents(rule.content)))
        text = f"{selectors} {{ {kept} }}"
        if kept and "<" not in text:
            yield text


def _declarations(parsed: Iterable[object]) -> list[str]:
    return [
        f"{one.name}: {tinycss2.serialize(one.value).strip()}"
        for one in parsed
        if isinstance(one, tinycss2.ast.Declaration)
        and one.lower_name in PROPERTIES
        and all(_is_still(token) for token in one.value)
        and not (one.lower_name == "font-size" and any(map(_is_absolute, one.value)))
    ]


def _is_still(token: object) -> bool:
    """Whether a part of a value fetches nothing."""
    if isinstance(token, tinycss2.ast.FunctionBlock):
        return token.lower_name in _FUNCTIONS and all(map(_is_still, token.arguments))
    return not isinstance(token, tinycss2.ast.URLToken)


def _is_absolute(token: object) -> bool:
    """Whether a size is one of its own, which would be another on screen and on paper."""
    return isinstance(token, tinycss2.ast.DimensionToken) and token.lower_unit not in ("em", "ex")


def _strip(element: ElementTree.Element) -> None:
    """Take out of a drawing what acts or fetches."""
    for name, value in list(element.attrib.items()):
        local = _local(name)
        is_link = local in ("href", "src") and not re.match(r"#|data:image/(png|jpeg|gif);", value)
        reaches_out = re.search(r"url\(\s*['\"]?(?!#)|expression|@import", value)
        if local.lower().startswith("on") or is_link or reaches_out:
            del element.attrib[name]
    for child in list(element):
        if not isinstance(child.tag, str) or _local(child.tag) in _SVG_LEFT_OUT:
            element.remove(child)
        else:
            _strip(child)
            if _local(child.tag) == "a":  # what it leads to is lost, what it holds is drawn
                child.tag = child.tag[:-1] + "g"
    if _local(element.tag) == "style":
        element.text = "\n".join(_drawing_rules(element.text or ""))


def _drawing_rules(sheet: str) -> Iterator[str]:
    """The rules of a drawing's style sheet that fetch nothing."""
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        text = rule.serialize()
        reaches_out = re.search(r"url\(\s*['\"]?(?!#)|expression|@import|<", text)
        if rule.type == "qualified-rule" and not reaches_out:
            yield text


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]
