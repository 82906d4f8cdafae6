"""WeasyPrint, whose C libraries are opened by the names that the system's loader knows.

It tries several names for each, and for every one that fails Python would have a process list all
libraries there are: 22 times. Where one is found in no other way, that is done after all.
"""

import ctypes.util
from contextlib import suppress

_search = ctypes.util.find_library
ctypes.util.find_library = lambda name: None
try:
    with suppress(OSError):
        import weasyprint
finally:
    ctypes.util.find_library = _search

import weasyprint  # noqa: E402

__all__ = ["weasyprint"]
