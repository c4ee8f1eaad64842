"""The lines of a statement look like one in every form: sums bold, parts indented (point 5)."""

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import Settings

from emailketing.common.plain import Cell
from emailketing.content.render import render
from emailketing.content.samples import sample_data
from emailketing.content.save import compile_texts
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.csv import write_csv
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet, write_kept
from emailketing.content.sheet.levels import LEVEL, level_reader
from emailketing.content.sheet.mail import MailContent, freeze_report
from emailketing.content.sheet.pdf import PdfContent, make_sheet_pdf
from emailketing.content.sheet.xlsx import write_xlsx
from emailketing.content.starters import starter_texts

FRAME = SheetFrame(title="Estado de resultados", language="es")
COLUMNS = [
    Column("line", "Concepto"),
    Column(LEVEL, "", "number"),
    Column("month", "Noviembre", "money"),
]
ROWS: list[list[Cell]] = [
    ["Ventas de combustible", 2, 600_000_000],
    ["Ventas del salón", 2, 12_000_000],
    ["Ingresos", 1, 612_000_000],
    ["Resultado", 0, 84_300_000],
    ["Sin nivel", None, 1],
]


@pytest.fixture
def kept(tmp_path: Path, settings: Settings) -> KeptSheet:
    settings.ATTACHMENTS = tmp_path / "store"
    return write_kept(tmp_path / "kept", COLUMNS, ROWS)


def test_in_the_mail(kept: KeptSheet) -> None:
    report = freeze_report(kept, MailContent(), {"es": FRAME})
    compiled = compile_texts(starter_texts("report", "es"), look=FRAME.look, language="es")
    data: dict[str, Any] = {**sample_data("report", "es"), "report": report}
    mail = render(compiled, data, language="es")
    assert "<b>Resultado</b>" in mail.html
    assert "<b>84.300.000</b>" in mail.html
    assert "\xa0\xa0\xa0Ventas del salón" in mail.html
    assert "\n   Ventas del salón" in mail.text
    assert "columnas" not in mail.text  # the level is none that is left out


def test_p6_a_mail_that_cannot_hold_a_statement_shows_its_sums(kept: KeptSheet) -> None:
    parts: list[list[Cell]] = [[f"Cuenta {number}", 2, number] for number in range(40)]
    end: list[list[Cell]] = [["Por acción", 0, 7], ["Sin nivel", None, 1]]
    kept = write_kept(kept.path, COLUMNS, [*parts, *ROWS[2:4], *parts, *end])
    mail = freeze_report(kept, MailContent(top=5), {"es": FRAME})["in_language"]
    assert isinstance(mail, dict)
    assert [row["cells"][0]["text"].strip("\xa0") for row in mail["es"]["rows"]] == [
        "Cuenta 0", "Ingresos", "Resultado", "Por acción", "Sin nivel",
    ]  # fmt: skip
    assert mail["es"]["more"] == "Se muestran 5 de 84 filas."


@pytest.mark.parametrize(
    ("given", "level"),
    [
        *((0, 0), (Decimal("0.0"), 0), (Decimal("2.00"), 2), (99, 6), (-1, 0)),
        *((True, 1), ("x", 1), (None, 1), (Decimal("NaN"), 1)),
    ],
)
def test_a_level_is_one_as_whichever_number_it_comes(given: Cell, level: int) -> None:
    assert level_reader(COLUMNS)(["Resultado", given, 1]) == level


def test_in_the_sheet(kept: KeptSheet) -> None:
    file = io.BytesIO()
    write_xlsx(file, kept.columns, kept.rows(), FRAME, totals=kept.totals())
    sheet = load_workbook(file).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet][:2] == [
        ["Concepto", "Noviembre"],
        ["Ventas de combustible", 600_000_000],
    ]
    assert [sheet.cell(row, 1).alignment.indent for row in (2, 4, 5)] == [1, 0, 0]
    assert [sheet.cell(row, 1).font.b for row in (2, 4, 5)] == [False, False, True]
    assert [sheet.cell(row, 2).font.b for row in (2, 5)] == [False, True]


def test_in_the_file_for_programs(kept: KeptSheet) -> None:
    text = "".join(write_csv(kept.columns, kept.rows(), replace(FRAME, language="en")))
    assert text.split("\r\n")[:2] == ["\ufeffConcepto,Noviembre", "Ventas de combustible,600000000"]


def test_on_paper(kept: KeptSheet) -> None:
    content = make_sheet_pdf(kept, PdfContent(), FRAME)
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "_level" not in text
    assert "84.300.000" in text
    plain = [[name, month] for name, _level, month in ROWS]
    lines = write_kept(kept.path, [COLUMNS[0], COLUMNS[2]], plain)
    assert content != make_sheet_pdf(lines, PdfContent(), FRAME)


def test_on_paper_the_level_is_no_column_that_is_left_out(kept: KeptSheet) -> None:
    columns = [Column(LEVEL, "", "number"), *(Column(f"c{n}", "") for n in range(41))]
    wide = write_kept(kept.path, columns, [[1] * 42])
    text = "".join(
        page.extract_text()
        for page in PdfReader(io.BytesIO(make_sheet_pdf(wide, PdfContent(), FRAME))).pages
    )
    assert "40 de 41 columnas" in text
