"""One chart of a table: bars, line or share, drawn by Typst; no service is asked.

As PNG for mails and pages, SVG where vectors are wanted; each with a text that says the same.
"""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.common.plain import JSON
from emailketing.content import glyphs
from emailketing.content.colours import tint
from emailketing.content.formats import short_name
from emailketing.content.sheet.cells import heading, shown
from emailketing.content.sheet.chart_points import Point, SheetChart, all_points
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.phone import short_number
from emailketing.content.typeset import NotTypeset, PictureForm, draw_picture

LAYOUT = Path(__file__).with_name("chart.typ")
WIDTH = 380  # points: on a phone its words are still read, a mail of 600 shows it larger
MOST_POINTS = {"bars": 12, "line": 400, "share": 8}
MOST_SERIES = 3
IN_TIME = frozenset({"date", "datetime"})  # such bars stand in their order
MOST_TOLD = 8  # points in the text that stands for the picture
LONGEST_LABEL = 22
OTHERS = ("#2a9d8f", "#e76f51", "#8d6cab", "#b5838d", "#6c757d", "#a3b18a", "#c9ada7")


class ChartFailed(Exception):
    """The chart cannot be drawn; the report goes out without it, and says so."""


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A picture, and the text that says the same."""

    content: bytes
    alt: str
    width: int
    height: int


def draw_chart(
    kept: KeptSheet,
    chart: SheetChart,
    frame: SheetFrame,
    *,
    form: PictureForm = "png",
) -> DrawnChart | None:
    """Draw a chart of the rows; None where there is nothing to draw.

    Raises:
        ChartFailed: one sentence.
    """
    kept = kept.said_in(frame.language)
    known = {column.name: place for place, column in enumerate(kept.columns)}
    missing = [name for name in (chart.label, *chart.values) if name not in known]
    if missing or not 0 < len(chart.values) <= MOST_SERIES:
        raise ChartFailed(_("The chart names a column that is not there: %s.") % missing)
    points = _points(kept, chart)
    if not points:
        return None
    columns = [kept.columns[known[name]] for name in chart.values]
    label = kept.columns[known[chart.label]]
    with translation.override(frame.language):
        none = _("others") if len(points) > MOST_POINTS["share"] else "—"
    labels = [short_name(shown(name, label, frame), LONGEST_LABEL) or none for name, _ in points]
    data = _data(chart, columns, labels, [values for _name, values in points], frame)
    signs = glyphs.unusual(data)
    content = _drawn(json.dumps(glyphs.replaced(data, glyphs.lost(signs))), form, bool(signs))
    height = int(_height(chart, len(points), len(columns)))
    return DrawnChart(content, _alt(chart, columns, labels, points, frame), WIDTH, height)


def _points(kept: KeptSheet, chart: SheetChart) -> list[Point]:
    """Take the points: the largest, of a line the last; what is beyond of a share is the others."""
    most, found = MOST_POINTS[chart.kind], all_points(kept, chart)
    if chart.kind == "line":
        return list(deque(found, most))
    if chart.kind == "bars":
        points = list(islice(found, most))
        in_time = next(c for c in kept.columns if c.name == chart.label).kind in IN_TIME
        return sorted(points, key=lambda point: str(point[0])) if in_time else points
    parts = (point for point in found if (point[1][0] or 0) > 0)
    points = list(islice(parts, most))
    rest = Decimal(sum(point[1][0] or 0 for point in parts))
    return [*points, (None, [rest])] if rest else points


def _data(
    chart: SheetChart,
    columns: Sequence[Column],
    labels: list[str],
    values: list[list[Decimal | None]],
    frame: SheetFrame,
) -> dict[str, JSON]:
    """Return what the layout takes: every text written, every length a share of the longest."""
    numbers = [value for row in values for value in row if value is not None]
    top, bottom = max([*numbers, Decimal(0)]), min([*numbers, Decimal(0)])
    span = (top - bottom) or Decimal(1)
    whole = sum(numbers) or Decimal(1)
    scale = whole if chart.kind == "share" else span
    colours = [frame.look.primary_colour, frame.look.accent_colour, *OTHERS]
    return {
        "kind": chart.kind,
        "language": frame.language,
        "width": WIDTH,
        "height": _height(chart, len(labels), len(columns)),
        "colours": list(colours),
        "pale": tint(frame.look.primary_colour, 0.08),
        "series": [heading(column, frame) for column in columns],
        "zero": float(-bottom / span),
        "top": _short(top, columns[0], frame),
        "bottom": _short(bottom, columns[0], frame) if bottom else "0",
        "points": [
            {
                "label": label,
                "lengths": [None if value is None else float(value / scale) for value in row],
                "written": [
                    _written(value, column, chart, whole, frame)
                    for value, column in zip(row, columns, strict=True)
                ],
            }
            for label, row in zip(labels, values, strict=True)
        ],
    }


def _written(
    value: Decimal | None, column: Column, chart: SheetChart, whole: Decimal, frame: SheetFrame
) -> str:
    if value is None:
        return ""
    text = _short(value, column, frame)
    if chart.kind != "share":
        return text
    percent = shown(value / whole, Column("share", "", "percent", decimals=0), frame)
    return f"{text} ({percent})"


def _short(value: Decimal, column: Column, frame: SheetFrame) -> str:
    if column.kind == "percent":
        return shown(value, column, frame)
    return short_number(value, frame.language)


def _height(chart: SheetChart, points: int, series: int) -> float:
    legend = 20 if series > 1 else 0
    if chart.kind == "bars":
        return points * (max(series, 1) * 14 + 11) + 8 + legend
    return 186 + legend if chart.kind == "line" else 46 + 17 * points


def _alt(
    chart: SheetChart,
    columns: Sequence[Column],
    labels: list[str],
    points: list[Point],
    frame: SheetFrame,
) -> str:
    """Say what the picture shows: whoever sees none reads the figures."""
    with translation.override(frame.language):
        kinds = {"bars": _("Bars"), "line": _("Line"), "share": _("Shares")}
        more = _("%(count)s others") % {"count": len(points) - MOST_TOLD}
    step = 1 if chart.kind != "line" else max(1, len(points) // MOST_TOLD)
    told = [
        f"{label}: {_row_told(values, columns, frame)}"
        for label, (_name, values) in list(zip(labels, points, strict=True))[::step][:MOST_TOLD]
    ]
    if len(points) > MOST_TOLD and step == 1:
        told.append(more)
    series = ", ".join(heading(column, frame) for column in columns)
    return f"{kinds[chart.kind]}: {series}. {'; '.join(told)}."


def _row_told(values: list[Decimal | None], columns: Sequence[Column], frame: SheetFrame) -> str:
    pairs = zip(values, columns, strict=True)
    return ", ".join(_short(value, column, frame) for value, column in pairs if value is not None)


@lru_cache(maxsize=4)
def _drawn(data: str, form: PictureForm, is_unusual: bool) -> bytes:
    fonts = glyphs.fonts(with_the_machines=is_unusual)
    try:
        return draw_picture(LAYOUT, {"data": data}, fonts=fonts, form=form)
    except NotTypeset as error:
        raise ChartFailed(_("The chart cannot be drawn: %(why)s.") % {"why": error}) from error
