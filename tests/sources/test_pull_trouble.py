"""What goes wrong between the business database and ours: one sentence, and nothing lost."""

# ruff: noqa: S608 - the tests write their own SQL

import socket
import sqlite3
import time
from datetime import timedelta

import psycopg
import pytest

from emailketing.company.identity import check_identity, confirm_identity
from emailketing.company.models import Company, SafeMode
from emailketing.contacts.models import Contact
from emailketing.events.models import Event
from emailketing.sources.attaching.accept import accept
from emailketing.sources.attaching.add import add_source
from emailketing.sources.attaching.install import repair
from emailketing.sources.models import CapturedChange, DocumentState, Source
from emailketing.sources.reading.pull import pull_due
from tests.sources.shop import Shop, close_links, copy_file, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def attached(shop: Shop) -> Shop:
    Company.objects.create(pk=1, language="en")
    shop.attach()
    return shop


def test_c17_stored_but_not_forgotten_is_still_one_event(attached: Shop) -> None:
    attached.order(1, number="P-1")
    # reading goes on, our DELETE does not come through
    if attached.is_sqlite:
        attached.run("BEGIN IMMEDIATE")
    else:
        attached.run("BEGIN", "LOCK TABLE emk.change IN SHARE MODE")
    attached.pull_in_quiet()
    assert len(attached.events()) == 1
    assert attached.rows(f"SELECT 1 FROM {change_table(attached)}")
    attached.run("ROLLBACK")
    attached.pull_in_quiet()
    assert not attached.rows(f"SELECT 1 FROM {change_table(attached)}")
    assert len(attached.pull()) == 1
    assert CapturedChange.objects.filter(table="pedido").count() == 1


def change_table(shop: Shop) -> str:
    return "emk_no_borrar_change" if shop.is_sqlite else "emk.change"


def test_c11_c9_our_table_dropped_never_stops_the_business_for_long(attached: Shop) -> None:
    attached.run(f"DROP TABLE {change_table(attached)}")
    if attached.is_sqlite:
        with pytest.raises(sqlite3.OperationalError):
            attached.order(1, number="P-1")
        attached.run("ROLLBACK")
        pull_due(now())  # within one poll the table is there again
        attached.rows("SELECT 1 FROM pedido")  # C11: a SELECT later it works again
    else:
        attached.order(1, state="borrador", number="P-1")
        pull_due(now())
        attached.source.refresh_from_db()
        assert attached.source.status == Source.Status.TROUBLE
        repair(attached.source, by="test", now=now())
    attached.order(2, number="P-2")
    attached.pull_until(lambda: bool(attached.events()))
    assert attached.labels() == ["Pedido P-2"]
    assert attached.source.status == Source.Status.WORKING


def test_a_column_dropped_by_an_upgrade_pauses_what_needs_it_and_says_which(
    attached: Shop,
) -> None:
    if attached.is_sqlite:  # C19: SQLite refuses to drop a captured column, so it is renamed
        attached.run("ALTER TABLE pedido RENAME COLUMN total TO importe")
    else:
        attached.run("ALTER TABLE pedido DROP COLUMN total")
    attached.run("INSERT INTO aviso VALUES (1, 'sigue')")
    attached.run("INSERT INTO renglon VALUES (10, 1, 'Yerba', 1, 5)")
    attached.run(
        "INSERT INTO pedido (id, numero, estado, cliente) VALUES (1, 'P-1', 'confirmado', 1)"
    )
    attached.pull()
    assert attached.labels() == ["Aviso sigue"]
    assert attached.source.paused_processes == {"order": "order.sql: column o.total does not exist"}
    assert attached.source.pending.count() == 1
    if attached.is_sqlite:
        attached.run("ALTER TABLE pedido RENAME COLUMN importe TO total")
    else:
        attached.run("ALTER TABLE pedido ADD COLUMN total numeric(14,2)")
    attached.run("UPDATE pedido SET total = 5")
    repair(attached.source, by="test", now=now())
    attached.pull()
    assert attached.labels() == ["Aviso sigue", "Pedido P-1"]
    assert (attached.source.paused_processes, attached.source.pending.count()) == ({}, 0)


def test_what_waited_for_a_paused_process_happens_when_it_works_again(attached: Shop) -> None:
    attached.connector("o.nota AS notes", "o.no_hay AS notes", "order.sql")
    attached.pull()
    accept(attached.source, by="test", now=now())  # somebody wanted it so
    attached.order(1, number="P-1")
    assert attached.pull() == []
    assert "no_hay" in attached.source.paused_processes["order"]
    attached.connector("o.no_hay AS notes", "o.nota AS notes", "order.sql")
    pull_due(now() + timedelta(minutes=2))  # the look of every minute
    assert attached.labels() == ["Pedido P-1"]


def test_one_document_that_cannot_be_read_stops_no_other(attached: Shop) -> None:
    if attached.is_sqlite:
        attached.connector("o.nota AS notes", "json_extract(o.nota, '$') AS notes", "order.sql")
        poison = "{"
    else:
        attached.connector("o.nota AS notes", "CAST(o.nota AS integer) AS notes", "order.sql")
        poison = "no es un número"
    attached.order(1, number="P-1", state="borrador")
    attached.order(2, number="P-2", state="borrador")
    attached.run(f"UPDATE pedido SET nota = '{poison}' WHERE id = 1")
    attached.run("UPDATE pedido SET nota = '5' WHERE id = 2")
    attached.run("UPDATE pedido SET estado = 'confirmado'")
    attached.pull()
    assert attached.labels() == ["Pedido P-2"]
    assert attached.source.pending.get().document_key == "1"
    attached.run("UPDATE pedido SET nota = '7' WHERE id = 1")
    attached.pull()
    assert attached.labels() == ["Pedido P-2", "Pedido P-1"]
    assert attached.source.pending.count() == 0


def test_a_source_gone_for_an_hour_loses_nothing(sqlite_store: Shop, db: None) -> None:
    sqlite_store.attach()
    away = sqlite_store.file.with_suffix(".away")
    sqlite_store.file.rename(away)
    start = now()
    assert pull_due(start) == 0
    sqlite_store.source.refresh_from_db()
    assert sqlite_store.source.status == Source.Status.TROUBLE
    assert "tienda" in sqlite_store.source.problem
    assert pull_due(start + timedelta(milliseconds=500)) == 0, "backing off"
    away.rename(sqlite_store.file)
    sqlite_store.order(1, number="P-1")
    pull_due(start + timedelta(hours=1))
    sqlite_store.source.refresh_from_db()
    assert sqlite_store.labels() == ["Pedido P-1"]
    assert (sqlite_store.source.status, sqlite_store.source.problem) == ("working", "")


@pytest.mark.postgres
def test_c12_between_two_polls_no_transaction_of_ours_stays_open(
    postgres_store: Shop, db: None
) -> None:
    postgres_store.attach()
    postgres_store.order(1, number="P-1")
    postgres_store.run("UPDATE renglon SET cantidad = 3", "DELETE FROM pedido WHERE id = 99")
    postgres_store.pull()
    pull_due(now() + timedelta(minutes=2))
    states = postgres_store.rows(
        "SELECT DISTINCT state FROM pg_stat_activity"
        " WHERE application_name = 'emailketing' AND datname = current_database()"
    )
    assert states == [("idle",)]


@pytest.mark.postgres
def test_a_server_that_cuts_the_connection_is_asked_again(postgres_store: Shop, db: None) -> None:
    postgres_store.attach()
    postgres_store.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'emailketing' AND datname = current_database()"
    )
    postgres_store.order(1, number="P-1")
    start = now()
    pull_due(start)
    pull_due(start + timedelta(seconds=5))
    assert postgres_store.labels() == ["Pedido P-1"]


@pytest.mark.postgres
def test_a_password_changed_by_the_dba_is_one_sentence_until_it_is_entered(
    postgres_store: Shop, db: None
) -> None:
    postgres_store.attach()
    postgres_store.source.username = "nobody_here"
    postgres_store.source.save()
    pull_due(now())
    postgres_store.source.refresh_from_db()
    assert "nobody_here" in postgres_store.source.problem
    postgres_store.order(1, number="P-1")
    postgres_store.source.username = str(postgres_store.place["username"])
    postgres_store.source.save()
    assert [e.document_label for e in postgres_store.pull()] == ["Pedido P-1"]


def test_a_dead_server_makes_no_other_source_wait(sqlite_store: Shop, db: None) -> None:
    sqlite_store.attach()
    with socket.socket() as silent:  # accepts, and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        dead = add_source(
            Source(
                slug="a-dead",
                name="A dead one",
                connector=str(sqlite_store.folder),
                dialect="postgresql",
                database="erp",
                host="127.0.0.1",
                port=silent.getsockname()[1],
                username="u",
                status=Source.Status.WORKING,
            ),
            by="test",
            now=now(),
        )
        sqlite_store.order(1, number="P-1")
        started = time.monotonic()
        pull_due(now())
        assert time.monotonic() - started < 3
        assert sqlite_store.labels() == ["Pedido P-1"]
        silent.close()
        sqlite_store.pull_until(lambda: bool(Source.objects.get(pk=dead.pk).problem))
    close_links()


def test_a_broken_connector_is_one_sentence_and_nothing_is_lost(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.connector('title = "Tienda"', 'titel = "Tienda"')
    assert len(attached.pull()) == 1, "the former one works on"
    assert "title" in attached.source.problem
    attached.connector('titel = "Tienda"', 'title = "Tienda"')
    attached.pull()
    assert attached.source.problem == ""


def test_rows_nobody_of_ours_wrote_are_dropped(attached: Shop) -> None:
    attached.run(f"INSERT INTO {change_table(attached)} (tbl, op) VALUES ('pedido', 'X')")
    attached.order(1, number="P-1")
    assert len(attached.pull()) == 1
    attached.pull_in_quiet()
    assert attached.rows(f"SELECT 1 FROM {change_table(attached)}") == []


@pytest.mark.postgres
def test_an_emptied_table_forgets_what_was_true(postgres_store: Shop, db: None) -> None:
    postgres_store.attach()
    postgres_store.order(1, number="P-1")
    postgres_store.pull()
    postgres_store.run("TRUNCATE pedido, renglon")
    postgres_store.pull()
    postgres_store.order(1, number="P-9")
    assert len(postgres_store.pull()) == 2


def test_c20_a_copied_file_is_in_safe_mode_and_still_read(sqlite_store: Shop, db: None) -> None:
    source = sqlite_store.attach()
    copy = sqlite_store.file.with_name("copia.db")
    copy_file(sqlite_store.file, copy)
    source.database = str(copy)
    source.save()
    with sqlite3.connect(copy, isolation_level=None) as program:
        program.execute("INSERT INTO aviso VALUES (1, 'de la copia')")
    program.close()
    sqlite_store.pull()
    mode = SafeMode.objects.get()
    assert (mode.scope, mode.confirmed_at) == ("source:tienda", None)
    assert mode.registered["installation"] == mode.found["installation"]
    assert sqlite_store.labels() == ["Aviso de la copia"]


@pytest.mark.postgres
def test_c20_a_restored_database_is_in_safe_mode(
    postgres_store: Shop, postgres_server: str, db: None
) -> None:
    source = postgres_store.attach()
    original = str(postgres_store.place["database"])
    close_links()
    postgres_store.business.close()  # type: ignore[attr-defined]
    with psycopg.connect(postgres_server, autocommit=True) as root:
        root.execute(f'CREATE DATABASE "{original}_copy" TEMPLATE "{original}"'.encode())
        try:
            source.database = f"{original}_copy"
            source.save()
            pull_due(now())
            assert SafeMode.objects.get().scope == "source:tienda"
        finally:
            close_links()
            root.execute(f'DROP DATABASE "{original}_copy" WITH (FORCE)'.encode())


def test_while_our_own_database_is_a_copy_nothing_is_taken_from_the_business(
    attached: Shop,
) -> None:
    mode = SafeMode.objects.create(scope="installation", since=now())
    attached.order(1, number="P-1")
    assert attached.pull() == []
    assert "administrator" in attached.source.problem
    assert attached.rows(f"SELECT count(*) FROM {change_table(attached)}")[0][0] >= 3
    mode.delete()
    attached.pull_until(lambda: bool(attached.events()))


def test_after_a_restore_of_ours_what_was_sent_since_the_backup_is_not_sent_again(
    attached: Shop,
) -> None:
    check_identity("installation", {"oid": "1"}, now=attached.source.created_at)
    attached.order(1, number="P-1")
    attached.order(2, number="P-2", state="borrador")
    attached.pull()
    # the backup was made before: it knows nothing of the first order
    Event.objects.all().delete()
    DocumentState.objects.all().delete()
    check_identity("installation", {"oid": "2"}, now=now())
    confirm_identity("installation", by="ana", now=now())
    attached.run("UPDATE pedido SET estado = 'confirmado' WHERE id = 2")
    attached.pull()
    attached.run("UPDATE pedido SET nota = 'tocado'")
    attached.pull()
    assert attached.labels() == ["Pedido P-2"]


def test_the_first_start_of_the_worker_is_no_restore(attached: Shop) -> None:
    """Its registration comes after the installation by command: nothing saved then is past."""
    attached.order(1, number="P-1")
    Source.objects.update(installed_at=now() - timedelta(minutes=1))
    check_identity("installation", {"oid": "1"}, now=now())
    attached.pull()
    assert "stocked_at" not in attached.source.health
    assert attached.labels() == ["Pedido P-1"]


def test_contacts_follow_the_business_system(attached: Shop) -> None:
    contact = Contact.objects.get()
    assert (contact.key, contact.name, contact.language) == ("client:1", "Ñandutí S.A.", "es")
    attached.run(
        "UPDATE cliente SET idioma = 'PT_br', nombre = 'Nandu'",
        "INSERT INTO correo VALUES (3, 1, 'a@x.example; b@x.example', '', 'email')",
        "INSERT INTO correo VALUES (4, 1, 'no es correo', 'pedidos', 'email')",
        "DELETE FROM correo WHERE id = 1",
    )
    attached.pull()
    contact.refresh_from_db()
    assert (contact.language, contact.name) == ("pt", "Nandu")
    kept = [(a.kind, a.value, a.usage, bool(a.problem)) for a in contact.addresses.all()]
    assert kept == [
        ("phone", "+59521555010", "", False),
        ("email", "a@x.example", "", False),
        ("email", "b@x.example", "", False),
        ("email", "no es correo", "pedidos", True),
    ]
    attached.run("DELETE FROM cliente")
    attached.pull()
    contact.refresh_from_db()
    assert not contact.is_active


def test_a_party_made_in_the_same_save_is_a_contact_before_the_event(attached: Shop) -> None:
    attached.run(
        "INSERT INTO cliente VALUES (2, 'Nuevo', '', 'en', 1, 'ana')",
        "INSERT INTO correo VALUES (9, 2, 'n@new.example', 'pedidos', 'email')",
    )
    attached.order(1, number="P-1", state="borrador")
    attached.run("UPDATE pedido SET cliente = 2, estado = 'confirmado'")
    (event,) = attached.pull()
    contact = Contact.objects.get(key=event.data["document"]["party"]["key"])
    assert [a.value for a in contact.addresses.all()] == ["n@new.example"]
