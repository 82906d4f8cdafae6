"""Timestamps (RFC 3161): of when a signature is, by the word of a server and not of the signer."""

from __future__ import annotations

import asyncio
import urllib.request
from typing import Any

from asn1crypto import tsp  # type: ignore[import-untyped]
from pyhanko.sign.timestamps.api import TimeStamper

#: How long a server may take to answer, in seconds, and how many bytes an answer may have.
_PATIENCE, _LONGEST = 30, 1_000_000


#: pyHanko's class, whose constructor has no types.
_TimeStamper: Any = TimeStamper


class TimestampServer(_TimeStamper):  # type: ignore[misc]
    """A server that puts its time and its signature under a digest.

    What it answers is checked by pyHanko, which asks for it.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    async def async_request_tsa_response(self, req: Any) -> Any:
        """Ask; an OSError says why there is no answer."""
        return await asyncio.to_thread(self._ask, req.dump())

    def _ask(self, question: bytes) -> Any:
        headers = {"Content-Type": "application/timestamp-query"}
        asked = urllib.request.Request(self.url, question, headers)
        with urllib.request.urlopen(asked, timeout=_PATIENCE) as answer:
            if answer.headers.get_content_type() != "application/timestamp-reply":
                raise OSError("it answers something else than a timestamp")
            return tsp.TimeStampResp.load(answer.read(_LONGEST))
