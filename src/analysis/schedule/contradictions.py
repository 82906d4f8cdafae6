"""What of a configuration is fine alone and cannot be together, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from analysis.parameters import known
from analysis.schedule.rules import is_loopback
from analysis.schedule.settings import TOKEN, Schedule
from analysis.toml_text import Note, Place

#: The values of one table that could be read, by key.
Values = dict[str, Any]


class Entry(NamedTuple):
    """One table that the file holds: where it is, what it says, and what of that can be read."""

    place: Place
    raw: Values
    values: Values


def contradictions(read: Mapping[str, Sequence[Entry]]) -> Iterator[Note]:
    """Yield what contradicts what.

    Parameters
    ----------
    read: the tables of each name that the file holds.
    """
    for schedule in read["schedule"]:
        yield from _keep_notes(schedule)
        yield from _moment_notes(schedule)
    for subscription in read["subscription"]:
        yield from _digest_notes(subscription)
    for mail in read["mail"]:
        yield from _mail_notes(mail)
    for server in [*read["mail"], *read["inbox"]]:
        yield from _server_notes(server)
    for inbox in read["inbox"]:
        yield from _inbox_notes(inbox)
    for webhook in read["webhook"]:
        yield from _webhook_notes(webhook)
    for entry in [*read["mail"], *read["inbox"], *read["signing"], *read["webhook"]]:
        yield from _two_homes_of_a_secret(entry)
    for what in ("schedule", "webhook"):
        yield from _same_name_twice(what, read[what])
    yield from _same_report_twice(read["subscription"])
    for reader in [*read["subscription"], *read["webhook"]]:
        yield from _schedules_of_a_reader(reader, read["schedule"])


def _keep_notes(entry: Entry) -> Iterator[Note]:
    """Less is kept than is made at once after an outage."""
    defaults = {field.name: field.default for field in fields(Schedule)}
    keep, catch_up = (entry.values.get(key, defaults[key]) for key in ("keep", "catch_up"))
    if keep is not None and keep < catch_up:
        message = f"{keep} is less than catch_up = {catch_up}; what is made would go at once"
        yield Note((*entry.place, "keep"), message)


def _moment_notes(entry: Entry) -> Iterator[Note]:
    """When a schedule is due: by a cron expression, or when the record changes."""
    place, raw, values = entry
    if values.get("on") == "record":
        for key in ("cron", "start"):
            if key in raw:
                message = 'what is made on = "record" has no moments of its own; leave it out'
                yield Note((*place, key), message)
        return
    for key in ("cron", "timezone"):
        if key not in raw:
            yield Note((*place, key), "this key is missing")
    for key in ("at_most_every", "quiet"):
        if key in raw and "when" not in raw:
            message = 'this is for what is made when = "…" or on = "record"; the cron expression'
            yield Note((*place, key), f"{message} says the rest")


def _digest_notes(entry: Entry) -> Iterator[Note]:
    for key in ("at", "timezone"):
        if key in entry.raw and entry.raw.get("send") != "digest":
            yield Note((*entry.place, key), 'only a digest has a time; write send = "digest", too')


def _mail_notes(entry: Entry) -> Iterator[Note]:
    """What signs the links by which readers unsubscribe."""
    place, raw, values = entry
    secrets = [key for key in raw if key.startswith("unsubscribe_secret")]
    with_token = TOKEN in str(values.get("unsubscribe", ""))
    if with_token and not secrets:
        message = f"what signs {TOKEN} is missing; name it with unsubscribe_secret_env or _file"
        yield Note((*place, "unsubscribe"), message)
    if secrets and not with_token:
        message = f"there is no {TOKEN} in unsubscribe that it could sign"
        yield Note((*place, secrets[0]), message)


def _server_notes(entry: Entry) -> Iterator[Note]:
    """How a server of mail is spoken to, and who logs in."""
    place, raw, values = entry
    if values.get("security") == "none" and "host" in values and not is_loopback(values["host"]):
        message = "mail may go without encryption to this machine only; write starttls or tls"
        yield Note((*place, "security"), message)
    passwords = [key for key in ("password_env", "password_file") if key in raw]
    if "user" in raw and not passwords:
        message = "the password is missing; name it with password_env or password_file"
        yield Note((*place, "user"), message)
    if passwords and "user" not in raw:
        yield Note((*place, passwords[0]), "the user whose password this is, is missing")


def _inbox_notes(entry: Entry) -> Iterator[Note]:
    """An inbox is a folder, or a mailbox that somebody may read."""
    place, raw, _ = entry
    if "folder" in raw:
        for key in raw.keys() - {"folder"}:
            yield Note((*place, key), "this is for a mailbox, and folder is given; leave one out")
    elif "host" not in raw:
        yield Note((*place, "folder"), "this key is missing, or host instead, for a mailbox")
    elif "user" not in raw:
        yield Note((*place, "user"), "this key is missing")


def _webhook_notes(entry: Entry) -> Iterator[Note]:
    """Where a webhook listens, what it is signed with, and what its format can take."""
    place, raw, values = entry
    homes = [key for key in ("url", "url_env", "url_file") if key in raw]
    if not homes:
        yield Note((*place, "url"), "this key is missing, or url_env or url_file instead")
    for other in homes[1:]:
        yield Note((*place, other), f"{homes[0]} is given too; leave one out")
    if "url" in values and (why := why_not_there(values["url"])):
        yield Note((*place, "url"), why)
    form = raw.get("format", "json")
    secrets = [key for key in raw if key in ("secret_env", "secret_file")]
    if form == "json" and not secrets:
        message = "what is sent has to be signed; name the secret with secret_env or secret_file"
        yield Note(place, message)
    if form in ("slack", "teams"):
        for key in secrets:
            yield Note((*place, key), f"{form} looks at no signature; leave it out")
        if "formats" in raw:
            message = f"{form} takes no files in this way; the card has a link where [site] has one"
            yield Note((*place, "formats"), message)
        if "url" in raw:
            message = f"whoever knows it can write to {form}; name it with url_env or url_file"
            yield Note((*place, "url"), message)


def why_not_there(url: str) -> str:
    """Why nothing is sent to an address of the web; empty if it is.

    >>> why_not_there("http://example.org/hook")
    'without encryption nothing is sent but to this machine; write https'
    """
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return ""
    return "without encryption nothing is sent but to this machine; write https"


def _two_homes_of_a_secret(entry: Entry) -> Iterator[Note]:
    for what in ("password", "passphrase", "secret", "unsubscribe_secret"):
        if f"{what}_env" in entry.raw and f"{what}_file" in entry.raw:
            message = f"{what}_env is given too; leave one out"
            yield Note((*entry.place, f"{what}_file"), message)


def _same_name_twice(what: str, entries: Sequence[Entry]) -> Iterator[Note]:
    names = [entry.values.get("name") for entry in entries]
    for number, name in enumerate(names):
        if name and name in names[:number]:
            yield Note((*entries[number].place, "name"), f"there is a {what} {name!r} already")


def _same_report_twice(subscriptions: Sequence[Entry]) -> Iterator[Note]:
    """Two subscriptions of one reader to one report: which clearance, which formats?

    Unless they choose other editions of it.
    """
    seen = set()
    for place, _, values in subscriptions:
        reader = values.get("address", "").lower()
        chosen = repr((values.get("schedules"), values.get("parameters")))
        for report in values.get("reports", ()):
            if reader and (reader, report, chosen) in seen:
                message = f"{values['address']} has a subscription to {report!r} already"
                yield Note((*place, "reports"), message)
            seen.add((reader, report, chosen))


def _schedules_of_a_reader(entry: Entry, schedules: Sequence[Entry]) -> Iterator[Note]:
    """Schedules that there are not, or that make nothing of what the reader gets."""
    made = {one.values["name"]: one.values.get("report") for one in schedules
            if "name" in one.values}  # fmt: skip
    reports = entry.values.get("reports", ())
    for name in entry.values.get("schedules", ()):
        at = (*entry.place, "schedules")
        if name not in made:
            yield Note(at, f"there is no schedule {name!r}; {known(name, made)}")
        elif made[name] and reports and made[name] not in reports:
            yield Note(at, f"the schedule {name!r} makes {made[name]!r}, which is not in reports")
