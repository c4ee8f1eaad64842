"""What cannot be read waits alone, is named, and is told when it is mended (R25)."""

# ruff: noqa: S608 - the tests write their own SQL

from datetime import timedelta

import pytest

from emailketing.accounts.models import User
from emailketing.alerts.alert import alert
from emailketing.alerts.models import Alert
from emailketing.company.models import Company
from emailketing.contacts.models import Contact
from emailketing.sources.attaching.install import repair
from emailketing.sources.judging.pending import FIRST_PAUSE, LONGEST_PAUSE, pause_after
from emailketing.sources.models import DocumentState, Gap, PendingDocument, Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.upkeep.facts import facts
from emailketing.sources.upkeep.health import look_after
from tests.sources.shop import Shop, now

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def unsure(shop: Shop) -> Shop:
    """Its note is read as a number (PostgreSQL) or as JSON (SQLite): not every note is one."""
    Company.objects.create(pk=1, language="en")
    read = "json_extract(o.nota, '$')" if shop.is_sqlite else "12 / CAST(o.nota AS integer)"
    shop.connector("o.nota AS notes", f"{read} AS notes", "order.sql")
    return shop


def bad(shop: Shop) -> str:
    return "{" if shop.is_sqlite else "0"


def save_a_bad_one(shop: Shop) -> None:
    for key in (1, 2):
        shop.order(key, number=f"P-{key}", state="borrador")
    shop.run(
        f"UPDATE pedido SET estado = 'confirmado', nota = '{bad(shop)}' WHERE id = 1",
        "UPDATE pedido SET estado = 'confirmado', nota = '5' WHERE id = 2",
    )


def said(shop: Shop) -> str:
    return "malformed JSON" if shop.is_sqlite else "division by zero"


def test_r25_one_that_cannot_be_read_waits_alone_with_growing_pauses(unsure: Shop) -> None:
    unsure.attach()
    save_a_bad_one(unsure)
    start = now()
    unsure.pull()
    assert unsure.labels() == ["Pedido P-2"]
    row = PendingDocument.objects.get()
    assert (row.document_type, row.document_key, row.attempts) == ("order", "1", 1)
    assert (row.file, said(unsure) in row.said) == ("order.sql", True)
    for minutes in range(1, 11):  # the look of every minute ends, and the others go on
        pull_due(start + minutes * MINUTE)
    again = PendingDocument.objects.get()
    assert again.pk == row.pk, "it keeps its line"
    assert 3 <= again.attempts <= 8, "not at every look"
    assert again.next_at is not None
    assert row.next_at is not None
    assert again.next_at - start > row.next_at - start + 2 * MINUTE
    assert unsure.labels() == ["Pedido P-2"]
    unsure.source.refresh_from_db()
    assert unsure.source.status == Source.Status.WORKING


def test_the_pauses_grow_to_a_limit() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, 60)]
    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_it_is_named_on_the_page_and_in_the_alert_until_it_is_mended(unsure: Shop) -> None:
    User.objects.create_superuser("rosa", "rosa@shop.example", "x")
    unsure.attach()
    save_a_bad_one(unsure)
    unsure.pull()
    named = [value for label, value, _ok in facts(unsure.source) if label == "Cannot be read"]
    assert len(named) == 1
    for part in ("Pedido 1: ", "order.sql", said(unsure), ": 1; the next at"):
        assert part in named[0]
    start = now()
    alert(start)
    alert(start + 5 * MINUTE)
    told = Alert.objects.get()
    assert (told.kind, told.name, told.told_at is not None) == ("unreadable", "Tienda", True)
    for part in ("1 document cannot be read", "Pedido 1", "order.sql", said(unsure)):
        assert part in told.sentence
    unsure.run("UPDATE pedido SET nota = '3' WHERE id = 1")
    unsure.pull()
    assert unsure.labels() == ["Pedido P-2", "Pedido P-1"], "told at once"
    alert(start + 6 * MINUTE)
    assert Alert.objects.get().ended_at is not None
    assert not PendingDocument.objects.exists()


def test_a_query_that_was_mended_is_tried_at_once(unsure: Shop) -> None:
    unsure.attach()
    save_a_bad_one(unsure)
    unsure.pull()
    old = "json_extract(o.nota, '$')" if unsure.is_sqlite else "12 / CAST(o.nota AS integer)"
    unsure.connector(f"{old} AS notes", "o.nota AS notes", "order.sql")
    pull_due(now())
    assert unsure.labels() == ["Pedido P-2", "Pedido P-1"]
    unsure.source.refresh_from_db()
    assert [label for label, _value, _ok in facts(unsure.source)].count("Cannot be read") == 0


def test_what_was_changed_elsewhere_is_seen_when_its_pause_is_over(unsure: Shop) -> None:
    """No change of the document itself tells us that it can be read now."""
    unsure.connector("WHERE o.id = :key", "AND 1 = 1 WHERE o.id = :key", "order.sql")
    unsure.attach()
    save_a_bad_one(unsure)
    unsure.pull()
    unsure.run("UPDATE pedido SET nota = '3' WHERE id = 1")
    table = "emk_no_borrar_change" if unsure.is_sqlite else "emk.change"
    unsure.run(f"DELETE FROM {table}")
    pull_due(now())
    assert unsure.labels() == ["Pedido P-2"]
    pull_due(now() + FIRST_PAUSE + timedelta(seconds=1))
    assert unsure.labels() == ["Pedido P-2", "Pedido P-1"]


def test_look_now_tries_it_whatever_its_pause(unsure: Shop) -> None:
    unsure.attach()
    save_a_bad_one(unsure)
    unsure.pull()
    PendingDocument.objects.update(next_at=now() + LONGEST_PAUSE)
    look_after(unsure.source, now())
    assert PendingDocument.objects.get().attempts == 2


def test_the_values_before_are_kept_until_it_is_read(unsure: Shop) -> None:
    unsure.attach()
    save_a_bad_one(unsure)
    unsure.pull()
    unsure.run("UPDATE pedido SET total = 5 WHERE id = 1")
    unsure.pull()
    unsure.run("UPDATE pedido SET nota = '3' WHERE id = 1")
    *_others, event = unsure.pull()
    assert event.data["before"]["state"] == "borrador"


def test_one_that_cannot_be_read_at_the_installation_is_past_and_named(unsure: Shop) -> None:
    save_a_bad_one(unsure)
    unsure.attach()
    assert unsure.source.paused_processes == {}
    assert PendingDocument.objects.get().document_key == "1"
    unsure.run("UPDATE pedido SET nota = '3' WHERE id = 1")
    unsure.pull()
    assert (unsure.labels(), PendingDocument.objects.count()) == ([], 0)
    unsure.order(3, number="P-3", state="borrador")
    unsure.run("UPDATE pedido SET nota = '1', estado = 'confirmado' WHERE id = 3")
    unsure.pull()
    assert unsure.labels() == ["Pedido P-3"]


def test_after_a_blind_time_one_that_cannot_be_read_is_named(unsure: Shop) -> None:
    unsure.attach()
    trigger = (
        'DROP TRIGGER "emk_no_borrar_on_pedido_{}"'
        if unsure.is_sqlite
        else "DROP TRIGGER emk_{} ON pedido"
    )
    for name in ("I", "U") if unsure.is_sqlite else ("insert", "update"):
        unsure.run(trigger.format(name))
    save_a_bad_one(unsure)
    repair(unsure.source, by="test", now=now())
    unsure.pull()
    assert "Pedido P-2" in unsure.labels()
    assert PendingDocument.objects.get(document_type="order").document_key == "1"


def test_a_party_that_cannot_be_read_waits_alone(shop: Shop) -> None:
    Company.objects.create(pk=1, language="en")
    shop.run("INSERT INTO cliente VALUES (2, 'Dos', '{', 'es', 1, 'ana')")
    shop.run("INSERT INTO cliente VALUES (3, 'Tres', '5', 'es', 1, 'ana')")
    shop.run("UPDATE cliente SET ruc = '5' WHERE id = 1")
    read = "json_extract(ruc, '$')" if shop.is_sqlite else "CAST(ruc AS integer)"
    shop.connector("ruc AS tax_id", f"{read} AS tax_id", "client.sql")
    shop.attach()
    assert set(Contact.objects.values_list("name", flat=True)) == {"Ñandutí S.A.", "Tres"}
    row = PendingDocument.objects.get()
    assert (row.document_type, row.document_key, row.file) == ("client", "2", "client.sql")
    shop.run("UPDATE cliente SET nombre = 'Uno' WHERE id = 1")
    shop.run("UPDATE cliente SET nombre = 'Segundo' WHERE id = 2")
    shop.pull()
    assert set(Contact.objects.values_list("name", flat=True)) == {"Uno", "Tres"}
    assert PendingDocument.objects.get().said
    shop.run("UPDATE cliente SET ruc = '7' WHERE id = 2")
    shop.pull()
    assert Contact.objects.get(key="client:2").name == "Segundo"
    assert not PendingDocument.objects.exists()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "written",
    ["infinity", "-infinity", "0044-03-15 BC", "12000-01-01", "5874897-12-31"],
)
def test_r25_a_date_python_cannot_hold_is_text(
    postgres_store: Shop, written: str, db: None
) -> None:
    postgres_store.attach()
    postgres_store.order(1, number="P-1", state="borrador")
    postgres_store.run(f"UPDATE pedido SET fecha = '{written}', estado = 'confirmado'")
    (event,) = postgres_store.pull()
    assert event.data["document"]["date"] == written
    assert not PendingDocument.objects.exists()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'infinity'::timestamptz", "infinity"),
        ("'0044-03-15 12:00 BC'::timestamp", "0044-03-15 12:00:00 BC"),
        ("'24:00'::time", "24:00:00"),
        ("'1 mon 3 days'::interval", "1 mon 3 days"),
        ("'100000000 years'::interval", "100000000 years"),
        ("'NaN'::numeric", "NaN"),
        ("'-Infinity'::float8", "-Infinity"),
        ("'[-infinity,2026-11-24]'::daterange", "[-infinity, 2026-11-25)"),
        ("ARRAY['infinity'::date]", "['infinity']"),
        (r"""'{"a": "\ud800"}'::json""", r'{"a": "\ud800"}'),
        (r"""'{"a": "\u0000"}'::json""", r'{"a": "\u0000"}'),
        ("1e300::numeric * 1e300::numeric", "1" + "0" * 600),
    ],
)
def test_r25_whatever_a_server_can_hold_is_read(
    postgres_store: Shop, expression: str, expected: str, db: None
) -> None:
    postgres_store.connector("o.nota AS notes", f"{expression} AS notes", "order.sql")
    # a colon in a query is the beginning of a parameter
    postgres_store.connector("::", "\\:\\:", "order.sql")
    postgres_store.attach()
    postgres_store.order(1, number="P-1")
    (event,) = postgres_store.pull()
    assert event.data["document"]["notes"] == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("9e999", "Infinity"),
        ("-9e999", "-Infinity"),
        ("CAST(x'ff41' AS TEXT)", "\ufffdA"),
        ("'a' || char(0) || 'b'", "ab"),
        ("9223372036854775807", "9223372036854775807"),
        ("'infinity'", "infinity"),
        ("x'00ff'", ""),
    ],
)
def test_r25_whatever_a_file_can_hold_is_read(
    sqlite_store: Shop, expression: str, expected: str, db: None
) -> None:
    sqlite_store.connector("o.nota AS notes", f"{expression} AS notes", "order.sql")
    sqlite_store.attach()
    sqlite_store.order(1, number="P-1")
    (event,) = sqlite_store.pull()
    assert event.data["document"]["notes"] == expected


def test_rows_that_nobody_can_read_leave_a_line_for_ever(shop: Shop) -> None:
    shop.attach()
    table = "emk_no_borrar_change" if shop.is_sqlite else "emk.change"
    shop.run(f"INSERT INTO {table} (tbl, op) VALUES ('pedido', 'X')")
    shop.pull()
    gap = Gap.objects.get(kind=Gap.Kind.UNREADABLE)
    assert (gap.source_id, gap.misses, bool(gap.detail)) == (shop.source.pk, 1, True)
    assert DocumentState.objects.count() == 0
