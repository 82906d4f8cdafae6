"""Several files written anew: all of them, or none if one cannot be."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from analysis.errors import RunError


class Rewritten(NamedTuple):
    """A file, what it holds and what it is to hold."""

    path: Path
    before: bytes
    after: bytes


def write_all(files: Sequence[Rewritten]) -> None:
    """Write files anew, or leave all of them as they were.

    Parameters
    ----------
    files: with what was read of them; one that holds something else by now is not overwritten.

    Raises
    ------
    RunError
        If a file was saved by somebody else meanwhile.
    OSError
        If one cannot be written.
    """
    with ExitStack() as stack:
        staged = [(one.path.resolve(), one, _beside(one.path.resolve(), one.after, stack))
                  for one in files]  # fmt: skip
        for target, one, _ in staged:
            if target.read_bytes() != one.before:
                raise RunError(
                    f"{one.path} was changed meanwhile, so nothing is written; try again"
                )
            if not os.access(target, os.W_OK):
                raise PermissionError(f"{one.path} may not be written, so nothing is")
        replaced: list[tuple[Path, bytes]] = []
        try:
            for target, one, new in staged:
                os.replace(new, target)
                replaced.append((target, one.before))
        except OSError:
            for target, before in replaced:
                os.replace(_beside(target, before, stack), target)
            raise


def _beside(target: Path, content: bytes, stack: ExitStack) -> Path:
    """Write into a new file in the same folder, on the disk when this returns."""
    number, name = tempfile.mkstemp(prefix=".tidy-", dir=target.parent)
    path = Path(name)
    stack.callback(path.unlink, missing_ok=True)
    with open(number, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    shutil.copymode(target, path)
    return path
