"""Dates and traits of parties: kept with the contact, what is no day with the reason (O4, O7)."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from sqlalchemy import text

from emailketing.common.plain import Cell, Row
from emailketing.contacts.models import Contact, PersonDate
from emailketing.sources.connectors import load
from emailketing.sources.documents.contacts import PartyRead, read_party, save_contacts
from emailketing.sources.documents.dates import DateRead, read_dates
from emailketing.sources.link import connected_to
from emailketing.sources.models import Source
from tests.sources.station import Station

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def row(value: Cell, name: str = "", kind: str = "birth", withheld: str = "") -> Row:
    return {"kind": kind, "value": value, "name": name, "withheld": withheld}


def read(*rows: Row) -> tuple[DateRead, ...]:
    return read_dates(rows, load("estacion"))


def test_a_day_is_read_with_whose_it_is() -> None:
    birth, since = read(
        row(date(1980, 5, 23), "Ana"), row("2019-03-01 08:00", kind="customer_since")
    )
    assert (birth.kind, birth.name, birth.written) == ("birth", "Ana", "1980-05-23")
    assert birth.found is not None
    assert (birth.found.month, birth.found.day, birth.found.year) == (5, 23, 1980)
    assert since.found is not None
    assert since.written == "2019-03-01"


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([row("30/02/1980")], "There is no such day: “30/02/1980”."),
        ([row("marzo")], "“marzo” is no date."),
        ([row("23/05", kind="wedding")], "The connector declares no [dates.wedding]."),
        ([row("23/05/1980"), row("24/05/1980")], "There are two: 23/05/1980 and 24/05/1980."),
    ],
)
def test_what_is_no_day_is_kept_with_the_reason(rows: list[Row], problem: str) -> None:
    (one,) = read(*rows)
    assert one.problem.startswith(problem)


def test_two_rows_of_one_person_that_say_the_same_are_one() -> None:
    assert len(read(row("23/05/1980", "Ana"), row("1980-05-23", "Ana"))) == 1


def test_o7_a_date_that_changes_there_changes_here(db: None) -> None:
    source = Source(slug="estacion")
    before = read(row("23/05/1980"), row("01/02", "Ana"), row("marzo", "Eva"))
    save_contacts(source, [PartyRead("c:1", exists=True, name="X", dates=before)], now=NOW)
    assert PersonDate.objects.count() == 3
    assert PersonDate.objects.get(name="Eva").day is None
    after = read(row("24/05/1980"), row("01/02", "Ana"), row("01/03", "Eva", withheld="fallecida"))
    who = PartyRead("c:1", exists=True, name="X", dates=after)
    assert save_contacts(source, [who], now=NOW) == 1
    found = {one.name: (one.month, one.day, one.withheld) for one in PersonDate.objects.all()}
    assert found == {"": (5, 24, ""), "Ana": (2, 1, ""), "Eva": (3, 1, "fallecida")}
    assert PersonDate.objects.filter(problem__gt="").count() == 0
    assert save_contacts(source, [who], now=NOW) == 0
    save_contacts(source, [PartyRead("c:1", exists=True, name="X")], now=NOW)
    assert not PersonDate.objects.exists()


def test_a_thousand_people_with_dates_ask_few_questions(db: None) -> None:
    source = Source(slug="estacion")
    dates = read(row("23/05/1980"), row("24/05/1980", "Ana"))
    people = [PartyRead(f"c:{n}", exists=True, name=f"N{n}", dates=dates) for n in range(1_000)]
    with CaptureQueriesContext(connection) as asked:
        save_contacts(source, people, now=NOW)
    assert PersonDate.objects.count() == 2_000
    assert len(asked) <= 60


def test_traits_are_kept_by_their_names(db: None) -> None:
    source = Source(slug="estacion")
    who = PartyRead("c:1", exists=True, name="X", traits={"tipo": "empresa"})
    assert save_contacts(source, [who], now=NOW) == 1
    assert Contact.objects.get().traits == {"tipo": "empresa"}
    assert save_contacts(source, [who], now=NOW) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", ["station", pytest.param("postgres_station", marks=pytest.mark.postgres)]
)
def test_the_station_says_birthdays_of_people_and_of_a_companys_people(
    request: pytest.FixtureRequest, kind: str, db: None
) -> None:
    station: Station = request.getfixturevalue(kind)
    born = PersonDate.objects.filter(kind="birth", name="", contact__traits__tipo="persona")
    assert born.exclude(day=None).count() > 10
    assert not PersonDate.objects.filter(problem__gt="").exists()
    since = PersonDate.objects.filter(kind="customer_since").values_list("contact_id", flat=True)
    customers = Contact.objects.filter(key__startswith="customer:")
    assert set(since) == set(customers.values_list("pk", flat=True))
    with connected_to(station.source) as (at, _dialect):
        one = at.execute(text("SELECT min(id) FROM cliente WHERE tipo = 'empresa'")).scalar()
        at.execute(
            text(
                "INSERT INTO cliente_contacto"
                " (id, cliente_id, nombre, tipo, valor, uso, fecha_nacimiento)"
                " VALUES (900001, :of, 'Ana', 'email', 'ana@fleet.test', 'flota', '1980-05-23')"
            ),
            {"of": one},
        )
        who = read_party(at, load("estacion"), "customer", one)
    assert ("birth", "Ana", "1980-05-23") in {(d.kind, d.name, d.written) for d in who.dates}
