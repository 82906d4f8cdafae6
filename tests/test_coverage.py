"""Unknown is not zero: what is said of days that were watched, sampled, or not watched at all."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import ten_attacks
from conftest import of_the_war
from hypothesis import given, settings
from hypothesis import strategies as st
from pieces import pieces, sentences

import analysis as an
from analysis.measures import coverage
from analysis.measures.coverage import NEED_EVERY_ATTACK, as_kept
from analysis.measures.facts import brief_facts
from analysis.record import Known, Record, between, read
from analysis.record.coverage import by_day, clipped, held
from analysis.record.versions import IDENTIFIERS

SPANS = [
    ("2023-11-01", "2023-11-04", "us-coalition-forces+israel", "daily"),
    ("2023-11-03", "2023-11-08", "us-coalition-forces", "sampled"),
    ("2023-11-10", None, "israel", "daily"),
]


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def spans(rows: list[tuple[str, str | None, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["since", "through", "targets", "kept"])
    return table.astype({"since": "datetime64[s]", "through": "datetime64[s]"})


# How days were kept


def test_the_better_of_two_spans_counts_and_the_worse_of_two_targets() -> None:
    kept = held(clipped(spans(SPANS), day("2023-11-12"), day("2023-11-12")))
    of_bases = by_day(kept, day("2023-10-31"), day("2023-11-11"), ["us-coalition-forces"])
    assert of_bases.tolist() == [0, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0]
    both = by_day(kept, day("2023-11-03"), day("2023-11-10"), ["us-coalition-forces", "israel"])
    assert both.tolist() == [2, 2, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("newest", "reaches"),
    [("2023-11-20", "2023-11-20"), ("2023-11-17", "2023-11-20"), ("2023-11-16", "2023-11-16")],
)
def test_a_span_without_an_end_reaches_the_day_while_the_record_is_fresh(
    newest: str, reaches: str
) -> None:
    kept = clipped(spans(SPANS), day("2023-11-20"), day(newest))
    assert kept["through"].tolist()[-1] == day(reaches)


def test_spans_end_on_the_as_of_date_and_later_ones_are_not_known() -> None:
    kept = clipped(spans(SPANS), day("2023-11-03"), day("2023-11-03"))
    assert kept["through"].tolist() == [day("2023-11-03")] * 2
    assert clipped(spans(SPANS), day("2023-11-03"), None).empty


# What is stated of them

GOLDEN = [
    ("2024-01-29", None, "daily", "daily"),
    ("2023-08-01", None, "sampled", "sampled"),
    ("2023-03-24", None, "sampled", "sampled"),
    ("2024-06-24", "red-sea", "daily", "daily"),
    ("2024-09-20", "red-sea", "sampled", "sampled"),
    ("2025-06-24", None, "sampled", "sampled"),
    ("2026-03-12", None, "sampled", "sampled"),
    ("2026-11-29", None, "none", "sampled"),
]


@cache
def said(report: str, as_of: str) -> str:
    """What the sections of a report say."""
    return " ".join(sentences(report, as_of).values())


def facts(as_of: str, campaign: str | None = None) -> dict[str, object]:
    page = an.open("brief", as_of=as_of, campaign=campaign)
    return {name: fact.value for name, fact in page.facts.items()}


@pytest.mark.usefixtures("of_the_real_record")
@pytest.mark.parametrize(("as_of", "campaign", "window", "so_far"), GOLDEN)
def test_how_the_days_of_a_page_were_kept(
    as_of: str, campaign: str | None, window: str, so_far: str
) -> None:
    page = an.open("brief", as_of=as_of, campaign=campaign)
    assert (page.value("coverage_window"), page.kept_window) == (window, window)
    assert page.kept == so_far
    given = {name for name, fact in page.facts.items() if fact.value is not None}
    forecast = {name for name in given if name.startswith("forecast")}
    assert bool(forecast) == (window == so_far == "daily")
    shares = {name for name in given if page.facts[name].kind in NEED_EVERY_ATTACK}
    assert (shares <= {"record_coverage"}) == (so_far == "sampled")


@pytest.mark.usefixtures("of_the_real_record")
def test_long_after_the_last_report_nothing_is_said_of_the_window() -> None:
    found = facts("2026-11-29")
    assert found["record_through"] == "2026-04-30"
    of_window = [name for name in found if "_window" in name and name != "coverage_window"]
    assert {name: found[name] for name in of_window} == dict.fromkeys(of_window)
    for name in ("forecast_probability_any", "carriers_in_region", "days_since_us_strike"):
        assert found[name] is None
    text = said("brief", "2026-11-29")
    assert (
        "reports through 30 Apr 2026, not kept for the window The record was kept through 30 "
        "April 2026; of the days since then it tells nothing."
    ) in text
    assert "No attack" not in text
    assert "almost no chance" not in text


@pytest.mark.usefixtures("of_the_real_record")
def test_of_days_that_are_sampled_none_recorded_is_not_none() -> None:
    assert facts("2023-08-01")["attacks_window"] == 0
    assert (
        "The record holds no attack on US and coalition forces in the seven days to 1 August 2023, "
        "but it only samples these days."
    ) in said("brief", "2023-08-01")


@pytest.mark.usefixtures("of_the_real_record")
def test_a_card_of_a_sample_never_reads_nought() -> None:
    page = an.open("brief", as_of="2026-03-01")
    page_says = str(an.appendix.key_figures(page).html)
    assert page.value("us_strikes_cumulative") == 0
    assert "none in the record, a sample" in page_says
    assert '<strong class="value">0' not in page_says
    assert ">0</a>" not in page_says


def test_the_first_week_of_a_war_of_which_no_one_counts_the_injured() -> None:
    found = facts("2026-03-03")
    assert (found["killed_record"], found["injured_record"]) == (6, None)
    assert found["us_injured_window"] is None
    assert found["injured_official"] == 18
    text = said("brief", "2026-03-03")
    assert "17 October" not in text
    assert "a running total reported on 3 March 2026 gives 1,250 targets struck" in text


@pytest.mark.usefixtures("of_the_real_record")
def test_official_counts_keep_their_qualifier_and_a_monitor_is_no_official() -> None:
    assert "Officials count about 80 attacks since 20 January 2021" in said("brief", "2023-03-24")
    assert "Officials count at least 206 attacks" in said("brief", "2024-11-25")
    assert "count about 70 injured through 28 January 2024" in said("brief", "2024-01-29")
    assert facts("2026-03-12")["attacks_official"] is None
    # What was published while nobody kept the record is not known.
    unknown = "The record knows of no official count of attacks; it holds at least"
    assert all(unknown in said("brief", day) for day in ("2026-03-12", "2026-11-28"))


def test_a_record_without_coverage_counts_nothing_and_fails_nowhere(
    folder: Path,
) -> None:
    (folder / "coverage.csv").unlink()
    for report in ("brief", "response", "posture", "outlook", "record"):
        for text in sentences(report, "2023-11-07").values():
            assert "attacks on US and coalition forces, after" not in text
    page = an.open("brief", as_of="2023-11-07")
    assert page.facts["attacks_window"].value is None
    assert page.value("attacks_official") == 5


#: What a page says flatly; of days that were sampled, or not kept, it says how far that goes.
FLATLY = re.compile(r"(No (attack|US strike|strike)|None of|Neither|There (is|has been) no)\b")
AS_FAR = re.compile(r"sample|in the record|record holds no|through 2\d October|by 2\d October")
EVERY = "us-coalition-forces+us-warship+commercial-shipping+israel+other"


@pytest.mark.parametrize(
    ("kept", "as_of"),
    [("daily", "2023-10-27"), ("sampled", "2023-10-27"), ("sampled", "2023-11-08")],
)
def test_that_there_was_nothing_is_said_only_as_far_as_days_were_kept(
    folder: Path, kept: str, as_of: str
) -> None:
    """Nothing was reported from the 20th of October to the end of the month."""
    (folder / "coverage.csv").write_text(
        f"since,through,targets,kept,note\n2023-10-17,,{EVERY},{kept},\n", "utf-8"
    )
    own = {"site": {"site_id": "alpha"}, "actor": {"actor_id": "other-band"}}
    for report in ("brief", "response", "posture", "record", "outlook", "site", "actor"):
        for section, said in sentences(report, as_of, **own.get(report, {})).items():
            for one in re.split(r"(?<=\.) (?=[A-Z])", said):
                assert not FLATLY.match(one) or AS_FAR.search(one), (report, section, one)


def test_figures_of_sampled_days_say_that_the_record_holds_none(folder: Path) -> None:
    (folder / "coverage.csv").write_text(
        f"since,through,targets,kept,note\n2023-10-17,2023-12-31,{EVERY},sampled,\n", "utf-8"
    )
    page = an.open("brief", as_of="2023-11-10", window_days=1)
    for drawn in (an.draw.fronts_over_time(page), an.draw.attacks_and_strikes(page)):
        assert "no attack of the window is in the record" in repr(drawn).lower()
    figures = repr(an.appendix.key_figures(page))
    assert figures.count("or more; a sample") >= 3


def test_a_key_figure_says_through_which_day_it_counts(folder: Path) -> None:
    (folder / "coverage.csv").write_text(
        f"since,through,targets,kept,note\n2023-10-17,2023-11-05,{EVERY},daily,\n", "utf-8"
    )
    figures = repr(an.appendix.key_figures(an.open("brief", as_of="2023-11-12")))
    assert "US strikes in Iraq and Syria through 5 Nov 2023" in figures.replace("\xa0", " ")


def test_a_record_with_attacks_of_days_that_were_not_kept_does_not_say_that_it_has_none(
    folder: Path,
) -> None:
    told = "The record was kept through 5 November 2023; of the days since then it"
    for through, how in (("05", "holds some attacks, but counts none"), ("07", "tells nothing")):
        (folder / "coverage.csv").write_text(
            f"since,through,targets,kept,note\n2023-10-17,2023-11-{through},{EVERY},daily,\n",
            "utf-8",
        )
        (first, *_) = sentences("brief", "2023-11-12")["bottom_line"].split(". ")
        assert first.replace("7 November", "5 November") == f"{told} {how}"


def test_units_are_drawn_only_where_the_days_of_the_page_were_kept(folder: Path) -> None:
    (folder / "coverage.csv").write_text(
        "since,through,targets,kept,note\n2023-10-17,2023-11-30,israel+other,daily,\n", "utf-8"
    )
    shown = dict(pieces("posture", "2023-11-08"))
    assert not shown["an.draw.presence_by_kind(posture)"].html


# Whatever was kept


@st.composite
def kept(draw: st.DrawFn) -> pd.DataFrame:
    """Spans of coverage around the week of the ten attacks."""
    start = day("2023-10-10")
    ends = st.integers(0, 35)
    every = ["us-coalition-forces", "us-warship", "commercial-shipping", "israel", "other"]
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        first, last = sorted((draw(ends), draw(ends)))
        chosen = draw(st.lists(st.sampled_from(every), min_size=1, max_size=5, unique=True))
        how = draw(st.sampled_from(["daily", "sampled"]))
        through = None if draw(st.booleans()) else start + last * coverage.DAY
        rows.append((start + first * coverage.DAY, through, "+".join(chosen), how))
    return spans(rows)


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return read(ten_attacks.write(tmp_path_factory.mktemp("ten") / "week"))


def levels(known: Known, days: int) -> Iterator[int]:
    """How well each day of the window was kept, day by day and span by span."""
    for back in range(days):
        one = known.date - back * coverage.DAY
        if one >= known.campaign.start:
            best = [
                {"daily": 2, "sampled": 1}[span.kept]
                for span in known.coverage.itertuples()
                if span.since <= one <= span.through
                and "us-coalition-forces" in str(span.targets).split("+")
            ]
            yield max(best, default=0)


@settings(max_examples=8)
@given(held=kept(), back=st.integers(0, 14), days=st.integers(1, 10))
def test_no_number_over_days_that_were_not_kept(
    ten: Record, held: pd.DataFrame, back: int, days: int
) -> None:
    as_of = day("2023-11-08") - back * coverage.DAY
    known = replace(ten, coverage=held).as_of(as_of).of()
    earlier = replace(ten, coverage=held).as_of(as_of - days * coverage.DAY).of(known.campaign)
    found = as_kept(brief_facts(known, between(earlier, known), days), known, days)
    worst = min(levels(known, days), default=0)
    window = [fact for fact in found.values() if (fact.span, fact.basis) == ("window", "attacks")]
    assert window
    if worst == 0:
        assert all(fact.value is None and not fact.evidence for fact in window)
    if worst == 2:
        assert found["attacks_window"].value == len(
            [
                row
                for row in known.attacks.itertuples()
                if row.target == "us-coalition-forces"
                and row.confirmation != "claim"
                and as_of - days * coverage.DAY < row.event_date <= as_of
            ]
        )
    if worst < 2:
        ahead = [fact.value for fact in found.values() if fact.span in ("ahead", "past forecasts")]
        assert ahead
        assert set(ahead) == {None}
        rates = [
            fact.value for fact in window if fact.kind in NEED_EVERY_ATTACK or fact.every_attack
        ]
        assert set(rates) <= {None}


@settings(max_examples=20)
@given(held=kept(), later=kept(), back=st.integers(0, 12))
def test_coverage_of_later_days_changes_nothing(
    ten: Record, held: pd.DataFrame, later: pd.DataFrame, back: int
) -> None:
    as_of = day("2023-11-08") - back * coverage.DAY
    beyond = later.assign(since=later["since"] + 60 * coverage.DAY, through=pd.NaT)
    longer = held.assign(
        through=held["through"].where(held["through"] < as_of, held["through"] + 90 * coverage.DAY)
    )
    both = spans([*longer.to_numpy().tolist(), *beyond.to_numpy().tolist()])
    one, other = replace(ten, coverage=held), replace(ten, coverage=both)
    assert one.digest(as_of) == other.digest(as_of)
    pd.testing.assert_frame_equal(
        one.as_of(as_of).coverage, other.as_of(as_of).coverage, check_dtype=False
    )


@pytest.mark.parametrize("back", [0, 6])
def test_between_two_days_without_a_row_cumulative_facts_are_equal(ten: Record, back: int) -> None:
    """Nothing was reported after 7 November; the days since were watched and quiet."""
    stand_still(ten, day("2023-11-15") + back * coverage.DAY)


@pytest.mark.parametrize("before", ["2023-11-17", "2024-08-16", "2024-12-29"])
def test_a_day_on_which_nothing_was_reported_moves_none_of_them(
    record: Record, before: str
) -> None:
    reported = {getattr(record, table)["reported_on"].eq(day(before) + coverage.DAY).any()
                for table in IDENTIFIERS}  # fmt: skip
    assert reported == {False}
    stand_still(record, day(before))


def stand_still(record: Record, before: pd.Timestamp) -> None:
    """Assert that what a campaign counts is the same on a day and on the next."""
    found = [
        as_kept(brief_facts(known, between(known, known), 7), known, 7)
        for when in (before, before + coverage.DAY)
        for known in [record.as_of(when).of()]
    ]
    steady = [
        name
        for name, fact in found[0].items()
        if fact.span == "campaign"
        and fact.kind in ("count", "people", "share")
        and not name.startswith(("attacks_after_strike", "front_pair"))
    ]
    assert len(steady) > 20
    for name in steady:
        assert found[0][name].value == found[1][name].value, name


def test_every_fact_of_every_report_says_what_it_rests_on(record: Record) -> None:
    known = of_the_war(record, "2024-01-29")
    none = replace(known, coverage=known.coverage[:0], answers={})
    made = brief_facts(none, between(none, none), 7)
    held = as_kept(made, none, 7)
    told = {name for name, fact in held.items() if fact.value is not None}
    assert told <= {name for name, fact in made.items() if fact.basis == "statements"}
    assert {fact.kept for fact in itertools.chain(held.values())} <= {"none", "daily"}


def test_what_a_sample_cannot_tell_is_said_once_for_all_that_have_something_to_say() -> None:
    said = sentences("brief", "2026-03-12")
    assert "its counts are lower bounds, and rates, ratios" in said["bottom_line"]
    for section in ("attackers", "spread", "completeness"):
        assert "only samples" not in said[section]
    assert said["outlook"].startswith("No forecast is made, because the record only samples")
