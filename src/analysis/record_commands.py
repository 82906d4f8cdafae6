"""The commands `brinkwatch record …`: what concerns the tables themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.checkout import CHECKOUT
from analysis.options import Data, Now

record = typer.Typer(
    help="Look after the record. Take in what others list, find what is double, mend tables.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@record.command()
def tidy(
    data: Data = CHECKOUT / "data",
    write: Annotated[bool, typer.Option("--write", help="Make the repairs.")] = False,
) -> None:
    """Show what programs did to the tables that can be mended. 1 if there is any."""
    from analysis.errors import told
    from analysis.record.tidy.folder import tidying
    from analysis.record.tidy.writing import write_all

    found = tidying(data)
    files = ", ".join(one.path.name for one in found.files)
    if not found.files:
        typer.echo(f"There is nothing to mend in {data}.")
    elif write:
        write_all(found.files)
        typer.echo(f"Mended in {files}:")
    else:
        typer.echo(f"To mend in {files}, with --write:")
    for line in told(found.mended):
        typer.echo(f"  {line}")
    if found.left:
        typer.echo("Left, since nothing tells what is right:")
    for line in told(found.left):
        typer.echo(f"  {line}")
    if found.files and not write:
        raise typer.Exit(1)


@record.command()
def intake(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="Events of others; - for stdin.")],
    mapping: Annotated[
        Path | None, typer.Option("--map", help="TOML: which column of it holds what.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Write a sheet for review: .xlsx or .csv.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for machines.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also what was decided before and says the same.")
    ] = False,
    data: Data = CHECKOUT / "data",
) -> None:
    """Say what events of others are to the record. Nothing gets into it."""
    from analysis.intake.command import intake as told

    for line in told(file, mapping, to, as_json, data, again):
        typer.echo(line)


@record.command()
def duplicates(
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for machines.")] = False,
    data: Data = CHECKOUT / "data",
) -> None:
    """List attacks of the record that may be one, and why. Nothing is merged."""
    from analysis.intake.duplicates import as_json as for_machines
    from analysis.intake.duplicates import as_text
    from analysis.intake.duplicates import duplicates as pairs
    from analysis.record import read

    found = pairs(read(data))
    for line in [for_machines(found)] if as_json else as_text(found):
        typer.echo(line)


@record.command()
def accept(
    review: Annotated[Path, typer.Argument(metavar="REVIEW", help="The sheet, reviewed.")],
    who: Annotated[str, typer.Option(help="Who reviewed it, for the log.")] = "",
    data: Data = CHECKOUT / "data",
    now: Now = None,
) -> None:
    """Append the rows that a review accepts, all or none. 1 if `check` would find a fault."""
    from analysis.intake.accept import accept as append
    from analysis.schedule.clock import moment

    for line in append(review, data, who, moment(now)):
        typer.echo(line)


@record.command()
def add(data: Data = CHECKOUT / "data", now: Now = None) -> None:
    """Ask for one attack, show what is known nearby, append it. Tab completes."""
    from analysis.intake.adding import add as asked
    from analysis.intake.adding import at_terminal
    from analysis.schedule.clock import moment

    for line in asked(data, moment(now), at_terminal):
        typer.echo(line)


@record.command()
def sources(
    data: Data = CHECKOUT / "data",
    check_links: Annotated[
        bool,
        typer.Option(
            "--check-links", help="Ask the network whether each cited page still answers."
        ),
    ] = False,
) -> None:
    """Tell of what kind the record's publishers are. 1 if a cited page does not answer."""
    from analysis.record import read
    from analysis.record.links import broken_links
    from analysis.record.publishers import cited, kinds_told

    known = read(data)
    for line in kinds_told(known):
        typer.echo(line)
    if check_links:
        pages = cited(known)
        broken = list(broken_links(pages.index))
        for address, why in broken:
            typer.echo(f"{pages[address]}: {address} {why}")
        typer.echo(f"{len(broken):,} of {len(pages):,} cited pages do not answer.")
        if broken:
            raise typer.Exit(1)
