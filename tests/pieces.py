"""The cells of a report run in this process, and what must be true of every piece they show."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import nbformat
from bs4 import BeautifulSoup, Tag
from conftest import CHECKOUT

import analysis as an
from analysis.display.fragment import PAGE_TYPE, Fragment
from analysis.display.page import Page

#: What no person would write.
ODD = re.compile(
    r"\b(nan|None(?! of the)|NaT|<NA>|inf)\b|\{|\}|&lt;|</?[a-z]|\b(\w+) \2\b|\bno of\b"
    r"|(?<![.\d])\b1 (attacks|days|sites|weeks|units|strikes)\b"
    r"|\bone (attacks|days|sites|strikes|weeks|units|groups|origins)\b|  |\.\.|,\.|;\.|:\."
    r"|\b0 (attacks|days)\b"
)


def pieces(report: str, as_of: str, **parameters: object) -> list[tuple[str, Fragment]]:
    """Run the cells of a report's notebook; the source of each and the fragment it shows."""
    notebook = nbformat.read(CHECKOUT / "notebooks" / f"{report}.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    names: dict[str, object] = {}
    exec(cells[0].source, names)
    unknown = set(parameters) - set(names)
    assert not unknown, f"{report} has no parameter {unknown}"
    names.update({"as_of": as_of, **parameters})
    exec(cells[1].source, names)
    return [(cell.source, eval(cell.source, names)) for cell in cells[2:]]


def sentences(report: str, as_of: str, **parameters: object) -> dict[str, str]:
    """What the sections of a report say, by the name of the section; no figure is drawn."""
    return said_on(an.open(report, as_of=as_of, **parameters))


def said_on(page: Page) -> dict[str, str]:
    """The same of a page that is open already."""
    notebook = nbformat.read(CHECKOUT / "notebooks" / f"{page.report}.ipynb", as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.source.startswith("an.say.")]
    names = [source.removeprefix("an.say.").partition("(")[0] for source in sources]
    said = {name: repr(getattr(an.say, name)(page)) for name in names}
    return {name: text.replace("\N{NO-BREAK SPACE}", " ") for name, text in said.items()}


def check(shown: list[tuple[str, Fragment]]) -> None:
    """Assert that sentences read well, figures show something and tables have rows."""
    first = [as_data(fragment) for _, fragment in shown]
    assert [list(said) for said in first if said] == [["bottom_line"], ["key_figures"]]
    for source, fragment in shown:
        assert isinstance(fragment, Fragment), source
        said = repr(fragment)
        if "an.say" in source and "key_figures" not in source:
            assert len(said) > 20, source
            assert not (odd := ODD.search(said)), f"{source}: …{said[: odd.end()][-80:]}"
            assert said.rstrip("0123456789, ")[-1] in ".4" or "masthead" in source, said[-60:]
        if "an.draw" in source:
            assert len(drawings(fragment)) == (2 if fragment.html else 0), source
            for drawing in drawings(fragment):
                assert marks(drawing) >= 3, source
        if "an.table" in source and fragment.html:
            assert fragment.html.count("<tr") >= 2, source


def as_data(fragment: Fragment) -> dict[str, list[object]]:
    """Bottom line or key figures that a fragment carries as data: what its HTML shows as words."""
    html = str(fragment.html)
    # Most of a page is neither, and long.
    has_them = "bottom-line" in html or "key-figures" in html
    soup = BeautifulSoup(html if has_them else "", "html.parser")
    for note in soup.select("sup.cite"):
        note.decompose()
    data = fragment.data.get(PAGE_TYPE, {})
    sentences = [item.get_text() for item in soup.select("section.bottom-line p")]
    figures = [
        {
            str(part["class"][0]): part.get_text()
            for part in item.find_all(["strong", "div"], recursive=False)
        }
        for item in soup.select("ul.key-figures li")
        if isinstance(item, Tag)
    ]
    assert data.get("bottom_line", []) == sentences
    assert data.get("key_figures", []) == figures
    return {name: data[name] for name in ("bottom_line", "key_figures") if data.get(name)}


def said(page: Page, section: str) -> str:
    """What a function of `analysis.say` says of a page, in plain words and spaces."""
    return repr(getattr(an.say, section)(page)).replace("\N{NO-BREAK SPACE}", " ")


def drawings(fragment: Fragment) -> list[str]:
    """The vector graphics of a figure: for the page and for the phone, or none."""
    return re.findall(r"<svg .*?</svg>", str(fragment.html), re.DOTALL)


def marks(drawing: str) -> int:
    """Painted shapes besides text: bars, points, lines, areas, axes."""
    root = ET.fromstring(drawing)
    hidden = {shape for defined in root.iter("defs") for shape in defined.iter()}
    shapes = [shape for kind in ("path", "use", "rect") for shape in root.iter(kind)]
    return len([shape for shape in shapes if shape not in hidden])
