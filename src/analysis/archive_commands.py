"""The commands `brinkwatch archive …`: what concerns published editions."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.checkout import CHECKOUT
from analysis.options import Data, Now, Reports

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
