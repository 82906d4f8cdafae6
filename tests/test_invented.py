"""A campaign, a country, a target and a group that nobody has heard of: every report names them.

The package is copied with a codebook that knows one more target and country, and the record with a
campaign in the middle of another, its attacks, strikes and official counts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from conftest import CHECKOUT, copy_of_the_data

AS_OF = "2024-01-29"

CAMPAIGN = """
[[campaign]]
id = "lighthouse-war"
title = "Lighthouses under fire in Ruritania"
targets = ["lighthouse"]
start = 2024-01-10
known_on = 2024-01-11
tally_since = [2024-01-10]
theatres = [{ id = "coast", name = "The coast", countries = ["RUR"] }]
fronts = [{ name = "The cape", sites = ["cape-light"] }, { name = "The rest", countries = ["RUR"] }]
"""

TARGET = """
[target.lighthouse]
fact = "lighthouses"
label = "lighthouse"
them = "lighthouses"
how = "on lighthouses"
"""

SOURCE = "The Keeper,https://example.org/,"

ATTACKS = [
    f"2024-01-{day:02}-{site}-1,2024-01-{day:02},2024-01-{day:02},day,{site},lighthouse,drone,1,"
    f"{outcome},,,,,keepers,,official,{SOURCE}"
    for day, site, outcome in [
        (12, "cape-light", "intercepted"), (15, "cape-light", "impact"),
        (21, "harbour-light", "impact"), (24, "cape-light", "missed"),
        (26, "harbour-light", "intercepted"), (28, "cape-light", "impact"),
    ]
]  # fmt: skip

ROWS = {
    "attacks.csv": ATTACKS,
    "tallies.csv": [
        f"2024-01-28,2024-01-10,2024-01-27,ALL,lighthouse,attacks,7,about,official,Keeper,{SOURCE}"
    ],
    "responses.csv": [
        f"2024-01-25-rur-1,2024-01-25,2024-01-25,The hills,RUR,,,us,air-strike,event,keepers,2,,,,"
        f"{SOURCE}"
    ],
    "sites.csv": [
        "cape-light,Cape Light,,RUR,30.00,45.00,garrison,https://example.org/",
        "harbour-light,Harbour Light,,RUR,30.50,45.50,garrison,https://example.org/",
    ],
    "actors.csv": ["keepers,The Keepers,,group,,,RUR,"],
    "coverage.csv": ["2024-01-10,2024-03-31,lighthouse,daily,"],
}

OPEN = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from pieces import said_on
import analysis as an
from analysis.record import snapshot
handed_on = Path(sys.argv[4])
snapshot.save(an.read(), handed_on)
os.environ[snapshot.VARIABLE] = str(handed_on)
shown = {}
for report in ("brief", "site", "actor", "response", "posture", "outlook", "record"):
    own = {"site": {"site_id": "cape-light"}, "actor": {"actor_id": "keepers"}}.get(report, {})
    campaign = sys.argv[2] or None
    if own and not campaign:
        own = {"site": {"site_id": "al-tanf"}}.get(report, {"actor_id": "kataib-hezbollah"})
    page = an.open(report, as_of=sys.argv[3], campaign=campaign, **own)
    facts = {name: fact.value for name, fact in page.facts.items()}
    said = said_on(page)
    figures = {"brief": ["attack_map", "attacks_and_strikes", "fronts_over_time"],
               "response": ["strike_episodes"], "site": ["site_attacks"]}.get(report, [])
    drawn = [getattr(an.draw, name)(page) for name in figures]
    shown[report] = {"text": [*said.values(), *map(repr, drawn)], "facts": facts,
                     "html": [*said.values(), *(str(piece.html) for piece in drawn)]}
print(json.dumps(shown))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package whose codebook has the target and the country, and of the record."""
    house = tmp_path_factory.mktemp("house")
    for part in ("src", "notebooks", "tests"):
        shutil.copytree(CHECKOUT / part, house / part, ignore=shutil.ignore_patterns("__pycache__"))
    data = copy_of_the_data(house / "data")
    shutil.copytree(CHECKOUT / "data" / "geo", data / "geo")
    book = house / "src" / "analysis" / "record" / "codebook.toml"
    text = book.read_text("utf-8").replace("[country]\n", '[country]\nRUR = "Ruritania"\n', 1)
    book.write_text(text + TARGET, "utf-8")
    for name, rows in ROWS.items():
        with (data / name).open("a", encoding="utf-8") as file:
            file.write("".join(f"{row}\n" for row in rows))
    with (data / "campaigns.toml").open("a", encoding="utf-8") as file:
        file.write(CAMPAIGN)
    return house


def reports(house: Path, campaign: str = "", data: Path | None = None) -> dict[str, Any]:
    """Text, HTML and facts of all reports, made by the package of a house."""
    environment = os.environ | {
        "PYTHONPATH": str(house / "src"),
        "BRINKWATCH_DATA": str(data or house / "data"),
    }
    with tempfile.TemporaryDirectory() as own:
        command = [sys.executable, "-c", OPEN, house / "tests", campaign, AS_OF, f"{own}/record"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_record_checks(house: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(house / "src")}
    command = [sys.executable, "-m", "analysis.cli", "check", "--data", str(house / "data")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_report_names_them(house: Path) -> None:
    shown = reports(house, "lighthouse-war")
    facts = shown["brief"]["facts"]
    assert facts["campaign"] == "lighthouse-war"
    assert (facts["attacks_window"], facts["attacks_cumulative"]) == (3, 6)
    assert (facts["attacks_window_rur"], facts["attacks_cumulative_rur"]) == (3, 6)
    assert (facts["attacks_official"], facts["us_strikes_cumulative"]) == (7, 1)
    assert (facts["front_the_cape_window"], facts["front_the_rest_window"]) == (2, 1)
    said = {report: " ".join(of["text"]).replace("\xa0", " ") for report, of in shown.items()}
    assert "Lighthouses under fire in Ruritania" in said["brief"]
    assert (
        "In the seven days to 29 January 2024 the record holds three attacks on lighthouses"
    ) in said["brief"]
    assert "Officials count about seven attacks since 10 January 2024" in said["brief"]
    assert "The record holds one US strike in Ruritania" in said["brief"]
    assert "Cape Light" in said["site"]
    assert "The Keepers" in said["actor"]
    for report, text in said.items():
        assert "17 October" not in text, report
        for other in ("US and coalition forces", "Iraq", "Syria", "Islamic Resistance"):
            if report not in ("posture", "actor"):
                assert other not in text, (report, other)


def test_nothing_of_them_is_in_reports_on_another_campaign(house: Path, tmp_path: Path) -> None:
    without = copy_of_the_data(tmp_path / "data")
    shutil.copytree(CHECKOUT / "data" / "geo", without / "geo")
    with (without / "coverage.csv").open("a", encoding="utf-8") as file:
        file.write(f"{ROWS['coverage.csv'][0]}\n")
    now, before = reports(house), reports(house, data=without)
    for report, of in now.items():
        assert of["facts"] == before[report]["facts"], report
        for piece, other in zip(of["html"], before[report]["html"], strict=True):
            assert piece == other, report
