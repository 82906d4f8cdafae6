"""Addresses and texts in the headers of a mail: whatever they hold, they are one address, one line.

Text from reports, configuration and servers gets into a header only as one line without controls,
so nothing that a row of the record says can become a header.
"""

from __future__ import annotations

import re
from email.headerregistry import Address

from analysis.errors import UsageError
from analysis.plain_text import one_line
from analysis.schedule.settings import Mail

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_SENDER = re.compile(r"(?:(?P<name>[^<>]*) )?<(?P<address>[^<>]+)>")
_LONGEST_NAME = 60


def sender_address(mail: Mail) -> str:
    """Return the address of the sender without the name."""
    return checked(sender(mail)[1])


def sender_domain(mail: Mail) -> str:
    """Return the domain of the sender, in which a desk's names for things are."""
    return sender_address(mail).rpartition("@")[2]


def sender(mail: Mail) -> tuple[str, str]:
    """Return name and address of the sender; whatever the name holds, it is no second address."""
    match = _SENDER.fullmatch(mail.sender)
    return (match["name"] or "", match["address"]) if match else ("", mail.sender)


def header_text(text: str) -> str:
    """Return text fit for a header. "=?" goes apart: mail programs would decode what follows it.

    >>> header_text("=?utf-8?q?x=0D=0ABcc:_all@example.org?=")
    '= ?utf-8?q?x=0D=0ABcc:_all@example.org?='
    """
    return one_line(text).replace("=?", "= ?")


def named(name: str, address: str) -> Address:
    """Return an address with the name of whoever has it, quoted where it has to be.

    Raises
    ------
    UsageError
        If it could be anything but one address.
    """
    # Quotation marks of its own could end those that it is put into.
    plain = header_text(name.replace('"', "'").replace("\\", "/"))[:_LONGEST_NAME].strip(" '")
    try:
        return Address(display_name=plain, addr_spec=checked(address))
    except ValueError:  # what Python finds wrong with it, such as a dot that nothing precedes
        raise _no_address(address) from None


def checked(address: str) -> str:
    """Return the address, if a header and the server can read it in one way only.

    Raises
    ------
    UsageError
        If not.
    """
    if not _ADDRESS.fullmatch(address) or "=?" in address:
        raise _no_address(address)
    return address


def _no_address(address: str) -> UsageError:
    return UsageError(f"{one_line(repr(address))} is not a mail address.")
