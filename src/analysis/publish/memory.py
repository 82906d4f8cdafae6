"""What an earlier run found out about a record: that it checks, and its digest on some days.

It is kept in the user's cache folder under a fingerprint of the tables' very bytes and of the code
that reads them, so that whoever asks again about the same record need not read it, nor load what
reads it. Nothing is lost if it goes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import platformdirs

from analysis.parameters import Contents

#: Libraries that have a say in what the tables mean.
_LIBRARIES = ("numpy", "pandas", "pandera", "pyarrow")

#: The code that reads them.
_READING = Path(__file__).parents[1] / "record"

#: How many records are remembered.
_KEPT = 20


@dataclass(frozen=True)
class Memory:
    """What is known about a record that checks.

    Parameters
    ----------
    contents: see :class:`analysis.parameters.Contents`.
    digests: what `Known.digest` gave by as-of date, for the days that were asked for.
    """

    contents: Contents
    digests: Mapping[str, str]


def fingerprint(data: Path) -> str:
    """SHA-256 of the tables in a folder, byte for byte, and of the code that reads them."""
    files = [path for ending in ("csv", "parquet") for path in sorted(data.glob(f"*.{ending}"))]
    files += sorted(_READING.glob("*.py"))
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{content}  {path.name}\n".encode())
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    return digest.hexdigest()


def recall(record: str) -> Memory | None:
    """What is remembered under a fingerprint."""
    try:
        said = json.loads(_file(record).read_bytes())
        newest = said["contents"].pop("newest_report")
        day = newest and dt.date.fromisoformat(newest)
        return Memory(Contents(day, **said["contents"]), dict(said["digests"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def remember(record: str, found: Memory) -> None:
    """Keep what was found out beside what is remembered; or not, where there is no place to."""
    file = _file(record)
    known = recall(record)
    memory = Memory(found.contents, {**(known.digests if known else {}), **found.digests})
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=file.parent) as folder:
            beside = Path(folder) / file.name
            beside.write_text(json.dumps(asdict(memory), default=str), encoding="utf-8")
            beside.rename(file)
        by_age = sorted(file.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for old in by_age[:-_KEPT]:
            old.unlink()


def _file(record: str) -> Path:
    return platformdirs.user_cache_path("brinkwatch") / "records" / f"{record}.json"
