"""Where an analyst's comment on a report of a day lies, and what it says."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from analysis.checkout import CHECKOUT
from analysis.errors import UsageError

#: Environment variable that names the folder of comments in the kernel of a report.
VARIABLE = "BRINKWATCH_COMMENTS"


def comment_on(report: str, as_of: str, folder: Path | None = None) -> str | None:
    """The comment on a report of a day, `<folder>/<report>/<as_of>.md`; None where there is none.

    Parameters
    ----------
    report: its name.
    as_of: its as-of date, in ISO.
    folder: of the comments; by default what the environment names, else the checkout's `comments/`.

    Raises
    ------
    UsageError
        If the file is no text in UTF-8.
    """
    path = (folder or Path(os.environ.get(VARIABLE) or CHECKOUT / "comments")) / report
    path /= f"{as_of}.md"
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as reason:
        raise UsageError(
            f"{path}: the comment cannot be read as text in UTF-8: {reason}."
        ) from None


def digest(comment: str | None) -> str | None:
    """SHA-256 of a comment; None where there is none."""
    return None if comment is None else hashlib.sha256(comment.encode()).hexdigest()
