"""From what a TOML file holds to a `Config`, and a note for all that cannot be.

Each table has its keys and a rule for each; what takes two keys or two tables to judge is in
`contradictions`, what takes a report in `of_reports`. Whatever is wrong is noted with its place,
and the rest is looked at all the same, so that one look finds every fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from analysis.errors import BrinkwatchError, RunError
from analysis.parameters import MARKINGS, known
from analysis.schedule import rules
from analysis.schedule.contradictions import Entry, Values, contradictions
from analysis.schedule.of_reports import choice_notes, fact_notes, find_report, parameter_notes
from analysis.schedule.settings import (
    Config,
    Inbox,
    Mail,
    Schedule,
    Signing,
    Site,
    Subscription,
    Upkeep,
    Webhook,
)
from analysis.toml_text import Note, Place, Rule, read_values

#: Parts of keys under which somebody might write a secret, and what belongs there instead.
SECRETS = {
    "pass": "name it with password_env or password_file, passphrase_env or passphrase_file",
    "secret": "name it with password_env or password_file, of a webhook with secret_env or "
    "secret_file",
    "token": "name it with password_env or password_file",
}


class Table(NamedTuple):
    """One kind of table of the file: what it becomes, its keys, and whether there are several."""

    kind: type
    rules: Mapping[str, Rule]
    several: bool = False


def read_config(
    path: Path, content: Values, notebooks: Path | None
) -> tuple[Config | None, list[Note]]:
    """Return the configuration, or None and all that is wrong with it.

    Parameters
    ----------
    path: the file; files that it names are looked for beside it.
    content: what the file holds.
    notebooks: folder of the reports that there are; if None, reports are not looked at.
    """
    tables = _tables(path.absolute().parent, notebooks)
    notes = list(_unknown_keys(content, tables, ()))
    read: dict[str, list[Entry]] = {}
    for name, table in tables.items():
        read[name] = [
            Entry(place, raw, _values(raw, table, place, notes))
            for place, raw in _entries(name, table, content, notes)
        ]
    if notebooks:
        for schedule in read["schedule"]:
            notes += parameter_notes(schedule, notebooks)
            notes += fact_notes(schedule, notebooks)
        for reader in [*read["subscription"], *read["webhook"]]:
            notes += choice_notes(reader, notebooks)
    notes += contradictions(read)
    if notes:
        return None, notes
    made = {
        name: tuple(tables[name].kind(**entry.values) for entry in read[name]) for name in tables
    }
    several = ("schedule", "subscription", "webhook")
    values: dict[str, Any] = {f"{name}s": made.pop(name) for name in several}
    values |= {name: next(iter(entries), None) for name, entries in made.items()}
    return Config(path.absolute(), **values), []


def _tables(folder: Path, notebooks: Path | None) -> dict[str, Table]:
    """The tables that the file may hold."""
    report = partial(_report, notebooks=notebooks) if notebooks else rules.text
    file = partial(rules.file, folder=folder)
    port = partial(rules.whole, least=1, most=65_535)
    page = partial(rules.link, schemes=("https", "http"))
    marking = partial(rules.one_of, names=MARKINGS)
    timeout = partial(rules.duration, most="10m")
    again: dict[str, Rule] = {"retries": rules.count, "retry_after": rules.duration}
    login: dict[str, Rule] = {"user": rules.text, **_secret("password", file)}
    terms: dict[str, Rule] = {
        "timeout": timeout,
        **again,
        "ca_file": file,
        "at_once": partial(rules.whole, least=1, most=100_000),
    }
    schedule: dict[str, Rule] = {
        "name": rules.slug,
        "report": report,
        "cron": rules.cron,
        "timezone": rules.timezone,
        "as_of": partial(rules.one_of, names=("slot-day", "day-before")),
        "catch_up": rules.count,
        **again,
        "time_limit": rules.duration,
        "keep": partial(rules.whole, least=1, most=100_000),
        "start": rules.day,
        "parameters": rules.table,
        "on": partial(rules.one_of, names=("cron", "record")),
        "when": rules.trigger,
        "at_most_every": rules.duration,
        "quiet": rules.part_of_a_day,
        "after_publish": rules.command,
    }
    chosen: dict[str, Rule] = {
        "reports": partial(rules.several, each=report),
        "schedules": partial(rules.several, each=rules.slug),
        "parameters": rules.choices,
        "formats": partial(rules.several, each=partial(rules.one_of, names=("pdf", "html"))),
        "clearance": marking,
    }
    subscription: dict[str, Rule] = {
        "address": rules.address,
        **chosen,
        "send": partial(rules.one_of, names=("each", "digest")),
        "name": rules.text,
        "at": rules.time_of_day,
        "timezone": rules.timezone,
    }
    mail: dict[str, Rule] = {
        "host": rules.host,
        "sender": rules.sender,
        "port": port,
        "security": partial(rules.one_of, names=("starttls", "tls", "none")),
        **login,
        "operator": rules.address,
        "unsubscribe": partial(rules.link, schemes=("mailto", "https")),
        **_secret("unsubscribe_secret", file),
        **terms,
    }
    webhook: dict[str, Rule] = {
        "name": rules.slug,
        **chosen,
        "url": page,
        **_secret("url", file),
        "format": partial(rules.one_of, names=("json", "slack", "teams")),
        **_secret("secret", file),
        **terms,
    }
    inbox: dict[str, Rule] = {
        "folder": file,
        "host": rules.host,
        "port": port,
        "security": partial(rules.one_of, names=("tls", "none")),
        **login,
        "mailbox": rules.text,
        "timeout": timeout,
        "ca_file": file,
    }
    signing: dict[str, Rule] = {
        "pkcs12": file,
        **_secret("passphrase", file),
        "name": rules.text,
        "reason": rules.text,
        "location": rules.text,
        "trust": file,
        "signers": file,
        "timestamp": page,
    }
    site: dict[str, Rule] = {"title": rules.text, "address": page, "clearance": marking}
    record: dict[str, Rule] = {
        "stale_after": rules.duration,
        "correct_days": partial(rules.whole, least=0, most=3660),
    }
    return {
        "schedule": Table(Schedule, schedule, several=True),
        "subscription": Table(Subscription, subscription, several=True),
        "webhook": Table(Webhook, webhook, several=True),
        "mail": Table(Mail, mail),
        "inbox": Table(Inbox, inbox),
        "signing": Table(Signing, signing),
        "site": Table(Site, site),
        "record": Table(Upkeep, record),
    }


def _secret(what: str, file: Rule) -> dict[str, Rule]:
    """The keys that name where a secret is: a variable of the environment, or a file."""
    return {f"{what}_env": rules.variable, f"{what}_file": file}


def _report(value: object, *, notebooks: Path) -> str:
    """The name of a report that there is; what is wrong with its notebook, its attempts say."""
    name = rules.text(value)
    try:
        find_report(name, notebooks)
    except RunError:
        return name
    except BrinkwatchError as reason:
        if (notebooks / f"{name}.ipynb").is_file():
            return name
        message = str(reason).rstrip(".")
        raise ValueError(f"{message[:1].lower()}{message[1:]}") from None
    return name


def _unknown_keys(raw: Values, names: Mapping[str, object], place: Place) -> Iterator[Note]:
    for key in raw:
        if key not in names:
            meant = next((SECRETS[part] for part in SECRETS if part in key.lower()), None)
            message = (
                f"a secret does not belong in this file; {meant}"
                if meant
                else f"unknown key {rules.shown(key)}; {known(key, names)}"
            )
            yield Note((*place, key), message)


def _entries(
    name: str, table: Table, content: Values, notes: list[Note]
) -> Iterator[tuple[Place, Values]]:
    """Place and raw values of each table of one kind."""
    held = content.get(name)
    if held is None:
        return
    is_list = isinstance(held, list)
    for number, raw in enumerate(held if is_list else [held]):
        place: Place = (name, number) if is_list else (name,)
        if isinstance(raw, dict) and is_list == table.several:
            yield place, raw
        else:
            header = f"[[{name}]]" if table.several else f"[{name}]"
            notes.append(Note(place, f"write this as a table below the line {header}"))


def _values(raw: Values, table: Table, place: Place, notes: list[Note]) -> Values:
    """The values that can be read, in their types."""
    notes += _unknown_keys(raw, table.rules, place)
    required = {field.name for field in fields(table.kind)
                if field.default is MISSING and field.default_factory is MISSING}  # fmt: skip
    return read_values(raw, table.rules, required, place, notes)
