"""The commands of a desk that works by itself: what is due, sent, wrong, and what was published.

They stand beside the others in :mod:`analysis.cli`; what each needs is imported inside it.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from analysis.checkout import CHECKOUT
from analysis.errors import RunError, UsageError
from analysis.options import Configuration, Data, Now, Reports


def due(
    slot: Annotated[
        str | None,
        typer.Argument(metavar="[SLOT]", help="With --retry, which slot; else the newest missing."),
    ] = None,
    retry: Annotated[
        str | None,
        typer.Option("--retry", metavar="NAME", help="Make a slot of this schedule once more."),
    ] = None,
    config: Configuration = None,
    now: Now = None,
    data: Data = CHECKOUT / "data",
    reports: Reports = CHECKOUT / "reports",
) -> None:
    """Make what the schedules owe, and stop. Call it as often as you like."""
    from analysis.publish.order import Order
    from analysis.schedule.clock import moment
    from analysis.schedule.config import find, load
    from analysis.schedule.corrections import Remade
    from analysis.schedule.due import Again, Made
    from analysis.schedule.due import due as make_due

    if slot is not None and retry is None:
        raise UsageError(f"{slot}: a slot is given after --retry and the name of its schedule.")
    again = Again(retry, moment(slot, "SLOT") if slot else None) if retry else None
    warn = partial(typer.echo, err=True)

    def tell(one: Made | Remade) -> None:
        typer.echo(str(one), err=one.outcome.reason is not None)

    order, settings = Order("", data=data, reports=reports), load(find(config))
    made = make_due(settings, order, moment(now), tell=tell, warn=warn, again=again)
    if made is None:
        _another_at_work("due", reports, now)
    elif any(one.given_up for one in made):
        raise typer.Exit(3)


def deliver(
    config: Configuration = None,
    now: Now = None,
    again: Annotated[
        bool, typer.Option("--again", help="Try once more what was parked, too.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Send a reader more at once than at_once, too.")
    ] = False,
    data: Data = CHECKOUT / "data",
    reports: Reports = CHECKOUT / "reports",
) -> None:
    """Send what is published to those who subscribed and may see it. 3 if something is parked."""
    from analysis.deliver.hand_out import hand_out
    from analysis.schedule.clock import moment
    from analysis.schedule.config import find, load

    # Which reports there are is no matter for mail: a notebook that is broken stops none.
    settings = load(find(config), notebooks=None)
    account = hand_out(
        reports, settings, moment(now), clock=moment(), data=data, again=again, yes=yes
    )
    if account.at_work:
        _another_at_work("deliver", reports, now)
        return
    typer.echo(str(account))
    for sentence in account.trouble:
        typer.echo(sentence, err=True)
    if not account.good:
        raise typer.Exit(3)


def status(
    config: Configuration = None,
    now: Now = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="For machines; of mails the newest 1000.")
    ] = False,
    last: Annotated[int, typer.Option(min=1, help="Rows of each table.")] = 20,
    patience: Annotated[
        str, typer.Option(metavar="SPAN", help="How long what is owed may wait.")
    ] = "2h",
    reports: Reports = CHECKOUT / "reports",
) -> None:
    """Say whether every reader has what is owed, and if not, why. 3 if unwell."""
    import json

    from rich.console import Console

    from analysis.schedule import ledger
    from analysis.schedule.clock import moment, span
    from analysis.schedule.config import load_if_any
    from analysis.schedule.status import show, without_ledger
    from analysis.schedule.status import status as what_happened

    # What `due` would refuse is as wrong here; but whoever only looks may have no notebooks.
    notebooks = CHECKOUT / "notebooks" if (CHECKOUT / "notebooks").is_dir() else None
    settings, at, longest = load_if_any(config, notebooks), moment(now), span(patience)
    try:
        with ledger.reading(reports) as connection:
            told = what_happened(connection, settings, at, longest, reports)
    except RunError as reason:
        told = without_ledger(str(reason), at)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        show(told, Console(width=None if sys.stdout.isatty() else 160), last)
    if not told["healthy"]:
        raise typer.Exit(3)


def verify(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE",
            help="A published folder, by its path or as the archive has it, or a signed PDF.",
        ),
    ],
    trust: Annotated[
        Path | None,
        typer.Option(help="Certificates to trust instead of the roots in the configuration."),
    ] = None,
    config: Configuration = None,
    now: Now = None,
    reports: Reports = CHECKOUT / "reports",
) -> None:
    """Say whether this is what was published, and by whom. 1 if it is not, 4 if nobody can tell."""
    from analysis.deliver.trust import believed
    from analysis.deliver.verify import verify as findings_of
    from analysis.deliver.verify import worst
    from analysis.schedule.clock import moment
    from analysis.schedule.config import load_if_any

    # What `status` names is a folder of the archive, wherever it is called from.
    path = path if path.exists() or not (reports / path).exists() else reports / path
    trusted = believed(load_if_any(config), trust) if path.is_file() else []
    findings = findings_of(path, reports, trusted, moment(now))
    for finding in findings:
        typer.echo(str(finding))
    if code := worst(findings).value:
        raise typer.Exit(code)


def _another_at_work(name: str, reports: Path, now: str | None) -> None:
    """Say who is at work on the archive; 3 if it is one that gets nowhere."""
    from analysis.schedule import health, ledger
    from analysis.schedule.clock import moment
    from analysis.schedule.look import look_at

    with ledger.reading(reports) as connection:
        look = look_at(connection, None, moment(now), reports=reports)
        trouble = next(health.hung(look), None)
    at_work = next((one for one in look.owners if one.name == name), "")
    typer.echo(f"Another `brinkwatch {name}` is at work on this archive: {at_work or 'just now'}.")
    if trouble is not None:
        typer.echo(str(trouble), err=True)
        raise typer.Exit(3)
