"""The rows of a table as they stand on paper: groups, subtotals, sums so far, and their room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from django.utils.translation import gettext as _

from emailketing.common.plain import JSON, Cell, Entry
from emailketing.content.sheet.cells import heading, shown, shown_total, tone_of
from emailketing.content.sheet.chart_points import SheetChart
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.figure import KeyFigure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.levels import SUM, indented, level_reader, shown_places
from emailketing.content.sheet.mail import MARKS
from emailketing.content.sheet.totals import ColumnTotals

MOST_ROWS = 20_000  # some 550 pages: beyond it nobody turns them
MOST_COLUMNS = 40
LONGEST_CELL = 400  # characters; a page holds no longer one without tearing the table
PORTRAIT, LANDSCAPE = 92, 142  # signs of 8 points that stand side by side
LARGEST, SMALLEST = 8.5, 5.0  # points
WIDEST_WORDS = 36  # signs that a column of words asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfContent:
    """What stands on the paper.

    Attributes:
        group: name of a column whose values part the rows, each with its subtotal.
        order: as `KeptSheet.rows` takes it, within a group.
        figures: at most six, above the table.
        chart: beside them.
        most: rows; whoever waits for the paper takes fewer.
    """

    group: str = ""
    order: tuple[tuple[str, bool], ...] = ()
    figures: Sequence[KeyFigure] = ()
    chart: SheetChart | None = None
    most: int = MOST_ROWS


class PaperTable:
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
        self.count = min(kept.count, content.most)

    def rows(self) -> Iterator[Entry]:
        """Yield what stands below one another: headings of groups, rows, subtotals."""
        order = self.content.order
        if self.group is not None:
            order = ((self.content.group, False), *order)
        so_far = ColumnTotals(self.columns)
        of_group, current = ColumnTotals(self.columns), None
        for number, row in enumerate(islice(self.kept.rows(order=order), self.count), 1):
            cells = [row[place] for place in self.places]
            if self.group is not None and (number == 1 or row[self.group] != current):
                if number > 1:
                    yield self._subtotal(of_group)
                current, of_group = row[self.group], ColumnTotals(self.columns)
                yield self._heading(current)
            so_far.add(cells)
            of_group.add(cells)
            yield self._row(number, cells, so_far, self.level(row))
        if self.group is not None and self.count:
            yield self._subtotal(of_group)

    def _row(self, number: int, cells: Sequence[Cell], so_far: ColumnTotals, level: int) -> Entry:
        pairs = zip(cells, self.columns, strict=True)
        written = [self._cell(value, column) for value, column in pairs]
        first = {**written[0], "text": indented(str(written[0]["text"]), level)}
        return {
            "kind": "row",
            "number": number,
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

    def size(self) -> Entry:
        """Choose paper, direction and size of letters by what has to stand side by side."""
        longest = self._longest()
        widths = [self._width(*each) for each in zip(self.columns, longest, strict=True)]
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
                    "longest": text,
                }
                for column, width, text in zip(self.columns, widths, longest, strict=True)
            ],
        }

    def _longest(self) -> list[str]:
        """Return the longest text of each column, sums so far too: every page has room for it."""
        longest = [""] * len(self.columns)
        lines = (row.get(part) for row in self.rows() for part in ("cells", "carried"))
        for line in chain(lines, [self.foot(self.kept.totals(), _("Total"))]):
            for place, cell in enumerate(line if isinstance(line, list) else ()):
                text = _text_of(cell)
                if len(text) > len(longest[place]):
                    longest[place] = text
        return longest

    def _width(self, column: Column, longest: str) -> int:
        """Return how many signs a column asks for."""
        word = max(map(len, heading(column, self.frame).split(" ")), default=0)
        signs = max(word, len(longest))
        return min(signs, WIDEST_WORDS) + 2 if column.kind == "text" else signs + 2


def _text_of(cell: JSON) -> str:
    if not isinstance(cell, dict):
        return str(cell)
    return f"{cell['mark']} {cell['text']}".strip()
