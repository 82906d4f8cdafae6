"""What logs in to a mail server or a mailbox: the password of the user, where it can be sent."""

from __future__ import annotations

from analysis.errors import UsageError
from analysis.schedule.config import secret
from analysis.schedule.settings import Inbox, Mail


def password(server: Mail | Inbox) -> str | None:
    """Return the password for a server; None if the configuration has none.

    Raises
    ------
    UsageError
        If it is not where the configuration says, or it or the user cannot be sent: Python's
        clients know no other letters than ASCII, and what they say of others repeats them.
    """
    found = secret(server.password_env, server.password_file)
    for what, said in (("user", server.user), ("password", found)):
        if said and not said.isascii():
            raise UsageError(f"The {what} for {server.host} has letters that no login can send.")
    return found
