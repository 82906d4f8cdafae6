"""Finding one's way in an archive: by month, report, campaign and site, and by an event's name."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import test_browser
from bs4 import BeautifulSoup, Tag
from selenium import webdriver
from test_browser import AXE, PAYLOADS, WIDTHS, opened
from test_index import publish

from analysis.publish import index, listing, reading, remembered
from analysis.publish.finding import find
from analysis.publish.listing import published

browser = test_browser.browser

refresh = partial(index.refresh, title="Desk", address="https://share.example.org/r/")


def event(day: str, place: str = "Alpha Base, Iraq", **other: str) -> dict[str, str]:
    site = place.partition(" ")[0].lower()
    return {"id": f"{day}-{site}-1", "day": day, "site": site, "place": place,
            "text": "Attack: one drone", **other}  # fmt: skip


def brief(reports: Path, day: str, *events: dict[str, str], **parameters: Any) -> Path:
    said = {"events": list(events), "campaign": "The wave"}
    return publish(reports, "brief", day, f"Known on {day}.", said=said, **parameters)


def page(reports: Path, name: str = "index.html") -> BeautifulSoup:
    return BeautifulSoup((reports / name).read_text("utf-8"), "html.parser")


def told(found: Tag) -> list[str]:
    return [" ".join(one.get_text().split()) for one in found.select(".events li")]


def followed(reports: Path, here: str, link: str) -> tuple[str, str]:
    """The file and the place in it to which a link of a page leads."""
    file, _, place = link.partition("#")
    target = Path(os.path.normpath(Path(here).parent / unquote(file))) if file else Path(here)
    assert (reports / target).is_file(), link
    return target.as_posix(), place


@pytest.fixture(scope="module")
def three_years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A brief each Monday of three years, each with an event of the Sunday before."""
    reports = tmp_path_factory.mktemp("years") / "reports"
    for number in range(156):
        day = dt.date(2021, 2, 1) + dt.timedelta(weeks=number)
        sunday = (day - dt.timedelta(days=1)).isoformat()
        brief(reports, day.isoformat(), event(sunday))
    refresh(reports)
    return reports


@pytest.fixture
def years(three_years: Path, tmp_path: Path) -> Path:
    """The three years, to be changed."""
    return Path(shutil.copytree(three_years, tmp_path / "reports", symlinks=True))


def test_the_brief_of_any_week_is_two_clicks_away(three_years: Path) -> None:
    years, first = three_years, page(three_years)
    for month in ("2021-02", "2022-07", "2023-12", "2024-01"):
        links = [str(one["href"]) for one in first.select(".year a")]
        (link,) = (one for one in links if one.endswith(f"#{month}"))
        file, place = followed(years, "index.html", link)
        section = page(years, file).find(id=place)
        assert isinstance(section, Tag)
        for week in section.select(".week"):
            for edition in week.select(".edition a"):
                target, _ = followed(years, file, str(edition["href"]))
                assert target.startswith(f"brief/{month}-")
        assert len(section.select(".edition a:not(.document)")) in (4, 5)


def test_every_event_of_a_year_is_on_the_first_page_and_older_ones_on_those_of_years(
    three_years: Path,
) -> None:
    years = three_years
    every = {event.day for one in published(years) for event in one.events}
    newest = max(every)
    recent = {day for day in every if day > f"{int(newest[:4]) - 1}{newest[4:]}"}
    of_first = {str(one["href"]).split("#row-")[1][:10] for one in page(years).select(".events a")}
    assert recent <= of_first
    of_years = {
        str(one["href"]).split("#row-")[1][:10]
        for path in (years / "lists").glob("year-*.html")
        for one in page(years, f"lists/{path.name}").select(".events a")
    }
    assert of_years == every


def test_reports_campaigns_and_sites_have_lists(tmp_path: Path) -> None:
    alpha = event("2024-01-28")
    brief(tmp_path, "2024-01-29", alpha, event("2024-01-27", "Bravo Base, Syria"))
    brief(tmp_path, "2024-02-05", {**alpha, "text": "Attack: two drones"})
    ships = {"campaign": "Ships", "events": []}
    publish(tmp_path, "brief", "2024-02-05--campaign=red-sea", "At sea.",
            said=ships, campaign="red-sea")  # fmt: skip
    publish(tmp_path, "site", "2024-02-05--site_id=alpha", "One base.", site_id="alpha")
    hidden = event("2024-02-04", "Secret Base, Iraq")
    brief(tmp_path, "2024-02-06", hidden, marking="TLP:AMBER")
    refresh(tmp_path)
    first = page(tmp_path)
    links = {
        name: [" ".join(one.get_text().split()) for one in first.select(f"#{name} li")]
        for name in ("reports", "campaigns", "sites")
    }
    assert links == {
        "reports": ["Brief 3", "Site 1"],
        "campaigns": ["The wave 3", "Ships 1"],
        "sites": ["Alpha Base, Iraq 3", "Bravo Base, Syria 1"],
    }
    newest = [str(one["href"]) for one in first.select("#newest .edition a:not(.document)")]
    assert [name.split("/")[1] for name in newest] == [
        "2024-02-05", "2024-02-05--campaign%3Dred-sea", "2024-02-05--site_id%3Dalpha"
    ]  # fmt: skip
    site = page(tmp_path, "lists/site-alpha.html")
    assert site.h1 is not None
    assert site.h1.get_text() == "Alpha Base, Iraq"
    # As the newest report that tells of it has it, and once.
    assert told(site) == ["28 January Alpha Base, Iraq. Attack: two drones."]
    (edition,) = site.select(".edition a:not(.document)")
    assert "site_id%3Dalpha" in str(edition["href"])
    for path in [tmp_path / "index.html", *(tmp_path / "lists").iterdir()]:
        name = path.relative_to(tmp_path).as_posix()
        for link in page(tmp_path, name).select("main a"):
            followed(tmp_path, name, str(link["href"]))
        assert "Secret" not in path.read_text("utf-8")
    assert "Secret" not in (tmp_path / "index.json").read_text("utf-8")
    # What may be shown, and may not any more, leaves nothing behind.
    refresh(tmp_path, clearance="TLP:AMBER")
    assert (tmp_path / "lists" / "site-secret.html").is_file()
    refresh(tmp_path)
    assert not (tmp_path / "lists" / "site-secret.html").exists()


def test_text_of_events_and_names_of_sites_stay_text(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    hostile = [
        event("2024-01-28", payload, id=payload, site=f"../{payload}", text=payload)
        for payload in PAYLOADS
    ]
    reports = tmp_path / "a" / "b"
    brief(reports, "2024-01-29", *hostile, event("2024-01-28", "x" * 300, site="y" * 300))
    refresh(reports)
    assert len([*tmp_path.iterdir(), *(tmp_path / "a").iterdir()]) == 2
    sites = [*(reports / "lists").glob("site-*.html")]
    assert len(sites) == len(PAYLOADS) + 1
    for path in [reports / "index.html", *sites]:
        requests = opened(browser, path)
        assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
        assert browser.execute_script("return window.hacked") is None
    links = [str(one["href"]) for one in page(reports).select("a")]
    assert not [link for link in links if link.startswith(("javascript", "/", "http"))]


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_lists_fit_and_can_be_read_by_everybody(
    browser: webdriver.Chrome, tmp_path: Path, width: int
) -> None:
    for number in range(7):
        brief(tmp_path, "2024-01-29", event("2024-01-28"), window_days=7 + number)
    publish(tmp_path, "site", "2024-01-20--site_id=alpha", "One base.", site_id="alpha")
    refresh(tmp_path)
    assert (tmp_path / "lists" / "corrections.html").is_file()
    for name in ("index", "lists/site-alpha", "lists/year-2024", "lists/corrections"):
        opened(browser, tmp_path / f"{name}.html", width)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        browser.execute_script(AXE.read_text(encoding="utf-8"))
        found = browser.execute_async_script("axe.run().then(arguments[0])")
        assert [rule["id"] for rule in found["violations"]] == [], name


def test_pages_of_nothing_new_are_not_written_again_and_those_that_were_changed_are(
    years: Path,
) -> None:
    pages = [years / "index.html", *(years / "lists").iterdir()]
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in pages}
    refresh(years)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in pages} == before
    of_year = years / "lists" / "year-2021.html"
    of_year.write_text("changed")
    (years / ".pages.json").write_text("[[")
    refresh(years)
    assert of_year.read_bytes() == before[of_year][1]
    shutil.rmtree(years / "brief" / "2021-02-01")
    refresh(years)
    written = {path for path in pages if path.read_bytes() != before[path][1]}
    assert {path.name for path in written} >= {"index.html", "year-2021.html", "site-alpha.html"}
    assert years / "lists" / "year-2022.html" not in written


def test_what_is_remembered_is_what_is_there(
    years: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of many editions few are read again: what was changed, damaged, replaced, removed is."""
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setattr(remembered, "_SETTLED", 0)
    monkeypatch.setattr(listing, "FEW", 50)
    fresh = published(years)
    read = []
    really = reading.read
    monkeypatch.setattr(
        listing, "read", lambda folder: (read.append(folder.name), really(folder))[1]
    )
    assert published(years) == fresh
    assert read == []
    assert [one.events for one in published(years)] == [one.events for one in fresh]
    manifest = years / "brief" / "2022-01-03" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "as_of": "2022-01-04"}))
    brief(years, "2023-01-02", event("2023-01-01", "Delta Base, Iraq"))
    shutil.rmtree(years / "brief" / "2024-01-22")
    found = {one.name for one in published(years)}
    assert set(read) == {"2022-01-03", "2023-01-02"}
    assert found == {one.name for one in fresh} - {"brief/2022-01-03", "brief/2024-01-22"}
    (delta,) = find("delta base", years)
    assert (delta.edition.name, delta.events) == (
        "brief/2023-01-02", ("1 January 2023, Delta Base, Iraq: Attack: one drone",)
    )  # fmt: skip
    # A memory that is damaged, or that nobody may write, is none.
    (file,) = cache.glob("brinkwatch/archives/*.sqlite")
    for content in (b"", b"no database", file.read_bytes()[: 1 << 14]):
        file.write_bytes(content)
        assert {one.name for one in published(years)} == found
        assert [one.edition.name for one in find("delta base", years)] == ["brief/2023-01-02"]
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/no")
    assert {one.name for one in published(years)} == found
