"""What may happen between two looks, or between two who look: once each, and nothing lost."""

# ruff: noqa: S608 - the tests write their own SQL

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from emailketing.company.models import INSTALLATION, SafeMode
from emailketing.sources.attaching.install import install
from emailketing.sources.connectors import load
from emailketing.sources.judging.gather import SourceSession, gather
from emailketing.sources.judging.judge import Overtaken, write_down
from emailketing.sources.link import connected_to
from emailketing.sources.models import DocumentState, Source
from emailketing.sources.upkeep.health import look_after
from tests.sources.shop import Shop, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def attached(shop: Shop) -> Shop:
    shop.attach()
    return shop


def delete_order(shop: Shop, key: int) -> None:
    shop.run(
        "BEGIN",
        f"DELETE FROM renglon WHERE pedido = {key}",
        f"DELETE FROM pedido WHERE id = {key}",
        "COMMIT",
    )


def test_a_number_given_again_between_two_looks_is_another_event(attached: Shop) -> None:
    attached.order(7, number="P-7")
    attached.pull()
    delete_order(attached, 7)
    attached.order(7, number="P-8")
    attached.pull()
    assert attached.labels() == ["Pedido P-7", "Pedido P-8"]
    assert [event.data["life"] for event in attached.events()] == [0, 1]


def test_a_number_that_is_the_key_is_told_again_for_another_document(attached: Shop) -> None:
    """Composite keys: the number says nothing, it is the key; the new one begins as a draft."""
    attached.order(7, number="P-7")
    attached.pull()
    delete_order(attached, 7)
    attached.order(7, number="P-7", state="borrador")
    attached.pull()
    attached.run("UPDATE pedido SET estado = 'confirmado', nota = 'otro' WHERE id = 7")
    attached.pull()
    assert attached.labels() == ["Pedido P-7", "Pedido P-7"]
    assert [event.data["life"] for event in attached.events()] == [0, 1]


def test_the_key_of_another_transaction_is_another_document(postgres_store: Shop, db: None) -> None:
    """PostgreSQL names its transactions: the number need not differ, what was told does."""
    postgres_store.attach()
    postgres_store.order(7, number="P-7")
    postgres_store.pull()
    delete_order(postgres_store, 7)
    postgres_store.order(7, number="P-7", state="borrador")
    postgres_store.run("UPDATE pedido SET estado = 'confirmado', total = 5 WHERE id = 7")
    postgres_store.pull()
    postgres_store.run("UPDATE pedido SET nota = 'x' WHERE id = 7")
    postgres_store.pull()
    assert [event.data["life"] for event in postgres_store.events()] == [0, 1]


def test_a_document_saved_by_deleting_and_inserting_it_is_the_same(attached: Shop) -> None:
    attached.order(7, number="P-7")
    attached.pull()
    attached.run("BEGIN", "DELETE FROM pedido WHERE id = 7")
    attached.run("INSERT INTO pedido VALUES (7, 'P-7', 'confirmado', 1, NULL, 5, 'x', 'ana', '')")
    attached.run("COMMIT")
    assert len(attached.pull()) == 1


def test_two_workers_on_one_source_do_not_write_down_what_is_older(attached: Shop) -> None:
    """The slow one read the draft; the fast one has written down the confirmation meanwhile."""
    attached.order(7, state="borrador", number="P-7")
    slow = Source.objects.get(pk=attached.source.pk)
    connector = load(slow.connector)
    with connected_to(slow) as (connection, dialect):
        block = dialect.read(connection, limit=500)
        read_slowly = gather(SourceSession(slow, connector, connection, "es", now()), block).work
    attached.run("UPDATE pedido SET estado = 'confirmado'")
    attached.pull()
    with pytest.raises(Overtaken):
        write_down(slow, connector, read_slowly, now=now())
    attached.run("UPDATE pedido SET nota = 'otra vez'")
    attached.pull()
    assert attached.labels() == ["Pedido P-7"]
    assert DocumentState.objects.get().is_true


def test_c17_a_worker_killed_before_it_forgets_judges_nothing_twice(attached: Shop) -> None:
    """Also the deletion that came back is not judged again: the number would be another's."""
    attached.order(7, number="P-7")
    attached.pull()
    delete_order(attached, 7)
    attached.order(7, number="P-8")
    with connected_to(attached.source) as (connection, dialect):
        block = dialect.read(connection, limit=500)
        attached.source.refresh_from_db()
        session = SourceSession(
            attached.source, load(attached.source.connector), connection, "es", now()
        )
        write_down(attached.source, session.connector, gather(session, block).work, now=now())
    attached.run("UPDATE pedido SET nota = 'x'")
    attached.pull()
    assert attached.labels() == ["Pedido P-7", "Pedido P-8"]


def test_lives_that_end_in_the_next_block_do_not_end_the_one_already_read(
    sqlite_store: Shop, db: None
) -> None:
    """After an hour away a key was given three times; the fresh document is the last one."""
    sqlite_store.attach()
    sqlite_store.order(7, number="P-1")
    sqlite_store.pull()
    delete_order(sqlite_store, 7)
    sqlite_store.order(7, state="borrador")
    sqlite_store.run("BEGIN")
    for key in range(500):
        sqlite_store.run(f"INSERT INTO aviso VALUES ({key}, 'n{key}')")
    sqlite_store.run("COMMIT")
    delete_order(sqlite_store, 7)
    sqlite_store.order(7, number="P-2")
    sqlite_store.pull()
    assert [label for label in sqlite_store.labels() if "Pedido" in label] == [
        "Pedido P-1",
        "Pedido P-2",
    ]


@contextmanager
def just_before_a_statement(
    which: Callable[[str], bool], do: Callable[[], object]
) -> Iterator[None]:
    """Let the shop's program act once, between two statements of ours."""
    done: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not done and which(" ".join(statement.replace('"', "").split())):
            done.append(statement)
            do()

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    assert done


def lists_orders(statement: str) -> bool:
    """After we have begun to note the past and before it is read."""
    return statement.startswith("SELECT") and statement.endswith("pedido")


def reads_an_order(statement: str) -> bool:
    """After the changes are read, before the document is read fresh."""
    return "FROM pedido o" in statement


def test_an_order_saved_while_the_past_is_listed_is_not_the_past(attached: Shop) -> None:
    attached.source.stocked = []
    attached.source.save()
    with just_before_a_statement(lists_orders, lambda: attached.order(7, number="P-7")):
        install(attached.source, by="test", now=now())
    attached.pull()
    assert attached.labels() == ["Pedido P-7"]


def test_an_order_confirmed_while_a_restore_is_caught_up_with_is_not_the_past(
    attached: Shop,
) -> None:
    attached.order(6, number="P-6", state="borrador")
    attached.order(7, number="P-7", state="borrador")
    attached.pull()
    SafeMode.objects.create(
        scope=INSTALLATION, since=now(), confirmed_at=now() + timedelta(hours=1)
    )
    attached.run("UPDATE pedido SET nota = 'x' WHERE id = 6")
    confirm = "UPDATE pedido SET estado = 'confirmado' WHERE id = 7"
    with just_before_a_statement(lists_orders, lambda: attached.run(confirm)):
        attached.pull()
    assert attached.labels() == ["Pedido P-7"]


def test_an_order_confirmed_while_the_gap_of_a_lease_is_noted_is_not_the_past(
    attached: Shop,
) -> None:
    attached.order(7, number="P-7", state="borrador")
    attached.pull()
    with connected_to(attached.source) as (connection, dialect):
        dialect.renew_lease(connection, now() - timedelta(days=1))
    confirm = "UPDATE pedido SET estado = 'confirmado' WHERE id = 7"
    with just_before_a_statement(lists_orders, lambda: attached.run(confirm)):
        look_after(attached.source, now())
    attached.pull()
    assert attached.labels() == ["Pedido P-7"]


@pytest.mark.parametrize("is_whole", [True, False], ids=["whole", "lines later"])
def test_a_number_given_again_while_we_read_is_another_event(
    attached: Shop, is_whole: bool
) -> None:
    """Found by the soak: its deletion is not read yet, the new document is."""
    attached.order(7, number="P-7")
    attached.pull()

    def given_again() -> None:
        delete_order(attached, 7)
        if is_whole:
            attached.order(7, number="P-8")
        else:
            attached.run(
                "INSERT INTO pedido VALUES"
                " (7, 'P-8', 'confirmado', 1, '2026-11-24', 90000, '', 'ana', '')"
            )

    attached.run("UPDATE pedido SET nota = 'otra vez' WHERE id = 7")
    with just_before_a_statement(reads_an_order, given_again):
        attached.pull()
    if not is_whole:
        attached.run("INSERT INTO renglon VALUES (70, 7, 'Yerba', 2.5, 20000)")
    attached.pull()
    assert attached.labels() == ["Pedido P-7", "Pedido P-8"]


def test_a_document_numbered_anew_is_the_same(attached: Shop) -> None:
    attached.order(7, number="P-7")
    attached.pull()
    attached.run("UPDATE pedido SET numero = 'P-7B' WHERE id = 7")
    attached.pull()
    attached.run("UPDATE pedido SET nota = 'x' WHERE id = 7")
    attached.pull()
    assert attached.labels() == ["Pedido P-7"]
