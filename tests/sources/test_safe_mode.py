"""C20 from end to end: a copied or restored business database writes to nobody but the inbox."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest

from emailketing.channels.models import InboxMessage
from emailketing.company.identity import confirm_identity, is_safe_mode
from emailketing.outbox.models import Message, State
from emailketing.sources.reading.pull import pull_due
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.save import save_rule
from tests.far_side import FarSide, far_side
from tests.outbox import cast
from tests.sources.shop import Shop, close_links, copy_file, now

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def copied(shop: Shop, server: str) -> Iterator[tuple[str, Any]]:
    """Copy the business database as people do; give its name and a program's connection."""
    if shop.is_sqlite:
        copy = shop.file.with_name("copia.db")
        copy_file(shop.file, copy)
        with closing(sqlite3.connect(copy, isolation_level=None)) as program:
            yield str(copy), program
        return
    name = f"{shop.place['database']}_copy"
    base = server.rpartition("/")[0]
    with psycopg.connect(server, autocommit=True) as root:
        root.execute(f'CREATE DATABASE "{name}"'.encode())
        dump = subprocess.run(
            ["pg_dump", f"{base}/{shop.place['database']}"], capture_output=True, check=True
        )
        subprocess.run(
            ["psql", "-q", f"{base}/{name}"], input=dump.stdout, capture_output=True, check=True
        )
        try:
            with psycopg.connect(f"{base}/{name}", autocommit=True) as program:
                yield name, program
        finally:
            close_links()
            root.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def save(program: Any, key: int) -> None:
    for statement in (
        f"INSERT INTO renglon VALUES ({key}, {key}, 'Yerba', 1, 5)",  # noqa: S608
        f"INSERT INTO pedido VALUES ({key}, 'P-{key}', 'confirmado', 1, NULL, 5, '', 'ana', '')",  # noqa: S608
    ):
        program.execute(statement)


def rule_for(shop: Shop, far: FarSide) -> Rule:
    cast.go_live()
    cast.sender(far.port)
    rule = Rule(
        name="Pedido",
        source=shop.source,
        process="order",
        recipients=[{"kind": "address", "value": "ana@cliente.test", "language": "es"}],
        attach_document=False,
        is_active=True,
    )
    rule.template = cast.template("Hola", "{{ document.label }}")
    return save_rule(rule, by="t", now=shop.source.created_at)


def message_about(shop: Shop, label: str) -> Message:
    shop.pull_until(lambda: label in shop.labels())
    fire_due(now())
    return Message.objects.get(subject=label)


def test_c20_nobody_hears_of_a_copy_until_an_administrator_says_it_is_the_one(
    shop: Shop, request: pytest.FixtureRequest
) -> None:
    source = shop.attach()
    server = "" if shop.is_sqlite else request.getfixturevalue("postgres_server")
    with far_side() as far, cast.built_in_inbox(now) as port, cast.engine(now, port):
        rule_for(shop, far)
        shop.order(1, number="P-1")
        cast.wait_for_state(message_about(shop, "Pedido P-1"), State.ACCEPTED)
        assert len(far.received) == 1
        close_links()
        with copied(shop, server) as (place, program):
            source.database = place
            source.save()
            save(program, 2)
            message = cast.wait_for_state(message_about(shop, "Pedido P-2"), State.ACCEPTED)
            assert message.is_redirected
            assert (len(far.received), InboxMessage.objects.count()) == (1, 1)
            confirm_identity(source.scope, by="ana", now=now())
            save(program, 3)
            message = cast.wait_for_state(message_about(shop, "Pedido P-3"), State.ACCEPTED)
            assert not message.is_redirected
            assert len(far.received) == 2
            pull_due(now())
            assert not is_safe_mode(source.scope)
