"""How long it takes from saving a changed figure cell to seeing it in the browser."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from statistics import median

from measure import Cost
from selenium import webdriver

from analysis.publish.order import Order
from analysis.publish.preview import preview
from analysis.publish.watch import serving

CHECKOUT = Path(__file__).parents[1]

#: Changes that are made, to each figure of the brief in turn.
CHANGES = 20

#: A state follows another at most so long after a change, in seconds.
PATIENCE = 60


def saved_to_seen(scratch: Path, as_of: str) -> Cost:
    """Median seconds over changes of figure cells; of the browser only that the page is shown."""
    for name in ("notebooks", "data"):
        shutil.copytree(CHECKOUT / name, scratch / name)
    order = Order("brief", {"as_of": as_of}, scratch / "data", notebooks=scratch / "notebooks")
    notebook = scratch / "notebooks" / "brief.ipynb"
    figures = re.findall(r"an\.draw\.\w+\(brief\)", notebook.read_text("utf-8"))
    shown_in = browser()
    try:
        with preview(order) as shown, serving(shown) as address:
            shown_in.get(address)
            taken = [
                _change(shown_in, notebook, figures[number % len(figures)], number)
                for number in range(CHANGES)
            ]
    finally:
        shown_in.quit()
    return Cost(median(taken))


def _change(driver: webdriver.Chrome, notebook: Path, figure: str, number: int) -> float:
    before = _settled(driver)
    text = notebook.read_text("utf-8")
    notebook.write_text(text.replace(figure, f"{figure}  # {number}", 1), "utf-8")
    begun = time.monotonic()
    while _state(driver) == before:
        time.sleep(0.01)
    return time.monotonic() - begun


def _settled(driver: webdriver.Chrome) -> int:
    """The number of the state that is shown, once none has followed for a while."""
    deadline, state, since = time.monotonic() + PATIENCE, -1, time.monotonic()
    while time.monotonic() < deadline:
        now = _state(driver)
        if now != state:
            state, since = now, time.monotonic()
        elif state and time.monotonic() - since > 5:
            return state
        time.sleep(0.05)
    raise TimeoutError("the preview does not come to rest")


def _state(driver: webdriver.Chrome) -> int:
    found = re.search(r"preview (\d+)$", driver.title)
    return int(found[1]) if found else 0


def browser() -> webdriver.Chrome:
    """A headless Chromium."""
    options = webdriver.ChromeOptions()
    program = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    )
    options.binary_location = program
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    return webdriver.Chrome(
        options=options,
        service=webdriver.ChromeService(executable_path=shutil.which("chromedriver")),
    )
