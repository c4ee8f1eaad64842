"""Refuellings and unpaid sales of the sample company: who hears of them, and of what exactly."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from emailketing.channels.models import Sender
from emailketing.channels.sms.encoding import measure
from emailketing.common.document import as_document, own_value
from emailketing.demo.amounts import EnteredLine
from emailketing.demo.collect import Collection, Means, collect
from emailketing.demo.database import Row
from emailketing.demo.sales import Refuelling, Sale, litres_this_month, refuel, sell
from emailketing.sources.connectors import load
from emailketing.sources.documents.read_document import read_document
from emailketing.sources.link import connected_to
from emailketing.sources.reading.pull import pull_due
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.pack import make_pack
from emailketing.triggers.notifications.trying.try_out import Trial, try_rule
from tests.sources.shop import now
from tests.sources.station import Station
from tests.sources.test_estacion_closings import written

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def station(station: Station) -> Station:
    station.open_till()
    return station


@pytest.fixture
def postgres_station(postgres_station: Station) -> Station:
    postgres_station.open_till()
    return postgres_station


def vehicle(station: Station, place: int = 0, **values: Any) -> Row:
    """Return a vehicle, with the limit and the driver this test needs."""
    known = station.rows("vehiculo")[place]
    if values:
        with station.work("mrojas") as work:
            work.update("vehiculo", known["id"], **values)
    return station.rows("vehiculo", id=known["id"])[0]


def fuel(station: Station, into: Row | None, litres: str, **values: Any) -> Row:
    product = into["producto_id"] if into else 1
    pump = station.rows("surtidor", sucursal_id=1, producto_id=product)[0]["id"]
    with station.work("jcaceres") as work:
        key = refuel(
            work, Refuelling(pump, Decimal(litres), into["id"] if into else None, **values)
        )
    return station.rows("venta_combustible", id=key)[0]


def annul(station: Station, sale: int) -> None:
    with station.work("jcaceres") as work:
        work.update("venta", sale, estado="anulada", saldo=0)


def check_refuelling(station: Station) -> None:
    known = vehicle(station, limite_litros=None, chofer_email=None)
    before = known["odometro"]
    sold = fuel(station, known, "42.35", odometer=before + 312)
    document = station.document("fuelling")
    names = {"litres": "litros", "price": "precio", "amount": "importe", "odometer": "odometro"}
    for ours, theirs in names.items():
        assert Decimal(document[ours]) == sold[theirs]
    plate = {"make": "marca", "model": "modelo", "plate": "chapa"}
    assert {k: document["vehicle"][k] for k in plate} == {k: known[v] for k, v in plate.items()}
    assert (document["km"], document["km_per_litre"]) == ("312", "7.4")
    assert document["driver"]["phone"] == known["chofer_telefono"]
    assert document["driver"]["email"] == ""
    with station.work("x") as work:
        assert Decimal(document["month"]["litres"]) == litres_this_month(work, known["id"])
    assert (document["month"]["limit"], document["over_limit"]) == ("", False)
    assert document["party"]["key"] == f"customer:{known['cliente_id']}"
    assert document["at"][:16].replace("T", " ") == f"{sold['hora']:%Y-%m-%d %H:%M}"


def test_a_refuelling_is_told_as_it_was_sold(station: Station) -> None:
    check_refuelling(station)


@pytest.mark.postgres
def test_a_refuelling_is_the_same_on_postgresql(postgres_station: Station) -> None:
    check_refuelling(postgres_station)
    check_limit(postgres_station, "0.000", over=False)


def test_a_refuelling_is_read_at_the_first_look(station: Station) -> None:
    """Five seconds from the save to the phone leave no time to wait for more changes."""
    assert load("estacion").settle_of("fuelling") == 0
    assert load("estacion").settle_of("purchase_order") > 0
    station.events()
    fuel(station, vehicle(station), "12")
    pull_due(now())
    assert [e.document_type for e in station.events("fuelling")] == ["fuelling"]


def check_limit(station: Station, more: str, *, over: bool) -> dict[str, Any]:
    """Fill a vehicle up to its limit of the month, and by so much more."""
    known = vehicle(station, 3, limite_litros=None)
    with station.work("x") as work:
        used = litres_this_month(work, known["id"])
    limit = (used + 100).quantize(Decimal("0.01"))
    known = vehicle(station, 3, limite_litros=limit)
    fuel(station, known, str(limit - used + Decimal(more)))
    document: dict[str, Any] = station.events("fuelling")[-1].data["document"]
    assert document["over_limit"] is over
    assert Decimal(document["month"]["litres"]) == limit + Decimal(more)
    return document


def test_exactly_the_limit_is_not_over_it_a_millilitre_more_is(station: Station) -> None:
    document = check_limit(station, "0.000", over=False)
    assert Decimal(document["month"]["left"]) == 0
    assert document["month"]["over"] == ""
    fuel(station, vehicle(station, 3), "0.001")
    document = station.events("fuelling")[-1].data["document"]
    assert document["over_limit"] is True
    assert Decimal(document["month"]["over"]) == Decimal("0.001")
    assert "Límite del mes superado." in written("fuelling-over-limit", document).text
    ready = rules(station)  # another rule writes another text
    assert not try_rule(ready["fuelling"], document).verdict.holds
    trial = try_rule(ready["fuelling_over_limit"], document)
    assert trial.verdict.holds
    assert trial.problems in ([], ["El documento no indica Correo del chofer."])
    assert all("LIMIT" in text.text for text in trial.phones["sms"].values())


def test_nothing_is_told_to_whom_it_does_not_concern(station: Station) -> None:
    known = vehicle(station)
    product = station.rows("producto", id=1)[0]
    total = int(Decimal(10) * product["precio"])
    fuel(station, None, "10", payments={"efectivo": total})  # nobody's vehicle
    with station.work("mrojas") as work:
        work.update("cliente", known["cliente_id"], control_vehiculos=0)
    fuel(station, known, "10")
    assert station.events("fuelling") == []


def test_an_annulled_sale_says_nothing_more_and_does_not_count(station: Station) -> None:
    known = vehicle(station, 1, limite_litros=None)
    first = fuel(station, known, "50")
    assert len(station.events("fuelling")) == 1
    annul(station, first["venta_id"])
    assert len(station.events("fuelling")) == 1
    fuel(station, known, "10")
    document = station.events("fuelling")[-1].data["document"]
    with station.work("x") as work:
        assert Decimal(document["month"]["litres"]) == litres_this_month(work, known["id"]) - 50


def test_a_backward_odometer_gives_no_way_and_no_consumption(station: Station) -> None:
    known = vehicle(station, 2)
    fuel(station, known, "40", odometer=known["odometro"])  # has not moved
    document = station.document("fuelling")
    assert (document["km"], document["km_per_litre"]) == ("", "")
    assert " km desde" not in written("fuelling", document).text


def rules(station: Station) -> dict[str, Rule]:
    Sender.objects.create(name="Avisos", from_address="a@x.example", host="x", is_default=True)
    Sender.objects.create(
        name="SMS", channel="sms", kind="http", host="x", is_default=True, options={"url": "x"}
    )
    return {rule.ready_made: rule for rule in make_pack(station.source, by="t", now=now())}


def told(trial: Trial) -> set[tuple[str, str]]:
    return {(one.channel, one.address) for one in trial.recipients}


def test_a_driver_hears_of_his_vehicle_only_the_owner_of_all(station: Station) -> None:
    fleet = [row for row in station.rows("vehiculo") if row["cliente_id"] == 1][:2]
    for place, row in enumerate(fleet):
        with station.work("mrojas") as work:
            phone = f"0981 55{place} 00{place}"
            email = f"chofer{place}@fleet.example"
            work.update("vehiculo", row["id"], chofer_telefono=phone, chofer_email=email)
        fuel(station, row, "10")
    documents = [event.data["document"] for event in station.events("fuelling")]
    ready = rules(station)
    first, second = (told(try_rule(ready["fuelling"], document)) for document in documents)
    assert {("sms", "+595981550000"), ("email", "chofer0@fleet.example")} <= first - second
    assert {("sms", "+595981551001"), ("email", "chofer1@fleet.example")} == second - first
    contacts = station.rows("cliente_contacto", cliente_id=1, uso="flota")
    mails = {("email", row["valor"]) for row in contacts if row["tipo"] == "email"}
    assert mails <= first & second
    assert len(first & second) == 2  # the chief, by e-mail and phone


def test_every_refuelling_of_the_past_is_one_sms(station: Station) -> None:
    """160 characters, in the alphabet of SMS also with ñ: rule M1."""
    rows = [row for row in station.rows("venta_combustible") if row["vehiculo_id"]][-90:]
    with connected_to(station.source) as (connection, _dialect):
        for place, row in enumerate(rows):
            document = read_document(
                connection, load("estacion"), "fuelling", row["id"], language="es"
            )
            assert document is not None
            for slug in ("fuelling-sms", "fuelling-over-limit-sms"):
                text = written(slug, document, ("es", "en", "pt")[place % 3]).text
                assert (measure(text).encoding, measure(text).segments) == ("gsm7", 1), text


def test_a_sale_on_account_waits_to_be_paid(station: Station) -> None:
    goods = station.rows("producto", es_combustible=0)[0]
    line = EnteredLine(goods["id"], Decimal(3), Decimal(goods["precio"]))
    with station.work("jcaceres") as work:
        sell(work, Sale(branch=1, lines=[line], payments={"efectivo": 3 * goods["precio"]}))
        key = sell(work, Sale(branch=1, lines=[line], customer=1))
    document = station.document("unpaid_sale")
    sale = station.rows("venta", id=key)[0]
    assert Decimal(document["balance"]) == sale["total"] == 3 * goods["precio"]
    assert document["due_date"] == (sale["fecha"] + timedelta(days=30)).isoformat()
    mail = written("payment-reminder", document)
    assert sale["numero"] in mail.subject
    with station.work("jcaceres") as work:
        part = [Means("efectivo", sale["total"] - 1000)]
        collect(work, Collection(1, 1, part, {key: sale["total"] - 1000}))
    assert len(station.events("unpaid_sale")) == 1  # a part payment is no new debt
    with connected_to(station.source) as (connection, _dialect):
        fresh = read_document(connection, load("estacion"), "unpaid_sale", key, language="es")
    assert fresh is not None
    assert (own_value(fresh, "balance"), Decimal(str(own_value(fresh, "paid")))) == (
        "1000",
        sale["total"] - 1000,
    )
    assert "Ya pagado" in written("payment-reminder", fresh).text


def test_the_reminder_waits_for_the_due_date_and_asks_for_a_balance(station: Station) -> None:
    ladder = rules(station)["payment_reminder"]
    assert (ladder.remind_days, ladder.remind_from) == ([3, 10, 30], "due_date")
    unpaid: dict[str, Any] = {"number": "1", "balance": "0", "party": {}}
    assert not try_rule(ladder, as_document(unpaid)).verdict.holds
