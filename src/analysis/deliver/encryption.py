"""How what is handed to a server is encrypted, and by which certificates it is trusted."""

from __future__ import annotations

import ssl
from pathlib import Path

from analysis.errors import UsageError


def encryption(ca_file: Path | None) -> ssl.SSLContext:
    """Return encryption that trusts the machine's authorities, and those of a file if there is one.

    Raises
    ------
    UsageError
        If the file cannot be read.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        # Authorities of one's own often lack what Python asks for from 3.13 on, and are named here.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as reason:
            why = reason.strerror or "it is no certificate in PEM"
            raise UsageError(f"The certificate {ca_file} cannot be read: {why}.") from None
    return context
