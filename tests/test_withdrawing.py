"""`brinkwatch archive withdraw`: out of sight, told to whoever got it, and known to `verify`."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Command
from mailing import NOW, config_of, mail_of, reader, sent_to, written_config
from published import PDF, publish_report
from smtp_server import FaultyServer

from analysis.deliver.hand_out import hand_out
from analysis.deliver.verify import verify
from analysis.deliver.withdrawing import withdraw
from analysis.errors import UsageError
from analysis.publish.index import refresh
from analysis.publish.listing import published
from analysis.schedule import ledger
from analysis.schedule.status import status

WHY = "The count of the week was taken from another table."
HOUR = dt.timedelta(hours=1)


def test_what_is_withdrawn_is_out_of_sight_and_known(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    publish_report(reports, "2024-01-28")
    name = publish_report(reports, "2024-01-29", title="Wrong <b>title</b>", pdf=PDF * 2)
    late = reader(2, send="digest", at=dt.time(23))
    with FaultyServer() as server:
        settings = config_of(server, reader(1), late)
        hand_out(reports, settings, NOW)
        with closing(ledger.open(reports)) as connection:
            told = withdraw(connection, reports, name, WHY, mail_of(server), NOW + HOUR)
            assert told == [reader(1).address]
            with pytest.raises(UsageError, match="There is no report 'brief/2024-01-29'"):
                withdraw(connection, reports, name, WHY, mail_of(server), NOW + HOUR)
        refresh(reports, address="https://share.example.org/")
        for hours in (2, 24, 48):
            hand_out(reports, settings, NOW + hours * HOUR)
        first, word = sent_to(server, reader(1).address)
        assert not [mail for mail in sent_to(server, late.address) if b"2024-01-29" in mail.content]
        with closing(ledger.look(reports)) as connection:
            said = status(connection, settings, NOW + 48 * HOUR, reports=reports)
    assert said["healthy"], said["troubles"]
    assert "as of 2024-01-29" in str(first.message["Subject"])
    assert str(word.message["Subject"]).startswith(
        "Withdrawn: Wrong <b>title</b>, as of 2024-01-29"
    )
    assert WHY in word.message.get_content()
    assert [one.name for one in published(reports)] == ["brief/2024-01-28"]
    pages = (reports / "index.html").read_text() + (reports / "feed.xml").read_text()
    assert "2024-01-29" not in pages
    assert (reports / "brief" / "latest").resolve().name == "2024-01-28"
    copy = tmp_path / "copy.pdf"
    (kept,) = reports.glob(f".withdrawn/{name}")
    copy.write_bytes((kept / "brief.pdf").read_bytes())
    for path in (copy, kept):
        (finding,) = verify(path, reports)
        assert finding.good
        assert f"withdrawn on {NOW:%Y-%m-%d}: {WHY}" in finding.message
    # What is made anew of that day is another report, and may be withdrawn as well.
    publish_report(reports, "2024-01-29", title="Right")
    with closing(ledger.open(reports)) as connection:
        assert withdraw(connection, reports, name, WHY, None, NOW + 49 * HOUR) == []
    assert (reports / f".withdrawn/{name}~2").is_dir()


def test_what_was_withdrawn_and_is_made_again_as_it_was_is_told(tmp_path: Path) -> None:
    name = publish_report(tmp_path)
    with FaultyServer() as server:
        settings = config_of(server, reader(1))
        hand_out(tmp_path, settings, NOW)
        with closing(ledger.open(tmp_path)) as connection:
            withdraw(connection, tmp_path, name, WHY, mail_of(server), NOW + HOUR)
        publish_report(tmp_path)
        hand_out(tmp_path, settings, NOW + 2 * HOUR)
        with closing(ledger.look(tmp_path)) as connection:
            (trouble,) = status(connection, settings, NOW + 2 * HOUR, reports=tmp_path)["troubles"]
    assert (trouble["kind"], trouble["what"]) == ("withdrawn", name)
    assert f"it was withdrawn on {NOW:%Y-%m-%d} ({WHY})" in trouble["reason"]
    assert trouble["mend"] == f"brinkwatch archive withdraw {name} --why REASON"


def test_the_command_withdraws_and_says_who_is_to_hear(tmp_path: Path, command: Command) -> None:
    reports = tmp_path / "reports"
    name = publish_report(reports)
    with FaultyServer() as server:
        settings = config_of(server, reader(0))
        hand_out(reports, settings, NOW)
        config = written_config(tmp_path, server, 1)
        done = command("archive", "withdraw", name, "--why", WHY, "--reports", reports,
                          "--config", config, "--now", "2024-01-30T07:00Z")  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{name} is withdrawn; 1 who got it will be told by brinkwatch deliver.\n"
    assert not [*reports.glob("brief/*")]
    done = command("archive", "withdraw", name, "--why", WHY, "--reports", reports,
                      "--config", config)  # fmt: skip
    assert done.err == f"There is no report {name!r} in {reports}; none is known.\n"
