"""The codebook, data/README.md, says what every column and every code of the tables means."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from analysis.record.columns import ISO_3166_ALPHA_3, SEA
from analysis.record.tables import TABLES

DATA = Path(__file__).parents[1] / "data"
CODEBOOK = (DATA / "README.md").read_text(encoding="utf-8")
FILLED = {"always": "every row", "first": "first version", "": "nowhere"}


def section(table: str) -> str:
    return re.findall(rf"^## {table}\.csv\n(.+?)(?=^## )", CODEBOOK, re.MULTILINE | re.DOTALL)[0]


def explained(table: str) -> dict[str, tuple[str, str]]:
    """Column -> (where it is filled, meaning), in the codebook's order."""
    cells = re.findall(r"^\| `(\w+)` \| (\w*) *\| (.+) \|$", section(table), re.MULTILINE)
    return {column: (FILLED[filled], meaning) for column, filled, meaning in cells}


def rows(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def coded() -> list[tuple[str, str, set[str]]]:
    """Each column that holds words from a list, with the words; countries aside."""
    found = []
    for table, model in TABLES.items():
        for name, column in model.to_schema().columns.items():
            choices = {c for check in column.checks for c in check.statistics["choices"]}
            if words := choices - {*ISO_3166_ALPHA_3, SEA}:
                found.append((table, name, words))
    return found


def test_every_table_has_a_section():
    assert sorted(path.name for path in DATA.glob("*.csv")) == sorted(
        re.findall(r"^## (\w+\.csv)$", CODEBOOK, re.MULTILINE)
    )


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_explained_in_the_order_of_the_file(table: str):
    assert list(explained(table)) == list(rows(table)[0])


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_said_to_be_filled_where_the_check_demands_it(table: str):
    columns = TABLES[table].to_schema().columns
    demanded = {name: (column.metadata or {})["need"] for name, column in columns.items()}
    assert {name: need for name, (need, _) in explained(table).items()} == demanded


@pytest.mark.parametrize("table", TABLES)
def test_keys_say_of_which_table_they_are(table: str):
    for name, column in TABLES[table].to_schema().columns.items():
        other = (column.metadata or {})["key_of"]
        _, meaning = explained(table)[name]
        assert not other or other == table or f"a key of {other}.csv" in meaning, name


@pytest.mark.parametrize(("table", "column", "codes"), coded())
def test_codes_are_explained(table: str, column: str, codes: set[str]):
    _, meaning = explained(table)[column]
    if "as in attacks.csv" in meaning:
        meaning += explained("attacks")[column][1]
    assert codes - set(re.findall(r"`([^`]+)`", meaning)) == set()


def test_worked_examples_are_lines_of_the_record():
    lines = (DATA / "attacks.csv").read_text(encoding="utf-8").splitlines()
    examples = re.findall(r"^```csv\n(.+)\n```$", CODEBOOK, re.MULTILINE)
    assert len(examples) == 2
    assert set(examples) <= set(lines)
