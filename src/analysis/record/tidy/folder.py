"""The folder of a record: what is mended in its tables, and what is left."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from analysis.errors import Fault
from analysis.record.csv_text import bytes_of, in_lines, parse_strings
from analysis.record.reading import check
from analysis.record.tables import TABLES, came_later, file_name, kinds
from analysis.record.tidy.doubts import doubts
from analysis.record.tidy.usual import composed, emptied, shortened
from analysis.record.tidy.whole import tidied, unquoted
from analysis.record.tidy.writing import Rewritten
from analysis.record.tidy.zeros import noughts_dropped, zeros_restored

#: What is told of a file that is good, and written otherwise than the record's.
UNQUOTED = "fields stand in quotation marks that they do not need"
LACKS_ZEROS = "{number} degrees lack the zeros at their end: {was} was {now}"
HAS_WORDS_FOR_NOTHING = "{number} texts are {was!r} where nothing stands, and no text is empty"
HAS_PARTS = "{number} texts hold letters in parts, such as {was!r}; written {now!r} they are whole"
HAS_REST = "{number} degrees hold what a calculation left: {was} is {now}"
HAS_NOUGHTS = "{number} counts have noughts before them: {was} is {now}"

#: How a good file is written as the record's are, in this order, and what is said of each.
_USUAL = (
    (emptied, HAS_WORDS_FOR_NOTHING),
    (composed, HAS_PARTS),
    (shortened, HAS_REST),
    (zeros_restored, LACKS_ZEROS),
    (noughts_dropped, HAS_NOUGHTS),
)


class Tidying(NamedTuple):
    """What there is to do in a folder.

    Parameters
    ----------
    files: those that are written anew.
    mended: a fault for all that is mended in them.
    left: what is wrong and cannot be mended without knowing more, or may be wrong.
    """

    files: list[Rewritten]
    mended: list[Fault]
    left: list[Fault]


def tidying(data: Path) -> Tidying:
    """Find what can be mended in a record as it is saved.

    Parameters
    ----------
    data: the folder that holds the tables.
    """
    faults = check(data)
    broken = {fault.file for fault in faults if fault.tidy}
    left = {fault.file for fault in faults if not fault.tidy and fault.kind == "fault"}
    files, mended, doubtful = [], [fault for fault in faults if fault.tidy], []
    for table in TABLES:
        path = data / file_name(table)
        if not path.exists():
            continue
        before = bytes_of(path)
        after = tidied(path.name, table, before).content if path.name in broken else None
        if path.name not in left:
            after, messages = _as_usual(table, before, after)
            mended += [Fault(path.name, 0, "", message, tidy=True) for message in messages]
            doubtful += _doubts(table, before if after is None else after)
        if after is not None:
            files.append(Rewritten(path, before, after))
    return Tidying(files, mended, [*(fault for fault in faults if not fault.tidy), *doubtful])


def _doubts(table: str, content: bytes) -> list[Fault]:
    rows, _ = parse_strings(
        file_name(table), in_lines(content), list(kinds(table)), came_later(table)
    )
    return [] if rows is None else list(doubts(table, rows))


def _as_usual(table: str, before: bytes, mended: bytes | None) -> tuple[bytes | None, list[str]]:
    """A good table written as the record's are, and what is said of it; None where it is so.

    Parameters
    ----------
    table: a name in `TABLES`.
    before: the file as it is.
    mended: the same without its faults, if it had any.
    """
    after, messages = mended, []
    if mended is None and (plain := unquoted(before)) is not None:
        after, messages = plain, [UNQUOTED]
    for rewrite, message in _USUAL:
        if found := rewrite(table, in_lines(before if after is None else after)):
            after = found.content
            messages.append(message.format(**found._asdict()))
    return after, messages
