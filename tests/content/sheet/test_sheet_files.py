"""Sheets: real types, and nothing a hostile value says is ever carried out (S25–S27)."""

import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from emailketing.common.plain import Cell
from emailketing.content.sheet.cells import shown
from emailketing.content.sheet.column import Column, Threshold
from emailketing.content.sheet.csv import csv_cell, write_csv
from emailketing.content.sheet.file_names import file_name, report_file_name, sheet_name
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import write_kept
from emailketing.content.sheet.levels import LEVEL
from emailketing.content.sheet.xlsx import groups_fit, write_xlsx, xlsx_bytes

ZONE = "America/Asuncion"
AB = [Column("a", "A"), Column("b", "B")]
FRAME = SheetFrame(title="Cambios", zone=ZONE)
HOSTILE = [
    "=HYPERLINK(\"http://x\",\"a\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\tx", "＝1+1",
]  # fmt: skip


def opened(*rows: list[Any]) -> Any:
    columns = [Column("at", "Cuándo", width=20), Column("value", "Valor", width=30)]
    content = xlsx_bytes(columns, rows, FRAME)
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


def test_printed_it_lies_on_its_side_as_wide_as_the_sheet_under_its_heading() -> None:
    sheet = opened(["a", "b"])
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToWidth in (None, 1)  # one is what Excel takes where nothing is said
    assert sheet.page_setup.fitToHeight == 0  # as many as there are


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
    assert csv_cell(value, ZoneInfo(ZONE)).startswith("'")


@pytest.mark.parametrize("value", ["-12", "-1250.75", "+595 981 123 456", "ñandú", ""])
def test_s25_numbers_and_phones_stay_as_they_are(value: str) -> None:
    assert csv_cell(value, ZoneInfo(ZONE)) == value


def test_a_csv_opens_in_excel() -> None:
    at = datetime(2026, 11, 24, 17, 5, tzinfo=UTC)
    rows: list[list[Cell]] = [[at, Decimal("-1250.50")], ["1.5", 0.25]]
    written = {
        language: "".join(write_csv(AB, rows, replace(FRAME, language=language)))
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


def test_s27_a_reports_file_says_part_and_period() -> None:
    assert (
        report_file_name("Ventas por sucursal", "Casa Central", "2026-11-29", "xlsx")
        == "Ventas-por-sucursal_Casa-Central_2026-11-29.xlsx"
    )
    assert report_file_name("", "", "noviembre de 2026", "pdf") == "informe_noviembre-de-2026.pdf"
    long = report_file_name("Ventas " * 30, "../Sucursal " * 9, "2026-11-29", "csv")
    assert long.endswith("_2026-11-29.csv")
    assert len(long) <= 84


KINDS = [
    Column("name", "Sucursal"),
    Column("sum", {"es": "Importe"}, "money", total="sum", thresholds=(
        Threshold(Decimal(0), is_above=False, tone="bad"),
    )),
    Column("usd", "En dólares", "money", currency="USD", total="sum"),
    Column("share", "Parte", "percent", total="average"),
    Column("day", "Día", "date", total="max"),
    Column("paid", "Pagado", "boolean"),
    Column("count", "Veces", "number", total="count"),
]  # fmt: skip
ROWS: list[list[Cell]] = [
    ["Casa Central", 84_300_000, Decimal("1.50"), Decimal("0.125"), date(2026, 11, 1), True, 3],
    ["Ñemby", -5, Decimal("2.25"), Decimal("0.5"), date(2026, 11, 2), False, None],
]
SUMS: list[Cell] = [
    None, 84_299_995, Decimal("3.75"), Decimal("0.3125"), date(2026, 11, 2), None, 1,
]  # fmt: skip


def test_p7_each_kind_has_its_format_and_the_totals_are_those_of_the_read() -> None:
    file = io.BytesIO()
    made = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    frame = replace(FRAME, title="Ventas", made_at=made, filters=("solo pagadas",))
    assert write_xlsx(file, KINDS, ROWS, frame, totals=SUMS) == 2
    book = load_workbook(file, data_only=True)
    sheet = book["Ventas"]
    head = [cell.value for cell in sheet[1]]
    assert head == ["Sucursal", "Importe", "En dólares (USD)", "Parte", "Día", "Pagado", "Veces"]
    formats = [sheet.cell(2, number).number_format for number in (2, 3, 4)]
    assert formats == ["#,##0", "#,##0.00", "#,##0.0%"]
    assert (sheet["F2"].value, sheet["F2"].data_type) == (True, "b")
    total = [cell.value for cell in sheet[4]]
    assert total == ["Total", 84_299_995, 3.75, 0.3125, datetime(2026, 11, 2), None, 1]  # noqa: DTZ001 - Excel knows no zones
    assert sheet["B3"].fill.fgColor.rgb == "FFFDECEA"
    assert sheet["B2"].fill.fill_type is None
    assert sheet.auto_filter.ref == "A1:G3"
    about = [[cell.value for cell in row] for row in book.worksheets[1]]
    assert ["Filtro", "solo pagadas"] in about
    assert ["Preparado", "30/11/2026 07:00 (America/Asuncion)"] in about


def test_a_total_follows_the_filter() -> None:
    file = io.BytesIO()
    write_xlsx(file, KINDS, ROWS, FRAME, totals=SUMS)
    sheet = load_workbook(file)["Cambios"]
    assert sheet["B4"].value == "=SUBTOTAL(109,B2:B3)"
    assert sheet["D4"].value == "=SUBTOTAL(101,D2:D3)"


def test_p7_a_fraction_without_end_is_a_number_where_no_digit_that_is_shown_is_lost() -> None:
    columns = [
        Column("share", "Parte", "percent", total="average"),
        Column("mean", "Medio", "money", total="average"),
        Column("ratio", "Razón", "number"),
        Column(LEVEL, "", "number"),
    ]
    long = Decimal("1234567890.3333333")
    rows: list[list[Cell]] = [
        [Decimal(1) / 3, Decimal("27683335.666666666667"), Decimal(2) / 3, 0],
        [Decimal(1) / 7, Decimal("12345678901234567.5"), long, 1],
    ]
    for places in ([0, 1, 2, 3], [0, 1, 2]):  # with levels, and without
        file = io.BytesIO()
        totals = [Decimal("0.238095238095"), Decimal("27683335.666666666667"), None, None]
        write_xlsx(
            file,
            [columns[place] for place in places],
            [[row[place] for place in places] for row in rows],
            FRAME,
            totals=[totals[place] for place in places],
        )
        sheet = load_workbook(file).worksheets[0]
        assert [cell.value for cell in sheet[2]] == [
            pytest.approx(1 / 3), pytest.approx(27683335.666666666), pytest.approx(2 / 3),
        ]  # fmt: skip
        assert [cell.data_type for cell in sheet[3]] == ["n", "s", "s"]
        assert sheet["C3"].value == str(long)
        assert sheet["A2"].number_format == "#,##0.0%"
        assert sheet["B4"].value == "=SUBTOTAL(101,B2:B3)"


NEVER, FOR_EVER = "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-03:00"


def test_p6_the_ends_of_time_stand_in_every_form(tmp_path: Path) -> None:
    columns = [
        Column("from", "Desde", "datetime", total="min"),
        Column("to", "Hasta", "datetime", total="max"),
        Column("born", "Nacido", "date", total="min"),
    ]
    rows: list[list[Cell]] = [[NEVER, FOR_EVER, date(1, 1, 1)], [FOR_EVER, None, "1950-02-03"]]
    kept = write_kept(tmp_path / "kept", columns, rows)
    assert not kept.flaws
    file = io.BytesIO()
    write_xlsx(file, columns, kept.rows(), FRAME, totals=kept.totals())
    sheet = load_workbook(file).worksheets[0]
    found = [[cell.value for cell in row] for row in sheet.iter_rows(2)]
    for_ever = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - Excel knows no zones
    assert found[0] == ["0001-01-01 00:00:00+00:00", for_ever, "0001-01-01"]
    assert found[1] == [for_ever, None, datetime(1950, 2, 3)]  # noqa: DTZ001
    text = "".join(write_csv(columns, kept.rows(), FRAME))
    assert text.split("\r\n")[1].split(";")[1:] == ["9999-12-31 23:59:59", "0001-01-01"]
    tokyo = replace(FRAME, zone="Asia/Tokyo")
    for frame in (FRAME, tokyo):
        assert "31/12/9999 23:59" in [shown(row[1], columns[1], frame) for row in kept.rows()]


def test_p6_what_one_sheet_cannot_hold_goes_on_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("emailketing.content.sheet.xlsx.MOST_ROWS", 3)
    file = io.BytesIO()
    columns = [Column("n", "N", "number", total="sum")]
    rows: list[list[Cell]] = [[number] for number in range(8)]
    assert write_xlsx(file, columns, rows, FRAME, totals=[28]) == 8
    book = load_workbook(file, data_only=True)
    assert book.sheetnames == ["Cambios", "Cambios (2)", "Cambios (3)"]
    values = [[cell.value for cell in sheet["A"]] for sheet in book]
    assert values == [["N", 0, 1, 2], ["N", 3, 4, 5], ["N", 6, 7, 28]]


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Sobre este informe", ["Sobre este informe", "Sobre este informe …"]),
        ("history", ["history.", "Sobre este informe"]),
        ("'; [x]", ["; x", "Sobre este informe"]),
    ],
)
def test_s27_whatever_a_report_is_called_its_workbook_opens(title: str, names: list[str]) -> None:
    file = io.BytesIO()
    made = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    write_xlsx(file, AB, [], replace(FRAME, title=title, made_at=made))
    assert load_workbook(file).sheetnames == names


def test_p5_memory_stays_flat_in_a_workbook() -> None:
    def peak(count: int) -> int:
        rows: Iterator[list[Cell]] = (["name" * 9, Decimal(n).scaleb(-2)] for n in range(count))
        tracemalloc.start()
        with TemporaryFile() as file:
            assert write_xlsx(file, AB, rows, FRAME) == count
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)  # what is loaded with the first sheet
    assert peak(3_000) < peak(300) + 200_000


def test_a_csv_has_rows_alone_and_exact_figures() -> None:
    text = "".join(write_csv(KINDS, ROWS, FRAME))
    assert text.split("\r\n")[1:] == [
        "Casa Central;84300000;1,50;0,125;2026-11-01;Sí;3",
        "Ñemby;-5;2,25;0,5;2026-11-02;No;",
        "",
    ]


def test_subtotals_by_group_and_a_total_that_passes_over_them(tmp_path: Path) -> None:
    columns = [Column("branch", "Sucursal"), Column("total", "Total", "money", total="sum")]
    rows = [("Norte", 5), ("Centro", 1), ("Norte", 2), (None, 4)]
    kept = write_kept(tmp_path / "kept", columns, rows)
    assert groups_fit(kept, "branch")
    assert not groups_fit(kept, "shop")
    ordered = kept.rows(order=(("branch", False),))
    with TemporaryFile() as file:
        count = write_xlsx(file, columns, ordered, FRAME, totals=kept.totals(), group="branch")
        assert count == 4
        formulas = load_workbook(file)["Cambios"]
        values = load_workbook(file, data_only=True)["Cambios"]
    assert [[cell.value for cell in row] for row in values.iter_rows(min_row=2)] == [
        ["Centro", 1], ["Centro", 1], ["Norte", 5], ["Norte", 2], ["Norte", 7],
        [None, 4], ["—", 4], ["Total", 12],
    ]  # fmt: skip
    written = [formulas.cell(row, 2).value for row in (3, 6, 8, 9)]
    assert written == [
        "=SUBTOTAL(109,B2:B2)",
        "=SUBTOTAL(109,B4:B5)",
        "=SUBTOTAL(109,B7:B7)",
        "=SUBTOTAL(109,B2:B8)",
    ]
    assert formulas.cell(6, 1).font.bold
