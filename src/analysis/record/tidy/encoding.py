"""From a file's bytes to lines in UTF-8, whatever encoding a program saved it in."""

from __future__ import annotations

import codecs
import re

from analysis.errors import Fault
from analysis.record.csv_fields import of_another_encoding
from analysis.record.csv_text import in_lines

# What of Windows-1252 a text in a Western European language holds: letters without those of Iceland
# (where Windows in Turkey has its own), without the two that betray UTF-8 read as Windows-1252;
# quotes, dashes and the like; the space that does not break and the hyphen that is not seen.
_LETTERS = "ÀÁÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŠŽŒßàáâãäåæçèéêëìíîïñòóôõöøùúûüšžœ"
_MARKS = "‘’‚“”„–—…•·«»¡¿°€£§\xa0\xad"
_USUAL = re.compile(f"[\x00-\x7f{_LETTERS}{_MARKS}]*")
# A word of nothing but such letters is in another alphabet; where a capital or a currency stands
# within a word, the Macintosh has a small letter.
_CAPITALS = "".join(letter for letter in _LETTERS if letter.isupper())
_STRANGE = re.compile(f"[{_LETTERS}]{{3}}|[a-z][{_CAPITALS}°€£§¡¿•„…][a-z]")

# Ends of lines as they are left once CR LF has become LF: twice a CR, or nothing else.
_OTHER_ENDS = {b"\r\n": "CR CR LF", b"\r": "CR"}

_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def in_utf_8(file: str, raw: bytes) -> tuple[bytes, list[Fault]]:
    """Return lines in UTF-8, and a fault for what was not.

    Bytes of which it cannot be told what letters they were are left. The column of a fault is not
    known here.

    Examples
    --------
    >>> in_utf_8("a.csv", b"caf\\xe9")[0].decode()
    'café\\n'
    """
    if encoding := _wide(raw):
        return _from_utf_16(file, raw, encoding)
    content, faults = in_lines(raw), []
    for ending, name in _OTHER_ENDS.items():
        if ending in content and (ending != b"\r" or b"\n" not in content[:-1]):
            content = in_lines(content.replace(ending, b"\n"))
            faults.append(Fault(file, 1, "", f"the lines end in {name}; save with LF", tidy=True))
    if content.isascii() or _is_utf_8(content):
        return content, faults
    lines, of_lines = _from_windows_1252(file, content.split(b"\n"))
    return b"\n".join(lines), [*faults, *of_lines]


def _wide(raw: bytes) -> str:
    """Return which UTF-16 this is, with its mark or without; nothing if it is none."""
    if marked := _UTF_16.get(raw[:2]):
        return marked
    for encoding, high in (("utf-16-le", raw[1:40:2]), ("utf-16-be", raw[0:40:2])):
        if len(high) > 1 and not any(high):
            return encoding
    return ""


def _from_utf_16(file: str, raw: bytes, encoding: str) -> tuple[bytes, list[Fault]]:
    wrong = "the file is in UTF-16"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return b"", [Fault(file, 0, "", f"{wrong}, and breaks off in a letter; save it anew")]
    content = in_lines(text.encode())
    return content, [Fault(file, 1, "", f"{wrong}; save it as UTF-8", tidy=True)]


def _from_windows_1252(file: str, lines: list[bytes]) -> tuple[list[bytes], list[Fault]]:
    odd = [number for number, line in enumerate(lines) if not line.isascii()]
    foreign = [number for number in odd if not _is_utf_8(lines[number])]
    if any(_is_windows_1252(lines[number]) for number in set(odd) - set(foreign)):
        return lines, []  # which of the two are these?
    if not all(_is_windows_1252(lines[number]) for number in foreign):
        return lines, []  # what some lines are not, none is: a program saves all in one encoding
    read, faults = list(lines), []
    for number in foreign:
        text = lines[number].decode("cp1252")
        read[number] = text.encode()
        position = next(place for place, letter in enumerate(text) if not letter.isascii())
        wrong = of_another_encoding(lines[number][position : position + 1], position + 1)
        faults.append(Fault(file, number + 1, "", f"{wrong}; save as UTF-8", tidy=True))
    return read, faults


def _is_windows_1252(line: bytes) -> bool:
    try:
        text = line.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return bool(_USUAL.fullmatch(text)) and not _STRANGE.search(text)


def _is_utf_8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
