"""Kept rows in a workbook: what a column is is asked once, and not of each of its cells.

Numbers and days are kept as text that reads back the same; they are written without becoming
exact values on the way. Whatever is not as most of its column is goes the usual way, by `other`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from emailketing.common.plain import Cell
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.keeping import reader
from emailketing.content.sheet.xlsx_looks import Looks

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_LETTERS = 15  # of a number that surely has no more digits than Excel holds
MOST_WHOLE = 1_000_000_000_000_000
FIRST_DAY = "1901"
EXCEL_BEGINS = 693_594  # the day before Excel's first, counted from the year 1
CellWriter: TypeAlias = Callable[[int, int, Cell], None]


def write_kept_rows(
    sheet: "Worksheet",
    looks: Looks,
    rows: Iterable[Sequence[Cell]],
    at: int,
    other: Callable[[tuple[int, int], Cell], None],
) -> int:
    """Write the rows below row `at`; return the last one.

    Args:
        sheet: where.
        looks: how.
        rows: as they are kept.
        at: the row above them.
        other: writes a value that was read back.
    """
    writers = [
        (place, _writer(sheet, looks, column, other)) for place, column in enumerate(looks.columns)
    ]
    count = at
    for count, row in enumerate(rows, at + 1):
        for place, write in writers:
            value = row[place]
            if value is not None:
                write(count, place, value)
    return count


def _writer(
    sheet: "Worksheet",
    looks: Looks,
    column: Column,
    other: Callable[[tuple[int, int], Cell], None],
) -> CellWriter:
    read = reader(column)

    def any_other(row: int, place: int, value: Cell) -> None:
        kept = value if isinstance(value, int | str | bytes) else None
        other((row, place), read(kept))

    if column.is_numeric:
        return _number_writer(sheet, looks, column, any_other)
    if column.kind == "text":
        return _text_writer(sheet, any_other)
    return _day_writer(sheet, looks, any_other) if column.kind == "date" else any_other


def _number_writer(
    sheet: "Worksheet", looks: Looks, column: Column, other: CellWriter
) -> CellWriter:
    known = looks.by_column(column)
    if known is None:
        return other
    write_number, (whole, parts) = sheet.write_number, known

    def write(row: int, place: int, value: Cell) -> None:
        if isinstance(value, str) and len(value) <= MOST_LETTERS:
            number = float(value)
            write_number(row, place, number, whole if number.is_integer() else parts)
        elif isinstance(value, int) and -MOST_WHOLE < value < MOST_WHOLE:
            write_number(row, place, value, whole)
        else:
            other(row, place, value)

    return write


def _text_writer(sheet: "Worksheet", other: CellWriter) -> CellWriter:
    write_string = sheet.write_string

    def write(row: int, place: int, value: Cell) -> None:
        if not isinstance(value, str):
            other(row, place, value)
        elif value:
            write_string(row, place, value)

    return write


def _day_writer(sheet: "Worksheet", looks: Looks, other: CellWriter) -> CellWriter:
    write_number, look = sheet.write_number, looks.day

    def write(row: int, place: int, value: Cell) -> None:
        if isinstance(value, str) and value >= FIRST_DAY:
            number = date.fromisoformat(value).toordinal() - EXCEL_BEGINS
            write_number(row, place, number, look)
        else:
            other(row, place, value)

    return write
