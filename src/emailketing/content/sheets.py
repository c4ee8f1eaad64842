"""Tables as files: XLSX with real types, CSV; no cell ever becomes a formula (S25, S26)."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, TypeGuard
from zoneinfo import ZoneInfo

from emailketing.common.plain import Cell
from emailketing.content.texts import clean

LONGEST = 32_000  # characters of a cell; Excel knows no longer one
MOST_EXACT = 15  # digits a number of Excel holds; a longer one is written as text
MOST_ROWS = 1_048_576 - 1  # of a sheet, below its heading
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
PHONE = re.compile(r"\+[\d ()/-]{6,25}")
NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
DECIMAL_COMMA = frozenset({"es", "pt"})


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A heading, and how wide it is in characters."""

    label: str
    width: int = 20


def write_xlsx(
    title: str, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Cell]], *, zone: str
) -> bytes:
    """Return a workbook with one sheet, written row by row: memory stays flat.

    Args:
        title: name of the sheet.
        columns: the heading.
        rows: values: text, numbers, dates, instants; anything else as text.
        zone: in which instants are written, as Excel knows no time zones.
    """
    with TemporaryFile() as file:
        write_xlsx_into(file, title, columns, rows, zone=zone)
        file.seek(0)
        return file.read()


def write_xlsx_into(
    file: IO[bytes],
    title: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[Cell]],
    *,
    zone: str,
) -> int:
    """Write the workbook into an open file; return how many rows there are."""
    import xlsxwriter  # loaded with the first sheet, not with every command

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet(sheet_name(title))
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDF1F5"})
    formats = _Formats(book, ZoneInfo(zone))
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, clean(column.label, longest=LONGEST), heading)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, row in enumerate(rows, 1):
        for number, value in enumerate(row):
            formats.write(sheet, (count, number), value)
        if count == MOST_ROWS:
            break
    sheet.autofilter(0, 0, max(count, 1), max(len(columns) - 1, 0))
    book.close()
    return count


class _Formats:
    """The few ways a cell looks."""

    def __init__(self, book: Any, zone: ZoneInfo) -> None:
        self._zone = zone
        self._day = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        self._moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss", "align": "left"})
        self._whole = book.add_format({"num_format": "#,##0"})
        self._parts = book.add_format({"num_format": "#,##0.00####"})

    def write(self, sheet: Any, place: tuple[int, int], value: Cell) -> None:
        if value is None or value == "":
            return
        if isinstance(value, datetime):
            local = value.astimezone(self._zone).replace(tzinfo=None) if value.tzinfo else value
            sheet.write_datetime(*place, local, self._moment)
        elif isinstance(value, date):
            sheet.write_datetime(*place, datetime(value.year, value.month, value.day), self._day)  # noqa: DTZ001 - a day has no zone
        elif _is_exact(value):
            is_whole = Decimal(value) == Decimal(value).to_integral_value()
            sheet.write_number(*place, float(value), self._whole if is_whole else self._parts)
        else:
            sheet.write_string(*place, clean(str(value), longest=LONGEST))


def _is_exact(value: Cell) -> TypeGuard[int | float | Decimal]:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    number = Decimal(str(value))
    return number.is_finite() and len(number.as_tuple().digits) <= MOST_EXACT


def write_csv(
    columns: Sequence[SheetColumn], rows: Iterable[Sequence[Cell]], *, zone: str, language: str
) -> Iterator[str]:
    """Yield the lines of a CSV file as Excel of that language reads it, and a mark of the encoding.

    Where numbers have a decimal comma, as in Spanish and Portuguese, semicolons part the columns.
    """
    comma = language in DECIMAL_COMMA
    yield "\ufeff"
    line = io.StringIO()
    writer = csv.writer(line, delimiter=";" if comma else ",", lineterminator="\r\n")
    for row in _with_heading(columns, rows):
        writer.writerow([csv_cell(value, zone, decimal="," if comma else ".") for value in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _with_heading(
    columns: Sequence[SheetColumn], rows: Iterable[Sequence[Cell]]
) -> Iterator[Sequence[Cell]]:
    yield [column.label for column in columns]
    yield from rows


def csv_cell(value: Cell, zone: str, *, decimal: str = ".") -> str:
    """Write a value; text that a spreadsheet would take for a formula gets a leading ' (S25)."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(ZoneInfo(zone)) if value.tzinfo else value
        return f"{local:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        written = Decimal(str(value))
        return f"{written:f}".replace(".", decimal) if written.is_finite() else str(value)
    text = str(value)
    # full-width forms of = + - @ count too
    first = unicodedata.normalize("NFKC", text[:1])
    is_safe = bool(NUMBER.fullmatch(text) or PHONE.fullmatch(text))
    guarded = first.startswith(STARTS_A_FORMULA) and not is_safe
    return clean(f"'{text}" if guarded else text, longest=LONGEST)


def sheet_name(title: str) -> str:
    """Return a name Excel takes: none of its special signs, at most 31 characters."""
    name = re.sub(r"[\[\]:*?/\\']", " ", clean(title, longest=200))
    return " ".join(name.split())[:31] or "1"


def file_name(stem: str, ending: str) -> str:
    """Name a file after what it holds: no path, no control or bidi characters (S27)."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")[:80]
    return f"{Path(safe).name or 'tabla'}.{ending}"
