"""The page as a reader meets it: in a real browser, on a desk and on a phone, with hostile text."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree as ET

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

#: The rules of accessibility, as a script that looks at a page.
AXE = Path(str(files("axe_playwright_python"))) / "axe.min.js"

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
    driver.set_script_timeout(300)  # seconds; axe-core looks long on a machine with much to do
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
                # No two sites and no two groups may have one name.
                own = f" {number}" if column == "name" else ""
                row[column] = PAYLOADS[(number + place) % len(PAYLOADS)] + own
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
        assert re.match(r"#|https?://|figures/[a-z-]+\.(csv|svg|png)$", link), link
    assert browser.find_element(By.TAG_NAME, "h1").is_displayed()


def test_the_pdf_of_hostile_text_links_only_to_itself_and_the_web(hostile: Path) -> None:
    with pikepdf.open(hostile / "brief.pdf") as pdf:
        for page in pdf.pages:
            for note in page.get("/Annots", []):
                action = note.get("/A")
                assert action is None or re.match(r"https?://", str(action.URI))
        assert "/AcroForm" not in pdf.Root
        assert "/OpenAction" not in pdf.Root


def test_the_files_of_hostile_figures_do_nothing_either(hostile: Path) -> None:
    files = sorted((hostile / "figures").iterdir())
    assert len(files) == 3 * 7
    for path in files:
        if path.suffix == ".svg":
            for element in ET.parse(path).iter():
                assert not element.tag.endswith(("script", "image", "iframe", "foreignObject"))
                assert not [name for name in element.attrib if name.startswith("on")]
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                cells = [cell for row in csv.reader(file) for cell in row]
            assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
@pytest.mark.parametrize("as_of", ["2023-10-17", "2024-01-29"])
def test_the_page_fits_and_can_be_read(
    browser: webdriver.Chrome, make_brief: Callable[..., Path], as_of: str, width: int
) -> None:
    page = make_brief(as_of) / "brief.html"
    requests = opened(browser, page, width)
    assert [url for url in requests if not url.startswith("data:")] == [page.as_uri()]
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    # What happened is read line by line: none of it is out of sight until one drags it there.
    read = "'.happened .scroll, .revised .scroll, .numbers .scroll'"
    hidden = f"return [...document.querySelectorAll({read})].filter("
    hidden += "one => one.scrollWidth > one.clientWidth).length"
    assert browser.execute_script(hidden) == 0
    smallest = browser.execute_script(
        """
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        let smallest = 99;
        while (texts.nextNode()) {
            const element = texts.currentNode.parentElement;
            if (texts.currentNode.data.trim() === "" || !element.checkVisibility()) continue;
            const scale = element instanceof SVGTextElement ? element.getScreenCTM().d : 1;
            smallest = Math.min(smallest, parseFloat(getComputedStyle(element).fontSize) * scale);
        }
        return smallest;
        """
    )
    assert smallest >= 11
    clipped = browser.execute_script(
        """
        return [...document.querySelectorAll("figure svg, figure svg text, h1, h2, p, figcaption")]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1).length;
        """
    )
    assert clipped == 0
    told = """
        return [...document.querySelectorAll("svg")].filter(s => s.checkVisibility()).map(
            s => document.getElementById(s.getAttribute("aria-labelledby")).textContent);
        """
    assert all(len(title) > 20 for title in browser.execute_script(told))
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def test_a_phone_gets_figures_of_its_own(
    browser: webdriver.Chrome, make_brief: Callable[..., Path]
) -> None:
    page = make_brief("2024-01-29") / "brief.html"
    shown = """
        return [...document.querySelectorAll("svg")].filter(s => s.checkVisibility())
            .map(s => s.viewBox.baseVal.width);
        """
    found = {}
    for width in WIDTHS.values():
        opened(browser, page, width)
        found[width] = browser.execute_script(shown)
    assert found[1280] == pytest.approx([493.2] * 7)
    assert found[390] == pytest.approx([266.4] * 7)


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_the_words_of_a_figure_are_found_once_and_set_as_they_were_measured(
    browser: webdriver.Chrome, make_brief: Callable[..., Path], width: int
) -> None:
    opened(browser, make_brief("2024-01-29") / "brief.html", width)
    assert browser.execute_script("return find('SAUDI ARABIA')")
    assert not browser.execute_script("return find('SAUDI ARABIA')")
    # A bar's label ends where the bar's axis begins; a font that is wider would reach over it.
    overlapping = browser.execute_script(
        """
        const boxes = [...document.querySelectorAll("svg text")]
            .filter(text => text.checkVisibility())
            .map(text => [text.textContent, text.ownerSVGElement, text.getBoundingClientRect()]);
        return boxes.flatMap(([text, svg, one], place) => boxes.slice(place + 1)
            .filter(([, other, two]) => svg === other
                && one.left + 1 < two.right && two.left + 1 < one.right
                && one.top + 3 < two.bottom && two.top + 3 < one.bottom)
            .map(([another]) => [text, another]));
        """
    )
    assert overlapping == []


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
@pytest.mark.parametrize("as_of", ["2023-10-17", "2024-01-29"])
def test_nobody_is_kept_out(
    browser: webdriver.Chrome, make_brief: Callable[..., Path], as_of: str, width: int
) -> None:
    """No violation of WCAG 2.2 AA, nor of the practices that axe-core knows beside it."""
    opened(browser, make_brief(as_of) / "brief.html", width)
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = browser.execute_async_script(
        "axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}}).then(arguments[1])",
        ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    )
    assert len(found["passes"]) > 30
    told = [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]]
    assert told == []


def test_the_letters_of_a_figure_stand_out_from_what_is_under_them(
    browser: webdriver.Chrome, make_brief: Callable[..., Path]
) -> None:
    """By 4.5 to 1, as WCAG asks; axe-core cannot see what is under a letter of a drawing."""
    opened(browser, make_brief("2024-01-29") / "brief.html")
    faint = browser.execute_script(
        """
        const luminance = color => {
            const linear = color.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255).map(
                part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        };
        return [...document.querySelectorAll("svg text")].filter(t => t.checkVisibility())
            .flatMap(text => {
                text.scrollIntoView({block: "center"});
                const box = text.getBoundingClientRect();
                const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
                const under = document.elementsFromPoint(x, y).find(
                    e => e instanceof SVGPathElement && getComputedStyle(e).fill !== "none");
                const ground = under ? getComputedStyle(under).fill : "rgb(255, 255, 255)";
                const shades = [luminance(getComputedStyle(text).fill), luminance(ground)];
                const ratio = (Math.max(...shades) + 0.05) / (Math.min(...shades) + 0.05);
                return ratio < 4.5 ? [[text.textContent, ground, ratio]] : [];
            });
        """
    )
    assert faint == []


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
