"""A report in a mail: the same figures as the read, readable on a phone, never cut in silence.

Issue 11, points 8, 18 and 19; P6, P7.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from emailketing.common.plain import Cell, Entry
from emailketing.content.compile import Compiled
from emailketing.content.look import BrandLook
from emailketing.content.render import Rendered, render
from emailketing.content.report_chart import pictures_of
from emailketing.content.samples import sample_data
from emailketing.content.save import compile_texts
from emailketing.content.sheet.chart_points import SheetChart
from emailketing.content.sheet.column import Column, Threshold
from emailketing.content.sheet.figure import KeyFigure
from emailketing.content.sheet.frame import SheetFrame
from emailketing.content.sheet.kept import KeptSheet, write_kept
from emailketing.content.sheet.mail import MOST_SHOWN, MailContent, freeze_report
from emailketing.content.sheet.mail_text import folded
from emailketing.content.starters import starter_texts

LOOK = BrandLook(name="Estación Ñu Guasu S.A.", address="Ruta PY02", phone="+595 21 555 100")
FRAME = SheetFrame(
    title="Ventas por sucursal",
    period="noviembre de 2026",
    filters=("solo abiertas",),
    made_at=datetime(2026, 12, 1, 10, 0, tzinfo=UTC),
    zone="America/Asuncion",
    language="es",
    look=LOOK,
)
LOW = Threshold(Decimal(0), is_above=False, tone="bad")
COLUMNS = [
    Column("branch", {"es": "Sucursal", "en": "Branch"}),
    Column("sum", {"es": "Ventas", "en": "Sales"}, "money", total="sum", thresholds=(LOW,)),
    Column("share", {"es": "Margen", "en": "Margin"}, "percent", total="average"),
]
ROWS: list[list[Cell]] = [
    ["Casa Central", 84_300_000, Decimal("0.125")],
    ["Ñemby", Decimal("-1250000.5"), None],
    ["<b>Luque</b> & {{ company.name }} {% x %}", 7, Decimal("NaN")],
]
FIGURES = [
    KeyFigure(label="Ventas", value=84_300_000, before=75_000_000, column=COLUMNS[1], good="up")
]
CHART = SheetChart(kind="bars", label="branch", values=("sum",))


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    settings.ATTACHMENTS = tmp_path / "store"


def kept_of(tmp_path: Path, columns: list[Column], rows: list[list[Cell]]) -> KeptSheet:
    return write_kept(tmp_path / "kept", columns, rows)


def written(report: Entry, language: str = "es") -> Rendered:
    texts = starter_texts("report", language)
    compiled = compile_texts(texts, look=LOOK, language=language)
    data: dict[str, Any] = {**sample_data("report", language), "report": report}
    return render(compiled, data, language=language)


def cells_of(page: str) -> list[list[str]]:
    """Read the table as a person does: what stands in the cells of its rows."""
    rows = re.findall(r"<tr[^>]*>((?:(?!<tr).)*?)</tr>", page, re.DOTALL)
    cells = [re.findall(r"<td[^>]*>\s*<span[^>]*>.*?</span>(.*?)</td>", row) for row in rows]
    return [[unescape(re.sub("<[^>]+>", "", cell)) for cell in row] for row in cells if row]


def test_p7_page_and_text_show_the_figures_of_the_read(tmp_path: Path) -> None:
    kept = kept_of(tmp_path, COLUMNS, ROWS)
    mail = written(freeze_report(kept, MailContent(figures=FIGURES, chart=CHART), {"es": FRAME}))
    assert mail.subject == "Ventas por sucursal · noviembre de 2026"
    assert cells_of(mail.html) == [
        ["Casa Central", "84.300.000", "12,5\xa0%"],
        ["Ñemby", "✗ -1.250.001", ""],
        ["<b>Luque</b> & {{ company.name }} {% x %}", "7", "NaN"],
        ["Total", "83.050.007", "prom. 12,5\xa0%"],
    ]
    for text in ("84.300.000", "✗ -1.250.001", "83.050.007", "prom. 12,5 %", "solo abiertas"):
        assert text in mail.text
    for text in ("Gs. 84.300.000", "▲ 12 % más que antes (Gs. 75.000.000)"):
        assert text in mail.html.replace("\xa0", " ")
        assert text in mail.text
    assert "“Margen”: 1 valor no es de su tipo y no se suma." in mail.text
    assert "01/12/2026 07:00 (America/Asuncion)" in unescape(mail.html)


def test_s10_html_in_a_cell_is_text(tmp_path: Path) -> None:
    kept = kept_of(tmp_path, COLUMNS, ROWS)
    mail = written(freeze_report(kept, MailContent(), {"es": FRAME}))
    assert "<b>Luque" not in mail.html
    assert "&lt;b&gt;Luque" in mail.html
    assert "<b>Luque</b> & {{ company.name }}" in mail.text


def test_each_reads_his_language(tmp_path: Path) -> None:
    kept = kept_of(tmp_path, COLUMNS, ROWS)
    frames = {"es": FRAME, "en": replace(FRAME, title="Sales by branch", language="en")}
    report = freeze_report(kept, MailContent(figures=FIGURES), frames)
    assert "84,300,000" in written(report, "en").text
    assert "12% more than before" in written(report, "en").text.replace(" %", "%")
    assert written(report, "pt").subject.startswith("Ventas por sucursal")


def test_p6_a_mail_says_of_how_many_it_shows_some(tmp_path: Path) -> None:
    many: list[list[Cell]] = [[f"Sucursal {number}", number, None] for number in range(1_214)]
    kept = kept_of(tmp_path, COLUMNS, many)
    content = MailContent(top=10, has_files=True, order=(("sum", True),))
    mail = written(freeze_report(kept, content, {"es": FRAME}))
    assert "10 de 1.214 filas; todas están en el archivo adjunto." in mail.text
    assert cells_of(mail.html)[0][:2] == ["Sucursal 1213", "1.213"]
    assert len(cells_of(mail.html)) == 11


def test_what_the_run_before_did_not_have_is_marked(tmp_path: Path) -> None:
    kept = kept_of(tmp_path, COLUMNS, ROWS)
    content = MailContent(is_new=lambda row: row[0] == "Ñemby")
    mail = written(freeze_report(kept, content, {"es": FRAME}))
    assert [row[0] for row in cells_of(mail.html)][:2] == ["Casa Central", "Ñemby (nueva)"]


def test_m5_no_place_of_an_approved_text_is_empty(tmp_path: Path) -> None:
    places = "{{ report.title }}\n{{ report.period or report.made_at }}\n{{ report.line }}"
    revision = Compiled("report_ready", "", places, "approved")
    frame = replace(FRAME, period="")
    for rows, line in ((ROWS, "Ventas: Gs. 84,3 M (+12 %)"), ([], "No hay nada que informar.")):
        content = MailContent(figures=FIGURES if rows else ())
        report = freeze_report(kept_of(tmp_path, COLUMNS, rows), content, {"es": frame})
        data: dict[str, Any] = {**sample_data("report", "es"), "report": report}
        text = render(revision, data, language="es").text
        assert text == f"Ventas por sucursal\n01/12/2026 07:00\n{line}"


def test_an_empty_report_says_that_it_is_empty(tmp_path: Path) -> None:
    mail = written(freeze_report(kept_of(tmp_path, COLUMNS, []), MailContent(), {"es": FRAME}))
    assert "No hay nada que informar." in mail.text
    assert "No hay nada que informar." in mail.html


@pytest.mark.parametrize("value", ["x" * 50_000, "&" * 50_000, "palabra " * 9_000])
def test_no_provider_cuts_a_mail_whatever_stands_in_it(tmp_path: Path, value: str) -> None:
    columns = [Column(f"c{number}", f"Columna {number}") for number in range(40)]
    kept = kept_of(tmp_path, columns, [[value] * 40 for _ in range(60)])
    mail = written(freeze_report(kept, MailContent(figures=FIGURES * 6, top=50), {"es": FRAME}))
    assert len(mail.html.encode()) <= 90_000
    assert "Se muestran 12 de 40 columnas" in mail.text
    assert len(cells_of(mail.html)[0]) == MOST_SHOWN


def test_a_mail_shows_the_columns_that_were_chosen_and_says_so(tmp_path: Path) -> None:
    columns = [Column(f"c{number}", f"Columna {number}") for number in range(8)]
    kept = kept_of(tmp_path, columns, [list("abcdefgh")])
    content = MailContent(columns=("c6", "c0", "gone"))
    mail = written(freeze_report(kept, content, {"es": FRAME}))
    assert cells_of(mail.html) == [["a", "g"]]
    assert "Se muestran 2 de 8 columnas" in mail.text


def test_the_chart_is_the_one_of_the_read_or_its_words(tmp_path: Path) -> None:
    kept = kept_of(tmp_path, COLUMNS, ROWS)
    report = freeze_report(kept, MailContent(chart=CHART), {"es": FRAME})
    page = written(report).html
    [chart] = pictures_of(page, {"report": report}, "es")
    assert chart is not None
    assert chart.content.startswith(b"\x89PNG")
    assert 'alt="Barras: Ventas. Casa Central: 84,3 M' in page
    for file in (tmp_path / "store").rglob("*"):
        if file.is_file():
            file.unlink()
    assert list(pictures_of(page, {"report": report}, "es")) == []


@pytest.mark.browser
@pytest.mark.parametrize("count", [2, 3, 6, 12])
def test_a_phone_of_320_points_and_a_page_of_600_need_no_scrolling(
    tmp_path: Path, count: int
) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    columns = [
        Column("branch", "Sucursal"),
        *(Column(f"c{number}", f"Importe {number}", "money", total="sum") for number in range(11)),
    ][:count]
    long = "San Lorenzo-y-alrededores-de-la-capital"
    kept = kept_of(tmp_path, columns, [[long, *[1_234_567_890] * (count - 1)]] * 3)
    content = MailContent(figures=FIGURES * 6, chart=None)
    page = tmp_path / "mail.html"
    page.write_text(written(freeze_report(kept, content, {"es": FRAME})).html)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for width in (320, 600):
            tab = browser.new_page(viewport={"width": width, "height": 800})
            tab.goto(page.as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()


def test_issue_8_the_text_part_breaks_its_lines_and_never_an_address() -> None:
    told = folded(f"Filtro: {'sucursal y turno ' * 9}https://avisos.example.com/{'r' * 90} fin")
    lines = told.split("\n")
    assert max(len(line) for line in lines if "https" not in line) <= 76
    assert f"  https://avisos.example.com/{'r' * 90}" in lines
    assert folded("* Ventas: 1\n* Compras: 2") == "* Ventas: 1\n* Compras: 2"
