"""The bytes around a signature, held against what they have to be.

A signature covers neither the container that it is written in nor what a timestamp puts around the
time. So both are written anew from their parts, each of which is covered by one of the signatures,
and have to come out as they are, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asn1crypto import cms, core, x509  # type: ignore[import-untyped]
from pyhanko.sign.validation import EmbeddedPdfSignature


def is_as_written(embedded: EmbeddedPdfSignature, pdf: bytes) -> bool:
    """Whether the bytes of a signature are those that whoever signed has to have written."""
    _, start, end, _ = embedded.byte_range
    token = timestamp_token(embedded)
    if token is not None and token.dump() not in _written(token["content"], "v3"):
        return False
    unsigned = embedded.signer_info["unsigned_attrs"] if token is not None else None
    return any(
        pdf[start:end] == b"<" + written.hex().upper().encode().ljust(end - start - 2, b"0") + b">"
        for written in _written(embedded.signed_data, "v1", unsigned)
    )


def timestamp_token(embedded: EmbeddedPdfSignature) -> Any:
    """The container of the timestamp of a signature; None if it has none."""
    attributes = embedded.signer_info["unsigned_attrs"]
    values = [value for attribute in attributes for value in attribute["values"]]
    return (
        values[0]
        if [each["type"].native for each in attributes] == ["signature_time_stamp_token"]
        and len(values) == 1
        else None
    )


def certificates_of(signed_data: Any) -> list[x509.Certificate]:
    """The certificates that a container brings along."""
    return [one.chosen for one in signed_data["certificates"]]


def _written(signed_data: Any, version: str, unsigned: Any = None) -> Iterator[bytes]:
    """The container around these certificates, attributes and signature: there are two ways."""
    info = signed_data["signer_infos"][0]
    signer = _signer(signed_data, info["sid"])
    for parameters in ({}, {"parameters": core.Null()}):
        digest = {"algorithm": info["digest_algorithm"]["algorithm"].native, **parameters}
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
        if unsigned is not None:
            signer_info["unsigned_attrs"] = unsigned
        content = signed_data["encap_content_info"] if version == "v3" else {"content_type": "data"}
        container = cms.ContentInfo(
            {
                "content_type": "signed_data",
                "content": cms.SignedData(
                    {
                        "version": version,
                        "digest_algorithms": [digest],
                        "encap_content_info": content,
                        "certificates": signed_data["certificates"],
                        "signer_infos": [cms.SignerInfo(signer_info)],
                    }
                ),
            }
        )
        yield container.dump()


def _signer(signed_data: Any, named: Any) -> x509.Certificate:
    """The certificate that a container says it is signed by."""
    wanted = named.chosen
    return next(
        one
        for one in certificates_of(signed_data)
        if (one.issuer, one.serial_number) == (wanted["issuer"], wanted["serial_number"].native)
    )
