"""What a notebook's outputs say about its page: what it is, what it says first, and its facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from analysis.display.fragment import FACTS_TYPE, PAGE_TYPE
from analysis.errors import RunError
from analysis.plain_text import day_in_words

if TYPE_CHECKING:
    from analysis.lean.nbformat import NotebookNode

_HEADING = re.compile(r"^#{1,6} .*$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """What the head of the page says, its running header and footer, and what comes first on it.

    Parameters
    ----------
    title: title of the report.
    as_of: the day up to which the report knows things, an ISO date.
    marking: who may read it, such as ``TLP:CLEAR``.
    description: one sentence for search engines and document lists.
    keywords: words to find it by.
    bottom_line: its sentences as plain text.
    key_figures: `label`, `value` and `change` of each, as plain text.
    campaign: what readers call the campaign that it is about.
    events: `id`, `day`, `site` (empty where it has none), `place` and `text` of each event of its
        window.
    """

    title: str = "Brinkwatch report"
    as_of: str = ""
    marking: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    bottom_line: tuple[str, ...] = ()
    key_figures: tuple[Mapping[str, str], ...] = ()
    campaign: str = ""
    events: tuple[Mapping[str, str], ...] = ()

    @property
    def as_of_in_words(self) -> str:
        """The as-of date as the running header has it, such as ``24 October 2023``."""
        return day_in_words(self.as_of) if self.as_of else ""


def page(notebook: NotebookNode) -> Page:
    """Return what the notebook's outputs say of the page; what is said twice, the last says.

    A notebook that has not been run says nothing yet: its first heading is the title.
    """
    said: dict[str, Any] = {}
    for content in _outputs(notebook, PAGE_TYPE):
        said |= content
    if "title" not in said and (heading := _first_heading(notebook)):
        said["title"] = heading
    known = {field.name for field in fields(Page)}
    for name in ("keywords", "bottom_line", "key_figures", "events"):
        said[name] = tuple(said.get(name, ()))
    return Page(**{name: value for name, value in said.items() if name in known})


def facts(notebook: NotebookNode) -> dict[str, Any]:
    """Return the facts that the page states, in its order: value, unit, evidence by name.

    Raises
    ------
    RunError
        If one name is given two values.
    """
    stated: dict[str, Any] = {}
    for content in _outputs(notebook, FACTS_TYPE):
        for name, fact in content["facts"].items():
            if stated.setdefault(name, fact) != fact:
                raise RunError(f"The page gives the fact {name} twice, with different content.")
    return stated


def is_for_machines(output: NotebookNode) -> bool:
    """Whether an output holds page metadata or facts, and nothing that is meant to be seen."""
    types = set(output.get("data", {}))
    return bool(types & {PAGE_TYPE, FACTS_TYPE}) and types <= {PAGE_TYPE, FACTS_TYPE, "text/plain"}


def _outputs(notebook: NotebookNode, media_type: str) -> Iterator[Any]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if media_type in output.get("data", {}):
                yield output.data[media_type]


def _first_heading(notebook: NotebookNode) -> str:
    """The text of the first heading, without the marks of its markdown."""
    from analysis.publish.markdown import markdown  # long to load, and few pages need it

    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (line := _HEADING.search(cell.source)):
            return markdown(line[0], attachments=cell.get("attachments")).striptags()
    return ""
