"""Handing a message to a webhook: one signed request over a connection of its own.

The headers are those of the Standard Webhooks convention (standardwebhooks.com): an id that is
always the same for the same message, the time of the attempt, and a signature over both and the
body. What is said to it decides: taken (2xx), refused for good, refused for now, or, where no
answer came, not answered: then it may have been taken, and whoever takes it can tell by the id.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import datetime as dt
import hmac
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx

from analysis.deliver.answer import LONGEST_REPLY, Answer, Outcome, OutOfReachError
from analysis.deliver.encryption import encryption
from analysis.errors import UsageError
from analysis.plain_text import one_line
from analysis.schedule.config import secret
from analysis.schedule.contradictions import why_not_there
from analysis.schedule.rules import is_loopback, link
from analysis.schedule.settings import Webhook

#: Answers that are about this very message, so that another attempt would get the same. All else
#: may be of a receiver that is being mended.
REFUSALS = (400, 410, 413, 414, 415, 422)

#: Redirections that leave a request what it is.
SAME_REQUEST = (307, 308)

#: So many of them are followed, within the same host.
MOST_REDIRECTIONS = 3

#: After so many messages in a row without an answer, the others wait for a later call.
UNANSWERED_IN_A_ROW = 3

#: How many bytes of an answer are read.
_LONGEST_ANSWER = 10_000

#: How long a connection may take at most, in seconds.
_TO_CONNECT = 10

#: How Teams begins what it says with a good answer where it has not taken a card.
_FAILED = b"Webhook message delivery failed"

#: How long what is said with an answer may take, in seconds.
_TO_READ = 2

#: The shortest and the longest secret of the convention, in bytes.
_SECRET_SIZES = (24, 64)

#: Teams counts a body twice of which it is not told that it is in UTF-8, and refuses it sooner.
_CONTENT_TYPES = {"teams": "application/json; charset=utf-8"}

_PREFIX = "whsec_"


def signature(keys: list[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signatures of a message by each of the keys, as the header has them."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    macs = (hmac.new(key, signed, "sha256").digest() for key in keys)
    return " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in macs)


class Receiver:
    """Where a webhook listens; it hands over one message after another.

    Parameters
    ----------
    webhook: as configured.
    now: the moment of the call; later messages are dated later by as much as passes.

    Raises
    ------
    UsageError
        If address, secret or certificate is not where the configuration says, or cannot be one.
    """

    def __init__(self, webhook: Webhook, now: dt.datetime) -> None:
        self._webhook, self._now, self._begun = webhook, now, time.monotonic()
        self._url = _address(webhook)
        self._keys = _keys(webhook)
        self._trust = encryption(webhook.ca_file)
        self._unanswered = 0

    def check(self) -> None:
        """Raise OutOfReachError if it has not answered for so often that it is left alone."""
        if self._unanswered >= UNANSWERED_IN_A_ROW:
            raise OutOfReachError(
                f"{self._webhook.address} has not answered {self._unanswered} messages in a row."
            )

    def hand_over(self, message_id: str, body: bytes) -> Answer:
        """Hand over one message.

        Raises
        ------
        OutOfReachError
            If there is no connection, so that it was surely not taken.
        """
        timestamp = int(self._now.timestamp() + time.monotonic() - self._begun)
        headers = {
            "content-type": _CONTENT_TYPES.get(self._webhook.format, "application/json"),
            "user-agent": "brinkwatch",
            "accept-encoding": "identity",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
        }
        if self._keys:
            headers["webhook-signature"] = signature(self._keys, message_id, timestamp, body)
        answer = asyncio.run(self._posted(headers, body))
        self._unanswered = self._unanswered + 1 if answer.outcome is Outcome.UNANSWERED else 0
        return answer

    async def _posted(self, headers: Mapping[str, str], body: bytes) -> Answer:
        patience = self._webhook.timeout.total_seconds()
        try:
            # Not of each step alone: whoever sends a byte now and then would be waited for.
            async with asyncio.timeout(patience) as limit:
                return await self._followed(headers, body, patience, limit)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as reason:
            why = _in_a_sentence(reason)
            raise OutOfReachError(f"{self._webhook.address} is out of reach: {why}.") from None
        except (TimeoutError, httpx.TimeoutException):
            return Answer(Outcome.UNANSWERED, "no answer in time")
        except (httpx.HTTPError, httpx.InvalidURL) as reason:
            return Answer(Outcome.UNANSWERED, _in_a_sentence(reason))

    async def _followed(
        self, headers: Mapping[str, str], body: bytes, patience: float, limit: asyncio.Timeout
    ) -> Answer:
        url = self._url
        limits = httpx.Timeout(patience, connect=min(patience, _TO_CONNECT))
        async with httpx.AsyncClient(
            timeout=limits,
            verify=self._trust,
            # A proxy is for what is elsewhere.
            trust_env=not is_loopback(urlsplit(url).hostname or ""),
        ) as client:
            for _ in range(MOST_REDIRECTIONS + 1):
                async with client.stream("POST", url, content=body, headers=headers) as response:
                    onward = _onward(response)
                    if onward is None:
                        # It has answered in time; what it says with that has a time of its own.
                        limit.reschedule(None)
                        return _answer(response, await _beginning(response), self._now)
                    url = onward
        return Answer(Outcome.REFUSED, f"more than {MOST_REDIRECTIONS} redirections")


def _address(webhook: Webhook) -> str:
    """Where a webhook listens; what is wrong with it is told without it, as it may be secret."""
    url = webhook.url or secret(webhook.url_env, webhook.url_file) or ""
    try:
        url = link(url.strip(), schemes=("https", "http"))
        why = why_not_there(url)
    except ValueError as reason:
        why = str(reason)
    if why:
        raise UsageError(f"The address of {webhook.address} cannot be: {why}.")
    return url


def _keys(webhook: Webhook) -> list[bytes]:
    """The keys of a webhook; several, the newest first, while one takes the place of another."""
    words = (secret(webhook.secret_env, webhook.secret_file) or "").split()
    keys = []
    for word in words:
        try:
            key = base64.b64decode(word.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        least, most = _SECRET_SIZES
        if not word.startswith(_PREFIX) or not least <= len(key) <= most:
            raise UsageError(
                f"The secret of {webhook.address} is none: it is {_PREFIX} and {least} to {most} "
                "bytes in base64."
            )
        keys.append(key)
    if webhook.format == "json" and not keys:
        raise UsageError(f"The secret of {webhook.address} is empty.")
    return keys


def _onward(response: httpx.Response) -> str | None:
    """Where an answer sends the same request to, on the same host; None if nowhere.

    Who was not named in the configuration gets nothing.
    """
    place, location = _place(response), _location(response)
    if response.status_code not in SAME_REQUEST or location is None:
        return None
    return location if urlsplit(location)[:2] == urlsplit(place)[:2] else None


def _place(response: httpx.Response) -> str:
    return str(response.request.url)


def _location(response: httpx.Response) -> str | None:
    """Where an answer redirects to; None if nowhere, or to what is no address."""
    said = response.headers.get("location", "")
    try:
        found = urljoin(_place(response), said)
        return found if said and urlsplit(found).hostname else None
    except ValueError:
        return None


async def _beginning(response: httpx.Response) -> bytes:
    """The first bytes of what is said, as they come, as far as they come soon."""
    said = b""
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_TO_READ):
            # As they come: nothing is unpacked, which could be much more.
            async for piece in response.aiter_raw():
                said += piece
                if len(said) >= _LONGEST_ANSWER:
                    break
    return said


def _answer(response: httpx.Response, said: bytes, now: dt.datetime) -> Answer:
    code = response.status_code
    words = one_line(said.decode("utf-8", "replace"))
    if response.is_success:
        if not _says_no(said):
            return Answer(Outcome.TAKEN, str(code))
        return Answer(Outcome.DEFERRED, f"{code}, but {words}"[:LONGEST_REPLY])
    if location := _location(response) if response.is_redirect else None:
        host = one_line(str(urlsplit(location).hostname))[:LONGEST_REPLY]
        where = f"redirects to {host}, which is not followed"
        return Answer(Outcome.REFUSED, f"{code} {where}; give the address that it has now")
    told = f"{code} {words}".strip()[:LONGEST_REPLY]
    outcome = Outcome.REFUSED if code in REFUSALS else Outcome.DEFERRED
    return Answer(outcome, told, _wait(response.headers.get("retry-after", ""), now))


def _says_no(said: bytes) -> bool:
    """Whether what comes with a good answer says in so many words that nothing was taken.

    >>> _says_no(b'{"ok": false, "error": "channel_not_found"}'), _says_no(b'{"ok": true}')
    (True, False)
    >>> _says_no(b"Webhook message delivery failed with error: 429"), _says_no(b"1")
    (True, False)
    """
    if said.startswith(_FAILED):
        return True
    try:
        found = json.loads(said)
    except ValueError:
        return False
    return isinstance(found, dict) and any(found.get(word) is False for word in ("ok", "success"))


def _wait(said: str, now: dt.datetime) -> dt.timedelta | None:
    """How long whoever answers wants to be left alone: seconds, or until a moment.

    >>> _wait("120", dt.datetime(2024, 1, 30, 6, tzinfo=dt.UTC))
    datetime.timedelta(seconds=120)
    >>> _wait("Tue, 30 Jan 2024 07:00:00 GMT", dt.datetime(2024, 1, 30, 6, tzinfo=dt.UTC))
    datetime.timedelta(seconds=3600)
    """
    if said.isascii() and said.isdecimal():
        return dt.timedelta(seconds=min(int(said[:9]), 10**8))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return max(until - now, dt.timedelta())


def _in_a_sentence(reason: Exception) -> str:
    """Why there is no answer, without the address, which may be secret.

    >>> _in_a_sentence(httpx.ReadError(""))
    'the connection broke'
    """
    if isinstance(reason, httpx.ConnectTimeout):
        return "no connection in time"
    return (one_line(str(reason)) or "the connection broke")[:LONGEST_REPLY].rstrip(".")
