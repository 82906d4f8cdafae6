"""What a reader can take along of a figure: its data as CSV, itself as SVG and PNG.

Each says by itself what it shows, as of when, from where, and who may read it. They are written
only where a report is made to be published, into a folder that the run names; whoever works on a
notebook gets none, and no link to one.
"""

from __future__ import annotations

import csv
import os
import textwrap
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.transforms import Bbox

from analysis.display import words
from analysis.display.fragment import FIGURES, FIGURES_VARIABLE
from analysis.finish import leave

#: Twice as many dots as a screen has in an inch.
DOTS = 192

#: How hard to press a PNG: harder takes half as long again, and these drawings no less room.
FAST = 3

#: Margin around a drawing, and the height of a line beside it, in inches.
MARGIN, LINE = 0.12, 0.155

#: The colours of the Traffic Light Protocol 2.0, on black; any other marking is white.
MARKINGS = {"TLP:GREEN": "#33ff00", "TLP:RED": "#ff2b2b"}
AMBER = "#ffc000"

_LINKS = Markup(
    ' <span class="files" data-file="{file}"><span>Data (<a href="{file}.csv">CSV</a>) · '
    '<a href="{file}.svg">SVG</a> · <a href="{file}.png">PNG</a></span></span>'
)


@dataclass(frozen=True)
class Caption:
    """What stands around a figure, as plain text.

    Parameters
    ----------
    finding, subtitle, source: its title, what is drawn in which unit, where the data come from.
    report: title of the report.
    as_of: the day up to which it knows things.
    marking: who may read it.
    """

    finding: str
    subtitle: str
    source: str
    report: str
    as_of: pd.Timestamp
    marking: str

    @property
    def dateline(self) -> str:
        """Report and day in one line."""
        return f"{self.report}. As of {words.day(self.as_of)}."


def links(name: str) -> Markup:
    """Links to the files of a figure; nothing where none are written."""
    return (
        _LINKS.format(file=f"{FIGURES}/{name}") if os.environ.get(FIGURES_VARIABLE) else Markup("")
    )


def write_files(
    name: str,
    figure: Figure,
    caption: Caption,
    data: pd.DataFrame,
    style: Callable[[], AbstractContextManager[None]],
) -> None:
    """Write the files of a figure, where a report is made to be published.

    Its data are written now. The drawings can wait until all cells have run: then the page is set
    from what these show, while this process draws; see :mod:`analysis.finish`.

    Parameters
    ----------
    name: of the files, without ending.
    figure: drawn and laid out; the caption is added around it.
    caption: what stands around it, and in the first lines of the CSV.
    data: what is drawn, a row an observation.
    style: gives the context in which the figure was drawn.
    """
    if not os.environ.get(FIGURES_VARIABLE):
        return
    place = Path(os.environ[FIGURES_VARIABLE], name)
    place.with_suffix(".csv").write_text(as_csv(caption, data), encoding="utf-8")
    leave(place, partial(_draw, place, figure, caption, style))


def _draw(
    place: Path, figure: Figure, caption: Caption, style: Callable[[], AbstractContextManager[None]]
) -> None:
    with style():
        _save(place, figure, caption)


def _save(place: Path, figure: Figure, caption: Caption) -> None:
    box = _surround(figure, caption)
    told = {
        "Title": _one_line(caption.finding),
        "Description": _one_line(f"{caption.subtitle}. {caption.dateline}"),
        "Source": _one_line(caption.source),
    }
    svg = {**told, "Rights": caption.marking, "Date": f"{caption.as_of:%Y-%m-%d}",
           **dict.fromkeys(("Creator", "Format", "Type"))}  # fmt: skip
    # Letters are outlines in the file: whoever opens it need not have our typeface.
    with mpl.rc_context({"svg.fonttype": "path"}):
        figure.savefig(place.with_suffix(".svg"), bbox_inches=box, facecolor="white", metadata=svg)
    png = {**told, "Copyright": caption.marking, "Software": None}
    figure.savefig(
        place.with_suffix(".png"),
        dpi=DOTS,
        bbox_inches=box,
        facecolor="white",
        metadata=png,
        pil_kwargs={"compress_level": FAST},
    )


def as_csv(caption: Caption, data: pd.DataFrame) -> str:
    """The data of a figure, after lines that begin with # and say what they are.

    `pandas.read_csv(…, comment="#")` leaves these out; a spreadsheet shows each in one cell,
    since none holds a comma. Text is in quotation marks, and no cell is a formula.
    """
    about = [
        caption.finding,
        caption.subtitle,
        caption.source,
        caption.dateline,
        *([f"Marking: {caption.marking}"] if caption.marking else []),
    ]
    head = "".join(f"# {_one_line(line).replace(',', ';')}\n" for line in about)
    # As objects, whole numbers stay whole where others of their column are missing.
    cells = pd.DataFrame(
        {str(name): pd.Series(map(_cell, data[name]), dtype=object) for name in data.columns}
    )
    return head + cells.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")


def _one_line(text: str) -> str:
    """The text with plain spaces only, as programs that search for it have them."""
    return " ".join(text.split())


def _cell(value: Any) -> object:
    """A value as the file has it: a day as ISO date, six digits, no formula."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        rounded = float(f"{value:.6g}")
        return int(rounded) if rounded.is_integer() else rounded
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _surround(figure: Figure, caption: Caption) -> Bbox:
    """Write the caption around a figure, outside of it; return what is to be saved, in inches."""
    _pin(figure.legends, figure)
    width, height = figure.get_size_inches()
    above = [*_lines(caption.finding, 92), *_lines(caption.subtitle, 122)]
    bold = len(_lines(caption.finding, 92))
    top = height + MARGIN + LINE * len(above)
    for place, line in enumerate(above):
        weight = "bold" if place < bold else "normal"
        size = 10 if place < bold else 8.5
        color = "#1a1a1a" if place < bold else "#565d66"
        y = (top - LINE * place) / height
        figure.text(0, y, line, va="top", size=size, weight=weight, color=color)
    below = [*_lines(caption.source, 125), *_lines(caption.dateline, 100)]
    for place, line in enumerate(below, start=1):
        figure.text(0, -(MARGIN / 2 + LINE * place) / height, line, size=7.5, color="#565d66")
    bottom = -(MARGIN / 2 + LINE * len(below))
    if caption.marking:
        amber = AMBER if caption.marking.startswith("TLP:AMBER") else "white"
        box = {"facecolor": "black", "edgecolor": "none", "pad": 2}
        figure.text(
            1 - 0.02 / width, bottom / height, caption.marking, ha="right", size=9,
            weight="semibold", color=MARKINGS.get(caption.marking, amber), bbox=box,
        )  # fmt: skip
    return Bbox([[-MARGIN, bottom - MARGIN], [width + MARGIN, top + MARGIN]])


def _pin(legends: Iterable[Legend], figure: Figure) -> None:
    """Keep legends where they are: they would follow the edge of what is saved."""
    for legend in legends:
        box = legend.get_window_extent().transformed(figure.transFigure.inverted())
        legend.set_loc("lower left")
        legend.set_bbox_to_anchor((box.x0, box.y0), figure.transFigure)


def _lines(text: str, letters: int) -> list[str]:
    return textwrap.wrap(text, letters)
