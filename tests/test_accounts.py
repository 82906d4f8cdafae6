"""What other accounts may do to an archive, and what is believed of what lies about."""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import os
import re
import shutil
import stat
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from conftest import CHECKOUT
from published import publish_report

from analysis.errors import RunError, WaitWarning
from analysis.home import have_a_home
from analysis.publish import file_system, memory, workers
from analysis.publish.index import refresh
from analysis.publish.lock import SOON, lock, owner, waited_for
from analysis.schedule import ledger

NOBODY = 65534

#: Holds a lock until its input ends, as a program that is none of ours might.
_HOLDS = """
import sys
from pathlib import Path
from analysis.publish.lock import lock
with lock(Path(sys.argv[1]), "archive") as held:
    print("held" if held else "not held", flush=True)
    sys.stdin.read()
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has other accounts at hand")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_lock_that_others_could_hold_is_replaced(tmp_path: Path) -> None:
    """It is enough to read a file to hold a lock on it."""
    file = tmp_path / ".lock-due"
    file.touch()
    file.chmod(0o644)
    with file.open() as of_another:
        fcntl.fcntl(of_another, fcntl.F_OFD_SETLK, struct.pack("hhqqi", fcntl.F_RDLCK, 0, 0, 0, 0))
        with lock(tmp_path, "due") as held:
            assert held
            assert mode(file) == 0o600
            with lock(tmp_path, "due") as twice:
                assert not twice
    assert [path.name for path in tmp_path.iterdir()] == [".lock-due"]


@as_root
def test_a_lock_of_another_account_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / ".lock-due"
    file.touch(0o600)
    os.chown(file, NOBODY, NOBODY)
    with (
        pytest.raises(RunError, match="it belongs to nobody; call as nobody, or remove it"),
        lock(tmp_path, "due"),
    ):
        pass
    os.chown(tmp_path, NOBODY, NOBODY)  # the archive is theirs, and root may work on it
    with lock(tmp_path, "due") as held:
        assert held


def test_whoever_waits_says_for_whom_and_that_is_who_holds_it_now(tmp_path: Path) -> None:
    with lock(tmp_path, "archive"):
        pass  # which leaves its number in the file
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, tmp_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        with (
            pytest.warns(WaitWarning, match=f"is waited for: process {holder.pid} at work since"),
            pytest.raises(RunError, match=f"is locked: process {holder.pid} at work since"),
            waited_for(tmp_path, "archive", SOON + 0.1),
        ):
            pass
    finally:
        holder.communicate()


def test_where_nothing_can_be_locked_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, *operation: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    monkeypatch.setattr(fcntl, "fcntl", refuse)
    told = r"\.lock-due cannot be locked: No locks available\. .* file system that has locks\.$"
    with pytest.raises(RunError, match=told), lock(tmp_path, "due"):
        pass
    assert owner(tmp_path, "due") is None


def test_a_lock_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".lock-due").symlink_to(tmp_path / "elsewhere")
    with (
        pytest.raises(RunError, match="or a link, which is not followed; remove it"),
        lock(tmp_path, "due"),
    ):
        pass
    assert owner(tmp_path, "due") is None
    assert not (tmp_path / "elsewhere").exists()


def test_a_memory_that_was_changed_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    day = dt.date(2024, 1, 29)
    contents = memory.Contents(day, day, day, ("al-tanf",), (), {"war": day})
    kept = memory.Memory(contents, {"2024-01-29": memory.Subject("war", "0" * 64, {}, {})})
    memory.remember("x", kept)
    assert memory.recall("x") is not None
    (file,) = tmp_path.rglob("x.json")
    whole = file.read_text()
    for part, other in [("2024-01-29", "2024-01-28"), ("0000", "1111"), ("war", "waw")]:
        file.write_text(whole.replace(part, other, 1))
        assert memory.recall("x") is None
    file.write_text(whole)
    assert memory.recall("x") is not None


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_the_unit_of_the_readme_is_confined(tmp_path: Path) -> None:
    readme = (CHECKOUT / "README.md").read_text("utf-8")
    unit = readme.partition("# /etc/systemd/system/brinkwatch.service\n")[2]
    unit = unit.partition("# /etc/systemd/system/brinkwatch.timer")[0]
    assert "\nUser=brinkwatch\n" in unit
    (tmp_path / "brinkwatch.service").write_text(unit)
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "./brinkwatch.service"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    exposure = re.search(r"exposure level for brinkwatch.service: ([\d.]+)", said)
    assert exposure is not None
    assert float(exposure[1]) < 4


def test_a_ledger_that_several_machines_may_open_keeps_no_shared_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def journal() -> str:
        with closing(ledger.open(tmp_path)) as connection:
            return str(connection.execute("PRAGMA journal_mode").fetchone()[0])

    assert journal() == "wal"
    mounts = tmp_path / "mountinfo"
    device = tmp_path.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts.write_text(f"36 35 {number} / /mnt rw shared:1 - nfs4 server:/srv rw\n")
    monkeypatch.setattr(file_system, "_MOUNTS", mounts)
    assert journal() == "delete"


def test_where_nothing_is_shared_one_job_needs_nothing_and_two_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing() -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("multiprocessing.Lock", nothing)
    with workers.processes(1) as submitter:
        assert callable(submitter)
    with pytest.raises(RunError, match=r"make /dev/shm writable; or give --jobs 1"):
        workers.processes(2).__enter__()


def test_an_account_without_a_home_gets_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    have_a_home()
    home = Path(os.environ["HOME"])
    assert home == Path.home()
    assert home.is_dir()


def test_lists_follow_the_markings_of_what_they_repeat(tmp_path: Path) -> None:
    publish_report(tmp_path, "2024-01-29")
    refresh(tmp_path, address="https://share.example.org/")
    pages = [tmp_path / name for name in ("index.html", "feed.xml", "index.json")]
    pages += sorted((tmp_path / "lists").iterdir())
    assert {mode(page) for page in pages} == {0o644}
    folder = publish_report(tmp_path, "2024-01-30", marking="TLP:GREEN")
    refresh(tmp_path, address="https://share.example.org/", clearance="TLP:GREEN")
    assert {mode(page) for page in pages} == {0o640}
    assert not mode(tmp_path / folder) & 0o007
    assert not any(mode(path) & 0o007 for path in (tmp_path / folder).iterdir())
    # Whoever may write there can have a page lead elsewhere; it is not written through.
    elsewhere = tmp_path.with_suffix(".elsewhere")
    elsewhere.write_text("mine")
    pages[0].unlink()
    pages[0].symlink_to(elsewhere)
    refresh(tmp_path, clearance="TLP:GREEN")
    assert elsewhere.read_text() == "mine"
    assert "30 January 2024" in pages[0].read_text()
