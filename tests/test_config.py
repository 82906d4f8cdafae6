"""brinkwatch.toml: what it means, where it is looked for, and every fault with its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import CHECKOUT

from analysis.errors import RecordError, UsageError
from analysis.schedule import config, settings
from analysis.schedule.config import load

NOTEBOOKS = CHECKOUT / "notebooks"

SCHEDULE = """[[schedule]]
name = "morning"
report = "brief"
cron = "0 6 * * *"
timezone = "America/New_York"
"""
SUBSCRIPTION = """[[subscription]]
address = "reader@example.org"
reports = ["brief"]
"""
MAIL = """[mail]
host = "smtp.example.org"
sender = "Desk <desk@example.org>"
"""
WEBHOOK = """[[webhook]]
name = "ops"
reports = ["brief"]
url = "https://ops.example.org/hook"
secret_env = "OPS_SECRET"
"""
CHANNEL = """[[webhook]]
name = "channel"
reports = ["brief"]
format = "slack"
url_env = 'X'
"""
SIGNING = """[signing]
pkcs12 = "key.p12"
"""


@pytest.fixture
def faults(tmp_path: Path) -> Callable[[str | bytes], list[str]]:
    """What is said of a configuration, a line a fault."""

    def said(content: str | bytes) -> list[str]:
        path = tmp_path / "brinkwatch.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        try:
            load(path)
        except RecordError as error:
            return str(error).splitlines()
        return []

    return said


def test_the_example_says_everything_that_can_be_said() -> None:
    example = CHECKOUT / "brinkwatch.example.toml"
    loaded = load(example)
    morning = loaded.schedules[0]
    assert (morning.name, morning.report, morning.as_of) == ("morning-brief", "brief", "day-before")
    assert (morning.catch_up, morning.retries, morning.keep) == (3, 3, 90)
    assert (morning.retry_after, morning.time_limit) == (
        dt.timedelta(minutes=10), dt.timedelta(minutes=30)
    )  # fmt: skip
    assert morning.parameters == {"marking": "TLP:GREEN"}
    assert loaded.subscriptions[0].clearance == "TLP:GREEN"
    assert loaded.subscriptions[1].formats == ("pdf", "html")
    assert loaded.mail is not None
    assert loaded.mail.timeout == dt.timedelta(seconds=30)
    assert loaded.secret_variables == {"BRINKWATCH_SMTP_PASSWORD"}
    text = example.read_text(encoding="utf-8")
    assert loaded.stale_after == dt.timedelta(days=3)
    parts = (
        settings.Schedule, settings.Subscription, settings.Webhook, settings.Mail, settings.Inbox,
        settings.Site, settings.Upkeep,
    )  # fmt: skip
    for part in parts:
        for key in part.__dataclass_fields__:
            assert f"{key} = " in text or f"or {key}" in text or key == "parameters"


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    path = tmp_path / "brinkwatch.toml"
    path.write_text(SCHEDULE + SUBSCRIPTION + MAIL + SIGNING)
    loaded = load(path)
    assert loaded.schedules[0].catch_up == 3
    assert loaded.schedules[0].keep is None
    assert loaded.subscriptions[0].formats == ("pdf",)
    assert loaded.subscriptions[0].clearance == "TLP:CLEAR"
    assert loaded.mail is not None
    assert (loaded.mail.port, loaded.mail.security) == (587, "starttls")
    assert loaded.signing is not None
    assert loaded.signing.pkcs12 == tmp_path / "key.p12"
    assert loaded.site is None
    assert loaded.stale_after is None


def test_every_fault_is_named_at_once_with_its_line(
    faults: Callable[[str | bytes], list[str]],
) -> None:
    said = faults("""# A comment, and an empty line

[[schedule]]
name = "Morning"
report = "breif"
cron = "0 25 * * *"
timezone = "America/New_Yrok"
as_of = "day_before"
catch_up = -1
retry_after = "10"

[[schedule]]
name = "weekly"
cron = "0 6 * *"
timezone = "UTC"
report = "brief"
start = 2021-01-01
parameters = { window_day = 3, as_of = "2024-01-29" }

[[schedule]]
name = "weekly"
report = "brief"
cron = "0 6 30 2 *"
timezone = "UTC"
time_limit = "0s"
keep = 0
[schedule.parameters]
marking = "SECRET"
window_days = 200

[[subscription]]
address = "reader@"
reports = [
    "brief",
    "brief",
]
formats = ["pdf", "docx"]
clearance = "TLP:WHITE"
send = "weekly"

[mail]
host = "smtp.example.org"
port = 70000
security = "none"
password = "hunter2"
sender = "Desk <desk>"
operator = "a@example.org\\nBcc: b@example.org"
unsubscribe = "http://example.org/"
timeout = "1d"

[sight]
title = "x"
""")
    places = [line.split(": ")[0].removeprefix("brinkwatch.toml:") for line in said]
    assert places == [
        "4", "5", "6", "7", "8", "9", "10", "14", "18", "18", "21", "23", "25", "26", "27",
        "28", "32", "33", "37", "38", "39", "43", "44", "45", "46", "47", "48", "49", "51",
    ]  # fmt: skip
    assert "hunter2" not in "".join(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SCHEDULE + "catchup = 3", "6: schedule.catchup: unknown key 'catchup'; did you mean '"),
        (SCHEDULE.replace("brief", "breif"), "3: schedule.report: unknown report 'breif'; did you"),
        (SCHEDULE.replace("0 6", "0 6 0"), "4: schedule.cron: '0 6 0 * * *' has not five fields; "),
        (SCHEDULE.replace("0 6", "0 66"), "the field is wrong: hour; give minute, hour, day of"),
        (SCHEDULE.replace("0 6 * * *", "0 0 31 2 *"), "the field is wrong: day-of-month; give min"),
        (SCHEDULE.replace("New_York", "New_Yrok"), "5: schedule.timezone: unknown time zone 'Ame"),
        (SCHEDULE.replace("New_York", "New_Yrok"), "did you mean 'America/New_York'?"),
        (SCHEDULE.replace("America/New_York", "../x"), "names are such as America/New_York"),
        (SCHEDULE.replace('report = "brief"\n', ""), "1: schedule.report: this key is missing"),
        (SCHEDULE * 2, "7: schedule.name: there is a schedule 'morning' already"),
        (SCHEDULE + "catch_up = true", "6: schedule.catch_up: True is not a whole number from 0 t"),
        (SCHEDULE + "time_limit = '0s'", "6: schedule.time_limit: '0s' is not from 1s to 366d"),
        (SCHEDULE + "start = 2024-03-01T06:00:00", " is not a date; write it as YYYY-MM-DD"),
        (SCHEDULE + "[schedule.parameters]\nwindow_days = 0", "7: schedule.parameters.window_day"),
        (SCHEDULE + "parameters = { site_id = 'x' }", "the report 'brief' has no such parameter; "),
        (SCHEDULE + "parameters = { window_days = 200 }", "history_days: 120 is shorter than the"),
        (SCHEDULE + "parameters.as_of = '2024-01-29'", "6: schedule.parameters.as_of: the schedul"),
        (SCHEDULE + "parameters.since = '2024-01-29'", "6: schedule.parameters.since: the schedul"),
        (SCHEDULE + "keep = 2", "6: schedule.keep: 2 is less than catch_up = 3; what is made "),
        (SCHEDULE + "keep = 4\ncatch_up = 5", "6: schedule.keep: 4 is less than catch_up = 5; "),
        (SCHEDULE + "after_publish = 'x'", "6: schedule.after_publish: 'x' is no command; write "),
        (SCHEDULE.replace("America/New_York", "localtime"), "'localtime'; names are such as Ame"),
        (SCHEDULE.replace("America", "right/America"), "did you mean 'America/New_York'?"),
        (SUBSCRIPTION + "at = '07:00'", "4: subscription.at: only a digest has a time; write sen"),
        (SUBSCRIPTION + "send = 'digest'\nat = '7:00'", "5: subscription.at: '7:00' is not a time"),
        (SUBSCRIPTION + "send = 'digest'\nat = '24:00'", "'24:00' is not a time of day; write "),
        (SUBSCRIPTION + "send = 'digest'\ntimezone = 'London'", "unknown time zone 'London'; "),
        (MAIL + "at_once = 0", "4: mail.at_once: 0 is not a whole number from 1 to 100000"),
        (SCHEDULE.replace("[[", "[").replace("]]", "]"), "write this as a table below the line"),
        ("[[mail]]\nhost = 'x'", "1: mail: write this as a table below the line [mail]"),
        ("site = 3", "1: site: write this as a table below the line [site]"),
        (SUBSCRIPTION * 2, "6: subscription.reports: reader@example.org has a subscription to 'br"),
        (SUBSCRIPTION.replace("reader@", "reader"), "2: subscription.address: 'readerexample.org"),
        (SUBSCRIPTION.replace("reader@", "a@b@"), "is not a mail address, such as reader@example"),
        (SUBSCRIPTION.replace("reader@", "jörg@"), "not ASCII need servers with SMTPUTF8"),
        (SUBSCRIPTION.replace('["brief"]', '"brief"'), "'brief' is not a list; write it as [\"on"),
        (SUBSCRIPTION.replace('["brief"]', "[]"), "3: subscription.reports: [] is not a list"),
        (SUBSCRIPTION + 'name = "A\\u0000B"', "4: subscription.name: 'A\\x00B' has a control char"),
        (MAIL + 'user = "x"', "4: mail.user: the password is missing; name it with password_env"),
        (MAIL + 'password_env = "X"', "4: mail.password_env: the user whose password this is, is "),
        (MAIL + 'user = "x"\npassword_env = "X"\npassword_file = "x"', "6: mail.password_file: pa"),
        (MAIL + 'security = "none"', "4: mail.security: mail may go without encryption to this ma"),
        (MAIL.replace("smtp.example.org", "smtp://x"), "2: mail.host: this is not the name of a m"),
        (WEBHOOK.replace("https://", "http://"), "4: webhook.url: without encryption nothing is s"),
        (WEBHOOK + "url_env = 'X'", "6: webhook.url_env: url is given too; leave one out"),
        (WEBHOOK.replace("url =", "#"), "1: webhook.url: this key is missing, or url_env or url_f"),
        (WEBHOOK.replace("secret_env", "#"), "1: webhook: what is sent has to be signed; name the"),
        (WEBHOOK + "secret_file = 'x'", "6: webhook.secret_file: secret_env is given too; leave "),
        (WEBHOOK * 2, "7: webhook.name: there is a webhook 'ops' already"),
        (CHANNEL + "formats = ['pdf']", "6: webhook.formats: slack takes no files in this way; th"),
        (CHANNEL + "secret_env = 'X'", "6: webhook.secret_env: slack looks at no signature; leave"),
        (CHANNEL.replace("url_env = 'X'", "url = 'https://x.org'"), "5: webhook.url: whoever know"),
        (SUBSCRIPTION + "schedules = ['morning']", "4: subscription.schedules: there is no schedu"),
        (SCHEDULE + SUBSCRIPTION.replace("brief", "site") + "schedules = ['morning']",
         "9: subscription.schedules: the schedule 'morning' makes 'brief', which is not in repor"),
        (SUBSCRIPTION + "parameters = { site_id = 'x' }", "4: subscription.parameters.site_id: th"),
        (SUBSCRIPTION + "parameters = { window_days = [7, 0] }", "parameters.window_days: 0 is "),
        (SUBSCRIPTION + "parameters = { as_of = 2024-01-29 }", "a reader gets every day; leave it"),
        (SUBSCRIPTION + "parameters = { window_days = [] }", "give one value, or a list of values"),
        (MAIL + 'unsubscribe = "https://x.org/{token}"', "4: mail.unsubscribe: what signs {token}"),
        (MAIL + 'unsubscribe_secret_env = "X"', "4: mail.unsubscribe_secret_env: there is no {tok"),
        ("[inbox]\nfolder = 'x'\nhost = 'x'", "3: inbox.host: this is for a mailbox, and folder i"),
        ("[inbox]\nmailbox = 'x'", "1: inbox.folder: this key is missing, or host instead, for a"),
        ("[inbox]\nhost = 'x.org'", "1: inbox.user: this key is missing"),
        ("[inbox]\nhost = 'x.org'\nuser = 'x'", "3: inbox.user: the password is missing; name it"),
        ("[inbox]\nhost = 'x.org'\nuser = 'x'\npassword_env = 'X'\nsecurity = 'none'",
         "5: inbox.security: mail may go without encryption to this machine only"),
        (MAIL + 'unsubscribe = "mailto:nobody"', "4: mail.unsubscribe: 'nobody' is not a mail add"),
        ('[signing]\npkcs12 = "~no-such-user/key"', "2: signing.pkcs12: '~no-such-user/key' is in"),
        (SIGNING + 'passphrase_env = "X"\npassphrase_file = "x"', "4: signing.passphrase_file: "),
        ('[site]\naddress = "ftp://x"', "2: site.address: this is not a link that begins"),
        ("[mail]\nhost = smtp", "2: this is not TOML: invalid value"),
        ("[mail]\nhost = “smtp”", "2: this is not TOML: invalid value; write quotation marks str"),
        ("x = [1,\n2,\n", "2: this is not TOML: "),
        ("a = 1\na = 2", "2: this is not TOML: cannot overwrite a value"),
        (b"# fine\nx = '\xff'", "2: the line is not in UTF-8"),
    ],
)  # fmt: skip
def test_a_fault_says_what_would_be_right(
    faults: Callable[[str | bytes], list[str]], content: str | bytes, said: str
) -> None:
    found = faults(content)
    assert len(found) == 1, found
    assert said in found[0]


@pytest.mark.parametrize(
    "fault",
    [
        MAIL + 'password = "hunter2"',
        MAIL + 'smtp_passwd = "hunter2"',
        MAIL + 'user = "x"\npassword_env = "hunter2"',
        SIGNING + 'passphrase = "hunter2"',
        '[site]\naddress = "https://desk:hunter2@example.org/"',
        MAIL.replace("smtp.example.org", "desk:hunter2@smtp.example.org"),
        'secret = "hunter2"',
        WEBHOOK.replace('"OPS_SECRET"', '"hunter2"'),
        WEBHOOK + 'secret = "hunter2"',
        CHANNEL.replace("url_env = 'X'", "url = 'https://hooks.example.org/hunter2'"),
    ],
)
def test_a_secret_in_the_file_is_a_fault_and_is_not_repeated(
    faults: Callable[[str | bytes], list[str]], fault: str
) -> None:
    said = faults(fault)
    assert len(said) == 1
    assert "hunter2" not in said[0]


def test_the_mark_that_some_editors_write_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "brinkwatch.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SCHEDULE.replace("\n", "\r\n").encode())
    assert load(path, notebooks=None).schedules[0].report == "brief"


def test_lines_are_right_whatever_the_layout(faults: Callable[[str | bytes], list[str]]) -> None:
    said = faults(
        '\r\n# [[schedule]]\r\n[[ "schedule" ]] # x = 1\r\n'
        + SCHEDULE.removeprefix("[[schedule]]\n").replace("\n", "\r\n")
        + '\'catch_up\'\t=\t"""\r\nreport = 1\r\n"""\r\nschedule.x = 2\r\n'
    )
    assert [line.split(": ")[0] for line in said] == ["brinkwatch.toml:8", "brinkwatch.toml:11"]


@pytest.mark.parametrize(
    "notebook",
    ["", "[]", '{"cells": []}', '{"cells": [], "metadata": {}, "nbformat": 9}', '{"cells": [3]}'],
)
def test_a_notebook_that_is_broken_stops_no_other(tmp_path: Path, notebook: str) -> None:
    """What is wrong with it, its attempts say; deliver does not even look."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "brief.ipynb").write_text(notebook)
    path = tmp_path / "brinkwatch.toml"
    path.write_text(SCHEDULE + "[schedule.parameters]\nwindow_days = 14\n" + SUBSCRIPTION)
    assert load(path, notebooks).schedules[0].parameters == {"window_days": 14}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"x\.toml: No such file or directory"):
        load(tmp_path / "x.toml")


def test_it_is_looked_for_where_one_would_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "CHECKOUT", tmp_path / "checkout")
    monkeypatch.delenv("BRINKWATCH_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"There is no brinkwatch\.toml here or in .*--config"):
        config.find()
    assert config.load_if_any() is None
    (tmp_path / "checkout").mkdir()
    for folder in (tmp_path / "checkout", tmp_path):
        (folder / "brinkwatch.toml").touch()
        assert config.find() == folder / "brinkwatch.toml"
    monkeypatch.setenv("BRINKWATCH_CONFIG", "/etc/x.toml")
    assert config.find() == Path("/etc/x.toml")
    assert config.find(Path("y.toml")) == Path("y.toml")


def test_secrets_come_from_the_environment_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config.secret(None, None) is None
    monkeypatch.setenv("A_PASSWORD", "from the environment")
    assert config.secret("A_PASSWORD", None) == "from the environment"
    (tmp_path / "password").write_text("from a file\n")
    assert config.secret(None, tmp_path / "password") == "from a file"
    (tmp_path / "password").write_bytes(b"\xef\xbb\xbffrom a file\r\n")
    assert config.secret(None, tmp_path / "password") == "from a file"
    monkeypatch.delenv("A_PASSWORD")
    with pytest.raises(UsageError, match="variable A_PASSWORD, which holds a secret, is not set"):
        config.secret("A_PASSWORD", None)
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        config.secret(None, tmp_path / "nothing")
    (tmp_path / "password").write_text("\n")
    with pytest.raises(UsageError, match="password is empty"):
        config.secret(None, tmp_path / "password")


def test_the_reports_need_not_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "brinkwatch.toml"
    path.write_text(SCHEDULE.replace("brief", "of-another-machine"))
    assert load(path, notebooks=None).schedules[0].report == "of-another-machine"
