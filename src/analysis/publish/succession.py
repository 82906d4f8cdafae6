"""What follows a published edition: whether it may be replaced, and what its successor says.

A notebook has to be run to know what a later edition says, and run again for its page to say what
that is against the edition before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from analysis.errors import Fault, RecordError, UsageError
from analysis.parameters import CORRECTION
from analysis.publish.editions import Content, compared, content_of, only_made_otherwise, said_of
from analysis.publish.listing import Published, key_figures
from analysis.publish.manifest import digests, without_correction
from analysis.publish.plan import Plan

if TYPE_CHECKING:
    from analysis.lean.nbformat import NotebookNode

    #: A notebook with its outputs, and what waits for the files of its figures, by name.
    Executed = tuple[NotebookNode, Callable[[], dict[str, bytes]]]


class Maker(Protocol):
    """Makes a report as a plan has it, in two steps."""

    def executed(self, plan: Plan) -> Executed:
        """Run its notebook."""

    def exported(self, plan: Plan, executed: Executed) -> dict[str, bytes]:
        """All that is published of it, by file name."""


def refuse_replacing(before: Published, plan: Plan) -> None:
    """Let only what can be another edition of a published report go on.

    Raises
    ------
    UsageError
        If its day has not come.
    RecordError
        If fewer rows were public by its day than when the published one was made: rows are
        corrected by later versions, and never taken out.
    """
    if without_correction(before.made_from) == without_correction(plan.made_from):
        return
    as_of, today = str(plan.values["as_of"]), plan.order.today
    if today is not None and as_of > today.isoformat():
        raise UsageError(
            f"as_of: {as_of} is after today, {today}, and a report of it is published; "
            "--force makes another edition of it."
        )
    if lost := lost_rows(before.made_from, plan.made_from["rows"]):
        raise RecordError(
            [
                Fault(
                    table,
                    0,
                    "",
                    f"{now} rows were public by {as_of}, and {was} when {before.name} was made; "
                    "rows are corrected by later versions, none is taken out. Put them back, or "
                    "give --force to make another edition without them",
                )
                for table, (was, now) in lost.items()
            ]
        )


def lost_rows(made_from: Mapping[str, Any], rows: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Of each table that has fewer rows than a report was made from: how many it had, and has."""
    was = made_from.get("rows", {})
    return {table: (was[table], rows[table]) for table in was if rows.get(table, 0) < was[table]}


def next_edition(plan: Plan, before: Published | None, make: Maker) -> dict[str, bytes] | None:
    """The files to be published of a plan; None where they would all be what is published.

    Parameters
    ----------
    plan: of the report.
    before: the edition that is published, if there is one.
    make: runs and exports it.
    """
    if before is None:
        return make.exported(plan, make.executed(plan))
    given = plan.values.get(CORRECTION)
    as_before = plan
    if plan.can_tell_a_correction and not given:
        as_before = plan.correcting(before.parameters.get(CORRECTION))
    executed = make.executed(as_before)
    changed = without_correction(before.made_from) != without_correction(plan.made_from)
    if not changed or only_made_otherwise(before.made_from, plan.made_from):
        files = make.exported(as_before, executed)
        if not changed:
            return files
        if digests(files) == before.files:
            return None
    if not plan.can_tell_a_correction:
        return make.exported(plan, executed)
    comparison = compared(content_of(before), _content(plan, executed, before.number + 1))
    telling = plan.correcting(said_of(comparison, given))
    return make.exported(telling, make.executed(telling))


def _content(plan: Plan, executed: Executed, number: int) -> Content:
    """What an edition that is not published yet says."""
    from analysis.publish.page import facts, page

    notebook, _ = executed
    said = page(notebook)
    return Content(
        number,
        facts(notebook),
        said.title,
        said.bottom_line,
        key_figures(said.key_figures),
        plan.made_from,
    )
