"""Signatures with a timestamp, from a server on loopback: they outlast the certificate."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from test_signature import PASSPHRASE, believed_changes, document_of, key_file

from analysis.deliver.signature import own_certificates, signed
from analysis.deliver.validation import Certificate, examine, roots
from analysis.errors import RunError
from analysis.schedule.clock import moment
from analysis.schedule.settings import Signing

DAY = dt.timedelta(days=1)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def certificate(
    name: str, key: Key, issuer: str, issuer_key: Key, use: str, years: int
) -> x509.Certificate:
    """A certificate that is valid from yesterday on: of an authority, a signer or a server."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer)]
    is_ca = use == "authority"
    usage = x509.KeyUsage(not is_ca, False, False, False, False, is_ca, is_ca, False, False)
    known_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        x509.CertificateBuilder(names[1], names[0], key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment() - DAY)
        .not_valid_after(moment() + 365 * years * DAY)
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(known_by, critical=False)
    )
    if use == "server":
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


@contextmanager
def timestamp_server(own: x509.Certificate, key: rsa.RSAPrivateKey) -> Iterator[str]:
    """A server on loopback; yields its address."""
    stamper = DummyTimeStamper(
        asn1.Certificate.load(own.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
    )

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            asked = tsp.TimeStampReq.load(question)
            answer = asyncio.run(stamper.async_request_tsa_response(asked)).dump()
            self.send_response(200)
            is_broken = self.path == "/broken"
            kind = "text/html" if is_broken else "application/timestamp-reply"
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    """A key for two years whose signatures get timestamps of a server that is good for twenty."""
    folder = tmp_path_factory.mktemp("keys")
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = certificate("Authority", root_key, "Authority", root_key, "authority", 30)
    own = certificate("The desk", key, "Authority", root_key, "signer", 2)
    server_key = rsa.generate_private_key(65537, 2048)
    server = certificate("Server", server_key, "Authority", root_key, "server", 20)
    (folder / "passphrase").write_text(PASSPHRASE)
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    with timestamp_server(server, server_key) as address:
        yield Signing(
            key_file(folder, key, own, root),
            passphrase_file=folder / "passphrase",
            trust=folder / "root.pem",
            timestamp=address,
        )


@pytest.fixture(scope="module")
def outgoing(desk: Signing) -> bytes:
    return signed(document_of("2024-01-29"), desk, moment())


@pytest.fixture(scope="module")
def trusted(desk: Signing) -> list[Certificate]:
    assert desk.trust is not None
    return [own_certificates(desk)[0], *roots(desk.trust)]


def test_a_signature_with_a_timestamp_outlasts_the_certificate(
    outgoing: bytes, desk: Signing, trusted: list[Certificate]
) -> None:
    for years in (0, 10):
        found = examine(outgoing, trusted, moment() + years * 365 * DAY)
        assert (found.fault, found.doubt, found.trusted, found.proven) == ("", "", True, True)
    without = signed(document_of("2024-01-29"), replace(desk, timestamp=None), moment())
    later = examine(without, trusted, moment() + 3650 * DAY)
    assert "its certificate expired" in later.doubt
    # Nor by the word of a server for which nobody vouches, or no longer.
    assert "server of its timestamp" in examine(outgoing, trusted[:1], moment()).doubt
    assert "expired" in examine(outgoing, trusted, moment() + 25 * 365 * DAY).doubt


def test_what_it_takes_to_verify_it_later_is_in_what_is_signed(outgoing: bytes) -> None:
    """PAdES B-LT."""
    reader = PdfFileReader(io.BytesIO(outgoing))
    (signature,) = reader.embedded_signatures
    assert signature.signer_info["unsigned_attrs"][0]["type"].native == "signature_time_stamp_token"
    assert len(reader.root["/DSS"]["/Certs"]) >= 2
    assert outgoing.startswith(document_of("2024-01-29"))


def test_of_many_changes_none_is_believed(outgoing: bytes, trusted: list[Certificate]) -> None:
    assert believed_changes(outgoing, trusted, 40, seed=20240130, now=moment()) == []
    (signature,) = PdfFileReader(io.BytesIO(outgoing)).embedded_signatures
    _, start, end, _ = signature.byte_range
    for place in range(start + 1, end - 1, 401):
        other = bytearray(outgoing)
        other[place] = ord("1" if other[place] == ord("0") else "0")
        found = examine(bytes(other), trusted, moment())
        assert found.fault or found.doubt or not found.trusted, place


@pytest.mark.parametrize("path", ["broken", None])
def test_without_its_timestamp_nothing_goes_out(desk: Signing, path: str | None) -> None:
    address = f"{desk.timestamp}{path}" if path else "http://127.0.0.1:9/"
    with pytest.raises(RunError, match=r"^No timestamp of http://127\.0\.0\.1:\d+/(broken)?: "):
        signed(document_of("2024-01-29"), replace(desk, timestamp=address), moment())
