"""Every report reads well for every site, actor and date: nothing fails, nothing is empty."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import CHECKOUT, DATA
from pieces import check, pieces

#: Almost nothing; the article; weeks of strikes; the height; quiet; long after.
DATES = ("2023-10-18", "2023-10-24", "2023-11-20", "2024-01-29", "2024-03-25", "2024-06-17")

REPORTS = sorted(path.stem for path in (CHECKOUT / "notebooks").glob("*.ipynb"))
SITES = pd.read_csv(DATA / "sites.csv")["site_id"].tolist()
ACTORS = pd.read_csv(DATA / "actors.csv")["actor_id"].tolist()


@pytest.fixture(autouse=True)
def _the_real_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRINKWATCH_DATA", str(DATA))


def test_the_seven_reports_are_there() -> None:
    assert {"brief", "site", "actor", "response", "posture", "outlook", "record"} <= set(REPORTS)


@pytest.mark.parametrize("as_of", [*DATES, "2023-10-17", "2025-06-01"])
@pytest.mark.parametrize("report", sorted({*REPORTS} - {"brief"}))
def test_a_report_on_a_day(report: str, as_of: str) -> None:
    check(pieces(report, as_of))


@pytest.mark.parametrize("site_id", SITES)
def test_a_site(site_id: str) -> None:
    for as_of in DATES:
        check(pieces("site", as_of, site_id=site_id))


@pytest.mark.parametrize("actor_id", ACTORS)
def test_an_actor(actor_id: str) -> None:
    for as_of in DATES:
        check(pieces("actor", as_of, actor_id=actor_id))


@pytest.mark.parametrize("window_days", [1, 30, 90])
@pytest.mark.parametrize("report", sorted({*REPORTS} - {"brief"}))
def test_a_report_with_another_window(report: str, window_days: int) -> None:
    for as_of in ("2023-10-18", "2024-01-29"):
        check(pieces(report, as_of, window_days=window_days))


@pytest.mark.parametrize("horizon_days", [1, 30, 60])
def test_an_outlook_of_another_horizon(horizon_days: int) -> None:
    for as_of in ("2023-10-18", "2024-01-29", "2024-06-17"):
        check(pieces("outlook", as_of, horizon_days=horizon_days))
