"""Orders, payments and collections of the sample company: act → event → the document, exactly."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from emailketing.content.starters import starters
from emailketing.demo.amounts import EnteredLine
from emailketing.demo.collect import Collection, Means, collect
from emailketing.demo.database import Row
from emailketing.demo.orders import (
    Order,
    annul_order,
    confirm_order,
    receive_order,
    save_order,
    write_order_lines,
)
from emailketing.demo.payments import Payment, issue_payment
from emailketing.demo.quotations import Quotation, save_quotation
from emailketing.sources.connectors import load
from tests.sources.station import Station, local_time

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def money(value: str) -> Decimal:
    return Decimal(value)


def pay(station: Station, currency: str, **values: Any) -> tuple[Row, list[Row]]:
    """Pay an open invoice in full and half of another of one supplier."""
    open_ones = station.rows("factura_compra", estado="pendiente", moneda=currency)
    supplier = open_ones[0]["proveedor_id"]
    chosen = [row for row in open_ones if row["proveedor_id"] == supplier][:2]
    amounts = {row["id"]: row["saldo"] for row in chosen}
    if len(chosen) > 1:
        amounts[chosen[1]["id"]] = (chosen[1]["saldo"] / 2).quantize(Decimal(1))
    with station.work("sfleitas") as work:
        order = Payment(
            supplier=supplier,
            branch=1,
            invoices=amounts,
            means=values.pop("means", "cheque"),
            bank="Banco Itaú",
            number="4471208",
            pay_on=work.today + timedelta(days=15),
            **values,
        )
        key = issue_payment(work, order)
        return work.get("orden_pago", key), chosen


def check_payment(station: Station, currency: str) -> dict[str, Any]:
    order, invoices = pay(station, currency)
    document = station.document("payment_order")
    totals = {name: money(document["totals"][name]) for name in ("total", "withheld", "net")}
    assert totals == {
        "total": order["total"], "withheld": order["retencion"], "net": order["neto"],
    }  # fmt: skip
    assert totals["total"] - totals["withheld"] == totals["net"]
    assert sum(money(row["paid"]) for row in document["invoices"]) == totals["total"]
    assert sum(money(row["amount"]) for row in document["means"]) == totals["net"]
    assert sum(money(row["amount"]) for row in document["withholdings"]) == totals["withheld"]
    assert {row["number"] for row in document["invoices"]} == {row["numero"] for row in invoices}
    for row in document["invoices"]:
        known = station.first("factura_compra", numero=row["number"])
        assert (money(row["total"]), money(row["balance"])) == (known["total"], known["saldo"])
    return document


def test_a_payment_order_reaches_us_to_the_last_guarani(station: Station) -> None:
    document = check_payment(station, "PYG")
    (means,) = document["means"]
    assert (means["means"], means["bank"], means["number"]) == ("cheque", "Banco Itaú", "4471208")
    assert document["in_person"] is True
    assert document["pay_date"] == (local_time().date() + timedelta(days=15)).isoformat()
    assert document["prepared_by"] == "Sonia Fleitas Valdez"
    assert document["label"] == f"Orden de pago {document['number']}"
    assert document["withholdings"][0]["voucher"].startswith("RET-")
    assert document["party"]["key"].startswith("supplier:")


def test_a_payment_in_dollars_by_transfer(station: Station) -> None:
    order, _invoices = pay(station, "USD", means="transferencia", account="110047235")
    document = station.document("payment_order")
    assert (document["currency"], money(document["rate"])) == ("USD", order["cotizacion"])
    assert money(document["totals"]["net"]) == order["neto"] == order["total"]
    assert document["in_person"] is False
    assert document["withholdings"] == []
    assert document["means"][0]["account"] == "110047235"


@pytest.mark.postgres
def test_the_same_on_postgresql(postgres_station: Station) -> None:
    check_payment(postgres_station, "PYG")
    check_collection(postgres_station)
    check_changed_order(postgres_station)


def test_a_payment_is_told_once_whatever_happens_to_it_later(station: Station) -> None:
    order, _invoices = pay(station, "PYG")
    assert len(station.events("payment_order")) == 1
    with station.work("sfleitas") as work:
        work.update("orden_pago", order["id"], estado="pagada")
    with station.work("sfleitas") as work:
        work.update("orden_pago", order["id"], observacion="Retira el miércoles")
    assert len(station.events("payment_order")) == 1


def test_a_draft_of_a_payment_is_not_told(station: Station) -> None:
    known = station.first("orden_pago")
    with station.work("sfleitas") as work:
        names = ("sucursal_id", "proveedor_id", "fecha", "moneda", "cotizacion", "total", "neto")
        values = {name: known[name] for name in names}
        by: dict[str, Any] = {"creado_por": "sfleitas", "creado_en": work.now}
        work.insert("orden_pago", estado="borrador", **values, **by)
    assert station.events("payment_order") == []


def debtor(station: Station) -> tuple[int, list[Row]]:
    with_debt = [row for row in station.rows("venta", estado="emitida") if row["saldo"] > 0]
    by_customer: dict[int, list[Row]] = {}
    for row in with_debt:
        by_customer.setdefault(row["cliente_id"], []).append(row)
    return next((key, rows[:2]) for key, rows in by_customer.items() if len(rows) > 1)


def check_collection(station: Station) -> None:
    """Two means, one invoice in full, a part of another, and an advance."""
    station.open_till()
    customer, sales = debtor(station)
    full, part = sales[0]["saldo"], sales[1]["saldo"] // 3
    with station.work("jcaceres") as work:
        means = [Means("transferencia", full, "Banco Tajy", "5520417"), Means("efectivo", 700_000)]
        applied = {sales[0]["id"]: full, sales[1]["id"]: min(part, 500_000)}
        key = collect(work, Collection(customer, 1, means, applied))
        saved = work.get("cobro", key)
    document = station.document("collection")
    totals = {name: money(document["totals"][name]) for name in ("total", "applied", "advance")}
    assert totals == {
        "total": saved["total"], "applied": saved["aplicado"], "advance": saved["anticipo"],
    }  # fmt: skip
    assert totals["applied"] + totals["advance"] == totals["total"] == full + 700_000
    assert totals["advance"] > 0
    assert [(row["means"], money(row["amount"])) for row in document["means"]] == [
        ("transfer", full), ("cash", 700_000),
    ]  # fmt: skip
    left = {row["number"]: money(row["balance"]) for row in document["invoices"]}
    assert left[sales[0]["numero"]] == 0
    assert left[sales[1]["numero"]] == sales[1]["saldo"] - applied[sales[1]["id"]]
    owed = station.rows("venta", cliente_id=customer, estado="emitida")
    assert money(document["balance"]) == sum(row["saldo"] for row in owed)
    assert document["cashier"] == "Juan Cáceres Aquino"
    assert document["number"] == saved["numero"]


def test_a_collection_with_two_means_a_part_and_an_advance(station: Station) -> None:
    check_collection(station)


def test_a_payment_in_advance_settles_no_invoice(station: Station) -> None:
    station.open_till()
    customer, _sales = debtor(station)
    with station.work("jcaceres") as work:
        collect(work, Collection(customer, 1, [Means("qr", 250_000)], {}))
    document = station.document("collection")
    assert document["invoices"] == []
    assert (document["totals"]["advance"], document["means"][0]["means"]) == ("250000", "qr")
    with station.work("jcaceres") as work:
        work.update("cobro", int(document["key"]), observacion="x")
    assert len(station.events("collection")) == 1


def lines_for(station: Station, supplier: int, *quantities: int) -> list[EnteredLine]:
    goods = station.rows("producto", proveedor_id=supplier)
    return [
        EnteredLine(product["id"], Decimal(quantity), Decimal(product["costo"]))
        for product, quantity in zip(goods, quantities, strict=False)
    ]


def confirmed(station: Station) -> tuple[int, list[EnteredLine]]:
    supplier = station.first("producto", es_combustible=0)["proveedor_id"]
    lines = lines_for(station, supplier, 12, 24)
    with station.work("lgimenez") as work:
        key = save_order(work, Order(supplier=supplier, branch=1, lines=lines))
        confirm_order(work, key)
    assert len(station.events("purchase_order")) == 1
    return key, lines


def check_changed_order(station: Station) -> None:
    key, lines = confirmed(station)
    more = EnteredLine(lines[0].product, lines[0].quantity + 6, lines[0].price)
    with station.work("dbogarin") as work:
        write_order_lines(work, key, [more, *lines[1:]])
        work.update("orden_compra", key, entrega=work.today + timedelta(days=9))
    (event,) = station.events("purchase_order_changed")
    document = event.data["document"]
    rows = [(row["label"]["es"], row["was"], row["now"]) for row in document["changes"]]
    assert (rows[0][0], *map(money, rows[0][1:])) == ("Cantidad", Decimal(12), Decimal(18))
    assert rows[1] == (
        "Fecha de entrega", "", (local_time().date() + timedelta(days=9)).isoformat(),
    )  # fmt: skip
    assert money(document["totals"]["total"]) == station.first("orden_compra", id=key)["total"]
    assert event.actor == "Derlis Bogarín Sosa"


def test_a_changed_order_is_told_with_what_was_and_what_is(station: Station) -> None:
    check_changed_order(station)


def test_an_order_saved_without_a_change_is_not_told(station: Station) -> None:
    key, lines = confirmed(station)
    with station.work("lgimenez") as work:
        write_order_lines(work, key, lines)
    with station.work("lgimenez") as work:
        work.update("orden_compra", key, entrega=None)
    with station.work("lgimenez") as work:
        receive_order(work, key)
    assert station.events("purchase_order_changed", "purchase_order_cancelled") == []


def test_an_annulled_order_is_told_only_to_those_who_had_it(station: Station) -> None:
    key, _lines = confirmed(station)
    old = station.first("orden_compra", estado="confirmada")  # confirmed before we came
    assert old["id"] != key
    with station.work("dbogarin") as work:
        annul_order(work, key, reason="El proveedor no tiene existencia")
        annul_order(work, old["id"], reason="Duplicada")
    document = station.document("purchase_order_cancelled")
    assert (document["key"], document["reason"]) == (str(key), "El proveedor no tiene existencia")
    assert document["sent_at"] == station.events("purchase_order")[0].occurred_at.isoformat()


def test_a_quotation_names_who_answers(station: Station) -> None:
    supplier = station.first("producto", es_combustible=0)["proveedor_id"]
    customer = station.first("cliente", activo=1)["id"]
    with station.work("cbenitez") as work:
        quotation = Quotation(
            customer=customer,
            branch=1,
            lines=lines_for(station, supplier, 3),
            valid_until=work.today + timedelta(days=15),
        )
        key = save_quotation(work, quotation)
        work.update("presupuesto", key, numero="PRE-9", estado="emitido")
    document = station.document("quotation")
    with station.work("cbenitez") as work:
        seller = work.get("usuario", "cbenitez")
    assert (document["seller"], document["reply_to"]) == (seller["nombre"], seller["email"])
    assert document["valid_until"] == (local_time().date() + timedelta(days=15)).isoformat()


def test_every_ready_made_rule_names_texts_that_ship() -> None:
    named = {
        slug
        for rule in load("estacion").rules.values()
        for slug in (rule.template, rule.texts.get("sms"))
        if slug
    }
    assert sorted(named - starters().keys()) == []
