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
from analysis.publish.manifest import deciding, digests
from analysis.publish.plan import Plan
from analysis.publish.reading import Published, key_figures

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
        If rows that were public by its day when the published one was made are gone, whatever came
        in their place: rows are corrected by later versions, and never taken out.
    """
    if deciding(before.made_from) == deciding(plan.made_from):
        return
    as_of, today = str(plan.values["as_of"]), plan.order.today
    if today is not None and as_of > today.isoformat():
        raise UsageError(
            f"as_of: {as_of} is after today, {today}, and a report of it is published; "
            "--force makes another edition of it."
        )
    if lost := lost_rows(before.made_from, plan.made_from):
        raise RecordError(
            [
                Fault(
                    table,
                    0,
                    "",
                    f"of the {was} rows that were public by {as_of} when {before.name} was made, "
                    f"{left} are left; rows are corrected by later versions, none is taken out. "
                    "Put them back, or give --force to make another edition without them",
                )
                for table, (was, left) in lost.items()
            ]
        )


def lost_rows(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Of each table that has lost rows, however many others came: how many it had, and are left.

    Parameters
    ----------
    was, now: what a report was made from, and what it would be made from; `rows`, and `census`
        where there is one.
    """
    from analysis.record import census

    found = {}
    for table, count in was.get("rows", {}).items():
        more = now["rows"].get(table, 0) - count
        gone = max(-more, 0)
        if table in was.get("census", {}) and table in now["census"]:
            gone = census.lost(was["census"][table], now["census"][table], more)
        if gone:
            found[table] = (count, count - gone)
    return found


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
    changed = deciding(before.made_from) != deciding(plan.made_from)
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
