"""A report on paper: the figures of the read on every page, and nothing missing unsaid (P6, P7)."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from emailketing.common.plain import Cell
from emailketing.content.look import BrandLook
from emailketing.content.sheet import paper_pieces
from emailketing.content.sheet.chart_points import SheetChart
from emailketing.content.sheet.column import Column
from emailketing.content.sheet.figure import KeyFigure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet, write_kept
from emailketing.content.sheet.pdf import PdfContent, PdfFailed, make_sheet_pdf

FRAME = SheetFrame(
    title="Ventas",
    period="noviembre",
    filters=("solo abiertas",),
    made_at=datetime(2026, 12, 1, 10, 0, tzinfo=UTC),
    zone="America/Asuncion",
    language="es",
    look=BrandLook(name="Estación Ñu Guasu"),
)
COLUMNS = [
    Column("branch", "Sucursal"),
    Column("ticket", "Factura"),
    Column("sum", "Importe", "money", total="sum"),
]


def kept_of(tmp_path: Path, count: int) -> KeptSheet:
    rows: list[list[Cell]] = [
        [["Central", "Ñemby"][number % 2], f"001-{number:04}", Decimal(1000 + number)]
        for number in range(count)
    ]
    return write_kept(tmp_path / "kept", COLUMNS, rows)


def pages(content: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(content))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_each_page_has_the_heading_the_sum_so_far_and_its_number(tmp_path: Path) -> None:
    kept = kept_of(tmp_path, 130)
    found = pages(make_sheet_pdf(kept, PdfContent(), FRAME))
    assert len(found) == 3
    for number, page in enumerate(found, 1):
        assert "Sucursal Factura Importe" in page
        assert f"Página {number} de 3" in page
    first = [Decimal(1000 + number) for number in range(130) if f"001-{number:04}" in found[0]]
    assert f"Suma y sigue: {sum(first):,}".replace(",", ".") in found[0]
    assert "Suma y sigue" not in found[2]
    assert "Total 138.385" in found[2]
    assert kept.totals()[2] == 138_385
    assert "01/12/2026 07:00 (America/Asuncion)" in found[0]
    assert "solo abiertas" in found[0]


def test_groups_have_subtotals_and_go_on_under_their_heading(tmp_path: Path) -> None:
    kept = kept_of(tmp_path, 150)
    text = pages(make_sheet_pdf(kept, PdfContent(group="branch"), FRAME))
    whole = " ".join(text)
    assert "Sucursal: Central" in text[0]
    assert "Sucursal: Central" in text[1]  # the group goes on
    assert "Subtotal 80.550" in whole
    assert "Subtotal 80.625" in whole


def test_p8_the_paper_of_one_holds_his_rows_alone(tmp_path: Path) -> None:
    kept = kept_of(tmp_path, 20)
    his = write_kept(tmp_path / "his", kept.columns, kept.rows(("branch", "Ñemby")))
    text = " ".join(pages(make_sheet_pdf(his, PdfContent(), FRAME)))
    assert "Central" not in text
    assert "Total 10.100" in text


@pytest.mark.parametrize(("count", "is_landscape"), [(3, False), (11, True), (38, True)])
def test_a_wide_table_lies_on_its_side(tmp_path: Path, count: int, is_landscape: bool) -> None:
    columns = [Column(f"c{number}", f"Columna {number}", "money") for number in range(count)]
    kept = write_kept(tmp_path / "wide", columns, [[1_234_567] * count])
    content = make_sheet_pdf(kept, PdfContent(), FRAME)
    page = PdfReader(io.BytesIO(content)).pages[0]
    assert (page.mediabox.width > page.mediabox.height) is is_landscape
    assert pages(content)[0].count("1.234.567") == count


def test_p6_paper_ends_and_says_so(tmp_path: Path) -> None:
    text = " ".join(pages(make_sheet_pdf(kept_of(tmp_path, 25), PdfContent(most=10), FRAME)))
    assert "10 de 25 filas están en este papel; los totales son de todas." in text
    assert "Total 25.300" in text


def test_what_is_typst_in_a_cell_is_text_and_figures_and_chart_are_there(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["#panic(1) $x$ <b>", "x" * 900, Decimal("NaN")], ["漢字", "", 5]]
    kept = write_kept(tmp_path / "bad", COLUMNS, rows)
    figure = KeyFigure(label="Ventas", value=5, before=4, column=COLUMNS[2], against="ayer")
    chart = SheetChart(kind="bars", label="branch", values=("sum",))
    content = make_sheet_pdf(kept, PdfContent(figures=[figure], chart=chart), FRAME)
    text = " ".join(pages(content))
    for part in ("#panic(1) $x$ <b>", "NaN", "25 % más que ayer (Gs. 4)", "Total 5"):
        assert part in text
    assert content == make_sheet_pdf(kept, PdfContent(figures=[figure], chart=chart), FRAME)


def test_an_empty_report_is_a_page_that_says_so(tmp_path: Path) -> None:
    found = pages(make_sheet_pdf(kept_of(tmp_path, 0), PdfContent(), replace(FRAME, filters=())))
    assert len(found) == 1
    assert "No hay nada que informar." in found[0]


def test_each_reads_in_his_language_why_there_is_no_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper_pieces, "LAYOUT", tmp_path / "gone.typ")
    for language, words in (
        ("es", "No se puede poner el informe"),
        ("en", "The report cannot be set"),
    ):
        with pytest.raises(PdfFailed, match=f"^{words}"):
            make_sheet_pdf(kept_of(tmp_path, 1), PdfContent(), replace(FRAME, language=language))
