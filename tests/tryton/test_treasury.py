"""Payments to suppliers, what customers paid, and a till's closing, from Tryton's own modules."""

from typing import Any

import pytest

from tests.tryton.conftest import Station
from tests.tryton.relay import Mail, wait_until

pytestmark = [pytest.mark.tryton, pytest.mark.smtpsink]
SUPPLIER = "Distribuidora Ñandutí S.A."
CUSTOMER = "Transportes del Chaco S.A."
MANAGER = "gerencia@estacion.test"


@pytest.fixture(scope="module")
def rules(station: Station) -> None:
    """The rules of the three processes, only by mail."""
    for process, template, to in (
        ("payment_order", "payment-order", "party:invoice"),
        ("collection", "collection", "party:invoice"),
        ("cash_closing", "cash-closing", MANAGER),
    ):
        station.house.run(
            *("rule", "add", process, "--source", station.slug, "--process", process),
            *("--template", template, "--to", to, "--active"),
        )


def mails_about(station: Station, words: str, count: int) -> list[Mail]:
    """Wait for so many mails whose subject has these words, then see that there are no more."""
    wait_until(lambda: len(station.relay.about(words)) >= count)
    wait_until(lambda: station.house.has_read(station.slug, station.erp))
    found = station.relay.about(words)
    assert len(found) == count
    return found


def pay(station: Station, **wish: Any) -> dict[str, Any]:
    return station.ana.ask("pay", party=SUPPLIER, **wish)


def test_an_approved_payment_tells_the_supplier_with_its_pdf(station: Station, rules: None) -> None:
    paid = pay(station, amount="1250000", invoice="001-002-0004567")
    (mail,) = mails_about(station, str(paid["number"]), 1)
    assert mail.to == "pagos@nanduti.test"
    for part in ("001-002-0004567", "1.250.000", "Transferencias Banco Itá"):
        assert part in mail.pdf
    assert "un millón doscientos cincuenta mil guaraníes" in mail.text.lower()


def test_a_validated_statement_thanks_each_payer_and_tells_the_manager(
    station: Station, rules: None
) -> None:
    lines = [["R-0101", CUSTOMER, "500000"], ["E-0102", SUPPLIER, "-120000"]]
    till = f"{station.erp.prefix}-C1"
    draft = station.ana.ask("close_till", name=f"{till}-draft", lines=lines, until="draft")
    assert draft["state"] == "draft"
    closed = station.ana.ask("close_till", name=till, lines=[["R-0201", *lines[0][1:]], lines[1]])
    assert closed["state"] == "validated"
    (thanks,) = mails_about(station, "R-0201", 1)
    assert thanks.to == "facturas@chaco.test"
    assert "500.000" in thanks.pdf
    wait_until(lambda: [mail for mail in station.relay.mails() if mail.to == MANAGER])
    (closing,) = [mail for mail in station.relay.mails() if mail.to == MANAGER]
    for amount in ("500.000", "120.000"):
        assert amount in closing.text
    assert till in closing.text
    assert station.relay.about("R-0101") == []  # a draft is not money yet
    assert station.relay.about("E-0102") == []  # what goes out is no collection
