"""Sheets: real types, and nothing a hostile value says is ever carried out (S25–S27)."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from emailketing.common.plain import Cell
from emailketing.content.sheets import (
    SheetColumn,
    csv_cell,
    file_name,
    sheet_name,
    write_csv,
    write_xlsx,
)

ZONE = "America/Asuncion"
HOSTILE = [
    "=HYPERLINK(\"http://x\",\"a\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\tx", "＝1+1",
]  # fmt: skip


def opened(*rows: list[Any]) -> Any:
    columns = [SheetColumn("Cuándo", 20), SheetColumn("Valor", 30)]
    content = write_xlsx("Cambios", columns, rows, zone=ZONE)
    return load_workbook(io.BytesIO(content))["Cambios"]


def test_cells_have_real_types() -> None:
    at = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)
    sheet = opened([at, Decimal("6990.5")], [date(2026, 1, 31), 12], [None, ""])
    assert sheet["A2"].value.isoformat() == "2026-11-24T14:05:00"
    assert sheet["A2"].number_format == "dd/mm/yyyy hh:mm:ss"
    assert (sheet["B2"].value, sheet["B2"].data_type) == (6990.5, "n")
    assert sheet["A3"].value.isoformat() == "2026-01-31T00:00:00"
    assert (sheet["B3"].value, sheet["B3"].number_format) == (12, "#,##0")
    assert sheet["A4"].value is sheet["B4"].value is None


def test_the_heading_stays_and_filters() -> None:
    sheet = opened(["a", "b"], ["c", "d"])
    assert [cell.value for cell in sheet[1]] == ["Cuándo", "Valor"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet.column_dimensions["B"].width == pytest.approx(30, abs=1)


@pytest.mark.parametrize("value", HOSTILE)
def test_s26_no_text_becomes_a_formula(value: str) -> None:
    cell = opened(["x", value])["B2"]
    assert cell.data_type == "s"
    assert cell.value == value.replace("\t", " ")


def test_a_number_excel_cannot_hold_stays_exact_as_text() -> None:
    cell = opened(["x", Decimal("12345678901234567.89")])["B2"]
    assert (cell.value, cell.data_type) == ("12345678901234567.89", "s")


@pytest.mark.parametrize("value", HOSTILE)
def test_s25_no_text_of_a_csv_is_a_formula(value: str) -> None:
    assert csv_cell(value, ZONE).startswith("'")


@pytest.mark.parametrize("value", ["-12", "-1250.75", "+595 981 123 456", "ñandú", ""])
def test_s25_numbers_and_phones_stay_as_they_are(value: str) -> None:
    assert csv_cell(value, ZONE) == value


def test_a_csv_opens_in_excel() -> None:
    at = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)
    rows: list[list[Cell]] = [[at, Decimal("-1250.50")], ["1.5", 0.25]]
    written = {
        language: "".join(
            write_csv([SheetColumn("A"), SheetColumn("B")], rows, zone=ZONE, language=language)
        )
        for language in ("es", "pt", "en")
    }
    assert written["es"] == "\ufeffA;B\r\n2026-11-24 14:05:00;-1250,50\r\n1.5;0,25\r\n"
    assert written["pt"] == written["es"]
    assert written["en"] == "\ufeffA,B\r\n2026-11-24 14:05:00,-1250.50\r\n1.5,0.25\r\n"


def test_s27_names_hold_no_path() -> None:
    assert (
        file_name("../../etc/Producto: 10.000 ñandú\u202e", "xlsx")
        == "etc-Producto-10.000-nandu.xlsx"
    )
    assert file_name("///", "csv") == "tabla.csv"
    assert sheet_name("a/b[c]:*?") == "a b c"
    assert sheet_name("") == "1"
