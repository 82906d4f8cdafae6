"""The page as a reader meets it: in a real browser, on a desk and on a phone, with hostile text."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from conftest import DATA, copy_of_the_data
from selenium import webdriver
from selenium.webdriver.common.by import By

#: What an attacker might write into a table; each is at most a few words, so that it checks.
PAYLOADS = (
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=2>",
    "<svg/onload=window.hacked=3>",
    "\"'><iframe src=javascript:window.hacked=4></iframe>",
    "=HYPERLINK(\"http://127.0.0.1:9/\")",
    "javascript:window.hacked=5",
    "[file](file:///etc/passwd) file:///etc/passwd",
    "{{7*7}} {% raw %} $\\frac{1}{2}$ `x` &amp; &#60;b&#62;",
    "</section></figure></table><style>*{display:none}</style>",
)  # fmt: skip

#: Columns that hold free text, by table.
TEXT = {
    "attacks": ["publisher", "note"],
    "tallies": ["speaker", "publisher", "note"],
    "deployments": ["asset", "publisher", "note"],
    "responses": ["place", "publisher", "note"],
    "milestones": ["title", "publisher", "note"],
    "sites": ["name", "aliases"],
    "actors": ["name", "aliases", "note"],
}

WIDTHS = {"phone": 390, "desk": 1280}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Headless Chromium that logs every request."""
    options = webdriver.ChromeOptions()
    options.binary_location = _program("chromium", "chromium-browser", "google-chrome")
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    service = webdriver.ChromeService(executable_path=_program("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


def _program(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, f"{names[0]} is missing; `make test` installs it or says how"
    return found


def opened(browser: webdriver.Chrome, page: Path, width: int = 1280) -> list[str]:
    """Open a page at a width; return the addresses that it requested."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(page.as_uri())
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]


@pytest.fixture(scope="module")
def hostile(make_brief: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A brief made from a record with hostile text in every text column."""
    folder = copy_of_the_data(tmp_path_factory.mktemp("hostile") / "data")
    for table, columns in TEXT.items():
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for number, row in enumerate(rows):
            for place, column in enumerate(columns):
                row[column] = PAYLOADS[(number + place) % len(PAYLOADS)]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return make_brief("2024-01-29", data=folder, reports=tmp_path_factory.mktemp("hostile-reports"))


def test_hostile_text_is_shown_as_text_and_does_nothing(
    browser: webdriver.Chrome, hostile: Path
) -> None:
    page = hostile / "brief.html"
    requests = opened(browser, page)
    assert [url for url in requests if not url.startswith("data:")] == [page.as_uri()]
    assert browser.execute_script("return window.hacked") is None
    shown = browser.execute_script("return document.body.textContent")
    for payload in PAYLOADS:
        assert payload in shown, payload
    assert browser.find_elements(By.CSS_SELECTOR, "script, iframe, object, embed, form") == []
    handlers = "return [...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames())"
    names = set(browser.execute_script(handlers))
    assert not [name for name in names if name.startswith("on")]
    links = "return [...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"
    for link in browser.execute_script(links):
        assert re.match(r"#|https?://", link), link
    assert browser.find_element(By.TAG_NAME, "h1").is_displayed()


def test_the_pdf_of_hostile_text_links_only_to_itself_and_the_web(hostile: Path) -> None:
    with pikepdf.open(hostile / "brief.pdf") as pdf:
        for page in pdf.pages:
            for note in page.get("/Annots", []):
                action = note.get("/A")
                assert action is None or re.match(r"https?://", str(action.URI))
        assert "/AcroForm" not in pdf.Root
        assert "/OpenAction" not in pdf.Root


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
@pytest.mark.parametrize("as_of", ["2023-10-17", "2024-01-29"])
def test_the_page_fits_and_can_be_read(
    browser: webdriver.Chrome, make_brief: Callable[..., Path], as_of: str, width: int
) -> None:
    page = make_brief(as_of) / "brief.html"
    requests = opened(browser, page, width)
    assert [url for url in requests if not url.startswith("data:")] == [page.as_uri()]
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    smallest = browser.execute_script(
        """
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        let smallest = 99;
        while (texts.nextNode()) {
            if (texts.currentNode.data.trim() === "") continue;
            const style = getComputedStyle(texts.currentNode.parentElement);
            smallest = Math.min(smallest, parseFloat(style.fontSize));
        }
        return smallest;
        """
    )
    assert smallest >= 11
    clipped = browser.execute_script(
        """
        return [...document.querySelectorAll("main img, figure img, h1, h2, p, figcaption")]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1).length;
        """
    )
    assert clipped == 0
    broken = "return [...document.images].filter(i => !i.complete || !i.naturalWidth).length"
    assert browser.execute_script(broken) == 0
    alts = "return [...document.images].map(i => i.alt)"
    assert all(len(alt) > 20 for alt in browser.execute_script(alts))
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_a_phone_gets_figures_of_its_own(
    browser: webdriver.Chrome, make_brief: Callable[..., Path]
) -> None:
    page = make_brief("2024-01-29") / "brief.html"
    ratios = []
    for width in (1280, 390):
        opened(browser, page, width)
        script = "return [...document.images].map(i => i.naturalWidth)"
        ratios.append(browser.execute_script(script))
    wide, narrow = ratios
    assert len(wide) == len(narrow) == 7
    assert all(n < w for n, w in zip(narrow, wide, strict=True))


def test_every_link_within_the_page_has_its_target(
    browser: webdriver.Chrome, make_brief: Callable[..., Path]
) -> None:
    opened(browser, make_brief("2024-01-29") / "brief.html")
    missing = browser.execute_script(
        """
        return [...document.querySelectorAll('a[href^="#"]')]
            .map(a => a.getAttribute("href"))
            .filter(h => !document.getElementById(decodeURIComponent(h.slice(1))));
        """
    )
    assert missing == []
    ids = "return [...document.querySelectorAll('[id]')].map(e => e.id)"
    found = browser.execute_script(ids)
    assert len(found) == len(set(found))
    assert DATA.is_dir()
