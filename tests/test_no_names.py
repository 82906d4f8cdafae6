"""The code names no date, country, target, front, group or campaign: the record does.

What the tables name is looked for in every string of the package. Docstrings may give examples;
the codebook has the codes and words; the United States and their forces are what pages may know.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import CHECKOUT, DATA

PACKAGE = CHECKOUT / "src" / "analysis"
CODEBOOK = PACKAGE / "record" / "codebook.toml"

MONTHS = "January February March April May June July August September October November December"
DATE = re.compile(rf"\b\d{{4}}-\d\d-\d\d\b|\b({'|'.join(MONTHS.split())}) \d{{4}}\b")

#: Codes that are words of English, too: what is neither, and the sea.
WORDS = {"IS", "other", "ship", "the sea", "US forces"}


def texts(path: Path) -> Iterator[str]:
    """The strings of a module that are no docstring, or of a TOML file."""
    if path.suffix == ".toml":
        yield from _within(tomllib.loads(path.read_text("utf-8")))
    else:
        tree = ast.parse(path.read_text("utf-8"))
        docstrings = {
            id(body[0].value)
            for node in ast.walk(tree)
            if (body := getattr(node, "body", None))
            and isinstance(body, list)
            and isinstance(body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and id(node) not in docstrings:
                yield node.value


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _within(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner)
    elif isinstance(value, str):
        yield value


def named() -> set[str]:
    """What the tables name: countries, targets, groups, campaigns, theatres and fronts."""
    book = tomllib.loads(CODEBOOK.read_text("utf-8"))
    actors = pd.read_csv(DATA / "actors.csv", dtype=str, keep_default_na=False)
    campaigns = tomllib.loads((DATA / "campaigns.toml").read_text("utf-8"))["campaign"]
    names = set(book["country"].values()) - {"the United States"}
    for code, words in book["target"].items():
        names |= {code, words["label"], words["them"], words["how"]}
    names |= {*actors["actor_id"], *actors["name"]}
    names |= {alias for aliases in actors["aliases"] for alias in aliases.split("|")}
    for one in campaigns:
        names |= {one["id"], one["title"]}
        names |= {name for theatre in one["theatres"] for name in (theatre["id"], theatre["name"])}
        names |= {front["name"] for front in one["fronts"]}
    return {name for name in names if name} - WORDS


#: Any of them as a word of its own.
NAMES = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, sorted(named())))})(?![\w-])")

#: Codes of countries are strings of their own; the sea is none, and that of the US may be said.
ISO_CODES = {*tomllib.loads(CODEBOOK.read_text("utf-8"))["country"]} - {"SEA", "USA"}


@pytest.mark.parametrize(
    "path",
    [
        *sorted(PACKAGE.rglob("*.py")),
        *(path for path in sorted(PACKAGE.rglob("*.toml")) if path != CODEBOOK),
    ],
    ids=lambda path: str(path.relative_to(CHECKOUT)),
)
def test_no_string_names_what_the_record_names(path: Path) -> None:
    said = list(texts(path))
    found = {match[0] for text in said for of in (NAMES, DATE) for match in of.finditer(text)}
    assert found | (ISO_CODES & set(said)) == set()
