"""The ready-made rules about orders and payments, from the operator's act to mail and phone."""

import io
from collections.abc import Iterator
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.content.brand import first_brand
from emailketing.content.spelled import spelled
from emailketing.demo.amounts import EnteredLine
from emailketing.demo.collect import Collection, Means, collect
from emailketing.demo.orders import Order, annul_order, confirm_order, save_order, write_order_lines
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.preview import Preview, preview
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.rules.pack import make_pack
from emailketing.triggers.notifications.rules.save import switch
from tests.sources.shop import now
from tests.sources.station import Station, sqlite_company
from tests.sources.test_estacion_payments import debtor, pay

THANKS = {
    "es": "Gracias por su pago",
    "en": "Thank you",
    "pt": "Obrigado",
}
ORDER = {"es": "Orden-de-pago", "en": "Payment-order", "pt": "Ordem-de-pagamento"}
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def station(tmp_path: Path, db: None, settings: Any) -> Iterator[Station]:
    settings.ATTACHMENTS = tmp_path / "store"
    ours = ("payment_order", "collection", "quotation")
    with sqlite_company(settings) as found:
        company = {"language": "es", "name": "Ykua Sati S.A."}
        Company.objects.update_or_create(pk=1, defaults=company)
        first_brand("Ykua Sati", by="ana", now=now())
        Sender.objects.create(
            name="Avisos", from_address="avisos@ykuasati.example", host="localhost"
        )
        Sender.objects.create(
            name="SMS", channel="sms", kind="kannel", from_address="595981000000", is_default=True
        )
        for rule in make_pack(found.source, by="ana", now=now()):
            if rule.process in ours or rule.process.startswith("purchase_order"):
                switch(rule, on=True, by="t", now=now())
        yield found


def told(station: Station, kind: str) -> list[tuple[Message, Preview]]:
    """Read, let the rules look, and return what was written about this kind of event."""
    pks = [event.pk for event in station.events(kind)]
    while fire_due(now()):
        pass
    found = Message.objects.filter(dispatch__event__in=pks).order_by("pk")
    return [(message, preview(message)) for message in found]


def paper(shown: Preview) -> str:
    (file,) = shown.files
    pages = PdfReader(io.BytesIO(file.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def thread(shown: Preview) -> list[str | None]:
    mail = message_from_bytes(shown.source)
    return [mail["In-Reply-To"], mail["References"]]


@pytest.mark.parametrize("currency", ["PYG", "USD"])
def test_a_payment_order_is_mailed_with_paper_to_sign(station: Station, currency: str) -> None:
    order, _invoices = pay(station, currency)
    found = told(station, "payment_order")
    assert found
    for message, shown in found:
        supplier = station.first("proveedor", id=order["proveedor_id"])
        assert (message.channel, message.reply_to) == ("email", "sonia.valdez@ykuasati.example")
        assert message.language == supplier["idioma"]
        words = spelled(order["neto"], currency, message.language)
        assert words in shown.text
        assert words[1:] in paper(shown)
        assert order["numero"] in message.subject
        assert shown.files[0].file_name == f"{ORDER[message.language]}-{order['numero']}.pdf"


def test_a_collection_is_thanked_for_by_mail_and_phone(station: Station) -> None:
    station.open_till()
    customer, sales = debtor(station)
    with station.work("jcaceres") as work:
        paid = sales[0]["saldo"]
        means = [Means("efectivo", paid)]
        collect(work, Collection(customer, 1, means, {sales[0]["id"]: paid}))
    found = told(station, "collection")
    by_channel = {message.channel: shown for message, shown in found}
    assert set(by_channel) == {"email", "sms"}
    language = found[0][0].language
    assert by_channel["email"].subject.startswith(THANKS[language])
    assert by_channel["sms"].text.startswith(THANKS[language].split()[0])
    assert spelled(paid, "PYG", language)[1:] in paper(by_channel["email"])
    owed = sum(row["saldo"] for row in station.rows("venta", cliente_id=customer))
    assert owed > 0
    amount = f"{owed:,}".replace(",", ".")
    assert all(amount not in shown.text for _message, shown in found)


def test_an_order_is_told_changed_and_called_back(station: Station) -> None:
    supplier = next(
        row["id"]
        for row in station.rows("proveedor", idioma="es", moneda="PYG")
        if station.rows("producto", proveedor_id=row["id"])
        and station.rows("proveedor_contacto", proveedor_id=row["id"], tipo="email")
    )
    product = station.first("producto", proveedor_id=supplier)
    line = EnteredLine(product["id"], Decimal(5), Decimal(product["costo"]))
    with station.work("lgimenez") as work:
        key = save_order(work, Order(supplier=supplier, branch=1, lines=[line]))
        confirm_order(work, key)
    begun = told(station, "purchase_order")[0][0]
    for quantity in (7, 9):
        with station.work("lgimenez") as work:
            changed = EnteredLine(line.product, Decimal(quantity), line.price)
            write_order_lines(work, key, [changed])
        told(station, "purchase_order_changed")
    first, second = told(station, "purchase_order_changed")
    assert "(Cantidad): 5 → 7" in first[1].text
    assert "(Cantidad): 7 → 9" in second[1].text
    assert "Esta orden reemplaza a la enviada el" in paper(second[1])
    assert "Orden de compra modificada" in paper(second[1])
    names = [shown.files[0].file_name for _message, shown in (first, second)]
    assert [name[-7:] for name in names] == ["-v2.pdf", "-v3.pdf"]
    assert thread(first[1]) == thread(second[1]) == [begun.message_id] * 2
    with station.work("dbogarin") as work:
        annul_order(work, key, reason="Se pidió dos veces")
    ((message, shown),) = told(station, "purchase_order_cancelled")
    assert "queda sin efecto" in shown.text
    assert "Motivo: Se pidió dos veces" in shown.text
    assert (message.address, shown.files) == (first[0].address, [])
    assert thread(shown) == [begun.message_id] * 2
