"""The commands `brinkwatch archive …`: what concerns published editions."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from analysis.checkout import CHECKOUT
from analysis.errors import RunError
from analysis.options import Configuration, Data, Now, Parameters, Reports, named_values

archive = typer.Typer(
    help="Look through what is published. What differs and why, what was corrected.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_EDITION = "Folder of an edition, its name (REPORT/DAY), or a day."


class _Format(StrEnum):
    """For people, as a page, for programs."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


@archive.command()
def corrections(
    data: Data = CHECKOUT / "data",
    reports: Reports = CHECKOUT / "reports",
    now: Now = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for machines.")] = False,
) -> None:
    """List editions that a correction touches, and who was told."""
    import json
    from dataclasses import asdict

    from analysis.deliver.corrections import corrected, to_make
    from analysis.publish.order import Order
    from analysis.schedule import ledger
    from analysis.schedule.clock import moment

    order, at = Order("", data=data, reports=reports), moment(now)
    with ledger.reading(reports) as connection:
        done = list(corrected(connection, order))
        owed = list(to_make(connection, order, at))
    if as_json:
        told = {"corrected": list(map(asdict, done)), "owed": list(map(asdict, owed))}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif not done and not owed:
        typer.echo("Nothing that is published was corrected, or has to be.")
    else:
        for one in [*owed, *done]:
            typer.echo(str(one))


@archive.command()
def find(
    words: Annotated[str, typer.Argument(help="A place, a group, a ship, any words.")],
    data: Data = CHECKOUT / "data",
    reports: Reports = CHECKOUT / "reports",
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for machines.")] = False,
) -> None:
    """List the editions that name something. With the numbers and rows that do."""
    import json

    from analysis.publish.finding import find as found_in

    found = list(found_in(words, reports, data if data.is_dir() else None))
    if as_json:
        told = [
            {
                "edition": one.edition.name,
                "title": one.edition.title,
                "sentences": one.sentences,
                "events": one.events,
                "facts": one.facts,
                "rows": one.rows,
            }
            for one in found
        ]
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    for one in found if not as_json else ():
        typer.echo(str(one))
    if not found and not as_json:
        typer.echo(f"No edition in {reports} names {words!r}.")


@archive.command()
def withdraw(
    edition: Annotated[
        str, typer.Argument(metavar="REPORT/EDITION", help="Its folder in the archive.")
    ],
    why: Annotated[str, typer.Option(help="What those are told who received it.")],
    reports: Reports = CHECKOUT / "reports",
    config: Configuration = None,
    now: Now = None,
) -> None:
    """Take a report back. Out of index, feed and mail; those who got it are told why."""
    from analysis.deliver.withdrawing import withdraw as take_back
    from analysis.publish.index import refresh
    from analysis.schedule import ledger, machines, notes
    from analysis.schedule.clock import moment
    from analysis.schedule.config import load_if_any
    from analysis.schedule.settings import Config

    settings, at = load_if_any(config), moment(now)
    mail = settings.mail if settings else None
    with ledger.alone(reports, "deliver") as connection:
        if connection is None:
            raise RunError("`brinkwatch deliver` is at work on this archive; call again.")
        notes.note_publications(connection, reports, at)
        told = take_back(connection, reports, edition, why, mail, at)
        moments = notes.moments(connection)
        site, _ = machines.site(connection, settings or Config(Path()))
        refresh(reports, site.title, site.address, moments, site.clearance)
        ledger.back_up(connection, reports)
    who = f"; {len(told)} who got it will be told by brinkwatch deliver" if told else ""
    typer.echo(f"{edition} is withdrawn{who}.")


@archive.command()
def compare(
    one: Annotated[str, typer.Argument(metavar="A", help=_EDITION)],
    other: Annotated[str, typer.Argument(metavar="B", help=_EDITION)],
    report: Annotated[str, typer.Option(help="The report, where days are given.")] = "brief",
    parameter: Parameters = None,
    form: Annotated[_Format, typer.Option("--format", help=_Format.__doc__)] = _Format.TEXT,
    data: Data = CHECKOUT / "data",
    reports: Reports = CHECKOUT / "reports",
    now: Now = None,
) -> None:
    """Say why numbers differ between two editions or days. And which rows it was."""
    from analysis.display.explained import as_json, as_page, as_text
    from analysis.publish.comparison import compare as compared
    from analysis.publish.order import Order
    from analysis.schedule.clock import today

    order = Order(report, named_values(parameter or []), data, reports, today=today(now))
    result = compared(one, other, order)
    if form is _Format.JSON:
        typer.echo(as_json(result.found, result.about))
    elif form is _Format.HTML:
        typer.echo(as_page(result.found, result.head, result.names), nl=False)
    else:
        for line in as_text(result.found, result.head, result.names):
            typer.echo(line)
