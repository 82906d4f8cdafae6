"""Where the desk lies that a command works on, and what the package brings along.

A desk is a folder with notebooks/ and data/, and beside them comments/, reports/ and
brinkwatch.toml. It is found by walking up from the current folder, as git finds a repository; a
checkout of this project is one, too, and what its own code works on where no other is found.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def is_desk(folder: Path) -> bool:
    """Whether a folder is a desk."""
    return (folder / "notebooks").is_dir() and (folder / "data" / "campaigns.toml").is_file()


def desk_of(folder: Path) -> Path | None:
    """The desk that a folder is, or lies in; None where there is none."""
    return next((one for one in (folder, *folder.parents) if is_desk(one)), None)


def _brought_along() -> Path:
    """The notebooks, record and map of this version: of the checkout, or within the wheel."""
    shipped = _PACKAGE / "shipped"
    return shipped if shipped.is_dir() else _PACKAGE.parents[1]


#: What the package brings along.
SHIPPED = _brought_along()


def _at_work() -> Path:
    """The desk of the current folder; else the checkout; else that folder, which is none yet."""
    here = Path.cwd()
    return desk_of(here) or (here if SHIPPED.name == "shipped" else SHIPPED)


#: The desk that commands and notebooks work on.
CHECKOUT = _at_work()

#: Land and borders that maps draw and places are held against; see data/geo/README.md.
COUNTRIES = SHIPPED / "data" / "geo" / "countries.geojson"
