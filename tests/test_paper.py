"""The page on paper: what is set with less looks, reads and leads as on screen."""

from __future__ import annotations

import base64
import io
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from analysis.publish.once_on_paper import worked_out_once
from analysis.publish.outputs import typeface_of_printed_text
from analysis.publish.paper import on_paper
from analysis.publish.pdf import _fonts_of_the_house, pdf
from analysis.publish.texts_on_paper import laid_out_once

DRAWING = """<svg viewBox="0 0 400 100" width="400pt" font-family="Public Sans, sans-serif"
 font-size="10"><title>Words</title><g text-anchor="start"><text x="200" y="20">Begins</text></g>
<g text-anchor="middle"><text x="200" y="40">Centred</text></g>
<g text-anchor="end" font-weight="bold"><text x="200" y="60">Ends</text></g>
<text x="200" y="80">AVAVAVAVAV</text><text x="300" y="80">AV</text><text x="350" y="80"> </text>
</svg>"""


#: A square of dots, one that is clipped, one filled with a pattern, a mark, and a turned word.
SHAPES = """<svg viewBox="0 0 400 100" width="400pt" font-family="Public Sans, sans-serif"
 font-size="10"><title>Shapes</title><defs><path id="m" d="M-10-10h20v20h-20z"/>
<clipPath id="c"><rect x="60" y="0" width="20" height="100"/></clipPath>
<pattern id="p" width="72" height="72" patternUnits="userSpaceOnUse">
<rect width="73" height="73" fill="#0000ff"/></pattern></defs>
<image x="0" y="20" width="40" height="40" href="data:image/png;base64,{dots}"/>
<g fill="#00ff00" clip-path="url(#c)"><path d="M50 20h50v40h-50z"/></g>
<g fill="url(#p)"><path d="M120 20h40v40h-40z"/></g>
<g fill="none" stroke="#ff00ff" stroke-width="8"><use x="200" y="40" href="#m"/></g>
<text x="250" y="60" transform="rotate(-90 250 60)">Turned</text></svg>"""


def boxes(document: Path) -> dict[str, tuple[float, float]]:
    """Where each word begins and ends on its line, in points."""
    command = ["pdftotext", "-bbox", document, "-"]
    found = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    words = re.findall(r'<word xMin="([\d.]+)".*?xMax="([\d.]+)".*?>(.*?)</word>', found)
    return {word: (float(left), float(right)) for left, right, word in words}


def test_the_words_of_a_drawing_stand_where_they_were_drawn(tmp_path: Path) -> None:
    document = tmp_path / "words.pdf"
    style = "<style>@page { margin: 0; size: 400pt 100pt } body { margin: 0 }</style>"
    document.write_bytes(pdf(f"{style}{on_paper(DRAWING)}"))
    found = boxes(document)
    assert found["Begins"][0] == pytest.approx(200, abs=0.5)
    assert sum(found["Centred"]) / 2 == pytest.approx(200, abs=0.5)
    assert found["Ends"][1] == pytest.approx(200, abs=0.5)
    wide, narrow = (right - left for left, right in (found["AVAVAVAVAV"], found["AV"]))
    assert wide < 5 * narrow - 2  # letters that fit into each other move together


def test_the_shapes_of_a_drawing_are_where_and_what_they_are(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (2, 2), "#ff0000").save(file, "png")
    drawing = SHAPES.format(dots=base64.b64encode(file.getvalue()).decode())
    style = "<style>@page { margin: 0; size: 400pt 100pt } body { margin: 0 }</style>"
    document = tmp_path / "shapes.pdf"
    document.write_bytes(pdf(f"{style}{on_paper(drawing)}"))
    subprocess.run(["pdftoppm", "-r", "72", "-png", document, tmp_path / "page"], check=True)
    (page,) = map(Image.open, tmp_path.glob("page*.png"))
    colors = {x: f"#{bytes(page.convert('RGB').getpixel((x, 40))).hex()}" for x in range(0, 210, 5)}
    assert (colors[20], colors[70], colors[140]) == ("#ff0000", "#00ff00", "#0000ff")
    assert (colors[190], colors[200]) == ("#ff00ff", "#ffffff")  # a mark is drawn, not filled
    assert colors[55] == colors[90] == "#ffffff"  # what is clipped
    left, right = boxes(document)["Turned"]
    assert right - left < 15


#: Notes of one to four lines; the third fits into half of the height with its first line alone.
NOTES = "".join(
    f"<li>{'A source of the record. ' * lines}</li>" for lines in (1, 9, 14, 1, 4, 9, 2)
)


def test_endnotes_stand_in_columns_as_weasyprint_balances_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    style = "ol { columns: 2; margin: 0 } li { break-inside: avoid }"
    pages = [f"<style>{style}</style><ol>{NOTES[cut:]}</ol>" for cut in (0, NOTES.index("<li>", 1))]
    balanced = [pdf(page) for page in pages]
    monkeypatch.setattr("analysis.publish.pdf.balanced_in_steps", lambda block: None)
    block = import_module("weasyprint.layout.block")
    monkeypatch.setattr(block, "block_box_layout", block.block_box_layout.__wrapped__)
    assert balanced == [pdf(page) for page in pages]


#: Tables that share borders and that do not, words that hang over, lines to both edges and from the
#: right, lengths by percent and by the way of writing.
PAGE = """<style>
table { border-collapse: collapse; width: 100% } td { border: 1px solid; padding: 2% 1em }
td:first-child { border-width: 3px } .apart { border-collapse: separate; width: 60%; height: 5em }
.narrow { width: 20% } .both { text-align: justify; letter-spacing: .05em }
.cut { width: 8em; overflow: hidden; white-space: nowrap; text-overflow: ellipsis }
.right { direction: rtl; margin-inline-start: 20%; border-inline-end: 2px solid }
.grid { display: grid; grid-template-columns: 1fr 1fr } .flex { display: flex; width: 50% }
</style>{table}<div class="apart">{table}</div><table class="apart"><tr><td><p>A</p></table>
<p class="narrow">{text}</p><p class="both">{text}</p><p class="cut">{text}</p>
<p class="cut">{text}</p><p class="right">{text}</p>
<div class="grid"><div>{text}</div><div>{text}</div></div>
<div class="flex"><div>{text}</div><div class="narrow">{text}</div></div>"""


def test_what_is_worked_out_once_is_set_as_weasyprint_sets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "A source of the record, <b>attacked</b> once and again, on <i>4 February</i>. " * 3
    table = f"<table><tr><td>{text}<td>Iraq<td>{text}<tr><td>Iraq<td>Iraq<td>{text}</table>"
    page = PAGE.replace("{table}", table).replace("{text}", text)
    once, again, besides = pdf(page), pdf(page), pdf(f"<p>\N{SNOWMAN}<p>{text}</p>{page}")
    house = (worked_out_once, laid_out_once)
    for one in house:
        monkeypatch.setattr(f"analysis.publish.pdf.{one.__name__}", lambda weasyprint: None)
    inside = import_module("weasyprint")
    texts = (inside.text.line_break, inside.draw.text)
    ours = [
        (place, name, value)
        for place in (inside.css.StyleFor, *texts, *vars(inside.layout).values())
        for name, value in getattr(place, "__dict__", {}).items()
        if getattr(value, "__globals__", {}).get("__name__") in {one.__module__ for one in house}
    ]
    assert len({name for _, name, _ in ours}) == 6
    for place, name, value in ours:
        monkeypatch.setattr(place, name, value.__wrapped__)
    _fonts_of_the_house.cache_clear()
    assert once == again == pdf(page)
    assert besides == pdf(f"<p>\N{SNOWMAN}<p>{text}</p>{page}")


def test_a_page_looks_the_same_whatever_page_was_set_before_it_or_beside_it() -> None:
    pages = [
        f"<style>:root {{ --ink: {ink} }} p {{ color: var(--ink); margin: 1em {side} }}</style>"
        f'<p id="{side}">A source of <u>the record</u></p><p style="margin: {side}">And another</p>'
        for ink, side in (("#1f4e79", "1cm"), ("#8c1d18", "1cm"), ("#1f4e79", "2cm"))
    ]
    with ThreadPoolExecutor(len(pages)) as threads:
        found = list(threads.map(pdf, pages))
    assert len(set(found)) == len(pages)
    for page, document in zip(pages, found, strict=True):
        _fonts_of_the_house.cache_clear()
        assert document == pdf(page)


def test_words_look_the_same_whatever_typeface_another_page_brought_along() -> None:
    words = f"<style>p {{ font-family: Words }}</style><p>{'A source of the record. ' * 9}</p>"
    face = f"@font-face {{ font-family: Words; src: url({typeface_of_printed_text()}) }}"
    pages = [words, f"<style>{face}</style>{words}"]
    plain, printed = (pdf(page) for page in pages)
    _fonts_of_the_house.cache_clear()
    assert [printed, plain] == [pdf(page) for page in reversed(pages)]
    assert _typefaces(plain).isdisjoint(_typefaces(printed))


def _typefaces(document: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(document)) as opened:
        return {str(font.BaseFont) for font in opened.pages[0].Resources.Font.values()}


def test_what_is_no_link_on_paper_does_not_say_that_it_is_one(
    make_brief: Callable[..., Path],
) -> None:
    with pikepdf.open(make_brief("2024-01-29") / "brief.pdf") as document:
        items = [item for item in document.objects if isinstance(item, pikepdf.Dictionary)]
        told = [item for item in items if item.get("/S") == "/Link"]
        lead = [item for item in items if item.get("/Type") == "/OBJR"]
    assert len(told) > 50
    assert len(lead) >= len(told)


def test_every_number_that_paper_explains_leads_there(make_brief: Callable[..., Path]) -> None:
    with pikepdf.open(make_brief("2024-01-29") / "brief.pdf") as document:
        names = {
            str(name)
            for name in document.Root.Names.Dests.Names
            if isinstance(name, pikepdf.String)
        }
        links = [note for page in document.pages for note in page.get("/Annots", [])]
        facts = [str(link.Dest) for link in links if str(link.get("/Dest", "")).startswith("fact-")]
    assert len(set(facts)) > 15
    assert set(facts) <= names
