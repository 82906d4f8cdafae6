"""What was found out about a record before: that it checks, and what some days knew.

It is kept in the user's cache folder under a fingerprint of its files' very bytes and of the code
that reads them, so that whoever asks again about the same record need not read it, nor load what
reads it. It begins with its own digest, and counts for nothing if that does not hold. Nothing is
lost if it goes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import platformdirs

from analysis.checkout import COUNTRIES
from analysis.parameters import Contents

#: Libraries that have a say in what the tables mean.
_LIBRARIES = ("numpy", "pandas", "pandera", "pyarrow", "shapely")

#: The files of a record, and the code and the codes with which it is read.
_RECORD = ("*.csv", "*.parquet", "campaigns.toml")
_PACKAGE = Path(__file__).parents[1]
_READING = ("record/**/*.py", "record/**/*.toml", "toml_text.py")

#: How many records are remembered.
_KEPT = 20


@dataclass(frozen=True)
class Subject:
    """What a report of a day is about.

    Parameters
    ----------
    campaign: the id of its campaign, also where it was not named.
    digest: what `Known.digest` gives.
    rows: how many rows of each dated table were public by then.
    census: which these were, in short; see :mod:`analysis.record.census`.
    """

    campaign: str
    digest: str
    rows: Mapping[str, int]
    census: Mapping[str, str]


@dataclass(frozen=True)
class Memory:
    """What is known about a record that checks.

    Parameters
    ----------
    contents: see :class:`analysis.parameters.Contents`.
    subjects: what was asked for, by :func:`key`.
    """

    contents: Contents
    subjects: Mapping[str, Subject]


def key(as_of: str, campaign: str | None) -> str:
    """An as-of date and a campaign, None where the day decides, under which to remember them.

    >>> key("2024-01-29", "red-sea"), key("2024-01-29", None)
    ('2024-01-29 red-sea', '2024-01-29')
    """
    return f"{as_of} {campaign}" if campaign else as_of


def record_digest(data: Path) -> str:
    """SHA-256 of the files of a record, byte for byte."""
    return _digest(_files(data, _RECORD)).hexdigest()


def fingerprint(data: Path) -> str:
    """SHA-256 of the files of a record, byte for byte, and of what it is read with."""
    # Places are held against the map.
    digest = _digest([*_files(data, _RECORD), *_files(_PACKAGE, _READING), COUNTRIES])
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    return digest.hexdigest()


def _files(folder: Path, names: Iterable[str]) -> list[Path]:
    return [path for name in names for path in sorted(folder.glob(name))]


def _digest(files: Iterable[Path]) -> hashlib._Hash:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{content}  {path.name}\n".encode())
    return digest


@contextmanager
def judging(data: Path) -> Iterator[Callable[[], None]]:
    """While a record is judged: what to call if it is good, so that nobody has to judge it again.

    Its fingerprint is taken meanwhile, and it is not remembered if its files were touched.
    """
    before = _touched(data)
    with ThreadPoolExecutor(1) as beside:
        taken = beside.submit(fingerprint, data)

        def remember_it() -> None:
            record = taken.result()
            if _touched(data) == before:
                with suppress(OSError, RuntimeError):
                    file = _good(record)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.touch()
                    _forget_the_oldest(file)

        yield remember_it


def _touched(data: Path) -> list[tuple[str, int, int]]:
    files = ((path.name, path.stat()) for path in _files(data, _RECORD))
    return [(name, found.st_size, found.st_mtime_ns) for name, found in files]


def is_good(record: str) -> bool:
    """Whether a record of this fingerprint has been checked, and had no fault."""
    with suppress(RuntimeError):
        return _good(record).exists() or recall(record) is not None
    return False


def recall(record: str) -> Memory | None:
    """What is remembered under a fingerprint."""
    try:
        digest, _, text = _file(record).read_text(encoding="utf-8").partition("\n")
        if digest != hashlib.sha256(text.encode()).hexdigest():
            return None
        said = json.loads(text)
        contents = said["contents"]
        for name in ("newest_report", "record_through", "first_day"):
            contents[name] = contents[name] and dt.date.fromisoformat(contents[name])
        contents["campaigns"] = {
            campaign: dt.date.fromisoformat(day) for campaign, day in contents["campaigns"].items()
        }
        subjects = {name: Subject(**subject) for name, subject in said["subjects"].items()}
        return Memory(Contents(**contents), subjects)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError):
        return None  # RuntimeError: this account has no home


def remember(record: str, found: Memory) -> None:
    """Keep what was found out beside what is remembered; or not, where there is no place to."""
    known = recall(record)
    memory = Memory(found.contents, {**(known.subjects if known else {}), **found.subjects})
    with suppress(OSError, RuntimeError):
        file = _file(record)
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=file.parent) as folder:
            beside = Path(folder) / file.name
            said = json.dumps(asdict(memory), default=str)
            digest = hashlib.sha256(said.encode()).hexdigest()
            beside.write_text(f"{digest}\n{said}", encoding="utf-8")
            beside.rename(file)
        _forget_the_oldest(file)


def _forget_the_oldest(newest: Path) -> None:
    alike = newest.parent.glob(f"*{newest.suffix}")
    for old in sorted(alike, key=lambda path: path.stat().st_mtime)[:-_KEPT]:
        old.unlink()


def _file(record: str) -> Path:
    return platformdirs.user_cache_path("brinkwatch") / "records" / f"{record}.json"


def _good(record: str) -> Path:
    return _file(record).with_suffix(".good")
