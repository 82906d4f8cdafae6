"""WeasyPrint, whose C libraries are opened by the names that the system's loader knows."""

import ctypes.util
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

from analysis.lean import named_instead


def loaded() -> Any:
    """The module.

    It tries several names for each library, and for every one that fails Python would have a
    process list all libraries there are: 22 times. Where one is found in no other way, that is
    done after all.

    Raises
    ------
    OSError
        If one is not found.
    """
    if "weasyprint" not in sys.modules:
        with (
            suppress(OSError),
            named_instead(vars(ctypes.util), "find_library", lambda name: None),
        ):
            return import_module("weasyprint")
    return import_module("weasyprint")
