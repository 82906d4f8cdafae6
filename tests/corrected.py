"""A desk with the record of the ten attacks, whose reports are counted without a kernel.

What stands in for a report is made from the record as any is: its manifest has the digest and the
rows of its day, its facts count attacks. So `due` finds what a back-dated row touches.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import ten_attacks

from analysis.deliver.hand_out import Account, hand_out
from analysis.publish import archive, listing, reading
from analysis.publish.editions import Content, compared, content_of, said_of
from analysis.publish.order import Order
from analysis.publish.plan import subjects_of
from analysis.record import read
from analysis.schedule.attempt import Outcome
from analysis.schedule.clock import moment
from analysis.schedule.due import due
from analysis.schedule.settings import Config, Schedule, Subscription

#: The day after the week, at which the brief of its last day is made.
MORNING = "2023-11-08T06:30"

#: Who gets the brief, and who gets something else.
READERS = [Subscription(f"reader-{n}@example.org", ("brief",)) for n in range(2)]
OTHER = Subscription("other@example.org", ("site",))

DAILY = Schedule("daily", "brief", "0 6 * * *", "UTC", as_of="day-before")


def desk(folder: Path) -> Order:
    """Write the record; return the order of which `due` makes what it owes."""
    data = ten_attacks.write(folder / "data")
    return Order("", data=data, reports=folder / "reports")


def config(*readers: Subscription, **other: Any) -> Config:
    return Config(Path("brinkwatch.toml"), (DAILY,), readers, **other)


def back_date(
    data: Path, number: int, reported_on: str = "2023-11-06", day: str = "2023-11-06"
) -> None:
    """Add an attack at Alpha that had been public by a day."""
    row = (
        f"{day}-alpha-{number + 1},{reported_on},{day},day,alpha,us-coalition-forces,drone"
        f",,unknown,,,,,,official,{ten_attacks.SOURCE}\n"
    )
    with (data / "attacks.csv").open("a", encoding="utf-8") as table:
        table.write(row)


def make(order: Order, time_limit: dt.timedelta, hidden: Collection[str]) -> Outcome:
    """Publish a brief that counts the attacks known by its day, or what follows one."""
    as_of = str(order.parameters["as_of"])
    (subject,) = subjects_of(order.data, [(as_of, None)], dt.date(2023, 12, 1)).values()
    folder = order.reports / "brief" / as_of
    before = reading.read(folder)
    made_from = {
        "report": "brief", "as_of": as_of, "campaign": subject.campaign, "data": subject.digest,
        "rows": dict(subject.rows), "census": dict(subject.census), "code": "", "versions": {},
        "parameters": {"as_of": as_of, "since": "2023-11-01", "marking": "TLP:CLEAR"},
    }  # fmt: skip
    if before is not None and before.made_from["data"] == subject.digest:
        return Outcome(folder=before.name)
    count = subject.rows["attacks"]
    attacks = read(order.data).as_of(as_of).attacks["attack_id"].tolist()
    fact = {"value": count, "unit": "attacks recorded", "kind": "count", "evidence": attacks}
    said = {
        "title": "US forces under fire", "marking": "TLP:CLEAR",
        "bottom_line": [f"The record holds {count} attacks."],
        "key_figures": [{"label": "Attacks recorded", "value": str(count), "change": ""}],
    }  # fmt: skip
    if before is not None:
        figures = reading.key_figures(said["key_figures"])
        now = Content(before.number + 1, {"attacks": fact}, "", (), figures, made_from)
        made_from["parameters"]["correction"] = said_of(compared(content_of(before), now))
    files = {
        "brief.html": f"<!DOCTYPE html>{count}".encode(),
        "brief.pdf": b"%PDF-1.7\n" + f"{count}".encode() * 2000,
        "brief.ipynb": b"{}",
        "facts.json": json.dumps(
            {"as_of": as_of, "parameters": made_from["parameters"], "facts": {"attacks": fact}}
        ).encode(),
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = json.dumps({**made_from, "page": said, "files": digests}).encode()
    replaces = reading.manifest_sha256(folder)
    archive.publish(files | {"manifest.json": manifest}, order.reports, "brief", as_of, replaces)
    return Outcome(folder=f"brief/{as_of}")


def call(order: Order, settings: Config, now: str, making: Any = make) -> list[str]:
    """What `due` says that it made."""
    made = due(settings, order, moment(now), make=making)
    return [str(one) for one in made or ()]


def mail(order: Order, settings: Config, now: str) -> Account:
    """What `deliver` does."""
    return hand_out(order.reports, settings, moment(now), data=order.data)


def counts(order: Order, day: str = "2023-11-07") -> list[int]:
    """What each edition of the brief of a day counts, oldest first; each is whole."""
    newest = reading.read(order.reports / "brief" / day)
    assert newest is not None
    found = []
    for one in listing.editions(newest):
        contents = {name: (one.folder / name).read_bytes() for name in one.files}
        assert all(one.holds(name, content) for name, content in contents.items()), one.name
        found.append(json.loads(contents["facts.json"])["facts"]["attacks"]["value"])
    return found
