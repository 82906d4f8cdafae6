"""The archive: a report is there whole or not at all, whatever happens to whoever writes it."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.errors import RunError
from analysis.publish import archive, reading
from analysis.publish.layout import EDITIONS, kept

NAMES = ("brief.html", "brief.pdf", "brief.ipynb", "facts.json", "manifest.json")

#: Publishes version after version of a report, each file of which holds the version's number.
WRITER = """
import sys
from pathlib import Path
from analysis.publish import archive
reports, start, step, exchange = Path(sys.argv[1]), *map(int, sys.argv[2:])
if not exchange:
    archive._exchange = lambda *_: (_ for _ in ()).throw(OSError(archive.errno.ENOSYS, "no"))
for number in range(start, start + 1_000_000, step):
    files = {name: str(number).encode() * 20_000 for name in %r}
    archive.publish(files, reports, "brief", "2024-01-29")
    print(number, flush=True)
"""


def version(text: str) -> dict[str, bytes]:
    return {name: f"{name} {text}".encode() for name in NAMES}


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder, hidden or not, but locks: content by path, None for a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if not path.name.startswith(".lock-")
    }


def there(reports: Path) -> list[str]:
    return sorted(name for name in os.listdir(reports) if name != ".lock-archive")


def published(reports: Path) -> set[bytes]:
    """The different contents of the files of the report in a reader's one look at it."""
    # Through a descriptor, as a reader who has opened the folder would go on seeing it.
    folder = os.open(reports / "brief" / "2024-01-29", os.O_RDONLY)
    try:
        names = sorted({*os.listdir(folder)} - {EDITIONS})
        if os.fstat(folder).st_ino != (reports / "brief" / "2024-01-29").stat().st_ino:
            raise FileNotFoundError("it was replaced meanwhile, and is being removed")
        assert names == sorted(NAMES)
        contents = set()
        for name in NAMES:
            file = os.open(name, os.O_RDONLY, dir_fd=folder)
            with os.fdopen(file, "rb") as opened:
                contents.add(opened.read())
        return contents
    finally:
        os.close(folder)


def kept_versions(reports: Path) -> list[int]:
    """The versions that were replaced, oldest first, each of which has to be there whole."""
    folders = kept(reports / "brief" / "2024-01-29")
    assert list(folders) == list(range(1, len(folders) + 1))
    versions = []
    for folder in folders.values():
        assert sorted(os.listdir(folder)) == sorted(NAMES)
        (content,) = {(folder / name).read_bytes() for name in NAMES}
        versions.append(int(content[: len(content) // 20_000]))
    return versions


def writer(reports: Path, start: int = 0, step: int = 1, *, exchange: bool = True) -> list[str]:
    arguments = map(str, (reports, start, step, int(exchange)))
    return [sys.executable, "-c", WRITER % (NAMES,), *arguments]


def refuse(code: int) -> Callable[..., None]:
    """A function that fails as the system would."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return refused


def only_outside_staging(mkdir: Callable[..., None]) -> Callable[..., None]:
    """A mkdir for which the disk is full in the staging folder."""

    def limited(path: Path, *arguments: object, **options: object) -> None:
        if archive.STAGING in path.parts:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        mkdir(path, *arguments, **options)

    return limited


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return tmp_path / "reports"


def test_a_report_is_published_and_nothing_else(reports: Path) -> None:
    folder = archive.publish(version("one"), reports, "brief", "2024-01-29")
    assert folder == reports / "brief" / "2024-01-29"
    assert tree(reports) == {
        "brief": None,
        "brief/2024-01-29": None,
        **{f"brief/2024-01-29/{name}": content for name, content in version("one").items()},
    }


@pytest.mark.parametrize("exchange", [True, False])
def test_a_new_version_takes_the_place_of_the_old(
    reports: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(archive, "_exchange", refuse(errno.EINVAL))
    other = {"x.html": b"another report"}
    archive.publish(other, reports, "brief", "2024-01-22")
    archive.publish(version("one"), reports, "brief", "2024-01-29")
    archive.publish(version("two"), reports, "brief", "2024-01-29")
    folder = reports / "brief" / "2024-01-29"
    assert archive._content(folder) == version("two")
    assert archive._content(reports / "brief" / "2024-01-22") == other
    assert there(reports) == ["brief"]
    archive.publish(version("three"), reports, "brief", "2024-01-29")
    assert {number: archive._content(path) for number, path in kept(folder).items()} == {
        1: version("one"),
        2: version("two"),
    }
    assert sorted(path.name for path in reports.rglob("*/*")) == sorted(
        ["2024-01-22", "2024-01-29", *other, *3 * NAMES, EDITIONS, "1", "2"]
    )


def test_an_edition_keeps_its_files_and_their_modes_where_no_file_has_two_names(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "hardlink_to", refuse(errno.EPERM))
    marked = {"manifest.json": b'{"parameters": {"marking": "TLP:AMBER"}}', "figures/a.csv": b"a"}
    folder = archive.publish(marked, reports, "brief", "2024-01-29")
    before = {path.relative_to(folder): path.stat() for path in folder.rglob("*")}
    archive.publish(version("two"), reports, "brief", "2024-01-29")
    first = folder / EDITIONS / "1"
    after = {path.relative_to(first): path.stat() for path in first.rglob("*")}
    assert archive._content(first) == marked
    assert {name: one.st_mode for name, one in after.items()} == {
        name: one.st_mode for name, one in before.items()
    }
    assert first.stat().st_mode & 0o777 == 0o750


def test_a_file_that_was_damaged_is_put_right_and_is_no_edition(reports: Path) -> None:
    folder = archive.publish(version("one"), reports, "brief", "2024-01-29")
    for name in ("brief.pdf", "manifest.json"):
        (folder / name).write_bytes(b"damaged")
        archive.publish(version("one"), reports, "brief", "2024-01-29")
        assert archive._content(folder) == version("one")
        assert kept(folder) == {}


def test_whoever_was_overtaken_hears_of_it_and_replaces_nothing(reports: Path) -> None:
    folder = archive.publish(version("one"), reports, "brief", "2024-01-29", "")
    thought = reading.manifest_sha256(folder)
    archive.publish(version("two"), reports, "brief", "2024-01-29", thought)
    for replaces in ("", thought):
        with pytest.raises(archive.OvertakenError):
            archive.publish(version("three"), reports, "brief", "2024-01-29", replaces)
    assert archive._content(folder) == version("two")
    assert list(kept(folder)) == [1]


def test_the_same_bytes_leave_what_is_there_untouched(reports: Path) -> None:
    folder = archive.publish(version("one"), reports, "brief", "2024-01-29")
    before = folder.stat()
    archive.publish(version("one"), reports, "brief", "2024-01-29")
    after = folder.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("step", ["make a folder", "write a file", "rename"])
@pytest.mark.parametrize("old", [True, False])
def test_a_full_disk_leaves_the_archive_as_it_was(
    reports: Path, monkeypatch: pytest.MonkeyPatch, step: str, old: bool
) -> None:
    reports.mkdir()
    if old:
        archive.publish(version("one"), reports, "brief", "2024-01-29")
    before = tree(reports)
    full = refuse(errno.ENOSPC)
    match step:
        case "make a folder":
            monkeypatch.setattr(Path, "mkdir", only_outside_staging(Path.mkdir))
        case "write a file":
            monkeypatch.setattr(os, "fsync", full)
        case "rename":
            monkeypatch.setattr(archive, "_exchange", full)
            monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(RunError, match="could not be published: No space left on device"):
        archive.publish(version("two"), reports, "brief", "2024-01-29")
    monkeypatch.undo()
    assert tree(reports) == before


def test_an_archive_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")
    with pytest.raises(RunError, match="reports"):
        archive.publish(version("one"), tmp_path / "reports", "brief", "2024-01-29")


@pytest.mark.parametrize("exchange", [True, False])
def test_a_killed_writer_leaves_an_old_or_a_new_version_and_the_next_one_tidies_up(
    reports: Path, exchange: bool
) -> None:
    chance = random.Random(20240129)
    archive.publish(dict.fromkeys(NAMES, b"7" * 20_000), reports, "brief", "2024-01-29")
    for _ in range(10):
        with subprocess.Popen(
            writer(reports, exchange=exchange), stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.05))
            process.kill()
            finished = process.stdout.read().split()
        # Where folders cannot be exchanged, a kill may come between two renames: the next writer,
        # of whichever report, puts the old version back.
        archive.publish({"x": b"x"}, reports, "other", "2024-01-29")
        assert len(published(reports)) == 1
        (content,) = published(reports)
        number = int(content[: len(content) // 20_000])
        assert number >= int(finished[-1] if finished else 0)
        history = [*kept_versions(reports), number]
        assert history[-(number + 1) :] == list(range(number + 1))
        assert there(reports) == ["brief", "other"]


def test_a_kill_between_two_renames_is_undone(reports: Path) -> None:
    folder = archive.publish(version("one"), reports, "brief", "2024-01-29")
    aside = reports / archive.STAGING / "old" / "brief" / "2024-01-29"
    aside.parent.mkdir(parents=True)
    folder.rename(aside)
    archive.publish({"x": b"x"}, reports, "other", "2024-01-29")
    assert archive._content(folder) == version("one")
    assert there(reports) == ["brief", "other"]


def test_two_writers_and_a_reader_never_meet_half_a_report(reports: Path) -> None:
    with (
        subprocess.Popen(writer(reports, 0, 2), stdout=subprocess.PIPE, text=True) as even,
        subprocess.Popen(writer(reports, 1, 2), stdout=subprocess.PIPE, text=True) as odd,
    ):
        assert even.stdout is not None
        assert odd.stdout is not None
        even.stdout.readline()
        odd.stdout.readline()
        seen: set[bytes] = set()
        deadline = time.monotonic() + 20
        while len(seen) < 20 and time.monotonic() < deadline:
            try:
                contents = published(reports)
            except FileNotFoundError:
                # The version that was opened has been replaced and removed: look again.
                continue
            assert len(contents) == 1
            seen |= contents
        even.kill()
        odd.kill()
    assert len(seen) > 1
    archive.publish({"x": b"x"}, reports, "other", "2024-01-29")
    assert {int(content[: len(content) // 20_000]) for content in seen - published(reports)} <= {
        *kept_versions(reports)
    }
