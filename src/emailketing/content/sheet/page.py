"""A report's table as its page shows it: all rows, some at a time, in any order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from emailketing.common.plain import Cell
from emailketing.content.sheet.cells import heading, shown, shown_total, tone_of
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.levels import SUM, indented, level_reader, shown_places

ROWS = 200  # of one page
MARKS = {"good": "✓", "warning": "!", "bad": "✗"}  # for those who see no colour
Order = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class PageCell:
    """One cell, written in the reader's language; `side`: left, right, or whole (not broken)."""

    text: str
    side: str = "left"
    tone: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class PageHead:
    """The heading of a column, and how the table is sorted by it."""

    name: str
    label: str
    side: str
    sorted: str = ""  # "", "up" or "down"

    @property
    def goes_down(self) -> bool:
        """Whether the next click sorts the greatest first."""
        return self.sorted == "up"


@dataclass(frozen=True, slots=True)
class PageRow:
    """The cells of a row; strong where it is a sum."""

    cells: tuple[PageCell, ...]
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class SheetPage:
    """Some rows of a table."""

    head: tuple[PageHead, ...]
    rows: tuple[PageRow, ...]
    totals: tuple[PageCell, ...]
    count: int
    number: int
    pages: int


def sheet_page(
    kept: KeptSheet,
    frame: SheetFrame,
    *,
    usual: Order,
    by: str = "",
    down: bool = False,
    at: int = 1,
) -> SheetPage:
    """Return page `at`; sorted by the column `by` where there is such a one, else as usual."""
    kept, places = kept.said_in(frame.language), shown_places(kept.columns)
    columns = [kept.columns[place] for place in places]
    names = {column.name for column in columns}
    order = ((by, down),) if by in names else tuple(one for one in usual if one[0] in names)
    pages = max(-(-kept.count // ROWS), 1)
    number = min(max(at, 1), pages)
    return SheetPage(
        head=tuple(_heads(columns, frame, order)),
        rows=tuple(_rows(kept, places, frame, order, (number - 1) * ROWS)),
        totals=_totals(kept, places, frame),
        count=kept.count,
        number=number,
        pages=pages,
    )


def _heads(columns: Sequence[Column], frame: SheetFrame, order: Order) -> Iterator[PageHead]:
    for column in columns:
        is_first = bool(order) and order[0][0] == column.name
        way = ("down" if order[0][1] else "up") if is_first else ""
        yield PageHead(column.name, heading(column, frame), _side(column), way)


def _rows(
    kept: KeptSheet, places: Sequence[int], frame: SheetFrame, order: Order, start: int
) -> Iterator[PageRow]:
    level_of = level_reader(kept.columns)
    for row in kept.rows(order=order, limit=ROWS, offset=start):
        level = level_of(row)
        cells = [_cell(row[place], kept.columns[place], frame) for place in places]
        first = cells[0]
        cells[0] = PageCell(indented(first.text, level), first.side, first.tone, first.mark)
        yield PageRow(tuple(cells), is_sum=level == SUM)


def _cell(value: Cell, column: Column, frame: SheetFrame) -> PageCell:
    tone = tone_of(value, column)
    return PageCell(shown(value, column, frame), _side(column), tone, MARKS.get(tone, ""))


def _totals(kept: KeptSheet, places: Sequence[int], frame: SheetFrame) -> tuple[PageCell, ...]:
    totals = kept.totals()
    if all(value is None for value in totals):
        return ()
    return tuple(
        PageCell(shown_total(totals[place], column, frame), _side(column))
        for place in places
        for column in (kept.columns[place],)
    )


def _side(column: Column) -> str:
    if column.is_numeric:
        return "right"
    return "left" if column.kind == "text" else "whole"
