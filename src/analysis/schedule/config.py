"""brinkwatch.toml: where it is, what it says, and where the secrets are that it names.

The file is checked like the data: every fault with its line. Secrets are never in it; it names
the environment variable or the file that holds one, and `secret` looks there when it is needed.
"""

from __future__ import annotations

import os
from pathlib import Path

from analysis.checkout import CHECKOUT
from analysis.errors import Fault, RecordError, UsageError
from analysis.schedule.checking import read_config
from analysis.schedule.settings import Config
from analysis.toml_text import dotted, line_of, read_toml

FILE = "brinkwatch.toml"

#: Environment variable that names the file.
VARIABLE = "BRINKWATCH_CONFIG"


def find(path: Path | None = None) -> Path:
    """Return where the configuration is: as given, $BRINKWATCH_CONFIG, here, or the checkout.

    Raises
    ------
    UsageError
        If there is none.
    """
    found = _found(path)
    if found is not None:
        return found
    raise UsageError(
        f"There is no {FILE} here or in {CHECKOUT}; "
        "start from brinkwatch.example.toml, or name one with --config."
    )


def _found(path: Path | None) -> Path | None:
    if path is not None:
        return path
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    beside = (folder / FILE for folder in (Path.cwd(), CHECKOUT))
    return next((file for file in beside if file.exists()), None)


def load_if_any(path: Path | None = None, notebooks: Path | None = None) -> Config | None:
    """Read what `find` would find; None if there is none. `notebooks` as in `load`."""
    found = _found(path)
    return None if found is None else load(found, notebooks)


def load(path: Path, notebooks: Path | None = CHECKOUT / "notebooks") -> Config:
    """Read the configuration.

    Parameters
    ----------
    path: the file.
    notebooks: folder of the reports that there are; if None, whether there are such reports and
        parameters is not looked at, which is quick.

    Raises
    ------
    RecordError
        If the file does not check; it lists every fault with its line.
    """
    content, lines = read_toml(path)
    config, notes = read_config(path, content, notebooks)
    if config is None:
        faults = {Fault(path.name, line_of(at, lines), dotted(at), what) for at, what in notes}
        raise RecordError(sorted(faults))
    return config


def secret(env: str | None, file: Path | None) -> str | None:
    """Return a secret from where the configuration says that it is; None if it says nothing.

    Raises
    ------
    UsageError
        If the variable is not set, or the file cannot be read or is empty.
    """
    if env is not None:
        if not os.environ.get(env):
            raise UsageError(f"The environment variable {env}, which holds a secret, is not set.")
        return os.environ[env]
    if file is not None:
        try:
            # Some editors put a mark before the first letter, which nobody sees.
            said = file.read_text(encoding="utf-8-sig").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as reason:
            why = getattr(reason, "strerror", None) or "it is not in UTF-8"
            raise UsageError(f"The secret in {file} cannot be read: {why}.") from None
        if not said:
            raise UsageError(f"The secret in {file} is empty.")
        return said
    return None
