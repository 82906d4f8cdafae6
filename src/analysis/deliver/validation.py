"""What the signature of a PDF is worth: whose it is, of when, and whether every byte is covered.

pyHanko validates the signature. A signature cannot cover the bytes that it is written in, so
`container` holds these against what a signature of this signer has to look like. That a root
vouches for a signer says who they are; that they are the desk, only pinned certificates say.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from asn1crypto import x509  # type: ignore[import-untyped]
from pyhanko import keys
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from analysis.deliver.container import certificates_of, is_as_written, timestamp_token
from analysis.errors import UsageError

Certificate: TypeAlias = x509.Certificate

#: pyHanko's module, whose functions have no types.
_keys: Any = keys

#: A certificate for either of these may sign, and one that does not say what it is for.
_MAY_SIGN = frozenset(("digital_signature", "non_repudiation"))

#: What the library is to ask of a certificate's use, which it would not of a root: nothing.
_ANY_USE = KeyUsageConstraints(key_usage=set())

_NO_TIME = "nobody who is trusted vouches for the server of its timestamp"
_CHANGED = "the bytes of its signature were changed"
_STRANGERS = "it brings along certificates for which nobody vouches who is trusted"

#: By so much the clock of whoever signs may be ahead of that of whoever verifies.
_CLOCKS_DIFFER = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Signature:
    """What a signature says, and whether it holds.

    Parameters
    ----------
    name: whom the certificate names; empty if there is no signature or it cannot be read.
    at: the time that a trusted server states, else the signer; None if neither does.
    fault: why the document is not as it was signed; empty if it is.
    trusted: whether a trusted root vouches for the certificate.
    pinned: whether the certificate itself is among those that are trusted.
    doubt: why it cannot be told all the same, such as that the certificate has expired since;
        empty if it can.
    proven: whether a trusted server, and not only the signer, states the time.
    """

    name: str = ""
    at: dt.datetime | None = None
    fault: str = ""
    trusted: bool = False
    pinned: bool = False
    doubt: str = ""
    proven: bool = False


def roots(trust: Path) -> list[Certificate]:
    """Return the certificates of a PEM or DER file, which are trusted from then on.

    Raises
    ------
    UsageError
        If the file cannot be read or holds no certificate.
    """
    try:
        found = list(_keys.load_certs_from_pemder([str(trust)]))
    except (OSError, ValueError) as reason:
        why = getattr(reason, "strerror", None) or "it is no certificate in PEM or DER"
        raise UsageError(f"The certificates in {trust} cannot be read: {why}.") from None
    if not found:
        raise UsageError(f"{trust} holds no certificate.")
    return found


def is_signed(pdf: bytes) -> bool:
    """Whether a document has a signature, or had one before it was damaged."""
    return pdf.startswith(b"%PDF") and b".detached" in pdf and b"/ByteRange" in pdf


def examine(pdf: bytes, trusted: Sequence[Certificate], now: dt.datetime) -> Signature:
    """Return whose the document is, and whether it is as they signed it.

    Parameters
    ----------
    pdf: a signed document, whatever may have become of it.
    trusted: certificates that vouch for whoever signs; a signer is pinned whose own is among them.
    now: the moment of which this is asked; with its time zone.
    """
    before = logging.root.manager.disable
    # What pyHanko logs on the way, with a traceback, is in what it returns.
    logging.disable(logging.CRITICAL)
    try:
        return _examined(pdf, trusted, now)
    except Exception as reason:
        # A damaged document trips the parser in more ways than it has errors of its own.
        return Signature(fault=f"it cannot be read as a signed PDF ({type(reason).__name__})")
    finally:
        logging.disable(before)


def _examined(pdf: bytes, trusted: Sequence[Certificate], now: dt.datetime) -> Signature:
    reader = PdfFileReader(io.BytesIO(pdf))
    signatures = reader.embedded_signatures
    if not signatures:
        return Signature(fault="it has no signature that can be read")
    embedded = signatures[-1]
    signer, at = embedded.signer_cert, embedded.self_reported_timestamp
    status = _validated(embedded, trusted, now)
    stamped = status.timestamp_validity
    proven = stamped.timestamp if stamped and stamped.trusted else None
    strangers = _strangers(embedded, status, trusted, now)
    fault = _fault(status, len(signatures))
    if not fault and not is_as_written(embedded, pdf):
        fault = _CHANGED
    if not fault and strangers and _path_of_authorities(embedded, trusted, now):
        fault = _CHANGED
    return Signature(
        name=str(signer.subject.native.get("common_name", "")),
        at=proven or at,
        fault=fault,
        trusted=status.trusted and _may_sign(signer),
        pinned=_is_among(signer, trusted),
        doubt=_doubt(signer, at, proven, now)
        or (_NO_TIME if stamped and not proven else "")
        or (_STRANGERS if strangers else ""),
        proven=proven is not None,
    )


def _validated(
    embedded: EmbeddedPdfSignature, trusted: Sequence[Certificate], now: dt.datetime
) -> PdfSignatureStatus:
    def at(moment: dt.datetime | None) -> ValidationContext:
        return ValidationContext(trust_roots=list(trusted), moment=moment, allow_fetching=False)

    # Whether the signer's certificate is valid still, `_doubt` says.
    stated = at(embedded.self_reported_timestamp)
    return validate_pdf_signature(embedded, stated, at(now), key_usage_settings=_ANY_USE)


def _strangers(
    embedded: EmbeddedPdfSignature,
    status: PdfSignatureStatus,
    trusted: Sequence[Certificate],
    now: dt.datetime,
) -> bool:
    """Whether certificates came along that prove nothing, so that no other check sees them."""
    path = list(status.validation_path or ())
    known = [*path, *trusted, *_path_of_authorities(embedded, trusted, now)]
    along = list(embedded.other_embedded_certs)
    if (token := timestamp_token(embedded)) is not None:
        stamped = status.timestamp_validity
        known += (stamped and stamped.validation_path) or ()
        along += certificates_of(token["content"])
    return bool(path) and not all(_is_among(one, known) for one in along)


def _path_of_authorities(
    embedded: EmbeddedPdfSignature, trusted: Sequence[Certificate], now: dt.datetime
) -> list[Certificate]:
    """The certificates from one that is trusted, and not the signer's, to the signer's."""
    others = [one for one in trusted if not _is_among(one, [embedded.signer_cert])]
    return list(_validated(embedded, others, now).validation_path or ()) if others else []


def _is_among(certificate: Certificate, others: Iterable[Certificate]) -> bool:
    return certificate.dump() in {other.dump() for other in others}


def _may_sign(signer: Certificate) -> bool:
    """Whether a certificate is for signatures, or does not say what it is for."""
    usage = signer.key_usage_value
    return usage is None or bool(_MAY_SIGN & usage.native)


def _doubt(
    signer: Certificate, at: dt.datetime | None, proven: dt.datetime | None, now: dt.datetime
) -> str:
    """Why it is not known that the certificate was valid at the time; empty if it was.

    Parameters
    ----------
    signer: the certificate.
    at: the time that the signer states.
    proven: the time that a trusted server states; None if none does.
    now: the moment of which this is asked.
    """
    first, last = signer.not_valid_before, signer.not_valid_after
    if not all(time and first <= time <= last for time in (at, proven or at)):
        return f"its certificate is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d} only"
    if now > last and not proven:
        return (
            f"its certificate expired on {last:%Y-%m-%d}, and nothing but the signer's own word "
            "says that it was signed before"
        )
    if at and at > now + _CLOCKS_DIFFER:
        return "the time that it states has not come"
    return ""


def _fault(status: PdfSignatureStatus, signatures: int) -> str:
    """Why what the signature covers is not what was signed; empty if it is."""
    if signatures > 1:
        return "it was signed more than once, and the desk signs once"
    if not status.intact:
        return "its content is not what was signed"
    if not status.valid:
        return "its signature is not the signer's"
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return "something was added after it was signed"
    return ""
