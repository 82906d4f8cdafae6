"""From a page of HTML to a PDF by WeasyPrint, with our fonts only and without fetching anything."""

from __future__ import annotations

import ctypes
import gc
import io
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import cache
from html import escape
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any, NamedTuple

from analysis import typefaces
from analysis.errors import RunError
from analysis.lean.weasyprint import loaded
from analysis.publish.columns_on_paper import balanced_in_steps
from analysis.publish.drawings_on_paper import taken_out
from analysis.publish.once_on_paper import worked_out_once
from analysis.publish.texts_on_paper import laid_out_once

#: How hard a document is compressed: pydyf asks for 9, the hardest, which takes two to three times
#: as long for a hundredth of the size.
_EFFORT = 7

#: A page that may bring typefaces along, by itself or with a picture.
_BRINGS_FONTS = re.compile("@font-face|image/svg", re.IGNORECASE)

#: Fonts are told of in the environment, and what is known of styles is changed while a page is set.
_ONE_AT_A_TIME = Lock()


class Printed(NamedTuple):
    """A PDF, and the letters in it for which our faces have no form: boxes stand in their place."""

    document: bytes
    boxes: str


def pdf(html: str) -> bytes:
    """Return the page as a tagged PDF (PDF/UA-1); see :func:`printed`."""
    return printed(html).document


def printed(html: str, style: str = "") -> Printed:
    """Set the page as a tagged PDF (PDF/UA-1).

    Parameters
    ----------
    html: a complete page; its drawings are the house's, its images have to be `data:` links,
        anything else that it names is neither fetched nor shown.
    style: CSS that many pages have, so that it is read once; what a page has of its own goes first.

    Raises
    ------
    RunError
        If the libraries that set type are missing on this machine.
    """
    with _ONE_AT_A_TIME, _our_fonts_only(), _garbage_left_for_later():
        weasyprint = _weasyprint()
        nothing_but_data = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
        html, drawings = taken_out(html)
        page = weasyprint.HTML(string=html, url_fetcher=nothing_but_data)
        page._ua_stylesheets = lambda forms=False: [_style_of_browsers()]
        boxes: set[str] = set()

        def finish(rendered: Any, document: Any) -> None:
            boxes.update(chr(one) for font in rendered.fonts.values() for one in font.missing)
            _told_in_full(document)

        document: bytes = page.write_pdf(
            finisher=finish,
            pdf_variant="pdf/ua-1",
            font_config=_fonts() if _BRINGS_FONTS.search(html) else _fonts_of_the_house(),
            stylesheets=[_read(style)],
            cache=drawings,
        )
    return Printed(document, "".join(sorted(boxes)))


def _fonts() -> Any:
    """Fonts to set a page in, to which it may add; with them goes what is known of its styles."""
    return _weasyprint().text.fonts.FontConfiguration()


_fonts_of_the_house = cache(_fonts)


@cache
def _style_of_browsers() -> Any:
    """What elements look like that no style is given for: WeasyPrint's own style, the lean part.

    It would make six styles more for each element, for marks of lists and five kinds of notes. We
    have no such notes, and marks in lists alone.
    """
    weasyprint = _weasyprint()
    style = re.sub(r"^::(foot)?note-.*$", "", weasyprint.html.UA, flags=re.MULTILINE)
    return weasyprint.CSS(string=re.sub(r"^::marker", "li::marker", style, flags=re.MULTILINE))


@cache
def _read(style: str) -> Any:
    return _weasyprint().CSS(string=style)


def _told_in_full(document: Any) -> None:
    """Say what PDF/UA asks for and WeasyPrint leaves out, before the document is written.

    A head of a table says what it is the head of, and a link within the document what is there.
    """
    for item in filter(lambda item: isinstance(item, dict), document.objects):
        if item.get("S") == "/TH":
            section = _parent(document, _parent(document, item))
            item["A"]["Scope"] = "/Row" if section["S"] == "/TBody" else "/Column"
        elif "Dest" in item and "Contents" in item:
            kind, _, name = item["Contents"].string.partition("-")
            told = {"source": f"Source {name}", "fact": "Where this number comes from"}
            item["Contents"].string = told.get(kind, item["Contents"].string)


def _parent(document: Any, element: Any) -> Any:
    """The element of the document's structure that holds another."""
    return document.objects[int(element["P"].split()[0])]


def pango_version() -> str:
    """Version of pango, the library of this machine that breaks text into lines."""
    number = _pango().pango_version()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def subsetting_version() -> str:
    """Version of the library that cuts typefaces down; empty where there is none, and Python does.

    Not every machine with pango has it.
    """
    library = _opened(
        "libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"
    )
    if library is None:
        return ""
    library.hb_version_string.restype = ctypes.c_char_p
    return str(library.hb_version_string().decode())


def _pango() -> Any:
    """The library itself; to load WeasyPrint for it would take a second."""
    opened = _opened("libpango-1.0.so.0", "libpango-1.0.0.dylib", "libpango-1.0-0.dll")
    if opened is not None:
        return opened
    with _our_fonts_only():
        return _weasyprint().text.ffi.pango


def _opened(*names: str) -> Any:
    """A library of this machine by the first of its names that is there; None if none is."""
    for name in names:
        with suppress(OSError):
            return ctypes.CDLL(name)
    return None


def _weasyprint() -> Any:
    """The module WeasyPrint, which loads pango and its kin when it is imported."""
    try:
        # Before it raises, WeasyPrint prints advice, which is not what stdout is for here.
        with redirect_stdout(io.StringIO()):
            weasyprint = loaded()
        weasyprint.pdf.pydyf.zlib = SimpleNamespace(
            compressobj=_compressing, compress=zlib.compress
        )
        balanced_in_steps(weasyprint.layout.block)
        worked_out_once(weasyprint)
        laid_out_once(weasyprint)
    except OSError as reason:
        raise RunError(
            f"The PDF needs the library pango, which cannot be loaded ({reason}). "
            "Run `brinkwatch doctor` to see how to install it."
        ) from None
    return weasyprint


def _compressing(level: int) -> Any:
    """What compresses a part of a document, as pydyf asks zlib for it, but with less effort."""
    return zlib.compressobj(min(level, _EFFORT))


@contextmanager
def _garbage_left_for_later() -> Iterator[None]:
    """Spare the search for garbage while boxes pile up that are all still needed."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _our_fonts_only() -> Iterator[None]:
    """Let the library fontconfig know the faces of `typefaces` and no font of the machine."""
    fonts = next(iter(typefaces.static_faces().values())).parent
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory(prefix="brinkwatch-fonts-") as folder:
        configuration = Path(folder) / "fonts.conf"
        configuration.write_text(
            '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
            f"<fontconfig><dir>{escape(str(fonts))}</dir>"
            f"<cachedir>{escape(folder)}</cachedir></fontconfig>\n",
            encoding="utf-8",
        )
        os.environ["FONTCONFIG_FILE"] = str(configuration)
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before
