"""Ready reports of point 18: debts, stock, margin, prices and audit are what plain Python finds."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from emailketing.demo.amounts import tax_inside
from tests.listings.station_books import TODAY, YESTERDAY, StationBooks, near, share

pytestmark = pytest.mark.django_db


def test_receivables_by_age(station: StationBooks) -> None:
    names = ("not_due", "days_30", "days_60", "days_90", "over_90")
    customers = station.key("cliente")
    owed: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    oldest: dict[int, date] = {}
    for sale in station.tables["venta"]:
        if sale["saldo"] and sale["estado"] == "emitida":
            age, key = (TODAY - sale["vencimiento"]).days, sale["cliente_id"]
            place = sum(age > limit for limit in (0, 30, 60, 90))
            owed[key][names[place]] += sale["saldo"]
            oldest[key] = min(oldest.get(key, sale["vencimiento"]), sale["vencimiento"])
    rows = station.ask("receivables_by_age")
    assert {row["_contact"]: {name: row[name] for name in names} for row in rows} == {
        f"customer:{key}": sums for key, sums in owed.items()
    }
    for row in rows:
        key = int(row["_contact"].partition(":")[2])
        assert row["total"] == sum(owed[key].values())
        assert row["oldest_due"] == oldest[key]
        assert row["customer"] == customers[key]["razon_social"]
    assert all(sum(row[name] for row in rows) > 0 for name in names)
    totals = [row["total"] for row in rows]
    assert totals == sorted(totals, reverse=True)
    ten = station.ask("receivables_by_age", top="10")
    assert ten == rows[:10]
    assert [row["place"] for row in ten] == list(range(1, 11))


def test_payables_and_cheques_due(station: StationBooks) -> None:
    last = TODAY + timedelta(days=6)
    orders, suppliers = station.key("orden_pago"), station.key("proveedor")
    expected = []
    for row in station.tables["factura_compra"]:
        if row["estado"] == "pendiente" and row["saldo"] and row["vencimiento"] <= last:
            name = suppliers[row["proveedor_id"]]["razon_social"]
            expected.append((row["vencimiento"], "Factura", name, row["saldo"], row["cotizacion"]))
    for row in station.tables["orden_pago_medio"]:
        if row["medio"] == "cheque" and TODAY <= row["fecha_pago"] <= last:
            rate = orders[row["orden_pago_id"]]["cotizacion"]
            due = (row["fecha_pago"], "Cheque", row["beneficiario"], row["importe"], rate)
            expected.append(due)
    assert {each[1] for each in expected} == {"Factura", "Cheque"}
    rows = station.ask("payables_due")
    found = [(r["due_date"], r["kind"], r["supplier"], r["amount"], r["amount_pyg"]) for r in rows]
    in_pyg = [
        (*each[:4], (each[3] * each[4]).quantize(Decimal(1), ROUND_HALF_UP)) for each in expected
    ]
    assert sorted(found) == sorted(in_pyg)
    assert [row["due_date"] for row in rows] == sorted(row["due_date"] for row in rows)
    assert [row["overdue"] for row in rows] == [row["due_date"] < TODAY for row in rows]
    assert station.ask("payables_due", overdue="no") == [row for row in rows if not row["overdue"]]


def test_stock_below_its_minimum(station: StationBooks) -> None:
    products, branches = station.key("producto"), station.key("sucursal")
    expected = {
        (
            branches[row["sucursal_id"]]["nombre"],
            products[row["producto_id"]]["codigo"],
            row["cantidad"],
        )
        for row in station.tables["existencia"]
        if row["cantidad"] < row["minimo"]
    }
    rows = station.ask("low_stock")
    assert {(row["branch"], row["code"], row["quantity"]) for row in rows} == expected
    assert len(rows) == len(expected) > 5


def test_stock_without_movement(station: StationBooks) -> None:
    products, branches = station.key("producto"), station.key("sucursal")
    since = TODAY - timedelta(days=30)
    last: dict[tuple[int, int], date] = {}
    for sale, line in station.lines(date.min, YESTERDAY):
        place = sale["sucursal_id"], line["producto_id"]
        last[place] = max(last.get(place, sale["fecha"]), sale["fecha"])
    expected = {}
    for row in station.tables["existencia"]:
        place = row["sucursal_id"], row["producto_id"]
        if row["cantidad"] > 0 and last.get(place, date.min) < since:
            product = products[row["producto_id"]]
            cost = row["cantidad"] * product["costo"]
            expected[branches[place[0]]["nombre"], product["codigo"]] = (cost, last.get(place))
    rows = station.ask("stock_without_movement")
    assert {(r["branch"], r["code"]): (r["cost"], r["last_sale"]) for r in rows} == expected
    assert expected


def test_margin_by_product(station: StationBooks) -> None:
    products = station.key("producto")
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    rates = {}
    for _, line in station.lines(date(2026, 11, 1), TODAY):
        code = products[line["producto_id"]]["codigo"]
        rates[code] = line["iva"]
        added = line["cantidad"], line["total"], line["cantidad"] * line["costo"]
        sums[code] = [old + new for old, new in zip(sums[code], added, strict=True)]
    rows = station.ask("margin_by_product")
    assert {row["code"] for row in rows} == set(sums)
    for row in rows:
        quantity, total, cost = sums[row["code"]]
        net = total - tax_inside(total, rates[row["code"]])
        net_cost = cost.quantize(Decimal(1), ROUND_HALF_UP) - tax_inside(cost, rates[row["code"]])
        assert (row["quantity"], row["net_sales"], row["net_cost"]) == (quantity, net, net_cost)
        assert row["margin"] == net - net_cost
        assert near(row["share"], share(row["margin"], net))
    margins = [row["margin"] for row in rows]
    assert margins == sorted(margins, reverse=True)


def test_the_margin_of_all_products_is_the_gross_profit_of_the_statement(
    station: StationBooks,
) -> None:
    margin = sum(row["margin"] for row in station.ask("margin_by_product"))
    rows = {row["line"]: row["amount"] for row in station.ask("income_statement")}
    other = rows.get("Otros ingresos", 0)
    # a day's entry rounds each account once, a product's margin once in the month
    assert abs(margin - (rows["Utilidad bruta"] - other)) < 1_000


def test_price_changes(station: StationBooks) -> None:
    products, users = station.key("producto"), station.key("usuario", "codigo")
    first = TODAY - timedelta(days=60)
    expected = [
        (
            row["desde"].replace(microsecond=0),
            products[row["producto_id"]]["codigo"],
            row["precio_anterior"],
            row["precio_nuevo"],
            users[row["usuario"]]["nombre"],
        )
        for row in station.tables["precio_historial"]
        if first <= row["desde"].date() <= YESTERDAY
    ]
    rows = station.ask("price_changes", period="last_60_days")
    names = ("changed_at", "code", "price_before", "price_after", "changed_by")
    assert [tuple(row[name] for name in names) for row in rows] == sorted(expected, reverse=True)
    for row in rows:
        assert row["difference"] == row["price_after"] - row["price_before"]
        assert near(row["share"], share(row["difference"], row["price_before"]))


def audited(station: StationBooks) -> list[tuple[datetime, str, str]]:
    """Return when, by whom (code) and what, of all the time."""
    words = {
        "gasto": "gasto",
        "retiro": "retiro",
        "inventario": "ajuste de inventario",
        "rotura": "rotura",
        "vencido": "retirado por vencido",
        "uso_propio": "uso propio",
    }
    tables = station.tables
    out = [row for row in tables["caja_movimiento"] if row["tipo"] == "egreso"]
    short = [row for row in tables["caja_cierre"] if row["diferencia"]]
    annulled = [row for row in tables["orden_compra"] if row["estado"] == "anulada"]
    adjusted, prices = tables["ajuste_existencia"], tables["precio_historial"]
    return [
        *((row["cuando"], row["usuario"], words[row["concepto"]]) for row in out),
        *((row["cerrada_en"], row["cajero"], "diferencia de caja") for row in short),
        *((row["desde"], row["usuario"], "precio") for row in prices),
        *((row["cuando"], row["usuario"], words[row["motivo"]]) for row in adjusted),
        *((row["anulado_en"], row["modificado_por"], "anulado") for row in annulled),
    ]


def test_audit_of_the_day(station: StationBooks) -> None:
    """Of three months: cash taken out, differences, prices, adjustments, annulled orders."""
    first, users = TODAY - timedelta(days=90), station.key("usuario", "codigo")
    expected = [
        (at, users[user]["nombre"], what)
        for at, user, what in audited(station)
        if first <= at.date() <= YESTERDAY
    ]
    rows = station.ask("audit_of_the_day", period="last_90_days")
    assert sorted((row["at"], row["who"], row["what"]) for row in rows) == sorted(expected)
    assert len({row["what"] for row in rows}) == 9
    taken = sum(row["amount"] for row in rows if row["what"] == "retiro")
    assert taken == sum(
        row["importe"]
        for row in station.tables["caja_movimiento"]
        if row["concepto"] == "retiro" and first <= row["cuando"].date() <= YESTERDAY
    )
