"""A report of one's own: written by a command, with figures, tables and numbers of one's own."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import seaborn as sns
from bs4 import BeautifulSoup
from conftest import CHECKOUT, brinkwatch
from matplotlib.axes import Axes
from typer.testing import CliRunner

import analysis as an
from analysis import desk
from analysis.cli import app
from analysis.display.fragment import PAPER_TYPE
from analysis.display.page import Page
from analysis.errors import PageWarning, UsageError
from analysis.laboratory import VARIABLE, command
from analysis.measures.metadata import reads
from analysis.publish.new import new
from analysis.publish.order import Order
from analysis.publish.plan import settled
from analysis.publish.run import make


@pytest.fixture
def brief(of_the_real_record: None) -> Page:
    """The page of a brief of the real record."""
    return an.open("brief", as_of="2023-10-24")


@pytest.mark.usefixtures("one_warm_process")
def test_a_new_notebook_runs_at_once_and_takes_parameters_of_its_own(tmp_path: Path) -> None:
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    path = new("ships-by-week", notebooks, 'Ships "by" week')
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += "\nleast = 2  # of the notebook alone"
    notebook.cells.insert(7, nbformat.v4.new_code_cell("least + 40"))
    nbformat.write(notebook, path)
    order = Order(
        "ships-by-week",
        {"as_of": "2023-10-24", "least": "3"},
        reports=tmp_path,
        notebooks=notebooks,
    )
    made = make(order)
    assert made.folder.name == "2023-10-24--least=3"
    page = BeautifulSoup((made.folder / "ships-by-week.html").read_text("utf-8"), "html.parser")
    assert page.h1.get_text() == "Ships 'by' week"  # type: ignore[union-attr]
    said = page.get_text(" ", strip=True).replace("\N{NO-BREAK SPACE}", " ")
    assert "recorded attacks since 17 October 2023" in said
    assert "43" in [one.get_text(strip=True) for one in page.select("pre")]
    facts = json.loads((made.folder / "facts.json").read_text("utf-8"))["facts"]
    assert facts["own_drones"]["value"] == len(facts["own_drones"]["evidence"]) > 5
    figure = page.select_one("figure.plot svg desc, figure.plot svg title")
    assert figure is not None
    assert sorted(one.suffix for one in (made.folder / "figures").iterdir()) == [
        ".csv", ".png", ".svg",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="least: 'many' is no number as its default, 2, is"):
        settled([Order("ships-by-week", {"least": "many"}, notebooks=notebooks)])


def test_names_that_cannot_be_or_are_taken(tmp_path: Path) -> None:
    new("ships", tmp_path)
    with pytest.raises(UsageError, match="There is a report 'ships' already"):
        new("ships", tmp_path)
    with pytest.raises(UsageError, match="no name of a report"):
        new("../ships", tmp_path)
    with pytest.raises(UsageError, match=r"did you mean 'brief'.*takes a title"):
        an.open("breif")


def test_a_number_of_ones_own_is_traced_and_unknown_where_nobody_watched(brief: Page) -> None:
    page = brief
    page.fact("at_tanf", page.recorded.query("site_id == 'al-tanf'"), "attacks at Al-Tanf")
    said = page.sentence("{at_tanf:attack was|attacks were} recorded there.")
    assert said._repr_html_() == (
        '<p><a class="fact" href="#fact-at_tanf">Two</a> attacks were recorded there.</p>'
    )
    assert page.facts["at_tanf"].evidence == tuple(
        page.recorded.query("site_id == 'al-tanf'")["attack_id"]
    )
    assert 'id="fact-at_tanf"' in str(an.appendix.numbers(page).html)
    with pytest.raises(UsageError, match="another fact 'at_tanf'"):
        page.fact("at_tanf", page.recorded, "attacks")
    later = an.open("brief", as_of="2026-11-29")
    later.fact("lately", later.recorded.head(0), "attacks of the week", span="window")
    assert later.facts["lately"].withheld


def test_a_sentence_that_cannot_be_written_says_why(brief: Page) -> None:
    wrong = {
        "{attacks_windw} came.": "names 'attacks_windw', which is no fact; near are attacks_window",
        "{} came.": r"has braces without a name; write \{name\}, or \{\{ and \}\}",
        "{attacks_window": "cannot be written",
    }
    for template, message in wrong.items():
        with pytest.raises(UsageError, match=message):
            brief.sentence(template)


def test_a_frame_keeps_an_index_that_says_something_and_its_gaps_are_empty() -> None:
    frame = pd.DataFrame(
        {
            "attacks": [1234, None],
            "share": [0.123456789, None],
            "on": pd.to_datetime(["2024-01-29", None]),
        },
        index=pd.Index(["<b>Erbil</b>", "Tanf"], name="site"),
    ).convert_dtypes()
    unnamed = an.table.of(frame["attacks"].rename(None), "Attacks")
    assert ">0<" not in str(unnamed.html)
    table = BeautifulSoup(str(an.table.of(frame, "Attacks").html), "html.parser")
    cells = [[cell.get_text() for cell in row.select("td")] for row in table.select("tbody tr")]
    assert cells == [
        ["<b>Erbil</b>", "1,234", "0.123457", "29\N{NO-BREAK SPACE}Jan\N{NO-BREAK SPACE}2024"],
        ["Tanf", "", "", ""],
    ]
    assert [cell.get_text() for cell in table.select("th")] == ["site", "attacks", "share", "on"]


@pytest.mark.usefixtures("brief")
def test_a_figure_and_a_table_of_ones_own_read_like_those_of_the_house() -> None:
    weeks = pd.DataFrame(
        {"week": pd.date_range("2023-10-02", periods=13, freq="W-MON"), "ships": range(13)}
    )
    drawn = an.figure(
        lambda axes: axes.bar(weeks["week"], weeks["ships"], width=5), title="Ships", alt="Bars."
    )
    for drawing in BeautifulSoup(str(drawn.html), "html.parser").select("figure svg"):
        labels = [text.get_text(" ", strip=True) for text in drawing.select("text")]
        assert {"Nov", "Dec", "2023"} <= set(" ".join(labels).split())
        assert not any("2023-1" in label for label in labels)
    table = BeautifulSoup(str(an.table.of(weeks, "Ships").html), "html.parser")
    sides = [cell.get("class") for cell in table.select("thead th, tbody tr:first-child td")]
    assert sides == [None, ["number"], None, ["number"]]


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize(
    ("draw", "labels"),
    [
        (lambda axes: sns.heatmap([[0, 5], [10, 20]], annot=True, ax=axes), {"5", "20"}),
        (lambda axes: axes.loglog([1, 10, 1000], [1, 10, 100]), {"1", "10", "1,000"}),
        (lambda axes: axes.plot([1, 2], label=""), {"1.0", "2.0"}),
    ],
)
def test_a_figure_of_ones_own_may_show_whatever_matplotlib_draws(
    draw: Callable[[Axes], object], labels: set[str]
) -> None:
    """A key of colours beside it, a scale of powers; the labels are those of matplotlib's axes."""
    drawn = an.figure(draw, title="Anything", alt="Anything.")
    wide, _ = BeautifulSoup(str(drawn.html), "html.parser").select("figure svg")
    assert labels <= {text.get_text() for text in wide.select("text")}


@pytest.mark.usefixtures("brief")
def test_a_figure_without_alt_text_is_remarked_on() -> None:
    with pytest.warns(PageWarning, match="the figure Lines has no alt text"):
        an.figure(lambda axes: axes.plot([1, 2]), title="Lines")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        an.figure(lambda axes: axes.plot([1, 2]), title="Lines", alt="A line that rises.")


def test_what_belongs_to_a_page_of_another_report_says_to_which(brief: Page) -> None:
    of_others = {
        an.say.moves: "posture",
        an.say.record_delay: "record",
        an.draw.site_attacks: "site",
        an.draw.strike_ratios: "response",
        an.say.outlook_forecast: "outlook",
        an.table.actor_attacks: "actor",
    }
    for draw, report in of_others.items():
        with pytest.raises(UsageError, match=f"page of the report '{report}'.*is of 'brief'"):
            draw(brief)


def test_tab_offers_public_names_and_nothing_else() -> None:
    assert set(dir(an)) == set(an.__all__)
    for module in (an.say, an.draw, an.table, an.appendix):
        assert dir(module) == sorted(module.__all__)


PIECES = [
    (place, name)
    for place in ("say", "draw", "table", "appendix")
    for name in dir(getattr(an, place))
]


@pytest.mark.parametrize(("place", "name"), PIECES, ids=lambda word: word)
def test_help_tells_of_which_page_what_is_returned_and_an_example(place: str, name: str) -> None:
    """What it says of facts is held against a page, its example against the notebook."""
    said = inspect.getdoc(getattr(getattr(an, place), name)) or ""
    for part in ("Parameters\n---", "Returns\n---", "Examples\n---"):
        assert part in said
    if ">>>" in said:
        return  # run by pytest
    page = re.search(r"^page: (.*?)(?:; it needs (.*?))?\.$", said, re.MULTILINE | re.DOTALL)
    assert page
    needed = set(re.findall(r"`(\w+)`", page[2] or ""))
    assert all(reads(fact) is not None for fact in needed)
    assert "`brief`" not in page[1] or needed <= _of_the_brief()
    example = re.search(r"notebook of `(\w+)`::\n\n    (\S+\(.*\))$", said)
    assert example
    assert example[1] in re.findall(r"`(\w+)`", page[1]) or "any report" in page[1]
    assert example[2].startswith(f"an.{place}.{name}(")
    notebook = nbformat.read(CHECKOUT / "notebooks" / f"{example[1]}.ipynb", as_version=4)
    assert any(example[2] in cell.source for cell in notebook.cells)


DEPLOYMENTS = """\
What was sent: phase, dates of order and arrival, and the days between them.

Parameters
----------
page: of `brief`, `posture` or a report of one's own; it needs the fact `carriers_in_region`.
most: so many rows at most.

Returns
-------
Fragment
    The table; nothing where it would have no row.

Examples
--------
A cell of the notebook of `brief`::

    an.table.deployments(brief)"""


def test_help_of_a_piece_is_written_from_its_own_words_and_its_kind() -> None:
    assert inspect.getdoc(an.table.deployments) == DEPLOYMENTS
    returned = {
        "The answer in a sentence, what it rests on, and what it assumes": an.say.where,
        "The bottom line: a few sentences, what matters most first.": an.say.site_bottom_line,
        "A strip of cards, each with a number and its change": an.appendix.key_figures,
        "The figure, with title, alt text and data; nothing where": an.draw.fronts_over_time,
        "The head of the page.": an.say.masthead,
    }
    for words, piece in returned.items():
        assert f"\n\nReturns\n-------\nFragment\n    {words}" in (inspect.getdoc(piece) or "")


@cache
def _of_the_brief() -> set[str]:
    return set(an.open("brief", as_of="2024-01-29").facts)


def test_a_page_that_states_no_number_says_so(brief: Page) -> None:
    page = brief
    said = an.appendix.numbers(page)
    assert str(said) == "This page states no number that is counted."
    page.fact("nights", page.recorded.query("date_precision == 'night'"), "attacks by night")
    page.sentence("{nights:attack|attacks} came by night.")
    for html in (an.appendix.numbers(page).html, an.appendix.numbers(page).data[PAPER_TYPE]):
        rows = BeautifulSoup(str(html), "html.parser").select("tbody tr")
        assert ["attacks by night" in row.get_text() for row in rows] == [True]


def test_a_desk_is_found_from_within_and_renewed_but_for_what_was_edited(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    told = CliRunner().invoke(app, ["init", str(folder)])
    assert told.exit_code == 0, told.output
    inside = folder / "notebooks"
    checked = brinkwatch("check", cwd=inside)
    assert f"The record in {folder / 'data'} has no fault." in checked.stdout
    with pytest.raises(UsageError, match="is not empty"):
        desk.init(folder)
    (inside / "brief.ipynb").write_text("{}", "utf-8")
    (inside / "site.ipynb").unlink()
    renewed, edited = desk.upgrade(folder)
    assert [path.name for path in renewed] == ["site.ipynb"]
    assert [path.name for path in edited] == ["brief.ipynb"]
    assert (inside / "brief.ipynb").read_text("utf-8") == "{}"


def test_an_empty_desk_has_places_and_groups_and_no_events(tmp_path: Path) -> None:
    desk.init(tmp_path / "desk", empty=True)
    data = tmp_path / "desk" / "data"
    assert (data / "attacks.csv").read_text("utf-8").count("\n") == 1
    assert (data / "sites.csv").read_text("utf-8") == (CHECKOUT / "data" / "sites.csv").read_text(
        "utf-8"
    )
    checked = CliRunner().invoke(app, ["check", "--data", str(data)])
    assert checked.exit_code == 0, checked.output


@pytest.mark.usefixtures("one_warm_process")
def test_the_wheel_alone_makes_a_desk_and_the_same_bytes(tmp_path: Path) -> None:
    """Only the wheel: unpacked, and first on the path, so that the checkout is not looked at."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=CHECKOUT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    alone = {"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}

    def brinkwatch(*words: str, cwd: Path) -> str:
        told = subprocess.run(
            [sys.executable, "-m", "analysis.cli", *words],
            check=False, cwd=cwd, env=alone, capture_output=True, text=True,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        return told.stdout

    brinkwatch("init", "desk", cwd=tmp_path)
    told = brinkwatch("run", "posture", "--as-of", "2023-10-24", cwd=tmp_path / "desk" / "data")
    made = Path(told.splitlines()[0]).parent
    assert made == tmp_path / "desk" / "reports" / "posture" / "2023-10-24"
    here = make(Order("posture", {"as_of": "2023-10-24"}, reports=tmp_path / "here")).folder
    names = sorted(path.relative_to(here) for path in here.rglob("*") if path.is_file())
    assert sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file()) == names
    for name in names:
        assert (made / name).read_bytes() == (here / name).read_bytes(), name


@pytest.mark.usefixtures("of_the_real_record")
def test_a_session_in_the_lab_is_about_a_day_and_no_notebook_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "2023-10-24")
    assert f"{an.open('brief').as_of:%Y-%m-%d}" == "2023-10-24"
    assert f"{an.open('brief', as_of='2023-10-25').as_of:%Y-%m-%d}" == "2023-10-25"
    words = command(CHECKOUT / "notebooks", ["--no-browser"])
    assert "--LabApp.default_url=/lab/tree/notebooks" in words
    assert words[-1] == "--no-browser"
    with pytest.raises(UsageError, match="brinkwatch init DIR"):
        command(tmp_path / "notebooks")


@pytest.mark.usefixtures("one_warm_process")
def test_a_day_that_was_saved_in_a_notebook_is_told(tmp_path: Path) -> None:
    new("mine", tmp_path)
    notebook = (tmp_path / "mine.ipynb").read_text("utf-8")
    (tmp_path / "mine.ipynb").write_text(notebook.replace("as_of = None", "as_of = '2023-10-24'"))
    with pytest.warns(PageWarning, match=r"mine: as_of is set to 2023-10-24 in mine\.ipynb"):
        make(Order("mine", reports=tmp_path / "r", notebooks=tmp_path))
