"""Arguments and options that several commands take, each with its one explanation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analysis.errors import UsageError

Data = Annotated[Path, typer.Option(help="Folder of the record.")]
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


def named_values(assignments: list[str], as_of: str | None = None) -> dict[str, str]:
    """Names and values of `-p NAME=VALUE`, with `--as-of` as one of them."""
    values: dict[str, str] = {} if as_of is None else {"as_of": as_of}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            raise UsageError(f"-p {assignment}: write it as NAME=VALUE, such as window_days=14.")
        if name in values:
            raise UsageError(f"The parameter {name!r} is given twice.")
        values[name] = value
    return values
