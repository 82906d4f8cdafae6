"""Why the numbers of two editions differ, for who is told of a correction.

The reasons are those of `brinkwatch archive compare`. They take the record, which is read once, and
only if there is something to explain; where it cannot be read, or is another by now than the later
edition was made from, or the facts are not those that were published, there are none: a mail does
not wait for that.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.deliver.publication import Explain
from analysis.errors import BrinkwatchError
from analysis.publish.reading import Published, read_file

if TYPE_CHECKING:
    from analysis.record import Record


def explaining(data: Path | None) -> Explain:
    """Return what says of two editions why their numbers differ, by a record.

    Parameters
    ----------
    data: folder of the record; None for no reasons.
    """
    found: dict[tuple[str, str], tuple[str, ...]] = {}

    @cache
    def record() -> Record | None:
        from analysis.record import read

        with suppress(BrinkwatchError, OSError):
            return None if data is None else read(data)
        return None

    def explain(before: Published, after: Published) -> tuple[str, ...]:
        pair = before.manifest_sha256, after.manifest_sha256
        if pair not in found:
            known = record()
            found[pair] = () if known is None else _reasons(before, after, known)
        return found[pair]

    return explain


def _reasons(before: Published, after: Published, record: Record) -> tuple[str, ...]:
    from analysis.display.reasons import by_reason
    from analysis.publish.comparison import FACTS, compare_editions

    with suppress(BrinkwatchError, OSError):
        if not all(one.holds(FACTS, read_file(one.folder / FACTS)) for one in (before, after)):
            return ()
        if comparison := compare_editions(before.folder, after.folder, record):
            return tuple(by_reason(comparison.found, comparison.names))
    return ()
