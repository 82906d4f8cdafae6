"""The tables of the outlook report: probabilities of counts, scores, what the models assume."""

from __future__ import annotations

from markupsafe import Markup

from analysis.display import words
from analysis.display.draw.outlook import LABELS
from analysis.display.fragment import NOTHING, Fragment
from analysis.display.kept import figure
from analysis.display.page import Page
from analysis.display.tables.cells import table
from analysis.measures.outlook import BASELINES, CHOSEN, MODELS, backtest, scores

ON_ONE_LINE = Markup('<span class="date">{}</span>')

#: Counts whose probability is worth a line, and the least probability that is.
THRESHOLDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, *(10**power for power in range(3, 7)))
LEAST_PROBABILITY = 0.005

ASSUMPTIONS = {
    "gamma-poisson": "A rate that changes slowly: old days fade, the memory is a week.",
    "hawkes": "Each attack raises the rate of the days after it for a while, above a background.",
    "hurdle": "First whether any attack comes, then how many, from the recent rate, a truce in "
    "force and recent US strikes, as they went before.",
    "last-week": "The last seven days once more, as a Poisson count.",
    "climatology": "Any past span of as many days again, each as likely as another.",
}


@figure
def outlook_thresholds(page: Page) -> Fragment:
    """How likely it is that the coming days bring so many attacks or more.

    page: of `outlook`, `brief` or a report of one's own; it needs the fact `forecast_median`.
    """
    page.needs("forecast_median")  # a forecast that is not made has none
    found = backtest(page.known, page.horizon_days)
    if found is None:
        return NOTHING
    likely = {count: float(found.latest.probability_of_at_least(count)) for count in THRESHOLDS}
    rows = [
        {
            "Attacks": f"{words.digits(count)} or more",
            "Probability": words.probability(chance),
            "In words": words.likelihood(chance),
        }
        for count, chance in likely.items()
        if count == 1 or chance >= LEAST_PROBABILITY
    ]
    return table(f"How many attacks {page.coming} may bring", rows)


@figure
def outlook_scores(page: Page) -> Fragment:
    """Mean scores and coverage of the chosen forecasts, the models and the baselines.

    page: of `outlook`, `brief` or a report of one's own; it needs the fact `forecasts_checked`.
    """
    found = backtest(page.known, page.horizon_days)
    if found is None or not page.count("forecasts_checked"):
        return NOTHING
    rows = [
        {
            "Forecast": "As chosen on the day" if name == CHOSEN else LABELS[str(name)],
            "Mean CRPS, attacks": f"{row['crps']:.2f}",
            "Mean log score": f"{row['log_score']:.2f}",
            "50 % interval held": words.percent(row["coverage_50"]),
            "90 % interval held": words.percent(row["coverage_90"]),
        }
        for name, row in scores(found).iterrows()
    ]
    counted = page.phrase("{forecasts_checked:past forecast|past forecasts}")
    return table(
        Markup("Scores over {}, less is better; the last two are baselines").format(counted), rows
    )


@figure
def outlook_assumptions(page: Page) -> Fragment:
    """What each model assumes, and on how many days it was chosen.

    page: of `outlook`, `brief` or a report of one's own; it needs the fact `forecast_median`.
    """
    page.needs("forecast_median")  # a forecast that is not made has none
    found = backtest(page.known, page.horizon_days)
    if found is None:
        return NOTHING
    chosen = found.models.value_counts()
    days = {name: f"{chosen.get(name, 0)} of {len(found.models)}" for name in MODELS}
    rows = [
        {
            "Model": ON_ONE_LINE.format(LABELS[name]),
            "It assumes": ASSUMPTIONS[name],
            "Days chosen": ON_ONE_LINE.format(days[name] if name in MODELS else "a baseline"),
        }
        for name in (*MODELS, *BASELINES)
    ]
    return table("Three models and two baselines", rows)
