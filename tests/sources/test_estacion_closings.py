"""Closings of the sample company: act → event → the document, exactly, and what the mail says."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from emailketing.common.document import Document
from emailketing.content.documents import make_pdf
from emailketing.content.kinds import declared
from emailketing.content.look import BrandLook
from emailketing.content.render import Rendered, render
from emailketing.content.samples import COMPANY
from emailketing.content.save import compile_texts
from emailketing.content.starters import starter_texts
from emailketing.demo.amounts import EnteredLine
from emailketing.demo.closings import close_sales
from emailketing.demo.database import Row
from emailketing.demo.sales import Refuelling, Sale, refuel, sell
from emailketing.demo.tills import CASH, close_till, expected, move_cash, movements_of
from emailketing.sources.connectors import load
from emailketing.sources.declared import kinds_on_shelf
from emailketing.sources.documents.read_document import read_document
from emailketing.sources.link import connected_to
from tests.sources.station import Station

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BRAND = BrandLook(name="Estación Ykua Sati")


def written(slug: str, document: Mapping[str, Any] | Document, language: str = "es") -> Rendered:
    """Write a starter text about a document out, as a rule does."""
    texts = starter_texts(slug, language)
    with declared(kinds_on_shelf(str(document["type"]))):
        revision = compile_texts(texts, look=BRAND, language=language)
    data: dict[str, Any] = {
        "document": document,
        "company": COMPANY,
        "recipient": {"name": "", "language": ""},
    }
    return render(revision, data, language=language)


def sum_of(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


def a_shift(station: Station, *, difference: int) -> Row:
    """Sell at the till of the head office, take money out, count with a difference; close it."""
    station.open_till()
    session = station.rows("caja_cierre", caja_id=1, estado="abierta")[0]["id"]
    goods = station.rows("producto", es_combustible=0)[:3]
    with station.work("jcaceres") as work:
        for place, means in enumerate((CASH, "tarjeta_debito", CASH)):
            line = EnteredLine(goods[place]["id"], Decimal(2), Decimal(goods[place]["precio"]))
            total = 2 * goods[place]["precio"]
            sell(work, Sale(branch=1, lines=[line], payments={means: total}))
        pump = station_pump(station, 1)
        total = int(Decimal("20.5") * station.rows("producto", id=1)[0]["precio"])
        refuel(work, Refuelling(pump, Decimal("20.5"), payments={"qr": total}))
        move_cash(work, session, concept="gasto", amount=15_000, detail="Hielo")
        known = work.get("caja_cierre", session)
        counted = expected(known["apertura"], movements_of(work, session))
        counted[CASH] += difference
        close_till(work, session, counted=counted, notes="Se revisa" if difference else "")
    return station.rows("caja_cierre", id=session)[0]


def station_pump(station: Station, fuel: int) -> int:
    return int(station.rows("surtidor", sucursal_id=1, producto_id=fuel)[0]["id"])


def check_cash(document: dict[str, Any], closing: Row) -> None:
    names = {"opening": "apertura", "income": "ingresos", "outgo": "egresos"}
    names |= {"expected": "esperado", "counted": "contado", "difference": "diferencia"}
    for ours, theirs in names.items():
        assert Decimal(document[ours]) == closing[theirs] == sum_of(document["means"], ours)
    for row in document["means"]:
        flow = Decimal(row["opening"]) + Decimal(row["income"]) - Decimal(row["outgo"])
        assert flow == Decimal(row["expected"])
        assert Decimal(row["counted"]) - Decimal(row["expected"]) == Decimal(row["difference"])
    assert sum_of(document["outgoes"], "amount") == closing["egresos"]


DIFFERENCES = (
    (-50_000, "Faltan Gs. 50.000", "diferencia -50.000"),
    (5_000, "Sobran Gs. 5.000", "diferencia +5.000"),
    (0, "Sin diferencia", "sin diferencia"),
)


def test_a_cash_closing_says_what_was_counted_and_what_is_missing(station: Station) -> None:
    for difference, said, phone in DIFFERENCES:
        closing = a_shift(station, difference=difference)
        document = station.events("cash_closing")[-1].data["document"]
        check_cash(document, closing)
        assert Decimal(document["difference"]) == difference
        assert (document["till"], document["cashier"]) == ("Caja 1", "Juan Cáceres Aquino")
        mail = written("cash-closing", document)
        assert said in mail.text
        assert ('class="alert"' in mail.html) is (difference != 0)  # in colour and in words
        assert phone in written("cash-closing-sms", document).text
    events = station.events("cash_closing")
    assert len(events) == len(DIFFERENCES)
    for event, language in zip(events, ("es", "en", "pt"), strict=True):
        data = {"document": event.data["document"], "company": COMPANY}
        assert make_pdf("cash-closing", data, language=language, brand=BRAND)[:5] == b"%PDF-"


def check_sales(station: Station, document: dict[str, Any], key: int) -> None:
    sales = station.rows("venta", ventas_cierre_id=key, estado="emitida")
    total = sum(row["total"] for row in sales)
    assert Decimal(document["totals"]["total"]) == total
    assert int(document["invoices"]) == len(sales)
    for rows, name in (("groups", "total"), ("means", "amount")):
        assert sum_of(document[rows], name) == total
    paid = Decimal(document["paid_now"]) + Decimal(document["on_account"])
    assert paid == Decimal(document["totals"]["untaxed"]) + Decimal(document["totals"]["tax"])
    assert sum_of(document["fuels"], "litres") == Decimal(document["litres"])
    fuel = next(row for row in document["groups"] if row["name"] == "Combustibles")
    assert sum_of(document["fuels"], "total") == Decimal(fuel["total"])
    for ours, theirs in (("counted", "contado"), ("difference", "diferencia")):
        shifts = station.rows("caja_cierre", ventas_cierre_id=key)
        assert Decimal(document["cash"][ours]) == sum(row[theirs] for row in shifts)
        assert sum_of(document["tills"], ours) == Decimal(document["cash"][ours])


def check_last_week(station: Station, document: dict[str, Any]) -> None:
    day = date.fromisoformat(document["date"]) - timedelta(days=7)
    assert document["last_week"]["date"] == day.isoformat()
    (before,) = station.rows("ventas_cierre", sucursal_id=1, fecha=day)
    week = document["last_week"]
    assert Decimal(week["total"]) == before["total"]
    assert Decimal(week["litres"]) == before["litros"]
    change = (Decimal(document["totals"]["total"]) - before["total"]) * 100 / before["total"]
    assert abs(Decimal(week["total_change"]) - change) <= Decimal("0.05")
    assert sum_of(document["groups"], "last_week") == before["total"]
    assert sum_of(document["means"], "last_week") == before["total"]
    assert sum_of(document["fuels"], "last_week_litres") == before["litros"]


def a_closing(station: Station) -> int:
    a_shift(station, difference=-20_000)
    with station.work("mrojas") as work:
        return close_sales(work, 1)


def test_a_sales_closing_adds_up_and_is_compared_with_last_week(station: Station) -> None:
    key = a_closing(station)
    document = station.document("sales_closing")
    check_sales(station, document, key)
    check_last_week(station, document)
    mail = written("sales-closing", document)
    assert "Faltan Gs. 20.000 en las cajas." in mail.text
    assert "sin datos" not in mail.text
    data: dict[str, Any] = {"document": document, "company": COMPANY}
    assert make_pdf("sales-closing", data, language="pt", brand=BRAND)[:5] == b"%PDF-"


def test_without_a_closing_last_week_there_are_no_data(station: Station) -> None:
    with station.work("mrojas") as work:
        day = work.today - timedelta(days=7)
        table = work.tables["ventas_cierre"]
        work.connection.execute(table.update().where(table.c.fecha == day).values(estado="abierto"))
    key = a_closing(station)
    document = station.document("sales_closing")
    check_sales(station, document, key)
    assert (document["last_week"]["total"], document["last_week"]["total_change"]) == ("", "")
    assert {row["last_week"] for row in document["groups"]} == {""}
    text = written("sales-closing", document).text
    assert "no hay datos para comparar" in text  # once, not in every row
    assert "Semana anterior" not in text
    assert "sem. ant." not in written("sales-closing-sms", document).text
    data: dict[str, Any] = {"document": document, "company": COMPANY}
    assert make_pdf("sales-closing", data, language="es", brand=BRAND)[:5] == b"%PDF-"


def test_every_closing_of_the_past_can_be_written(station: Station) -> None:
    """The newest hundred, in turn in every language: no text fails on real figures."""
    kinds = {"cash_closing": "caja_cierre", "sales_closing": "ventas_cierre"}
    connector = load("estacion")
    with connected_to(station.source) as (connection, _dialect):
        for kind, table in kinds.items():
            keys = [row["id"] for row in station.rows(table) if row["numero"]][-50:]
            for place, key in enumerate(keys):
                document = read_document(connection, connector, kind, key, language="es")
                assert document is not None
                slug, language = kind.replace("_", "-"), ("es", "en", "pt")[place % 3]
                assert document["number"] in written(slug, document, language).text
                assert len(written(f"{slug}-sms", document, language).text) <= 160


@pytest.mark.postgres
def test_closings_are_the_same_on_postgresql(postgres_station: Station) -> None:
    key = a_closing(postgres_station)
    document = postgres_station.document("sales_closing")
    check_sales(postgres_station, document, key)
    check_last_week(postgres_station, document)
    (event,) = postgres_station.events("cash_closing")
    session = postgres_station.rows("caja_cierre", ventas_cierre_id=key, caja_id=1)[-1]
    check_cash(event.data["document"], session)
