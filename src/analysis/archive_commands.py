"""The commands `brinkwatch archive …`: what concerns published editions."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.checkout import CHECKOUT
from analysis.errors import RunError
from analysis.options import Configuration, Data, Now, Reports

archive = typer.Typer(
    help="Look through what is published: what was corrected, and who has heard of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@archive.callback()
def _group() -> None:
    """Commands stay below `archive`, even where there is but one."""


@archive.command()
def corrections(
    data: Data = CHECKOUT / "data",
    reports: Reports = CHECKOUT / "reports",
    now: Now = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for machines.")] = False,
) -> None:
    """List the editions that a correction touches, and who was told."""
    import json

    from analysis.deliver.corrections import as_data, corrected, to_make
    from analysis.publish.order import Order
    from analysis.schedule import ledger
    from analysis.schedule.clock import moment

    order = Order("", data=data, reports=reports)
    with ledger.reading(reports) as connection:
        done = list(corrected(connection, order))
        owed = list(to_make(connection, order, moment(now)))
    if as_json:
        told = {"corrected": [as_data(one) for one in done], "owed": [as_data(one) for one in owed]}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif not done and not owed:
        typer.echo("Nothing that is published was corrected, or has to be.")
    else:
        for one in [*owed, *done]:
            typer.echo(str(one))


@archive.command()
def withdraw(
    edition: Annotated[
        str, typer.Argument(metavar="REPORT/EDITION", help="Its folder, such as brief/2024-01-29.")
    ],
    why: Annotated[str, typer.Option(help="What those are told who received it.")],
    reports: Reports = CHECKOUT / "reports",
    config: Configuration = None,
    now: Now = None,
) -> None:
    """Take a report back: out of index, feed and mail; those who got it are told why."""
    from analysis.deliver.withdrawing import withdraw as take_back
    from analysis.publish.index import refresh
    from analysis.schedule import ledger, notes
    from analysis.schedule.clock import moment
    from analysis.schedule.config import load_if_any
    from analysis.schedule.settings import Site

    settings, at = load_if_any(config), moment(now)
    mail, site = (settings.mail, settings.site or Site()) if settings else (None, Site())
    with ledger.alone(reports, "deliver") as connection:
        if connection is None:
            raise RunError("`brinkwatch deliver` is at work on this archive; call again.")
        notes.note_publications(connection, reports, at)
        told = take_back(connection, reports, edition, why, mail, at)
        refresh(reports, site.title, site.address, notes.moments(connection))
        ledger.back_up(connection, reports)
    who = f"; {len(told)} who got it will be told by brinkwatch deliver" if told else ""
    typer.echo(f"{edition} is withdrawn{who}.")
