"""How a reader gets no more mail: an address to write to, or one click that says whose it was.

A link that is the same for everybody unsubscribes nobody, so a click is offered only with a token
of each reader's own: their address, and a signature that nobody can make who has not the secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from analysis.errors import UsageError
from analysis.schedule.config import secret
from analysis.schedule.settings import TOKEN, Mail


@dataclass(frozen=True)
class WayOut:
    """Where a reader unsubscribes, and whether a click does it, as RFC 8058 has it."""

    link: str
    one_click: bool = False


def way_out(mail: Mail, address: str) -> WayOut | None:
    """Return how a reader unsubscribes; None if the configuration says nothing of it.

    Raises
    ------
    UsageError
        If the secret is not where the configuration says.
    """
    if mail.unsubscribe is None:
        return None
    if TOKEN not in mail.unsubscribe:
        return WayOut(mail.unsubscribe)
    key = secret(mail.unsubscribe_secret_env, mail.unsubscribe_secret_file)
    if not key:
        raise UsageError("The secret for the links by which readers unsubscribe is empty.")
    return WayOut(mail.unsubscribe.replace(TOKEN, token(address, key)), one_click=True)


def token(address: str, key: str) -> str:
    """Return the token of a reader: the address and its HMAC-SHA-256, each in base64 for links.

    Whoever has the key can tell by it who unsubscribes.

    >>> token("reader@example.org", "a secret")
    'cmVhZGVyQGV4YW1wbGUub3Jn.A1qgDNG1obYqHv2vxZJ9dQ'
    """
    mac = hmac.new(key.encode(), address.encode(), hashlib.sha256).digest()[:16]
    return ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (address.encode(), mac)
    )
