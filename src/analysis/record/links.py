"""Whether the pages that the record cites can still be read: the one thing that asks the network.

It is done only when it is asked for. Nothing is kept of a page but whether it answered.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

#: So many pages are asked for at a time, and so many seconds each may take.
_AT_ONCE, _PATIENCE = 8, 20.0

#: What some servers answer to a question for the head of a page alone.
_NO_HEADS = {403, 405, 501}


def broken_links(
    addresses: Iterable[str], patience: float = _PATIENCE
) -> Iterator[tuple[str, str]]:
    """Yield the addresses whose page does not answer, in their order, each with why.

    Parameters
    ----------
    addresses: of pages; only those of the web are asked for, the others are named.
    patience: seconds that a page may take.
    """
    wanted = list(dict.fromkeys(addresses))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = pool.map(lambda address: _why_not(address, patience), wanted)
        yield from ((address, why) for address, why in zip(wanted, answers, strict=True) if why)


def _why_not(address: str, patience: float) -> str:
    """Why a page cannot be read; nothing where it can."""
    if urlsplit(address).scheme not in ("http", "https"):
        return "is no address of the web"
    why = ""
    for method in ("HEAD", "GET"):
        try:
            _ask(method, address, patience)
        except urllib.error.HTTPError as answer:
            why = f"answers {answer.code}"
            if answer.code not in _NO_HEADS:
                return why
        except (OSError, ValueError, http.client.HTTPException) as reason:
            return f"does not answer: {getattr(reason, 'reason', reason)}"
        else:
            return ""
    return why


def _ask(method: str, address: str, patience: float) -> None:
    """Ask for a page; nothing is read of it."""
    request = urllib.request.Request(address, method=method, headers={"User-Agent": "brinkwatch"})
    with urllib.request.urlopen(request, timeout=patience):
        pass
