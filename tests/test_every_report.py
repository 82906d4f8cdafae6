"""Every report reads well for every site, actor and date: nothing fails, nothing is empty."""

from __future__ import annotations

from itertools import cycle

import pandas as pd
import pytest
from conftest import CHECKOUT, DATA
from pieces import check, pieces

pytestmark = pytest.mark.usefixtures("of_the_real_record")

#: Almost nothing; the article; weeks of strikes; the height; quiet; long after.
DATES = ("2023-10-18", "2023-10-24", "2023-11-20", "2024-01-29", "2024-03-25", "2024-06-17")

#: Days that were watched, sampled, and not kept at all; sites and actors take turns on them.
DAYS = (*DATES, "2021-08-01", "2023-03-24", "2024-11-25", "2025-06-24", "2026-03-12", "2026-11-29")

#: A quiet day and a dense one of each campaign; each report has one of the two.
CAMPAIGNS = [
    ("militias-2021", "2021-02-20"),
    ("militias-2021", "2022-08-25"),
    ("gaza-war", "2024-05-20"),
    ("gaza-war", "2024-11-25"),
    ("red-sea", "2023-11-20"),
    ("red-sea", "2024-06-24"),
    ("red-sea-2025", "2025-03-20"),
    ("red-sea-2025", "2025-07-10"),
    ("twelve-day-war", "2025-06-24"),
    ("twelve-day-war", "2025-09-01"),
    ("iran-war", "2026-03-12"),
    ("iran-war", "2026-05-02"),
    ("hormuz", "2026-03-12"),
    ("hormuz", "2026-04-20"),
]

REPORTS = sorted(path.stem for path in (CHECKOUT / "notebooks").glob("*.ipynb"))
#: Every third one is opened.
SITES = pd.read_csv(DATA / "sites.csv")["site_id"].tolist()
ACTORS = pd.read_csv(DATA / "actors.csv")["actor_id"].tolist()


def test_the_seven_reports_are_there() -> None:
    assert {"brief", "site", "actor", "response", "posture", "outlook", "record"} <= set(REPORTS)


@pytest.mark.parametrize(
    ("report", "as_of"),
    [
        (report, as_of)
        for number, report in enumerate(sorted({*REPORTS} - {"brief"}))
        for place, as_of in enumerate([*DATES, "2023-10-17", "2025-06-01"])
        if (number + place) % 2
    ],
)
def test_a_report_on_a_day(report: str, as_of: str) -> None:
    check(pieces(report, as_of))


@pytest.mark.parametrize(("site_id", "as_of"), list(zip(SITES[::3], cycle(DAYS), strict=False)))
def test_a_site(site_id: str, as_of: str) -> None:
    check(pieces("site", as_of, site_id=site_id))


@pytest.mark.parametrize(("actor_id", "as_of"), list(zip(ACTORS, cycle(DAYS), strict=False)))
def test_an_actor(actor_id: str, as_of: str) -> None:
    check(pieces("actor", as_of, actor_id=actor_id))


@pytest.mark.parametrize(
    ("report", "campaign", "as_of"),
    [
        (report, *day)
        for number, report in enumerate(REPORTS)
        for place, day in enumerate(CAMPAIGNS)
        if report == "brief" or (place // 2 + place + number) % 2
    ],
)
def test_a_campaign(report: str, campaign: str, as_of: str) -> None:
    check(pieces(report, as_of, campaign=campaign))


@pytest.mark.parametrize(
    ("report", "window_days"),
    list(zip(sorted({*REPORTS} - {"brief"}), cycle([1, 30, 90]), strict=False)),
)
def test_a_report_with_another_window(report: str, window_days: int) -> None:
    as_of = "2023-10-18" if window_days == 30 else "2024-01-29"
    check(pieces(report, as_of, window_days=window_days))


@pytest.mark.parametrize("horizon_days", [1, 30, 60])
def test_an_outlook_of_another_horizon(horizon_days: int) -> None:
    for as_of in ("2023-10-18", "2024-01-29"):
        check(pieces("outlook", as_of, horizon_days=horizon_days))
