"""The archive of published reports: a folder for each, which appears whole or not at all.

Everything is written into a hidden folder of the archive, synced to disk, and put into its
place by one rename. Whoever writes holds the archive's lock, so a hidden folder that is there when
the lock is free was left by a run that was killed. What its marking keeps from some is readable by
its owner and group only, and nothing is written through a link.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

from analysis.errors import RunError
from analysis.parameters import MARKINGS
from analysis.publish.listing import MANIFEST, marking_of
from analysis.publish.lock import waited_for

#: Where a report is written before it is published; `new` and `old` are inside.
STAGING = ".publishing"

#: Parameters that name no folder: the day stands first in its name, and since when changes are
#: counted makes another edition of a report, not another report.
_UNNAMED = ("as_of", "since")

#: How long whoever changes the archive waits for another who does, in seconds.
_WAIT = 60

#: Modes of folders and files that everybody may read, and of those that not everybody may; the
#: umask takes from both.
_OPEN, _CLOSED = (0o777, 0o666), (0o750, 0o640)

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def folder_name(parameters: Mapping[str, object], defaults: Mapping[str, object]) -> str:
    """Name of a report's folder: its as-of date, and each parameter that is not the default.

    `since` is never part of it.

    Parameters
    ----------
    parameters: plain values of all parameters; `as_of` as an ISO date.
    defaults: what the notebook sets, in the notebook's order.

    >>> folder_name({"as_of": "2023-11-30", "site_id": "al-tanf"}, {"as_of": None, "site_id": ""})
    '2023-11-30--site_id=al-tanf'
    """
    named = [
        f"--{name}={quote(str(parameters[name]), safe='+')}"
        for name, default in defaults.items()
        if name not in _UNNAMED and parameters[name] != default
    ]
    return "".join([str(parameters["as_of"]), *named])


def publish(files: Mapping[str, bytes], reports: Path, report: str, folder: str) -> Path:
    """Put a report into the archive, or leave the archive as it was.

    Parameters
    ----------
    files: content of each file of the report by its name within the folder, such as
        ``figures/attack-map.csv``.
    reports: the archive; it is made if it is not there.
    report, folder: name of the report and of its folder. What is there is replaced in one
        step; a report of the same bytes is left alone.

    Returns
    -------
    Path
        The folder of the published report.

    Raises
    ------
    RunError
        If the files cannot be written; nothing is left of them.
    """
    place = Path(report, folder)
    try:
        with changing(reports):
            _refuse_links(reports / report, reports / place)
            if _content(reports / place) != dict(files):
                _write(files, reports / STAGING / "new" / place)
                _put_in_place(reports, place)
    except OSError as reason:
        why = f"{reason.strerror or reason}" + (f" ({reason.filename})" if reason.filename else "")
        raise RunError(f"{reports / place} could not be published: {why}.") from reason
    return reports / place


@contextmanager
def changing(reports: Path) -> Iterator[None]:
    """Hold an archive's lock, which the system releases even if this process is killed.

    The archive is made if it is not there. What is in the staging folder goes, before and after.

    Raises
    ------
    RunError
        If another holds the lock for long; it says who.
    """
    with waited_for(reports, "archive", _WAIT):
        _refuse_links(reports / STAGING)
        sweep(reports)
        try:
            yield
        finally:
            sweep(reports)


def _refuse_links(*places: Path) -> None:
    for place in places:
        if place.is_symlink():
            raise RunError(f"{place} is a link, through which nothing is written; remove it.")


def _content(folder: Path) -> dict[str, bytes] | None:
    """The files of a folder by their names within it; None if there is no such folder."""
    if not folder.is_dir():
        return None
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files into a new folder, down to the disk."""
    for_folders, for_files = _modes(files)
    folder.parent.mkdir(parents=True)
    folder.mkdir(mode=for_folders)
    for name, content in files.items():
        (folder / name).parent.mkdir(mode=for_folders, exist_ok=True)
        with open(folder / name, "xb", opener=partial(os.open, mode=for_files)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    sync(*{(folder / name).parent for name in files}, folder, folder.parent)


def _modes(files: Mapping[str, bytes]) -> tuple[int, int]:
    """Modes of a report's folders and files: others may read what is for everybody."""
    try:
        marking = marking_of(json.loads(files[MANIFEST]))
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        marking = ""
    return _OPEN if marking in ("", MARKINGS[0]) else _CLOSED


def _put_in_place(reports: Path, place: Path) -> None:
    """Rename the staged report to its place; what was there is in the staging folder after."""
    new = reports / STAGING / "new"
    if (reports / place).exists():
        _replace(new / place, reports / place, reports / STAGING / "old" / place)
    elif (reports / place.parent).exists():
        (new / place).rename(reports / place)
    else:
        # The first report of its name brings the folder of that name along.
        (new / place.parent).rename(reports / place.parent)
    sync((reports / place).parent, reports)


def _replace(new: Path, target: Path, aside: Path) -> None:
    """Let the new folder take the target's place, in one step where the system can."""
    try:
        _exchange(new, target)
    except OSError as reason:
        if reason.errno not in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
            raise
        # Two steps: if this process is killed in between, the next one's `sweep` undoes the first.
        aside.parent.mkdir(parents=True)
        target.rename(aside)
        new.rename(target)


def _exchange(one: Path, other: Path) -> None:
    """Let two folders change places in one step, where the system can."""
    if not sys.platform.startswith("linux"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    paths = os.fsencode(one), os.fsencode(other)
    if library.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def sweep(reports: Path) -> None:
    """Undo and remove what a run has left in the staging folder; only under the lock."""
    old = reports / STAGING / "old"
    for aside in old.glob("*/*"):
        place = reports / aside.relative_to(old)
        if not place.exists():
            aside.rename(place)
    shutil.rmtree(reports / STAGING, ignore_errors=True)


def sync(*folders: Path) -> None:
    """Bring the names in folders down to the disk."""
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
