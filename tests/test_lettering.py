"""Drawings for paper: the same drawing, its letters as text."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pikepdf
import pytest
from markupsafe import Markup
from matplotlib.figure import Figure
from PIL import Image

from analysis.display.fragment import PAPER_TYPE
from analysis.display.plot import plot
from analysis.publish.pdf import pdf

SVG = "{http://www.w3.org/2000/svg}"
#: Kerning, ligatures, two lines, a minus sign, markup.
LINES = (
    "To AVoid",
    "officially confirmed",
    "Red Sea",
    "and Gulf",
    "−5",
    "R&D <b>&amp;</b>",
)


def drawn(*lines: str) -> tuple[bytes, bytes]:
    """A drawing of lines of text for the screen and for paper."""

    def draw(figure: Figure, narrow: bool) -> None:
        for place, line in enumerate(lines):
            align = {
                "ha": ("left", "center", "right")[place % 3],
                "rotation": (0, 90, -30)[place % 3],
            }
            figure.text(0.1 + 0.8 * place / len(lines), 0.5, line, **align)
        axes = figure.subplots()
        axes.barh([1], [2], hatch="//", edgecolor="black")
        axes.plot([0, 2], [0, 3], "o")

    fragment = plot("name", draw, Markup("Finding"), "unit", "source", "alt", (2, 2))
    screen, paper = (
        base64.b64decode(re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)"', html)[0])
        for html in (str(fragment.html), fragment.data[PAPER_TYPE])
    )
    return screen, paper


def printed(drawing: bytes, folder: Path, name: str) -> Path:
    """The drawing alone in a PDF."""
    encoded = base64.b64encode(drawing).decode()
    path = folder / name
    path.write_bytes(pdf(f'<img alt="x" src="data:image/svg+xml;base64,{encoded}">'))
    return path


def said(drawing: bytes) -> list[str]:
    return [text.text or "" for text in ET.fromstring(drawing).iter(f"{SVG}text")]


def test_every_line_is_text_as_it_was_written() -> None:
    screen, paper = drawn(*LINES[:2], "\n".join(LINES[2:4]), *LINES[4:], "two  spaces ")
    assert said(screen) == []
    assert set(said(paper)) >= {*LINES, "two  spaces "}
    assert b"<use" in screen
    assert not re.search(rb'href="#PublicSans', paper)


def test_text_stands_where_its_outlines_stand(tmp_path: Path) -> None:
    pictures = []
    for name, drawing in zip(("screen", "paper"), drawn(*LINES), strict=True):
        path = printed(drawing, tmp_path, f"{name}.pdf")
        subprocess.run(
            ["pdftoppm", "-r", "50", "-gray", "-singlefile", path, tmp_path / name], check=True
        )
        picture = Image.open(tmp_path / f"{name}.pgm")
        pictures.append(np.asarray(picture, dtype=float))
    ink = 255 - pictures[0]
    assert np.abs(pictures[0] - pictures[1]).sum() < 0.1 * ink.sum()


@pytest.mark.filterwarnings("ignore:Glyph .* missing")
@pytest.mark.parametrize("line", ["from --here", "from - -here", "قاعدة", "$x^2$"])
def test_a_line_that_is_not_plain_leaves_all_letters_as_outlines(line: str) -> None:
    _, paper = drawn(line, "plain")
    assert said(paper) == []
    uses = re.findall(rb'href="#([^"]+)"', paper)
    assert uses
    assert all(b'id="' + glyph + b'"' in paper for glyph in uses)


def test_the_labels_of_printed_figures_can_be_searched(make_brief: Callable[..., Path]) -> None:
    document = make_brief("2024-01-29") / "brief.pdf"
    text = subprocess.run(["pdftotext", document, "-"], capture_output=True, check=True, text=True)
    for label in ("SAUDI ARABIA", "News and monitors only", "Under way", "median 11"):
        assert label in text.stdout, label


def test_printed_figures_say_what_they_show(make_brief: Callable[..., Path]) -> None:
    with pikepdf.open(make_brief("2024-01-29") / "brief.pdf") as document:
        figures = [
            item for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
        ]  # fmt: skip
        assert len(figures) == 7
        assert all(len(str(figure.Alt)) > 20 for figure in figures)
        faces = {str(item.FontName) for item in document.objects
                 if isinstance(item, pikepdf.Dictionary) and "/FontName" in item}  # fmt: skip
        assert all("+Public-Sans" in face for face in faces)
