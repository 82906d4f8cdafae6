"""Is this what was published, and by whom: the findings of `brinkwatch verify`.

What is believed is the ledger of the archive that whoever asks has named, and the certificates that
they trust; never a ledger or a manifest that lies beside what is asked about, which anyone can
write. A published folder is held against its manifest, and the manifest against that ledger; a
signed PDF against its signature; any other file against what the ledger has noted as published.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from analysis.deliver import validation
from analysis.deliver.validation import Certificate
from analysis.errors import RunError, UsageError
from analysis.plain_text import ordinal
from analysis.publish import archive, layout, listing, reading
from analysis.publish.reading import MANIFEST, Published
from analysis.schedule import ledger, notes
from analysis.schedule.clock import moment

#: Where a document ends before what was added to it begins.
_END = re.compile(rb"%%EOF\r?\n?")

#: What is said of what only its own manifest vouches for.
_BY_ITS_MANIFEST = "matches the manifest beside it, which anyone can write"


class Verdict(Enum):
    """What a finding comes to, with the exit code of a command that has come to it."""

    GOOD = 0
    BAD = 1
    CANNOT_TELL = 4


#: How a line begins that tells of a verdict.
_MARKS = {Verdict.GOOD: "ok ", Verdict.BAD: "BAD", Verdict.CANNOT_TELL: "?  "}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and whether it is as it was published."""

    what: str
    verdict: Verdict
    message: str

    @property
    def good(self) -> bool:
        """Whether it is as it was published."""
        return self.verdict is Verdict.GOOD

    def __str__(self) -> str:
        # A file may be called anything; on a terminal its name must do nothing.
        what = "".join(letter if letter.isprintable() else "?" for letter in self.what)
        return f"{_MARKS[self.verdict]}  {what}: {self.message}"


def worst(findings: Sequence[Finding]) -> Verdict:
    """Return what several findings come to: bad if one is, good if all are."""
    verdicts = {finding.verdict for finding in findings}
    order = (Verdict.BAD, Verdict.CANNOT_TELL)
    return next((verdict for verdict in order if verdict in verdicts), Verdict.GOOD)


@dataclass(frozen=True)
class _Noted:
    """What the ledger knows: the manifest's digest by folder, and what was withdrawn, and why.

    If it cannot tell, `why_not`.
    """

    digests: dict[str, str]
    withdrawn: dict[str, str] = field(default_factory=dict)
    why_not: str = ""

    def knows(self, one: Published) -> bool:
        """Whether a report was published with this very manifest."""
        digest = one.manifest_sha256
        return digest in self.withdrawn or digest in self.digests.values()

    def remark(self, one: Published) -> str:
        """When and why a report was withdrawn, to be added to what is said of it; else empty."""
        said = self.withdrawn.get(one.manifest_sha256)
        return f"; {said}" if said else ""

    def contradicts(self, one: Published) -> bool:
        """Whether another was published under this name, which it has not replaced."""
        replaced = listing.editions(one)[:-1] if one.folder == one.home else []
        known = {one.manifest_sha256, *(before.manifest_sha256 for before in replaced)}
        return self.digests.get(one.name, one.manifest_sha256) not in known


def verify(
    path: Path, reports: Path, trusted: Sequence[Certificate] = (), now: dt.datetime | None = None
) -> list[Finding]:
    """Return what is found about a folder or a file; it is good if all of it is.

    Parameters
    ----------
    path: a published folder, a folder of several, a signed PDF, or a file of a published report.
    reports: the archive whose ledger is believed about what was published.
    trusted: certificates that vouch for whoever signs, and those of signers who are believed.
    now: the moment of which this is asked; that of the clock if None.

    Raises
    ------
    UsageError
        If there is nothing at that path, or nothing that could have been published.
    """
    if path.is_dir():
        noted = _noted(reports)
        homes = _homes(path)
        folders = [one for home in homes for one in (home, *layout.kept(home).values())]
        return [finding for folder in folders for finding in _folder(folder, noted)]
    if not path.is_file():
        raise UsageError(f"There is no file or folder {path}.")
    content = path.read_bytes()
    if validation.is_signed(content):
        return [_signed(path, content, reports, trusted, now or moment())]
    return [_unsigned(path, content, reports)]


def _homes(path: Path) -> list[Path]:
    """The published folder at a path, or those of a report or of a whole archive."""
    path = path.resolve()
    if not (path / MANIFEST).exists():
        for depth in ("[!.]*", "[!.]*/[!.]*"):
            if any(path.glob(f"{depth}/{MANIFEST}")):
                below = sorted(path.glob(depth))
                return [folder for folder in below if folder.is_dir() and not folder.is_symlink()]
        if not any(child.is_file() for child in path.iterdir()):
            raise UsageError(f"{path} holds no published report.")
    return [path]


def _folder(folder: Path, noted: _Noted) -> list[Finding]:
    """Every file of a published folder that is not what its manifest says, or that all are."""
    name = layout.name_of(folder)
    one = reading.read(folder)
    if one is None:
        there = (folder / MANIFEST).exists()
        why = "cannot be read as a manifest" if there else "is missing"
        return [Finding(f"{name}/{MANIFEST}", Verdict.BAD, why)]
    faults = [*_faults_in_files(one), *_faults_in_manifest(one, noted)]
    if faults:
        return [Finding(f"{name}/{file}", Verdict.BAD, why) for file, why in faults]
    if noted.knows(one):
        message = f"{len(one.files)} files are as published, as the ledger noted it"
        message += noted.remark(one)
        return [Finding(name, Verdict.GOOD, message)]
    return [Finding(name, Verdict.CANNOT_TELL, f"{_BY_ITS_MANIFEST}; {_unnoted(noted)}")]


def _unnoted(noted: _Noted) -> str:
    return noted.why_not or "the ledger has not noted it, as `brinkwatch due` would"


def _faults_in_files(one: Published) -> Iterator[tuple[str, str]]:
    """Name of each file that differs, is missing or is extra, and which of these it is."""
    there = {path.relative_to(one.folder).as_posix(): path for path in one.folder.rglob("*")}
    earlier = [*layout.kept(one.folder).values()]
    there = {name: path for name, path in there.items() if not {path, *path.parents} & {*earlier}}
    folders = {name.rpartition("/")[0] for name in one.files}
    folders |= {layout.EDITIONS for _ in earlier}
    for name in sorted(one.files):
        if name not in there:
            yield name, "is missing"
        elif not _holds(one, name):
            yield name, "is not what was published"
    for name in sorted(there.keys() - one.files.keys() - folders - {MANIFEST}):
        yield name, "was not published"


def _holds(one: Published, name: str) -> bool:
    try:
        return one.holds(name, reading.read_file(one.folder / name))
    except OSError:
        return False


def _faults_in_manifest(one: Published, noted: _Noted) -> Iterator[tuple[str, str]]:
    """What speaks against the manifest itself: the ledger, and the report's own facts."""
    if noted.contradicts(one):
        yield MANIFEST, "is not the one that the ledger has noted"
    with suppress(OSError, ValueError, KeyError, TypeError):
        facts = json.loads(reading.read_file(one.folder / "facts.json"))
        if (facts["as_of"], facts["parameters"]) != (one.as_of, one.parameters):
            yield MANIFEST, "has another as-of date or other parameters than the report's facts"


def _noted(reports: Path) -> _Noted:
    """What the ledger of an archive has noted; it is read only, and cannot tell where it is not."""
    if not (reports / ledger.FILE).exists():
        why = f"{reports} has no ledger; name the archive it is of with --reports"
        return _Noted({}, why_not=why)
    try:
        with closing(ledger.look(reports)) as connection:
            return _Noted(notes.noted(connection), notes.withdrawn(connection))
    except RunError as reason:
        return _Noted({}, why_not=str(reason).rstrip("."))


def _signed(
    path: Path, content: bytes, reports: Path, trusted: Sequence[Certificate], now: dt.datetime
) -> Finding:
    """Whether a document with a signature is as it was signed, by a signer who is believed."""
    what, signature = str(path), validation.examine(content, trusted, now)
    if signature.fault:
        return Finding(what, Verdict.BAD, signature.fault)
    at = f"{signature.at:%Y-%m-%d %H:%M} UTC" if signature.at else "a time that it does not state"
    by = ", as a timestamp says," if signature.proven else ""
    who = f"signed by {signature.name!r} at {at}{by} and not changed since"
    if not signature.trusted:
        lacks = "no trusted certificate vouches for the signer"
        how = "" if trusted else "; name one with --trust, or as signers under [signing]"
        return Finding(what, Verdict.BAD, f"{who}, but {lacks}{how}")
    if not signature.pinned and not all(one.ca for one in trusted):
        return Finding(what, Verdict.BAD, f"{who}, but the signer is none of those named")
    if not signature.pinned:
        lacks = "whoever a trusted authority vouches for could have signed it"
        how = "name the signer's own certificate as signers under [signing], or with --trust"
        return Finding(what, Verdict.CANNOT_TELL, f"{who}, but {lacks}; {how}")
    if signature.doubt:
        return Finding(what, Verdict.CANNOT_TELL, f"{who}, but {signature.doubt}")
    revisions = [_sha256(content[: end.end()]) for end in _END.finditer(content)]
    source = _published_as(revisions, _editions(reports), _noted(reports))
    return Finding(what, Verdict.GOOD, f"{who}; made from {source}" if source else who)


def _unsigned(path: Path, content: bytes, reports: Path) -> Finding:
    """Whether a file is one of a published report: any that the ledger has noted."""
    what, noted, digest = str(path), _noted(reports), _sha256(content)
    known = _editions(reports)
    if source := _published_as([digest], known, noted):
        return Finding(what, Verdict.GOOD, f"is {source}")
    # A file of a figure lies in a folder of the report's.
    above = filter(None, (reading.read(folder) for folder in path.resolve().parents[:2]))
    said = [one for one in [*above, *known] if not [*_faults_in_manifest(one, noted)]]
    if any(digest in one.files.values() for one in said):
        return Finding(what, Verdict.CANNOT_TELL, f"{_BY_ITS_MANIFEST}; {_unnoted(noted)}")
    return Finding(what, Verdict.BAD, "has no signature, and is no file of a published report")


def _editions(reports: Path) -> list[Published]:
    """All editions that an archive holds, of each report the newest first."""
    newest = [*listing.published(reports), *listing.published(reports / archive.WITHDRAWN)]
    return [edition for one in newest for edition in reversed(listing.editions(one))]


def _published_as(digests: Sequence[str], known: Iterable[Published], noted: _Noted) -> str:
    """Which published file has one of these digests, in words; empty if none has."""
    for one in filter(noted.knows, known):
        for name, digest in one.files.items():
            if digest in digests:
                said = _and_replaced(one) + noted.remark(one)
                return f"{one.name}/{name} as published{said}"
    return ""


def _and_replaced(one: Published) -> str:
    """Which edition has replaced one since; empty for the newest."""
    newest = listing.editions(one)[-1]
    return "" if one.folder == one.home else f"; the {ordinal(newest.number)} edition replaced it"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
