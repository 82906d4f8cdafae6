"""The record against the official counts."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.axes import count_axis, date_axis, keep_apart
from analysis.display.draw.history import day_numbers, source, too_short
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, GREY, STRIKE, plot
from analysis.measures import tallies
from analysis.measures.attacks import claimed_only, daily_counts


@figure
def record_against_officials(page: Page) -> Fragment:
    """Cumulative attacks of the record by confirmation against the official counts.

    page: of `brief`, `record` or a report of one's own; it needs the fact `record_coverage`.
    """
    attacks = page.attacks[["event_date", "confirmation"]]
    official = tallies.by_day(tallies.of_the_campaign(page.known, "attacks"))
    if attacks.empty or too_short(page):
        return NOTHING
    start, end = page.campaign.start, page.known.through
    confirmed = daily_counts(attacks[attacks["confirmation"] == "official"], start, end).cumsum()
    held = daily_counts(page.recorded, start, end).cumsum()
    everything = held + daily_counts(claimed_only(attacks), start, end).cumsum()

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        days = day_numbers(held.index)
        for series, color, style in (
            (everything, GREY, ":"),
            (held, "#5b8fbf", "-"),
            (confirmed, ACCENT, "-"),
        ):
            axes.plot(days, series, color=color, linestyle=style, drawstyle="steps-post")
        if len(official):
            axes.plot(
                day_numbers(official["through"]),
                official["value"].astype(int),
                "o",
                color=STRIKE,
                markersize=3.4,
            )
        count_axis(axes)
        date_axis(axes, start, end, narrow)
        ends = [
            (int(everything.iloc[-1]), "with claims alone", GREY),
            (int(held.iloc[-1]), "with news and monitors", "#3f74a6"),
            (int(confirmed.iloc[-1]), "officially confirmed", ACCENT),
        ]
        if len(official):
            # The largest of them, as the page states it: the newest may count fewer.
            stated = tallies.largest(official)["value"]
            ends.append((int(stated.iloc[0]), "officials’ count", STRIKE))
        _label_ends(axes, ends, max(1, *(value for value, _, _ in ends)), narrow)

    return plot(
        page,
        "record-against-officials",
        draw,
        _finding(page),
        f"Attacks on {page.words['forces']} {page.words['since']}, cumulative: lines "
        "the record, dots the officials’ counts by the last day counted",
        source(page),
        page.sentence(
            "cumulative lines: {attacks_confirmed_cumulative} officially confirmed, "
            "{attacks_cumulative} with news and monitors, and {attacks_claim_only_cumulative} "
            "more claimed only."
        ),
        (2.1, 2.3),
        _as_data({"official": confirmed, "recorded": held, "with_claims": everything}, official),
    )


def _finding(page: Page) -> Markup:
    """How much of the official count the record describes."""
    if page.facts["record_coverage"].known:
        return page.sentence(
            "the record describes {record_coverage} of the official count one by one"
        )
    if page.facts["attacks_official"].known and page.facts["record_counted"].known:
        return page.sentence(
            "the record describes {record_counted:digits} with an official’s word, officials count "
            "{attacks_official:digits}"
        )
    return page.sentence("no official count is in the record")


def _as_data(lines: dict[str, pd.Series], official: pd.DataFrame) -> pd.DataFrame:
    """A row for each day; of two counts through one day the newer."""
    counted = official.drop_duplicates("through", keep="last").set_index("through")["value"]
    data = pd.DataFrame(lines).rename_axis("day")
    return data.join(counted.rename("counted_by_officials"), how="outer").reset_index(names="day")


def _label_ends(axes: Axes, ends: list[tuple[int, str, str]], top: int, narrow: bool) -> None:
    """Name each line at its right end, far enough from the next to be read."""
    ordered = sorted(ends)
    places = keep_apart([value for value, _, _ in ordered], top / 8)
    right = axes.get_xlim()[1]
    for place, (value, label, color) in zip(places, ordered, strict=True):
        text = label.replace(" and ", "\nand ") if narrow else label
        axes.annotate(
            f"{words.digits(value)} {text}",
            (right, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=color,
            annotation_clip=False,
        )
