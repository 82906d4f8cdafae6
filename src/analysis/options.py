"""Arguments and options that several commands take, each with its one explanation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path, typer.Option(help="Folder of the record's seven tables.")]
Reports = Annotated[Path, typer.Option(help="Folder where reports are published.")]
ReportName = Annotated[
    str, typer.Argument(metavar="REPORT", help="Name of the report, such as brief.")
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Make it even if nothing has changed since, or rows are gone."),
]
Configuration = Annotated[
    Path | None,
    typer.Option(
        "--config", help="The configuration; else $BRINKWATCH_CONFIG, or brinkwatch.toml here."
    ),
]
Now = Annotated[
    str | None, typer.Option(help="Set the clock, such as 2024-03-10T06:00-04:00; UTC if bare.")
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="A parameter of the report."),
]
