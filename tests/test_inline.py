"""Drawings in the page: the picture that matplotlib drew, with text in it, and nothing else."""

from __future__ import annotations

import base64
import io
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pikepdf
import pytest
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import NDArray
from PIL import Image

from analysis.display.drawing import DOTS, figure_to_record
from analysis.display.inline import inline
from analysis.display.page import Page
from analysis.display.plot import NARROW, Draw, drawn, house_style, plot
from analysis.display.raster import raster
from analysis.display.vector import elements
from analysis.publish.pdf import pdf

XMLNS = '<svg xmlns="http://www.w3.org/2000/svg"'

#: Kerning, ligatures, two lines, a minus sign, markup, a dollar sign, two hyphens.
LINES = (
    "To AVoid",
    "officially confirmed",
    "Red Sea\nand Gulf",
    "−5",
    "R&D <b>&amp;</b><script>x</script>",
    "$x^2$ and $y$",
    "from --here",
)


def drawing_of(*lines: str) -> Draw:
    """Lines of text, turned and not, and every other thing that figures draw."""

    def draw(figure: Figure, narrow: bool) -> None:
        for place, line in enumerate(lines):
            align = {
                "ha": ("left", "center", "right")[place % 3],
                "rotation": (0, 90, -30)[place % 3],
            }
            figure.text(0.1 + 0.8 * place / len(lines), 0.5, line, **align)
        axes = figure.subplots()
        axes.barh([1, 2], [2, 1], hatch="//", edgecolor="black")
        axes.plot([0, 1, 2], [0, 3, 3.3], "o")
        axes.scatter([0.5, 1.5], [2.5, 2.8], s=[30, 200], alpha=0.5, edgecolor="white")
        axes.fill_between([0, 1, 2], [0, 1, 0.5], color="grey", alpha=0.3)
        axes.set_xlim(0, 1.8)
        figure.legend(["two", "three"])

    return draw


def page_of(name: str, *lines: str) -> str:
    page = SimpleNamespace(
        title="Title", as_of=pd.Timestamp("2024-01-29"), parameters={"marking": "TLP:CLEAR"}
    )
    fragment = plot(
        cast("Page", page), name, drawing_of(*lines), Markup("Finding"), "unit", "source",
        "what <it> shows", (2, 2), pd.DataFrame({"x": [1]}),
    )  # fmt: skip
    return str(fragment.html)


def drawings(html: str) -> list[ET.Element]:
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


def test_every_line_is_text_as_it_was_written() -> None:
    for drawing in drawings(page_of("name", *LINES)):
        said = [text.text for text in drawing.iter("text")]
        assert set(said) >= {line for lines in LINES for line in lines.split("\n")}
        assert drawing.findtext("title") == "what <it> shows"
        assert drawing.findtext("desc") == "unit"


def test_nothing_that_runs_or_fetches_gets_through() -> None:
    html = page_of("name", *LINES, 'x" onload="x', "url(#y)")
    for drawing in drawings(html):
        for element in drawing.iter():
            assert element.tag in {"svg", "title", "desc", "g", "defs", "path", "text", "use",
                                   "clipPath", "pattern", "rect"}  # fmt: skip
            assert not [name for name in element.attrib if name.startswith("on")]
            assert element.get("href", "#").startswith("#")


def test_no_two_things_of_a_page_have_one_id_and_each_reference_finds_its_own() -> None:
    found = drawings(page_of("one", *LINES) + page_of("two", *LINES))
    assert len(found) == 4
    ids = Counter(element.get("id") for drawing in found for element in drawing.iter())
    ids.pop(None)
    assert set(ids.values()) == {1}
    for drawing in found:
        own = {element.get("id") for element in drawing.iter()}
        text = ET.tostring(drawing, encoding="unicode")
        used = re.findall(r'url\(#(.*?)\)|href="#(.*?)"|by="(.*?)"', text)
        assert len(used) > 4
        assert {"".join(one) for one in used} <= own


def test_the_same_drawing_is_the_same_bytes_and_another_name_changes_only_ids() -> None:
    assert page_of("name", *LINES) == page_of("name", *LINES)
    assert page_of("name", *LINES).replace("name-", "else-") == page_of("else", *LINES)


def test_it_is_the_picture_that_matplotlib_drew(tmp_path: Path) -> None:
    """With text, with outlines and as dots; as matplotlib does each by itself."""
    own: dict[str, NDArray[np.float64]] = {}
    with house_style():
        drawing = drawn(drawing_of(*LINES[:4]), NARROW, 2)
        figure = figure_to_record(NARROW, 2)
        drawing_of(*LINES[:4])(figure, True)
        ConstrainedLayoutEngine().execute(figure)
        for kind in ("none", "path"):
            with mpl.rc_context({"svg.fonttype": kind}):
                figure.savefig(tmp_path / f"{kind}.svg")
            own[kind] = picture_of((tmp_path / f"{kind}.svg").read_text(), tmp_path / kind)
        figure.savefig(tmp_path / "dots.png", dpi=DOTS, facecolor="white")
    alone = str(inline(drawing, "name", "title", "unit")).replace("<svg", XMLNS, 1)
    outlines = f'{XMLNS} viewBox="0 0 {NARROW * 72} 144" width="{NARROW * 72}pt" ' + (
        f'stroke-linejoin="round">{elements(drawing, "name", as_outlines=True)}</svg>'
    )
    own["dots"] = np.asarray(Image.open(tmp_path / "dots.png").convert("L"), dtype=float)
    ours = {
        "none": picture_of(alone, tmp_path / "alone"),
        "path": picture_of(outlines, tmp_path / "outlines"),
        "dots": np.asarray(Image.fromarray(raster(drawing)).convert("L"), dtype=float),
    }
    for kind, picture in own.items():
        ink = 255 - picture
        assert ink.sum() > 100_000
        height, width = picture.shape
        assert np.abs(picture - ours[kind][:height, :width]).sum() < 0.05 * ink.sum(), kind


@pytest.mark.parametrize(
    "look",
    [{"text": "Ain\nal-Asad"}, {"fontsize": 17}, {"fontweight": "bold"}, {"rotation": 90},
     {"ha": "right"}, {"va": "top"}],
    ids=str,
)  # fmt: skip
def test_a_text_that_looks_different_takes_another_place(look: dict[str, Any]) -> None:
    with house_style():
        text = figure_to_record(2, 1).text(0, 0, "Ain al-Asad")
        before = text.get_window_extent().bounds
        text.set(**look)
        assert text.get_window_extent().bounds != before
        text.set(
            text="Ain al-Asad", fontsize=8.5, fontweight=400, rotation=0, ha="left", va="baseline"
        )
        assert text.get_window_extent().bounds == before


def test_a_picture_within_a_figure_is_shown_as_it_lies(tmp_path: Path) -> None:
    dots = np.zeros((4, 6))
    dots[0, :2], dots[3, 5] = 1, 0.5

    def draw(figure: Figure, narrow: bool) -> None:
        figure.subplots().imshow(dots, cmap="gray_r", aspect="auto")

    with house_style():
        drawing = drawn(draw, NARROW, 2)
    alone = str(inline(drawing, "name", "title", "unit")).replace("<svg", XMLNS, 1)
    on_paper = picture_of(alone, tmp_path / "alone")
    as_dots = (
        Image.fromarray(raster(drawing))
        .convert("L")
        .resize(on_paper.shape[::-1], Image.Resampling.BOX)
    )
    for picture in (on_paper, np.asarray(as_dots, dtype=float)):
        height, width = picture.shape
        top, low = picture[height // 6], picture[height * 5 // 7]
        assert top[width // 6] < 20
        assert top[width // 2] > 235
        assert low[width // 6] > 235
        assert 100 < low[width * 14 // 15] < 155


def picture_of(svg: str, name: Path) -> NDArray[np.float64]:
    """An SVG as it is printed, in 80 dots to an inch."""
    encoded = base64.b64encode(svg.encode()).decode()
    style = (
        f"@page {{ size: {NARROW}in 2in; margin: 0 }} body {{ margin: 0 }} img {{ display: block }}"
    )
    html = f'<style>{style}</style><img alt="x" src="data:image/svg+xml;base64,{encoded}">'
    document = name.with_suffix(".pdf")
    document.write_bytes(pdf(html))
    command = ["pdftoppm", "-r", "80", "-gray", "-singlefile", document, name]
    subprocess.run(command, check=True)
    picture = Image.open(io.BytesIO(name.with_suffix(".pgm").read_bytes()))
    return np.asarray(picture, dtype=float)


@pytest.mark.filterwarnings("ignore:Glyph .* missing")
def test_letters_that_our_font_lacks_are_text_all_the_same() -> None:
    (wide, _) = drawings(page_of("name", "قاعدة"))
    assert "قاعدة" in [text.text for text in wide.iter("text")]


def test_the_labels_of_printed_figures_can_be_searched(make_brief: Callable[..., Path]) -> None:
    document = make_brief("2024-01-29") / "brief.pdf"
    text = subprocess.run(["pdftotext", document, "-"], capture_output=True, check=True, text=True)
    for label in ("SAUDI ARABIA", "News and monitors only", "Under way", "median 11"):
        assert label in text.stdout, label


def test_printed_figures_bring_no_other_typeface(make_brief: Callable[..., Path]) -> None:
    with pikepdf.open(make_brief("2024-01-29") / "brief.pdf") as document:
        faces = {str(item.FontName) for item in document.objects
                 if isinstance(item, pikepdf.Dictionary) and "/FontName" in item}  # fmt: skip
        assert all("+Public-Sans" in face for face in faces)
