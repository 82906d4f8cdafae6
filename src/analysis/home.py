"""A home for this process where its account has none, as in containers: Jupyter asks for one."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def have_a_home() -> None:
    """See to it that there is a home folder: the account's, else a new one, gone at the end."""
    try:
        Path.home()
    except RuntimeError:
        folder = tempfile.mkdtemp(prefix="brinkwatch-home-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["HOME"] = folder
