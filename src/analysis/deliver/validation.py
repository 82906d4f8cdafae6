"""What the signature of a PDF is worth: whose it is, of when, and whether every byte is covered.

pyHanko validates the signature. A signature cannot cover the bytes that it is written in, so
here these are held against what a signature of this signer has to look like. That a root vouches
for a signer says who they are; that they are the desk, only the certificates say that are pinned.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from asn1crypto import cms, x509  # type: ignore[import-untyped]
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

from analysis.errors import UsageError

Certificate: TypeAlias = x509.Certificate

#: pyHanko's module, whose functions have no types.
_keys: Any = keys

#: A certificate for either of these may sign, and one that does not say what it is for.
_MAY_SIGN = frozenset(("digital_signature", "non_repudiation"))

#: What the library is to ask of a certificate's use, which it would not of a root: nothing.
_ANY_USE = KeyUsageConstraints(key_usage=set())

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
    at: the time that the signer states; None if there is none.
    fault: why the document is not as it was signed; empty if it is.
    trusted: whether a trusted root vouches for the certificate.
    pinned: whether the certificate itself is among those that are trusted.
    doubt: why it cannot be told all the same, such as that the certificate has expired since;
        empty if it can.
    """

    name: str = ""
    at: dt.datetime | None = None
    fault: str = ""
    trusted: bool = False
    pinned: bool = False
    doubt: str = ""


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
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if not signatures:
        return Signature(fault="it has no signature that can be read")
    embedded = signatures[-1]
    signer, at = embedded.signer_cert, embedded.self_reported_timestamp
    status = _validated(embedded, trusted)
    strangers = _strangers(embedded, status, trusted)
    fault = _fault(status, len(signatures)) or _fault_in_container(embedded, pdf)
    return Signature(
        name=str(signer.subject.native.get("common_name", "")),
        at=at,
        fault=fault or (_CHANGED if strangers and _is_vouched_for(embedded, trusted) else ""),
        trusted=status.trusted and _may_sign(signer),
        pinned=_is_among(signer, trusted),
        doubt=_doubt(signer, at, now) or (_STRANGERS if strangers else ""),
    )


def _validated(
    embedded: EmbeddedPdfSignature, trusted: Sequence[Certificate]
) -> PdfSignatureStatus:
    return validate_pdf_signature(
        embedded,
        # Whether the certificate is valid still, `_doubt` says.
        ValidationContext(
            trust_roots=list(trusted),
            moment=embedded.self_reported_timestamp,
            allow_fetching=False,
        ),
        key_usage_settings=_ANY_USE,
    )


def _strangers(
    embedded: EmbeddedPdfSignature, status: PdfSignatureStatus, trusted: Sequence[Certificate]
) -> bool:
    """Whether certificates came along that prove nothing, so that no other check sees them."""
    path = list(status.validation_path or ())
    known = [*path, *trusted, *_path_of_authorities(embedded, trusted)]
    return bool(path) and not all(_is_among(one, known) for one in embedded.other_embedded_certs)


def _is_vouched_for(embedded: EmbeddedPdfSignature, trusted: Sequence[Certificate]) -> bool:
    """Whether an authority vouches for the signer, besides the signer's own certificate."""
    return bool(_path_of_authorities(embedded, trusted))


def _path_of_authorities(
    embedded: EmbeddedPdfSignature, trusted: Sequence[Certificate]
) -> list[Certificate]:
    """The certificates from one that is trusted, and not the signer's, to the signer's."""
    others = [one for one in trusted if not _is_among(one, [embedded.signer_cert])]
    return list(_validated(embedded, others).validation_path or ()) if others else []


def _is_among(certificate: Certificate, others: Iterable[Certificate]) -> bool:
    return certificate.dump() in {other.dump() for other in others}


def _may_sign(signer: Certificate) -> bool:
    """Whether a certificate is for signatures, or does not say what it is for."""
    usage = signer.key_usage_value
    return usage is None or bool(_MAY_SIGN & usage.native)


def _doubt(signer: Certificate, at: dt.datetime | None, now: dt.datetime) -> str:
    """Why the time that the signer states proves nothing; empty while the certificate is valid."""
    first, last = signer.not_valid_before, signer.not_valid_after
    if at is None or not first <= at <= last:
        return f"its certificate is valid from {first:%Y-%m-%d} to {last:%Y-%m-%d} only"
    if now > last:
        return (
            f"its certificate expired on {last:%Y-%m-%d}, and nothing but the signer's own word "
            "says that it was signed before"
        )
    if at > now + _CLOCKS_DIFFER:
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


def _fault_in_container(embedded: EmbeddedPdfSignature, pdf: bytes) -> str:
    """Why the bytes of the signature itself are not those that were written; empty if they are."""
    _, start, end, _ = embedded.byte_range
    written = _container(embedded).hex().upper().encode().ljust(end - start - 2, b"0")
    return "" if pdf[start:end] == b"<" + written + b">" else _CHANGED


def _container(embedded: EmbeddedPdfSignature) -> bytes:
    """The CMS container as it has to be around certificates, signed attributes and signature."""
    info = embedded.signer_info
    signer = embedded.signer_cert
    digest = {"algorithm": info["digest_algorithm"]["algorithm"].native}
    signer_info: dict[str, Any] = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            {"issuer": signer.issuer, "serial_number": signer.serial_number},
        ),
        "digest_algorithm": digest,
        "signed_attrs": info["signed_attrs"],
        "signature_algorithm": info["signature_algorithm"],
        "signature": info["signature"].native,
    }
    container = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [digest],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": embedded.signed_data["certificates"],
                    "signer_infos": [cms.SignerInfo(signer_info)],
                }
            ),
        }
    )
    content: bytes = container.dump()
    return content
