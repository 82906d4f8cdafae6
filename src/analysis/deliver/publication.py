"""A published report as a mail needs it: what it says first, and the files to attach.

Every byte is checked against the manifest, and the manifest against the ledger: what was changed
after it was published is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.deliver.first_figure import Picture, first_figure
from analysis.errors import RunError
from analysis.plain_text import one_line, ordinal
from analysis.publish import reading
from analysis.publish.editions import (
    Change,
    Comparison,
    compared,
    content_of,
    only_made_otherwise,
    reasons,
    said_of,
)
from analysis.publish.listing import editions
from analysis.publish.reading import Published


@dataclass(frozen=True)
class Correction:
    """What a reader is told who got an earlier edition.

    Parameters
    ----------
    said: which edition they had, how much differs, and why.
    changes: the numbers that differ most visibly: what was said, what is right.
    reasons: why numbers differ, with the rows that made them differ.
    before: what its bottom line said and the new one does not.
    """

    said: str
    changes: tuple[Change, ...] = ()
    reasons: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Publication(Published):
    """A published report as a mail needs it.

    Parameters
    ----------
    attached: what the mail attaches of it: content by file name.
    corrected: there if the mail corrects what its reader got before.
    called_for: why it was made, if on a condition; see :mod:`analysis.schedule.triggers`.
    figure: the first of its page, for the body; None if it has none.
    link: to its page, where readers find it; else empty.
    """

    attached: Mapping[str, bytes] = field(default_factory=dict)
    corrected: Correction | None = None
    called_for: str = ""
    figure: Picture | None = None
    link: str = ""


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
    return Publication(**vars(one), attached=attached, figure=first_figure(one))


#: Why the numbers of two editions differ, the earlier first: a line a reason, none if not known.
Explain = Callable[[Published, Published], tuple[str, ...]]


def corrected(one: Published, manifest_sha256: str, explain: Explain) -> Correction | None:
    """Return what is told of an edition to who got an earlier one.

    None if newer software alone made it, and both say the same.

    Parameters
    ----------
    one: the edition to be sent.
    manifest_sha256: digest of the manifest of the one that was sent.
    explain: says why two editions differ; see :func:`analysis.deliver.explaining.explaining`.
    """
    sent = next((old for old in editions(one) if old.manifest_sha256 == manifest_sha256), None)
    if sent is None:
        return Correction(one.correction or "It replaces the edition that you were sent.")
    comparison = compared(content_of(sent), content_of(one))
    if comparison.is_the_same and only_made_otherwise(sent.made_from, one.made_from):
        return None
    had = f"You were sent the {ordinal(sent.number)} edition of this report."
    return Correction(
        one_line(f"{had} {_why(one, comparison)}"),
        tuple(comparison.changes),
        explain(sent, one),
        tuple(sentence for sentence in sent.bottom_line if sentence not in one.bottom_line),
    )


def _why(one: Published, comparison: Comparison) -> str:
    """What differs and why; in the words of the page, if somebody chose them."""
    if one.correction and one.correction != said_of(comparison):
        return one.correction
    because = " ".join(reasons(comparison.before.made_from, comparison.after.made_from))
    return f"In the {comparison.headline}. {because}"


def _current(folder: Path, manifest_sha256: str) -> Published:
    """What is in the folder, if it is still what the ledger knows."""
    one = reading.read(folder)
    if one is None and (folder / reading.MANIFEST).exists():
        raise DamagedError(f"{folder.parent.name}/{folder.name}: its manifest cannot be read")
    if one is None:
        raise ReplacedError("it was removed from the archive before it was sent")
    if one.manifest_sha256 != manifest_sha256:
        raise ReplacedError("it was published anew before it was sent")
    return one


def _file(folder: Path, name: str) -> bytes:
    try:
        return reading.read_file(folder / name)
    except OSError:
        return b""
