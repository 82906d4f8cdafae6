"""Mail with encryption, a login and a signature, each with a key that the test makes."""

from __future__ import annotations

import datetime as dt
import ssl
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import certificates
import pytest
from conftest import Command
from mailing import NOW, config_of, reader, states, written_config
from published import publish_report
from smtp_server import FaultyServer

from analysis.deliver.hand_out import hand_out
from analysis.publish.pdf import pdf
from analysis.schedule import ledger
from analysis.schedule.settings import Signing
from analysis.schedule.status import status

HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that it signs itself, and a server's context with it."""
    return certificates.of_a_server(tmp_path_factory.mktemp("certificate"))


def test_what_goes_out_is_signed_and_what_is_published_is_not(
    certificate: tuple[Path, ssl.SSLContext], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = certificate[0].parent
    reports = tmp_path / "reports"
    document = pdf("<!DOCTYPE html><html lang=en><title>Brief</title><p>12 attacks.</p>")
    published = reports / publish_report(reports, pdf=document) / "brief.pdf"
    signing = Signing(folder / "key.p12", passphrase_env="SIGNING_PASSPHRASE", name="Desk")
    with FaultyServer() as server:
        config = replace(config_of(server, reader(1), reader(2)), signing=signing)
        monkeypatch.setenv("SIGNING_PASSPHRASE", "wrong horse")
        account = hand_out(reports, config, NOW)
        assert (account.good, len(account.trouble), states(reports)) == (False, 1, {"pending": 2})
        with closing(ledger.look(reports)) as connection:
            waiting, _ = status(connection, config, NOW + 3 * HOUR)["troubles"]
        assert waiting["what"] == "2 mails for 2 readers waiting"
        assert waiting["reason"].endswith(
            "holds no key and certificate, or the passphrase is another."
        )
        monkeypatch.setenv("SIGNING_PASSPHRASE", "correct horse")
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        assert hand_out(reports, config, now).states == {"sent": 2}
    one, two = (next(mail.message.iter_attachments()).get_content() for mail in server.taken)
    assert one == two
    assert one.startswith(document)
    assert b"/ByteRange" in one
    assert published.read_bytes() == document


def test_no_time_that_is_given_lets_an_expired_key_sign(tmp_path: Path, command: Command) -> None:
    certificates.of_a_server(tmp_path, until=-certificates.DAY)
    (tmp_path / "passphrase").write_text("correct horse")
    document = pdf("<!DOCTYPE html><html lang=en><title>Brief</title><p>12 attacks.</p>")
    publish_report(tmp_path / "reports", pdf=document)
    before = dt.datetime.now(dt.UTC) - 5 * certificates.DAY
    with FaultyServer() as server:
        config = written_config(tmp_path, server, 1)
        with config.open("a") as file:
            file.write("[signing]\npkcs12 = 'key.p12'\npassphrase_file = 'passphrase'\n")
        done = command("deliver", "--config", config, "--reports", tmp_path / "reports",
                          "--now", before.isoformat())  # fmt: skip
        assert (done.code, server.taken) == (3, [])
    assert "its certificate expired on" in done.err


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_encrypted_and_with_a_login(
    security: str,
    certificate: tuple[Path, ssl.SSLContext],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority, context = certificate
    monkeypatch.setenv("SMTP_PASSWORD", "correct horse")
    publish_report(tmp_path)
    encrypted = {"tls" if security == "tls" else "starttls": context}
    with FaultyServer(login=("brinkwatch", "correct horse"), **encrypted) as server:  # type: ignore[arg-type]
        options = {"host": "localhost", "security": security, "user": "brinkwatch",
                   "password_env": "SMTP_PASSWORD", "timeout": dt.timedelta(seconds=5)}  # fmt: skip
        trusting = config_of(server, reader(), ca_file=authority, **options)
        doubting = config_of(server, reader(), **options)
        account = hand_out(tmp_path, doubting, NOW)
        assert account.trouble == [f"The certificate of localhost:{server.port} is not trusted: "
                                   "self-signed certificate."]  # fmt: skip
        monkeypatch.setenv("SMTP_PASSWORD", "wrong horse")
        account = hand_out(tmp_path, trusting, NOW)
        assert account.trouble == [f"localhost:{server.port} refuses the login of 'brinkwatch' "
                                   "(535)."]  # fmt: skip
        monkeypatch.setenv("SMTP_PASSWORD", "correct horse")
        assert hand_out(tmp_path, trusting, NOW).states == {"sent": 1}
    assert b"horse" not in b"".join(path.read_bytes() for path in tmp_path.glob(".ledger*"))


def test_an_old_authority_that_is_named_is_trusted_by_every_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = certificates.of_an_old_authority(tmp_path)
    usual = ssl.create_default_context

    def as_in_python_3_13(**options: Any) -> ssl.SSLContext:
        strict = usual(**options)
        strict.verify_flags |= ssl.VERIFY_X509_STRICT
        return strict

    monkeypatch.setattr(ssl, "create_default_context", as_in_python_3_13)
    publish_report(tmp_path / "reports")
    with FaultyServer(starttls=context) as server:
        config = config_of(
            server, reader(), ca_file=authority, host="localhost", security="starttls"
        )
        account = hand_out(tmp_path / "reports", config, NOW)
        assert (account.trouble, account.states) == ([], {"sent": 1})


def test_a_server_without_encryption_gets_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "correct horse")
    publish_report(tmp_path)
    with FaultyServer() as server:
        config = config_of(server, reader(), security="starttls", user="x",
                           password_env="SMTP_PASSWORD")  # fmt: skip
        account = hand_out(tmp_path, config, NOW)
    assert account.trouble == [f"127.0.0.1:{server.port} takes no mail: STARTTLS extension not "
                               "supported by server."]  # fmt: skip
