"""Accounts, expenses, tanks, stock and old debts of the invented past: their sums agree."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from emailketing.demo.amounts import tax_inside
from emailketing.demo.database import Database, Row
from emailketing.demo.seed import invent
from emailketing.demo.seed.book import SeedBook
from tests.demo.conftest import NOW

TODAY = NOW.date()
Sums = Counter[tuple[date, str]]


@pytest.fixture(scope="module")
def book() -> SeedBook:
    return invent(today=TODAY)


def codes(book: SeedBook) -> dict[int, str]:
    return {row["id"]: row["codigo"] for row in book.tables["cuenta"]}


def posted(book: SeedBook, origin: str) -> list[tuple[Row, Row]]:
    """Return entry and line of one origin."""
    entries = {row["id"]: row for row in book.tables["asiento"] if row["origen"] == origin}
    return [
        (entries[line["asiento_id"]], line)
        for line in book.tables["asiento_linea"]
        if line["asiento_id"] in entries
    ]


def test_every_entry_has_as_much_debit_as_credit(book: SeedBook) -> None:
    sums: Counter[int] = Counter()
    for line in book.tables["asiento_linea"]:
        assert (line["debe"] == 0) != (line["haber"] == 0)
        sums[line["asiento_id"]] += line["debe"] - line["haber"]
    assert set(sums) == {row["id"] for row in book.tables["asiento"]}
    assert set(sums.values()) == {0}


def test_an_account_stands_below_its_own_and_only_the_last_level_is_posted_to(
    book: SeedBook,
) -> None:
    accounts = {row["codigo"]: row for row in book.tables["cuenta"]}
    for code, account in accounts.items():
        parent = code.rpartition(".")[0]
        assert not parent or accounts[parent]["tipo"] == account["tipo"]
        assert not parent or not accounts[parent]["imputable"]
    used = {line["cuenta_id"] for line in book.tables["asiento_linea"]}
    assert all(book.get("cuenta", key)["imputable"] for key in used)


def test_the_books_hold_the_sales_of_each_day_without_their_tax(book: SeedBook) -> None:
    sold: Counter[date] = Counter()
    for sale in book.tables["venta"]:
        if sale["fecha"] >= book.first_day:
            sold[sale["fecha"]] += sale["gravada_10"] + sale["gravada_5"] + sale["exenta"]
    names = codes(book)
    in_books: Counter[date] = Counter()
    for entry, line in posted(book, "ventas"):
        if names[line["cuenta_id"]].startswith("4.1"):
            in_books[entry["fecha"]] += line["haber"] - line["debe"]
    assert sold.keys() == in_books.keys()
    # each sale rounds its own tax, a day's entry rounds once
    assert all(abs(sold[day] - in_books[day]) < 60 for day in sold)


def test_the_cost_of_a_day_is_what_its_lines_cost(book: SeedBook) -> None:
    day = TODAY - timedelta(days=1)
    sales = {row["id"] for row in book.tables["venta"] if row["fecha"] == day}
    cost = Decimal(0)
    for line in book.tables["venta_linea"]:
        if line["venta_id"] in sales:
            gross = line["cantidad"] * line["costo"]
            cost += gross - tax_inside(gross, line["iva"])
    names = codes(book)
    in_books = sum(
        line["debe"]
        for entry, line in posted(book, "ventas")
        if entry["fecha"] == day and names[line["cuenta_id"]].startswith("5.")
    )
    assert abs(cost - in_books) < 60


def test_every_expense_is_in_the_books_on_its_account(book: SeedBook) -> None:
    spent: Counter[tuple[date, int]] = Counter()
    for row in book.tables["gasto"]:
        assert row["total"] == row["neto"] + row["iva"]
        spent[row["fecha"], row["cuenta_id"]] += row["neto"]
    assert spent
    names = codes(book)
    in_books: Counter[tuple[date, int]] = Counter()
    for entry, line in posted(book, "gasto"):
        if names[line["cuenta_id"]].startswith("6.") and entry["fecha"] >= book.first_day:
            in_books[entry["fecha"], line["cuenta_id"]] += line["debe"]
    assert in_books == spent


def test_the_books_reach_back_to_january_of_last_year_without_a_gap(book: SeedBook) -> None:
    months = {entry["fecha"].strftime("%Y-%m") for entry in book.tables["asiento"]}
    assert len(months) == 23
    assert min(months) == "2025-01"
    a_year_ago = {e["fecha"] for e in book.tables["asiento"] if e["origen"] == "resumen"}
    for number in range(1, 25):  # a month to date is compared with the same days
        assert date(2025, 11, number) in a_year_ago
        assert date(2025, 10, number) in a_year_ago


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 3, 31)])
def test_the_books_are_made_on_any_day(today: date) -> None:
    tables = invent(today=today, days=20).tables
    assert max(row["fecha"] for row in tables["asiento"]) == today - timedelta(days=1)
    assert min(row["fecha"] for row in tables["asiento"]).year == today.year - 1


def test_a_tank_holds_what_it_held_and_got_less_what_was_sold(book: SeedBook) -> None:
    pumps = {row["id"]: row["sucursal_id"] for row in book.tables["surtidor"]}
    sold: dict[tuple[int, int], Decimal] = {}
    for row in book.tables["venta_combustible"]:
        place = pumps[row["surtidor_id"]], row["producto_id"]
        sold[place] = sold.get(place, Decimal(0)) + row["litros"]
    lost = {}
    for tank in book.tables["tanque"]:
        levels = [
            r["litros"] for r in book.tables["tanque_medicion"] if r["tanque_id"] == tank["id"]
        ]
        assert len(levels) == 92
        assert all(0 < level <= tank["capacidad"] for level in levels)
        came = sum(
            r["litros"]
            for r in book.tables["recepcion_combustible"]
            if r["tanque_id"] == tank["id"]
        )
        place = tank["sucursal_id"], tank["producto_id"]
        lost[place] = levels[0] + came - sold[place] - levels[-1]
        stock = [
            row["cantidad"]
            for row in book.tables["existencia"]
            if (row["sucursal_id"], row["producto_id"]) == place
        ]
        assert stock == [levels[-1]]
    assert max(lost, key=lambda place: lost[place]) == (2, 3)  # the one that leaks
    assert lost[2, 3] > 2 * sorted(lost.values())[-2]


def test_debts_are_of_every_age(book: SeedBook) -> None:
    ages = [(TODAY - row["vencimiento"]).days for row in book.tables["venta"] if row["saldo"]]
    for first, last in ((-60, 0), (1, 30), (31, 60), (61, 90), (91, 999)):
        assert [age for age in ages if first <= age <= last], (first, last)


def test_cheques_and_invoices_fall_due_next_week(book: SeedBook) -> None:
    week = TODAY, TODAY + timedelta(days=7)
    cheques = [r["fecha_pago"] for r in book.tables["orden_pago_medio"] if r["medio"] == "cheque"]
    invoices = [r["vencimiento"] for r in book.tables["factura_compra"] if r["saldo"]]
    assert [day for day in cheques if week[0] <= day <= week[1]]
    assert [day for day in invoices if week[0] <= day <= week[1]]


def test_the_views_add_up(company: Database) -> None:
    with company.engine.connect() as connection:
        query = text("SELECT tipo, SUM(cantidad) FROM movimiento_existencia GROUP BY tipo")
        moved = {row.tipo: row[1] for row in connection.execute(query)}
        sold = connection.execute(text("SELECT SUM(cantidad) FROM venta_linea")).scalar()
        ledger = connection.execute(
            text("SELECT SUM(debe), SUM(haber), COUNT(*) FROM libro_mayor")
        ).one()
        lines = connection.execute(text("SELECT COUNT(*) FROM asiento_linea")).scalar()
    assert abs(Decimal(str(moved["venta"])) + Decimal(str(sold))) < 1
    assert moved["compra"] > 0 > moved["rotura"]
    assert (ledger[0], ledger[2]) == (ledger[1], lines)
