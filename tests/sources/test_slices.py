"""A source that imports much holds no other: contacts in blocks, slices of time between sources."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emailketing.company.models import Company
from emailketing.contacts.models import Address, Contact
from emailketing.events.models import Event
from emailketing.sources.documents.contacts import PartyRead, Where, save_contacts
from emailketing.sources.models import CATCHING_UP, Source
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.reading.pulse import LEAST, SLICE, pulse_of
from tests.sources.shop import Shop, now, sqlite_shop

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def people(count: int, name: str = "Cliente") -> list[PartyRead]:
    return [
        PartyRead(
            key=f"client:{number}",
            exists=True,
            name=f"{name} {number}",
            addresses=(
                Where("email", f"c{number}@x.example", "", "", ""),
                Where("phone", f"+59521{number:06}", "pedidos", "Ana", ""),
            ),
        )
        for number in range(count)
    ]


def test_contacts_are_written_in_blocks_not_one_by_one() -> None:
    source = Source(slug="tienda")
    with CaptureQueriesContext(connection) as asked:
        assert save_contacts(source, people(1_000), now=NOW) == 1_000
    assert len(asked) <= 60, "about five queries for each of them before"
    assert (Contact.objects.count(), Address.objects.count()) == (1_000, 2_000)
    with CaptureQueriesContext(connection) as asked:
        assert save_contacts(source, people(1_000), now=NOW) == 0
    assert len(asked) <= 20, "nothing is new"
    with CaptureQueriesContext(connection) as asked:
        assert save_contacts(source, people(1_000, "Nuevo"), now=NOW) == 1_000
    assert len(asked) <= 60
    assert Contact.objects.filter(name__startswith="Nuevo").count() == 1_000


def test_in_a_block_everything_of_a_contact_is_as_one_by_one() -> None:
    source = Source(slug="tienda")
    save_contacts(source, people(3), now=NOW)
    Contact.objects.update(notes="ours", language="pt")
    mail = Where("email", "c1@x.example", "", "", "")
    other = Where("email", "otro@x.example", "", "", "")
    changed = [
        PartyRead("client:0", exists=False),
        PartyRead("client:1", exists=True, name="Uno", addresses=(other, mail)),
        PartyRead("client:1", exists=True, name="Uno otra vez", addresses=(other, mail)),
        PartyRead("client:9", exists=False),
        PartyRead("client:8", exists=True, name="Ocho", is_active=False),
    ]
    assert save_contacts(source, changed, now=NOW) == 3
    zero, one, two, eight = Contact.objects.order_by("key")
    assert (zero.is_active, zero.name) == (False, "Cliente 0")
    assert (one.name, one.notes, one.language) == ("Uno otra vez", "ours", "pt")
    kept = [(a.value, a.position) for a in one.addresses.all()]
    assert kept == [("otro@x.example", 0), ("c1@x.example", 1)]
    assert two.addresses.count() == 2
    assert (eight.is_active, eight.language) == (False, "es")


def test_while_one_source_imports_the_others_are_read_after_each_slice(tmp_path: Path) -> None:
    Company.objects.create(pk=1, language="en")
    shops: list[Shop] = []
    for slug in ("a", "b"):
        (tmp_path / slug).mkdir()
        shops.append(sqlite_shop(tmp_path / slug))
        shops[-1].attach(slug)
    busy, other = shops
    rows = ", ".join(f"({n}, 'Cliente {n}', '', 'es', 1, 'ana')" for n in range(2, 5_002))
    busy.run(f"INSERT INTO cliente VALUES {rows}")  # noqa: S608
    pull_due(now())
    other.run("INSERT INTO aviso VALUES (1, 'de la otra')")
    pull_due(now())
    assert [event.source for event in Event.objects.all()] == ["b"]
    done = Contact.objects.filter(source="a").count()
    assert 1 < done <= 2 * CATCHING_UP, "the import is far from its end"
    while pull_due(now()):
        pass
    assert Contact.objects.filter(source="a").count() == 5_001
    for shop in shops:
        shop.business.close()  # type: ignore[attr-defined]


def test_a_slice_that_takes_long_is_followed_by_shorter_ones(sqlite_store: Shop) -> None:
    pulse = pulse_of(sqlite_store.attach())
    for _turn in range(20):
        pulse.took(2 * SLICE)
    assert pulse.limit == LEAST
    for _turn in range(20):
        pulse.took(0.0)
    assert pulse.limit == CATCHING_UP
    pulse.took(SLICE / 2)
    assert pulse.limit == CATCHING_UP


def test_the_rules_are_told_of_an_import_before_its_first_events(sqlite_store: Shop) -> None:
    """They run beside the reading: the flood guard has to see all of it at once."""
    source = sqlite_store.attach()
    rows = ", ".join(f"({n}, 'aviso {n}')" for n in range(1, 1_001))
    sqlite_store.run(f"INSERT INTO aviso VALUES {rows}")  # noqa: S608
    with CaptureQueriesContext(connection) as asked:
        pull_due(now())
    texts = [query["sql"] for query in asked]
    behind = next(i for i, sql in enumerate(texts) if f'"backlog" = {CATCHING_UP}' in sql)
    written = next(i for i, sql in enumerate(texts) if 'INTO "events_event"' in sql)
    assert behind < written
    source.refresh_from_db()
    assert source.backlog >= CATCHING_UP
