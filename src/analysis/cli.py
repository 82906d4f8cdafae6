"""The command `brinkwatch`: names, options and exit codes; the work is done elsewhere.

What a command needs is imported inside it, so that `--help` answers at once.
"""

from __future__ import annotations

import signal
import sys
import time
import traceback
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from analysis.archive_commands import archive
from analysis.checkout import CHECKOUT
from analysis.errors import BrinkwatchError, UsageError, stopped_by
from analysis.home import have_a_home
from analysis.lean import garbage
from analysis.options import Data, Force, Now, Parameters, ReportName, Reports, named_values
from analysis.record_commands import record
from analysis.schedule_commands import deliver, due, status, verify
from analysis.telling import Format, remark, remarks_to, told

app = typer.Typer(
    help="Briefs on attacks on US forces in the Middle East: what was known on a given day.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(record, name="record")
app.add_typer(archive, name="archive")


@app.command()
def init(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="A new folder; with --upgrade a desk, else this one."),
    ] = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="Without our rows, but with places and groups.")
    ] = False,
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Renew the notebooks of a desk that nobody edited.")
    ] = False,
) -> None:
    """Lay out a desk: record, notebooks, comments, configuration."""
    from analysis import desk

    if upgrade:
        renewed, edited = desk.upgrade(folder or CHECKOUT)
        for path in renewed:
            typer.echo(f"{path}: renewed")
        for path in edited:
            typer.echo(f"{path}: edited here, and left as it is", err=True)
        if not renewed and not edited:
            typer.echo("Every notebook is up to date.")
        return
    if folder is None:
        raise UsageError("Name the folder of the new desk, such as: brinkwatch init desk")
    desk.init(folder, empty)
    then = "brinkwatch check, which says what is still to be filled in" if empty else None
    typer.echo(f"{folder} is a desk. Now: cd {folder} && {then or 'brinkwatch run brief'}")


@app.command()
def new(
    report: ReportName,
    title: Annotated[str | None, typer.Option(help="What its readers call it.")] = None,
) -> None:
    """Write the notebook of a report of your own. It runs at once; its path is printed."""
    from analysis.publish.new import new as write

    typer.echo(write(report, CHECKOUT / "notebooks", title))


@app.command()
def watch(
    report: ReportName,
    as_of: Annotated[
        str | None, typer.Option(help="The day it is about; the newest if left out.")
    ] = None,
    parameter: Parameters = None,
    data: Data = CHECKOUT / "data",
) -> None:
    """Show a report in the browser while you work on it. Notebook, record, comment and style are
    followed as they are saved.
    """
    from analysis.publish.order import Order
    from analysis.publish.preview import preview
    from analysis.publish.watch import serving

    order = Order(report, named_values(parameter or [], as_of), data)
    with preview(order) as shown, serving(shown) as address:
        typer.echo(f"{address}\nCtrl+C ends it.")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    as_of: Annotated[
        str | None, typer.Option(help="The day that notebooks are about which leave it open.")
    ] = None,
) -> None:
    """Open JupyterLab on the notebooks. Further options are JupyterLab's."""
    import os

    from analysis.laboratory import command, environment
    from analysis.parameters import validate

    if as_of is not None:
        validate("as_of", as_of)
    words = command(CHECKOUT / "notebooks", context.args)
    os.execvpe(words[0], words, environment(as_of))


@app.command()
def check(
    data: Data = CHECKOUT / "data",
    form: Annotated[Format, typer.Option("--format", help=Format.__doc__)] = Format.TEXT,
    now: Now = None,
) -> None:
    """Check the record, and list every fault. By file, line and column; 1 if there is one."""
    from analysis.publish.memory import judging
    from analysis.record.reading import findings
    from analysis.schedule.clock import today

    with judging(data) as remember:
        found = findings(data, today(now))
        if is_good := all(one.kind == "remark" for one in found):
            remember()
    good = f"The record in {data} has no fault." if is_good and form is Format.TEXT else ""
    if said := good or told(found, form, data):
        typer.echo(said)
    for one in found:
        if one.kind == "remark" and form is Format.TEXT:
            typer.echo(remark(one), err=True)
    if form is Format.TEXT and any(one.tidy for one in found):
        typer.echo(remark("`brinkwatch record tidy` mends what programs did to files"), err=True)
    if not is_good:
        raise typer.Exit(1)


@app.command()
def run(
    report: ReportName,
    as_of: Annotated[
        str | None,
        typer.Option(help="What was known on this day, as YYYY-MM-DD; the newest if left out."),
    ] = None,
    parameter: Parameters = None,
    data: Data = CHECKOUT / "data",
    reports: Reports = CHECKOUT / "reports",
    force: Force = False,
    now: Now = None,
) -> None:
    """Make a report and publish it. The paths of its page and its PDF are printed."""
    parameters = named_values(parameter or [], as_of)

    from analysis.publish.order import Order
    from analysis.publish.run import run as make
    from analysis.schedule.clock import today

    folder = make(Order(report, parameters, data, reports, force=force, today=today(now)))
    for ending in ("html", "pdf"):
        typer.echo(folder / f"{report}.{ending}")


@app.command()
def fleet(
    report: ReportName,
    first: Annotated[str, typer.Option("--from", help="The first as-of date.")],
    last: Annotated[str, typer.Option("--to", help="No as-of date is later.")],
    every: Annotated[str, typer.Option(metavar="SPAN", help="From date to date, such as 7d.")],
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter", "-p", metavar="NAME=VALUES", help="Values of a parameter: a,b,c."
        ),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="How many are made at once; as many as fit.")
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Make them on the Dask cluster of this scheduler."),
    ] = None,
    data: Data = CHECKOUT / "data",
    reports: Reports = CHECKOUT / "reports",
    force: Force = False,
    now: Now = None,
) -> None:
    """Make a report for many dates and values. 3 if one fails, and the others are published."""
    if jobs is not None and dask is not None:
        raise UsageError("Give --jobs or --dask: the cluster has as many workers as it has.")
    choices = {name: values.split(",") for name, values in named_values(parameter or []).items()}

    from analysis.publish.capacity import reports_at_once
    from analysis.publish.cluster import cluster
    from analysis.publish.fleet import bar, days, orders, summary
    from analysis.publish.fleet import fleet as publish_all
    from analysis.publish.order import Order
    from analysis.publish.workers import processes
    from analysis.schedule.clock import span, today

    begun = time.monotonic()
    as_of = days(first, last, span(every))
    order = Order(report, data=data, reports=reports, force=force, today=today(now))
    wanted = orders(order, as_of, choices)
    workers = cluster(dask) if dask else processes(jobs or reports_at_once())
    with bar(len(wanted)) as tell:
        outcomes = publish_all(wanted, workers, tell)
    typer.echo(summary(outcomes, time.monotonic() - begun))
    if any(outcome.reason is not None for outcome in outcomes):
        raise typer.Exit(3)


for command in (due, deliver, status, verify):
    app.command()(command)


@app.command()
def doctor(reports: Reports = CHECKOUT / "reports") -> None:
    """Say what is missing on this machine, and how to get it."""
    from analysis.doctor import examine

    findings = examine(reports)
    for finding in findings:
        typer.echo(str(finding))
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


@app.callback(invoke_without_command=True)
def _options(
    show_version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if show_version:
        typer.echo(f"brinkwatch {_version()}")
        raise typer.Exit


def main() -> NoReturn:
    """Run the command; an expected error is one plain message and its exit code."""
    garbage.seldom_looked_for()
    # Asked to stop, leave as after an error: with the kernel and the temporary files gone.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        have_a_home()
        with remarks_to(partial(typer.echo, err=True)):
            app()
    except BrinkwatchError as error:
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        typer.echo(stopped_by(error), err=True)
        sys.exit(BrinkwatchError.exit_code)
    except Exception:
        # A mistake of ours, not of the input: show where, and do not exit as if it were.
        traceback.print_exc()
        sys.exit(BrinkwatchError.exit_code)
    sys.exit()


def _version() -> str:
    try:
        return version("brinkwatch")
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    main()
