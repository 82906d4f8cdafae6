"""From what a TOML file holds to a `Config`, and a note for all that cannot be.

Each table has its keys and a rule for each, as the fields of `settings` have them; what takes two
keys or two tables to judge is in `contradictions`, what takes a report in `of_reports`. Whatever is
wrong is noted with its place, and the rest is looked at all the same, so that one look finds every
fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from analysis.errors import BrinkwatchError, RunError
from analysis.parameters import known
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


#: What each table of the file becomes, and of which there may be several.
KINDS: Mapping[str, type] = {
    "schedule": Schedule,
    "subscription": Subscription,
    "webhook": Webhook,
    "mail": Mail,
    "inbox": Inbox,
    "signing": Signing,
    "site": Site,
    "record": Upkeep,
}
SEVERAL = ("schedule", "subscription", "webhook")


class Table(NamedTuple):
    """One kind of table of the file: what it becomes, its keys, and whether there are several."""

    kind: type
    rules: Mapping[str, Rule]
    several: bool


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
    folder = path.absolute().parent
    tables = {
        name: Table(kind, _keys(kind, notebooks), name in SEVERAL) for name, kind in KINDS.items()
    }
    notes = list(_unknown_keys(content, tables, ()))
    read: dict[str, list[Entry]] = {}
    for name, table in tables.items():
        read[name] = [
            Entry(place, raw, _values(raw, table, place, folder, notes))
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
    values: dict[str, Any] = {f"{name}s": made.pop(name) for name in SEVERAL}
    values |= {name: next(iter(entries), None) for name, entries in made.items()}
    return Config(path.absolute(), **values), []


def _keys(kind: type, notebooks: Path | None) -> dict[str, Rule]:
    """The keys of a kind of table, and by which rule each is read."""
    hints = get_type_hints(kind, include_extras=True)
    keys = {name: _rule(hint) for name, hint in hints.items()}
    if notebooks:
        report = partial(_report, notebooks=notebooks)
        named: dict[str, Rule] = {"report": report, "reports": partial(rules.several, each=report)}
        keys |= {name: rule for name, rule in named.items() if name in keys}
    return keys


def _rule(hint: Any) -> Rule:
    """The rule that a field's type brings along, which may be optional."""
    annotated = next(one for one in (hint, *get_args(hint)) if get_origin(one) is Annotated)
    rule: Rule = annotated.__metadata__[0]
    return rule


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


def _values(raw: Values, table: Table, place: Place, folder: Path, notes: list[Note]) -> Values:
    """The values that can be read, in their types; files as seen from a folder."""
    notes += _unknown_keys(raw, table.rules, place)
    required = {field.name for field in fields(table.kind)
                if field.default is MISSING and field.default_factory is MISSING}  # fmt: skip
    values = read_values(raw, table.rules, required, place, notes)
    return {
        name: folder / value if isinstance(value, Path) else value for name, value in values.items()
    }
