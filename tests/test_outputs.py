"""Whatever a cell shows is on the page and on paper, or the run says what it left out."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pikepdf
import pytest
import small_record
from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode, ValidationError
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
    writes,
)
from PIL import Image

import analysis as an
from analysis.display.fragment import Fragment, Markup
from analysis.display.key_figures import Card, strip
from analysis.errors import PageWarning, RunError
from analysis.publish.exporters import HtmlReport, PdfReport
from analysis.publish.fitting import PAPER_ROWS
from analysis.publish.order import Order
from analysis.publish.run import run
from analysis.publish.tidy import tidy

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">{}</svg>'


def picture(kind: str = "PNG") -> str:
    """A small picture, as notebooks hold it."""
    held = io.BytesIO()
    Image.new("RGB", (30, 20), (31, 78, 121)).save(held, kind)
    return base64.b64encode(held.getvalue()).decode()


def code(
    *outputs: NotebookNode | dict[str, object], source: str = "1", **metadata: object
) -> NotebookNode:
    """A cell that has shown these outputs, or data by media type."""
    shown = [
        output if "output_type" in output else new_output("display_data", dict(output))
        for output in outputs
    ]
    return new_code_cell(source, outputs=shown, metadata=metadata)


class Shown:
    """A notebook of these cells as it is read: on screen, on paper, and what is said of it."""

    def __init__(self, folder: Path, *cells: NotebookNode) -> None:
        notebook = new_notebook(cells=list(cells))
        html, resources = HtmlReport().from_notebook_node(notebook)
        document, on_paper = PdfReport().from_notebook_node(notebook)
        self.html: str = html
        self.page = BeautifulSoup(html, "html.parser")
        self.main: Tag = self.page.main
        self.remarks: list[str] = resources["brinkwatch"]["remarks"]
        assert on_paper["brinkwatch"]["remarks"] == self.remarks
        self.document = folder / "shown.pdf"
        self.document.write_bytes(document)

    @property
    def paper(self) -> str:
        """The text that can be selected on paper, in the order of its lines."""
        command = ["pdftotext", "-layout", self.document, "-"]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout

    @property
    def pictures(self) -> int:
        """How many pictures there are on paper, drawings among them."""
        with pikepdf.open(self.document) as opened:
            tags = (
                item.get("/S") for item in opened.objects if isinstance(item, pikepdf.Dictionary)
            )
            return sum(tag == "/Figure" for tag in tags)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {"name": "stdout", "text": 1}),
        ("display_data", {"data": {"text/plain": {"plain": "text"}}}),
        ("execute_result", {"data": {"text/plain": "1"}, "execution_count": "first"}),
        ("error", {"ename": "E", "evalue": "", "traceback": "one line"}),
        ("display_data", {"data": {}, "more": 1}),
    ],
)
def test_an_output_that_no_notebook_may_hold_is_refused(
    kind: str, content: dict[str, object]
) -> None:
    with pytest.raises(ValidationError, match="Failed validating"):
        new_output(kind, **content)


def test_a_frame_is_a_table_with_its_numbers_to_the_right(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"base": ["Al-Tanf", "Al-Harir"], "attacks": [12, 1250], "share": [0.5, np.nan]}
    )
    shown = Shown(tmp_path, code({"text/html": frame._repr_html_(), "text/plain": repr(frame)}))
    assert "border" not in shown.main.table.attrs
    alike = [None, None, ["number"], ["number"]]
    rows = [[cell.get("class") for cell in row.find_all(["td", "th"])] for row in shown.main("tr")]
    assert [row[1:] for row in rows] == [alike[1:]] * 3
    assert "scoped" not in shown.html
    assert re.search(r"Al-Harir +1250 +NaN", shown.paper)
    assert shown.remarks == []


def test_a_series_is_a_table_once_a_report_is_open_and_text_of_one_width_before(
    tmp_path: Path,
) -> None:
    series = pd.Series([12, 1250], ["Al-Tanf", "Al-Harir"], name="attacks")
    shown = Shown(tmp_path, code({"text/plain": repr(series)}))
    assert shown.main.pre["class"] == ["printed"]
    assert re.search(r"Al-Harir +1250\n", shown.paper)
    with pikepdf.open(shown.document) as opened:
        fonts = {
            str(item.get("/FontName"))
            for item in opened.objects
            if isinstance(item, pikepdf.Dictionary)
        }
    assert any("DejaVu-Sans-Mono" in font for font in fonts)


def test_a_styler_keeps_its_colours_and_its_captions(tmp_path: Path) -> None:
    frame = pd.DataFrame({"base": ["Al-Tanf", "Al-Harir"], "attacks": [12, 1250]})
    styler = frame.style.highlight_max(subset="attacks", color="#f6c5b5").set_caption("By base")
    cell = code({"text/html": styler._repr_html_()}, source="#| tbl-cap: Attacks by base\nstyler")
    shown = Shown(tmp_path, cell)
    (name,) = re.findall(r'td id="(T_\w+_row1_col1)"', shown.html)
    assert re.search(rf'\[id="output-1"\] #{name} {{ background-color: #f6c5b5 }}', shown.html)
    for said in ("Attacks by base", "By base", "Al-Harir"):
        assert said in shown.paper
        assert said in shown.main.text


def test_the_html_of_great_tables_is_in_the_size_and_the_letters_of_the_page(
    tmp_path: Path,
) -> None:
    html = (
        '<div id="lcgcndimfs" style="padding-left:0px;overflow-x:auto;"><style>#lcgcndimfs table '
        "{ font-family: Arial; } #lcgcndimfs .gt_table { font-size: 16px; color: #333; }</style>"
        '<table class="gt_table" data-quarto-disable-processing="false"><thead><tr><th>base</th>'
        '</tr></thead><tbody><tr><td class="gt_row">Al-Tanf</td></tr></tbody></table></div>'
    )
    shown = Shown(tmp_path, code({"text/html": html}))
    assert '[id="output-1"] #lcgcndimfs .gt_table { color: #333 }' in shown.html
    assert "Arial" not in shown.html
    assert "Al-Tanf" in shown.paper


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_embedded_with_caption_and_alt_text(kind: str, tmp_path: Path) -> None:
    media_type = f"image/{kind.lower()}"
    source = "#| fig-cap: Attacks <rose>\n#| fig-alt: 'A line that rises'\nplt.plot([1, 2])"
    cell = code({media_type: picture(kind), "text/plain": "<Figure size 640x480>"}, source=source)
    shown = Shown(tmp_path, cell)
    assert shown.main.img["src"].startswith(f"data:{media_type};base64,")
    assert shown.main.img["alt"] == "A line that rises"
    assert shown.main.figcaption.text == "Attacks <rose>"
    assert "Figure size" not in shown.html
    assert "Attacks <rose>" in shown.paper
    assert shown.pictures == 1
    assert shown.remarks == []


def test_alt_text_and_size_can_come_with_the_output_and_are_missed_where_they_do_not(
    tmp_path: Path,
) -> None:
    metadata = {"image/png": {"alt": "A box", "width": 15}}
    known = new_output("display_data", {"image/png": picture()}, metadata=metadata)
    shown = Shown(tmp_path, code(known), code({"image/png": picture()}))
    first, second = shown.main("img")
    assert (first["alt"], first["style"]) == ("A box", "width: 15px")
    assert second["alt"]
    (remark,) = shown.remarks
    assert remark.startswith("cell 2 shows a picture without alt text")


def test_the_title_of_a_drawing_is_its_alt_text(tmp_path: Path) -> None:
    begin = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    titled = f"{begin}<title>Bases &amp; ships</title><rect/></svg>"
    of_a_part = f"{begin}<rect><title>A base</title></rect></svg>"
    shown = Shown(tmp_path, *(code({"image/svg+xml": one}) for one in (titled, of_a_part)))
    assert [one["alt"] == "Bases & ships" for one in shown.main("img")] == [True, False]
    (remark,) = shown.remarks
    assert remark.startswith("cell 2 shows a picture without alt text")


def test_a_drawing_stays_one_and_does_nothing(tmp_path: Path) -> None:
    evil = (
        '<script>x()</script><g onload="x()"><image href="https://example.org/x.png"/>'
        '<use href="#a"/><a href="javascript:x()"><text>a</text></a></g><foreignObject/>'
        '<style>@import "https://example.org"; rect { fill: red } g { fill: url(//e.org) }</style>'
        '<rect style="fill: url(//example.org/#a)"/>'
        '<set attributeName="href" to="javascript:x()"/><rect id="a" width="9" height="9"/>'
    )
    shown = Shown(
        tmp_path, code({"image/svg+xml": DRAWING.format(evil)}, source="#| fig-alt: A box")
    )
    source = shown.main.img["src"]
    assert source.startswith("data:image/svg+xml;base64,")
    drawing = base64.b64decode(source.partition(",")[2]).decode()
    assert 'id="a"' in drawing
    assert ">a</text>" in drawing  # a link loses where it leads, not what it holds
    assert re.search(r"<style>rect \{ fill: red \}\s*</style>", drawing)
    assert '<use href="#a"' in drawing
    assert not re.search(r"script|onload|example|foreign|<set|<a ", drawing)
    assert shown.pictures == 1


def test_markdown_is_set_with_notes_callouts_lists_and_formulas(tmp_path: Path) -> None:
    text = (
        "See[^1] and $x^2$.\n\n[^1]: The *note*.\n\n> [!WARNING]\n> Take care.\n\n"
        "> A quotation.\n\n- [x] done\n\n| a | b |\n| --- | --: |\n| c | 1 |\n"
    )
    cells = [
        new_markdown_cell(text),
        code({"text/markdown": "Again[^x] **bold**.\n\n[^x]: Other."}),
    ]
    shown = Shown(tmp_path, *cells)
    notes = [note.text.split() for note in shown.main.select(".footnotes p")]
    assert notes == [["a", "The", "note."], ["b", "Other."]]
    for link in shown.main.select('a[href^="#"]'):
        assert shown.main.find(id=link["href"][1:]), link
    assert [aside["class"] for aside in shown.main("aside")] == [["callout", "warning"]]
    assert shown.main.aside.get_text(" ").split() == ["Warning", "Take", "care."]
    assert shown.main.blockquote.text.strip() == "A quotation."
    assert shown.main.math.msup
    assert shown.main.strong.text == "bold"
    for said in ("The note.", "Warning", "Take care.", "A quotation.", "done", "Other."):
        assert said in shown.paper
    assert shown.pictures == 1  # the formula
    assert shown.remarks == []


def test_the_title_of_a_page_is_its_first_heading_as_it_reads(tmp_path: Path) -> None:
    source = "Ahead.\n\n## The *first* `week` & [more](#a)\n\n# Another"
    assert (
        Shown(tmp_path, new_markdown_cell(source)).page.title
        == BeautifulSoup("<title>The first week &amp; more</title>", "html.parser").title
    )


def test_two_headings_of_one_name_have_two_ids(tmp_path: Path) -> None:
    house = Fragment(Markup('<h2 id="what-changed">What changed?</h2>'))._repr_mimebundle_()
    cells = [new_markdown_cell(text) for text in ("# A", "# A\n\n# A", "## What changed")]
    shown = Shown(tmp_path, *cells, code(house))
    ids = [tag["id"] for tag in shown.main.find_all(id=True)]
    assert ids == ["a", "a-2", "a-3", "what-changed-2", "what-changed"]


@pytest.mark.parametrize(
    ("latex", "part"),
    [
        (r"$$\frac{a}{b}$$", "mfrac"),
        (r"$\displaystyle \sqrt{x}$", "msqrt"),
        (r"\begin{equation}\hat\lambda\end{equation}", "mover"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "mtable"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "mtable"),
        (r"$$\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^{-1}$$", "msup"),
    ],
)
def test_latex_is_mathml_on_screen_and_a_drawing_on_paper(
    latex: str, part: str, tmp_path: Path
) -> None:
    shown = Shown(
        tmp_path, code({"text/latex": latex, "text/plain": "<Latex>"}), new_markdown_cell(latex)
    )
    assert len(shown.main("math")) == len(shown.main(part)) == 2
    assert shown.pictures == 2
    assert shown.remarks == []


@pytest.mark.parametrize("latex", [r"\nothing{x}", r"\frac{a", r"\text{<script>x()</script>}"])
def test_latex_that_cannot_be_set_is_shown_as_it_stands_and_named(
    latex: str, tmp_path: Path
) -> None:
    shown = Shown(tmp_path, code({"text/latex": latex}), new_markdown_cell(f"Text ${latex}$."))
    assert not shown.main("math")
    assert not shown.main("script")
    assert shown.main.text.count(latex) == 2
    assert latex in shown.paper
    assert [remark[:6] for remark in shown.remarks] == ["cell 1", "cell 2"]


def test_html_of_others_does_nothing_and_asks_for_nothing(tmp_path: Path) -> None:
    html = (
        '<p onclick="x()" style="position: fixed; color: red">Text <b>bold</b></p>'
        "<script>x()</script>"
        '<a href="javascript:x()">one</a> <a href="https://example.org/">two</a>'
        '<img src="https://example.org/x.png"><iframe src="https://example.org"></iframe>'
        "<style>@import url(//example.org); body { display: none } p { background: url(//e.org) }"
        '</style><form><input></form><svg width="9" height="9"><script>x()</script></svg>'
        '<link rel="stylesheet" href="//example.org"><meta http-equiv="refresh" content="0">'
    )
    shown = Shown(tmp_path, code({"text/html": html}))
    others = shown.main.find(class_="shown")
    assert others.get_text(" ").split() == ["Text", "bold", "one", "two"]
    assert {tag.name for tag in others.find_all(True)} == {"p", "b", "a", "img"} | (
        {"style"} if others.style else set()
    )
    assert others.p["style"] == "color:red"
    assert [link.get("href") for link in others("a")] == [None, "https://example.org/"]
    assert all(image["src"].startswith("data:") for image in others("img"))
    assert "bold" in shown.paper
    (remark,) = shown.remarks
    for lost in ("a script", "a frame", "a form", "a picture from elsewhere"):
        assert lost in remark


def test_what_stands_in_the_place_of_something_that_acts_is_left_out_with_it(
    tmp_path: Path,
) -> None:
    filled = '<div><span id="{0}">Loading …</span></div>'
    name = "bd2adaf3-3b06-4c22-b405-fce90308b87c"
    folium = '<div><span>Trust this</span><iframe srcdoc="&lt;p&gt;map"></iframe></div>'
    cells = [
        code({"text/html": folium, "text/plain": "<folium.Map>"}),
        code({"text/html": "<audio controls>Your browser cannot play it</audio>"}),
        code({"text/html": filled.format(name)}, {"application/javascript": f"fill('{name}')"}),
        code({"image/png": base64.b64encode(b"no picture").decode()}),
    ]
    shown = Shown(tmp_path, *tidy(new_notebook(cells=cells)).cells)
    assert shown.main.text.strip() == ""
    assert not shown.main("img")
    assert [remark.partition(";")[0] for remark in shown.remarks] == [
        "cell 1 shows HTML that needs a frame",
        "cell 2 shows HTML that needs sound or film",
        "cell 3 shows HTML that needs a script",
        "cell 3 shows an output of type application/javascript",
        "cell 4 shows an output of type image/png",
    ]


def test_what_a_cell_draws_is_shown_without_what_drawing_returns(tmp_path: Path) -> None:
    returned = ("Text(0.5, 1.0, 'A title')", "[<matplotlib.lines.Line2D>]", "<Axes: >")
    cells = [
        code({"text/plain": text}, {"image/png": picture()}, source="#| fig-alt: A line")
        for text in returned
    ]
    shown = Shown(tmp_path, *cells, code({"text/plain": "Text(1)"}))
    assert shown.main.text.split() == ["Text(1)"]
    assert shown.remarks == []


def test_dollars_are_no_formula(tmp_path: Path) -> None:
    shown = Shown(tmp_path, new_markdown_cell("It rose from $5 to $6 a barrel; $x$ is a formula."))
    assert "from $5 to $6 a barrel" in shown.main.text
    assert len(shown.main("math")) == 1


def test_a_wide_frame_is_whole_on_paper(tmp_path: Path) -> None:
    pd.set_option("display.max_columns", None)
    columns = {f"column {n}": [n * 1111, -n] for n in range(30)}
    shown = Shown(tmp_path, code({"text/html": pd.DataFrame(columns)._repr_html_()}))
    for name, (value, _) in columns.items():
        assert re.search(rf"\b{name}\b", shown.paper), name
        assert re.search(rf"\b{value}\b", shown.paper), name
    assert "Columns 1 to" in shown.paper
    assert len(shown.main("table")) == 1
    joined = pd.DataFrame(columns).T.groupby(len).describe()
    shown = Shown(tmp_path, code({"text/html": joined._repr_html_()}))
    assert shown.paper.split().count("75%") == 2


def test_joined_cells_stay_above_their_columns_where_a_frame_is_split(tmp_path: Path) -> None:
    columns = pd.MultiIndex.from_product([range(2016, 2026), ["attacks", "killed", "injured"]])
    index = pd.MultiIndex.from_product([["Iraq", "Syria"], ["drone", "rocket"]])
    values = np.arange(120).reshape(4, 30) * 1234.5
    frame = pd.DataFrame(values, index=index, columns=columns)
    shown = Shown(tmp_path, code({"text/html": frame.to_html()}))
    said = shown.paper.split()
    assert all(said.count(f"{value:.1f}") == 1 for value in values.flat if value)
    assert all(str(year) in said for year in range(2016, 2026))
    parts = shown.paper.split("Columns ")[1:]
    assert len(parts) > 1
    assert all({"Iraq", "Syria", "drone", "rocket"} <= set(part.split()) for part in parts)


def test_a_picture_is_no_higher_than_the_page_and_long_text_is_cut(tmp_path: Path) -> None:
    tall = io.BytesIO()
    Image.new("RGB", (300, 4000), (31, 78, 121)).save(tall, "PNG")
    lines = "\n".join(f"line {number}" for number in range(1000, 2000))
    shown = Shown(
        tmp_path,
        code(
            {"image/png": base64.b64encode(tall.getvalue()).decode()},
            source="#| fig-alt: A tower",
        ),
        code({"text/plain": lines}),
    )
    assert f"The first {PAPER_ROWS} of 1,000 lines" in shown.paper
    assert "line 1199" in shown.paper
    assert "line 1200" not in shown.paper
    assert "line 1999" in shown.main.text
    command = ["pdfimages", "-list", shown.document]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    dots_an_inch = float(listed.splitlines()[-1].split()[13])
    assert 4000 / dots_an_inch * 25.4 < 297 - 23 - 20


def test_no_table_is_wider_than_the_page(tmp_path: Path) -> None:
    text = "a long text that goes on and on until it fills more than one line of a table"
    address = "https://example.org/" + "x" * 120
    frame = pd.DataFrame(
        {"what": [text], "where": [address], "n": [1], "why": [text], "so": [text]}
    )
    html = frame.to_html(index=False)
    shown = Shown(tmp_path, code({"text/html": html}))
    command = ["pdftotext", "-bbox", shown.document, "-"]
    boxes = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert max(float(right) for right in re.findall(r'xMax="([\d.]+)"', boxes)) < 595 - 45
    assert "".join(shown.paper.split()).count("x" * 20) >= 1


def test_a_long_frame_is_cut_on_paper_which_says_so(tmp_path: Path) -> None:
    frame = pd.DataFrame({"number": range(1000, 5000)})
    shown = Shown(tmp_path, code({"text/html": frame.to_html()}))
    assert len(shown.main("tr")) == 4001
    assert str(1000 + PAPER_ROWS - 1) in shown.paper
    assert str(1000 + PAPER_ROWS) not in shown.paper
    assert f"The first {PAPER_ROWS} of 4,000 rows" in shown.paper
    assert f"The first {PAPER_ROWS}" not in shown.main.text


def test_what_needs_a_script_is_its_static_picture_or_is_named(tmp_path: Path) -> None:
    plotly = {"application/vnd.plotly.v1+json": {}, "text/html": "<div><script>x()</script></div>"}
    widget = {
        "application/vnd.jupyter.widget-view+json": {"model_id": "1"},
        "text/plain": "IntSlider(value=3)",
    }
    shown = Shown(
        tmp_path,
        code(plotly | {"image/png": picture()}, source="#| fig-alt: Bars"),
        code(plotly),
        code(widget),
        code({"text/html": "<script>x()</script>", "text/plain": "<folium.Map>"}),
        code({"application/json": {"a": 1}, "text/plain": "<IPython.core.display.JSON object>"}),
        code({"text/plain": "<object object at 0x7f>"}),
    )
    assert len(shown.main("img")) == shown.pictures == 1
    assert not shown.main("script")
    assert not re.search(r"IntSlider|object|folium", shown.main.text)
    assert [remark.partition(";")[0] for remark in shown.remarks] == [
        "cell 2 shows a plotly figure without a static picture",
        "cell 3 shows a widget (IntSlider(value=3))",
        "cell 4 shows HTML that needs a script",
        "cell 5 shows an output of type application/json",
        "cell 6 shows <object object at 0x7f>, which tells a reader nothing",
    ]


def test_what_is_printed_is_left_out_and_that_is_said_once(tmp_path: Path) -> None:
    said = new_output("stream", name="stdout", text="\x1b[31mkept back\x1b[0m\n")
    told = new_output("stream", name="stdout", text="a    b\n1    2\n")
    cells = [code(said), code(said), code(told, tags=["show_output"]), code(said)]
    shown = Shown(tmp_path, *cells)
    assert "kept back" not in shown.main.text
    assert shown.main.pre.text == "a    b\n1    2"
    assert re.search("a +b\n1 +2\n", shown.paper)
    (remark,) = shown.remarks
    assert remark.startswith("cells 1, 2 and 4 print text, which is not on the page")


@pytest.mark.parametrize("spelt", [lambda tag: tag, lambda tag: tag.replace("-", "_")])
def test_cells_that_are_hidden_in_jupyter_are_not_on_the_page(spelt, tmp_path: Path) -> None:
    draft = {"text/plain": "'DRAFT'"}
    hidden = ["remove-cell", "remove-output", "hide-output", "hide-cell"]
    cells = [code(draft, tags=[spelt(tag)]) for tag in hidden]
    cells += [
        code({"text/plain": f"'{tag}'"}, tags=[spelt(tag)])
        for tag in ("hide-input", "remove-input")
    ]
    text = new_markdown_cell("DRAFT ![x](missing.png)", metadata={"tags": [spelt("remove-cell")]})
    shown = Shown(tmp_path, *cells, text, code(draft, jupyter={"outputs_hidden": True}))
    assert shown.main.text.split() == ["'hide-input'", "'remove-input'"]
    assert "DRAFT" not in shown.paper
    assert shown.remarks == []
    kept = writes(tidy(new_notebook(cells=[*cells[:2]])))
    assert "DRAFT" not in kept


def test_raw_cells_and_markup_in_text_are_named(tmp_path: Path) -> None:
    text = new_markdown_cell('One<br>two <img src="map.png"> <!-- unseen -->')
    shown = Shown(tmp_path, new_raw_cell("RAW"), text)
    assert "RAW" not in shown.main.text
    assert '<img src="map.png">' in shown.main.text
    assert shown.main.br
    assert "unseen" not in shown.html
    assert shown.remarks == [
        "cell 1 is a raw cell, which is left out",
        "cell 2 has markup in its text, which is shown as it stands",
    ]


def test_links_of_markdown_lead_to_the_web_or_within(tmp_path: Path) -> None:
    text = new_markdown_cell("[a](javascript:x()) [b](https://example.org) [c](#a)")
    shown = Shown(tmp_path, text)
    assert not any("javascript" in link["href"] for link in shown.main("a"))
    assert shown.remarks == [
        "cell 1 links to javascript:x(), which leads nowhere from a page; give a whole address"
    ]


def test_a_link_to_a_file_of_the_desk_is_told(tmp_path: Path) -> None:
    shown = Shown(tmp_path, new_markdown_cell("[b](https://example.org) [c](../data/attacks.csv)"))
    assert shown.remarks == [
        "cell 1 links to ../data/attacks.csv, which leads nowhere from a page; give a whole address"
    ]


def test_text_with_formulas_in_it_stays_text(tmp_path: Path) -> None:
    shown = Shown(tmp_path, code({"text/latex": "$x^2$ is a square, and so is $y^2$"}))
    assert len(shown.main("math")) == 2
    assert "is a square, and so is" in shown.main.text
    assert "is a square" in shown.paper


def test_a_masthead_brings_jupyterlab_its_style_and_pages_none(tmp_path: Path) -> None:
    piece = an.say.masthead(an.open("brief", as_of="2023-10-24"))._repr_mimebundle_()
    in_jupyterlab = BeautifulSoup(piece["text/html"], "html.parser")
    assert ".key-figures { display: grid" in " ".join(in_jupyterlab.style.string.split())
    assert ".scroll, figure) :is(th, td) { text-align: left" in in_jupyterlab.style.string
    figures = strip(Card("Attacks", "12", "up from 10"))._repr_mimebundle_()
    shown = Shown(tmp_path, code(piece), code(figures))
    assert shown.main.find("style") is None
    assert shown.main.find(class_="key-figures").strong.text == "12"


def test_what_is_of_chance_in_an_output_is_taken_out() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    drawing = DRAWING.format(
        '<metadata>{0}</metadata><g id="m{0}"/><use href="#m{0}"/><g clip-path="url(#m{0})"/>'
    )
    both = [
        writes(
            tidy(
                new_notebook(
                    cells=[
                        code(
                            {"text/html": frame.style.highlight_max()._repr_html_()},
                            {"image/svg+xml": drawing.format(chance)},
                            id="x",
                        )
                    ]
                )
            )
        )
        for chance in ("0123456789", "abcdefabcd")
    ]
    assert both[0] == both[1]
    assert 'href=\\"#mpart-1\\"' in both[0]


@pytest.fixture
def folder(tmp_path: Path, one_warm_process: None) -> Path:
    """A folder of notebooks, with pictures in it, beside a small record."""
    (tmp_path / "data").mkdir()
    small_record.write(tmp_path / "data")
    notebooks = tmp_path / "notebooks"
    (notebooks / "pictures").mkdir(parents=True)
    (notebooks / "pictures" / "a map.png").write_bytes(base64.b64decode(picture()))
    (notebooks / "box.svg").write_text(DRAWING.format("<script/><rect/>"))
    (tmp_path / "secret.png").write_bytes(base64.b64decode(picture()))
    return notebooks


def made(folder: Path, *cells: NotebookNode) -> Path:
    """The report of these cells."""
    parameters = new_code_cell("as_of = None", metadata={"tags": ["parameters"]})
    (folder / "own.ipynb").write_text(writes(new_notebook(cells=[parameters, *cells])))
    desk = folder.parent
    return run(Order("own", {"as_of": "2023-10-24"}, desk / "data", desk / "r", folder))


def test_pictures_of_markdown_are_embedded(folder: Path) -> None:
    text = new_markdown_cell(
        'A map:\n\n![A map](pictures/a%20map.png "Where")\n\nand ![a box](box.svg) in the text, '
        "and ![attached](attachment:i.png).",
        attachments={"i.png": {"image/png": picture()}},
    )
    published = made(folder, text)
    page = BeautifulSoup((published / "own.html").read_text(), "html.parser").main
    assert [image["alt"] for image in page("img")] == ["A map", "a box", "attached"]
    assert all(image["src"].startswith("data:image/") for image in page("img"))
    assert page.figure.figcaption.text == "Where"
    notebook = (published / "own.ipynb").read_text()
    assert notebook.count("](attachment:") == 3
    with pikepdf.open(published / "own.pdf") as opened:
        alts = {
            str(item.get("/Alt")) for item in opened.objects if isinstance(item, pikepdf.Dictionary)
        }
    assert {"A map", "a box", "attached"} <= alts

    before = published.stat().st_mtime_ns
    assert made(folder, text).stat().st_mtime_ns == before
    (folder / "box.svg").write_text(DRAWING.format("<circle/>"))
    assert made(folder, text).stat().st_mtime_ns != before  # it is another page


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nowhere.png", "the picture nowhere.png, which is not beside the notebook."),
        ("../secret.png", "the picture ../secret.png, which is not beside the notebook."),
        ("attachment:i.png", "the picture i.png, which is not attached to it."),
        ("notes.txt", "the picture notes.txt, which is of no kind that can be shown"),
        ("https://example.org/x.png", "which lies elsewhere; nothing is fetched"),
    ],
)
def test_a_missing_picture_is_an_error_that_names_the_cell(
    address: str, reason: str, folder: Path
) -> None:
    (folder / "notes.txt").write_text("notes")
    with pytest.raises(RunError) as failure:
        made(folder, new_code_cell("1"), new_markdown_cell(f"![x]({address})"))
    assert str(failure.value).startswith(f"own: cell 3 (![x]({address})) shows ")
    assert reason in str(failure.value)
    assert not (folder.parent / "r").exists()


def test_the_run_tells_what_it_left_out(folder: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made(folder, new_code_cell("print('x', file=open('left.txt', 'w'))\nprint('x')\n"
                                   "import warnings; warnings.warn('Beware.')"),
             new_code_cell("object()"), new_markdown_cell("Snow \N{SNOWMAN}"))  # fmt: skip
    told = [str(one.message) for one in caught if issubclass(one.category, PageWarning)]
    assert told == [
        "own: the notebook wrote left.txt beside itself, which stays there",
        "own: cell 2 writes to standard error: UserWarning: Beware",
        "own: cell 3 shows <object>, which tells a reader nothing; it is left out",
        "own: cell 2 prints text, which is not on the page; "
        "tag a cell show_output to have it there",
        "own: the PDF has boxes for \N{SNOWMAN} (U+2603), which its typeface does not have",
    ]


def test_an_opened_report_shows_whole_frames_series_as_tables_and_figures_as_drawings(
    folder: Path,
) -> None:
    published = made(
        folder,
        new_code_cell("import analysis as an, matplotlib.pyplot as plt"),
        new_code_cell("page = an.open('brief', as_of=as_of)"),
        new_code_cell(
            "attacks = page.known.attacks\nattacks.assign(**{f'c{n}': n for n in range(9)}).head(3)"
        ),
        new_code_cell("attacks.confirmation.value_counts()"),
        new_code_cell("#| fig-alt: A line\nplt.plot([1, 2]);"),
    )
    page = BeautifulSoup((published / "own.html").read_text(), "html.parser").main
    frame, series = page("table")
    columns = len(an.open("brief", as_of="2023-11-07").known.attacks.columns)
    assert len(frame.tr("th")) == 1 + columns + 9
    assert series.tr.text.split() == ["count", "confirmation"] or "count" in series.tr.text
    assert page.img["src"].startswith("data:image/svg+xml;base64,")
