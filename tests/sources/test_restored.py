"""C20: a business database put back in place is recognised; nothing is lost, nothing doubled."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, event

from emailketing.company.identity import confirm_identity
from emailketing.company.models import SafeMode
from emailketing.events.models import Event
from emailketing.sources.models import CapturedChange, Gap, Source
from emailketing.sources.upkeep.turns import known_of, remember
from tests.sources.shop import Shop, close_links, now

pytestmark = pytest.mark.django_db
Restore = Callable[[], None]


@pytest.fixture(params=["running", "stopped"])
def worker(request: pytest.FixtureRequest) -> str:
    """Whether the worker runs while the database is put back."""
    return str(request.param)


@pytest.fixture(params=["wal", "delete"])
def journal(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def backup(shop: Shop, address: str = "") -> Restore:
    """Make a backup as people do; return what puts it back over the same database."""
    if not shop.is_sqlite:
        return _dump(shop, address)
    kept = shop.file.with_name("copia de ayer.db")
    _close(shop)
    shutil.copyfile(shop.file, kept)
    _open(shop)

    def restore() -> None:
        _close(shop)
        shutil.copyfile(kept, shop.file)  # cp over the file: the same number on the disk
        _open(shop)

    return restore


def _dump(shop: Shop, address: str) -> Restore:
    dump = subprocess.run(["pg_dump", "-Fc", address], capture_output=True, check=True).stdout

    def restore() -> None:
        subprocess.run(
            ["pg_restore", "--clean", "--if-exists", "-d", address],
            input=dump,
            capture_output=True,
            check=True,
        )

    return restore


def _close(shop: Shop) -> None:
    shop.business.close()  # type: ignore[attr-defined]
    assert not Path(f"{shop.file}-wal").exists()


def _open(shop: Shop) -> None:
    shop.business = sqlite3.connect(shop.file, isolation_level=None)


@pytest.fixture
def address(shop: Shop, request: pytest.FixtureRequest) -> str:
    return "" if shop.is_sqlite else str(request.getfixturevalue("postgres_database"))


def another_order(shop: Shop, key: int, *, total: int) -> None:
    """Save an order of the same number for another supplier, as after a restore."""
    shop.run(
        "BEGIN",
        f"INSERT INTO pedido VALUES ({key}, 'P-{key}', 'confirmado', 2, '2026-11-30', {total}, '',"  # noqa: S608
        " 'ana', '')",
        f"INSERT INTO renglon VALUES ({key}0, {key}, 'Azúcar', 1, {total})",  # noqa: S608
        "COMMIT",
    )


def stop_or_not(worker: str) -> None:
    if worker == "stopped":
        close_links()


def totals(shop: Shop) -> list[tuple[str, Decimal]]:
    return [
        (event.document_label, Decimal(event.data["document"]["totals"]["total"]))
        for event in shop.events()
    ]


def safe_mode() -> SafeMode:
    return SafeMode.objects.get(confirmed_at=None)


def test_three_new_orders_with_the_numbers_of_three_told_are_told_after_a_confirmation(
    shop: Shop, address: str, worker: str
) -> None:
    shop.attach()
    shop.run("INSERT INTO cliente VALUES (2, 'Otra S.A.', '80000002-5', 'es', 1, 'ana')")
    shop.order(1, number="P-1")
    shop.pull()
    shop.pull_in_quiet()
    restore = backup(shop, address)
    for key in (2, 3, 4):
        shop.order(key, number=f"P-{key}")
    shop.pull()
    shop.pull_in_quiet()
    assert len(shop.events()) == 4
    stop_or_not(worker)
    restore()
    for key in (2, 3, 4):
        another_order(shop, key, total=1000 * key)
    close_links()
    shop.pull()
    assert len(shop.events()) == 4
    facts = safe_mode().facts
    assert (facts["replaced"], facts["gone"], facts["same"], facts["new"]) == (3, 0, 1, 3)
    assert facts["at"]
    assert shop.source.status == "trouble"
    assert "estado anterior" in shop.source.problem
    assert Gap.objects.get().kind == Gap.Kind.RESTORED
    confirm_identity(shop.source.scope, by="ana", now=now())
    shop.pull_until(lambda: len(shop.events()) == 7)
    assert totals(shop)[4:] == [
        ("Pedido P-2", Decimal(2000)),
        ("Pedido P-3", Decimal(3000)),
        ("Pedido P-4", Decimal(4000)),
    ]
    shop.run("UPDATE pedido SET nota = 'tocado'")
    shop.pull()
    assert len(shop.events()) == 7
    assert not SafeMode.objects.filter(confirmed_at=None).exists()
    assert shop.source.status == "working"


def test_orders_told_before_the_notes_were_removed_are_not_told_twice(
    shop: Shop, address: str
) -> None:
    shop.attach()
    shop.order(1, number="P-1")
    shop.order(2, number="P-2")
    restore = backup(shop, address)  # the notes of both stand in it
    shop.pull()
    shop.order(3, number="P-3")
    shop.pull()
    restore()
    another_order(shop, 3, total=7)
    close_links()
    shop.pull()
    assert len(shop.events()) == 3
    assert safe_mode().facts["replaced"] == 1
    confirm_identity(shop.source.scope, by="ana", now=now())
    shop.pull_until(lambda: len(shop.events()) == 4)
    shop.pull_in_quiet()
    shop.run("UPDATE pedido SET nota = 'tocado'")
    shop.pull()
    assert [label for label, _total in totals(shop)] == [
        "Pedido P-1",
        "Pedido P-2",
        "Pedido P-3",
        "Pedido P-3",
    ]


def test_a_draft_that_came_back_is_told_again_only_when_it_reads_differently(
    shop: Shop, address: str
) -> None:
    shop.attach()
    shop.order(1, number="P-1", state="borrador")
    shop.order(2, number="P-2", state="borrador")
    shop.pull()
    shop.pull_in_quiet()
    restore = backup(shop, address)
    shop.run("UPDATE pedido SET estado = 'confirmado'")
    shop.pull()
    shop.pull_in_quiet()
    assert len(shop.events()) == 2
    restore()
    shop.run("UPDATE pedido SET estado = 'confirmado' WHERE id = 1")
    shop.run("UPDATE pedido SET estado = 'confirmado', total = 5 WHERE id = 2")
    close_links()
    shop.pull()
    confirm_identity(shop.source.scope, by="ana", now=now())
    shop.pull_until(lambda: len(shop.events()) == 3)
    shop.pull()
    assert totals(shop)[2:] == [("Pedido P-2", Decimal(5))]


def test_an_order_deleted_before_it_was_put_back_is_not_told_again(
    shop: Shop, address: str
) -> None:
    shop.attach()
    shop.order(1, number="P-1")
    shop.pull()
    shop.pull_in_quiet()
    restore = backup(shop, address)
    shop.run("DELETE FROM renglon", "DELETE FROM pedido")
    shop.pull()
    shop.pull_in_quiet()
    restore()
    close_links()
    shop.pull()
    confirm_identity(shop.source.scope, by="ana", now=now())
    shop.pull_until(lambda: Source.objects.get().status == "working")
    shop.run("UPDATE pedido SET nota = 'tocado'")
    shop.pull()
    assert shop.labels() == ["Pedido P-1"]


def test_without_wal_a_file_put_back_is_seen_too(sqlite_store: Shop, db: None, worker: str) -> None:
    sqlite_store.run("PRAGMA journal_mode=DELETE")
    sqlite_store.attach()
    restore = backup(sqlite_store)
    sqlite_store.order(1, number="P-1")
    sqlite_store.pull()
    sqlite_store.pull_in_quiet()
    stop_or_not(worker)
    restore()
    sqlite_store.pull()
    assert safe_mode().facts["gone"] == 1
    assert safe_mode().facts["names"] == ["Pedido P-1"]


def test_notes_deleted_by_hand_are_no_restore(shop: Shop) -> None:
    shop.attach()
    shop.order(1, number="P-1")
    shop.pull()
    table = "emk_no_borrar_change" if shop.is_sqlite else "emk.change"
    shop.run(f"DELETE FROM {table}")  # noqa: S608
    shop.pull()
    shop.order(2, number="P-2")
    shop.pull()
    assert not SafeMode.objects.exists()
    assert shop.labels() == ["Pedido P-1", "Pedido P-2"]


def test_a_worker_killed_while_it_writes_its_turn_sees_no_restore(shop: Shop) -> None:
    shop.attach()
    shop.order(1, number="P-1")
    shop.pull()
    shop.pull_in_quiet()
    source = Source.objects.get()
    known = known_of(source)
    remember(source, replace(known, turn=known.turn - 1))  # not noted as written
    shop.order(2, number="P-2")
    shop.pull()
    assert not SafeMode.objects.exists()


def killed_after_forgetting(shop: Shop) -> None:
    """The notes are deleted there, and that it is so is not noted here."""
    shop.attach()
    shop.order(1, number="P-1")
    shop.pull()
    shop.pull_in_quiet()
    left = str(CapturedChange.objects.latest("pk").uid)
    source = Source.objects.get()
    remember(source, replace(known_of(source), left=left))
    close_links()


def test_a_key_given_again_while_a_killed_worker_was_away_is_no_restore(shop: Shop) -> None:
    """Its deletion waits in front of the new order: what was told had been there."""
    killed_after_forgetting(shop)
    shop.run("DELETE FROM renglon", "DELETE FROM pedido")
    shop.order(1, number="P-9")
    shop.pull()
    assert not SafeMode.objects.exists()
    assert shop.labels() == ["Pedido P-1", "Pedido P-9"]


def test_an_order_deleted_while_it_is_looked_for_is_no_restore(shop: Shop) -> None:
    """Whatever was read first: an order that goes meanwhile leaves a note of its deletion."""
    killed_after_forgetting(shop)
    going = ["DELETE FROM renglon", "DELETE FROM pedido"]

    def goes(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        keys = ["SELECT", "pedido.id", "FROM", "pedido"]
        if going and statement.replace('"', "").split() == keys:
            shop.run(going.pop(0), going.pop(0))

    event.listen(Engine, "before_cursor_execute", goes)
    try:
        shop.pull()
    finally:
        event.remove(Engine, "before_cursor_execute", goes)
    assert not going
    assert not SafeMode.objects.exists()


def test_a_row_saved_anew_by_a_program_is_the_same_document(sqlite_store: Shop, db: None) -> None:
    """REPLACE fires an insert only (C18)."""
    sqlite_store.attach()
    sqlite_store.order(1, number="P-1")
    sqlite_store.pull()
    sqlite_store.run(
        "REPLACE INTO pedido VALUES (1, 'P-1', 'confirmado', 1, '2026-11-24', 5, '', 'ana', '')"
    )
    sqlite_store.pull()
    assert sqlite_store.labels() == ["Pedido P-1"]


def test_an_insert_for_a_key_that_was_told_begins_another_document(
    postgres_store: Shop, postgres_database: str, db: None
) -> None:
    """Deleted unseen (triggers off), then inserted: the insert alone says it."""
    postgres_store.attach()
    postgres_store.order(1, number="P-1")
    postgres_store.pull()
    with psycopg.connect(postgres_database, autocommit=True) as root:
        root.execute("SET session_replication_role = replica")
        root.execute("DELETE FROM pedido")
        root.execute("DELETE FROM renglon")
    another_order(postgres_store, 1, total=9)
    postgres_store.pull()
    assert totals(postgres_store)[-1] == ("Pedido P-1", Decimal(9))
    assert len(postgres_store.events()) == 2


def test_a_table_put_back_by_a_script_tells_nothing_again(shop: Shop) -> None:
    """Each statement in a transaction of its own: deleted, then inserted with equal content."""
    shop.attach()
    shop.order(1, number="P-1")
    shop.pull()
    shop.run("CREATE TABLE copia AS SELECT * FROM pedido")
    shop.run("DELETE FROM pedido")
    shop.pull()
    shop.run("INSERT INTO pedido SELECT * FROM copia")
    shop.pull()
    assert shop.labels() == ["Pedido P-1"]
    shop.run("UPDATE pedido SET nota = 'tocado'")
    shop.pull()
    assert shop.labels() == ["Pedido P-1"]


def test_a_document_told_before_anything_was_declared_of_it_is_as_it_was_told(
    shop: Shop, address: str
) -> None:
    """C9: what a connector says of the values is no value (decision 79)."""
    shop.attach()
    shop.order(1, number="P-1")
    shop.pull()
    event = shop.events()[0]
    assert event.data["document"].pop("declared")
    Event.objects.filter(pk=event.pk).update(data=event.data)
    restore = backup(shop, address)
    shop.order(2, number="P-2")
    shop.pull()
    close_links()
    restore()
    close_links()
    shop.pull()
    facts = safe_mode().facts
    assert (facts["same"], facts["differ"], facts["gone"]) == (1, 0, 1)
