"""Readers choose among the editions of a report: by the schedule that made them, by parameters."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path
from typing import Any

from mailing import DAY, NOW, config_of, reader, rows, sent_to
from published import days, publish_report
from smtp_server import FaultyServer

from analysis.deliver.hand_out import hand_out
from analysis.schedule import ledger, notes
from analysis.schedule.choice import Edition, chooses
from analysis.schedule.settings import Subscription, Webhook
from analysis.schedule.status import status


def slot(reports: Path, schedule: str, day: str, state: str, folder: str | None = None) -> None:
    with closing(ledger.open(reports)) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO slot (schedule, slot, as_of, report, state, folder, noted) "
            "VALUES (?, ?, ?, 'brief', ?, ?, ?)",
            (schedule, f"{day}T06:00:00Z", day, state, folder, f"{day}T06:00:00Z"),
        )


def got(server: FaultyServer, one: Subscription) -> list[str]:
    return [
        str(part.get_filename())
        for mail in sent_to(server, one.address)
        for part in mail.message.iter_attachments()
    ]


def test_a_choice_is_by_report_schedule_and_parameters_together() -> None:
    of_a_site = Edition("site", {"site_id": "al-tanf", "window_days": 7}, ["sites"])

    def wants(**chosen: Any) -> list[bool]:
        readers = (
            Subscription("a@example.org", ("site",), **chosen),
            Webhook("ops", ("site",), **chosen),
        )
        return [chooses(one, of_a_site) for one in readers]

    assert wants() == wants(parameters={"site_id": ("erbil", "al-tanf")}) == [True, True]
    assert wants(schedules=("sites", "bases"), parameters={"window_days": (7,)}) == [True, True]
    assert wants(parameters={"site_id": ("erbil",)}) == [False, False]
    assert wants(parameters={"site_id": ("al-tanf",), "window_days": (14,)}) == [False, False]
    assert wants(parameters={"actor_id": ("any",)}) == wants(schedules=("bases",)) == [False, False]
    assert not chooses(Subscription("a@example.org", ("brief",)), of_a_site)


def test_each_gets_what_they_chose_and_of_it_the_newest_first(tmp_path: Path) -> None:
    """Also where others of the report are newer, and where an address chooses twice."""
    weekly = reader(1, parameters={"window_days": (14,)})
    daily = reader(2, parameters={"window_days": (7,)}, formats=("pdf",))
    both = Subscription(
        daily.address, ("brief",), formats=("html",), parameters={"window_days": (14,)}
    )
    for day in ("2024-01-15", "2024-01-22"):
        publish_report(tmp_path, day, window_days=14)
    for day in days(2, "2024-01-28"):
        publish_report(tmp_path, day)
    with FaultyServer() as server:
        config = config_of(server, weekly, daily, both)
        for _ in range(2):
            hand_out(tmp_path, config, NOW)
        assert got(server, weekly) == ["brief-2024-01-22--window_days=14.pdf"]
        assert got(server, daily) == [
            "brief-2024-01-29.pdf",
            "brief-2024-01-22--window_days=14.html",
        ]
        publish_report(tmp_path, "2024-01-29", window_days=14)
        hand_out(tmp_path, config, NOW)
        hand_out(tmp_path, config_of(server, weekly, daily), NOW + DAY)
    assert got(server, weekly)[1:] == ["brief-2024-01-29--window_days=14.pdf"]
    assert got(server, daily)[2:] == ["brief-2024-01-29--window_days=14.html"]
    assert len(rows(tmp_path)) == 5


def test_of_two_choices_that_fit_the_one_that_may_see_it_counts(tmp_path: Path) -> None:
    publish_report(tmp_path, marking="TLP:GREEN")
    low = reader(1)
    high = Subscription(low.address, ("brief",), formats=("html",), clearance="TLP:GREEN",
                        parameters={"marking": ("TLP:GREEN",)})  # fmt: skip
    with FaultyServer() as server:
        hand_out(tmp_path, config_of(server, low, high), NOW)
        assert got(server, low) == ["brief-2024-01-29.html"]


def test_which_schedule_made_it_is_waited_for(tmp_path: Path) -> None:
    """`deliver` may come between the moment of publishing and the ledger's word of it."""
    nightly = reader(1, schedules=("nightly",))
    by_hand = reader(2)
    first, one, two, three = days(4, "2024-01-26")
    slot(tmp_path, "nightly", first, "done", publish_report(tmp_path, first))
    with FaultyServer() as server:
        config = config_of(server, nightly, by_hand)
        hand_out(tmp_path, config, NOW)
        folders = []
        for day in (one, two):
            slot(tmp_path, "nightly", day, "running")
            folders.append(publish_report(tmp_path, day))
            hand_out(tmp_path, config, NOW)
        assert got(server, nightly) == [f"brief-{first}.pdf"]
        with closing(ledger.look(tmp_path)) as connection:
            # Nobody is said to lack what nobody knows yet to be theirs.
            assert not [one for one in status(connection, config, NOW + 2 * DAY)["troubles"]
                        if one["kind"] == "mail"]  # fmt: skip
        publish_report(tmp_path, three)
        for day, folder in zip((one, two), folders, strict=True):
            slot(tmp_path, "nightly", day, "done", folder)
        for hours in (1, 2):
            hand_out(tmp_path, config, NOW + dt.timedelta(hours=hours))
        assert got(server, by_hand) == [f"brief-{day}.pdf" for day in (first, one, two, three)]
        assert got(server, nightly) == [f"brief-{day}.pdf" for day in (first, one, two)]


def test_what_was_noted_before_parameters_were_is_noted_anew(tmp_path: Path) -> None:
    folder = publish_report(tmp_path, window_days=14)
    with closing(ledger.open(tmp_path)) as connection:
        notes.note_publications(connection, tmp_path, NOW)
        connection.execute("UPDATE publication SET parameters = NULL")
    with FaultyServer() as server:
        chosen = reader(1, parameters={"window_days": (14,)})
        hand_out(tmp_path, config_of(server, chosen), NOW + DAY)
    assert [row["folder"] for row in rows(tmp_path)] == [folder]
