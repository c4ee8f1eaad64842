"""The invented past: complete, the same each time, and its sums add up."""

import re
import time
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from emailketing.demo.amounts import split
from emailketing.demo.database import Database, Row
from emailketing.demo.ruc import is_ruc
from emailketing.demo.seed import invent, seed
from emailketing.demo.seed.book import SeedBook
from tests.demo.conftest import NOW

TODAY = NOW.date()
RESERVED = (".example", ".test")


@pytest.fixture(scope="module")
def book() -> SeedBook:
    return invent(today=TODAY)


def rows(book: SeedBook, table: str, **where: object) -> list[Row]:
    return [row for row in book.tables[table] if all(row.get(k) == v for k, v in where.items())]


def test_the_company_is_as_big_as_agreed(book: SeedBook) -> None:
    assert len(rows(book, "cliente")) == 61
    assert len(rows(book, "cliente", control_vehiculos=1)) == 12
    assert len(rows(book, "proveedor")) == 25
    assert len(rows(book, "producto")) == 180
    assert {row["idioma"] for row in rows(book, "cliente")} == {"es", "en", "pt"}
    assert {row["cliente_id"] for row in rows(book, "vehiculo")} == {
        row["id"] for row in rows(book, "cliente", control_vehiculos=1)
    }


def test_every_kind_of_record_covers_three_months(book: SeedBook) -> None:
    for table in ("orden_compra", "presupuesto", "venta", "cobro", "orden_pago", "ventas_cierre"):
        days = [row["fecha"] for row in rows(book, table)]
        assert max(days) < TODAY
        assert max(days) - min(days) > timedelta(days=60), table
    assert {"borrador", "confirmada", "recibida", "anulada"} == {
        row["estado"] for row in rows(book, "orden_compra")
    }


def test_exactly_one_supplier_of_goods_has_no_email(book: SeedBook) -> None:
    with_email = {r["proveedor_id"] for r in rows(book, "proveedor_contacto", tipo="email")}
    assert len(rows(book, "proveedor")) - len(with_email) == 1


def test_every_local_ruc_has_its_check_digit(book: SeedBook) -> None:
    people = rows(book, "cliente") + rows(book, "proveedor", idioma="es") + rows(book, "empresa")
    assert [row["ruc"] for row in people if not is_ruc(row["ruc"])] == []


def test_nobody_can_be_reached_by_a_real_address(book: SeedBook) -> None:
    contacts = rows(book, "cliente_contacto", tipo="email")
    contacts += rows(book, "proveedor_contacto", tipo="email")
    addresses = [row["valor"] for row in contacts]
    addresses += [row["email"] for row in rows(book, "usuario") + rows(book, "empresa")]
    addresses += [row["chofer_email"] for row in rows(book, "vehiculo") if row["chofer_email"]]
    assert addresses
    assert all(address.endswith(RESERVED) for address in addresses)
    assert all(re.fullmatch(r"[a-z.]+@[a-z.]+", address) for address in addresses)


def test_phones_are_paraguayan_mobiles(book: SeedBook) -> None:
    phones = [row["valor"] for row in rows(book, "cliente_contacto", tipo="telefono")]
    forms = r"(\+595 9\d\d \d{3} \d{3}|09\d\d \d{3} \d{3}|5959\d{8})"
    assert phones
    assert [phone for phone in phones if not re.fullmatch(forms, phone)] == []


@pytest.mark.parametrize("document", ["orden_compra", "presupuesto", "venta"])
def test_lines_and_taxes_add_up_to_the_total(book: SeedBook, document: str) -> None:
    lines: dict[int, list[Row]] = {}
    for line in book.tables[f"{document}_linea"]:
        assert abs(line["cantidad"] * line["precio"] - line["total"]) <= Decimal("0.5")
        lines.setdefault(line[f"{document}_id"], []).append(line)
    for header in book.tables[document]:
        sums = split(lines[header["id"]], header.get("moneda", "PYG"))
        assert {name: header[name] for name in sums} == sums


def test_every_till_is_what_its_movements_say(book: SeedBook) -> None:
    moved: Counter[int] = Counter()
    for row in book.tables["caja_movimiento"]:
        moved[row["caja_cierre_id"]] += row["importe"] * (1 if row["tipo"] == "ingreso" else -1)
    for session in rows(book, "caja_cierre", estado="cerrada"):
        assert session["esperado"] == session["apertura"] + moved[session["id"]]
        assert session["diferencia"] == session["contado"] - session["esperado"]
        parts = [r for r in rows(book, "caja_cierre_medio") if r["caja_cierre_id"] == session["id"]]
        assert sum(part["contado"] for part in parts) == session["contado"]


def test_every_closing_is_what_its_sales_say(book: SeedBook) -> None:
    totals: Counter[int] = Counter()
    for sale in book.tables["venta"]:
        totals[sale["ventas_cierre_id"]] += sale["total"]
    for part, column in (("rubro", "total"), ("medio", "importe")):
        sums: Counter[int] = Counter()
        for row in book.tables[f"ventas_cierre_{part}"]:
            sums[row["ventas_cierre_id"]] += row[column]
        assert sums == totals
    assert {row["id"]: row["total"] for row in rows(book, "ventas_cierre")} == totals


def test_debts_are_sales_less_collections(book: SeedBook) -> None:
    owed = {s["id"]: s["total"] for s in rows(book, "venta", condicion="credito")}
    for row in book.tables["cobro_aplicado"]:
        owed[row["venta_id"]] -= row["importe"]
    assert {s["id"]: s["saldo"] for s in rows(book, "venta", condicion="credito")} == owed
    for receipt in book.tables["cobro"]:
        assert receipt["total"] == receipt["aplicado"] + receipt["anticipo"]


def test_payment_orders_are_invoices_less_withholding(book: SeedBook) -> None:
    paid = {order["id"]: Decimal(0) for order in book.tables["orden_pago"]}
    for row in book.tables["orden_pago_factura"]:
        paid[row["orden_pago_id"]] += row["importe"]
    for order in book.tables["orden_pago"]:
        assert order["total"] == paid[order["id"]] == order["neto"] + order["retencion"]


def test_an_odometer_never_runs_backwards(book: SeedBook) -> None:
    last: dict[int, int] = {}
    for row in sorted(book.tables["venta_combustible"], key=lambda r: r["id"]):
        if row["vehiculo_id"]:
            assert row["odometro"] >= last.get(row["vehiculo_id"], 0)
            last[row["vehiculo_id"]] = row["odometro"]


def test_the_same_value_gives_the_same_rows_and_another_gives_others(book: SeedBook) -> None:
    assert invent(today=TODAY).tables == book.tables
    assert invent(today=TODAY, value=7, days=5).tables != invent(today=TODAY, days=5).tables


def test_the_past_moves_with_the_date() -> None:
    earlier = invent(today=date(2026, 3, 1), days=10)
    assert max(row["fecha"] for row in earlier.tables["venta"]) == date(2026, 2, 28)


def test_every_reference_leads_to_a_record(company: Database) -> None:
    """PostgreSQL has checked it while writing; SQLite is asked."""
    with company.engine.connect() as connection:
        if company.engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        for name, table in company.tables.items():
            count = connection.execute(select(func.count()).select_from(table)).scalar()
            assert count or name == "bitacora"


def test_seeding_again_starts_anew(file_company: Database) -> None:
    began = time.process_time()  # the machine's other work does not count
    seed(file_company, today=TODAY)
    assert time.process_time() - began < 5
    with file_company.look(now=NOW) as work:
        assert work.value(text("SELECT count(*) FROM cliente")) == 61
