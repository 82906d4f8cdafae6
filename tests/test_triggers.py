"""Reports that are made when something happens: conditions over facts, changes of the record."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import ten_attacks
from mailing import mail_of
from published import publish_report
from smtp_server import FaultyServer

from analysis.deliver.hand_out import hand_out
from analysis.errors import RecordError
from analysis.measures.facts import state_facts
from analysis.publish.listing import published
from analysis.publish.order import Order
from analysis.record import Record
from analysis.schedule import ledger, settings
from analysis.schedule.attempt import Outcome
from analysis.schedule.clock import moment
from analysis.schedule.config import load
from analysis.schedule.due import Again, due
from analysis.schedule.settings import Config, Mail, Schedule, Subscription
from analysis.schedule.status import status
from analysis.schedule.triggers import Stated, TriggerError, judge, parse

FACTS = {
    "twelve": Stated(12, "attacks in the window"),
    "nought": Stated(0),
    "unknown": Stated(None),
    "where": Stated("al-tanf"),
    "share": Stated(0.5),
}
SENT = {"twelve": Stated(10), "nought": Stated(0), "where": Stated("al-tanf"), "share": Stated(0.5)}


@pytest.mark.parametrize(
    ("text", "holds", "reason"),
    [
        ("twelve >= 10 or nought > 0", True, "attacks in the window: 12 (twelve >= 10)"),
        ("twelve >= 10 and nought > 0", False, "nought: 0 (nought > 0)"),
        ("1 < twelve <= 12 and not nought", True, "attacks in the window: 12 (1 < twelve <= 12); "
         "nought: 0 (not nought)"),
        ("twelve > 2 * nought + 11.5", True, "attacks in the window: 12, nought: 0 "
         "(twelve > 2 * nought + 11.5)"),
        ("where in ['al-tanf', 'erbil']", True, "where: al-tanf (where in ['al-tanf', 'erbil'])"),
        ("where == 'erbil' or -share < -0.4", True, "share: 0.5 (-share < -0.4)"),
        # What is not known makes a comparison false, whichever it is, and is named.
        ("unknown > 0", False, "unknown is not known"),
        ("unknown <= 0 or unknown != 3 or unknown + 1 == 1", False, "unknown is not known"),
        ("twelve > unknown or nought == 0", True, "nought: 0 (nought == 0); unknown is not known"),
        ("not unknown > 3", True, "unknown is not known"),
        # Against what was sent last.
        ("changed", True, "attacks in the window: 10 before, 12 now"),
        ("changed(twelve, where)", True, "attacks in the window: 10 before, 12 now"),
        ("changed(where) or changed(nought)", False, "nothing has changed"),
        ("changed(where) and twelve > 3", False, "nothing has changed"),
    ],
)  # fmt: skip
def test_a_condition_holds_or_not_and_says_why(text: str, holds: bool, reason: str) -> None:
    verdict = judge(parse(text), FACTS, SENT)
    assert (verdict.holds, verdict.reason) == (holds, reason)


@pytest.mark.parametrize(
    "text",
    [
        "", "twelve >", "__import__('os').system('x')", "twelve.real", "open('/etc/passwd')",
        "twelve ** 999", "[x for x in where]", "lambda: 1", "twelve if share else where", "None",
        "(x := 3)", "f'{where}'", "b'x'", "changed()", "changed(1)", "changed(twelve=1)",
        "where in 'al-tanf'", "twelve == [12]", "twelve[0]", "*where", "twelve @ 2", "twelve is 12",
        "(" * 300 + "1" + ")" * 300, "-" * 400 + "1", "twelve\n>\n3; import os", "1 + " * 900 + "1",
        "twelve < 1e999",
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused_and_never_run(text: str) -> None:
    with pytest.raises(TriggerError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("where > 3", "where > 3 compares a text with a number"),
        ("where + 1 > 3", "where is no number"),
        ("twelve > 3 or twelve / nought > 1", "twelve / nought has no value"),
        ("twelve > 3 or 1e308 * twelve > 1", "1e+308 * twelve has no value"),
        ("twelve > 3 or nowhere > 1", "the report states no fact 'nowhere'"),
    ],
)
def test_a_condition_that_cannot_be_evaluated_says_so_whatever_else_holds(
    text: str, why: str
) -> None:
    with pytest.raises(TriggerError, match=re.escape(why)):
        judge(parse(text), FACTS)


def test_a_fact_of_a_country_that_was_not_hit_is_not_known() -> None:
    absent = judge(parse("attacks_window_jor > 0"), FACTS, None, lambda name: "jor" in name)
    assert (absent.holds, absent.reason) == (False, "attacks_window_jor is not known")


def test_the_configuration_names_what_is_wrong_with_a_condition(tmp_path: Path) -> None:
    path = tmp_path / "brinkwatch.toml"
    start = '[[schedule]]\nname = "alarm"\nreport = "brief"\n'
    hourly = f'{start}cron = "0 * * * *"\ntimezone = "UTC"\n'
    for more, said in [
        (f'{hourly}when = "attacks_windw > 3"', "fact 'attacks_windw'; did you mean 'attacks_wind"),
        (f'{hourly}when = "attacks_window_irk > 3"', "unknown fact 'attacks_window_irk'; did you"),
        (f'{hourly}when = "attacks_window ="', "this is no condition, such as attacks_window >="),
        (f'{hourly}when = "attacks_window > 1"\nquiet = "22:00"', "write it as 22:00-06:00"),
        (f'{hourly}quiet = "22:00-06:00"', 'this is for what is made when = "…" or on = "record"'),
        (f'{start}on = "record"\ncron = "0 * * * *"', "has no moments of its own; leave it out"),
        (start, "this key is missing"),
    ]:
        path.write_text(more)
        with pytest.raises(RecordError, match=r"brinkwatch\.toml:\d+: schedule") as error:
            load(path)
        assert said in str(error.value)
    path.write_text(
        f'{hourly}when = "attacks_window_irq > 3 or us_strikes_yemen_window > 1 and changed"\n'
        f'{start.replace("alarm", "change")}on = "record"\nat_most_every = "30m"\n'
    )
    alarm, change = load(path).schedules
    assert alarm.when is not None
    assert (change.on, change.at_most_every) == ("record", dt.timedelta(minutes=30))


class Desk:
    """A desk whose reports state what a test wants, made at once."""

    def __init__(self, folder: Path, *schedules: Schedule, mail: Mail | None = None) -> None:
        self.reports, self.data = folder / "reports", folder / "data"
        readers = (Subscription("reader@example.org", ("brief",)),) if mail else ()
        mail = mail or Mail("127.0.0.1", "desk@example.org", operator="operator@example.org")
        self.config = Config(folder / "brinkwatch.toml", schedules, readers, mail)
        self.facts: Callable[[str], Mapping[str, Any]] = lambda day: {}
        self.said: list[str] = []

    def make(self, order: Order, limit: dt.timedelta, hidden: Collection[str]) -> Outcome:
        day = str(order.parameters["as_of"])
        stated = {name: {"value": value} for name, value in self.facts(day).items()}
        content = json.dumps({"facts": stated}).encode()
        return Outcome(folder=publish_report(order.reports, day, facts=content))

    def call(self, now: str, again: Again | None = None) -> dict[str, str | None]:
        """What came of each slot of this call: the folder that was made, or none."""
        self.said = []
        order = Order("", data=self.data, reports=self.reports)
        made = due(self.config, order, moment(now), make=self.make, warn=self.said.append,
                   tell=lambda one: self.said.append(str(one)), again=again)  # fmt: skip
        return {f"{one.slot:%m-%d %H:%M}": one.outcome.folder for one in made or ()}

    def made(self) -> list[str]:
        """The days of which there are reports."""
        return sorted(one.as_of for one in published(self.reports))

    def status(self, now: str) -> dict[str, Any]:
        with closing(ledger.look(self.reports)) as connection:
            return status(connection, self.config, moment(now), reports=self.reports)


def alarm(when: str, **other: Any) -> Schedule:
    return Schedule("alarm", "brief", "0 * * * *", when=parse(when), **other)


def test_a_report_is_made_when_its_condition_holds_and_else_nothing_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path, alarm("attacks_window >= 10"))
    desk.facts = lambda day: {"attacks_window": {"2024-01-29": 9, "2024-01-30": 12}[day]}
    assert desk.call("2024-01-29T06:00Z") == {"01-29 06:00": None}
    assert "not called for: attacks_window: 9 (attacks_window >= 10)" in desk.said[0]
    assert not [*desk.reports.glob("brief")]
    assert desk.status("2024-01-29T06:10Z")["healthy"]
    assert desk.call("2024-01-30T00:00Z") == {
        "01-29 22:00": None, "01-29 23:00": None, "01-30 00:00": "brief/2024-01-30"}  # fmt: skip
    assert "made in" in desk.said[-1]
    assert "for attacks_window: 12 (attacks_window >= 10)" in desk.said[-1]
    assert desk.made() == ["2024-01-30"]
    assert not (desk.reports / ".aside").exists()


def test_a_condition_that_cannot_be_evaluated_is_told_to_the_operator_at_once(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path, alarm("busiest_site > 3"))
    desk.facts = lambda day: {"busiest_site": "al-tanf"}
    assert desk.call("2024-01-29T06:00Z") == {"01-29 06:00": None}
    told = desk.status("2024-01-29T06:10Z")
    assert not told["healthy"]
    (mail,) = told["deliveries"]
    assert (mail["kind"], mail["address"]) == ("failure", "operator@example.org")
    assert "its condition cannot be evaluated: busiest_site > 3 compares a text" in mail["reason"]


def test_nothing_is_made_in_quiet_times_or_too_soon_after_the_one_before(tmp_path: Path) -> None:
    night = settings.Span(dt.time(22), dt.time(6))
    every = dt.timedelta(hours=6)
    desk = Desk(
        tmp_path, alarm("attacks_window >= 10", quiet=night, at_most_every=every, catch_up=99)
    )
    desk.facts = lambda day: {"attacks_window": 12}
    desk.call("2024-01-29T00:00Z")
    made = desk.call("2024-01-30T12:00Z")
    assert [slot for slot, folder in made.items() if folder] == [
        "01-29 06:00", "01-29 12:00", "01-29 18:00", "01-30 06:00", "01-30 12:00"]  # fmt: skip
    assert desk.status("2024-01-30T12:10Z")["healthy"]


def test_changed_is_against_what_was_sent_last_and_the_mail_says_why(tmp_path: Path) -> None:
    with FaultyServer() as server:
        desk = Desk(tmp_path, alarm("changed(attacks_window)"), mail=mail_of(server))
        numbers = iter([3, 3, 4, 4, 4, 5, 5])
        today = {"attacks_window": 0}
        desk.facts = lambda day: today
        made = []
        for hour in range(6, 13):
            today["attacks_window"] = next(numbers)
            now = f"2024-01-{hour + 10}T{hour:02}:00Z"
            made.append(next(iter(desk.call(now).values())) is not None)
            if hour != 8:  # once, nobody came by to send
                hand_out(desk.reports, desk.config, moment(now))
        assert made == [True, False, True, True, False, True, False]
        mails = [mail.message for mail in server.taken]
    subject = str(mails[-1]["Subject"])
    assert "as of 2024-01-21: attacks_window: 4 before, 5 now [TLP:CLEAR]" in subject
    text = mails[-1].get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines()[0] == "attacks_window: 4 before, 5 now"


def test_why_a_report_was_made_stays_with_it_when_others_find_it_made(tmp_path: Path) -> None:
    with FaultyServer() as server:
        daily = Schedule("daily", "brief", "0 6 * * *")
        desk = Desk(tmp_path, alarm("attacks_window > 3"), daily, mail=mail_of(server))
        desk.facts = lambda day: {"attacks_window": 4}
        desk.call("2024-01-29T06:00Z")
        hand_out(desk.reports, desk.config, moment("2024-01-29T06:10Z"))
        (mail,) = server.taken
    assert ": attacks_window: 4 (attacks_window > 3) [" in str(mail.message["Subject"])


def test_a_changed_record_is_reported_on_as_soon_as_it_checks(tmp_path: Path) -> None:
    schedule = Schedule("change", "brief", on="record", at_most_every=dt.timedelta(minutes=30))
    desk = Desk(tmp_path, schedule)
    ten_attacks.write(desk.data)
    attacks = desk.data / "attacks.csv"
    first = {"11-08 06:00": "brief/2023-11-08"}
    assert desk.call("2023-11-08T06:00Z") == first
    assert desk.call("2023-11-08T06:40Z") == {}
    good = attacks.read_text()
    attacks.write_text(good.replace(",alpha,", ",alfa,", 1))
    assert desk.call("2023-11-08T06:50Z") == {}
    assert "change: the record has changed and does not check: attacks.csv:2" in desk.said[0]
    told = desk.status("2023-11-08T06:50Z")
    assert [trouble["kind"] for trouble in told["troubles"]] == ["change"]
    attacks.write_text(good.replace("Made up.", "Made up by us.", 1))
    assert desk.call("2023-11-08T07:00Z") == {"11-08 07:00": "brief/2023-11-08"}
    assert desk.status("2023-11-08T07:00Z")["healthy"]
    attacks.write_text(good)
    assert desk.call("2023-11-08T07:10Z") == {}  # too soon
    assert desk.call("2023-11-08T07:30Z") == {"11-08 07:30": "brief/2023-11-08"}
    again = Again("change", moment("2023-11-08T06:00Z"))
    assert desk.call("2023-11-08T07:40Z", again) == first


#: Conditions, and the same of a frame with a row a day; what is not known is NaN there.
CONDITIONS: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "attacks_window >= 5 or us_killed_window > 0": lambda day: (
        (day.attacks_window >= 5) | (day.us_killed_window > 0)
    ),
    "days_since_us_strike < 9 and not attacks_window > 2 * attacks_previous_window": lambda day: (
        (day.days_since_us_strike < 9) & ~(day.attacks_window > 2 * day.attacks_previous_window)
    ),
    "not record_coverage < 0.8": lambda day: ~(day.record_coverage < 0.8),
    "intercepted_share >= 0.4 and top_claimant == 'band'": lambda day: (
        (day.intercepted_share >= 0.4) & (day.top_claimant == "band")
    ),
}


def test_a_condition_fires_on_the_days_on_which_pandas_says_so_and_on_no_other(
    tmp_path: Path, week: Record
) -> None:
    (war,) = week.campaigns
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2023-11-01", "2023-11-14")]
    stated = {day: state_facts(week.as_of(day).of(war), 7) for day in days}
    by_day = {
        day: {name: fact.value for name, fact in facts.items()} for day, facts in stated.items()
    }
    frame = pd.DataFrame.from_dict(by_day, orient="index")
    for number, (text, in_pandas) in enumerate(CONDITIONS.items()):
        daily = Schedule(
            "alarm", "brief", "0 6 * * *", when=parse(text), catch_up=99, start=dt.date(2023, 11, 1)
        )
        desk = Desk(tmp_path / str(number), daily)
        desk.facts = by_day.__getitem__
        desk.call("2023-11-14T12:00Z")
        assert desk.made() == list(frame.index[in_pandas(frame)]), text
        assert 0 < len(desk.made()) < len(days)
