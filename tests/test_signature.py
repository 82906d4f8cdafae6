"""Signatures and `brinkwatch verify`: what goes out is the publisher's, and a change is found."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import random
import shutil
import subprocess
import warnings
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from asn1crypto.pem import armor
from conftest import Command
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from analysis.deliver import validation
from analysis.deliver.signature import own_certificates, signed
from analysis.deliver.trust import believed
from analysis.deliver.verify import Verdict, verify, worst
from analysis.errors import RunError, UsageError
from analysis.publish import archive
from analysis.publish.pdf import pdf
from analysis.schedule import ledger, notes
from analysis.schedule.config import load
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
def desk_root() -> tuple[x509.Certificate, Key]:
    """The authority that vouches for the desk."""
    key = rsa.generate_private_key(65537, 2048)
    return certificate("Authority", key, "Authority", key, ca=True), key


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, desk_root: tuple[x509.Certificate, Key]
) -> Signing:
    """The desk's key, with a certificate by an authority that is trusted."""
    folder = tmp_path_factory.mktemp("keys")
    root, root_key = desk_root
    key = rsa.generate_private_key(65537, 2048)
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
    return validation.examine(document, validation.roots(trust) if trust else (), NOW)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """An archive with three small reports, noted in its ledger."""
    for day in ("2024-01-15", "2024-01-22", "2024-01-29"):
        publish(tmp_path / "reports", day)
    note(tmp_path / "reports")
    return tmp_path / "reports"


def note(reports: Path) -> None:
    with closing(ledger.open(reports)) as connection:
        notes.note_publications(connection, reports, NOW)


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


def verdict(path: Path, reports: Path, *trust: Path, now: dt.datetime = NOW) -> Verdict:
    """What the findings come to."""
    trusted = [one for file in trust for one in validation.roots(file)]
    return worst(verify(path, reports, trusted, now))


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
        "The desk", NOW, fault="", trusted=True, pinned=True
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
    (reports / ledger.FILE).unlink()
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
    trusted = own_certificates(desk)
    (finding,) = verify(path, reports, trusted, NOW)
    assert finding.good
    assert "signed by 'The desk' at 2024-01-30 11:05 UTC" in finding.message
    assert "made from brief/2024-01-22/brief.pdf as published" in finding.message
    (finding,) = verify(path, tmp_path / "another archive", trusted, NOW)
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
    reports: Path, outgoing: bytes, desk: Signing, tmp_path: Path, command: Command
) -> None:
    path = tmp_path / "mailed.pdf"
    path.write_bytes(outgoing)
    own = tmp_path / "own.pem"
    own.write_bytes(armor("CERTIFICATE", own_certificates(desk)[0].dump()))
    arguments = ("verify", path, "--reports", reports, "--trust", own, "--now", NOW.isoformat())
    good = command(*arguments, cwd=tmp_path)
    assert (good.code, good.err) == (0, "")
    assert good.out.startswith(f"ok   {path}: signed by 'The desk'")
    changed(path)
    bad = command(*arguments, cwd=tmp_path)
    assert (bad.code, bad.err) == (1, "")
    assert bad.out.startswith(f"BAD  {path}: ")
    unknown = command("verify", tmp_path / "nothing", cwd=tmp_path)
    assert unknown.code == 2
    assert "There is no file or folder" in unknown.err


def test_the_configuration_says_whose_signature_is_believed(
    reports: Path, outgoing: bytes, desk: Signing, tmp_path: Path
) -> None:
    path = tmp_path / "mailed.pdf"
    path.write_bytes(outgoing)
    passphrase = f'passphrase_file = "{desk.passphrase_file}"\n'
    trust = f'trust = "{desk.trust}"\n'
    own = tmp_path / "own.pem"
    own.write_bytes(armor("CERTIFICATE", own_certificates(desk)[0].dump()))
    for more, expected in [
        (passphrase, Verdict.GOOD),  # the certificate of the key itself
        (f'signers = "{own}"\n', Verdict.GOOD),
        (trust, Verdict.CANNOT_TELL),  # an authority vouches for others, too
        (f'{passphrase}{trust}signers = "{desk.trust}"\n', Verdict.CANNOT_TELL),
        ("", Verdict.BAD),
    ]:
        config = tmp_path / "brinkwatch.toml"
        config.write_text(f'[signing]\npkcs12 = "{desk.pkcs12}"\n{more}')
        found = verify(path, reports, believed(load(config), None), NOW)
        assert worst(found) is expected, (more, found)
    assert "no trusted certificate vouches" in str(found[0])


def test_what_only_its_own_manifest_vouches_for_nobody_can_tell(
    reports: Path, tmp_path: Path, command: Command
) -> None:
    nowhere = tmp_path / "no archive"
    copy = shutil.copytree(reports / "brief" / "2024-01-29", tmp_path / "brief" / "2024-01-29")
    for path in (copy, copy / "brief.pdf"):
        assert verdict(path, reports) is Verdict.GOOD
        (finding,) = verify(path, nowhere)
        assert finding.verdict is Verdict.CANNOT_TELL
        assert "matches the manifest beside it, which anyone can write" in finding.message
    done = command("verify", copy, "--reports", nowhere, cwd=tmp_path)
    assert (done.code, done.err) == (4, "")


def test_neither_a_manifest_nor_a_ledger_beside_a_forgery_is_believed(
    reports: Path, tmp_path: Path
) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(reports / "brief", forged / "brief")
    folder = forged / "brief" / "2024-01-29"
    (folder / "brief.pdf").write_bytes(document_of("2024-02-30"))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in manifest["files"]
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    note(forged)
    before = {path: path.stat().st_mtime_ns for path in forged.rglob("*")}
    for path in (folder, folder / "brief.pdf"):
        assert verdict(path, reports) is Verdict.BAD
        assert verdict(path, tmp_path / "no archive") is Verdict.CANNOT_TELL
    assert {path: path.stat().st_mtime_ns for path in forged.rglob("*")} == before


def test_a_link_in_the_place_of_a_file_is_no_file_of_a_report(
    reports: Path, tmp_path: Path
) -> None:
    file = reports / "brief" / "2024-01-29" / "brief.html"
    file.rename(tmp_path / "elsewhere.html")
    file.symlink_to(tmp_path / "elsewhere.html")
    assert faults(reports / "brief" / "2024-01-29", reports) == [
        "BAD  brief/2024-01-29/brief.html: is not what was published"
    ]


@pytest.fixture(scope="module")
def colleague(
    desk: Signing, desk_root: tuple[x509.Certificate, Key], tmp_path_factory: pytest.TempPathFactory
) -> Signing:
    """Somebody else with a certificate of the desk's own authority, and of the same name."""
    folder = tmp_path_factory.mktemp("colleague")
    key = ec.generate_private_key(ec.SECP256R1())
    own = certificate("The desk", key, "Authority", desk_root[1])
    return replace(desk, pkcs12=key_file(folder, key, own, desk_root[0]))


def test_another_certificate_of_the_same_authority_signs_nothing_of_the_desk(
    reports: Path, document: bytes, outgoing: bytes, desk: Signing, colleague: Signing,
    tmp_path: Path,
) -> None:  # fmt: skip
    assert desk.trust is not None
    own = tmp_path / "own.pem"
    own.write_bytes(armor("CERTIFICATE", own_certificates(desk)[0].dump()))
    path = tmp_path / "forged.pdf"
    path.write_bytes(signed(document, colleague, NOW))
    assert verdict(path, reports, own) is Verdict.BAD
    assert verdict(path, reports, desk.trust) is Verdict.CANNOT_TELL
    # Blanked by an addition, and signed once more.
    writer = IncrementalPdfFileWriter(io.BytesIO(outgoing))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(StreamObject(stream_data=b""))
    writer.update_container(page)
    signer = SimpleSigner.load_pkcs12(colleague.pkcs12, passphrase=PASSPHRASE.encode())
    again = sign_pdf(writer, PdfSignatureMetadata(field_name="Another"), signer)
    path.write_bytes(again.getvalue())
    assert verdict(path, reports, own, desk.trust) is Verdict.BAD


def test_of_what_is_in_the_file_of_the_key_only_its_authorities_are_believed(
    document: bytes, desk: Signing, desk_root: tuple[x509.Certificate, Key], tmp_path: Path
) -> None:
    key, other_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    own = certificate("The desk", key, "Authority", desk_root[1])
    other = certificate("Other", other_key, "Other", other_key, ca=True)
    both = replace(desk, pkcs12=key_file(tmp_path, key, own, other, desk_root[0]))
    names = [one.subject.native["common_name"] for one in own_certificates(both)]
    assert names == ["The desk", "Authority"]
    assert validation.examine(signed(document, both, NOW), own_certificates(both), NOW).trusted


def test_a_key_in_a_file_of_open_lengths_signs_as_any(document: bytes, desk: Signing) -> None:
    """BER, as some programs write it, and not DER; nothing is said of it at every call."""
    file = desk.pkcs12.with_suffix(".ber")
    file.write_bytes(with_open_lengths(desk.pkcs12.read_bytes()))
    with warnings.catch_warnings(action="error"):
        found = signed(document, replace(desk, pkcs12=file), NOW)
    assert examined(found, desk.trust).trusted


def with_open_lengths(der: bytes) -> bytes:
    """The same values, each of which that is made of others ends with a mark."""
    ber, at = b"", 0
    while at < len(der):
        size, head = der[at + 1], 2
        if size > 0x80:
            head = 2 + size - 0x80
            size = int.from_bytes(der[at + 2 : at + head])
        end = at + head + size
        whole = der[at:end]
        is_made_of_others = der[at] & 0x20
        ber += (
            der[at : at + 1] + b"\x80" + with_open_lengths(der[at + head : end]) + b"\0\0"
            if is_made_of_others
            else whole
        )
        at = end
    return ber


def test_a_key_that_expired_proves_no_time(
    reports: Path, outgoing: bytes, desk: Signing, tmp_path: Path
) -> None:
    path = tmp_path / "mailed.pdf"
    path.write_bytes(outgoing)
    later = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    trusted = own_certificates(desk)
    (finding,) = verify(path, reports, trusted, later)
    assert finding.verdict is Verdict.CANNOT_TELL
    assert "its certificate expired on 2024-12-31" in finding.message
    (finding,) = verify(path, reports, trusted, NOW - dt.timedelta(days=2))
    assert "the time that it states has not come" in finding.message


def test_a_key_that_has_expired_signs_nothing_that_is_dated_back(
    document: bytes, desk: Signing
) -> None:
    """Whatever time is given: by the clock nobody could believe it any more."""
    later = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    with pytest.raises(RunError, match="expired on 2024-12-31"):
        signed(document, desk, NOW, clock=later)
    with pytest.raises(RunError, match="the time that it states has not come"):
        signed(document, desk, NOW, clock=NOW - dt.timedelta(days=2))


def test_a_key_whose_signature_nobody_could_verify_is_refused(
    document: bytes, desk: Signing, desk_root: tuple[x509.Certificate, Key], tmp_path: Path
) -> None:
    root, root_key = desk_root
    key = ec.generate_private_key(ec.SECP256R1())
    own = certificate("The desk", key, "Authority", root_key, ca=True)
    file = key_file(tmp_path, key, own, root)
    with pytest.raises(RunError, match="its certificate is not for signatures"):
        signed(document, replace(desk, pkcs12=file), NOW)


def test_a_key_of_a_kind_that_cannot_sign_is_told(
    document: bytes, desk: Signing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one for RSASSA-PSS alone; mail that needs no signature is not stopped by it."""

    def unsupported(*_: object) -> None:
        raise SigningError("Signature mechanism rsassa_pss is unsupported.")

    monkeypatch.setattr(SimpleSigner, "async_sign_raw", unsupported)
    with pytest.raises(RunError, match=r"\.p12 cannot sign: .* rsassa_pss is unsupported\.$"):
        signed(document, desk, NOW)


def test_of_many_changes_none_is_believed(
    reports: Path, outgoing: bytes, desk: Signing, tmp_path: Path
) -> None:
    trusted = own_certificates(desk)
    assert believed_changes(outgoing, trusted, 60, seed=20240129) == []


def believed_changes(
    outgoing: bytes,
    trusted: list[validation.Certificate],
    count: int,
    seed: int,
    now: dt.datetime = NOW,
) -> list[bytes]:
    """Those of so many changes of a signed document that would pass: none should."""
    chance = random.Random(seed)
    passed = []
    for _ in range(count):
        other = mutated(outgoing, chance)
        found = validation.examine(other, trusted, now)
        is_good = found.pinned and found.trusted and not found.fault and not found.doubt
        if other != outgoing and is_good:
            passed.append(other)
    return passed


def mutated(document: bytes, chance: random.Random) -> bytes:
    """A document with a change of some kind at some place, or at two."""
    at, to = sorted(chance.sample(range(len(document)), 2))
    near = min(at + chance.randint(1, 40), len(document))
    kind = chance.randrange(8)
    if kind == 0:  # a bit
        return document[:at] + bytes([document[at] ^ 1 << chance.randrange(8)]) + document[at + 1 :]
    if kind == 1:  # another byte
        return document[:at] + chance.randbytes(1) + document[at + 1 :]
    if kind == 2:  # bytes left out
        return document[:at] + document[near:]
    if kind == 3:  # bytes put in
        return document[:at] + chance.randbytes(near - at) + document[at:]
    if kind == 4:  # bytes twice
        return document[:near] + document[at:near] + document[near:]
    if kind == 5:  # two bytes in each other's place
        swapped = bytearray(document)
        swapped[at], swapped[to] = document[to], document[at]
        return bytes(swapped)
    if kind == 6:  # the end cut off
        return document[:to]
    return document + document[at:near]  # something after the end
