"""Signatures and `brinkwatch verify`: what goes out is the publisher's, and a change is found."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from conftest import brinkwatch
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from analysis.deliver import validation
from analysis.deliver.signature import signed
from analysis.deliver.verify import verify
from analysis.errors import RunError, UsageError
from analysis.publish import archive
from analysis.publish.pdf import pdf
from analysis.schedule import ledger, notes
from analysis.schedule.settings import Signing

NOW = dt.datetime(2024, 1, 30, 11, 5, tzinfo=dt.UTC)
PASSPHRASE = "correct horse"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

PAGE = """<!DOCTYPE html><html lang="en"><head><title>Brief</title>
<meta name="author" content="brinkwatch"><meta name="keywords" content="Iraq, Syria"></head>
<body><h1>Brief</h1><p>Twelve attacks. <a href="https://example.org/">A source</a>.</p>
<h2>Where?</h2><p style="break-before: page">Seven sites.</p></body></html>"""


def certificate(
    subject: str, key: Key, issuer: str, issuer_key: Key, *, ca: bool = False
) -> x509.Certificate:
    """A certificate that is valid in 2023 and 2024."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
             for name in (subject, issuer)]  # fmt: skip
    usage = x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)
    known_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder(names[1], names[0], key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2023, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2024, 12, 31, tzinfo=dt.UTC))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(known_by, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def pem(folder: Path, certificate: x509.Certificate) -> Path:
    path = folder / f"{certificate.serial_number}.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path


def key_file(folder: Path, key: Key, own: x509.Certificate, *chain: x509.Certificate) -> Path:
    path = folder / f"{own.serial_number}.p12"
    lock = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"desk", key, own, chain, lock))
    return path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Signing:
    """The desk's key, with a certificate by an authority that is trusted."""
    folder = tmp_path_factory.mktemp("keys")
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = certificate("Authority", root_key, "Authority", root_key, ca=True)
    own = certificate("The desk", key, "Authority", root_key)
    (folder / "passphrase").write_text(f"{PASSPHRASE}\n")
    return Signing(
        key_file(folder, key, own, root),
        passphrase_file=folder / "passphrase",
        trust=pem(folder, root),
    )


@cache
def document_of(day: str) -> bytes:
    """A tagged document with bookmarks, another for each day."""
    return pdf(PAGE.replace("Seven sites.", f"Seven sites by {day}."))


@pytest.fixture(scope="module")
def document() -> bytes:
    return document_of("2024-01-29")


@pytest.fixture(scope="module")
def outgoing(document: bytes, desk: Signing) -> bytes:
    return signed(document, desk, NOW)


def examined(document: bytes, trust: Path | None) -> validation.Signature:
    return validation.examine(document, validation.roots(trust) if trust else ())


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """An archive with three small reports."""
    for day in ("2024-01-15", "2024-01-22", "2024-01-29"):
        publish(tmp_path / "reports", day)
    return tmp_path / "reports"


def publish(reports: Path, day: str) -> Path:
    parameters = {"as_of": day, "window_days": 7, "marking": "TLP:CLEAR"}
    files = {
        "brief.html": f"<title>Brief</title>{day}".encode(),
        "brief.pdf": document_of(day),
        "brief.ipynb": b"{}",
        "facts.json": json.dumps({"as_of": day, "parameters": parameters}).encode(),
    }
    manifest = {
        "report": "brief",
        "as_of": day,
        "parameters": parameters,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "versions": {"python": "3.11.7"},
    }
    files["manifest.json"] = json.dumps(manifest, indent=2).encode()
    return archive.publish(files, reports, "brief", day)


def faults(path: Path, reports: Path) -> list[str]:
    """What is wrong, each with the name of the file."""
    return [str(finding) for finding in verify(path, reports) if not finding.good]


def changed(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_pyhanko_validates_a_signed_document_as_pades(outgoing: bytes, desk: Signing) -> None:
    assert desk.trust is not None
    (signature,) = PdfFileReader(io.BytesIO(outgoing)).embedded_signatures
    context = ValidationContext(trust_roots=validation.roots(desk.trust), moment=NOW)
    status = validate_pdf_signature(signature, context)
    assert status.bottom_line
    assert status.trusted
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    attributes = {each["type"].native for each in signature.signer_info["signed_attrs"]}
    # Baseline B-B: the certificate is bound by its digest; the time stands in the document.
    assert {"content_type", "message_digest", "signing_certificate_v2"} <= attributes
    assert "signing_time" not in attributes
    assert signature.self_reported_timestamp == NOW


def test_a_reader_shows_and_lists_the_signature(outgoing: bytes, tmp_path: Path) -> None:
    path = tmp_path / "brief.pdf"
    path.write_bytes(outgoing)
    listed = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=True)
    assert "Signature is Valid" in listed.stdout
    assert "Total document signed" in listed.stdout
    assert "The desk" in listed.stdout
    with pikepdf.open(path) as opened:
        (field,) = opened.Root.AcroForm.Fields
        (shown,) = (note for note in opened.pages[0].Annots if note.Subtype == "/Widget")
        assert shown.objgen == field.objgen
        left, bottom, right, top = map(float, field.Rect)
        assert 0 < left < right < float(opened.pages[0].MediaBox[2])
        # In the bottom margin, where no text of the page can be.
        assert 0 < bottom < top < 20 / 25.4 * 72
        hidden_or_not_printed = (int(field.F) & 0b10, int(field.F) & 0b100 == 0)
        assert not any(hidden_or_not_printed)
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    assert "Signed by The desk" in text.stdout
    assert "30 January 2024, 11:05 UTC" in text.stdout


def test_a_signature_keeps_what_the_document_is(document: bytes, outgoing: bytes) -> None:
    assert outgoing.startswith(document)
    with pikepdf.open(io.BytesIO(document)) as before, pikepdf.open(io.BytesIO(outgoing)) as after:
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert b"pdfuaid:part" in after.Root.Metadata.read_bytes()
        assert dict(after.docinfo) == dict(before.docinfo)
        assert after.Root.Lang == before.Root.Lang
        assert after.Root.MarkInfo.Marked
        assert after.Root.Outlines.Count == before.Root.Outlines.Count
        # The field is tagged as PDF/UA asks: a Form element that leads to it, and back.
        field = after.Root.AcroForm.Fields[0]
        numbers = list(after.Root.StructTreeRoot.ParentTree.Nums)
        places = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
        assert len(places) == len(before.Root.StructTreeRoot.ParentTree.Nums) // 2 + 1
        element = places[int(field.StructParent)]
        assert element.S == "/Form"
        assert element.K.Obj.objgen == field.objgen
        assert element.objgen in [branch.objgen for branch in element.P.K]
        assert "The desk" in str(field.TU)
        fonts = field.AP.N.Resources.Font
        for font in fonts.values():
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def test_the_name_and_the_time_are_what_is_configured(document: bytes, desk: Signing) -> None:
    named = replace(desk, name="<b>Desk</b> & 'co'", reason="Weekly brief", location="Bonn")
    outgoing = signed(document, named, dt.datetime.fromisoformat("2024-01-30T06:05-05:00"))
    with pikepdf.open(io.BytesIO(outgoing)) as opened:
        value = opened.Root.AcroForm.Fields[0].V
        said = (str(value.Name), str(value.Reason), str(value.Location))
        assert said == ("<b>Desk</b> & 'co'", "Weekly brief", "Bonn")
    text = subprocess.run(["pdftotext", "-", "-"], input=outgoing, capture_output=True, check=True)
    assert "Signed by <b>Desk</b> & 'co'" in text.stdout.decode()
    assert "11:05 UTC" in text.stdout.decode()


def test_one_changed_byte_anywhere_is_found(outgoing: bytes, desk: Signing) -> None:
    (signature,) = PdfFileReader(io.BytesIO(outgoing)).embedded_signatures
    _, start, end, _ = signature.byte_range
    # Of what the signature cannot cover, its own bytes: the head, where no other check looks,
    # and the rest down to the padding.
    inside = [*range(start, start + 150), *range(start + 150, end, 61), end - 1]
    outside = [*range(0, start, start // 40), *range(end, len(outgoing), 17), len(outgoing) - 1]
    for place in inside + outside:
        other = bytearray(outgoing)
        other[place] ^= 0x20 if chr(other[place]).isalpha() else 1
        found = examined(bytes(other), desk.trust)
        assert found.fault or not found.trusted, (place, start, end)


@pytest.mark.parametrize("more", [b"\n", b"%%EOF\n", b" " * 100])
def test_what_is_added_or_cut_off_is_found(outgoing: bytes, desk: Signing, more: bytes) -> None:
    assert examined(outgoing + more, desk.trust).fault
    assert examined(outgoing[: -len(more)], desk.trust).fault


def test_only_whom_a_trusted_certificate_vouches_for_is_trusted(
    document: bytes, outgoing: bytes, desk: Signing, tmp_path: Path
) -> None:
    other_key = ec.generate_private_key(ec.SECP256R1())
    other = certificate("The desk", other_key, "The desk", other_key)
    forged = signed(document, replace(desk, pkcs12=key_file(tmp_path, other_key, other)), NOW)
    assert examined(outgoing, desk.trust).trusted
    assert not examined(outgoing, pem(tmp_path, other)).trusted
    assert not examined(outgoing, None).trusted
    assert not examined(forged, desk.trust).trusted
    assert examined(forged, pem(tmp_path, other)) == validation.Signature(
        "The desk", NOW, fault="", trusted=True
    )


def test_an_intermediate_authority_comes_along(
    document: bytes, desk: Signing, tmp_path: Path
) -> None:
    root_key, middle_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = certificate("Root", root_key, "Root", root_key, ca=True)
    middle = certificate("Middle", middle_key, "Root", root_key, ca=True)
    own = certificate("The desk", key, "Middle", middle_key)
    file = key_file(tmp_path, key, own, middle, root)
    outgoing = signed(document, replace(desk, pkcs12=file), NOW)
    found = examined(outgoing, pem(tmp_path, root))
    assert (found.fault, found.trusted) == ("", True)
    (signature,) = PdfFileReader(io.BytesIO(outgoing)).embedded_signatures
    _, start, end, _ = signature.byte_range
    for place in range(start + 100, end - 10, 97):
        other = bytearray(outgoing)
        other[place] ^= 0x20 if chr(other[place]).isalpha() else 1
        found = examined(bytes(other), pem(tmp_path, root))
        assert found.fault or not found.trusted, place


def test_a_key_that_cannot_sign_is_named_and_its_passphrase_is_not(
    document: bytes, desk: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_PASSPHRASE", "another secret")
    wrong = replace(desk, passphrase_file=None, passphrase_env="DESK_PASSPHRASE")
    with pytest.raises(RunError, match="passphrase is another") as error:
        signed(document, wrong, NOW)
    assert "another secret" not in str(error.value)
    assert "another secret" not in repr(error.value.__context__)
    with pytest.raises(RunError, match=r"nowhere\.p12 cannot be read"):
        signed(document, replace(desk, pkcs12=tmp_path / "nowhere.p12"), NOW)
    with pytest.raises(RunError, match="valid from 2023-01-01"):
        signed(document, desk, dt.datetime(2025, 6, 1, tzinfo=dt.UTC))
    with pytest.raises(UsageError, match="is not set"):
        signed(document, replace(wrong, passphrase_env="NO_SUCH_PASSPHRASE"), NOW)


def test_a_published_folder_is_as_it_was(reports: Path) -> None:
    (finding,) = verify(reports / "brief" / "2024-01-29", reports)
    assert finding.good
    assert str(finding).startswith("ok   brief/2024-01-29: 4 files are as published")
    assert [finding.good for finding in verify(reports, reports)] == [True] * 3
    assert [finding.good for finding in verify(reports / "brief", reports)] == [True] * 3


def test_a_changed_a_missing_and_an_extra_file_are_named(reports: Path) -> None:
    folder = reports / "brief" / "2024-01-29"
    for name in ("brief.html", "brief.pdf", "brief.ipynb"):
        changed(folder / name)
    (folder / "facts.json").unlink()
    (folder / ".hidden\n\x1b[31m").write_text("x")
    assert faults(reports, reports) == faults(folder, reports) == [
        "BAD  brief/2024-01-29/brief.html: is not what was published",
        "BAD  brief/2024-01-29/brief.ipynb: is not what was published",
        "BAD  brief/2024-01-29/brief.pdf: is not what was published",
        "BAD  brief/2024-01-29/facts.json: is missing",
        "BAD  brief/2024-01-29/.hidden??[31m: was not published",
    ]  # fmt: skip


def test_a_changed_manifest_is_named(reports: Path) -> None:
    noted = ledger.open(reports)
    notes.note_publications(noted, reports, NOW)
    noted.close()
    (finding,) = verify(reports / "brief" / "2024-01-29", reports)
    assert "as the ledger noted it" in str(finding)
    manifest = reports / "brief" / "2024-01-29" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("3.11.7", "3.11.8"))
    (fault,) = faults(reports, reports)
    assert fault.startswith("BAD  brief/2024-01-29/manifest.json: is not the one")
    for content, why in [("{", "cannot be read"), (None, "is missing")]:
        manifest.unlink() if content is None else manifest.write_text(content)
        (fault,) = faults(reports, reports)
        assert fault.startswith(f"BAD  brief/2024-01-29/manifest.json: {why}")


def test_without_a_ledger_a_manifest_has_to_agree_with_the_facts(reports: Path) -> None:
    manifest = reports / "brief" / "2024-01-29" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("TLP:CLEAR", "TLP:GREEN"))
    (fault,) = faults(reports / "brief" / "2024-01-29", reports)
    assert "manifest.json: has another as-of date or other parameters" in fault


def test_a_signed_document_says_what_it_was_made_from(
    reports: Path, desk: Signing, tmp_path: Path
) -> None:
    published = reports / "brief" / "2024-01-22" / "brief.pdf"
    path = tmp_path / "mailed.pdf"
    path.write_bytes(signed(published.read_bytes(), desk, NOW))
    assert desk.trust is not None
    (finding,) = verify(path, reports, validation.roots(desk.trust))
    assert finding.good
    assert "signed by 'The desk' at 2024-01-30 11:05 UTC" in finding.message
    assert "made from brief/2024-01-22/brief.pdf as published" in finding.message
    (finding,) = verify(path, tmp_path / "another archive", validation.roots(desk.trust))
    assert finding.good
    assert "made from" not in finding.message


def test_a_file_without_a_signature_is_known_or_not(reports: Path, tmp_path: Path) -> None:
    published = reports / "brief" / "2024-01-22" / "brief.pdf"
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(published.read_bytes())
    for path in (published, copy):
        (finding,) = verify(path, reports)
        assert finding.good
        assert "brief/2024-01-22/brief.pdf as published" in finding.message
        changed(path)
        (finding,) = verify(path, reports)
        assert not finding.good


def test_the_command_says_which_file_and_exits_so_that_a_monitor_can_tell(
    reports: Path, outgoing: bytes, desk: Signing, tmp_path: Path
) -> None:
    path = tmp_path / "mailed.pdf"
    path.write_bytes(outgoing)
    assert desk.trust is not None
    arguments = ("verify", path, "--reports", reports, "--trust", desk.trust)
    good = brinkwatch(*arguments, cwd=tmp_path)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith(f"ok   {path}: signed by 'The desk'")
    changed(path)
    bad = brinkwatch(*arguments, cwd=tmp_path)
    assert (bad.returncode, bad.stderr) == (1, "")
    assert bad.stdout.startswith(f"BAD  {path}: ")
    unknown = brinkwatch("verify", tmp_path / "nothing", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "There is no file or folder" in unknown.stderr


def test_the_configuration_says_whom_to_trust(
    reports: Path, outgoing: bytes, desk: Signing, tmp_path: Path
) -> None:
    path = tmp_path / "mailed.pdf"
    path.write_bytes(outgoing)
    config = tmp_path / "brinkwatch.toml"
    config.write_text(f'[signing]\npkcs12 = "{desk.pkcs12}"\ntrust = "{desk.trust}"\n')
    done = brinkwatch("verify", path, "--reports", reports, "--config", config)
    assert done.returncode == 0, done.stdout + done.stderr
    config.write_text(f'[signing]\npkcs12 = "{desk.pkcs12}"\n')
    done = brinkwatch("verify", path, "--reports", reports, "--config", config)
    assert done.returncode == 1
    assert "no trusted certificate vouches" in done.stdout
