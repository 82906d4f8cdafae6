"""A small record that is good, for tests to spoil one place of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

Case = TypeVar("Case", bound=tuple[Any, ...])

SMALL = {
    "attacks.csv": """\
attack_id,reported_on,event_date,date_precision,site_id,target,weapons,munitions,outcome,killed,\
injured,casualties_of,claimed_by,attributed_to,confirmation,publisher,source_url,note
2023-10-18-al-tanf-1,2023-10-18,2023-10-18,day,al-tanf,us-coalition-forces,drone+rocket,2,\
intercepted,,4,us,,militia,official,Reuters,https://example.org/1,"Two drones, both shot down."
2023-10-18-al-tanf-1,2023-10-20,2023-10-18,day,al-tanf,us-coalition-forces,drone+rocket,2,\
intercepted,,6,us,brigade,,official,Reuters,https://example.org/2,Six hurt.
2023-10-19-erbil-1,2023-10-19,2023-10-19,night,erbil,us-coalition-forces,drone,,unknown,,,,brigade,,\
claim,Shafaq,https://example.org/3,
""",
    "tallies.csv": """\
reported_on,since,through,scope,target,measure,value,qualifier,speaker,publisher,source_url,note
2023-10-24,2023-10-17,2023-10-24,ALL,us-coalition-forces,attacks,13,exact,Ryder,AP,\
https://example.org/4,
2023-10-24,2023-10-17,2023-10-24,ALL,us-coalition-forces,attacks,13,at-least,Official,AP,\
https://example.org/5,
""",
    "deployments.csv": """\
deployment_id,reported_on,effective_on,status,asset,kind,counting,quantity,unit,personnel,area,\
publisher,source_url,note
csg-ford,2023-10-10,2023-10-10,arrived,USS Gerald R. Ford,carrier-strike-group,unit,1,ships,,\
eastern-mediterranean,AP,https://example.org/6,
""",
    "responses.csv": """\
response_id,reported_on,event_date,place,country,lat,lon,by,method,target_actor,targets_struck,\
killed_claimed,civilians_killed_claimed,in_response_to,publisher,source_url,note
2023-10-26-syr-1,2023-10-27,2023-10-26,near Abu Kamal,SYR,34.45,40.92,us,air-strike,brigade,2,,,\
2023-10-19-erbil-1,DW,https://example.org/7,
""",
    "milestones.csv": """\
milestone_id,reported_on,start_on,end_on,kind,title,publisher,source_url,note
truce,2023-12-01,2023-11-24,2023-11-30,truce,Truce in Gaza,AP,https://example.org/8,
""",
    "sites.csv": """\
site_id,name,aliases,country,lat,lon,kind,source_url
al-tanf,Al-Tanf Garrison,Tanf|ATG,SYR,33.51,38.62,garrison,https://example.org/9
erbil,Erbil Air Base,,IRQ,,,air-base,https://example.org/قاعدة
""",
    "actors.csv": """\
actor_id,name,aliases,parent,sponsor,country,note
brigade,A Brigade,,militia,,IRQ,
militia,Militia,Unnamed,,,,
""",
    "campaigns.toml": """\
[[campaign]]
id = "wave"
title = "US forces under fire"
targets = ["us-coalition-forces"]
start = 2023-10-17
known_on = 2023-10-18
theatres = [{ id = "iraq-syria", name = "Iraq and Syria", countries = ["IRQ", "SYR"] }]
""",
}

#: What no rule of one of them compares with another: a fault in one hides none in another.
SEPARATE = (
    ("attacks", "deployments", "tallies", "milestones", "coverage", "sources"),
    ("responses", "actors"),
    ("sites",),
)

#: What a row of a table holds where a test does not say.
ROWS = {
    "attacks": {
        "attack_id": "2023-11-02-erbil-1",
        "reported_on": "2023-11-02",
        "event_date": "2023-11-02",
        "date_precision": "day",
        "site_id": "erbil",
        "target": "us-coalition-forces",
        "weapons": "drone",
        "outcome": "unknown",
        "confirmation": "official",
    },
    "deployments": {
        "deployment_id": "csg-ike",
        "reported_on": "2023-11-04",
        "effective_on": "2023-11-04",
        "status": "arrived",
        "asset": "USS Dwight D. Eisenhower",
        "kind": "carrier-strike-group",
        "counting": "unit",
        "area": "centcom",
    },
    "responses": {
        "response_id": "2023-11-08-syr-1",
        "reported_on": "2023-11-08",
        "event_date": "2023-11-08",
        "place": "Deir ez-Zor",
        "country": "SYR",
        "by": "us",
        "method": "air-strike",
        "counting": "event",
    },
    "tallies": {
        "reported_on": "2023-11-02",
        "since": "2023-10-17",
        "through": "2023-11-02",
        "scope": "ALL",
        "target": "us-coalition-forces",
        "measure": "attacks",
        "value": "28",
        "qualifier": "exact",
        "speaker": "Ryder",
    },
    "milestones": {
        "milestone_id": "war",
        "reported_on": "2023-10-07",
        "start_on": "2023-10-07",
        "kind": "war",
        "title": "War in Gaza",
    },
    "sites": {
        "site_id": "x",
        "name": "X",
        "country": "IRQ",
        "lat": "33.79",
        "lon": "42.44",
        "kind": "air-base",
    },
    "actors": {"actor_id": "x", "name": "X", "kind": "group"},
    "coverage": {"since": "2023-10-17", "targets": "us-coalition-forces", "kept": "daily"},
    "sources": {"publisher": "AP"},
}


def side_by_side(cases: Iterable[Case]) -> list[list[Case]]:
    """Cases, of which each begins with its table, in few records; no two concern one table."""
    records: list[list[Case]] = []
    for case in cases:
        (separate,) = (tables for tables in SEPARATE if case[0] in tables)
        for record in records:
            if record[0][0] in separate and case[0] not in {other[0] for other in record}:
                record.append(case)
                break
        else:
            records.append([case])
    return records


def write(folder: Path) -> Path:
    """Write the record into a folder."""
    for file, text in SMALL.items():
        (folder / file).write_text(text, "utf-8", newline="\n")
    return folder


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    """Exchange a text that the file holds; where it does so twice, the first one."""
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8", newline="\n")


def add(folder: Path, table: str, **values: str) -> int:
    """Add a row, in which nothing is amiss but what is given; return its line."""
    path = folder / f"{table}.csv"
    text = path.read_text("utf-8")
    columns = text.split("\n")[0].split(",")
    row = {"publisher": "AP", "source_url": "https://example.org/0", **ROWS[table], **values}
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([row.get(name, "") for name in columns])
    path.write_text(text + line.getvalue(), "utf-8", newline="\n")
    return text.count("\n") + 1
