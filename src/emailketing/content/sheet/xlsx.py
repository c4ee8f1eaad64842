"""A table as XLSX: real types, totals, frozen heading, filters; no cell is a formula (S26)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, TypeGuard

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.common.plain import Cell
from emailketing.content import formats
from emailketing.content.sheet.cells import LONGEST, decimals_of, exact, heading, shown
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.file_names import sheet_name
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.levels import SUM
from emailketing.content.sheet.totals import ColumnTotals
from emailketing.content.sheet.xlsx_kept import write_kept_rows
from emailketing.content.sheet.xlsx_looks import Looks, width_of
from emailketing.content.texts import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EXACT = 15  # digits a number of Excel holds; a longer one is written as text
MOST_WHOLE = 1_000_000_000_000_000  # so many digits
FIRST_YEAR = 1901  # with some hours left for any zone: Excel's days begin in 1900
MOST_PARTS = 6  # decimals that are shown of a number whose column says none
MOST_ROWS = 1_048_576 - 2  # of a sheet, below its heading and above its totals
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# what Excel calls a total over the rows that a filter leaves
SUBTOTALS = {"average": 101, "count": 103, "max": 104, "min": 105, "sum": 109}


def xlsx_bytes(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], frame: SheetFrame
) -> bytes:
    """Return a workbook as bytes, for a file that certainly is small."""
    with TemporaryFile() as file:
        write_xlsx(file, columns, rows, frame)
        file.seek(0)
        return file.read()


def write_xlsx(
    file: IO[bytes],
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    frame: SheetFrame,
    *,
    totals: Sequence[Cell] = (),
    group: str = "",
) -> int:
    """Write the workbook into an open file, row by row (memory stays flat); return its rows.

    What one sheet cannot hold goes on in the next (P6). Instants are written in the frame's zone,
    as Excel knows none.

    Args:
        file: opened for writing.
        columns: what stands in the rows.
        rows: values: text, numbers, dates, instants; anything else as text.
        frame: title, language, zone; with the hour it was read, a second sheet says all of it.
        totals: what the columns come to, from the same read (P7).
        group: column by which the rows come sorted; each of its values ends with a subtotal.
    """
    book = _opened(file)
    return _finished(book, Looks(book, columns, frame), rows, totals, group)


def write_kept_xlsx(
    file: IO[bytes],
    kept: KeptSheet,
    frame: SheetFrame,
    *,
    order: tuple[tuple[str, bool], ...] = (),
    group: str = "",
) -> int:
    """Write kept rows into an open file, as `write_xlsx` does; return their number.

    Args:
        file: opened for writing.
        kept: the rows of a read.
        frame: title, language, zone.
        order: as `KeptSheet.rows` takes it, within a group.
        group: column that parts the rows; with subtotals where one sheet holds them all.
    """
    book, kept = _opened(file), kept.said_in(frame.language)
    looks = Looks(book, kept.columns, frame)
    order = ((group, False), *order) if group else order
    group = group if groups_fit(kept, group) else ""
    looks.are_kept = not (group or looks.has_levels)
    rows = kept.kept_rows(order=order) if looks.are_kept else kept.rows(order=order)
    return _finished(book, looks, rows, kept.totals(), group)


def _opened(file: IO[bytes]) -> "Workbook":
    import xlsxwriter  # loaded with the first sheet, not with every command

    return xlsxwriter.Workbook(file, OPTIONS)


def _finished(
    book: "Workbook",
    looks: Looks,
    rows: Iterable[Sequence[Cell]],
    totals: Sequence[Cell],
    group: str,
) -> int:
    totals = [totals[place] for place in looks.places] if totals else ()
    place = next((n for n, column in enumerate(looks.all_columns) if column.name == group), None)
    if place is None:
        count = _write_sheets(book, looks, rows, totals)
    else:
        count = _write_groups(book, looks, rows, totals, place)
    if looks.frame.made_at:
        _about(book, looks.frame, count)
    book.close()
    return count


def _write_sheets(
    book: "Workbook", looks: Looks, rows: Iterable[Sequence[Cell]], totals: Sequence[Cell]
) -> int:
    left, number, count = iter(rows), 0, 0
    ahead: list[Sequence[Cell]] = []
    while number == 0 or ahead:
        number += 1
        sheet = book.add_worksheet(_part_name(looks.frame.title, number))
        _begin(sheet, looks)
        written = _write_rows(sheet, looks, islice(chain(ahead, left), MOST_ROWS))
        sheet.autofilter(0, 0, max(written, 1), len(looks.columns) - 1)
        count += written
        ahead = list(islice(left, 1))
        if not ahead and any(value is not None for value in totals):
            _write_totals(sheet, looks, totals, written, first=0 if number == 1 else None)
    return count


def groups_fit(kept: KeptSheet, group: str) -> bool:
    """Whether all rows and their subtotals stand on one sheet, which a total needs."""
    if not any(column.name == group for column in kept.columns):
        return False
    return kept.count + len(kept.values_of(group)) <= MOST_ROWS


def _write_groups(
    book: "Workbook",
    looks: Looks,
    rows: Iterable[Sequence[Cell]],
    totals: Sequence[Cell],
    place: int,
) -> int:
    """Write the rows of each value of a column, and below them what they come to.

    A subtotal is no row: totals of the whole, and of what a filter leaves, pass it over.
    """
    sheet = book.add_worksheet(_part_name(looks.frame.title, 1))
    _begin(sheet, looks)
    at = count = 0
    for value, own in groupby(rows, key=itemgetter(place)):
        sums, first = ColumnTotals(looks.all_columns), at
        at = _write_rows(sheet, looks, _added(own, sums), at)
        count += at - first
        summed = [sums.values()[each] for each in looks.places]
        named = shown(value, looks.all_columns[place], looks.frame) or "—"
        _write_totals(sheet, looks, summed, at, first=first, word=named)
        at += 1
    sheet.autofilter(0, 0, max(at, 1), len(looks.columns) - 1)
    if any(value is not None for value in totals):
        _write_totals(sheet, looks, totals, at)
    return count


def _added(rows: Iterable[Sequence[Cell]], sums: ColumnTotals) -> Iterator[Sequence[Cell]]:
    for row in rows:
        sums.add(row)
        yield row


def _part_name(title: str, number: int) -> str:
    name = sheet_name(title)
    return name if number == 1 else f"{name[:24].rstrip()} ({number})"


def _begin(sheet: "Worksheet", looks: Looks) -> None:
    for number, column in enumerate(looks.columns):
        label = heading(column, looks.frame)
        sheet.set_column(number, number, width_of(column, label))
        look = looks.heading_right if column.is_numeric else looks.heading
        sheet.write_string(0, number, label, look)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_rows(
    sheet: "Worksheet", looks: Looks, rows: Iterable[Sequence[Cell]], at: int = 0
) -> int:
    """Write the rows below row `at`; return the last one."""
    if looks.has_levels:
        return _write_lines(sheet, looks, rows, at)
    if looks.are_kept:
        other = partial(_write_value, sheet, looks)
        return write_kept_rows(sheet, looks, rows, at, other)
    count = at
    for count, row in enumerate(rows, at + 1):
        for number, value in enumerate(row):
            _write_value(sheet, looks, (count, number), value)
    return count


def _write_value(sheet: "Worksheet", looks: Looks, place: tuple[int, int], value: Cell) -> None:
    """Write one value, whatever it is."""
    if isinstance(value, str):
        if value:
            sheet.write_string(*place, clean(value, longest=LONGEST))
    elif _is_exact(value):
        sheet.write_number(*place, float(value), looks.number(looks.columns[place[1]], value))
    elif value is not None:
        _write_other(sheet, place, value, looks)


def _write_lines(sheet: "Worksheet", looks: Looks, rows: Iterable[Sequence[Cell]], at: int) -> int:
    """Write the lines of a statement: sums bold, what they are made of indented."""
    count = at
    for count, row in enumerate(rows, at + 1):
        level = looks.level_of(row)
        for number, value in enumerate([row[place] for place in looks.places]):
            if isinstance(value, str):
                text = clean(value, longest=LONGEST)
                sheet.write_string(count, number, text, looks.line(level, is_first=number == 0))
            elif _is_exact(value):
                look = looks.number(looks.columns[number], value, is_strong=level == SUM)
                sheet.write_number(count, number, float(value), look)
            elif value is not None:
                _write_other(sheet, (count, number), value, looks, is_strong=level == SUM)
    return count


def _write_other(
    sheet: "Worksheet",
    place: tuple[int, int],
    value: Cell,
    looks: Looks,
    *,
    is_strong: bool = False,
) -> None:
    """Write what is neither text nor a number of at most 15 digits; as text what Excel lacks."""
    column = looks.columns[place[1]]
    if _is_shown_whole(value, column, looks.frame):
        look = looks.number(column, value, is_strong=is_strong)
        sheet.write_number(*place, float(value), look)
    elif isinstance(value, bool):
        sheet.write_boolean(*place, value, looks.switch)
    elif isinstance(value, date) and value.year >= FIRST_YEAR:
        look = looks.moment if isinstance(value, datetime) else looks.day
        sheet.write_datetime(*place, _local(value, looks), look)
    else:
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        sheet.write_string(*place, clean(text, longest=LONGEST))


def _is_exact(value: Cell) -> TypeGuard[int | float | Decimal]:
    if isinstance(value, int):
        return not isinstance(value, bool) and -MOST_WHOLE < value < MOST_WHOLE
    if not isinstance(value, float | Decimal):
        return False
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    return bool(number.is_finite() and len(number.as_tuple().digits) <= MOST_EXACT)


def _is_shown_whole(value: Cell, column: Column, frame: SheetFrame) -> TypeGuard[int | Decimal]:
    """Whether Excel's digits are enough for all that is shown of a longer fraction, such as 1/3."""
    number = exact(value) if column.is_numeric else None
    if number is None or number == number.to_integral_value():
        return False
    decimals = decimals_of(column, frame)
    places = MOST_PARTS if decimals is None else decimals + 2 * (column.kind == "percent")
    return max(number.adjusted() + 1, 0) + places <= MOST_EXACT


def _write_totals(
    sheet: "Worksheet",
    looks: Looks,
    totals: Sequence[Cell],
    count: int,
    *,
    first: int | None = 0,
    word: str = "",
) -> None:
    """Write what the columns come to, over the rows a filter leaves where all are in one sheet.

    The figure that stands there until somebody filters is that of the read.

    Args:
        sheet: where.
        looks: how.
        totals: what.
        count: the last row that is added up.
        first: the row above the first one; None: not all of them stand on this sheet.
        word: what stands in the first column; empty: “Total”.
    """
    for number, (column, value) in enumerate(zip(looks.columns, totals, strict=True)):
        place, look = (count + 1, number), looks.total(column)
        if value is None:
            sheet.write(
                *place, (word or _word(looks.frame)) if number == 0 else None, looks.total_word
            )
        elif isinstance(value, date) and value.year >= FIRST_YEAR:
            sheet.write_datetime(*place, _local(value, looks), look)
        elif not (_is_exact(value) or _is_shown_whole(value, column, looks.frame)):
            sheet.write_string(*place, shown(value, column, looks.frame), looks.total_word)
        elif first is not None:
            area = f"{_letters(number)}{first + 2}:{_letters(number)}{count + 1}"
            formula = f"=SUBTOTAL({SUBTOTALS[column.total]},{area})"
            sheet.write_formula(*place, formula, look, float(value))
        else:
            sheet.write_number(*place, float(value), look)


def _local(value: date, looks: Looks) -> date:
    if isinstance(value, datetime):
        return formats.in_zone(value, looks.zone).replace(tzinfo=None)
    return value


def _letters(number: int) -> str:
    """Return how Excel calls a column: A, Z, AA."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(number))


def _word(frame: SheetFrame) -> str:
    with translation.override(frame.language):
        return _("Total")


def _about(book: "Workbook", frame: SheetFrame, count: int) -> None:
    """Say on a sheet of its own what this is: whoever gets the file alone knows it too."""
    with translation.override(frame.language):
        name = sheet_name(_("About this report"))
        is_taken = any(each.get_name().lower() == name.lower() for each in book.worksheets())
        sheet = book.add_worksheet(f"{name[:28]} …" if is_taken else name)
        made = formats.moment(frame.made_at, frame.language, frame.zone)
        facts = [
            (_("Report"), frame.title),
            (_("Period"), frame.period),
            *((_("Filter"), each) for each in frame.filters),
            (_("Rows"), formats.number(count, frame.language)),
            (_("Made at"), f"{made} ({frame.zone})"),
            (_("Currency"), frame.currency),
            (_("Company"), frame.look.name),
        ]
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 70)
    for row, (label, text) in enumerate((label, text) for label, text in facts if text):
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, clean(text, longest=LONGEST))
