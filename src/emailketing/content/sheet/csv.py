"""CSV as Excel of the reader's language opens it; no cell becomes a formula (S25)."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from zoneinfo import ZoneInfo

from emailketing.common.plain import Cell
from emailketing.content import formats
from emailketing.content.sheet.cells import LONGEST, heading, yes_or_no
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.keeping import Kept, reader
from emailketing.content.sheet.kept import KeptSheet
from emailketing.content.sheet.levels import only_shown, shown_places
from emailketing.content.texts import clean

CSV = "text/csv"
BLOCK = 500  # rows that are written together
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows that it is UTF-8
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
PHONE = re.compile(r"\+[\d ()/-]{6,25}")
NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
DECIMAL_COMMA = frozenset({"es", "pt"})


def write_csv(
    columns: Sequence[Column], rows: Iterable[Sequence[Cell]], frame: SheetFrame
) -> Iterator[str]:
    """Yield the lines of a CSV file, after a mark of the encoding: heading and rows, no totals.

    Whoever reads it by program adds up; a total among the rows would count twice. Where numbers
    have a decimal comma, as in Spanish and Portuguese, semicolons part the columns.
    """
    rows = only_shown(columns, rows)
    columns = [columns[place] for place in shown_places(columns)]
    comma = frame.language in DECIMAL_COMMA
    decimal, zone = ("," if comma else "."), ZoneInfo(frame.zone)
    words = yes_or_no(frame.language)
    switches = [place for place, column in enumerate(columns) if column.kind == "boolean"]
    yield BYTE_ORDER_MARK
    line = io.StringIO()
    writer = csv.writer(line, delimiter=";" if comma else ",", lineterminator="\r\n")
    writer.writerow([csv_cell(heading(column, frame), zone) for column in columns])
    for row in rows:
        if line.tell():
            yield line.getvalue()
            line.seek(0)
            line.truncate()
        cells = [csv_cell(value, zone, decimal=decimal) for value in row]
        for place in switches:
            value = row[place]
            cells[place] = words[value] if isinstance(value, bool) else cells[place]
        writer.writerow(cells)
    yield line.getvalue()


def write_kept_csv(
    kept: KeptSheet, frame: SheetFrame, order: Sequence[tuple[str, bool]] = ()
) -> Iterator[str]:
    """Yield the same file out of kept rows, which are text already: each column is asked once."""
    kept = kept.said_in(frame.language)
    comma = frame.language in DECIMAL_COMMA
    zone, places = ZoneInfo(frame.zone), shown_places(kept.columns)
    columns = [kept.columns[place] for place in places]
    writers = [_kept_writer(each, zone, frame.language, "," if comma else ".") for each in columns]
    block = io.StringIO()
    writer = csv.writer(block, delimiter=";" if comma else ",", lineterminator="\r\n")
    writer.writerow([csv_cell(heading(column, frame), zone) for column in columns])
    yield f"{BYTE_ORDER_MARK}{block.getvalue()}"
    changed = list(zip(places, writers, strict=True))
    rows = kept.kept_rows(order=order)
    while several := list(islice(rows, BLOCK)):
        block.seek(0)
        block.truncate()
        writer.writerows(
            [None if row[place] is None else write(row[place]) for place, write in changed]
            for row in several
        )
        yield block.getvalue()


def _kept_writer(
    column: Column, zone: ZoneInfo, language: str, decimal: str
) -> Callable[[Kept], Kept]:
    """Return what writes the kept values of a column."""
    read, words = reader(column), yes_or_no(language)

    def other(value: Kept) -> str:
        cell = read(value)
        return words[cell] if isinstance(cell, bool) else csv_cell(cell, zone, decimal=decimal)

    def number(value: Kept) -> Kept:
        if isinstance(value, str):
            return value.replace(".", decimal)
        return value if isinstance(value, int) else other(value)

    def text(value: Kept) -> Kept:
        return _text(value) if isinstance(value, str) else other(value)

    def day(value: Kept) -> Kept:
        return value if isinstance(value, str) else other(value)

    if column.is_numeric:
        return number
    return {"text": text, "date": day}.get(column.kind, other)


def csv_cell(value: Cell, zone: ZoneInfo, *, decimal: str = ".") -> str:
    """Write a value; text that a spreadsheet would take for a formula gets a leading ' (S25)."""
    if isinstance(value, str):
        return _text(value)
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        written = value if isinstance(value, Decimal) else Decimal(repr(value))
        return f"{written:f}".replace(".", decimal) if written.is_finite() else str(value)
    if isinstance(value, datetime):
        return f"{formats.in_zone(value, zone):%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else _text(str(value))


def _text(text: str) -> str:
    if text[:1].isalnum() and len(text) <= LONGEST and text.isprintable():
        return text  # no formula begins with a letter or a digit
    # full-width forms of = + - @ count too
    first = unicodedata.normalize("NFKC", text[:1])
    if first.startswith(STARTS_A_FORMULA):
        is_safe = bool(NUMBER.fullmatch(text) or PHONE.fullmatch(text))
        text = text if is_safe else f"'{text}"
    return clean(text, longest=LONGEST)
