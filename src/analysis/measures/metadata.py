"""What each fact is: its kind, what it counts, over which days, and its title, as data.

Beside each module of facts lies a file `<module>.meta.toml` with a table for every fact that the
module names. A name may have a part in angle brackets, which stands for any text:
`attacks_window_<country>`. What the facts of a file have in common stands in a table `[common]`.
Units and titles name the usual words of a campaign (`{since}`) and the words that a measure gives
along (`{country}`). `like` names a table of the file whose words hold where one has none itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.measures.fact import Basis, Fact, Found, Kind, Span, rounded
from analysis.record import Known
from analysis.record.wording import usual_words


@dataclass(frozen=True)
class Description:
    """What the facts of one name, or of one family of names, are; see :class:`Fact`.

    `reads` are the details of rows that they depend on, beside whether a row counts, which is for
    the columns that are no details to say; see :data:`analysis.measures.row_changes.DETAILS`.
    """

    unit: str
    kind: Kind = "count"
    span: Span = "campaign"
    title: str = ""
    decimals: int | None = None
    basis: Basis = "attacks"
    every_attack: bool = False
    reads: tuple[str, ...] = ()


#: Descriptions by name or family of names.
Metadata = Mapping[str, Description]


@cache
def beside(module_file: str) -> Metadata:
    """Read the metadata beside a module.

    Parameters
    ----------
    module_file: the module's `__file__`.
    """
    tables = tomllib.loads(Path(module_file).with_suffix(".meta.toml").read_text(encoding="utf-8"))
    common = tables.pop("common", {})
    said = {name: {**tables.get(one.get("like"), {}), **one} for name, one in tables.items()}
    return {
        name: Description(**{**common, **{word: of[word] for word in of if word != "like"}})
        for name, of in said.items()
    }


@cache
def every() -> Metadata:
    """What the house describes: all facts and families of facts, by name."""
    files = Path(__file__).parent.glob("facts/*.meta.toml")
    modules = (file.with_name(file.name.replace(".meta.toml", ".py")) for file in files)
    return {name: one for module in modules for name, one in beside(str(module)).items()}


#: Which report counts what the others do not, by the module of its facts.
_OF_ONE_REPORT = {
    "actor": "actor",
    "completeness": "record",
    "coordination": "actor",
    "outlook": "outlook",
    "posture": "posture",
    "response_report": "response",
    "site": "site",
}


@cache
def counted_by(name: str) -> str:
    """The report that counts a fact which the brief does not; empty if it is none of one.

    >>> counted_by("arrivals_window"), counted_by("no_such_thing")
    ('posture', '')
    """
    for module, report in _OF_ONE_REPORT.items():
        described = beside(str(Path(__file__).parent / "facts" / f"{module}.py"))
        if any(name == one or ("<" in one and _is_of(name, one)) for one in described):
            return report
    return ""


def reads(name: str) -> tuple[str, ...] | None:
    """The details of rows that a fact depends on; None of one that the house does not describe.

    >>> reads("drone_share"), reads("attacks_window"), reads("ships_by_week")
    (('weapons',), (), None)
    """
    try:
        return tuple(_described(name, every()).reads)
    except ValueError:
        return None


def facts(found: Mapping[str, Found], metadata: Metadata, known: Known) -> dict[str, Fact]:
    """Make facts of what was found: each as its name is described.

    Parameters
    ----------
    found: by the name of the fact.
    metadata: see :func:`beside`.
    known: what was known on the as-of date; its campaign gives the usual words.

    Raises
    ------
    KeyError
        If a name is not described.
    """
    usual = usual_words(known)
    return {
        name: _fact(one, _described(name, metadata), {**usual, **one.words})
        for name, one in found.items()
    }


def _fact(found: Found, described: Description, words: Mapping[str, str]) -> Fact:
    return Fact(
        value=rounded(found.value, described.kind, described.decimals),
        kind=described.kind,
        unit=described.unit.format_map(words),
        span=described.span,
        evidence=found.evidence,
        estimate=found.estimate,
        title=described.title,
        basis=described.basis,
        every_attack=described.every_attack,
        qualifier=found.qualifier,
    )


def _described(name: str, metadata: Metadata) -> Description:
    if name in metadata:
        return metadata[name]
    families = (family for family in metadata if "<" in family and _is_of(name, family))
    # Of several the one that says most of the name itself.
    return metadata[max(families, key=lambda family: len(re.sub("<.*?>", "", family)))]


def _is_of(name: str, family: str) -> bool:
    return bool(re.fullmatch(re.sub("<.*?>", ".+", family), name))
