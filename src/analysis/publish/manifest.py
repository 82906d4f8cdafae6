"""The two files of a published report that are for machines: facts.json and manifest.json."""

from __future__ import annotations

import hashlib
import json
import platform
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.checkout import COUNTRIES
from analysis.errors import RunError
from analysis.parameters import CORRECTION
from analysis.publish.catalogue import Report, beside, cells
from analysis.publish.pdf import pango_version, subsetting_version
from analysis.publish.reading import MANIFEST, read

if TYPE_CHECKING:
    from analysis.publish.memory import Subject
    from analysis.publish.page import Page

#: Libraries that shape the bytes of a report: another version may set a line or round a number
#: differently.
LIBRARIES = (
    "fontpkg-public-sans",
    "fonttools",
    "geopandas",
    "jinja2",
    "matplotlib",
    "mistune",
    "nbconvert",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pillow",
    "pyarrow",
    "pydyf",
    "scipy",
    "scoringrules",
    "seaborn",
    "shapely",
    "statsmodels",
    "uharfbuzz",
    "weasyprint",
)

#: What a manifest repeats of the page, for those who list it or send it.
SAID_FIRST = ("title", "marking", "bottom_line", "key_figures")

#: What it repeats besides, of a page that has it.
_SAID_BESIDES = ("campaign", "events")

#: Endings of the files of this package, and of the map's, that decide what a page looks like.
_CODE = (".py", ".toml", ".j2", ".css", ".json", ".geojson")

#: Parts of the package that change no byte of a report.
_NO_PAGES = (
    *("cli.py", "options.py", "archive_commands.py", "record_commands.py"),
    *("desk.py", "doctor.py"),
    *("intake/", "schedule/", "deliver/", "shipped/"),
    *(
        "publish/cards.py",
        "publish/cluster.py",
        "publish/comparison.py",
        "publish/file_system.py",
        "publish/finding.py",
        "publish/fleet.py",
        "publish/index.py",
        "publish/lists.py",
        "publish/lock.py",
        "publish/memory.py",
        "publish/mentions.py",
        "publish/new.py",
        "publish/preview.py",
        "publish/remembered.py",
        "publish/templates/archive/",
        "publish/watch.py",
        "publish/weeks.py",
        "publish/workers.py",
    ),
)


def facts_file(report: str, parameters: Mapping[str, Any], facts: Mapping[str, Any]) -> bytes:
    """The content of facts.json: every number of the page with its unit and evidence."""
    return _as_json(
        {
            "report": report,
            "as_of": parameters.get("as_of"),
            "parameters": dict(parameters),
            "facts": dict(facts),
        }
    )


def inputs(
    report: Report,
    parameters: Mapping[str, Any],
    about: Subject,
    made_by: Mapping[str, Any],
    comment: str | None = None,
) -> dict[str, Any]:
    """Everything that decides what a report looks like; equal inputs give equal bytes.

    Parameters
    ----------
    report: the report that is run.
    parameters: values of all its parameters.
    about: its campaign, the SHA-256 of the record as visible on the as-of date, its rows.
    made_by: see :func:`code_and_versions`.
    comment: SHA-256 of the analyst's comment, if there is one.
    """
    return {
        "report": report.name,
        "as_of": parameters.get("as_of"),
        "parameters": dict(parameters),
        "campaign": about.campaign,
        "data": about.digest,
        "rows": dict(about.rows),
        "census": dict(about.census),
        **({} if comment is None else {"comment": comment}),
        **made_by,
    }


#: What :func:`code_and_versions` says, as a manifest has it.
MADE_BY = ("code", "versions")


def code_and_versions(report: Report) -> dict[str, Any]:
    """What makes a report: the digest of its code, and the versions of what that builds on."""
    return {
        "code": code_digest(report),
        "versions": {
            "python": platform.python_version(),
            "pango": pango_version(),
            "harfbuzz-subset": subsetting_version(),
            "zlib": zlib.ZLIB_RUNTIME_VERSION,
            **_versions(),
        },
    }


@cache
def _versions() -> dict[str, str]:
    """Of what is installed, which is what this process has loaded or would load."""
    return {name: version(name) for name in LIBRARIES}


def manifest_file(made_from: Mapping[str, Any], page: Page, files: Mapping[str, bytes]) -> bytes:
    """The content of manifest.json: what a report was made from, what it says first, its files.

    Parameters
    ----------
    made_from: see :func:`inputs`.
    page: what the page says of itself; lists and mails repeat it.
    files: content of the other files of the report by their names within its folder.
    """
    said = {name: getattr(page, name) for name in SAID_FIRST}
    said |= {name: more for name in _SAID_BESIDES if (more := getattr(page, name))}
    return _as_json({**made_from, "page": said, "files": digests(files)})


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file of a report but its manifest, by name."""
    names = sorted(files.keys() - {MANIFEST})
    return {name: hashlib.sha256(files[name]).hexdigest() for name in names}


def is_current(folder: Path, made_from: Mapping[str, Any]) -> bool:
    """Whether a published folder was made from these inputs and is as it was published.

    What it says of the edition before does not count: that follows from the two of them.
    """
    one = read(folder)
    try:
        return (
            one is not None
            and deciding(one.made_from) == deciding(made_from)
            and all(one.holds(name, (folder / name).read_bytes()) for name in one.files)
        )
    except OSError:
        return False


def deciding(made_from: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that decide what a report says.

    What its page says of the edition before follows from the two; and which rows there are, from
    the digest of the record.
    """
    parameters = dict(made_from["parameters"])
    parameters.pop(CORRECTION, None)
    decide = {name: value for name, value in made_from.items() if name != "census"}
    return {**decide, "parameters": parameters}


def code_digest(report: Report) -> str:
    """SHA-256 of the code that makes a report: package, map, the notebook's cells and what it uses.

    It uses modules beside it, and pictures that its text names. Outputs that somebody left in the
    notebook are no code and do not count.
    """
    digest = hashlib.sha256()
    for name, content in _code(report):
        digest.update(f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode())
    return digest.hexdigest()


def _code(report: Report) -> Iterator[tuple[str, bytes]]:
    """Name and content of everything that decides what the pages of a report look like."""
    for folder in (Path(__file__).resolve().parents[1], COUNTRIES.parent):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.suffix in _CODE and not name.startswith(_NO_PAGES):
                yield f"{folder.name}/{name}", path.read_bytes()
    written = [astuple(cell) for cell in cells(report.notebook)]
    yield report.notebook.name, json.dumps(written).encode()
    for path in beside(report.notebook):
        yield path.name, path.read_bytes()


def _as_json(content: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as reason:
        raise RunError(f"A fact or a parameter is no plain value: {reason}.") from None
    return f"{text}\n".encode()
