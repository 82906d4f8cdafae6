"""The typeface of figures and pages: Public Sans, from a pinned package, never from the machine.

Fonts of the machine differ from one to the next, and so would every line break. The package
ships variable fonts; print and figures need static ones, the web wants WOFF2. Both are made
once and kept in the user's cache folder.
"""

from __future__ import annotations

import atexit
import base64
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

FAMILY = "Public Sans"

#: Weight and style of a face, as CSS says them.
Face = tuple[int, str]

#: Faces that figures and print may use; a page that asks for another gets the nearest of these.
STATIC_FACES: tuple[Face, ...] = (
    (400, "normal"),
    (600, "normal"),
    (700, "normal"),
    (400, "italic"),
)

#: Raise it when the way in which faces are made changes: a new number is a new cache folder.
RECIPE = 1

#: The file of a cache folder that says what its other files hold.
_DIGESTS = ".digests.json"

_VARIABLE_FILES = {"normal": "PublicSans[wght].ttf", "italic": "PublicSans-Italic[wght].ttf"}


def static_faces() -> dict[Face, Path]:
    """TrueType files of the static faces, for matplotlib and for the PDF.

    Returns
    -------
    dict
        Path of the file by (weight, style), such as ``(600, "normal")``. All are in one folder
        that holds no other font.
    """
    folder = _made("static", _make_static_faces)
    return {face: folder / _static_name(face) for face in STATIC_FACES}


def web_faces() -> dict[str, str]:
    """The variable fonts by style, for HTML pages: WOFF2 in base64; weights 100 to 900."""
    folder = _made("web", _make_web_faces)
    files = {style: folder / _web_name(style) for style in _VARIABLE_FILES}
    return {style: base64.b64encode(path.read_bytes()).decode() for style, path in files.items()}


def _make_static_faces(folder: Path) -> None:
    from fontTools.varLib.instancer import instantiateVariableFont

    for weight, style in STATIC_FACES:
        variable = _variable_font(style)
        static = instantiateVariableFont(variable, {"wght": weight}, updateFontNames=True)
        static.save(folder / _static_name((weight, style)))


def _make_web_faces(folder: Path) -> None:
    for style in _VARIABLE_FILES:
        font = _variable_font(style)
        font.flavor = "woff2"
        font.save(folder / _web_name(style))


def _variable_font(style: str) -> Any:
    import fontpkg_public_sans
    from fontTools.ttLib import TTFont

    path = Path(fontpkg_public_sans.ROOT) / "files" / _VARIABLE_FILES[style]
    return TTFont(path, recalcTimestamp=False)


def _static_name(face: Face) -> str:
    weight, style = face
    return f"public-sans-{weight}-{style}.ttf"


def _web_name(style: str) -> str:
    return f"public-sans-{style}.woff2"


@cache
def _made(kind: str, make: Callable[[Path], None]) -> Path:
    """The folder of one kind of file, filled by `make` if it is not in the cache yet."""
    name = f"{kind}-{RECIPE}-{version('fontpkg-public-sans')}-{version('fonttools')}"
    try:
        return _filled(platformdirs.user_cache_path("brinkwatch") / name, make)
    except (OSError, RuntimeError):
        # No home, a full disk, a read-only one: this process makes its own.
        own = tempfile.mkdtemp(prefix="brinkwatch-fonts-")
        atexit.register(shutil.rmtree, own, ignore_errors=True)
        return _filled(Path(own) / name, make)


def _filled(folder: Path, make: Callable[[Path], None]) -> Path:
    """Fill a folder beside its place and rename it, so that nobody meets half of one.

    One of which a file is missing, empty or changed, as cleaners and full disks leave them, is made
    anew: a broken font ends the process, and a changed one prints other digits.
    """
    if _is_whole(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as parent:
        beside = Path(parent) / folder.name
        beside.mkdir()
        make(beside)
        (beside / _DIGESTS).write_text(json.dumps(_digests(beside)))
        if folder.is_dir():
            with suppress(OSError):  # another run was faster to take it away
                folder.rename(Path(parent) / "broken")
        try:
            beside.rename(folder)
        except OSError:
            # Another run was faster: a folder that holds something cannot be renamed onto.
            if not _is_whole(folder):
                raise
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether a folder holds the files that were put into it, byte for byte."""
    try:
        said = json.loads((folder / _DIGESTS).read_bytes())
        return bool(said) and _digests(folder) == said
    except (OSError, ValueError):
        return False


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name != _DIGESTS
    }
