"""A report of one's own: `brinkwatch new NAME` writes a notebook that runs at once."""

from __future__ import annotations

import re
from pathlib import Path

from analysis.errors import UsageError

TEMPLATE = Path(__file__).parent / "templates" / "new.ipynb"


def new(name: str, notebooks: Path, title: str | None = None) -> Path:
    """Write the notebook of a new report; return its path.

    Parameters
    ----------
    name: what `brinkwatch run` is to call it: small letters, digits and hyphens.
    notebooks: the folder of the reports.
    title: what its readers call it; made from the name, if not given.

    Raises
    ------
    UsageError
        If the name cannot be, or is taken.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise UsageError(f"{name!r} is no name of a report; write one such as ships-by-week.")
    path = notebooks / f"{name}.ipynb"
    called = title or name.replace("-", " ").capitalize()
    text = TEMPLATE.read_text("utf-8").replace("REPORT-NAME", name)
    text = text.replace("REPORT TITLE", called.replace("\\", "").replace('"', "'"))
    try:
        with path.open("x", encoding="utf-8", newline="\n") as notebook:
            notebook.write(text)
    except FileExistsError:
        raise UsageError(f"There is a report {name!r} already: {path}.") from None
    except FileNotFoundError:
        raise UsageError(
            f"{notebooks} is no folder; `brinkwatch init DIR` makes a desk with one."
        ) from None
    return path
