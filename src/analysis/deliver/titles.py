"""What reports are called in mails: in the subject, as files, and how large they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.deliver.publication import Publication
from analysis.plain_text import one_line, ordinal

_LONGEST_TITLE = 120


def subject(publications: Sequence[Publication], marking: str) -> str:
    """Title, parameters, day, edition, why it was made, marking; of several how many they are."""
    newest = max(publication.as_of for publication in publications)
    corrects = publications[0].corrected is not None
    if len(publications) == 1:
        correction = "Correction: " if corrects else ""
        (one,) = publications
        why = f": {cut(one.called_for)}" if one.called_for else ""
        edition = f", {ordinal(one.number)} edition" if one.number > 1 else ""
        title = f"{cut(one.title)}{cut(_variant(one))}"
        what = f"{correction}{title}, as of {newest}{edition}{why}"
    else:
        kind = "corrected" if corrects else "new"
        what = f"{len(publications)} {kind} reports, the newest as of {newest}"
    return f"{what} [{marking}]"


def _variant(one: Publication) -> str:
    """The parameters that tell a report from others of its title; its marking stands elsewhere."""
    told = one.title.casefold().replace("-", " ")
    others = {name: str(value) for name, value in one.variant.items() if name != "marking"}
    return "".join(
        f", {one_line(name).replace('_', ' ')} {one_line(value)}"
        for name, value in others.items()
        if value.casefold().replace("-", " ") not in told
    )


def cut(title: str) -> str:
    """A title that leaves room in a subject for what comes after it."""
    line = one_line(title)
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}…"


def file_name(publication: Publication, name: str) -> str:
    """A name that tells one report from the next in a folder of downloads.

    The folder's part holds the parameters: ``site-2023-11-30--site_id=al-tanf.pdf``. A later
    edition has its number: ``brief-2024-01-29-edition-2.pdf``.
    """
    stem, _, ending = name.rpartition(".")
    number = publication.number
    edition = f"-edition-{number}" if number > 1 else ""
    full = f"{stem}-{publication.folder.name}{edition}.{ending}"
    return re.sub(r"[^A-Za-z0-9._=+-]+", "-", full)


def size_of(count: int) -> str:
    """Return a number of bytes as readers have it.

    >>> size_of(263_000), size_of(1_640_000)
    ('263\\xa0kB', '1.6\\xa0MB')
    """
    kilobytes = max(1, round(count / 1000))
    return (
        f"{kilobytes}\N{NO-BREAK SPACE}kB"
        if kilobytes < 1000
        else (f"{kilobytes / 1000:.1f}\N{NO-BREAK SPACE}MB")
    )
