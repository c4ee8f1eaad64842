"""A table on paper: heading on every page, subtotals, carried forward, page n of m.

Typst sets all pages at once, so paper has an end: beyond it the first rows and all totals stand
there, and a sentence says of how many (P6). The whole is in the other files.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Literal

import typst
from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.common.plain import JSON, Cell, Entry
from emailketing.content import formats, glyphs
from emailketing.content.colours import ink_on, tint
from emailketing.content.logo import as_svg
from emailketing.content.sheet.cells import heading, shown, shown_total, tone_of
from emailketing.content.sheet.chart import SheetChart, draw_chart
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.figure import MOST_FIGURES, KeyFigure, shown_figure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.levels import SUM, indented, level_reader, shown_places
from emailketing.content.sheet.mail import MARKS
from emailketing.content.sheet.totals import ColumnTotals

PDF = "application/pdf"
LAYOUT = Path(__file__).with_name("sheet.typ")
MOST_ROWS = 1_500
MOST_COLUMNS = 40
LONGEST_CELL = 400  # characters; a page holds no longer one without tearing the table
PORTRAIT, LANDSCAPE = 92, 142  # signs of 8 points that stand side by side
LARGEST, SMALLEST = 8.5, 5.0  # points
PICTURE_PPI = 100.0
WIDEST_WORDS = 36  # signs that a column of words asks for


class PdfFailed(Exception):
    """The PDF cannot be made; one sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfContent:
    """What stands on the paper.

    Attributes:
        group: name of a column whose values part the rows, each with its subtotal.
        order: as `KeptSheet.rows` takes it, within a group.
        figures: at most six, above the table.
        chart: beside them.
    """

    group: str = ""
    order: tuple[tuple[str, bool], ...] = ()
    figures: Sequence[KeyFigure] = ()
    chart: SheetChart | None = None


def make_sheet_pdf(kept: KeptSheet, content: PdfContent, frame: SheetFrame) -> bytes:
    """Return the PDF; the same read and frame give the same bytes.

    Raises:
        PdfFailed: it cannot be set.
        ChartFailed: the chart cannot be drawn.
    """
    with translation.override(frame.language):
        return _set(_view(kept, content, frame), frame)[0]


def draw_first_page(kept: KeptSheet, content: PdfContent, frame: SheetFrame) -> bytes:
    """Return the first page as a picture (PNG), to look at before it goes out.

    Raises:
        PdfFailed, ChartFailed: as `make_sheet_pdf`.
    """
    with translation.override(frame.language):
        return _set(_view(kept, content, frame), frame, "png")[0]


def _set(view: Entry, frame: SheetFrame, form: Literal["pdf", "png"] = "pdf") -> list[bytes]:
    """Return the PDF, or its pages as pictures."""
    signs = glyphs.unusual(view)
    view = glyphs.replaced(view, glyphs.lost(signs)) if signs else view
    try:
        made = typst.compile(
            LAYOUT,
            root=LAYOUT.parent,
            font_paths=glyphs.fonts(with_the_machines=bool(signs)),
            ignore_system_fonts=True,
            format=form,
            ppi=PICTURE_PPI,
            sys_inputs={"data": json.dumps(view), "logo": as_svg(frame.look.logo)},
            timestamp=(frame.made_at or datetime(2000, 1, 1, tzinfo=UTC))
            .astimezone(UTC)
            .replace(microsecond=0),
        )
    except (RuntimeError, ValueError) as error:
        why = str(getattr(error, "message", error)).splitlines()[0][:200]
        raise PdfFailed(_("The report cannot be set on paper: %(why)s.") % {"why": why}) from error
    return _pages(made)


def _pages(made: bytes | list[bytes]) -> list[bytes]:
    """Return what was made as a list: a single page comes as it is."""
    return made if isinstance(made, list) else [made]


def _view(kept: KeptSheet, content: PdfContent, frame: SheetFrame) -> Entry:
    table = _Table(kept, content, frame)
    rows = list(table.rows())
    chart = draw_chart(kept, content.chart, frame, form="svg") if content.chart else None
    made = formats.moment(frame.made_at, frame.language, frame.zone)
    look = frame.look
    return {
        "title": frame.title,
        "period": frame.period,
        "company": look.name,
        "language": frame.language,
        "filters": [f"{_('Filter')}: {each}" for each in frame.filters],
        "made": f"{_('Made at')}: {made} ({frame.zone})" if made else "",
        "primary": look.primary_colour,
        "ink": ink_on(look.primary_colour),
        "strong": ink_on("#ffffff", wish=look.primary_colour),
        "tint": tint(look.primary_colour, 0.1),
        "figures": [asdict(shown_figure(each, frame)) for each in content.figures[:MOST_FIGURES]],
        "chart": chart.content.decode() if chart else "",
        "alt": chart.alt if chart else "",
        **table.size(rows),
        "rows": rows,
        "rows-count": table.count,
        "carries": table.carries,
        "totals": table.foot(kept.totals(), _("Total")),
        "notes": list(_notes(table, kept.count)),
        "labels": {"page": _("Page {n} of {m}"), "carried": _("Carried forward:")},
    }


def _notes(table: "_Table", count: int) -> Iterator[str]:
    """Say what is not on the paper, and where it is (P6)."""
    language = table.frame.language
    if not count:
        yield _("There is nothing to report.")
    elif table.count < count:
        told = {
            "shown": formats.number(table.count, language),
            "count": formats.number(count, language),
        }
        yield _("%(shown)s of %(count)s rows are on this paper; the totals are of all.") % told
    there = len(shown_places(table.kept.columns))
    if len(table.places) == MOST_COLUMNS < there:
        told = {"shown": str(len(table.columns)), "count": str(there)}
        yield _("%(shown)s of %(count)s columns are shown.") % told


class _Table:
    """The rows as they stand on paper, with groups, subtotals and sums so far."""

    def __init__(self, kept: KeptSheet, content: PdfContent, frame: SheetFrame) -> None:
        self.kept, self.content, self.frame = kept, content, frame
        known = {column.name: place for place, column in enumerate(kept.columns)}
        wanted = shown_places(kept.columns)
        self.level = level_reader(kept.columns)
        self.group = known.get(content.group)
        self.places = [place for place in wanted if place != self.group][:MOST_COLUMNS] or wanted
        self.columns = [kept.columns[place] for place in self.places]
        self.carries = any(column.total == "sum" for column in self.columns)
        self.count = 0

    def rows(self) -> Iterator[Entry]:
        order = self.content.order
        if self.group is not None:
            order = ((self.content.group, False), *order)
        so_far = ColumnTotals(self.columns)
        of_group, current = ColumnTotals(self.columns), None
        for row in islice(self.kept.rows(order=order), MOST_ROWS):
            cells = [row[place] for place in self.places]
            if self.group is not None and (self.count == 0 or row[self.group] != current):
                if self.count:
                    yield self._subtotal(of_group)
                current, of_group = row[self.group], ColumnTotals(self.columns)
                yield self._heading(current)
            self.count += 1
            so_far.add(cells)
            of_group.add(cells)
            yield self._row(cells, so_far, self.level(row))
        if self.group is not None and self.count:
            yield self._subtotal(of_group)

    def _row(self, cells: Sequence[Cell], so_far: ColumnTotals, level: int) -> Entry:
        pairs = zip(cells, self.columns, strict=True)
        written = [self._cell(value, column) for value, column in pairs]
        first = {**written[0], "text": indented(str(written[0]["text"]), level)}
        return {
            "kind": "row",
            "number": self.count,
            "is_strong": level == SUM,
            "cells": [first, *written[1:]],
            "carried": self._carried(so_far) if self.carries else [],
        }

    def _cell(self, value: Cell, column: Column) -> Entry:
        text, tone = shown(value, column, self.frame), tone_of(value, column)
        cut = f"{text[: LONGEST_CELL - 1]}…" if len(text) > LONGEST_CELL else text
        return {"text": cut, "tone": tone, "mark": MARKS.get(tone, "")}

    def _carried(self, so_far: ColumnTotals) -> list[JSON]:
        return [
            shown(value, column, self.frame) if column.total == "sum" else ""
            for value, column in zip(so_far.values(), self.columns, strict=True)
        ]

    def _heading(self, value: Cell) -> Entry:
        column = self.kept.columns[self.group or 0]
        text = shown(value, column, self.frame) or "—"
        return {"kind": "group", "text": f"{heading(column, self.frame)}: {text[:LONGEST_CELL]}"}

    def _subtotal(self, totals: ColumnTotals) -> Entry:
        return {"kind": "subtotal", "cells": self._foot(totals.values(), _("Subtotal"))}

    def foot(self, totals: Sequence[Cell], word: str) -> list[JSON]:
        """Write the totals of the whole sheet under the columns that are shown."""
        mine = [totals[place] for place in self.places]
        return [] if all(value is None for value in mine) else self._foot(mine, word)

    def _foot(self, totals: Sequence[Cell], word: str) -> list[JSON]:
        pairs = zip(totals, self.columns, strict=True)
        cells: list[JSON] = [shown_total(value, column, self.frame) for value, column in pairs]
        return [f"{word}: {cells[0]}" if cells[0] else word, *cells[1:]]

    def size(self, rows: Sequence[Entry]) -> Entry:
        """Choose paper, direction and size of letters by what has to stand side by side."""
        widths = [self._width(place, rows) for place in range(len(self.columns))]
        wide = sum(widths)
        is_landscape = wide > PORTRAIT
        room = float(LANDSCAPE if is_landscape else PORTRAIT)
        paper = "a4"
        if wide > room * LARGEST / SMALLEST * 0.85:
            paper, room = "a3", room * 1.41
        has_words = any(column.kind == "text" for column in self.columns)
        return {
            "paper": paper,
            "is_landscape": is_landscape,
            "size": max(SMALLEST, min(LARGEST, LARGEST * room / max(wide, 1))),
            "columns": [
                {
                    "label": heading(column, self.frame),
                    "side": "right" if column.is_numeric else "left",
                    "share": width if column.kind == "text" or not has_words else 0,
                }
                for column, width in zip(self.columns, widths, strict=True)
            ],
        }

    def _width(self, place: int, rows: Sequence[Entry]) -> int:
        """Return how many signs a column asks for."""
        column = self.columns[place]
        longest = max(map(len, heading(column, self.frame).split(" ")), default=0)
        for row in rows:
            cells = row.get("cells")
            cell = cells[place] if isinstance(cells, list) else ""
            text = cell["text"] if isinstance(cell, dict) else cell
            longest = max(longest, len(str(text)))
        return min(longest, WIDEST_WORDS) + 2 if column.kind == "text" else longest + 2
