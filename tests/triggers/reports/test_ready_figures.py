"""Issue 11, point 18: a ready report's figures, parsed out of every form, are an independent sum.

The rows of the listings are compared with plain Python in tests/listings; here what a reader
gets: mail, text, paper, XLSX, CSV, SMS and the page by signed link, against SQL that shares
nothing with the listings.
"""

import csv
import io
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from emailketing.accounts.who import Who
from emailketing.channels.models import Sender
from emailketing.cli.show import clock
from emailketing.content.sheet.column import Column
from emailketing.links.models import PublicAddress, SignedLink
from emailketing.links.signed import url_of
from emailketing.schedule.run_by_hand import run_by_hand
from emailketing.schedule.work import claim
from emailketing.sources.connectors import load
from emailketing.sources.models import Source
from emailketing.triggers.reports.definition.ready import find_ready, take_ready
from emailketing.triggers.reports.models import Report
from emailketing.triggers.reports.running.kept_files import last_columns
from emailketing.triggers.reports.running.preview import preview_report
from emailketing.triggers.reports.running.read import keep_rows
from emailketing.triggers.reports.running.run_report import run_report
from tests.listings.station_books import NOW
from tests.triggers.reports.test_pages import allow_links
from tests.triggers.reports.test_ready import books
from tests.web.published import publish

# ruff: noqa: S608 - the sums stand here

__all__ = ["books"]
pytestmark = pytest.mark.django_db
Table = list[dict[str, str]]
SOLD = "FROM venta v WHERE v.estado = 'emitida' AND v.fecha = '2026-11-23'"
LEDGER = (
    "SELECT sum(l.haber - l.debe) FROM asiento_linea l, asiento a, cuenta c WHERE a.id ="
    " l.asiento_id AND c.id = l.cuenta_id AND a.fecha BETWEEN '2026-11-01' AND '2026-11-24'"
    " AND substr(c.codigo, 1, 1) IN {}"
)
PUMPED = (
    "FROM venta_combustible f, venta v WHERE v.id = f.venta_id AND v.estado = 'emitida' AND v.fecha"
)
TILLS = "FROM caja_cierre WHERE estado = 'cerrada' AND fecha BETWEEN '2026-11-16' AND '2026-11-22'"
OWED = "FROM venta WHERE estado = 'emitida' AND saldo <> 0"
NET = (
    "SELECT sum({}) FROM (SELECT total - coalesce(round(total * 1.0 / part), 0) AS net,"
    " round(cost) - coalesce(round(cost / part), 0) AS spent FROM (SELECT sum(l.total) AS total,"
    " sum(round(l.cantidad * 1000) * l.costo) / 1000.0 AS cost,"
    " CASE p.iva WHEN 10 THEN 11.0 WHEN 5 THEN 21.0 END AS part"
    " FROM venta v JOIN venta_linea l ON l.venta_id = v.id JOIN producto p ON p.id = l.producto_id"
    " WHERE v.estado = 'emitida' AND v.fecha LIKE '2026-10-%' GROUP BY p.id))"
)
CAME = "SELECT coalesce(sum(litros), 0) FROM recepcion_combustible WHERE fecha = '2026-11-23'"
PUMPS = "'2026-11-16' AND '2026-11-22' AND f.vehiculo_id IS NOT NULL"
OF_A_DAY = {"total": f"SELECT sum(total) {SOLD}", "invoices": f"SELECT count(*) {SOLD}"}
# name of a figure → the sum
WANTED: dict[str, dict[str, str]] = {
    "income_statement": {
        "result.amount": LEDGER.format("('4', '5', '6')"),
        "income.amount": LEDGER.format("('4')"),
        "gross_profit.amount": LEDGER.format("('4', '5')"),
    },
    "sales_by_branch": OF_A_DAY,
    "sales_by_hour": OF_A_DAY,
    "sales_by_group": {
        "total": f"SELECT sum(total) FROM venta_linea WHERE venta_id IN (SELECT id {SOLD})",
    },
    "sales_by_means": {
        "total": f"SELECT sum(total) {SOLD}",
        "payments": f"SELECT (SELECT count(*) FROM venta_pago WHERE venta_id IN (SELECT id {SOLD}))"
        f" + (SELECT count(*) {SOLD} AND v.condicion = 'credito')",
    },
    "litres_against_tank": {
        "sold": f"SELECT sum(f.litros) {PUMPED} = '2026-11-23'",
        "received": CAME,
        "difference": "SELECT (SELECT sum(litros) FROM tanque_medicion WHERE fecha = '2026-11-23')"
        " - (SELECT sum(litros) FROM tanque_medicion WHERE fecha = '2026-11-22')"
        f" + (SELECT sum(f.litros) {PUMPED} = '2026-11-23')"
        f" - ({CAME})",
    },
    "cash_differences": {
        "difference": f"SELECT sum(diferencia) {TILLS}",
        "shortage": f"SELECT sum(min(diferencia, 0)) {TILLS}",
        "overage": f"SELECT sum(max(diferencia, 0)) {TILLS}",
        "with_difference": f"SELECT count(*) {TILLS} AND diferencia <> 0",
        "shifts": f"SELECT count(*) {TILLS}",
    },
    "fleet_consumption": {
        "litres": f"SELECT sum(f.litros) {PUMPED} BETWEEN {PUMPS}",
        "amount": f"SELECT sum(f.importe) {PUMPED} BETWEEN {PUMPS}",
        "fuellings": f"SELECT count(*) {PUMPED} BETWEEN {PUMPS}",
    },
    "receivables_by_age": {
        "total": f"SELECT sum(saldo) {OWED}",
        "over_90": f"SELECT sum(saldo) {OWED} AND vencimiento < date('2026-11-24', '-90 days')",
        "not_due": f"SELECT sum(saldo) {OWED} AND vencimiento >= '2026-11-24'",
        "days_30": f"SELECT sum(saldo) {OWED} AND vencimiento BETWEEN"
        " date('2026-11-24', '-30 days') AND '2026-11-23'",
        "invoices": f"SELECT count(*) {OWED}",
    },
    "payables_due": {
        "amount_pyg": "SELECT (SELECT sum(round(saldo * cotizacion)) FROM factura_compra WHERE"
        " estado = 'pendiente' AND vencimiento <= '2026-11-30') + (SELECT"
        " coalesce(sum(round(m.importe * o.cotizacion)), 0) FROM orden_pago_medio m, orden_pago o"
        " WHERE o.id = m.orden_pago_id AND m.medio = 'cheque' AND m.fecha_pago BETWEEN"
        " '2026-11-24' AND '2026-11-30')",
    },
    "low_stock": {"rows": "SELECT count(*) FROM existencia WHERE cantidad < minimo"},
    "stock_without_movement": {
        "cost": "SELECT sum(round(e.cantidad * p.costo)) FROM existencia e JOIN producto p"
        " ON p.id = e.producto_id AND p.activo = 1 WHERE e.cantidad > 0 AND NOT EXISTS"
        " (SELECT 1 FROM venta v, venta_linea l WHERE l.venta_id = v.id AND v.estado = 'emitida'"
        " AND v.sucursal_id = e.sucursal_id AND l.producto_id = e.producto_id"
        " AND v.fecha BETWEEN '2026-10-25' AND '2026-11-23')",
    },
    "margin_by_product": {
        "margin": NET.format("net - spent"),
        "net_sales": NET.format("net"),
        "net_cost": NET.format("spent"),
    },
    "price_changes": {
        "rows": "SELECT count(*) FROM precio_historial WHERE desde BETWEEN '2026-11-17' AND"
        " '2026-11-24'",
    },
    "audit_of_the_day": {
        "rows": "SELECT (SELECT count(*) FROM bitacora WHERE cuando LIKE '2026-11-23%')"
        " + (SELECT count(*) FROM precio_historial WHERE desde LIKE '2026-11-23%')"
        " + (SELECT count(*) FROM caja_movimiento WHERE tipo = 'egreso' AND cuando LIKE"
        " '2026-11-23%') + (SELECT count(*) FROM caja_cierre WHERE estado = 'cerrada' AND"
        " diferencia <> 0 AND cerrada_en LIKE '2026-11-23%')"
        " + (SELECT count(*) FROM ajuste_existencia WHERE cuando LIKE '2026-11-23%')"
        " + (SELECT count(*) FROM orden_compra WHERE estado = 'anulada' AND anulado_en LIKE"
        " '2026-11-23%')",
    },
}
UNITS = {"mil": Decimal(1_000), "M": Decimal(1_000_000), "": Decimal(1)}
SHORT = re.compile(r"(?:Gs\. )?(-?[\d.]+(?:,(\d+))?)(?: (mil|M))?")
NUMBER = re.compile(r"[-−]?\d[\d.]*(?:,\d+)?")


def number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(".", "").replace(",", "."))


def numbers(text: str) -> set[Decimal]:
    return {number(each) for each in NUMBER.findall(text)}


def wanted(source: Source, name: str) -> dict[str, Decimal]:
    with closing(sqlite3.connect(source.database)) as database:
        return {
            figure: round(Decimal(repr(database.execute(sql).fetchone()[0])), 3).normalize() + 0
            for figure, sql in WANTED[name].items()
        }


def in_table(table: Table, figure: str, columns: dict[str, Column], label: str) -> Decimal:
    """Return a figure out of a sheet: a column added up, a line's cell, or how many rows."""
    if figure == "rows":
        return Decimal(len(table))
    heading = columns[figure.rpartition(".")[2]].heading("es")
    rows = [row for row in table if next(iter(row.values())) == label] if label else table
    return sum((Decimal(row[heading] or 0) for row in rows), Decimal()).normalize() + 0


def of_csv(content: bytes) -> Table:
    text = content.decode("utf-8-sig")
    return [
        {name: re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", cell) for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(text), delimiter=";")
    ]


def of_xlsx(content: bytes, count: int) -> Table:
    sheet = load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    return [
        {str(n): "" if cell is None else str(cell) for n, cell in zip(head, row, strict=True)}
        for row in rows[:count]
    ]


def said_in_sms(report: Report, sms: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Return figure → its value in the SMS, and how far it may be rounded."""
    pattern = re.escape(report.phone_text["es"]).replace(r"\{", "{").replace(r"\}", "}")
    pattern = re.sub(r"\{[\w.\\]+\\\+\}", r"(?: \\([^)]*\\))?", pattern)
    names = [each.replace("\\", "") for each in re.findall(r"\{([\w.\\]+)\}", pattern)]
    found = re.fullmatch(re.sub(r"\{[\w.\\]+\}", "(.+?)", pattern), sms)
    assert found, (pattern, sms)
    told = {}
    for name, text in zip(names, found.groups(), strict=True):
        if name != "when" and (short := SHORT.fullmatch(text)):
            unit = UNITS[short[3] or ""]
            step = Decimal(1).scaleb(-len(short[2] or "")) * unit if short[3] else Decimal("0.01")
            told[name] = number(short[1]) * unit, step / 2
    return told


def in_all_forms(report: Report) -> None:
    report.files, report.delivery, report.chart, report.top = ["pdf", "xlsx", "csv"], "both", {}, 50


def test_every_ready_report_has_its_sums() -> None:
    assert WANTED.keys() == load("estacion").reports.keys()


@pytest.mark.parametrize("name", WANTED)
def test_p7_every_form_tells_an_independent_sum(books: Source, name: str, tmp_path: Path) -> None:
    report = take_ready(find_ready(name), by="ana", now=NOW, change=in_all_forms)
    with translation.override("es"):
        found = preview_report(report, now=NOW, language="es", folder=tmp_path / "seen")
    pdf, xlsx, comma = (file.content for file in found.files)
    kept = keep_rows(report, NOW, tmp_path / "again.sheet")
    columns = {column.name: column for column in kept.columns}
    table, sheet = of_csv(comma), of_xlsx(xlsx, kept.count)
    paper = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    boxes = re.findall(r'<div class="big[^>]*>([^<]*)<', found.mail.html)
    shown = [numbers(unescape(box)) for box in boxes]
    sums = wanted(books, name)
    sms = said_in_sms(report, found.phones["sms"])
    lines = {"result": "Resultado", "income": "Ingresos", "gross_profit": "Utilidad bruta"}
    for place, (figure, value) in enumerate(sums.items()):
        label = lines.get(figure.partition(".")[0], "") if "." in figure else ""
        assert in_table(table, figure, columns, label) == value, f"CSV {figure}"
        assert in_table(sheet, figure, columns, label) == value, f"XLSX {figure}"
        if figure != "rows":
            assert list(report.figures).index(figure) >= 0, place
            assert shown[report.figures.index(figure)] == {value}, f"mail {figure}"
            assert value in numbers(found.mail.text), f"text {figure}"
            assert value in numbers(paper.replace("\n", " ")), f"PDF {figure}"
        if figure in sms:
            told, most = sms[figure]
            assert abs(told - value) <= most, f"SMS {figure}"
    assert sms.keys() & sums.keys()


def for_the_boss(report: Report) -> None:
    report.recipients = [{"kind": "address", "value": "boss@shop.example", "language": "es"}]
    report.rows_by, report.files, report.chart = {}, ["csv"], {}


def page_sent(name: str, visitor: Client) -> str:
    """Let the report run, and open the page of its reader as he does."""
    Sender.objects.create(name="Avisos", from_address="a@shop.example", host="127.0.0.1")
    allow_links()
    report = take_ready(find_ready(name), by=Who("ana"), now=NOW, change=for_the_boss)
    PublicAddress.objects.update(worked_at=NOW)
    run_by_hand(report.trigger, "now", by=Who("ana"), now=NOW)
    claimed = claim("one", kind="report", now=NOW)
    assert claimed is not None
    run_report(claimed, clock=lambda: NOW)
    link = SignedLink.objects.select_related("key").get(purpose="report")
    SignedLink.objects.update(expires_at=clock() + timedelta(days=1))
    answer = visitor.get(urlsplit(url_of(link)).path)
    assert answer.status_code == 200
    return answer.content.decode()


def cells_of(row: str) -> list[str]:
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", cell)).strip(" \n▲▼") for cell in cells]


def rows_between(page: str, part: str) -> list[list[str]]:
    inner = page.partition(f"<{part}>")[2].partition(f"</{part}>")[0]
    return [cells_of(row) for row in inner.split("</tr>") if "<t" in row.replace("<tr", "")]


@pytest.mark.parametrize("name", WANTED)
def test_p7_the_page_tells_it_too(books: Source, name: str, settings: Settings) -> None:
    page = page_sent(name, publish(settings))
    report = Report.objects.get()
    columns = {column.name: column for column in last_columns(report)}
    (head,), totals = rows_between(page, "thead"), rows_between(page, "tfoot")
    lines = {row[0].replace("\xa0", ""): row for row in rows_between(page, "tbody")}
    labels = {"result": "Resultado", "income": "Ingresos", "gross_profit": "Utilidad bruta"}
    boxes = [numbers(unescape(box)) for box in re.findall(r"<strong>(.*?)</strong>", page)]
    for figure, value in wanted(books, name).items():
        if figure == "rows":
            (count,) = re.findall(r"<h2>\s*([\d.]+) filas?", page)
            assert number(count) == value
            continue
        line, _dot, column = figure.rpartition(".")
        row = lines[labels[line]] if line else totals[0]
        cell = row[head.index(columns[column].heading("es"))]
        assert value in numbers(cell), f"page {figure}"
        assert boxes[report.figures.index(figure)] == {value}, f"page {figure}"
