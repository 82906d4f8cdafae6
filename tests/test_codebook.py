"""The codebook, data/README.md, says what every column, key and code of the record means."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from analysis.record.campaign_file import FILE, read_campaigns
from analysis.record.codebook import codes
from analysis.record.tables import TABLES, came_later, columns, file_name, kinds

DATA = Path(__file__).parents[1] / "data"
CODEBOOK = (DATA / "README.md").read_text(encoding="utf-8")
FILLED = {"always": "every row", "first": "first version", "": "nowhere"}


def section(file: str) -> str:
    heading = re.escape(file)
    return re.findall(rf"^## {heading}\n(.+?)(?=^## )", CODEBOOK, re.MULTILINE | re.DOTALL)[0]


def cells(text: str) -> list[tuple[str, str, str]]:
    """Name, where it is filled and meaning, of each row of the tables of a text."""
    return re.findall(r"^\| `(\w+)` \| (\w*) *\| (.+) \|$", text, re.MULTILINE)


def explained(table: str) -> dict[str, tuple[str, str]]:
    """Column -> (where it is filled, meaning), in the codebook's order."""
    said = cells(section(file_name(table)))
    return {column: (FILLED[filled], meaning) for column, filled, meaning in said}


def rows(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def coded() -> list[tuple[str, str, set[str]]]:
    """Each column that holds words from a list, with the words; countries aside."""
    found = []
    for table in TABLES:
        for name, column in columns(table).items():
            choices = {c for rule in column.rules for c in rule.near["choices"]}
            if words := choices - set(codes("country")):
                found.append((table, name, words))
    return found


def test_every_table_has_a_section():
    assert sorted(path.name for path in DATA.glob("*.csv")) == sorted(
        re.findall(r"^## (\w+\.csv)$", CODEBOOK, re.MULTILINE)
    )


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_explained_in_the_order_of_the_file(table: str):
    held, later = list(rows(table)[0]), came_later(table)
    assert [name for name in explained(table) if name in held or name not in later] == held
    assert list(explained(table)) == list(kinds(table))


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_said_to_be_filled_where_the_check_demands_it(table: str):
    demanded = {name: column.need for name, column in columns(table).items()}
    assert {name: need for name, (need, _) in explained(table).items()} == demanded


@pytest.mark.parametrize("table", TABLES)
def test_keys_say_of_which_table_they_are(table: str):
    for name, column in columns(table).items():
        other = column.key_of
        _, meaning = explained(table)[name]
        assert not other or other == table or f"a key of {other}.csv" in meaning, name


@pytest.mark.parametrize(("table", "column", "codes"), coded())
def test_codes_are_explained(table: str, column: str, codes: set[str]):
    _, meaning = explained(table)[column]
    if "as in attacks.csv" in meaning:
        meaning += explained("attacks")[column][1]
    assert codes - set(re.findall(r"`([^`]+)`", meaning)) == set()


#: The tables of keys in the section of the campaigns: of a campaign, a theatre and a front.
KEYS = [cells(part) for part in re.split(r"^Each of .+:$", section(FILE), flags=re.MULTILINE)]


def held() -> tuple[list[Mapping[str, object]], ...]:
    """The campaigns of the file, all their theatres and all their fronts."""
    found = tomllib.loads((DATA / FILE).read_text(encoding="utf-8"))["campaign"]
    return found, *([each for one in found for each in one[key]] for key in ("theatres", "fronts"))


@pytest.mark.parametrize(("said", "entries"), list(zip(KEYS, held(), strict=True)))
def test_keys_of_campaigns_are_explained(
    said: list[tuple[str, str, str]], entries: list[Mapping[str, object]]
):
    names = [name for name, _, _ in said]
    assert {key for entry in entries for key in entry} <= set(names)
    always = {name for name, filled, _ in said if filled == "always"}
    assert all(always <= set(entry) for entry in entries)


WHOLE = {
    "": """\
[[campaign]]
id = "one"
title = "One"
targets = ["israel"]
start = 2024-01-01
known_on = 2024-01-01
end = 2024-01-02
end_known_on = 2024-01-02
tally_since = [2024-01-01]
basis = "Why."
""",
    "theatres": """\
[[campaign.theatres]]
id = "here"
name = "Here"
countries = ["IRQ"]
answers = ["israel"]
""",
    "fronts": """\
[[campaign.fronts]]
name = "There"
countries = ["ISR"]
sites = ["haifa"]
targets = ["israel"]
""",
}


def without(part: str, key: str) -> str:
    """A campaign with every key there is, but for one."""
    left = {name: text for name, text in WHOLE.items() if part or name != key}
    left[part] = "".join(
        line for line in left[part].splitlines(keepends=True) if not line.startswith(f"{key} =")
    )
    return "".join(left.values())


@pytest.mark.parametrize(
    ("part", "key", "filled"),
    [(part, key, filled)
     for part, said in zip(WHOLE, KEYS, strict=True) for key, filled, _ in said],
)  # fmt: skip
def test_keys_of_campaigns_are_said_to_be_filled_where_the_check_demands_it(
    part: str, key: str, filled: str, tmp_path: Path
):
    text = without(part, key)
    assert text != "".join(WHOLE.values())
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    _, faults = read_campaigns(tmp_path, {"haifa"})
    other = {"end": "end_known_on", "end_known_on": "end"}.get(key)
    wanting = {part or key} if filled == "always" else {other} if other else set()
    assert {fault.column for fault in faults} == wanting


def test_the_record_says_how_well_it_was_kept_from_the_first_campaign_on():
    first = min(str(one["start"]) for one in held()[0])
    assert min(row["since"] for row in rows("coverage")) <= first


def test_whoever_is_judged_publishes():
    dated = ("attacks", "tallies", "deployments", "responses", "milestones")
    named = {row["publisher"] for table in dated for row in rows(table)}
    assert {row["publisher"] for row in rows("sources")} <= named


def test_worked_examples_are_lines_of_the_record():
    lines = (DATA / "attacks.csv").read_text(encoding="utf-8").splitlines()
    examples = re.findall(r"^```csv\n(.+)\n```$", CODEBOOK, re.MULTILINE)
    assert len(examples) == 2
    assert set(examples) <= set(lines)
