"""The commands `brinkwatch record …`: what concerns the tables themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.checkout import CHECKOUT

record = typer.Typer(
    help="Keep the record: its tables as they should be.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@record.command()
def tidy(
    data: Annotated[Path, typer.Option(help="Folder of the record's seven tables.")] = (
        CHECKOUT / "data"
    ),
    write: Annotated[bool, typer.Option("--write", help="Make the repairs.")] = False,
) -> None:
    """Show what programs did to the tables and can be mended for certain; 1 if there is any."""
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
