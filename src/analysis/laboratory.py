"""JupyterLab on the desk's notebooks, for a day of one's own: `brinkwatch lab`.

The day is one of the session, in its environment, and not of a notebook: what the schedule runs is
never changed by looking at another day.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.errors import UsageError

#: Environment variable that names the as-of date of a notebook that leaves it open.
VARIABLE = "BRINKWATCH_AS_OF"


def command(notebooks: Path, options: Sequence[str] = ()) -> list[str]:
    """The command that opens JupyterLab on a folder of notebooks.

    Parameters
    ----------
    notebooks: the folder.
    options: further options of JupyterLab's, such as `--no-browser`.

    Raises
    ------
    UsageError
        If there is no such folder.
    """
    if not notebooks.is_dir():
        raise UsageError(f"{notebooks} is no folder; `brinkwatch init DIR` makes a desk with one.")
    page = f"--LabApp.default_url=/lab/tree/{notebooks.name}"
    root = f"--ServerApp.root_dir={notebooks.parent}"
    # Jupyter refuses to serve the superuser, which is whom containers run as, unless it is told to.
    allowed = ["--allow-root"] if os.geteuid() == 0 else []
    return [sys.executable, "-m", "jupyter", "lab", root, page, *allowed, *options]


def environment(as_of: str | None) -> Mapping[str, str]:
    """The environment of a session about a day; about the newest if none is named."""
    return {**os.environ, **({VARIABLE: as_of} if as_of else {})}
