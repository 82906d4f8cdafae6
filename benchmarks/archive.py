"""What an archive of 5,000 editions over three years costs to keep, to search and to look at.

It is made of a few real editions, moved in time.

Each copy says another as-of date, in manifest and facts alike, and all its dates are moved with it:
so are its events and the ids of its rows. Its page and document are those of the original, which
costs no space. The listing takes each for what its manifest says.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from statistics import median

from measure import Cost, measured
from preview import browser

#: A day as data have it, or as sentences do.
_DAY = re.compile(r"\b(\d{4}-\d\d-\d\d)\b|\b(\d{1,2}[ \u00a0][A-Z][a-z]{2,8}[ \u00a0]\d{4})\b")

#: How many days lie between two copies of an edition.
_EVERY = {"brief": 1, "outlook": 2, "site": 1, "actor": 7}

#: The editions from which all others are made; and how many, until when.
_SEEDS = (
    ("brief",),
    ("brief", "-p", "campaign=red-sea"),
    ("outlook",),
    ("site", "-p", "site_id=al-tanf"),
    ("site", "-p", "site_id=tower-22"),
    ("actor",),
)
EDITIONS, LAST = 5_000, dt.date(2024, 1, 29)

_CONFIGURATION = """
[[schedule]]
name = "later"
report = "brief"
cron = "0 6 * * *"
timezone = "UTC"
start = "2199-01-01"

[site]
title = "Reports"
address = "https://share.example.org/"
"""

BRINKWATCH = Path(sys.executable).parent / "brinkwatch"


def measured_in(scratch: Path) -> dict[str, Cost]:
    """What each thing costs that is done with such an archive, by what the table calls it."""
    seeds, reports, config = scratch / "seeds", scratch / "reports", scratch / "brinkwatch.toml"
    for report, *options in _SEEDS:
        _brinkwatch(scratch, "run", report, "--as-of", LAST, *options, "--reports", seeds)
    grow(seeds, reports, EDITIONS)
    config.write_text(_CONFIGURATION, encoding="utf-8")
    due = ["due", "--config", config, "--reports", reports]
    for day in (LAST, LAST + dt.timedelta(days=1)):
        if day > LAST:
            copy(seeds / "brief" / str(LAST), reports, day)
        kept = _brinkwatch(scratch, *due)
    find = _brinkwatch(scratch, "archive", "find", "Tower 22", "--reports", reports)
    page = Cost(first_page_seen(reports / "index.html"))
    return {
        f"`due`, after one edition more in an archive of {EDITIONS:,}": kept,
        "`archive find` there": find,
        "its first page, in the browser": page,
    }


def _brinkwatch(scratch: Path, *arguments: str | Path | dt.date) -> Cost:
    """The command, which has nothing in its memory but what it has put there itself."""
    command = ["env", f"XDG_CACHE_HOME={scratch / 'cache'}", str(BRINKWATCH), *map(str, arguments)]
    return measured(command, Path(__file__).parents[1])


def first_page_seen(page: Path) -> float:
    """Seconds until a page is loaded, in a browser that is warm; median of five."""
    driver = browser()
    try:
        seconds = []
        for _ in range(6):
            driver.get("about:blank")
            begun = time.perf_counter()
            driver.get(page.as_uri())
            seconds.append(time.perf_counter() - begun)
    finally:
        driver.quit()
    return median(seconds[1:])


def grow(seeds: Path, reports: Path, count: int, last: dt.date = LAST) -> int:
    """Write an archive of so many editions, if the seeds give as many in three years.

    Parameters
    ----------
    seeds: an archive of a few real editions.
    reports: the archive to be made.
    last: the newest as-of date.

    Returns
    -------
    int
        How many there are.
    """
    made = 0
    for day, seed in _slots(seeds, last):
        if made == count:
            break
        copy(seed, reports, day)
        made += 1
    return made


def _slots(seeds: Path, last: dt.date) -> Iterator[tuple[dt.date, Path]]:
    """Each day of three years back, and what is made for it; of two of one name the first."""
    by_name = {(path.parents[1].name, path.parent.name[10:]): path.parent
               for path in sorted(seeds.glob("[!.]*/[!.]*/manifest.json"))}  # fmt: skip
    for back in range(3 * 365 + 1):
        for (report, _), seed in by_name.items():
            if back % _EVERY.get(report, 1) == 0:
                yield last - dt.timedelta(days=back), seed


def copy(seed: Path, reports: Path, day: dt.date) -> None:
    """Put an edition into an archive as if it were of another day."""
    days = (day - dt.date.fromisoformat(seed.name[:10])).days
    target = reports / seed.parent.name / f"{day}{seed.name[10:]}"
    (target / "figures").mkdir(parents=True)
    for path in seed.rglob("*.*"):
        if path.is_file() and path.suffix != ".json":
            os.link(path, target / path.relative_to(seed))
    facts = _moved((seed / "facts.json").read_text("utf-8"), days).encode()
    manifest = json.loads(_moved((seed / "manifest.json").read_text("utf-8"), days))
    manifest["files"]["facts.json"] = hashlib.sha256(facts).hexdigest()
    (target / "facts.json").write_bytes(facts)
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (target / "manifest.json").write_text(text, encoding="utf-8")


def _moved(text: str, days: int) -> str:
    """A text with all its days moved."""
    return _DAY.sub(_mover(days), text)


@cache
def _mover(days: int) -> Callable[[re.Match[str]], str]:
    @cache
    def moved(said: str) -> str:
        try:
            if said[:4].isdigit() and said[4] == "-":
                return (dt.date.fromisoformat(said) + dt.timedelta(days)).isoformat()
            on = dt.datetime.strptime(said.replace("\u00a0", " "), "%d %B %Y") + dt.timedelta(days)
            return f"{on.day} {on:%B %Y}"
        except ValueError:
            return said

    return lambda match: moved(match.group())
