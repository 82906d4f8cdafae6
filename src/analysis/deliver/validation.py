"""What the signature of a PDF is worth: whose it is, of when, and whether every byte is covered.

pyHanko validates the signature. A signature cannot cover the bytes that it is written in, so
here these are held against what a signature of this signer has to look like.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Sequence
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

#: A certificate for either of these may sign.
_KEY_USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)


@dataclass(frozen=True)
class Signature:
    """What a signature says, and whether it holds.

    Parameters
    ----------
    name: whom the certificate names; empty if there is no signature or it cannot be read.
    at: the time that the signer states; None if there is none.
    fault: why the document is not as it was signed; empty if it is.
    trusted: whether a trusted root vouches for the certificate.
    """

    name: str = ""
    at: dt.datetime | None = None
    fault: str = ""
    trusted: bool = False


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
        raise UsageError(f"The trusted roots in {trust} cannot be read: {why}.") from None
    if not found:
        raise UsageError(f"{trust} holds no certificate.")
    return found


def is_signed(pdf: bytes) -> bool:
    """Whether a document has a signature, or had one before it was damaged."""
    return pdf.startswith(b"%PDF") and b".detached" in pdf and b"/ByteRange" in pdf


def examine(pdf: bytes, trusted: Sequence[Certificate]) -> Signature:
    """Return whose the document is, and whether it is as they signed it.

    Parameters
    ----------
    pdf: a signed document, whatever may have become of it.
    trusted: certificates that vouch for whoever signs; the signer's own may be one.
    """
    before = logging.root.manager.disable
    # What pyHanko logs on the way, with a traceback, is in what it returns.
    logging.disable(logging.CRITICAL)
    try:
        return _examined(pdf, trusted)
    except Exception as reason:
        # A damaged document trips the parser in more ways than it has errors of its own.
        return Signature(fault=f"it cannot be read as a signed PDF ({type(reason).__name__})")
    finally:
        logging.disable(before)


def _examined(pdf: bytes, trusted: Sequence[Certificate]) -> Signature:
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if not signatures:
        return Signature(fault="it has no signature that can be read")
    embedded = signatures[-1]
    at = embedded.self_reported_timestamp
    status = validate_pdf_signature(
        embedded,
        # The certificate has to be valid when it signed, not for ever after.
        ValidationContext(trust_roots=list(trusted), moment=at, allow_fetching=False),
        key_usage_settings=_KEY_USAGE,
    )
    name = str(embedded.signer_cert.subject.native.get("common_name", ""))
    fault = _fault(status) or _fault_in_container(embedded, status, pdf)
    return Signature(name, at, fault, status.trusted)


def _fault(status: PdfSignatureStatus) -> str:
    """Why what the signature covers is not what was signed; empty if it is."""
    if not status.intact:
        return "its content is not what was signed"
    if not status.valid:
        return "its signature is not the signer's"
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return "something was added after it was signed"
    return ""


def _fault_in_container(
    embedded: EmbeddedPdfSignature, status: PdfSignatureStatus, pdf: bytes
) -> str:
    """Why the bytes of the signature itself are not those that were written; empty if they are."""
    _, start, end, _ = embedded.byte_range
    written = _container(embedded).hex().upper().encode().ljust(end - start - 2, b"0")
    path = {certificate.dump() for certificate in status.validation_path or ()}
    others = {certificate.dump() for certificate in embedded.other_embedded_certs}
    if pdf[start:end] != b"<" + written + b">" or (path and not others <= path):
        return "the bytes of its signature were changed"
    return ""


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
