"""What a reader can take along of a figure: its data as CSV, itself as SVG and PNG.

Each says by itself what it shows, as of when, from where, and who may read it. They are written
only where a report is made to be published, into a folder that the run names; whoever works on a
notebook gets none, and no link to one.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup
from PIL.PngImagePlugin import PngInfo

from analysis.display.captioned import Caption, captioned
from analysis.display.drawing import DOTS, Drawing
from analysis.display.fragment import FIGURES, FIGURES_VARIABLE
from analysis.display.png import png
from analysis.display.raster import raster
from analysis.display.vector import elements
from analysis.finish import leave

_SVG = Markup(
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
    'width="{width:g}pt" height="{height:g}pt" stroke-linejoin="round">\n'
    "<title>{title}</title>\n<desc>{description}</desc>\n"
    '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#">'
    "<cc:Work><dc:title>{title}</dc:title><dc:date>{date}</dc:date>"
    "<dc:description>{description}</dc:description><dc:source>{source}</dc:source>"
    "<dc:rights><cc:Agent><dc:title>{rights}</dc:title></cc:Agent></dc:rights>"
    "</cc:Work></rdf:RDF></metadata>\n"
    '<rect width="100%" height="100%" fill="#fff"/>\n{elements}\n</svg>\n'
)

_LINKS = Markup(
    ' <span class="files" data-file="{file}"><span>Data (<a href="{file}.csv">CSV</a>) · '
    '<a href="{file}.svg">SVG</a> · <a href="{file}.png">PNG</a></span></span>'
)


def links(name: str) -> Markup:
    """Links to the files of a figure; nothing where none are written."""
    return (
        _LINKS.format(file=f"{FIGURES}/{name}") if os.environ.get(FIGURES_VARIABLE) else Markup("")
    )


def write_files(name: str, drawing: Drawing, caption: Caption, data: pd.DataFrame) -> None:
    """Write the files of a figure, where a report is made to be published.

    Its data are written now. The drawings can wait until all cells have run: then the page is set
    from what these show, while this process draws; see :mod:`analysis.finish`.

    Parameters
    ----------
    name: of the files, without ending.
    drawing: the figure; the caption is added around it.
    caption: what stands around it, and in the first lines of the CSV.
    data: what is drawn, a row an observation.
    """
    if not os.environ.get(FIGURES_VARIABLE):
        return
    place = Path(os.environ[FIGURES_VARIABLE], name)
    place.with_suffix(".csv").write_text(as_csv(caption, data), encoding="utf-8")
    leave(place, partial(_save, place, drawing, caption))


def _save(place: Path, drawing: Drawing, caption: Caption) -> None:
    around = captioned(drawing, caption)
    told = {
        "Title": _one_line(caption.finding),
        "Description": _one_line(f"{caption.subtitle}. {caption.dateline}"),
        "Source": _one_line(caption.source),
    }
    place.with_suffix(".svg").write_text(_file(around, told, caption), encoding="utf-8")
    texts = PngInfo()
    for key, text in {**told, "Copyright": caption.marking}.items():
        texts.add_text(key, text)
    place.with_suffix(".png").write_bytes(png(raster(around), DOTS, texts))


def _file(drawing: Drawing, told: Mapping[str, str], caption: Caption) -> str:
    """A drawing as a file of its own: its letters are outlines, nobody else has our typeface."""
    return _SVG.format(
        width=drawing.frame.width,
        height=drawing.frame.height,
        **{name.lower(): text for name, text in told.items()},
        rights=caption.marking,
        date=f"{caption.as_of:%Y-%m-%d}",
        elements=elements(drawing, "d", as_outlines=True),
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
    file = io.StringIO(head)
    file.seek(0, io.SEEK_END)
    rows = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    rows.writerow(map(str, data.columns))
    rows.writerows(zip(*(map(_cell, data[name]) for name in data.columns), strict=True))
    return file.getvalue()


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
