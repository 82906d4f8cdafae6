"""What was decided of others' events, kept beside the record in `intake/`.

`log.csv` has every decision, with who made it, when and why; `links.csv` which attack an event of
others is. So a second delivery of a file proposes only what is new or says something else. What
others' files say themselves is not kept: it is not ours to pass on.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from analysis.errors import UsageError

#: Folder beside the record's.
DESK = "intake"

#: A decision: `says` is the digest of what the event said.
LOG = ("when", "who", "via", "external_id", "decision", "verdict", "attack_id", "reasons", "says")
LINKS = ("via", "external_id", "attack_id")

#: By what an event is known again.
_NAME = ["via", "external_id"]

#: What an event says of what happened; another date of publication alone is no news.
_SAID = [
    "event_date", "place", "lat", "lon", "kind", "party_1", "party_2", "killed", "injured",
    "munitions", "weapons", "outcome",
]  # fmt: skip


def says(found: pd.DataFrame) -> pd.Series:
    """A digest of what each event says, to tell whether a later delivery says something else.

    Examples
    --------
    >>> event = pd.DataFrame([dict.fromkeys(_SAID, "")])
    >>> says(event).equals(says(event.assign(killed="1")))
    False
    """
    digests = pd.util.hash_pandas_object(found[_SAID], index=False)
    return digests.map("{:016x}".format).astype("str")


def linked(events: pd.DataFrame, desk: Path) -> pd.DataFrame:
    """The events with the `attack_id` that each was decided to be, where it names none itself.

    Parameters
    ----------
    events: as :func:`analysis.intake.events.read_events` gives them.
    desk: the folder :data:`DESK`; it need not be there.
    """
    links = _kept(desk / "links.csv", LINKS).drop_duplicates(_NAME, keep="last")
    if links.empty:
        return events
    known = links.set_index(_NAME)["attack_id"]
    names = pd.MultiIndex.from_frame(events[_NAME])
    found = pd.Series(known.reindex(names).to_numpy(), index=events.index).fillna("")
    own = events["attack_id"]
    return events.assign(attack_id=own.where(own != "", found).astype("str"))


def undecided(found: pd.DataFrame, desk: Path) -> pd.Series:
    """Whether each candidate is still to be decided: new, or saying something else than it did.

    Parameters
    ----------
    found: as :func:`analysis.intake.candidates.candidates` gives them.
    desk: the folder :data:`DESK`; it need not be there.
    """
    log = _kept(desk / "log.csv", LOG)
    before = pd.MultiIndex.from_frame(log[[*_NAME, "says"]])
    named = found[pd.MultiIndex.from_frame(found[_NAME]).isin(before.droplevel("says"))]
    now = pd.MultiIndex.from_frame(named[_NAME].assign(says=says(named)))
    return pd.Series(~found.index.isin(named.index[now.isin(before)]), index=found.index)


def note(rows: pd.DataFrame, desk: Path, who: str, now: dt.datetime, accepted: pd.Series) -> None:
    """Add decisions to the log, and to the links those that were accepted.

    Parameters
    ----------
    rows: a row a decision, with the columns of :data:`LOG` but `when` and `who`.
    desk: the folder :data:`DESK`; it is made.
    who, now: who decided, and when.
    accepted: whether each was accepted.
    """
    if rows.empty:
        return
    desk.mkdir(exist_ok=True)
    log = rows.assign(when=f"{now:%Y-%m-%dT%H:%M:%SZ}", who=who)[list(LOG)]
    links = rows.loc[accepted & (rows["external_id"] != ""), list(LINKS)]
    for name, columns, added in (("log.csv", LOG, log), ("links.csv", LINKS, links)):
        before = _kept(desk / name, columns)
        path = desk / f".{name}"
        pd.concat([before, added]).to_csv(path, index=False, lineterminator="\n")
        path.replace(desk / name)


def _kept(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """What a file of the desk holds, all text; nothing where there is none."""
    try:
        rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    except FileNotFoundError:
        return pd.DataFrame(columns=list(columns), dtype="str")
    except (ValueError, OSError) as reason:
        raise UsageError(f"{path} cannot be read: {reason}") from None
    return rows.reindex(columns=list(columns), fill_value="")
