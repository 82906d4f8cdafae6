"""What the folder of a published report is called: by its day, and by what is not the default.

Values are spelled in letters, digits, ``.``, ``-`` and ``_``, which need no escape in an address, a
shell or the name of an attachment. Older archives have them as in addresses, with ``%3A``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from analysis.parameters import CORRECTION, MARKINGS

#: Parameters that are no part of a folder's name. The day comes first; since when changes are
#: counted, or what was corrected, makes another edition of a report, not another report.
_UNNAMED = ("as_of", "since", CORRECTION)

#: What separates the parameters in a name.
_BETWEEN = "--"

#: What becomes one hyphen in a value, as two stand between two parameters.
_ELSE = re.compile(r"[^A-Za-z0-9._]+")

#: How many letters of a value a name has, and of the digest that tells it from others like it.
_LONGEST, _DIGEST = 60, 8


def folder_name(parameters: Mapping[str, object], defaults: Mapping[str, object]) -> str:
    """Name of a report's folder: its as-of date, and each parameter that is not the default.

    `since` and `correction` are never part of it.

    Parameters
    ----------
    parameters: plain values of all parameters; `as_of` as an ISO date.
    defaults: what the notebook sets, in the notebook's order.

    >>> folder_name({"as_of": "2023-11-30", "site_id": "al-tanf"}, {"as_of": None, "site_id": ""})
    '2023-11-30--site_id=al-tanf'
    """
    return _joined({name: spelled(value) for name, value in _named(parameters, defaults).items()},
                   parameters)  # fmt: skip


def folder_of(
    place: Path, parameters: Mapping[str, object], defaults: Mapping[str, object]
) -> Path:
    """The folder of a report among those of its kind: that of an older archive, if it is there."""
    old = _joined({name: _as_it_was(value) for name, value in _named(parameters, defaults).items()},
                  parameters)  # fmt: skip
    there = place / old
    return there if there.is_dir() else place / folder_name(parameters, defaults)


def spelled(value: object) -> str:
    """Return a parameter's value as the name of a folder has it.

    A marking needs no more than its letters. Where other values would look alike, or are longer
    than names should be, a digest tells them apart.

    >>> spelled(14), spelled("TLP:AMBER+STRICT"), spelled("Al Udeid, Qatar")
    ('14', 'TLP-AMBER-STRICT', 'Al-Udeid-Qatar.1fa2d53c')
    """
    text = str(value)
    plain = _ELSE.sub("-", text)[:_LONGEST].rstrip("-")
    if plain == text or text in MARKINGS:
        return plain
    return f"{plain}.{hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]}"


def variant(name: str, parameters: Mapping[str, object]) -> dict[str, object] | None:
    """Return the parameters that a folder's name tells; None if they have other values.

    >>> variant("2024-01-29--window_days=14", {"window_days": 14, "marking": "TLP:CLEAR"})
    {'window_days': 14}
    >>> variant("2024-01-29--window_days=14 (copy)", {"window_days": 14})
    """
    told = {}
    for part in name.split(_BETWEEN)[1:]:
        parameter, _, value = part.partition("=")
        if parameter not in parameters:
            return None
        meant = parameters[parameter]
        if value not in (spelled(meant), _as_it_was(meant), str(meant)):
            return None
        told[parameter] = meant
    return told


def _named(parameters: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    return {
        name: parameters[name]
        for name, default in defaults.items()
        if name not in _UNNAMED and parameters[name] != default
    }


def _joined(values: Mapping[str, str], parameters: Mapping[str, object]) -> str:
    parts = (f"{name}={value}" for name, value in values.items())
    return _BETWEEN.join([str(parameters["as_of"]), *parts])


def _as_it_was(value: object) -> str:
    return quote(str(value), safe="+")
