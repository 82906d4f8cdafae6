"""What the process that runs a report finds in its environment: the same wherever it runs."""

from __future__ import annotations

import os
from pathlib import Path

#: This package's own folder of packages: the kernel imports the same code as this process.
PACKAGES = Path(__file__).resolve().parents[3]


def python_path() -> str:
    """`PYTHONPATH` for a process that imports the same code as this one."""
    inherited = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    return os.pathsep.join([str(PACKAGES), *map(os.path.abspath, inherited)])


def fixed_environment(scratch: Path) -> dict[str, str]:
    """Variables of the caller, but for those that could change a page.

    Parameters
    ----------
    scratch: an existing folder for what has to lie somewhere while the process runs.
    """
    style = scratch / "matplotlibrc"
    style.touch()
    return os.environ | {
        "PYTHONPATH": python_path(),
        "PYTHONHASHSEED": "0",
        "PYTHONSTARTUP": "",
        "TMPDIR": str(scratch),
        "IPYTHONDIR": str(scratch / "ipython"),
        "MATPLOTLIBRC": str(style),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        # With several threads, sums of floating point numbers depend on the machine's cores.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # Arrow would start a thread when it is loaded, and only what has one thread can be forked.
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
    }
