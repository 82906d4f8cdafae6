"""The rows of a workbook as its cells hold them: Excel's, new and old, and LibreOffice's own."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from analysis.errors import UsageError

#: How a workbook begins: one that is a ZIP, one of Excel before 2007.
BEGINNINGS = (b"PK", b"\xd0\xcf\x11\xe0")


def sheets(content: bytes) -> Iterator[Sequence[Sequence[object]]]:
    """The rows of each sheet, from its first row and column on.

    Where cells are joined over several rows, each of them says what the first does; but a number
    is of all of them together, and stays with the first.

    Raises
    ------
    UsageError
        If it is no workbook.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            rows: list[Any] = sheet.to_python(skip_empty_area=False)
            for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
                for row in rows[top + 1 : bottom + 1]:
                    if not isinstance(rows[top][left], (int, float)):
                        row[left] = rows[top][left]
            yield rows
    except CalamineError as reason:
        raise UsageError(
            f"This is no workbook that can be read: {reason}. If it has a password, save it "
            "without one; if it is packed, unpack it."
        ) from None
