"""Install, look after, mend and remove; what the page of a source says (C3, C19, C23)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from django.utils import translation
from sqlalchemy import Engine, event

from emailketing.company.models import Company, Identity, SafeMode
from emailketing.contacts.models import Contact
from emailketing.sources.attaching.add import add_source, change_source
from emailketing.sources.attaching.check import check_source
from emailketing.sources.attaching.install import install, plan, remove, repair
from emailketing.sources.attaching.pause import pause, resume
from emailketing.sources.capture.base import LEASE
from emailketing.sources.capture.errors import CaptureError, MissingRights, NotInstalled
from emailketing.sources.link import connected_to
from emailketing.sources.models import CapturedChange, DocumentState, Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.reading.sample import one_document, past_documents
from emailketing.sources.upkeep.facts import facts
from emailketing.sources.upkeep.health import look_after
from tests.sources.shop import Shop, close_links, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(db: None) -> None:
    Company.objects.create(pk=1, language="en")


@pytest.fixture
def attached(shop: Shop, english: None) -> Shop:
    shop.attach()
    return shop


def drop_trigger(shop: Shop) -> None:
    if shop.is_sqlite:
        shop.run('DROP TRIGGER "emk_no_borrar_on_pedido_U"')
    else:
        shop.run("DROP TRIGGER emk_update ON pedido")


def objects(shop: Shop) -> list[tuple[object, ...]]:
    if shop.is_sqlite:
        return shop.rows("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    return shop.rows(
        "SELECT 'n', nspname FROM pg_namespace WHERE nspname = 'emk'"
        " UNION ALL SELECT 't', tgname FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT 'f', proname FROM pg_proc WHERE proname LIKE '%pedido%'"
        " UNION ALL SELECT 'c', relname FROM pg_class WHERE relname LIKE 'emk%'"
    )


def test_the_plan_shows_what_installing_does_and_changes_nothing(shop: Shop) -> None:
    before = objects(shop)
    shop.source = Source(slug="s", name="S", connector=str(shop.folder), **shop.place)
    planned = plan(shop.source)
    assert objects(shop) == before
    assert any("pedido" in statement for statement in planned.statements)
    assert all(statement in planned.script for statement in planned.statements)
    assert ["upgrade" in warning for warning in planned.warnings] == [True] * shop.is_sqlite


def test_removing_leaves_no_trace(shop: Shop, english: None) -> None:
    before = objects(shop)
    shop.order(1, number="P-1")
    source = shop.attach()
    assert objects(shop) != before
    close_links()
    remove(source, by="test", now=now())
    assert objects(shop) == before
    assert not Identity.objects.exists()
    assert not DocumentState.objects.exists()
    assert (source.status, source.installed_at) == (Source.Status.NEW, None)
    shop.order(2, number="P-2")
    assert pull_due(now()) == 0
    install(source, by="test", now=now())
    assert shop.pull() == []


def test_installing_twice_is_harmless(attached: Shop) -> None:
    attached.order(1, number="P-1")
    install(attached.source, by="test", now=now())
    assert len(attached.pull()) == 1


def test_an_order_made_while_we_install_is_not_the_past(attached: Shop) -> None:
    attached.source.installed_at = None
    attached.order(1, number="P-1")
    install(attached.source, by="test", now=now())
    attached.pull()
    assert attached.labels() == ["Pedido P-1"]


def test_installing_imports_the_contacts(attached: Shop) -> None:
    contact = Contact.objects.get()
    assert [(a.kind, a.usage) for a in contact.addresses.all()] == [
        ("email", "pedidos"),
        ("phone", ""),
    ]


def test_a_table_that_is_missing_pauses_its_process_only(shop: Shop, english: None) -> None:
    shop.run("DROP TABLE aviso")
    shop.attach()
    assert list(shop.source.paused_processes) == ["notice"]
    assert "aviso" in shop.source.paused_processes["notice"]
    with translation.override("es"):
        why = shop.source.paused_in_words["notice"]
        assert "aviso" in why
        assert why != shop.source.paused_processes["notice"]
        assert any(why in value for _label, value, _is_well in facts(shop.source))
    shop.order(1, number="P-1")
    shop.pull()
    assert shop.labels() == ["Pedido P-1"]


def test_the_past_of_a_process_that_works_later_is_past_too(shop: Shop, english: None) -> None:
    shop.order(1, number="P-1")
    shop.order(2, number="P-2", state="borrador")
    shop.connector("o.nota AS notes", "o.no_hay AS notes", "order.sql")
    shop.attach()
    assert list(shop.source.paused_processes) == ["order"]
    shop.connector("o.no_hay AS notes", "o.nota AS notes", "order.sql")
    shop.run("UPDATE pedido SET nota = 'tocado'")
    pull_due(now() + timedelta(minutes=2))
    shop.run("UPDATE pedido SET estado = 'confirmado'")
    shop.pull()
    assert shop.labels() == ["Pedido P-2"]


def test_a_process_the_connector_has_learnt_begins_without_the_past(attached: Shop) -> None:
    attached.order(1, number="P-1")
    attached.pull()
    with (attached.folder / "connector.toml").open("a") as file:
        file.write('[processes.saved]\nlabel = "Guardado"\ndocument = "order"\n')
    attached.run("UPDATE pedido SET nota = 'x'")
    attached.pull()
    attached.order(2, state="borrador", number="P-2")
    attached.pull()
    assert [(e.kind, e.document_label) for e in attached.events()] == [
        ("order", "Pedido P-1"),
        ("saved", "Pedido P-2"),
    ]


def test_the_check_names_file_and_column_and_the_field_without_one(
    shop: Shop, english: None
) -> None:
    shop.connector("o.estado AS state", "o.stado AS state", "order.sql")
    shop.connector("SELECT titulo AS title", "SELECT titulo AS titel", "notice.sql")
    shop.connector("SELECT nombre FROM", "SELECT apodo FROM", "actor.sql")
    shop.connector('"Título"', '{ es = "Título", en = "Title" }')
    shop.connector('"Aviso nuevo"', '{ es = "Aviso nuevo", en = "New notice" }')
    source = Source(slug="s", name="S", connector=str(shop.folder), **shop.place)
    report = check_source(source, now=now())
    assert "New notice" in [line.label for line in report.lines]
    assert not report.ok
    assert report.paused == {
        "order": "order.sql: column o.stado does not exist",
        "notice": "notice.sql: gives no column “title”, which the field Title needs",
    }
    assert "actor.sql: column apodo does not exist" in [p.sentence for p in report.problems]


def test_wrong_places_are_one_sentence_each(shop: Shop, english: None) -> None:
    wrong = {"database": "/no/such/file.db"} if shop.is_sqlite else {"database": "no_such_db"}
    source = Source(slug="s", name="S", connector=str(shop.folder), **{**shop.place, **wrong})
    verbs: list[Callable[[], object]] = [partial(check_source, source, now=now())]
    verbs += [partial(verb, source, by="test", now=now()) for verb in (install, repair, remove)]
    verbs.append(partial(look_after, source, now()))
    for verb in verbs:
        with pytest.raises(CaptureError, match=r"no_such_db|/no/such/file"):
            verb()
    with pytest.raises(CaptureError):
        plan(source)


def test_c19_a_new_column_is_noted_by_itself(attached: Shop) -> None:
    """Issue 8, 12: repaired by itself where rights allow."""
    attached.order(1, state="borrador", number="P-1")
    attached.run("ALTER TABLE pedido ADD COLUMN moneda text")
    look_after(attached.source, now())
    assert attached.source.health["drifted"] == []
    assert (attached.source.status, attached.source.problem) == (Source.Status.WORKING, "")
    attached.run("UPDATE pedido SET moneda = 'PYG'")
    attached.pull()
    assert CapturedChange.objects.latest("pk").new == {"moneda": "PYG"}


def test_c19_without_its_triggers_a_table_is_mended_and_caught_up_with(attached: Shop) -> None:
    attached.order(1, state="borrador", number="P-1")
    attached.pull()
    drop_trigger(attached)
    attached.run("UPDATE pedido SET estado = 'confirmado'")
    look_after(attached.source, now())
    attached.pull()
    assert attached.labels() == ["Pedido P-1"]
    assert attached.source.health["missing"] == []
    assert (attached.source.status, attached.source.problem) == (Source.Status.WORKING, "")
    assert [(gap.kind, gap.table) for gap in attached.source.gaps.all()] == [
        ("untriggered", "pedido")
    ]


def test_the_worker_looks_each_minute_by_itself(attached: Shop) -> None:
    looked_at = Source.objects.get().checked_at
    pull_due(now())
    assert Source.objects.get().checked_at == looked_at
    pull_due(now() + timedelta(seconds=61))
    assert Source.objects.get().checked_at != looked_at


def test_c3_the_lease_is_renewed_each_day(attached: Shop) -> None:
    with connected_to(attached.source) as (connection, dialect):
        dialect.renew_lease(connection, now() + LEASE - timedelta(days=2))
    look_after(attached.source, now())
    with connected_to(attached.source) as (connection, dialect):
        until = dialect.inspect(connection, []).lease_until
    assert until is not None
    assert until > now() + LEASE - timedelta(minutes=1)


def test_c3_what_happened_after_the_lease_ran_out_is_past(attached: Shop) -> None:
    attached.order(1, state="borrador", number="P-1")
    attached.pull()
    with connected_to(attached.source) as (connection, dialect):
        dialect.renew_lease(connection, now() - timedelta(days=1))
    attached.run("UPDATE pedido SET estado = 'confirmado'")
    look_after(attached.source, now())
    attached.run("UPDATE pedido SET nota = 'x'")
    assert attached.pull() == []
    assert any(label == "Gap" for label, _value, _ok in facts(attached.source))


def test_c23_the_heartbeat_goes_out_daily_and_comes_back(attached: Shop) -> None:
    attached.pull()
    look_after(attached.source, now())
    health = attached.source.health
    assert health["heartbeat_seen"] == health["heartbeat_sent"]
    assert attached.events() == []
    with connected_to(attached.source) as (connection, dialect):
        dialect.heartbeat(connection, now() - timedelta(days=2))
    attached.pull()
    look_after(attached.source, now())
    assert attached.source.health["heartbeat_sent"] > health["heartbeat_sent"]


def test_c23_a_heartbeat_that_does_not_come_back_is_a_problem(
    attached: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached.pull()
    monkeypatch.setattr("emailketing.sources.upkeep.health.BEAT_BACK_WITHIN", timedelta())
    with connected_to(attached.source) as (connection, dialect):
        dialect.renew_lease(connection, now() - timedelta(days=1))
        dialect.heartbeat(connection, now())
        dialect.renew_lease(connection, now() + LEASE)
    look_after(attached.source, now())
    assert "heartbeat" in attached.source.problem
    for language, label in (("en", "Heartbeat"), ("es", "Latido")):
        with translation.override(language):
            well = {name: is_well for name, _value, is_well in facts(attached.source)}
        assert well[label] is False


@pytest.mark.postgres
def test_c9_misses_become_a_line_for_ever(postgres_store: Shop, english: None) -> None:
    source = postgres_store.attach()
    postgres_store.run("ALTER TABLE emk.change ADD CHECK (tbl <> 'aviso') NOT VALID")
    postgres_store.run("INSERT INTO aviso VALUES (1, 'Hola')")
    assert postgres_store.pull() == []
    look_after(source, now())
    assert any(label == "Not captured" and "aviso" in value for label, value, _ in facts(source))
    assert "aviso" in source.problem
    assert postgres_store.labels() == ["Aviso Hola"], "what was missed is caught up"
    look_after(source, now())
    assert not any(label == "Not captured" for label, _value, _ok in facts(source))
    assert (source.status, source.problem) == (Source.Status.WORKING, "")
    gap = source.gaps.get(kind="missed")
    assert (gap.table, gap.misses) == ("aviso", 1)
    assert "check" in gap.detail
    assert gap.end is not None
    postgres_store.pull()
    assert postgres_store.labels() == ["Aviso Hola"]


def test_while_paused_changes_wait(attached: Shop) -> None:
    pause(attached.source, by="test", now=now())
    attached.order(1, number="P-1")
    assert pull_due(now()) == 0
    assert attached.events() == []
    resume(attached.source, by="test", now=now())
    attached.pull()
    assert attached.labels() == ["Pedido P-1"]


def test_the_worker_does_not_undo_what_an_operator_does_at_the_same_moment(
    attached: Shop,
) -> None:
    as_the_worker_knows_it = Source.objects.get()
    pause(attached.source, by="test", now=now())
    look_after(as_the_worker_knows_it, now())
    drop_trigger(attached)
    look_after(as_the_worker_knows_it, now())
    assert Source.objects.get().status == Source.Status.PAUSED


def test_changing_the_entries_leaves_what_the_worker_writes(attached: Shop) -> None:
    as_the_form_knows_it = Source.objects.get()
    attached.order(1, number="P-1")
    attached.pull()
    as_the_form_knows_it.name, as_the_form_knows_it.stocked = "Otra", []
    change_source(as_the_form_knows_it, password="x", by="test", now=now())  # noqa: S106 - of a test
    changed = Source.objects.get()
    assert (changed.name, changed.password) == ("Otra", "x")
    assert changed.changed_at is not None
    assert changed.stocked == ["order", "notice"]


def test_what_was_never_installed_cannot_be_paused(shop: Shop) -> None:
    source = Source(slug="s", name="S", connector=str(shop.folder), **shop.place)
    with pytest.raises(NotInstalled):
        pause(source, by="test", now=now())


def test_the_newest_documents_that_happened_are_there_to_try_rules_with(attached: Shop) -> None:
    for key in (1, 2, 3):
        attached.order(key, number=f"P-{key}", state="borrador" if key == 3 else "confirmado")
    found = past_documents(attached.source, "order", 5)
    assert [document["number"] for document in found] == ["P-2", "P-1"]
    one = one_document(attached.source, "order", "3")
    assert one is not None
    assert (one["state"], one["key"]) == ("borrador", "3")
    assert one_document(attached.source, "order", "77") is None


@pytest.mark.postgres
def test_c21_the_least_grants_are_enough(
    postgres_store: Shop, postgres_database: str, english: None
) -> None:
    """The DBA installs with one account, we read with another: each has what `grants` names."""
    tag = str(postgres_store.place["database"])
    installer, reader = f"{tag}_dba", f"{tag}_emk"
    source = add_source(
        Source(
            slug="tienda", name="T", connector=str(postgres_store.folder), **postgres_store.place
        ),
        by="test",
        now=now(),
    )
    planned = plan(source, installer=installer, puller=reader)
    own = [g for g in planned.grants if "emk." not in g and "SCHEMA emk" not in g]
    postgres_store.run(f'CREATE ROLE "{installer}" LOGIN', f'CREATE ROLE "{reader}" LOGIN')
    try:
        postgres_store.run(*own)
        with psycopg.connect(postgres_database, user=installer, autocommit=True) as dba:
            dba.execute(planned.script.encode())
        source.username = reader
        with pytest.raises(MissingRights):
            repair(source, by="test", now=now())
        install(source, by="test", now=now())
        postgres_store.source = source
        postgres_store.order(1, number="P-1")
        postgres_store.run("DELETE FROM renglon WHERE id = 11")
        assert [e.actor for e in postgres_store.pull()] == ["Ana Ríos"]
        assert source.status == Source.Status.WORKING
        assert not SafeMode.objects.exists()
    finally:
        close_links()
        postgres_store.run(
            f'DROP OWNED BY "{installer}" CASCADE',
            f'DROP OWNED BY "{reader}" CASCADE',
            f'DROP ROLE "{installer}"',
            f'DROP ROLE "{reader}"',
        )


def test_idle_polling_is_cheap(
    attached: Shop, django_assert_max_num_queries: "object", record_property: "object"
) -> None:
    attached.pull()
    asked: list[str] = []

    def count(_c: object, _cur: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        with django_assert_max_num_queries(2):  # type: ignore[operator]
            pull_due(now())
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    # a poll every half second: at most twice as many a second
    assert len(asked) <= 2, asked
