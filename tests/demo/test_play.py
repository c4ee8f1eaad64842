"""A day of business, on both databases."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from emailketing.demo.database import Database, Row
from emailketing.demo.play import play
from emailketing.demo.play.day import Act
from emailketing.demo.refused import Refused
from tests.demo.conftest import NOW, clock

TODAY = NOW.date()


def rows(company: Database, table: str, **where: Any) -> list[Row]:
    with company.look(now=NOW) as work:
        known = work.tables[table]
        key = next(iter(known.primary_key))
        return work.rows(select(known).filter_by(**where).order_by(key))


def played(company: Database) -> dict[str, list[Act]]:
    acts: dict[str, list[Act]] = {}
    for act in play(company, clock):
        acts.setdefault(act.act, []).append(act)
    return acts


def test_a_day_has_every_kind_of_act(company: Database) -> None:
    acts = played(company)
    assert {kind: len(list_) for kind, list_ in acts.items()} == {
        "caja_abierta": 2,
        "venta": 2,
        "venta_vehiculo": 4,
        "cobro": 2,
        "caja_gasto": 1,
        "orden_compra": 5,
        "presupuesto": 4,
        "orden_compra_regrabada": 1,
        "orden_compra_modificada": 1,
        "orden_compra_anulada": 1,
        "orden_compra_cancelada": 1,
        "orden_pago": 1,
        "modificacion": 2,
        "eliminacion": 1,
        "cierre_caja": 1,
        "cierre_ventas": 1,
    }
    for act in [act for list_ in acts.values() for act in list_]:
        assert act.label
        assert datetime.fromisoformat(act.at).tzinfo is not None


def test_new_orders_are_confirmed_today_with_number_and_lines(company: Database) -> None:
    orders = [
        rows(company, "orden_compra", id=act.key)[0] for act in played(company)["orden_compra"]
    ]
    for order in orders:
        assert (order["estado"], order["fecha"]) == ("confirmada", TODAY)
        lines = rows(company, "orden_compra_linea", orden_compra_id=order["id"])
        assert sum(line["total"] for line in lines) == order["total"] > 0
    assert len({order["numero"] for order in orders}) == 5
    assert {order["moneda"] for order in orders} == {"PYG", "USD"}
    reachable = {row["proveedor_id"] for row in rows(company, "proveedor_contacto", tipo="email")}
    assert [order["proveedor_id"] in reachable for order in orders].count(False) == 1


def test_quotations_go_to_all_three_languages(company: Database) -> None:
    languages = Counter[str]()
    for act in played(company)["presupuesto"]:
        quotation = rows(company, "presupuesto", id=act.key)[0]
        assert quotation["estado"] == "emitido"
        languages[rows(company, "cliente", id=quotation["cliente_id"])[0]["idioma"]] += 1
    assert languages == {"es": 2, "en": 1, "pt": 1}


def test_a_cancelled_order_leaves_nothing(company: Database) -> None:
    before = {row["codigo"]: row["ultimo"] for row in rows(company, "numeracion")}
    acts = played(company)
    key = acts["orden_compra_cancelada"][0].key
    assert rows(company, "orden_compra", id=key) == []
    assert rows(company, "orden_compra_linea", orden_compra_id=key) == []
    after = {row["codigo"]: row["ultimo"] for row in rows(company, "numeracion")}
    assert after["OC"] - before["OC"] == 5


def test_saving_again_changes_only_who_and_when(company: Database) -> None:
    oldest = rows(company, "orden_compra", estado="confirmada")[0]
    lines = rows(company, "orden_compra_linea", orden_compra_id=oldest["id"])
    act = played(company)["orden_compra_regrabada"][0]
    assert act.key == oldest["id"]
    now = rows(company, "orden_compra", id=oldest["id"])[0]
    changed = {name for name in now if now[name] != oldest[name]}
    assert changed <= {"modificado_por", "modificado_en"}
    assert changed
    assert rows(company, "orden_compra_linea", orden_compra_id=oldest["id"]) == lines


def test_a_changed_order_changes_one_line_and_its_totals(company: Database) -> None:
    order = rows(company, "orden_compra", estado="confirmada")[1]
    before = rows(company, "orden_compra_linea", orden_compra_id=order["id"])
    played(company)
    after = rows(company, "orden_compra_linea", orden_compra_id=order["id"])
    assert [line["id"] for line in after] == [line["id"] for line in before]
    assert [a["cantidad"] - b["cantidad"] for a, b in zip(after, before, strict=True)] == [
        6,
        *[0] * (len(before) - 1),
    ]
    total = rows(company, "orden_compra", id=order["id"])[0]["total"]
    assert total == sum(line["total"] for line in after) > order["total"]


def test_refuelling_notes_litres_odometer_and_debt(company: Database) -> None:
    for act in played(company)["venta_vehiculo"]:
        fuel = rows(company, "venta_combustible", id=act.key)[0]
        vehicle = rows(company, "vehiculo", id=fuel["vehiculo_id"])[0]
        sale = rows(company, "venta", id=fuel["venta_id"])[0]
        assert vehicle["odometro"] == fuel["odometro"]
        assert sale["cliente_id"] == vehicle["cliente_id"]
        assert sale["saldo"] == sale["total"] == fuel["importe"]
        assert fuel["hora"] == NOW


def test_the_closings_say_what_happened(company: Database) -> None:
    acts = played(company)
    till = rows(company, "caja_cierre", id=acts["cierre_caja"][0].key)[0]
    assert (till["estado"], till["diferencia"]) == ("cerrada", -50_000)
    assert till["esperado"] == till["apertura"] + till["ingresos"] - till["egresos"]
    closing = rows(company, "ventas_cierre", id=acts["cierre_ventas"][0].key)[0]
    sales = rows(company, "venta", ventas_cierre_id=closing["id"])
    assert (closing["estado"], closing["cantidad"]) == ("cerrado", len(sales))
    assert closing["total"] == sum(sale["total"] for sale in sales)
    assert till["ventas_cierre_id"] == closing["id"]


def test_one_vehicle_gets_more_than_its_month_allows(company: Database) -> None:
    over = []
    for act in played(company)["venta_vehiculo"]:
        fuel = rows(company, "venta_combustible", id=act.key)[0]
        vehicle = rows(company, "vehiculo", id=fuel["vehiculo_id"])[0]
        month = [
            row["litros"]
            for row in rows(company, "venta_combustible", vehiculo_id=vehicle["id"])
            if (row["hora"].year, row["hora"].month) == (NOW.year, NOW.month)
        ]
        if vehicle["limite_litros"] is not None and sum(month) > vehicle["limite_litros"]:
            over.append(act.label)
    assert [label for label in over if "por encima de su límite" in label]


def test_changed_data_bear_the_operators_name(company: Database) -> None:
    before = rows(company, "producto", id=4)[0]["precio"]
    price, credit = played(company)["modificacion"]
    product = rows(company, "producto", id=price.key)[0]
    assert (product["modificado_por"], product["precio"] > before) == ("lgimenez", True)
    assert rows(company, "precio_historial")[-1]["precio_nuevo"] == product["precio"]
    customer = rows(company, "cliente", id=credit.key)[0]
    assert (customer["modificado_por"], customer["limite_credito"]) == ("mrojas", 160_000_000)


def test_a_deleted_customer_is_noted_with_the_operator(company: Database) -> None:
    act = played(company)["eliminacion"][0]
    assert rows(company, "cliente", id=act.key) == []
    assert rows(company, "cliente_contacto", cliente_id=act.key) == []
    noted = rows(company, "bitacora")[-1]
    assert (noted["tabla"], noted["registro"]) == ("cliente", str(act.key))
    assert (noted["usuario"], noted["cuando"]) == ("mrojas", NOW)


@pytest.mark.slow
def test_the_day_can_be_played_again(company: Database) -> None:
    first, second = played(company), played(company)
    assert set(first) == set(second)
    assert {a.key for a in first["orden_compra"]}.isdisjoint(
        {a.key for a in second["orden_compra"]}
    )


def test_later_that_day_two_orders_of_today_are_changed_and_annulled(company: Database) -> None:
    before = {act.key: act for act in played(company)["orden_compra"]}
    changed, annulled = play(company, clock, part="late")
    assert {changed.key, annulled.key} <= set(before)
    assert (changed.act, annulled.act) == ("orden_modificada", "orden_anulada")
    assert rows(company, "orden_compra", id=changed.key)[0]["estado"] == "confirmada"
    assert rows(company, "orden_compra", id=annulled.key)[0]["estado"] == "anulada"


def test_late_comes_after_the_day(company: Database) -> None:
    with pytest.raises(Refused, match="Primero"):
        list(play(company, clock, part="late"))
