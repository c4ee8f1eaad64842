"""Rows read and written as XLSX and CSV beside the bare libraries; papers of many recipients."""

import csv
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter

from benches.pairs import Figure, Other, alternate
from emailketing.common.plain import Cell
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.csv import write_kept_csv
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet, write_kept
from emailketing.content.sheet.pdf import PdfContent, make_sheet_pdf
from emailketing.content.sheet.xlsx import write_kept_xlsx

ROWS = 30_000
RECIPIENTS = 20
UNIT = "rows per second"
COLUMNS = [
    Column("branch", "Sucursal"),
    Column("sum", "Ventas", "money", total="sum"),
    Column("litres", "Litros", "quantity", total="sum"),
    Column("margin", "Margen", "percent", total="average"),
    Column("day", "Día", "date"),
    Column("customer", "Cliente"),
]
FRAME = SheetFrame(title="Ventas", made_at=datetime(2026, 12, 1, 10, 0, tzinfo=UTC))


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = _source(folder)
        kept = write_kept(folder / "kept", COLUMNS, _read(source), indexed=("branch",))
        bare = Other(
            name="XLSX of 30 000 rows, kept before",
            versus="sqlite3 and XlsxWriter",
            measure=lambda: _rate(lambda: _bare_xlsx(source)),
        )
        yield from alternate(lambda: _rate(lambda: _xlsx(kept)), bare, unit=UNIT)
        read = replace(bare, name="XLSX of 30 000 rows, read and kept")
        yield from alternate(lambda: _rate(lambda: _xlsx(_kept(folder, source))), read, unit=UNIT)
        plain = Other(
            name="CSV of 30 000 rows, kept before",
            versus="sqlite3 and csv, without types and guard",
            measure=lambda: _rate(lambda: _bare_csv(source)),
        )
        yield from alternate(lambda: _rate(lambda: _csv(kept)), plain, unit=UNIT)
        few = Other(
            name="recipients' own PDFs",
            versus="the same with one column",
            measure=lambda: _papers(kept, folder, columns=1),
        )
        yield from alternate(lambda: _papers(kept, folder, columns=6), few, unit="PDF per minute")


def _rate(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return ROWS / (time.perf_counter() - began)


def _source(folder: Path) -> Path:
    path = folder / "source.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE sale (a, b, c, d, e, f)")
        database.executemany(
            "INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    f"Sucursal {n % 1000}",
                    84_300_000 - n,
                    n / 4,
                    0.125,
                    f"2026-11-{n % 30 + 1:02}",
                    f"Transportes Guaraní S.R.L. {n}",
                )
                for n in range(ROWS)
            ),
        )
    database.close()
    return path


def _read(source: Path) -> Iterator[tuple[Cell, ...]]:
    database = sqlite3.connect(source)
    yield from database.execute("SELECT * FROM sale")
    database.close()


def _kept(folder: Path, source: Path) -> KeptSheet:
    return write_kept(folder / "again", COLUMNS, _read(source))


def _xlsx(kept: KeptSheet) -> None:
    with tempfile.TemporaryFile() as file:
        write_kept_xlsx(file, kept, FRAME)


def _bare_xlsx(source: Path) -> None:
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True})
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(_read(source), 1):
            for place, value in enumerate(row):
                if place == len("abcd"):
                    sheet.write_datetime(number, place, date.fromisoformat(str(value)), day)
                else:
                    sheet.write(number, place, value)
        book.close()


def _csv(kept: KeptSheet) -> None:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        file.writelines(write_kept_csv(kept, FRAME))


def _bare_csv(source: Path) -> None:
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_read(source))


def _papers(kept: KeptSheet, folder: Path, *, columns: int) -> float:
    """Make the papers of some recipients: 30 rows each, with all columns or one."""
    began = time.perf_counter()
    for number in range(RECIPIENTS):
        rows = (row[:columns] for row in kept.rows(("branch", f"Sucursal {number}")))
        own = write_kept(folder / "own", kept.columns[:columns], rows)
        make_sheet_pdf(own, PdfContent(), FRAME)
    return RECIPIENTS / (time.perf_counter() - began) * 60
