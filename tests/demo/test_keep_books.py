"""Operators keep books, tanks and shelves: by the verbs, by the pages, and in a day's closing."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from emailketing.demo.accounting import posted
from emailketing.demo.database import Database, OperatorTransaction, Row
from emailketing.demo.expenses import Expense, record_expense
from emailketing.demo.play import play
from emailketing.demo.refused import Refused
from emailketing.demo.stock import adjust_stock
from emailketing.demo.tanks import Delivery, measure_tank, receive_fuel, tank_levels
from tests.demo.client import Client
from tests.demo.conftest import NOW, clock

TODAY = NOW.date()


def rows(work: OperatorTransaction, name: str, **where: Any) -> list[Row]:
    table = work.tables[name]
    return work.rows(select(table).filter_by(**where).order_by(next(iter(table.primary_key))))


def balance(work: OperatorTransaction, code: str) -> int:
    """Return today's debit less credit of an account."""
    found = work.connection.execute(
        text("SELECT SUM(debe - haber) FROM libro_mayor WHERE cuenta = :code AND fecha = :day"),
        {"code": code, "day": TODAY.isoformat()},
    ).scalar()
    return int(found or 0)


def test_the_closing_of_a_day_is_posted(company: Database) -> None:
    list(play(company, clock))
    with company.look(now=NOW) as work:
        (closing,) = rows(work, "ventas_cierre", fecha=TODAY)
        (entry,) = rows(work, "asiento", fecha=TODAY, origen="ventas")
        assert entry["concepto"] == f"Cierre de ventas {closing['numero']}"
        codes = {row["id"]: row["codigo"] for row in rows(work, "cuenta")}
        lines = rows(work, "asiento_linea", asiento_id=entry["id"])
        moved = {codes[line["cuenta_id"]]: line["debe"] - line["haber"] for line in lines}
    assert sum(moved.values()) == 0
    sold = -sum(amount for code, amount in moved.items() if code.startswith("4.1"))
    assert sold - moved.get("2.1.02", 0) == closing["total"]
    assert moved["1.1.02"] == closing["credito"]
    assert moved["6.4.02"] == 50_000  # the till was short
    assert moved["6.3.07"] == 45_000  # bags and napkins
    assert moved["5.1.01"] + moved["5.1.03"] == -moved["1.1.03"] > 0


def test_a_sale_notes_what_it_cost(company: Database) -> None:
    list(play(company, clock))
    with company.look(now=NOW) as work:
        (sale,) = rows(work, "venta", fecha=TODAY, presupuesto_id=None)[:1]
        for line in rows(work, "venta_linea", venta_id=sale["id"]):
            assert line["costo"] == work.get("producto", line["producto_id"])["costo"] > 0


def test_an_expense_is_posted_without_its_tax(file_company: Database) -> None:
    with file_company.work(user="sfleitas", now=NOW) as work:
        (account,) = rows(work, "cuenta", codigo="6.3.03")
        key = record_expense(work, Expense(1, account["id"], " Pintura ", 1_100_000))
        assert (work.get("gasto", key)["neto"], work.get("gasto", key)["iva"]) == (
            1_000_000,
            100_000,
        )
        assert balance(work, "6.3.03") == 1_000_000
        assert balance(work, "1.1.04") == 100_000
        assert balance(work, "1.1.01") == -1_100_000
        record_expense(work, Expense(1, account["id"], "Pintura", 500_000, rate=0, supplier=23))
        assert balance(work, "2.1.01") == -500_000


@pytest.mark.parametrize(
    ("code", "values", "sentence"),
    [
        ("6.3.03", {"text": " "}, "Escriba en qué se gastó."),
        ("6.3.03", {"total": 0}, "El importe debe ser mayor que cero."),
        ("6.3.03", {"rate": 7}, "Elija la tasa del IVA de la lista."),
        ("4.1.01", {}, "4.1.01 Ventas de combustibles no es una cuenta de gastos."),
        ("6.3", {}, "6.3 Funcionamiento no es una cuenta de gastos."),
    ],
)
def test_a_wrong_expense_is_refused(
    file_company: Database, code: str, values: dict[str, Any], sentence: str
) -> None:
    with file_company.look(now=NOW) as work:
        (account,) = rows(work, "cuenta", codigo=code)
        given = {"branch": 1, "account": account["id"], "text": "Algo", "total": 10} | values
        with pytest.raises(Refused) as refused:
            record_expense(work, Expense(**given))
    assert refused.value.sentences == (sentence,)


def test_an_entry_that_does_not_balance_is_a_mistake_of_ours() -> None:
    with pytest.raises(ArithmeticError):
        posted({"1": 5, "2": -4}, {"1": 1, "2": 2})


def test_a_second_measurement_of_the_day_replaces_the_first(company: Database) -> None:
    with company.work(user="pvera", now=NOW) as work:
        for litres in ("3000", "2950.5"):
            measure_tank(work, 1, Decimal(litres))
        (today,) = rows(work, "tanque_medicion", tanque_id=1, fecha=TODAY)
        assert today["litros"] == Decimal("2950.5")
        with pytest.raises(Refused, match=r"caben 8\.000 litros"):
            measure_tank(work, 1, Decimal(8001))


def test_a_tank_should_hold_what_was_measured_and_what_moved_since(company: Database) -> None:
    list(play(company, clock))
    with company.work(user="pvera", now=NOW) as work:
        receive_fuel(work, Delivery(1, 1, "001-1", Decimal(2_000), 6_700))
        tank = tank_levels(work)[0]
        sold = sum(
            line["cantidad"]
            for sale in rows(work, "venta", fecha=TODAY, sucursal_id=1)
            for line in rows(work, "venta_linea", venta_id=sale["id"], producto_id=1)
        )
        assert sold > 0
        assert tank["teorico"] == tank["medido"] + 2_000 - sold
        with pytest.raises(Refused) as refused:
            receive_fuel(work, Delivery(1, 1, "", Decimal(0), 0))
    assert len(refused.value.sentences) == 3


def test_stock_is_adjusted_with_a_reason(company: Database) -> None:
    with company.work(user="dbogarin", now=NOW) as work:
        before = rows(work, "existencia", producto_id=7, sucursal_id=2)[0]["cantidad"]
        adjust_stock(work, 7, 2, amount=Decimal(-3), reason="rotura")
        assert rows(work, "existencia", producto_id=7, sucursal_id=2)[0]["cantidad"] == before - 3
        for amount, reason in ((0, "rotura"), (2, "rotura"), (-9_999, "rotura"), (1, "otro")):
            with pytest.raises(Refused):
                adjust_stock(work, 7, 2, amount=Decimal(amount), reason=reason)


@pytest.mark.parametrize(
    "address",
    [
        "/tanques",
        "/tanques/7",
        "/existencias",
        "/existencias?buscar=luque&estado=bajo el mínimo".replace(" ", "%20"),
        "/gastos",
        "/gastos?buscar=6.3&pagina=1",
        "/cuentas",
        "/cuentas?mes=2025-11",
        "/cuentas?mes=9999-12",
        "/cuentas?mes=nada",
    ],
)
def test_every_page_answers(pages: Client, address: str) -> None:
    answer = pages.get(address)
    assert answer.status == 200
    assert "<h1>" in answer.text


def test_the_forms_save_and_say_what_is_wrong(pages: Client) -> None:
    said = pages.post_and_follow("/tanques/1", {"accion": "medir", "litros": "2.500,5"})
    assert "La medición de hoy quedó anotada." in said.text
    delivery = {"accion": "recibir", "proveedor": "1", "litros": "1.000", "costo": "6.700"}
    assert pages.post("/tanques/1", delivery).problems == [
        "Escriba el número de la nota de remisión."
    ]
    said = pages.post_and_follow("/tanques/1", delivery | {"remision": "001-004-1"})
    assert "La descarga quedó anotada." in said.text
    assert "1.000 L" in said.text
    stock = {"producto": "00007 Aceite", "sucursal": "1", "cantidad": "-1", "motivo": "rotura"}
    assert "El ajuste quedó anotado." in pages.post_and_follow("/existencias", stock).text
    assert pages.post("/existencias", stock | {"producto": "x"}).problems == [
        "Elija un producto de la lista."
    ]
    expense = {"sucursal": "1", "cuenta": "44", "total": "110.000", "tasa": "10"}
    assert pages.post("/gastos", expense).problems == ["Escriba en qué se gastó."]
    assert pages.post("/gastos", {}).problems
    said = pages.post_and_follow("/gastos", expense | {"descripcion": "Resmas"})
    assert "El gasto quedó anotado." in said.text
    assert "Gs. 10.000" in said.text


def test_the_result_is_income_less_costs_and_expenses(
    pages: Client, file_company: Database
) -> None:
    with file_company.look(now=NOW) as work:
        result = work.value(
            text(
                "SELECT SUM(haber - debe) FROM libro_mayor"
                " WHERE cuenta >= '4' AND fecha >= '2026-11-01'"
            )
        )
    written = f"{result:,}".replace(",", ".")
    assert f"Gs. {written}" in pages.get("/cuentas").text
