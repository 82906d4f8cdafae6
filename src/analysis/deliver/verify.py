"""Is this what was published, and by whom: the findings of `brinkwatch verify`.

A published folder is held against its manifest, and the manifest against the ledger that noted
it; a signed PDF against its signature; any other file against what the archive has published.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.deliver import validation
from analysis.deliver.validation import Certificate
from analysis.errors import RunError, UsageError
from analysis.plain_text import ordinal
from analysis.publish import listing
from analysis.publish.listing import MANIFEST, Published
from analysis.schedule import ledger, notes

#: Where a document ends before what was added to it begins.
_END = re.compile(rb"%%EOF\r?\n?")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and whether it is as it was published."""

    what: str
    good: bool
    message: str

    def __str__(self) -> str:
        # A file may be called anything; on a terminal its name must do nothing.
        what = "".join(letter if letter.isprintable() else "?" for letter in self.what)
        return f"{'ok ' if self.good else 'BAD'}  {what}: {self.message}"


def verify(path: Path, reports: Path, trusted: Sequence[Certificate] = ()) -> list[Finding]:
    """Return what is found about a folder or a file; it is good if all of it is.

    Parameters
    ----------
    path: a published folder, a folder of several, a signed PDF, or a file of a published report.
    reports: the archive, which knows what was published.
    trusted: certificates that vouch for whoever signs.

    Raises
    ------
    UsageError
        If there is nothing at that path, or nothing that could have been published.
    """
    if path.is_dir():
        folders = _folders(path)
        noted = _noted(listing.archive_of(folders[0]))
        return [finding for folder in folders for finding in _folder(folder, noted)]
    if not path.is_file():
        raise UsageError(f"There is no file or folder {path}.")
    content = path.read_bytes()
    if validation.is_signed(content):
        return [_signed(path, content, reports, trusted)]
    return [_unsigned(path, content, reports)]


def _folders(path: Path) -> list[Path]:
    """The published folder at a path, or those of a report or of a whole archive.

    Each with the editions that it has replaced.
    """
    return [one for home in _homes(path) for one in (home, *listing.kept(home).values())]


def _homes(path: Path) -> list[Path]:
    path = path.resolve()
    if not (path / MANIFEST).exists():
        for depth in ("[!.]*", "[!.]*/[!.]*"):
            if any(path.glob(f"{depth}/{MANIFEST}")):
                below = sorted(path.glob(depth))
                return [folder for folder in below if folder.is_dir() and not folder.is_symlink()]
        if not any(child.is_file() for child in path.iterdir()):
            raise UsageError(f"{path} holds no published report.")
    return [path]


def _folder(folder: Path, noted: Mapping[str, str]) -> list[Finding]:
    """Every file of a published folder that is not what its manifest says, or that all are."""
    name = listing.name_of(folder)
    one = listing.read(folder)
    if one is None:
        there = (folder / MANIFEST).exists()
        why = "cannot be read as a manifest" if there else "is missing"
        return [Finding(f"{name}/{MANIFEST}", False, why)]
    faults = [*_faults_in_files(one), *_faults_in_manifest(one, noted)]
    if faults:
        return [Finding(f"{name}/{file}", False, why) for file, why in faults]
    is_noted = one.manifest_sha256 in noted.values()
    known = "as the ledger noted it" if is_noted else "which no ledger here has noted"
    message = f"{len(one.files)} files are as published, by their manifest, {known}"
    return [Finding(name, True, message)]


def _faults_in_files(one: Published) -> Iterator[tuple[str, str]]:
    """Name of each file that differs, is missing or is extra, and which of these it is."""
    there = {path.relative_to(one.folder).as_posix(): path for path in one.folder.rglob("*")}
    earlier = [*listing.kept(one.folder).values()]
    there = {name: path for name, path in there.items() if not {path, *path.parents} & {*earlier}}
    folders = {name.rpartition("/")[0] for name in one.files}
    folders |= {listing.EDITIONS for _ in earlier}
    for name in sorted(one.files):
        if name not in there:
            yield name, "is missing"
        elif not there[name].is_file() or not one.holds(name, there[name].read_bytes()):
            yield name, "is not what was published"
    for name in sorted(there.keys() - one.files.keys() - folders - {MANIFEST}):
        yield name, "was not published"


def _faults_in_manifest(one: Published, noted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What speaks against the manifest itself: the ledger, and the report's own facts."""
    if not _is_noted(one, noted):
        yield MANIFEST, "is not the one that the ledger has noted"
    with suppress(OSError, ValueError, KeyError, TypeError):
        facts = json.loads((one.folder / "facts.json").read_bytes())
        if (facts["as_of"], facts["parameters"]) != (one.as_of, one.parameters):
            yield MANIFEST, "has another as-of date or other parameters than the report's facts"


def _is_noted(one: Published, noted: Mapping[str, str]) -> bool:
    """Whether the ledger has noted this manifest, another that it has replaced, or none."""
    replaced = listing.editions(one)[:-1] if one.folder == one.home else []
    known = {one.manifest_sha256, *(before.manifest_sha256 for before in replaced)}
    return noted.get(one.name, one.manifest_sha256) in known


def _noted(reports: Path) -> dict[str, str]:
    """Digest of each manifest as the ledger of an archive has noted it, by folder.

    A copy of an archive has no ledger, and whoever may only read one cannot open it.
    """
    try:
        with closing(ledger.look(reports)) as connection:
            return notes.noted(connection)
    except RunError:
        return {}


def _noted_of(one: Published) -> dict[str, str]:
    return _noted(listing.archive_of(one.folder))


def _signed(path: Path, content: bytes, reports: Path, trusted: Sequence[Certificate]) -> Finding:
    """Whether a document with a signature is as it was signed, by somebody who is trusted."""
    signature = validation.examine(content, trusted)
    if signature.fault:
        return Finding(str(path), False, signature.fault)
    at = f"{signature.at:%Y-%m-%d %H:%M} UTC" if signature.at else "a time that it does not state"
    who = f"signed by {signature.name!r} at {at} and not changed since"
    if not signature.trusted:
        lacks = "no trusted certificate vouches for the signer"
        how = "" if trusted else "; name one with --trust, or as trust under [signing]"
        return Finding(str(path), False, f"{who}, but {lacks}{how}")
    revisions = [_sha256(content[: end.end()]) for end in _END.finditer(content)]
    source = _published_as(revisions, listing.published(reports))
    return Finding(str(path), True, f"{who}; made from {source}" if source else who)


def _unsigned(path: Path, content: bytes, reports: Path) -> Finding:
    """Whether a file is one of a published report: of its own folder's, or any in the archive."""
    # A file of a figure lies in a folder of the report's.
    above = (listing.read(folder) for folder in path.resolve().parents[:2])
    known = [*filter(None, above), *listing.published(reports)]
    source = _published_as([_sha256(content)], known)
    if source:
        return Finding(str(path), True, f"is {source}")
    return Finding(str(path), False, "has no signature, and is no file of a published report")


def _published_as(digests: Sequence[str], known: Sequence[Published]) -> str:
    """Which published file has one of these digests, in words; empty if none has."""
    for one in (edition for newest in known for edition in reversed(listing.editions(newest))):
        for name, digest in one.files.items():
            if digest in digests and not any(_faults_in_manifest(one, _noted_of(one))):
                return f"{one.name}/{name} as published{_and_replaced(one)}"
    return ""


def _and_replaced(one: Published) -> str:
    """Which edition has replaced one since; empty for the newest."""
    newest = listing.editions(one)[-1]
    return "" if one.folder == one.home else f"; the {ordinal(newest.number)} edition replaced it"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
