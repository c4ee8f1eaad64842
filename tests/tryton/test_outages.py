"""The ERP saves on while something of ours is down; all arrives afterwards, once (point 16)."""

import signal

import pytest

from tests.tryton.conftest import Station
from tests.tryton.relay import wait_until
from tests.tryton.test_mails import assert_mails, confirm, label, the_only_mail

pytestmark = [pytest.mark.tryton, pytest.mark.smtpsink, pytest.mark.slow]


def test_while_the_worker_is_dead(station: Station) -> None:
    station.house.stop_worker(signal.SIGKILL)
    try:
        orders = [confirm(station) for _ in range(2)]
        quotation = confirm(station, kind="sale", party="Cooperativa Yvytú", until="quotation")
        assert {order["state"] for order in orders} == {"processing"}
        assert station.erp.value("SELECT count(*) FROM emk.change") > 0
    finally:
        station.house.start_worker()
    for shown in (*orders, quotation):
        the_only_mail(station, shown)


def test_while_our_database_is_down(station: Station) -> None:
    with station.house.database_down():
        shown = confirm(station)
        assert shown["state"] == "processing"
        assert station.relay.about(shown["number"]) == []
    the_only_mail(station, shown)


def test_while_the_smtp_server_is_down(station: Station) -> None:
    station.relay.stop()
    try:
        shown = confirm(station)
        assert shown["state"] == "processing"
        deferred = [("ventas@nanduti.test", "deferred")]
        wait_until(lambda: station.house.messages(label(shown), station.slug) == deferred)
    finally:
        station.relay.start()
    station.house.a_minute_passes()
    the_only_mail(station, shown)
    assert_mails(station, shown, 1)
