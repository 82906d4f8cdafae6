"""A desk of one's own: `brinkwatch init` lays it out, `--upgrade` brings its notebooks up to date.

The desk keeps its record and notebooks in a repository of its own and takes a new version of
brinkwatch by installing it. What a desk was given is noted, so that a notebook that somebody edited
is never overwritten.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from analysis.checkout import SHIPPED, is_desk
from analysis.errors import UsageError

#: Where a desk notes what it was given.
GIVEN = ".brinkwatch.json"

#: Tables that an empty desk has with our rows: places and groups.
REFERENCE = ("sites.csv", "actors.csv")

README = """\
# A desk of brinkwatch

| folder | holds |
| --- | --- |
| `data/` | the record; what each column means is in its README.md |
| `notebooks/` | the reports; edit them, or write one: `brinkwatch new NAME` |
| `comments/` | an analyst's comment on a report of a day: `comments/brief/YYYY-MM-DD.md` |
| `reports/` | what is published |
| `brinkwatch.toml` | what is made when, and who gets it |

```
brinkwatch check                          # the record
brinkwatch run brief --as-of YYYY-MM-DD   # a report
brinkwatch new ships                      # a report of your own
brinkwatch due; brinkwatch deliver; brinkwatch status
```

Run them anywhere in this folder. While you work on a report, `brinkwatch watch ships` shows it
in the browser; `run` publishes, and each remake that comes out otherwise is a new edition, which
says what differs. After `pip install -U brinkwatch`, `brinkwatch init --upgrade` brings the
notebooks up to date that nobody edited, and names the others.

**A record of your own** (`brinkwatch init DIR --empty`) begins with four files in `data/`:
`attacks.csv` (one row an event), `coverage.csv` (which days somebody watched; without it nothing is
counted), `campaigns.toml` (what reports count since, and what they are called; take out what is not
yours) and `sources.csv` (who your publishers are). `brinkwatch check` names what is missing.

`brinkwatch.toml` is an example with readers at example.org: change it before `brinkwatch due` and
`deliver` are called. Without `[[schedule]]` and `[[subscription]]` nothing is owed to anybody.

Keep outputs out of the repository: notebooks are stored without them, once per clone, by
`git config filter.notebook.clean "jupyter nbconvert --clear-output --stdin --stdout"`.
"""
GITIGNORE = "/intake/\n/reports/*\n!/reports/.gitkeep\n.ipynb_checkpoints/\n"
GITATTRIBUTES = "* text=auto eol=lf\n*.ipynb filter=notebook\n"


def init(folder: Path, empty: bool = False) -> list[Path]:
    """Lay out a desk; return its files.

    Parameters
    ----------
    folder: a new folder, or one that holds nothing, but for a repository.
    empty: without our rows, but with places, groups and campaigns.

    Raises
    ------
    UsageError
        If there is something in the folder.
    """
    if folder.exists() and (
        not folder.is_dir() or any(path.name != ".git" for path in folder.iterdir())
    ):
        raise UsageError(
            f"{folder} is not empty; name a new folder, or give --upgrade if it is a desk."
        )
    files = {
        "README.md": README.encode(),
        ".gitignore": GITIGNORE.encode(),
        ".gitattributes": GITATTRIBUTES.encode(),
        "brinkwatch.toml": (SHIPPED / "brinkwatch.example.toml").read_bytes(),
        "comments/.gitkeep": b"",
        "reports/.gitkeep": b"",
        **dict(_record(empty)),
        **_notebooks(),
        GIVEN: _note(),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [folder / name for name in files]


def upgrade(folder: Path) -> tuple[list[Path], list[Path]]:
    """Bring the notebooks of a desk up to date; return those renewed, and those left as edited.

    Raises
    ------
    UsageError
        If the folder is no desk.
    """
    if not is_desk(folder):
        raise UsageError(f"{folder} is no desk: it has no notebooks/ or no data/campaigns.toml.")
    given = _given(folder)
    renewed, edited = [], []
    for name, content in _notebooks().items():
        path = folder / name
        now = path.read_bytes() if path.is_file() else None
        if now == content:
            continue
        if now is None or given.get(name) == _digest(now):
            temporary = path.with_name(f".{path.name}")
            temporary.write_bytes(content)
            temporary.replace(path)
            renewed.append(path)
        else:
            edited.append(path)
    kept = {path.relative_to(folder).as_posix(): given.get(path.relative_to(folder).as_posix())
            for path in edited}  # fmt: skip
    (folder / GIVEN).write_bytes(_note({name: digest for name, digest in kept.items() if digest}))
    return renewed, edited


def _record(empty: bool) -> Iterator[tuple[str, bytes]]:
    """The files of the record by name, with their rows or without."""
    for path in sorted((SHIPPED / "data").iterdir()):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if empty and path.suffix == ".csv" and path.name not in REFERENCE:
            content = content.partition(b"\n")[0] + b"\n"
        yield f"data/{path.name}", content


def _notebooks() -> dict[str, bytes]:
    paths = sorted((SHIPPED / "notebooks").glob("*.ipynb"))
    return {f"notebooks/{path.name}": path.read_bytes() for path in paths}


def _note(instead: dict[str, str] | None = None) -> bytes:
    """What a desk was given, by the SHA-256 of each notebook."""
    digests = {name: _digest(content) for name, content in _notebooks().items()}
    return (json.dumps({"notebooks": digests | (instead or {})}, indent=2) + "\n").encode()


def _given(folder: Path) -> dict[str, str]:
    try:
        noted: dict[str, str] = json.loads((folder / GIVEN).read_text("utf-8"))["notebooks"]
    except (OSError, ValueError, KeyError):
        return {}
    return noted


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
