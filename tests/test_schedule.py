"""Slots: which moments a schedule means, through daylight-saving changes and after outages."""

from __future__ import annotations

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import UsageError
from analysis.schedule.clock import moment, span, stamp
from analysis.schedule.settings import Schedule
from analysis.schedule.slots import as_of, at, between, coming, owed, since, which_days

UTC = dt.UTC


def schedule(cron: str, timezone: str = "America/New_York", **settings: object) -> Schedule:
    return Schedule("morning", "brief", cron, timezone, **settings)  # type: ignore[arg-type]


def found(daily: Schedule, after: str, until: str) -> list[str]:
    """Slots as the clock of the schedule's zone shows them, with their offset."""
    slots = between(daily, moment(after), moment(until))
    return [slot.astimezone(daily.zone).isoformat(timespec="minutes") for slot in slots]


def test_a_daily_schedule_has_31_slots_in_march_at_six_on_the_clock_on_the_wall() -> None:
    slots = found(schedule("0 6 * * *"), "2024-03-01T00:00-05:00", "2024-03-31T23:59-04:00")
    assert slots == [
        f"2024-03-{day:02}T06:00{'-05:00' if day < 10 else '-04:00'}" for day in range(1, 32)
    ]


def test_30_slots_in_november_when_the_clocks_go_back() -> None:
    slots = found(schedule("0 6 * * *"), "2024-11-01T00:00-04:00", "2024-11-30T23:59-05:00")
    assert slots == [
        f"2024-11-{day:02}T06:00{'-04:00' if day < 3 else '-05:00'}" for day in range(1, 31)
    ]


@pytest.mark.parametrize(
    ("cron", "zone", "expected"),
    [
        ("30 2 * * *", "America/New_York", ["2024-03-10T03:00-04:00"]),
        ("0,30 2 * * *", "America/New_York", ["2024-03-10T03:00-04:00"]),
        ("*/20 2 * * *", "America/New_York", ["2024-03-10T03:00-04:00"]),
        ("0 2,3 * * *", "America/New_York", ["2024-03-10T03:00-04:00"]),
        ("59 1 * * *", "America/New_York", ["2024-03-10T01:59-05:00"]),
        ("0 3 * * *", "America/New_York", ["2024-03-10T03:00-04:00"]),
        ("15 0 * * *", "Asia/Beirut", ["2024-03-10T00:15+02:00"]),
        ("30 2 * * SUN", "America/New_York", ["2024-03-10T03:00-04:00"]),
    ],
)
def test_a_time_that_the_clocks_skip_is_made_up_for_at_the_next_moment(
    cron: str, zone: str, expected: list[str]
) -> None:
    offset = "-05:00" if zone == "America/New_York" else "+02:00"
    until = "2024-03-10T23:59-04:00" if zone == "America/New_York" else "2024-03-10T23:59+02:00"
    assert found(schedule(cron, zone), f"2024-03-09T23:59{offset}", until) == expected


def test_a_midnight_that_the_clocks_skip_belongs_to_its_day() -> None:
    """In Beirut the clocks went from 0:00 to 1:00 on 31 March 2024."""
    nightly = schedule("0 0 * * *", "Asia/Beirut")
    assert found(nightly, "2024-03-30T12:00+02:00", "2024-04-01T12:00+03:00") == [
        "2024-03-31T01:00+03:00", "2024-04-01T00:00+03:00"
    ]  # fmt: skip
    assert as_of(nightly, moment("2024-03-31T01:00+03:00")) == dt.date(2024, 3, 31)


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("30 1 * * *", ["01:30-04:00"]),
        ("*/30 1 * * *", ["01:00-04:00", "01:30-04:00"]),
        ("0 2 * * *", ["02:00-05:00"]),
        ("30 0-2 * * *", ["00:30-04:00", "01:30-04:00", "02:30-05:00"]),
    ],
)
def test_a_time_that_the_clocks_show_twice_counts_once(cron: str, expected: list[str]) -> None:
    daily = schedule(cron)
    whole_day = found(daily, "2024-11-02T23:59-04:00", "2024-11-03T23:59-05:00")
    assert whole_day == [f"2024-11-03T{time}" for time in expected]


@pytest.mark.parametrize("cron", ["30 1 * * *", "30 2 * * *", "0 6 * * *", "*/20 1,2 * * *"])
@pytest.mark.parametrize("day", ["2024-03-10", "2024-11-03"])
def test_however_often_one_looks_each_slot_comes_once(cron: str, day: str) -> None:
    """Looking every seven minutes, from the last slot found, sees what one look sees."""
    daily = schedule(cron, catch_up=100, start=dt.date.fromisoformat(day) - dt.timedelta(days=1))
    begin = moment(f"{day}T00:00-05:00")
    looks = [begin + dt.timedelta(minutes=7) * step for step in range(400)]
    seen: list[dt.datetime] = []
    for look in looks:
        seen += owed(daily, seen[-1] if seen else None, look).made
    assert seen == owed(daily, None, looks[-1]).made
    assert all(one < other for one, other in itertools.pairwise(seen))


def test_after_an_outage_the_newest_slots_are_made_oldest_first() -> None:
    daily = schedule("0 6 * * *", catch_up=3)
    skipped, made = owed(daily, moment("2024-03-07T11:00"), moment("2024-03-12T15:00"))
    assert [stamp(slot) for slot in skipped] == ["2024-03-08T11:00:00Z", "2024-03-09T11:00:00Z"]
    assert [stamp(slot) for slot in made] == [
        "2024-03-10T10:00:00Z", "2024-03-11T10:00:00Z", "2024-03-12T10:00:00Z"
    ]  # fmt: skip


@pytest.mark.parametrize("catch_up", [0, 1])
def test_the_newest_slot_is_always_made(catch_up: int) -> None:
    daily = schedule("0 6 * * *", catch_up=catch_up)
    skipped, made = owed(daily, moment("2024-03-07T11:00"), moment("2024-03-12T15:00"))
    assert (len(skipped), len(made)) == (4, 1)


def test_a_slot_is_due_at_its_moment_and_not_before() -> None:
    daily = schedule("0 6 * * *")
    known = moment("2024-03-01T11:00")
    assert owed(daily, known, moment("2024-03-02T10:59:59")).made == []
    assert owed(daily, known, moment("2024-03-02T11:00:00")).made == [moment("2024-03-02T11:00")]
    assert owed(daily, known, moment("2024-02-02T11:00:00")) == ([], [])


def test_a_schedule_that_is_seen_first_owes_its_newest_slot() -> None:
    now = moment("2024-03-12T15:00")
    assert owed(schedule("0 6 * * *"), None, now).made == [moment("2024-03-12T10:00")]
    assert owed(schedule("0 6 1 * *"), None, now).made == [moment("2024-03-01T11:00")]
    assert owed(schedule("0 6 29 2 *"), None, moment("2027-01-01")).made == [
        moment("2024-02-29T11:00")
    ]


def test_a_schedule_with_a_start_owes_the_slots_since_that_day() -> None:
    daily = schedule("0 0 * * *", start=dt.date(2024, 3, 10), catch_up=10)
    made = owed(daily, None, moment("2024-03-12T15:00")).made
    assert [stamp(slot) for slot in made] == [
        "2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z", "2024-03-12T04:00:00Z"
    ]  # fmt: skip
    assert owed(daily, moment("2024-03-01"), moment("2024-03-12T15:00")).made == made
    assert owed(daily, None, moment("2024-03-09T15:00")) == ([], [])


def test_the_day_of_a_slot_is_that_of_its_own_calendar() -> None:
    late = moment("2024-01-30T02:30")  # 21:30 on the 29th in New York
    assert as_of(schedule("30 21 * * *"), late) == dt.date(2024, 1, 29)
    assert as_of(schedule("30 21 * * *", as_of="day-before"), late) == dt.date(2024, 1, 28)
    assert as_of(schedule("30 2 * * *", "UTC"), late) == dt.date(2024, 1, 30)


@pytest.mark.parametrize(
    ("cron", "zone", "slot", "expected"),
    [
        ("0 6 * * *", "America/New_York", "2024-03-01T06:00-05:00", "2024-02-29"),
        ("30 6 * * MON", "America/New_York", "2024-03-11T06:30-04:00", "2024-03-04"),
        ("0 6 * * *", "America/New_York", "2024-03-10T06:00-04:00", "2024-03-09"),
        ("0 6 * * *", "America/New_York", "2024-11-03T06:00-05:00", "2024-11-02"),
        ("30 2 * * *", "America/New_York", "2024-03-10T03:00-04:00", "2024-03-09"),
        ("30 2 * * *", "America/New_York", "2024-03-11T02:30-04:00", "2024-03-10"),
        ("30 1 * * *", "America/New_York", "2024-11-04T01:30-05:00", "2024-11-03"),
        ("0 0 * * *", "Asia/Beirut", "2024-03-31T01:00+03:00", "2024-03-30"),
        ("0 0 * * *", "Asia/Beirut", "2024-04-01T00:00+03:00", "2024-03-31"),
        ("0 6 1 * *", "UTC", "2024-03-01T06:00Z", "2024-02-01"),
        ("0 6 29 2 *", "UTC", "2104-02-29T06:00Z", "2096-02-29"),
        ("0 6,18 * * *", "UTC", "2024-03-02T06:00Z", "2024-03-01"),
        ("0 6,18 * * *", "UTC", "2024-03-02T18:00Z", "2024-03-01"),
    ],
)
def test_changes_are_counted_since_the_day_of_the_slot_before(
    cron: str, zone: str, slot: str, expected: str
) -> None:
    day = dt.date.fromisoformat(expected)
    assert since(schedule(cron, zone), moment(slot)) == day
    before = schedule(cron, zone, as_of="day-before", start=moment(slot).date())
    assert since(before, moment(slot)) == day - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("cron", "days", "said"),
    [
        ("0 6 * * *", ["10", "11", "12"], ""),
        ("0 6 1-7 * MON", ["11", "18", "25"], "either is enough"),
        ("0 6 */2 * MON", ["11", "25", "01"], "both have to hold"),
        ("0 6 L * *", ["31", "30", "31"], ""),
    ],
)
def test_the_next_slots_are_known_and_what_their_days_mean(
    cron: str, days: list[str], said: str
) -> None:
    one = schedule(cron)
    assert [f"{slot:%d}" for slot in coming(one, moment("2024-03-09T11:00"), 3)] == days
    assert which_days(one).endswith(said)
    assert bool(which_days(one)) == bool(said)


def test_what_is_made_on_a_change_has_no_slots_to_come() -> None:
    one = schedule("", on="record")
    assert (coming(one, moment("2024-03-09T11:00"), 3), which_days(one)) == ([], "")


@pytest.mark.parametrize(
    ("time", "zone", "now", "expected"),
    [
        ("07:00", "Europe/London", "2024-03-30T07:00Z", "2024-03-30T07:00Z"),
        ("07:00", "Europe/London", "2024-03-30T07:01Z", "2024-03-31T06:00Z"),
        ("07:00", "Europe/London", "2024-10-26T06:30Z", "2024-10-27T07:00Z"),
        ("01:30", "Europe/London", "2024-03-30T12:00Z", "2024-03-31T01:00Z"),  # skipped
        ("01:30", "Europe/London", "2024-10-27T00:31Z", "2024-10-28T01:30Z"),  # shown twice
        ("23:59", "Pacific/Kiritimati", "2024-03-30T12:00Z", "2024-03-31T09:59Z"),
        ("00:00", "America/New_York", "2024-03-10T05:00Z", "2024-03-10T05:00Z"),
    ],
)
def test_a_time_of_day_comes_once_a_day_by_the_clock_on_the_wall(
    time: str, zone: str, now: str, expected: str
) -> None:
    found = at(dt.time.fromisoformat(time), ZoneInfo(zone), moment(now))
    assert stamp(found) == stamp(moment(expected))


def test_the_clock_can_be_set() -> None:
    assert moment("2024-03-10T06:00") == dt.datetime(2024, 3, 10, 6, tzinfo=UTC)
    assert moment("2024-03-10T06:00:00.7+02:00") == dt.datetime(2024, 3, 10, 4, tzinfo=UTC)
    assert moment("2024-03-10T04:00:00Z") == dt.datetime(2024, 3, 10, 4, tzinfo=UTC)
    assert abs(moment() - dt.datetime.now(UTC)) < dt.timedelta(minutes=1)
    for wrong in ("", "noon", "2024-02-30"):
        with pytest.raises(UsageError, match="is not a moment; write it as 2024-03-10T06:00-04:00"):
            moment(wrong)
    assert span("2h") == dt.timedelta(hours=2)
    with pytest.raises(UsageError, match="is not a span of time"):
        span("2")
