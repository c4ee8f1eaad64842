"""Point 10: messages, events and people are found however they are written, read already or not."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from emailketing.contacts.models import Address, Contact
from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.search import find, index
from emailketing.search.find import FRESH, best, narrowed, notes
from emailketing.search.index import index_due
from emailketing.search.models import Changed, Entry, Kind, Mark
from emailketing.search.tables import Finds, finds, mend
from tests.search.cast import NOON, contact, event, message, more

pytestmark = pytest.mark.django_db
QUICK = timedelta(seconds=2)


def read(now: datetime = NOON) -> None:
    """As many turns as the worker needs to have read everything."""
    for turn in range(50):
        before = (Entry.objects.count(), Changed.objects.count(), *Mark.objects.values_list())
        index_due(now + turn * QUICK)
        if before == (Entry.objects.count(), Changed.objects.count(), *Mark.objects.values_list()):
            return
    pytest.fail("it never comes to an end")


@pytest.fixture(params=["read", "not read yet"])
def company(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Some rows, which the worker has read or not: a search finds them all the same."""
    made = {
        "ypoa": contact(
            "Lubricantes Ypoá S.A.", "juan.perez@ypoa.com.py", "+595981123456", tax_id="80012345-6"
        ),
        "other": contact("Lubricantes del Este S.A.", "ventas@este.test"),
        "order": message("Orden de compra OC-0023", "ventas@este.test", "Lubricantes YPOÁ"),
        "invoice": event(
            "Factura 001-001-0000123",
            number="001-001-0000123",
            party={"name": "Panadería Ñandutí"},
            totals={"total": "1234567"},
        ),
    }
    if request.param == "read":
        read()
        assert Changed.objects.count() == 0
        assert Entry.objects.count() == 4
    return made


@pytest.mark.parametrize(
    ("kind", "words", "expected"),
    [
        *((Kind.CONTACT, words, "ypoa") for words in ("ypoa", "YPOÁ", "Ypoá", "poá", "lubr ypoa")),
        *((Kind.CONTACT, words, "ypoa") for words in ("perez@", "ypoa.com", "juan.perez", "@ypoa")),
        *((Kind.CONTACT, words, "ypoa") for words in ("800123456", "80.012.345-6", "12345")),
        *((Kind.CONTACT, words, "ypoa") for words in ("0981 123 456", "0981123456", "981-123")),
        *(
            (Kind.MESSAGE, words, "order")
            for words in ("oc-0023", "OC0023", "0023 ypoa", "este.te")
        ),
        *((Kind.EVENT, words, "invoice") for words in ("0010010000123", "001-0000123", "nanduti")),
        *((Kind.EVENT, words, "invoice") for words in ("1.234.567", "1 234 567", "1234567")),
    ],
)
def test_a_row_is_found_by_what_a_person_types(
    kind: Kind, words: str, expected: str, company: dict[str, Any]
) -> None:
    model = type(company[expected])
    assert list(narrowed(model.objects.all(), kind, words)) == [company[expected]]
    assert best(kind, words, 5) == [company[expected].pk]
    assert notes(words, *Kind) == []


@pytest.mark.parametrize(
    "words", ["%", "_", "' or 1=1 --", "zzz", "ypoa este", "\x00", '"ypoa" NEAR']
)
def test_what_is_not_there_is_not_found(words: str, company: dict[str, Any]) -> None:
    assert list(narrowed(Contact.objects.all(), Kind.CONTACT, words)) == []


def test_without_words_everything_is_shown(company: dict[str, Any]) -> None:
    assert narrowed(Contact.objects.all(), Kind.CONTACT, "  ").count() == 2
    assert best(Kind.CONTACT, "", 5) == []


def test_one_letter_alone_is_too_little_and_said(company: dict[str, Any]) -> None:
    read()
    assert list(narrowed(Contact.objects.all(), Kind.CONTACT, "y")) == []
    assert len(notes("y", Kind.CONTACT)) == 1
    assert narrowed(Contact.objects.all(), Kind.CONTACT, "y lubricantes").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda who: Contact.objects.filter(pk=who.pk).update(name="Aceites Ypacaraí"),
        lambda who: who.addresses.update(value="ana@ypacarai.test"),
        lambda who: Address.objects.create(contact=who, value="ana@ypacarai.test"),
        lambda who: Address.objects.bulk_create([Address(contact=who, value="x@ypacarai.test")]),
    ],
)
def test_a_changed_person_is_found_by_what_is_new_at_once_and_after_reading(change: Any) -> None:
    """Whoever changes it, also many at once and past our own `save`: triggers note it."""
    who = contact("Lubricantes Ypoá", "antes@x.test")
    read()
    change(who)
    assert best(Kind.CONTACT, "ypacarai", 5) == [who.pk]
    read()
    assert best(Kind.CONTACT, "ypacarai", 5) == [who.pk]
    if Contact.objects.get(pk=who.pk).name != "Lubricantes Ypoá":
        assert best(Kind.CONTACT, "ypoa", 5) == []


def test_a_deleted_person_leaves_nothing_behind() -> None:
    who = contact("Lubricantes Ypoá", "ana@ypoa.test")
    read()
    who.delete()
    assert best(Kind.CONTACT, "ypoa", 5) == []
    read()
    assert Entry.objects.count() == 0


def test_words_that_very_many_have_keep_the_order_and_the_filters_of_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(find, "MANY", 100)
    made = message("Recibo de todos")
    numbers = [made.pk, *more(made, 200)]
    Message.objects.filter(pk=numbers[3]).update(state="failed")
    read()
    found = narrowed(Message.objects.order_by("-pk"), Kind.MESSAGE, "recibo")
    assert list(found.values_list("pk", flat=True)[:3]) == numbers[:-4:-1]
    assert found.count() == len(numbers)
    assert [row.pk for row in found.filter(state="failed")] == [numbers[3]]


def test_what_was_there_before_the_search_is_read_by_itself_newest_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An upgrade: until then the search says how much is left (silence would be a lie)."""
    monkeypatch.setattr(index, "BUDGET", 0)
    old = message("Orden de antes")
    numbers = more(old, 2 * FRESH)
    index_due(NOON)
    assert best(Kind.MESSAGE, "antes", 1) == [numbers[-1]]
    (said,) = notes("antes", Kind.MESSAGE)
    assert re.search(r"1\W501", said)
    new = message("Orden de antes, otra vez", "otra@x.test")
    assert best(Kind.MESSAGE, "antes otra", 5) == [new.pk], "what is new does not wait for the old"
    read()
    assert (Entry.objects.count(), notes("antes", Kind.MESSAGE)) == (len(numbers) + 2, [])


def test_a_row_whose_transaction_ended_late_is_read_too() -> None:
    """PostgreSQL gives out numbers before the commit: a lower one may come after a higher."""
    late, seen = message("Orden tardía", "a@x.test"), message("Orden de hoy", "b@x.test")
    Mark.objects.create(
        kind=Kind.MESSAGE, newest=seen.pk, waiting_since=NOON, swept_at=NOON, settled=late.pk - 1
    )
    assert best(Kind.MESSAGE, "tardia", 5) == []
    index_due(NOON + index.SWEEP)
    assert best(Kind.MESSAGE, "tardia", 5) == [late.pk]
    for minutes in (11, 22):
        index_due(NOON + timedelta(minutes=minutes))
    assert Mark.objects.get(kind=Kind.MESSAGE).settled == seen.pk


def test_at_rest_nothing_is_written(django_assert_max_num_queries: Any) -> None:
    message("Orden de compra")
    contact("Ana")
    for minutes in (0, 1, 12, 24):
        index_due(NOON + timedelta(minutes=minutes))
    with django_assert_max_num_queries(8) as asked:
        index_due(NOON + timedelta(minutes=36))
    assert {query["sql"].split()[0] for query in asked.captured_queries} == {"SELECT"}


def test_two_turns_write_no_row_twice() -> None:
    made = message("Orden de compra")
    read()
    Mark.objects.update(newest=0)
    read()
    assert best(Kind.MESSAGE, "orden", 5) == [made.pk]
    assert Entry.objects.filter(pk=Kind.MESSAGE.first + made.pk).count() == 1


def test_a_turn_of_the_worker_counts_as_nothing_and_has_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It wakes nobody, and never takes a lane for itself: half a second, then rest."""
    monkeypatch.setattr(index, "BUDGET", 0)
    made = message("Orden")
    more(made, 3 * index.BLOCK)
    assert index_due(NOON) == 0
    assert Entry.objects.count() == index.BLOCK


def test_triggers_that_were_lost_come_back_and_everybody_is_read_again() -> None:
    """SQLite drops them with the table when a later version changes it."""
    who = contact("Lubricantes Ypoá")
    read()
    drop = "DROP TRIGGER search_contacts_contact_update"
    with connection.cursor() as cursor:
        cursor.execute(drop if connection.vendor == "sqlite" else f"{drop} ON contacts_contact")
    Contact.objects.filter(pk=who.pk).update(name="Aceites Ypacaraí")
    assert best(Kind.CONTACT, "ypacarai", 5) == []
    mend(connection)
    assert best(Kind.CONTACT, "ypacarai", 5) == [who.pk]


def test_where_parts_are_refused_beginnings_are_found_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from emailketing.search import tables

    made = contact("Lubricantes Ypoá S.A.", "juan.perez@ypoa.com.py"), message("Orden OC-0023")
    event("Factura 1", party={"name": "Ana"})
    with monkeypatch.context() as refused:
        refused.setattr(tables, "_FTS5", "REFUSED")
        refused.setattr(tables, "_EXTENSION", "REFUSED")
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE search_entry")
        tables._make_words(connection)
        refused.setattr(tables, "_takes_parts", lambda _connection: False)
        read()
        assert finds(connection) is Finds.BEGINNINGS
        for words in ("ypoa", "YP", "lubr ypoa", "perez@ypoa", "perez"):
            assert best(Kind.CONTACT, words, 5) == [made[0].pk], words
        assert best(Kind.MESSAGE, "oc0023", 5) == [made[1].pk]
        assert best(Kind.CONTACT, "poa", 5) == []
        (said,) = notes("poa", Kind.CONTACT)
        assert ("pg_trgm" if connection.vendor == "postgresql" else "SQLite") in said
        refused.setattr(find, "MANY_BY_NAME", 0)
        assert narrowed(Contact.objects.all(), Kind.CONTACT, "ypoa").get() == made[0]
        assert not narrowed(Contact.objects.all(), Kind.CONTACT, "poa").exists()
    read()  # the extension is granted, or SQLite was updated
    assert (finds(connection), best(Kind.CONTACT, "poa", 5)) == (Finds.PARTS, [made[0].pk])
    assert Event.objects.count() == len(best(Kind.EVENT, "ana", 5))


def test_the_index_is_asked_not_every_row() -> None:
    """A million rows answer within 0.3 s because of this plan (docs/explanation/performance.md)."""
    fill = "INSERT INTO search_entry (rowid, text) "
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"{fill} VALUES (1, ' orden de compra '), (2, ' orden de ypoa ')")
            asked = find._query("search_entry", "rowid", "text LIKE %s")
            cursor.execute(f"EXPLAIN QUERY PLAN {asked}", [0, 2**60, "%ypoa%", 5])
            plan = str(cursor.fetchall())
            assert "VIRTUAL TABLE INDEX" in plan
            assert ":L0" in plan, "the pattern is given to FTS5"
        else:
            many = "SELECT n, ' orden ' || md5(n::text) FROM generate_series(1, 20000) n"
            cursor.execute(f"{fill} {many}")
            cursor.execute(
                "SELECT gin_clean_pending_list('search_entry_text')"
            )  # else it looks dear
            cursor.execute("ANALYZE search_entry")
            # so few rows are read as quickly one by one: may the index be asked at all?
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
            asked = find._query("search_entry", "rowid + 0", "text LIKE %s")
            cursor.execute(f"EXPLAIN {asked}", [0, 2**60, "%ypoa%", 5])
            assert "search_entry_text" in str(cursor.fetchall())


def test_the_way_to_old_hits_is_not_walked_through_all_that_is_newer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A hundred thousand old rows with a word, and nine hundred thousand newer ones without."""
    old = [message(f"Aviso {n}", f"perez{n}@este.test", "Perez").pk for n in range(5)]
    newer = [message(f"Aviso {n}", f"otro{n}@este.test", "Otro").pk for n in range(5, 10)]
    read()
    monkeypatch.setattr(find, "MANY", 2)
    found = narrowed(Message.objects.all(), Kind.MESSAGE, "perez").order_by("-pk")
    assert [row.pk for row in found] == old[::-1]
    if connection.vendor == "sqlite":  # PostgreSQL has looked among the newest before
        assert f"<= {old[-1]}" in str(found.query)
    fresh = message("Aviso 11", "perez11@este.test", "Perez").pk
    assert fresh > newer[-1]
    again = narrowed(Message.objects.all(), Kind.MESSAGE, "perez").order_by("-pk")
    assert [row.pk for row in again] == [fresh, *old[::-1]]
