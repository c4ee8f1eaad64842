"""Four clients confirm fifty orders each at the same time: two hundred events, each once."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest

from emailketing.sources.reading.pull import pull_due
from tests.sources.shop import Shop, now

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CLIENTS, ORDERS = 4, 50


@contextmanager
def client_of(shop: Shop) -> Iterator[Any]:
    if shop.is_sqlite:
        with closing(sqlite3.connect(shop.file, isolation_level=None, timeout=60)) as connection:
            yield connection
    else:
        place = shop.place
        with psycopg.connect(
            host=place["host"],
            port=place["port"],
            dbname=place["database"],
            user=place["username"],
            autocommit=True,
        ) as connection:
            yield connection


def work(shop: Shop, client: int) -> None:
    """Save each order as careless programs do: header, lines, number and state, one by one."""
    with client_of(shop) as connection:
        for number in range(ORDERS):
            key = client * 1000 + number
            for statement in (
                f"INSERT INTO pedido VALUES ({key}, NULL, 'borrador', 1, NULL, 5, '', 'ana', '')",  # noqa: S608
                f"INSERT INTO renglon VALUES ({key}, {key}, 'Yerba', 1, 5)",  # noqa: S608
                f"UPDATE pedido SET numero = 'P-{key}' WHERE id = {key}",  # noqa: S608
                f"UPDATE pedido SET estado = 'confirmado' WHERE id = {key}",  # noqa: S608
                f"UPDATE pedido SET visto = 'sí' WHERE id = {key}",  # noqa: S608
            ):
                connection.execute(statement)


def test_two_hundred_orders_at_once_are_two_hundred_events(shop: Shop) -> None:
    shop.attach()
    shop.connector("settle = 0.0", "settle = 0.1")
    clients = [threading.Thread(target=work, args=(shop, n)) for n in range(1, CLIENTS + 1)]
    for client in clients:
        client.start()
    while any(client.is_alive() for client in clients):
        pull_due(now())
    shop.pull_until(lambda: len(shop.events()) >= CLIENTS * ORDERS)
    counted = Counter(shop.labels())
    assert len(counted) == CLIENTS * ORDERS
    assert set(counted.values()) == {1}
    shop.pull_until(lambda: shop.source.backlog == 0 and not pull_due(now()))
