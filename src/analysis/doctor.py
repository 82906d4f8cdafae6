"""What a machine needs to make reports, what it lacks, and how to get it."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from analysis.errors import RunError

#: Packages without which there is no page: by import name, as pip calls them.
PACKAGES = {
    "fontpkg_public_sans": "fontpkg-public-sans",
    "ipykernel": "ipykernel",
    "matplotlib": "matplotlib",
    "nbconvert": "nbconvert",
    "pandas": "pandas",
    "papermill": "papermill",
    "weasyprint": "weasyprint",
}

#: How to get the libraries that set type, by the package manager that a machine has.
INSTALL_PANGO = {
    "apt-get": "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "dnf": "sudo dnf install pango",
    "apk": "sudo apk add pango harfbuzz-subset",
    "brew": "brew install pango; export DYLD_FALLBACK_LIBRARY_PATH=$(brew --prefix)/lib",
}


@dataclass(frozen=True)
class Finding:
    """One thing that reports need: whether this machine has it, and what to do if not."""

    what: str
    good: bool
    remedy: str

    def __str__(self) -> str:
        return f"ok       {self.what}" if self.good else f"missing  {self.what}: {self.remedy}"


def examine(reports: Path) -> list[Finding]:
    """Look at this machine; one finding for each thing that a report needs."""
    return [_python(), _packages(), _pango(), _fonts(), _shared(), _archive(reports)]


def _python() -> Finding:
    have = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        f"Python 3.11 or newer (this is {have})",
        sys.version_info >= (3, 11),
        "install a newer Python and make a new environment with it",
    )


def _packages() -> Finding:
    lacking = [name for module, name in PACKAGES.items() if find_spec(module) is None]
    what = f"Python packages ({', '.join(lacking or PACKAGES.values())})"
    return Finding(what, not lacking, f"{sys.executable} -m pip install {' '.join(lacking)}")


def _pango() -> Finding:
    """Whether WeasyPrint can be imported, for that loads every library which it needs."""
    from analysis.publish.pdf import pango_version

    try:
        return Finding(f"the libraries that set type (pango {pango_version()})", True, "")
    except (RunError, ImportError) as reason:
        return Finding(
            "the libraries that set type", False, f"{_install_pango()}\n         {reason}"
        )


def _install_pango() -> str:
    here = [command for manager, command in INSTALL_PANGO.items() if shutil.which(manager)]
    return " or ".join(here or INSTALL_PANGO.values())


def _fonts() -> Finding:
    from analysis import typefaces

    try:
        folder = next(iter(typefaces.static_faces().values())).parent
    except (ImportError, OSError) as reason:
        remedy = f"{sys.executable} -m pip install fontpkg-public-sans fonttools ({reason})"
        return Finding(f"the typeface {typefaces.FAMILY}", False, remedy)
    return Finding(f"the typeface {typefaces.FAMILY} (in {folder})", True, "")


def _shared() -> Finding:
    """Whether processes can wait for each other, as those of a fleet do."""
    from analysis.publish.workers import why_nothing_is_shared

    return Finding("what several processes share", not why_nothing_is_shared(),
                   f"{why_nothing_is_shared()}; until then, brinkwatch fleet --jobs 1")  # fmt: skip


def _archive(reports: Path) -> Finding:
    """Whether one may write where reports go, or where their folder would be made."""
    above = (reports.absolute(), *reports.absolute().parents)
    existing = next(path for path in above if path.exists())
    try:
        with TemporaryDirectory(dir=existing):
            return Finding(f"a folder for reports ({reports})", True, "")
    except OSError as reason:
        remedy = f"give another with --reports ({existing}: {reason.strerror})"
        return Finding(f"a folder for reports ({reports})", False, remedy)
