"""The facts that conditions may name: those that a report can state, and those that one stated."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from analysis.measures import metadata
from analysis.publish.catalogue import cells
from analysis.publish.reading import read_file
from analysis.record import codebook
from analysis.schedule.triggers import Stated, TriggerError

#: The file of a published report that has them.
FILE = "facts.json"

#: How a notebook states a fact of its own; see `Page.fact`.
_OWN = re.compile(r"""\.fact\(\s*["'](\w+)["']""")

_COUNTRY = "<country>"


def names(notebook: Path) -> frozenset[str]:
    """Return the names of what a report may state, and of families whose members the record has.

    Raises
    ------
    RunError
        If the notebook cannot be read.
    """
    own = (name for cell in cells(notebook) for name in _OWN.findall(cell.source))
    return frozenset([*_of_the_house(), *own])


def _of_the_house() -> Iterator[str]:
    for name in metadata.every():
        if _COUNTRY in name:
            yield from (name.replace(_COUNTRY, code.lower()) for code in codebook.codes("country"))
        else:
            yield name


def may_state(name: str, known: Collection[str]) -> bool:
    """Whether a fact is one of those, or of one of the families.

    >>> known = ["attacks_window", "weapon_<weapon>"]
    >>> [may_state(name, known) for name in ("attacks_window", "weapon_drone", "weapons")]
    [True, True, False]
    """
    return name in known or may_be_absent(name, known)


def may_be_absent(name: str, known: Collection[str]) -> bool:
    """Whether a report states a fact only where there is something to state.

    It is so with families: of countries that were not hit a report says nothing.
    """
    countries = (other for other in metadata.every() if _COUNTRY in other)
    return any(
        re.fullmatch(re.sub("<.*?>", ".+", family), name)
        for family in (*countries, *known)
        if "<" in family and (_COUNTRY not in family or name in known)
    )


def nearest(name: str, known: Collection[str]) -> str:
    """Return what somebody may have meant.

    >>> nearest("attacks_windw", ["attacks_window", "sites_attacked"])
    "did you mean 'attacks_window'?"
    """
    near = difflib.get_close_matches(name, [one for one in known if "<" not in one], n=1)
    return f"did you mean {near[0]!r}?" if near else f"names are those of {FILE}"


def stated(folder: Path) -> dict[str, Stated]:
    """Return what the report in a folder states, by the name of the fact.

    Raises
    ------
    TriggerError
        If it cannot be read.
    """
    try:
        said = json.loads(read_file(folder / FILE))["facts"]
        return {
            name: Stated(fact["value"], str(fact.get("unit", ""))) for name, fact in said.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise TriggerError(f"the report's {FILE} cannot be read") from None
