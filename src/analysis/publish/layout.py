"""How an archive is laid out: a folder `REPORT/DAY` each, in it the editions that it replaced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

#: The folder within a published one with the editions that it has replaced: `1`, `2` …, each as it
#: was, with its own manifest.
EDITIONS = "editions"


def folders(reports: Path) -> Iterator[Path]:
    """The folders of an archive each of which should be a published report."""
    # A link is a second name for a report, such as `latest`, or leads out of the archive.
    for report in _folders_in(reports):
        yield from _folders_in(report)


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            names = [one.name for one in found if one.is_dir(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [folder / name for name in sorted(names) if not name.startswith(".")]


def home_of(folder: Path) -> Path:
    """The folder of the newest edition of the report that lies in a published folder."""
    is_kept = folder.parent.name == EDITIONS and _is_number(folder.name)
    return folder.parents[1] if is_kept else folder


def name_of(folder: Path) -> str:
    """Where a published folder lies in its archive.

    >>> name_of(Path("/reports/brief/2024-01-29/editions/1"))
    'brief/2024-01-29/editions/1'
    """
    depth = 2 if home_of(folder) == folder else 4
    return "/".join(folder.parts[-depth:])


def kept(folder: Path) -> dict[int, Path]:
    """The folders of the editions that a published folder has replaced, by number, oldest first."""
    below = folder / EDITIONS
    there = below.iterdir() if below.is_dir() and not below.is_symlink() else ()
    numbered = {int(one.name): one for one in there if _is_number(one.name) and one.is_dir()}
    return {number: numbered[number] for number in sorted(numbered)}


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdecimal() and not name.startswith("0")
