"""Whom `brinkwatch verify` believes: the desk's own certificates, roots that vouch for signers."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from analysis.deliver.validation import Certificate, roots
from analysis.errors import BrinkwatchError
from analysis.schedule.settings import Config, Signing


def believed(config: Config | None, trust: Path | None) -> list[Certificate]:
    """Return the certificates to believe.

    Parameters
    ----------
    config: names the desk's signers, and roots; None if there is no configuration.
    trust: a file of certificates to trust instead of those roots; None to trust those.

    Raises
    ------
    UsageError
        If a file that is named cannot be read.
    """
    signing = config.signing if config else None
    named = trust or (signing and signing.trust)
    return [*(roots(named) if named else ()), *(_pinned(signing) if signing else ())]


def _pinned(signing: Signing) -> list[Certificate]:
    """The certificates that the configuration pins: those named, else the key's own."""
    if signing.signers:
        return roots(signing.signers)
    # Whoever verifies need not have the key, or its passphrase; then nobody is pinned by it.
    with suppress(BrinkwatchError):
        from analysis.deliver.signature import own_certificates

        return own_certificates(signing)
    return []
