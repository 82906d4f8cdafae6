"""A published report as a mail needs it: what it says first, and the files to attach.

Every byte is checked against the manifest, and the manifest against the ledger: what was changed
after it was published is not sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.errors import RunError
from analysis.publish import listing
from analysis.publish.listing import Published


@dataclass(frozen=True)
class Publication(Published):
    """A published report with what a mail attaches of it: content by file name."""

    attached: Mapping[str, bytes] = field(default_factory=dict)


class ReplacedError(RunError):
    """The folder is no longer what the ledger knows: it was published anew, or removed."""


class DamagedError(RunError):
    """What is in the folder is not what was published."""


def read(reports: Path, folder: str, manifest_sha256: str, formats: Iterable[str]) -> Publication:
    """Read a published report.

    Parameters
    ----------
    reports: the archive.
    folder: of the report, within the archive.
    manifest_sha256: digest of its manifest when it was noted in the ledger.
    formats: what to attach, such as ``pdf``.

    Raises
    ------
    ReplacedError
        If another version, or none, is there by now.
    DamagedError
        If a file is not what was published.
    """
    one = _current(reports / folder, manifest_sha256)
    wanted = [f"{one.report}.{ending}" for ending in formats]
    attached = {name: _file(reports / folder, name) for name in wanted}
    for name, content in attached.items():
        if not one.holds(name, content):
            # It may have been replaced as a whole between two reads, which is no damage.
            _current(reports / folder, manifest_sha256)
            raise DamagedError(f"{folder}/{name} is not what was published")
    return Publication(**vars(one), attached=attached)


def _current(folder: Path, manifest_sha256: str) -> Published:
    """What is in the folder, if it is still what the ledger knows."""
    one = listing.read(folder)
    if one is None and (folder / listing.MANIFEST).exists():
        raise DamagedError(f"{folder.parent.name}/{folder.name}: its manifest cannot be read")
    if one is None:
        raise ReplacedError("it was removed from the archive before it was sent")
    if one.manifest_sha256 != manifest_sha256:
        raise ReplacedError("it was published anew before it was sent")
    return one


def _file(folder: Path, name: str) -> bytes:
    try:
        return listing.read_file(folder / name)
    except OSError:
        return b""
