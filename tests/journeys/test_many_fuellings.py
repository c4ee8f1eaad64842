"""Vehicles fuelled at eight tills at once: a mail and a text for each, a thousand in the soak."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from emailketing.demo.database import Database
from emailketing.demo.sales import Refuelling, refuel
from tests.journeys.nine import attach_with_all_rules
from tests.journeys.quick import ask
from tests.journeys.stage import Stage, wait_until
from tests.length import sized

pytestmark = [
    pytest.mark.slow,
    pytest.mark.soak,
    pytest.mark.postgres,
    pytest.mark.timeout(700),
]
TILLS, EACH = 8, sized(125, in_every_run=25)
PATIENCE = 600.0  # two cores, and the other tests beside it


def one_contact_each(stage: Stage) -> None:
    """Every fleet has one person with a mail address and a phone; drivers hear nothing."""
    with psycopg.connect(stage.company) as business:
        business.execute("DELETE FROM cliente_contacto WHERE uso = 'flota'")
        insert = (
            "INSERT INTO cliente_contacto (cliente_id, nombre, tipo, valor, uso)"
            " SELECT id, 'Encargada', %s, replace(%s, '#', CAST(1000 + id AS text)), 'flota'"
            " FROM cliente WHERE control_vehiculos = 1"
        )
        business.execute(insert, ["email", "flota#@flota.example"])
        business.execute(insert, ["telefono", "0981 55 #"])
        business.execute(
            "UPDATE vehiculo SET chofer_email = NULL, chofer_telefono = NULL, limite_litros = NULL"
        )
        business.execute("UPDATE cliente SET limite_credito = 100000000000, plazo_dias = 30")


def work_at_a_till(address: str, till: int) -> int:
    database = Database(address)
    now = datetime.now()  # noqa: DTZ005, TID251 - the business system's own clock
    with database.look(now=now) as work:
        vehicles, pumps = work.tables["vehiculo"], work.tables["surtidor"]
        customers = work.tables["cliente"]
        pairs = work.rows(
            select(vehicles.c.id, pumps.c.id.label("pump"))
            .join(pumps, pumps.c.producto_id == vehicles.c.producto_id)
            .join(customers, customers.c.id == vehicles.c.cliente_id)
            .where((customers.c.control_vehiculos == 1) & (pumps.c.sucursal_id == 1))
            .where(vehicles.c.activo == 1)
            .order_by(vehicles.c.id)
        )
    for number in range(EACH):
        pair: Any = pairs[(till * EACH + number) % len(pairs)]
        with database.work(user="jcaceres", now=now) as work:
            refuel(work, Refuelling(pair["pump"], Decimal(20 + till), pair["id"]))
    database.close()
    return EACH


def test_fuellings_by_eight_tills_are_told_once_each(postgres_stage: Stage) -> None:
    stage = postgres_stage
    wanted = TILLS * EACH
    one_contact_each(stage)
    attach_with_all_rules(stage)
    with psycopg.connect(stage.database) as ours:  # as an administrator does in the console
        ours.execute("UPDATE notifications_rule SET flood_limit = 5000 WHERE process = 'fuelling'")
    with stage.serving():
        with ThreadPoolExecutor(TILLS) as tills:
            list(tills.map(lambda till: work_at_a_till(stage.company, till), range(TILLS)))
        wait_until(lambda: sum(accepted(stage).values()) >= 2 * wanted, seconds=PATIENCE)
    assert fuellings(stage) == wanted
    assert accepted(stage) == {"email": wanted, "sms": wanted}


def fuellings(stage: Stage) -> int:
    rows = ask(stage.database, "SELECT count(*) AS n FROM events_event WHERE kind = 'fuelling'")
    return int(rows[0]["n"])


def accepted(stage: Stage) -> Counter[str]:
    """Count by channel what was accepted about fuellings of our eight tills."""
    rows = ask(
        stage.database,
        "SELECT m.channel, count(*) AS n FROM outbox_message m"
        " WHERE m.state = 'accepted' AND (m.address LIKE 'flota%@flota.example'"
        " OR m.address LIKE '+59598155%') GROUP BY m.channel",
    )
    return Counter({row["channel"]: row["n"] for row in rows})
