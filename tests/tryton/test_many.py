"""Four people confirm orders at the same time: a mail for each, no more, no less."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.length import sized
from tests.tryton.conftest import Station
from tests.tryton.relay import wait_until

pytestmark = [pytest.mark.tryton, pytest.mark.smtpsink, pytest.mark.slow, pytest.mark.soak]
CLIENTS, ORDERS = 4, sized(50, in_every_run=12)
LOGINS = ("ana", "bruno", "ana", "bruno")


@pytest.mark.timeout(600)
def test_four_clients_confirming_at_once_give_exactly_one_mail_for_each_order(
    station_of: Callable[[str], Station],
) -> None:
    station = station_of("many")
    clients = [station.erp.begin_operator(login) for login in LOGINS]
    for client in clients:
        client.answer()
        client.tell(
            "many",
            kind="purchase",
            count=ORDERS,
            party="Distribuidora Ñandutí S.A.",
            invoice_method="manual",
            lines=[["C-001", 10, "6950"]],
        )
    quoted = [client.answer()["ids"] for client in clients]
    for client, ids in zip(clients, quoted, strict=True):
        client.tell("press", kind="purchase", ids=ids, button="confirm")
    for client in clients:
        client.answer()
    station.erp.sign_out()

    expected = {number for (number,) in numbers(station)}
    assert len(expected) == CLIENTS * ORDERS
    wait_until(lambda: len(sent(station)) >= len(expected), 120)
    wait_until(lambda: station.house.has_read(station.slug, station.erp))
    assert Counter(sent(station)) == Counter(expected)


def numbers(station: Station) -> list[tuple[str]]:
    with station.erp.connect() as connection:
        query = "SELECT number FROM purchase_purchase WHERE state = 'processing'"
        return [(str(row[0]),) for row in connection.execute(query).fetchall()]


def sent(station: Station) -> list[str]:
    """Return the numbers in the subjects of what arrived."""
    prefix = station.erp.prefix
    return [
        word
        for mail in station.relay.mails()
        for word in mail.subject.split()
        if word.startswith(prefix)
    ]
