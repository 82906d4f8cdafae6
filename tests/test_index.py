"""Where people look: index page, Atom feed, `latest` links, and what is kept for how long."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import feedparser
import pytest
import test_browser
from conftest import DATA
from published import publish_report
from selenium import webdriver
from selenium.webdriver.common.by import By
from test_browser import PAYLOADS, WIDTHS, opened

from analysis.errors import RunError
from analysis.publish import archive, index
from analysis.publish.finding import find
from analysis.publish.index import LIST
from analysis.publish.listing import published
from analysis.schedule import ledger, retention
from analysis.schedule.settings import Config, Mail, Schedule, Subscription

NOW = dt.datetime(2024, 3, 31, 12, tzinfo=dt.UTC)
TITLE, ADDRESS = SITE = ("Reports of the desk", "https://share.example.org/reports/")
XSS = PAYLOADS[0]

browser = test_browser.browser

#: An archive for those who may see everything, where nothing else is said.
refresh = partial(index.refresh, clearance="TLP:RED")


def publish(
    reports: Path,
    report: str,
    folder: str,
    *sentences: str,
    title: str = "",
    said: dict[str, Any] | None = None,
    **parameters: Any,
) -> Path:
    """Publish a small page with a bottom line; the folder's name begins with its as-of date."""
    as_of = folder[:10]
    page = f"<!DOCTYPE html><title>{report}</title><body>{' '.join(map(escape, sentences))}"
    files = {f"{report}.html": page.encode(), f"{report}.pdf": b"%PDF-1.7 ", "facts.json": b"{}"}
    manifest = {
        "report": report,
        "as_of": as_of,
        "parameters": {"as_of": as_of, "window_days": 7, "marking": "TLP:CLEAR"} | parameters,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "page": {"title": title or report.title(), "bottom_line": sentences, **(said or {})},
        "campaign": parameters.get("campaign", "gaza-war"),
    }
    files["manifest.json"] = json.dumps(manifest).encode()
    return archive.publish(files, reports, report, folder)


def days(count: int, last: str = "2024-03-31") -> list[str]:
    """So many days up to one, oldest first."""
    end = dt.date.fromisoformat(last)
    return [(end - dt.timedelta(days=back)).isoformat() for back in reversed(range(count))]


def names(reports: Path) -> list[str]:
    """The published folders that are there."""
    return sorted(
        str(path.parent.relative_to(reports)) for path in reports.glob("*/2*/manifest.json")
    )


def fed(reports: Path) -> Any:
    """The feed as a feed parser reads it."""
    parsed = feedparser.parse((reports / "feed.xml").read_bytes())
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """An archive of three reports with hostile text, two markings and other parameters."""
    folder = tmp_path / "reports"
    for day in days(14):
        publish(folder, "brief", day, f"What is known on {day}.", "And more.", title="The brief")
    hostile = " ".join(f"{payload} is text." for payload in PAYLOADS)
    publish(folder, "actor", "2024-03-30", hostile, title=XSS)
    publish(folder, "actor", "2024-02-01", "\x00\x1b[31m Controls \u202eturned\ufffe.")
    for site in ("al-tanf", "a%2Fb ?#&"):
        publish(folder, "site", f"2024-03-20--site_id={site}", "One base.", site_id=site)
    publish(folder, "site", "2024-03-27", "Secret words.", title="Secret", marking="TLP:RED")
    publish(folder, "site", "2024-03-13", "Amber words.", marking="TLP:AMBER")
    refresh(folder, *SITE)
    return folder


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_the_index_fits_can_be_read_and_asks_for_nothing(
    browser: webdriver.Chrome, reports: Path, width: int
) -> None:
    page = reports / "index.html"
    requests = opened(browser, page, width)
    assert [url for url in requests if not url.startswith("data:")] == [page.as_uri()]
    browser.execute_script("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    policy = browser.find_element(By.CSS_SELECTOR, "meta[http-equiv=Content-Security-Policy]")
    assert "default-src 'none'" in (policy.get_attribute("content") or "")
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('main *')].filter(e => e.textContent.trim())"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 11
    fonts = "return document.fonts.ready.then(f => [...f].map(x => x.family + x.status))"
    assert "Public Sansloaded" in browser.execute_script(fonts)


def test_hostile_text_in_a_bottom_line_stays_text(browser: webdriver.Chrome, reports: Path) -> None:
    opened(browser, reports / "index.html")
    assert browser.execute_script("return window.hacked") is None
    assert browser.find_elements(By.CSS_SELECTOR, "script, iframe, object, form, img") == []
    shown = browser.execute_script("return document.body.textContent")
    for payload in PAYLOADS:
        assert payload in shown, payload
    assert not set("\x00\x1b\u202e\ufffe") & set(shown)
    attributes = "return [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
    assert not [name for name in browser.execute_script(attributes) if name.startswith("on")]
    texts = [entry.summary_detail for entry in fed(reports).entries]
    assert {text.type for text in texts} == {"text/plain"}
    (actor,) = (each for each in fed(reports).entries if each.id.endswith("actor/2024-03-30"))
    assert actor.title_detail.type == "text/plain"
    assert actor.title.startswith(XSS)
    assert all(payload in actor.summary for payload in PAYLOADS)


def test_the_index_has_what_is_newest_and_then_the_year_by_week(
    browser: webdriver.Chrome, reports: Path
) -> None:
    opened(browser, reports / "index.html")
    newest = [each.text for each in browser.find_elements(By.CSS_SELECTOR, "#newest h3")]
    assert newest == ["The brief", "site", XSS]
    brief = browser.find_element(By.CSS_SELECTOR, "#newest .newest").text
    assert "31 March 2024" in brief
    assert "What is known on 2024-03-31.\nAnd more." in brief
    (march, _) = browser.find_elements(By.CSS_SELECTOR, "section.month")
    assert march.find_element(By.TAG_NAME, "h2").text == "March 2024"
    weeks = march.find_elements(By.CSS_SELECTOR, "section.week")
    assert [week.find_element(By.TAG_NAME, "h3").text for week in weeks] == [
        "25 to 31 March", "18 to 24 March", "11 to 17 March"
    ]  # fmt: skip
    rows = weeks[0].find_elements(By.CSS_SELECTOR, ".editions li")
    said = [str(row.get_attribute("textContent")).split() for row in rows]
    assert [words[:2] for words in said if "brief" in words] == [
        [str(day), "March"] for day in range(31, 24, -1)
    ]
    assert "20 reports" in browser.find_element(By.CLASS_NAME, "dateline").text


def test_every_link_is_relative_and_leads_to_a_file(
    browser: webdriver.Chrome, reports: Path
) -> None:
    opened(browser, reports / "index.html")
    links = "return [...document.querySelectorAll('[href]')].map(e => e.getAttribute('href'))"
    addresses = [
        link for link in browser.execute_script(links) if not link.startswith(("#", "data:"))
    ]
    assert len(addresses) > 2 * 20
    for address in addresses:
        assert not address.startswith(("/", "http", "file"))
        assert (reports / unquote(address)).is_file(), address
    assert "site/2024-03-20--site_id%3Da%252Fb%20%3F%23%26/site.pdf" in addresses


def test_a_report_marked_red_is_listed_and_not_repeated(reports: Path) -> None:
    for name in ("index.html", "feed.xml"):
        text = (reports / name).read_text()
        assert "site/2024-03-27/site.html" in text
        assert "Secret" not in text
        assert "Amber words." in text
    # The list is as sensitive as what it repeats.
    assert 'data-marking="TLP:AMBER"' in (reports / "index.html").read_text()


def test_nothing_above_the_clearance_is_shown_and_latest_is_the_newest_below(
    reports: Path,
) -> None:
    index.refresh(reports, *SITE)
    for name in ("index.html", "feed.xml", LIST):
        text = (reports / name).read_text()
        assert "site/2024-03-27" not in text
        assert "Amber words." not in text
        assert "brief/2024-03-31" in text
    assert os.readlink(reports / "site" / "latest").startswith("2024-03-20")
    publish(reports, "record", "2024-03-31", "For some.", marking="TLP:GREEN")
    index.refresh(reports, *SITE, clearance="TLP:GREEN")
    assert os.readlink(reports / "record" / "latest") == "2024-03-31"
    index.refresh(reports, *SITE)
    assert not (reports / "record" / "latest").is_symlink()


def test_machines_read_the_same_list(reports: Path) -> None:
    listed = json.loads((reports / LIST).read_text("utf-8"))["editions"]
    assert len(listed) == 20
    newest = next(one for one in listed if one["name"] == "brief/2024-03-31")
    assert newest["bottom_line"] == ["What is known on 2024-03-31.", "And more."]
    assert (reports / unquote(newest["page"])).is_file()


def test_what_is_looked_for_is_found_by_any_of_its_names(tmp_path: Path) -> None:
    evidence = ["2024-01-28-tower-22-1", "2024-01-28-al-tanf-1"]
    facts = {
        "attacks_window": {"value": 12, "unit": "attacks", "evidence": evidence},
        "busiest_site": {"value": "Tower 22", "unit": "site", "evidence": []},
        "us_killed_window": {"value": 3, "unit": "people", "evidence": evidence[:1]},
    }
    said = json.dumps({"facts": facts}).encode()
    named = publish_report(tmp_path, "2024-01-29", facts=said, bottom_line="At Tower 22.")
    publish_report(tmp_path, "2024-01-22", bottom_line="At tower 221.")
    (found,) = find("TOWER-22", tmp_path)
    assert found.edition.name == named
    assert found.sentences == ("At Tower 22.", "Attacks: At Tower 22.: 12")
    assert found.facts == ("attacks_window", "busiest_site", "us_killed_window")
    assert found.rows == ("2024-01-28-tower-22-1",)
    # By an alias, which no page has.
    (found,) = find("At-Tanf", tmp_path, DATA)
    assert (found.facts, found.rows) == (("attacks_window",), ("2024-01-28-al-tanf-1",))
    assert [*find("Nowhere", tmp_path, DATA)] == []


def test_the_feed_has_the_newest_of_all_reports_under_stable_ids(reports: Path) -> None:
    feed = fed(reports)
    assert (feed.feed.title, feed.feed.author) == (TITLE, TITLE)
    assert feed.feed.updated == feed.entries[0].updated == "2024-03-31T00:00:00Z"
    assert feed.entries[0].id == "tag:share.example.org,2023:brief/2024-03-31"
    assert feed.entries[0].link == urljoin(ADDRESS, "brief/2024-03-31/brief.html")
    assert feed.entries[0].enclosures[0].href.endswith("/brief/2024-03-31/brief.pdf")
    assert feed.entries[0].summary == "What is known on 2024-03-31.\n\nAnd more."
    order = [entry.updated for entry in feed.entries]
    assert order == sorted(order, reverse=True)
    ids = {entry.id for entry in feed.entries}
    assert len(ids) == len(feed.entries) == 20
    # A new report changes no other id; one published again keeps its own, and is newer.
    publish(reports, "brief", "2024-04-01", "A new day.")
    refresh(reports, *SITE, {"brief/2024-03-18": "2024-04-02T06:00:00Z"})
    feed = fed(reports)
    assert {entry.id for entry in feed.entries} == ids | {
        "tag:share.example.org,2023:brief/2024-04-01"
    }
    assert feed.entries[0].id.endswith("brief/2024-03-18")
    assert feed.feed.updated == "2024-04-02T06:00:00Z"


@pytest.mark.parametrize("address", ["", "/reports/", "file:///srv/reports"])
def test_without_an_address_for_all_there_is_no_feed(reports: Path, address: str) -> None:
    """A feed is read far from the archive, where a link within it leads nowhere."""
    assert (reports / "feed.xml").exists()
    refresh(reports, TITLE, address)
    assert not (reports / "feed.xml").exists()
    assert "feed.xml" not in (reports / "index.html").read_text()


def test_an_empty_archive_has_an_index_and_a_feed(tmp_path: Path) -> None:
    refresh(tmp_path / "reports", *SITE)
    assert "Nothing is published yet." in (tmp_path / "reports" / "index.html").read_text()
    assert fed(tmp_path / "reports").entries == []


def test_the_same_archive_has_the_same_index(reports: Path, tmp_path: Path) -> None:
    before = {name: (reports / name).stat() for name in ("index.html", "feed.xml")}
    refresh(reports, *SITE)
    for name, stat in before.items():
        after = (reports / name).stat()
        assert (after.st_ino, after.st_mtime_ns) == (stat.st_ino, stat.st_mtime_ns)
    other = tmp_path / "moved"
    reports.rename(other)
    contents = [(other / name).read_bytes() for name in before]
    for name in before:
        (other / name).unlink()
    refresh(other, *SITE)
    assert [(other / name).read_bytes() for name in before] == contents


def test_what_is_no_report_does_no_harm(reports: Path) -> None:
    index = (reports / "index.html").read_bytes()
    (reports / "brief" / ".hidden").mkdir()
    (reports / "brief" / "2024-04-30").mkdir()
    (reports / "brief" / "notes.txt").write_text("x")
    for number, text in enumerate(
        ("", "[]", "[" * 99999, '{"as_of": 1}', '{"as_of": "2024-13-01"}', "\xff")
    ):
        folder = reports / "brief" / f"2024-05-0{number}"
        folder.mkdir()
        (folder / "manifest.json").write_text(text, encoding="latin-1")
    shutil.copytree(reports / "brief" / "2024-03-31", reports / "old briefs" / "2024-03-31")
    refresh(reports, *SITE)
    assert (reports / "index.html").read_bytes() == index


def test_an_edition_of_before_the_page_was_data_is_listed_by_its_report_name(
    tmp_path: Path,
) -> None:
    folder = publish(tmp_path, "brief", "2024-03-31", "What is known.", title="The brief")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    del manifest["page"]
    path.write_text(json.dumps(manifest))
    refresh(tmp_path, *SITE)
    (entry,) = fed(tmp_path).entries
    assert entry.title == "brief, as of 31 March 2024"
    assert entry.summary == "brief"
    assert "<h3>brief</h3>" in (tmp_path / "index.html").read_text()
    for damaged in ("a title", {"title": 1}, {"bottom_line": [None]}, {"key_figures": [{}]}):
        path.write_text(json.dumps(manifest | {"page": damaged}))
        refresh(tmp_path, *SITE)
        assert fed(tmp_path).entries == [], damaged


def test_a_full_disk_leaves_the_index_as_it_was(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [(reports / name).read_bytes() for name in ("index.html", "feed.xml")]
    publish(reports, "brief", "2024-04-01", "A new day.")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match="No space left"):
        refresh(reports, *SITE)
    assert [(reports / name).read_bytes() for name in ("index.html", "feed.xml")] == before
    monkeypatch.undo()
    refresh(reports, *SITE)
    assert b"A new day." in (reports / "index.html").read_bytes()
    assert not (reports / archive.STAGING).exists()


def test_latest_leads_to_the_newest_with_default_parameters(reports: Path) -> None:
    links = {path.parent.name: os.readlink(path) for path in reports.glob("*/latest")}
    assert links == {"brief": "2024-03-31", "actor": "2024-03-30", "site": "2024-03-27"}
    publish(reports, "brief", "2024-04-01", "A new day.")
    publish(reports, "brief", "2024-04-02--window_days=14", "Two weeks.", window_days=14)
    refresh(reports, *SITE)
    page = reports / "brief" / "latest" / "brief.html"
    assert "A new day." in page.read_text()
    publish(reports, "brief", "2024-04-03--marking=TLP-GREEN", "For some.", marking="TLP:GREEN")
    refresh(reports, *SITE)
    assert "For some." in page.read_text()
    # The link is a second name, and no second report.
    assert "latest" not in (reports / "index.html").read_text()


def test_where_there_can_be_no_link_a_page_leads_to_the_latest(
    browser: webdriver.Chrome, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (reports / "brief" / "latest").unlink()

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "symlink_to", refused)
    refresh(reports, *SITE)
    assert not (reports / "brief" / "latest").exists()
    browser.get((reports / "brief" / "latest.html").as_uri())
    assert browser.current_url == (reports / "brief" / "2024-03-31" / "brief.html").as_uri()
    monkeypatch.undo()
    refresh(reports, *SITE)
    assert os.readlink(reports / "brief" / "latest") == "2024-03-31"
    assert not (reports / "brief" / "latest.html").exists()


def keeping(*schedules: Schedule) -> Config:
    return Config(Path("brinkwatch.toml"), schedules=schedules)


def prune(reports: Path, config: Config) -> list[str]:
    """What goes where each schedule has made all that it could have made."""
    connection = ledger.open(reports)
    connection.executemany(
        "INSERT OR IGNORE INTO slot (schedule, slot, as_of, report, state, folder) "
        "VALUES (?, ?, ?, ?, 'done', ?)",
        [
            (one.name, f"{made.as_of}T06:00:00Z", made.as_of, one.report, made.name)
            for one in config.schedules
            for made in published(reports)
            if made.report == one.report
            and made.variant.keys() <= one.parameters.keys()
            and made.parameters.items() >= one.parameters.items()
        ],
    )
    try:
        return retention.prune(connection, reports, config, NOW)
    finally:
        connection.close()


def schedule(keep: int | None, report: str = "brief", **parameters: object) -> Schedule:
    return Schedule(
        f"{report}-{keep}", report, "0 6 * * *", "UTC", keep=keep, parameters=parameters
    )


def test_retention_removes_the_oldest_beyond_what_is_kept(reports: Path) -> None:
    before = names(reports)
    removed = prune(reports, keeping(schedule(5)))
    assert removed == [f"brief/{day}" for day in days(14)[:9]]
    assert names(reports) == [name for name in before if name not in removed]
    assert not (reports / archive.STAGING).exists()
    with ledger.look(reports) as noted:
        events = noted.execute("SELECT at, what, detail FROM event").fetchall()
    assert [tuple(event)[:2] for event in events] == [("2024-03-31T12:00:00Z", "removed")] * 9
    assert prune(reports, keeping(schedule(5))) == []


@pytest.mark.parametrize(
    ("schedules", "kept"),
    [
        ([schedule(None)], 14),
        ([schedule(3), schedule(None)], 14),
        ([schedule(3), schedule(6)], 6),
        ([schedule(3, window_days=7)], 3),
        ([schedule(3, window_days=14)], 14),
        ([schedule(3, "actor")], 14),
        ([], 14),
    ],
)
def test_retention_touches_only_what_its_schedules_make(
    reports: Path, schedules: Sequence[Schedule], kept: int
) -> None:
    others = [name for name in names(reports) if not name.startswith("brief/")]
    prune(reports, keeping(*schedules))
    assert names(reports) == sorted(others + [f"brief/{day}" for day in days(kept)])


def test_what_no_schedule_made_or_somebody_awaits_stays(reports: Path) -> None:
    """By hand as with the very parameters of the schedule; to be sent, to be tried, parked."""
    readers = (Subscription("reader@example.org", ("brief",)),)
    mail = Mail("localhost", "desk@example.org")
    config = Config(Path("c.toml"), (schedule(5),), readers, mail)
    connection = ledger.open(reports)
    assert retention.prune(connection, reports, config, NOW) == []
    assert prune(reports, config) == []  # nothing was made out to readers yet
    editions = {one.as_of: one.manifest_sha256 for one in published(reports) if "brief" in one.name}
    states = dict(zip(days(14), ("sent", "pending", "sending", "parked", "withheld"), strict=False))
    for day, manifest in editions.items():
        connection.execute("INSERT INTO made_out VALUES (?)", (manifest,))
        connection.execute(
            "INSERT INTO delivery (folder, manifest_sha256, address, kind, state) "
            "VALUES (?, ?, 'reader@example.org', 'report', ?)",
            (f"brief/{day}", manifest, states.get(day, "sent")),
        )
    nobody_awaits = (None, "sent", "withheld")
    beyond = [day for day in days(14)[:9] if states.get(day) in nobody_awaits]
    assert prune(reports, config) == [f"brief/{day}" for day in beyond]
    connection.close()


def test_retention_of_a_schedule_with_parameters(reports: Path) -> None:
    for day in days(4):
        publish(reports, "site", f"{day}--site_id=erbil", "Erbil.", site_id="erbil")
    others = [name for name in names(reports) if "erbil" not in name]
    prune(reports, keeping(schedule(2, "site", site_id="erbil")))
    erbil = [f"site/{day}--site_id=erbil" for day in days(2)]
    assert names(reports) == sorted(others + erbil)


def test_the_latest_is_never_removed(reports: Path) -> None:
    publish(reports, "brief", "2024-04-09--window_days=14", "Two weeks.", window_days=14)
    refresh(reports, *SITE)
    prune(reports, keeping(schedule(1, window_days=14), schedule(1)))
    assert [name for name in names(reports) if name.startswith("brief/")] == [
        "brief/2024-03-31", "brief/2024-04-09--window_days=14"
    ]  # fmt: skip
    assert (reports / "brief" / "latest" / "brief.html").is_file()


def test_a_report_is_removed_whole_or_not_at_all(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = names(reports)
    rename = Path.rename

    def third_fails(path: Path, target: Path) -> Path:
        if path.name == days(14)[2]:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", third_fails)
    with pytest.raises(RunError, match="could not be pruned"):
        prune(reports, keeping(schedule(5)))
    assert names(reports) == [name for name in before if name[6:] not in days(14)[:2]]
    # Killed after a report was taken out of its place: the next publication clears it away.
    monkeypatch.setattr(archive, "sweep", lambda reports: None)
    monkeypatch.setattr(Path, "rename", rename)
    prune(reports, keeping(schedule(11)))
    monkeypatch.undo()
    assert (reports / archive.STAGING).exists()
    publish(reports, "brief", "2024-04-01", "A new day.")
    assert not (reports / archive.STAGING).exists()
    assert f"brief/{days(14)[2]}" not in names(reports)
    assert all(len(list((reports / name).iterdir())) == 4 for name in names(reports))
