"""Faults and remarks for whoever reads them: a person, a program, a forge that marks the lines."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from functools import partial
from pathlib import Path

from analysis.errors import Fault, PageWarning, RecordWarning, WaitWarning
from analysis.errors import told as lines_of


class Format(StrEnum):
    """For people, for programs, for GitHub's workflows."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


#: What a forge calls them.
_LEVELS = {"fault": "error", "remark": "notice"}


def told(found: Iterable[Fault], form: Format, data: Path) -> str:
    """Faults and remarks in a format; nothing where there are none to tell, but an empty list.

    Parameters
    ----------
    found: faults and remarks; as text only the faults are told, in lines for people.
    form: the format. JSON is a list of objects with `file`, `line`, `column`, `message`,
        `kind`, `tidy` and `more`.
    data: the folder of the record; a forge knows paths as seen from the checkout's root, where
        the command is to be called.

    Examples
    --------
    >>> fault = Fault("attacks.csv", 17, "killed", "30 % is no number")
    >>> print(told([fault], Format.GITHUB, Path("data")))
    ::error file=data/attacks.csv,line=17::killed: 30 %25 is no number
    """
    if form is Format.JSON:
        return json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False)
    if form is Format.GITHUB:
        return "\n".join(_command(one, data) for one in found)
    return "\n".join(lines_of(one for one in found if one.kind == "fault"))


def remark(message: object) -> str:
    """A remark as it stands on standard error."""
    return f"Remark: {message}."


@contextmanager
def remarks_to(tell: Callable[[str], object]) -> Iterator[None]:
    """Let what is remarkable about a record or a page be told as a remark, not as a warning."""
    with warnings.catch_warnings():
        show_remarks(tell)
        yield


def show_remarks(tell: Callable[[str], object]) -> None:
    """Have this process tell remarks from now on, each once."""
    warnings.showwarning = partial(_shown, tell, warnings.showwarning)


def _shown(
    tell: Callable[[str], object],
    otherwise: Callable[..., object],
    message: Warning | str,
    category: type[Warning],
    *where: object,
    **options: object,
) -> None:
    if issubclass(category, RecordWarning | PageWarning | WaitWarning):
        tell(remark(message))
    else:
        otherwise(message, category, *where, **options)


def _command(one: Fault, data: Path) -> str:
    """A workflow command, which marks a line of a change."""
    path, here = (data / one.file).absolute(), Path.cwd()
    file = (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()
    file = _escaped(file).replace(":", "%3A").replace(",", "%2C")
    where = f"file={file}" + f",line={one.line}" * (one.line > 0)
    more = f" (and {one.more:,} more like this)" * (one.more > 0)
    message = ": ".join(part for part in (one.column, one.message) if part) + more
    return f"::{_LEVELS[one.kind]} {where}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
