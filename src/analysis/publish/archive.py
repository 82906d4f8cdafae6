"""The archive of published reports: a folder for each, which appears whole or not at all.

Everything is written into a hidden folder of the archive, synced to disk, and put into its
place by one rename. What was published is never overwritten: the edition that a new one replaces
comes with it, byte for byte, as do those before. Whoever writes holds the archive's lock, so a
hidden folder that is there when the lock is free was left by a run that was killed. What its
marking keeps from some is readable by its owner and group only, and nothing is written through a
link.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

from analysis.errors import RunError
from analysis.parameters import MARKINGS
from analysis.publish.layout import EDITIONS, kept
from analysis.publish.lock import waited_for
from analysis.publish.reading import MANIFEST, marking_of

#: Where a report is written before it is published; `new` and `old` are inside.
STAGING = ".publishing"

#: Where a report lies that was withdrawn; nobody lists or sends what is in there.
WITHDRAWN = ".withdrawn"

#: How long whoever changes the archive waits for another who does, in seconds.
_WAIT = 60

#: Modes of folders and files that everybody may read, and of those that not everybody may; the
#: umask takes from both.
_OPEN, _CLOSED = (0o777, 0o666), (0o750, 0o640)

#: How many files are brought down to the disk at once.
_AT_ONCE = 8

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class OvertakenError(RunError):
    """Another has published an edition meanwhile, which this one does not know of."""


def publish(
    files: Mapping[str, bytes],
    reports: Path,
    report: str,
    folder: str,
    replaces: str | None = None,
) -> Path:
    """Put a report into the archive, or leave the archive as it was.

    Parameters
    ----------
    files: content of each file of the report by its name within the folder, such as
        ``figures/attack-map.csv``.
    reports: the archive; it is made if it is not there.
    report, folder: name of the report and of its folder. What is there becomes an earlier edition
        in one step; a report of the same bytes is left alone, and files that are not as the same
        manifest has them are put right.
    replaces: SHA-256 of the manifest that is thought to be there, empty for none; if None, whatever
        is there.

    Returns
    -------
    Path
        The folder of the published report.

    Raises
    ------
    RunError
        If the files cannot be written; nothing is left of them.
    OvertakenError
        If another manifest is there than was thought.
    """
    place = Path(report, folder)
    try:
        with changing(reports):
            _refuse_links(reports / report, reports / place, reports / place / EDITIONS)
            there = _content(reports / place)
            if there != dict(files):
                if replaces is not None and replaces != manifest_digest(there):
                    raise OvertakenError(f"{reports / place} was published anew meanwhile.")
                _write(files, reports / STAGING / "new" / place)
                _carry_over(reports / place, there, files, reports / STAGING / "new" / place)
                _put_in_place(reports, place)
    except OSError as reason:
        why = f"{reason.strerror or reason}" + (f" ({reason.filename})" if reason.filename else "")
        raise RunError(f"{reports / place} could not be published: {why}.") from reason
    return reports / place


def put_out_of_sight(reports: Path, name: str) -> None:
    """Move a published report, with all its editions, to where nobody lists it.

    What lay there before under its name stays, under a number.

    Raises
    ------
    OSError
        If it cannot be moved; it is where it was.
    """
    aside = reports / WITHDRAWN / name
    with changing(reports):
        _refuse_links(reports / WITHDRAWN, aside.parent, (reports / name).parent, reports / name)
        aside.parent.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            target = aside.with_name(f"{aside.name}~{number}") if number > 1 else aside
            if not target.exists():
                break
        (reports / name).rename(target)
        sync(target.parent, (reports / name).parent)


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


def _content(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their names within it, without earlier editions."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}


def _files(folder: Path) -> list[Path]:
    """The files of one edition."""
    parts = (part for part in folder.glob("*") if part.name != EDITIONS and not part.is_symlink())
    inside = (path for part in parts for path in (part, *part.rglob("*")))
    return [path for path in inside if path.is_file() and not path.is_symlink()]


def _is_damaged(there: Mapping[str, bytes], files: Mapping[str, bytes]) -> bool:
    """Whether what is there is this very edition, in which a file is not as it was."""
    if there[MANIFEST] == files.get(MANIFEST):
        return True
    differing = {name for name in {*there, *files} if there.get(name) != files.get(name)}
    return differing == {MANIFEST} and not _can_be_read(there[MANIFEST])


def _can_be_read(manifest: bytes) -> bool:
    try:
        return isinstance(json.loads(manifest), dict)
    except (ValueError, RecursionError):
        return False


def manifest_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 of the manifest among the files of a report; empty if there is none."""
    return hashlib.sha256(files[MANIFEST]).hexdigest() if MANIFEST in files else ""


def _carry_over(
    place: Path, there: Mapping[str, bytes], files: Mapping[str, bytes], new: Path
) -> None:
    """Bring the editions below a published folder along into the new one, and what is in it.

    What has no manifest was not published; what has the new one's is the same edition, damaged.
    """
    earlier = kept(place)
    if MANIFEST in there and not _is_damaged(there, files):
        earlier = earlier | {max(earlier, default=0) + 1: place}
    if not earlier:
        return
    (new / EDITIONS).mkdir(mode=_modes(files)[0])
    for number, folder in earlier.items():
        _bring_along(folder, new / EDITIONS / str(number))
    sync(new / EDITIONS, new)


def _bring_along(edition: Path, target: Path) -> None:
    """The very files of an edition under a second name; copies, where no file can have two."""
    target.mkdir(mode=stat.S_IMODE(edition.stat().st_mode))
    for path in _files(edition):
        other = target / path.relative_to(edition)
        other.parent.mkdir(mode=stat.S_IMODE(path.parent.stat().st_mode), exist_ok=True)
        try:
            other.hardlink_to(path)
        except OSError as reason:
            if reason.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
                raise
            shutil.copy2(path, other)
            sync(other)
    sync(*{path.parent for path in target.rglob("*")}, target)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files into a new folder, down to the disk."""
    for_folders, for_files = _modes(files)
    folder.parent.mkdir(parents=True)
    folder.mkdir(mode=for_folders)
    for name, content in files.items():
        (folder / name).parent.mkdir(mode=for_folders, exist_ok=True)
        with open(folder / name, "xb", opener=partial(os.open, mode=for_files)) as file:
            file.write(content)
    written = [folder / name for name in files]
    sync(*written, *{path.parent for path in written}, folder, folder.parent)


def _modes(files: Mapping[str, bytes]) -> tuple[int, int]:
    """Modes of a report's folders and files: others may read what is for everybody."""
    try:
        marking = marking_of(json.loads(files[MANIFEST]))
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        marking = ""
    return modes_of(marking)


def modes_of(marking: str) -> tuple[int, int]:
    """Return the modes of folders and files with a marking, from which the umask takes.

    >>> [oct(mode) for mode in modes_of("TLP:GREEN")]
    ['0o750', '0o640']
    """
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


def sync(*paths: Path) -> None:
    """Bring the names in folders, or the content of files, down to the disk.

    Several at once, which a disk writes in hardly more time than one: a report has thirty.
    """
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for _ in threads.map(_sync, paths):
            pass


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
