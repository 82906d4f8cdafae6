"""How far the number of people harmed moved after the first report."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from analysis.display import words
from analysis.display.draw.history import source
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.plot import ACCENT, GREY, INK, plot
from analysis.measures.revisions import revisions

DAYS = "day|days"

#: Attacks drawn, those with the largest revision first.
MOST = 8


@figure
def injured_revised(page: Page) -> Fragment:
    """First and newest number of injured of each attack whose number was revised.

    page: of `record`.
    """
    found = revisions(page.known)
    moved = found[(found["column"] == "injured") & (found["change"] != 0)]
    if len(moved) < 2:
        return NOTHING
    shown = moved.assign(size=moved["change"].abs()).nlargest(MOST, "size", keep="first")
    shown = shown.sort_values(["event_date", "attack_id"], ignore_index=True)
    first = pd.to_numeric(shown["before"]).fillna(0).to_numpy()
    newest = pd.to_numeric(shown["after"]).to_numpy()

    def draw(figure: Figure, narrow: bool) -> None:
        axes = figure.subplots()
        places = range(len(shown))
        axes.hlines(places, first, newest, color="#a9bfd2", linewidth=3)
        axes.plot(first, places, "o", color=GREY, markersize=6, fillstyle="none")
        axes.plot(newest, places, "o", color=ACCENT, markersize=6)
        for place, row in enumerate(shown.to_dict("records")):
            at_first = "none reported" if pd.isna(row["before"]) else f"first {row['before']}"
            text = f"{at_first}, {row['after']} after {row['days']} {words.noun(row['days'], DAYS)}"
            end = max(first[place], newest[place])
            axes.annotate(text, (end, place), (7, 0), textcoords="offset points", va="center",
                          color=INK)  # fmt: skip
        sites = page.attacks.set_index("attack_id")["site"].astype("str")
        names = [
            f"{words.short_site(sites[row['attack_id']])}, {words.short_day(row['event_date'])}"
            for row in shown.to_dict("records")
        ]
        axes.set_yticks(list(places), [""] * len(names) if narrow else names)
        if narrow:
            for place, name in zip(places, names, strict=True):
                axes.annotate(
                    name, (0, place - 0.26), xycoords=("axes fraction", "data"), va="bottom"
                )
        axes.set_ylim(len(shown) - 0.5, -0.8)
        axes.set_xlim(-1, max(newest.max(), first.max()) * (1.8 if narrow else 1.4))
        axes.set_xlabel("people injured")
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.set_axisbelow(True)

    more = f"; the {MOST} largest of {len(moved)}" if len(moved) > MOST else ""
    in_sum = " in sum" if len(moved) > 1 else ""
    return plot(
        page,
        "injured-revised",
        draw,
        page.sentence(
            "the number of injured was revised for {injured_revised_attacks:attack|attacks}, by "
            "{injured_added:digits}{in_sum}",
            in_sum=in_sum,
        ),
        f"People injured by the first report (open) and as known now (filled){more}",
        source(page),
        page.sentence(
            "one line an attack from the first number of injured to the newest; in "
            "{injured_revised_attacks:attack|attacks} the number changed, by "
            "{injured_added:digits}{in_sum}.",
            in_sum=in_sum,
        ),
        (0.5 + 0.24 * len(shown), 0.6 + 0.4 * len(shown)),
        shown[["attack_id", "event_date", "before", "after", "days"]],
    )
