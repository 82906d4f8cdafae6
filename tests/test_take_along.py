"""The files of a figure: its data, itself as drawing and picture, each saying what it is."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from markupsafe import Markup
from matplotlib.figure import Figure
from PIL import Image

from analysis.deliver.verify import verify
from analysis.display.fragment import FIGURES_VARIABLE
from analysis.display.page import Page
from analysis.display.plot import plot
from analysis.display.take_along import Caption, as_csv
from analysis.finish import do_what_is_left
from analysis.measures import fronts
from analysis.measures.attacks import counted, recorded
from analysis.record import Record
from analysis.schedule import ledger, notes
from analysis.schedule.clock import moment

CAPTION = Caption(
    "Ten attacks, none of them\nwith a claim", "Attacks a day", "Source: the record.",
    "US forces under fire", pd.Timestamp("2024-01-29"), "TLP:AMBER+STRICT",
)  # fmt: skip


@pytest.fixture(scope="module")
def brief(make_brief: Callable[..., Path]) -> Path:
    return make_brief("2024-01-29")


def data_of(brief: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(brief / "figures" / f"{name}.csv", comment="#")


def words_in(brief: Path, name: str) -> list[str]:
    """The text in the wide drawing of a figure, in its order."""
    html = (brief / "brief.html").read_text(encoding="utf-8")
    (drawing,) = re.findall(rf'<svg [^>]*"{name}-w-title".*?</svg>', html, re.DOTALL)
    return [str(text.text) for text in ET.fromstring(drawing).iter("text")]


def test_each_figure_of_the_page_has_its_files_and_the_manifest_knows_them(brief: Path) -> None:
    html = (brief / "brief.html").read_text(encoding="utf-8")
    figures = re.findall(r'<svg [^>]*aria-labelledby="([a-z-]+)-w-title"', html)
    expected = {f"figures/{name}.{end}" for name in figures for end in ("csv", "svg", "png")}
    assert len(expected) == 3 * 7
    assert set(re.findall(r'href="(figures/[^"]+)"', html)) == expected
    files = json.loads((brief / "manifest.json").read_text())["files"]
    assert {name for name in files if "/" in name} == expected
    for name in expected:
        assert hashlib.sha256((brief / name).read_bytes()).hexdigest() == files[name]
    assert {path.name for path in (brief / "figures").iterdir()} == {
        name.removeprefix("figures/") for name in expected
    }
    command = ["pdftotext", brief / "brief.pdf", "-"]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    for name in figures:
        assert f"figures/{name}.csv" in printed


def test_the_map_can_be_drawn_anew(brief: Path, record: Record) -> None:
    """Every site, its place and its counts, against a count of the record by hand."""
    known = record.as_of("2024-01-29")
    known = known.of(next(one for one in record.campaigns if one.id == "gaza-war"))
    held = recorded(counted(known))
    data = data_of(brief, "attack-map").set_index("site_id")
    assert data["attacks"].to_dict() == held["site_id"].astype("str").value_counts().to_dict()
    recent = held[held["event_date"] > "2024-01-22"]["site_id"].astype("str").value_counts()
    assert data["window"][data["window"] > 0].to_dict() == recent.to_dict()
    assert (data["official"] + data["media"] == data["attacks"]).all()
    sites = known.sites.set_index("site_id").loc[data.index]
    assert data["lat"].tolist() == pytest.approx(sites["lat"].tolist())
    ranking = [str(count) for count in data["attacks"].head(8)]
    words = words_in(brief, "attack-map")
    assert [word for word in words if word in ranking][-len(ranking) :] == ranking


def test_the_table_of_fronts_can_be_drawn_anew(brief: Path, record: Record) -> None:
    known = record.as_of("2024-01-29")
    known = known.of(next(one for one in record.campaigns if one.id == "gaza-war"))
    data = data_of(brief, "fronts")
    table = data.pivot_table(index="last_day", columns="front", values="attacks", sort=False)
    attacks, named = fronts.on_all_fronts(known), fronts.names(known)
    expected = fronts.by_span(attacks, named, known.date, len(table), 7)
    assert table.to_numpy().tolist() == expected.to_numpy().tolist()
    drawn = [word for word in words_in(brief, "fronts") if word.isdigit()]
    assert drawn == [str(int(n)) for n in table.to_numpy().T.ravel() if n]


def test_each_file_says_as_of_when_from_where_and_who_may_read_it(brief: Path) -> None:
    for path in (brief / "figures").iterdir():
        if path.suffix == ".csv":
            head = "".join(line for line in path.read_text().splitlines() if line[0] == "#")
            assert "," not in head
        elif path.suffix == ".svg":
            text = path.read_text(encoding="utf-8")
            assert "<image" not in text
            assert "font-family" not in text
            head = " ".join(ET.fromstring(text).itertext())
        else:
            with Image.open(path) as picture:
                head = " ".join(picture.text.values())  # type: ignore[attr-defined]
                assert picture.width > 1300
        for said in ("As of 29 January 2024", "TLP:CLEAR", "Source: the record, reports through"):
            assert said.replace(",", ";" if path.suffix == ".csv" else ",") in head, path


def test_every_fact_says_what_it_is_and_an_estimate_how_sure(brief: Path) -> None:
    facts = json.loads((brief / "facts.json").read_text(encoding="utf-8"))["facts"]
    for name, fact in facts.items():
        assert {"value", "unit", "evidence", "kind", "span", "kept"} <= set(fact), name
        estimated = {"interval", "level", "n", "assumption"} & set(fact)
        assert len(estimated) in (0, 4), name
    low, high = facts["forecast_low"], facts["forecast_high"]
    assert low["interval"] == high["interval"] == [low["value"], high["value"]]
    half = facts["forecast_half_low"]
    assert (half["level"], half["interval"][0]) == (0.5, half["value"])
    assert "interval" in facts["strike_rate_ratio"]


def test_text_is_text_in_a_spreadsheet_too() -> None:
    rows = pd.DataFrame(
        {
            "site": ["=1+1", "@x", "a # b, c", 'quoted "so"', None],
            "attacks": pd.array([1, 2, None, -4, 5], dtype="Int64"),
            "day": pd.to_datetime(["2024-01-29"] * 5),
            "share": [0.1 + 0.2, float("nan"), 1 / 3, 2.0, 1e-9],
        }
    )
    text = as_csv(CAPTION, rows)
    assert text.splitlines() == [
        "# Ten attacks; none of them with a claim",
        "# Attacks a day",
        "# Source: the record.",
        "# US forces under fire. As of 29 January 2024.",
        "# Marking: TLP:AMBER+STRICT",
        '"site","attacks","day","share"',
        '"\'=1+1",1,"2024-01-29",0.3',
        '"\'@x",2,"2024-01-29",""',
        '"a # b, c","","2024-01-29",0.333333',
        '"quoted ""so""",-4,"2024-01-29",2',
        '"",5,"2024-01-29",1e-09',
    ]


def drawn(name: str = "name") -> str:
    def draw(figure: Figure, narrow: bool) -> None:
        figure.subplots().bar([1, 2], [2, 1], label="one")
        figure.legend(loc="outside upper left")

    page = SimpleNamespace(
        title="Title", as_of=pd.Timestamp("2024-01-29"), parameters={"marking": "TLP:RED"}
    )
    fragment = plot(
        cast("Page", page), name, draw, Markup("A <b>finding</b>"), "unit", "source", "alt",
        (2, 2), pd.DataFrame({"x": [1]}),
    )  # fmt: skip
    return str(fragment.html)


def test_the_same_figure_is_the_same_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(FIGURES_VARIABLE, str(tmp_path / folder))
        assert "figures/name.csv" in drawn()
        do_what_is_left()
    files = [sorted((tmp_path / folder).iterdir()) for folder in ("one", "two")]
    assert [path.name for path in files[0]] == ["name.csv", "name.png", "name.svg"]
    for one, two in zip(*files, strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_whoever_works_on_a_notebook_gets_no_files_and_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FIGURES_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert "figures/" not in drawn()
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_a_figure_is_verified_like_any_other(brief: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(brief, tmp_path / "brief" / brief.name)
    with closing(ledger.open(tmp_path)) as connection:
        notes.note_publications(connection, tmp_path, moment())
    drawing, data = copy / "figures" / "fronts.svg", copy / "figures" / "fronts.csv"
    assert [finding.good for finding in verify(copy, tmp_path)] == [True]
    assert [finding.good for finding in verify(drawing, tmp_path)] == [True]
    data.write_text("1")
    drawing.rename(copy / "figures" / "other.svg")
    assert {(finding.what.split("/", 2)[2], finding.message) for finding in verify(copy, tmp_path)
            } == {("figures/fronts.csv", "is not what was published"),
                  ("figures/fronts.svg", "is missing"),
                  ("figures/other.svg", "was not published")}  # fmt: skip
    assert [finding.good for finding in verify(data, tmp_path)] == [False]
