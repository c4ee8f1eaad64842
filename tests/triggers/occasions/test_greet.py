"""A greeting arrives on the day, in the person's hours, once a year whatever happens (O1–O8)."""

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from hypothesis import given, settings
from hypothesis import strategies as st

from emailketing.audience.hours import Calendar
from emailketing.audience.ways import plan_of
from emailketing.company.models import Company
from emailketing.contacts.models import Address, PersonDate
from emailketing.contacts.suppress import opt_out
from emailketing.content.card import draw
from emailketing.content.card.draw import draw_card
from emailketing.content.card.picture import CardPicture
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.fallback import fall_back_due
from emailketing.schedule.calendar_day import day_in_year
from emailketing.triggers.occasions.definition.days import birthdays_on
from emailketing.triggers.occasions.definition.save import (
    answer_doubt,
    skip,
    unskip,
)
from emailketing.triggers.occasions.models import DoubtfulDay, GreetingDay, GreetingTold
from emailketing.triggers.occasions.running import greet as running
from emailketing.triggers.occasions.running.coming import coming_days, people_of
from emailketing.triggers.occasions.running.due import AskedOccasion
from tests.triggers.occasions.cast import (
    BEFORE,
    NINE,
    date_of,
    greet,
    occasion,
    person,
    senders,
    told,
)

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _senders(db: None) -> None:
    senders()


def why_not(made: object, on: date = date(2026, 12, 8)) -> list[str]:
    return [verdict.why_not for verdict in people_of(made, on)]  # type: ignore[arg-type]


def test_o2_it_arrives_at_nine_of_the_person_by_mail_and_phone_once() -> None:
    person("Ana")
    person("Eva", time_zone="America/Sao_Paulo")  # where it is the same hour
    person("Luz", time_zone="Europe/Madrid", places=("luz@x.test",))
    person("Otro", "1980-12-09")
    occasion(delivery="both")
    assert greet(NINE - HOUR - timedelta(minutes=1)) > 0, "in Madrid it is noon"
    assert told() == [("email", "luz@x.test")]
    greet()
    assert told() == [
        ("email", "ana@x.test"),
        ("email", "eva@x.test"),
        ("email", "luz@x.test"),
        ("sms", "+595981555001"),
    ]
    for hours in (1, 3, 8, 12, 24, 48):
        greet(NINE + hours * HOUR)
    assert Message.objects.count() == 6, "and the other one's, on the ninth"
    one = Message.objects.get(address="ana@x.test")
    assert one.expires_at == NINE.replace(hour=21, minute=0, second=0)
    assert one.mail_class == "greeting"
    assert "Happy" not in one.subject
    assert "cumpleaños, Ana" in one.subject


def test_o2_a_day_nobody_worked_is_over_and_said() -> None:
    person("Ana")
    made = occasion()
    greet(NINE - DAY)
    assert not Message.objects.exists()
    greet(NINE + DAY)
    assert not Message.objects.exists()
    assert GreetingDay.objects.get(day=date(2026, 12, 8)).state == "missed"
    assert made.days.filter(state="missed").count() == 1


def test_o2_or_on_the_next_working_day_where_it_is_said_so() -> None:
    person("Ana")
    occasion(late="next", window={"days": [0, 2, 3, 4], "from": "09:00", "to": "18:00"})
    greet()  # a Tuesday, on which nothing is said
    assert not Message.objects.exists()
    greet(NINE + DAY)
    assert told() == [("email", "ana@x.test")]
    greet(NINE + 2 * DAY)
    assert len(told()) == 1


def test_o2_what_may_still_be_said_is_not_missed_and_counted_once() -> None:
    person("Ana")
    hours = {"days": [0, 2, 3, 4], "from": "09:00", "to": "18:00"}
    made = occasion(late="next", window=hours)
    greet(NINE + DAY - HOUR)  # Wednesday at eight
    assert not made.days.filter(state="missed").exists()
    greet(NINE + DAY)
    row = made.days.get(day=date(2026, 12, 8))
    assert (row.state, row.seen, row.written) == ("done", 1, 1)
    made.days.filter(pk=row.pk).update(state="missed", seen=1)  # as another version noted it
    greet(NINE + DAY + timedelta(minutes=1))
    row.refresh_from_db()
    assert (row.state, row.seen, len(told())) == ("done", 1, 1)


def test_one_turn_greets_in_every_zone_and_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BLOCK", 2)
    for number in range(5):
        person(f"P{number}")
    Address.objects.filter(kind="phone").delete()
    person("Luz", time_zone="America/Sao_Paulo", places=("luz@x.test",))
    occasion()
    assert running.greet_due(NINE) >= 6
    assert len(told()) == 6
    monkeypatch.setattr(running, "BUDGET", 0.0)
    occasion(name="Otra vez")
    running.greet_due(NINE)
    assert len(told()) == 6 + 2 + 1, "a block in each zone, then others have their turn"


def test_o7_a_corrected_date_moves_it_and_says_it_once_a_year() -> None:
    ana = person("Ana", "1980-12-10")
    occasion()
    greet()
    ana.dates.update(month=12, day=8)
    greet(NINE + timedelta(minutes=11))
    assert len(told()) == 1
    ana.dates.update(month=12, day=9)
    greet(NINE + DAY)
    assert len(told()) == 1
    assert GreetingTold.objects.get().year == 2026


def test_o4_who_gets_none_and_why() -> None:
    person("Activa")
    person("Inactiva", is_active=False)
    fallen = person("Luis", "")
    date_of(fallen, "1950-12-08", withheld="fallecido")
    person("Sin nada", places=())
    person("Doble", places=("activa@x.test",))
    no_more = person("No Gracias")
    opt_out("no.gracias@x.test", "greeting", now=BEFORE)
    skipped = person("Salteada")
    made = occasion()
    skip(made, date(2026, 12, 8), (skipped, ""), by="ana", now=BEFORE)
    found = why_not(made)
    assert found == [
        "",
        "no longer active",
        "fallecido",
        "Sin nada has no e-mail address.",
        "the same address as Activa",
        "no.gracias@x.test: opted out",
        "left out",
    ]
    greet()
    assert told() == [("email", "activa@x.test")]
    assert why_not(made)[0] == "greeted already this year"
    row = made.days.get(day=date(2026, 12, 8), zone="")
    assert (row.seen, row.written, row.left_out) == (7, 1, 6)
    greet(NINE + timedelta(minutes=11))  # it is looked at again, and counted anew
    row.refresh_from_db()
    assert (row.seen, row.written, row.left_out) == (7, 1, 6)
    assert no_more.pk


def test_o3_o5_who_ended_every_way_gets_none_and_the_calendar_says_so() -> None:
    for name, mobile in (("Ana", "+595981555001"), ("Beto", "+595981555002")):
        person(name, places=(f"{name.lower()}@x.test", mobile))
        opt_out(f"{name.lower()}@x.test", "greeting", now=BEFORE)
    opt_out("+595981555001", "greeting", kind="phone", now=BEFORE)
    made = occasion(delivery="email_first")
    assert why_not(made) == ["ana@x.test: opted out", ""], "the other one has a phone left"
    greet()
    assert fall_back_due(NINE) == 1
    assert told() == [("email", "beto@x.test"), ("sms", "+595981555002")]
    assert Message.objects.get(channel="email").state == State.SUPPRESSED


def test_o8_a_companys_people_by_their_own_address_else_the_companys() -> None:
    firm = person("Ñandutí S.A.", "", places=("info@firma.test",))
    Address.objects.create(contact=firm, value="ana@firma.test", person="Ana")
    date_of(firm, "1980-12-08", name="Ana")
    date_of(firm, "1985-12-08", name="Luis")
    occasion()
    greet()
    assert told() == [("email", "ana@firma.test"), ("email", "info@firma.test")]
    reasons = dict(Message.objects.values_list("address", "why"))
    assert reasons["ana@firma.test"] == "Birthday of Ana"
    assert "no address of its own" in reasons["info@firma.test"]


def test_a_whole_day_is_left_out_and_taken_in_again() -> None:
    person("Ana")
    made = occasion()
    found = skip(made, date(2026, 12, 8), by="ana", now=BEFORE)
    greet()
    assert not told()
    unskip(found, by="ana", now=NINE)
    greet(NINE + timedelta(minutes=11))
    assert len(told()) == 1


def test_so_many_on_one_day_are_asked_about_first() -> None:
    for number in range(60):
        person("P", "1900-01-01", places=(f"p{number}@x.test",))  # one card for all
    person("Ana", "1980-01-01")
    made = occasion()
    greet()
    doubt = DoubtfulDay.objects.get()  # weeks ahead: there is time to answer
    new_year = datetime.fromisoformat("2027-01-01T12:00:05+00:00")
    greet(new_year)
    assert not told()
    assert (doubt.people, doubt.of, doubt.answer) == (61, 61, "")
    assert "somebody has to say" in why_not(made, date(2027, 1, 1))[0]
    answer_doubt(doubt, DoubtfulDay.Answer.LEAVE, by="ana", now=new_year)
    greet(new_year + timedelta(minutes=11))
    assert not told()
    answer_doubt(doubt, DoubtfulDay.Answer.REAL, by="ana", now=new_year)
    greet(new_year + timedelta(minutes=22))
    assert len(told()) == 61


def test_days_of_the_calendar_go_to_everybody_who_is_meant() -> None:
    person("Ana", "", traits={"tipo": "persona"})
    person("Firma", "", traits={"tipo": "empresa"})
    made = occasion(day={"kind": "fixed", "day": 8, "month": 12}, name="Virgen de Caacupé")
    made.traits = {"tipo": ["persona"]}
    made.save()
    greet()
    assert told() == [("email", "ana@x.test")]


def test_a_holiday_by_its_name() -> None:
    person("Ana", "")
    made = occasion(
        name="Navidad",
        day={"kind": "holiday", "name": "Día de la Navidad", "country": "PY"},
        now=NINE,
    )
    [day] = coming_days(date(2026, 12, 1), occasion=made)
    assert (day.on, day.count) == (date(2026, 12, 25), 1)


def test_what_is_there_once_needs_its_year_and_comes_before() -> None:
    ana = person("Ana")
    made = occasion(day={"kind": "person", "date": "birth", "offset": -3}, name="Antes")
    assert why_not(made, date(2026, 12, 5)) == [""]
    ana.dates.update(month=1, day=2)
    greet(datetime.fromisoformat("2026-12-30T12:00:05+00:00"))
    assert GreetingTold.objects.get().year == 2027, "of whose day it is"


def test_blocks_are_whole_and_every_one_is_greeted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BLOCK", 7)
    for number in range(48):
        person("P", places=(f"p{number % 43}@x.test",))
    made = occasion()
    greet()
    made.refresh_from_db()
    assert made.paused_reason == ""
    assert len(told()) == 43
    assert GreetingDay.objects.get(day=date(2026, 12, 8), zone="").written == 43


def test_a_worker_that_lost_its_day_writes_nothing() -> None:
    person("Ana")
    made = occasion()
    row = running.take(made, "", date(2026, 12, 8), now=NINE)
    assert row is not None
    assert running.take(made, "", date(2026, 12, 8), now=NINE) is None
    later = NINE + timedelta(seconds=90)
    greet(later)
    assert len(told()) == 1
    asked, calendar = AskedOccasion.of(made), Calendar.of(made, Company.get())
    with pytest.raises(running.GreetingLost):
        running.greet_block(asked, plan_of(made), row, calendar, now=later)
    assert len(told()) == 1


@pytest.mark.django_db(transaction=True)
def test_cards_are_drawn_while_no_transaction_keeps_others_from_writing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[bool] = []

    def watched(*card: Any) -> CardPicture:
        drawn.append(connection.in_atomic_block)
        return draw_card(*card)

    monkeypatch.setattr(draw, "draw_card", watched)
    for name in ("Ana Primera", "Beto Segundo"):
        person(name)
    occasion()
    greet()
    assert drawn == [False, False]


@pytest.mark.django_db(transaction=True)
def test_o1_two_workers_greet_once() -> None:
    for number in range(20):
        person(f"P{number}")
        Address.objects.filter(kind="phone").delete()
    occasion()

    def work() -> None:
        greet()
        connections.close_all()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    greet(NINE + 2 * timedelta(minutes=1))
    assert len(told()) == len(set(told())) == 20


@settings(max_examples=200, deadline=None)
@given(
    born=st.dates(date(1904, 1, 1), date(2025, 12, 31)),
    year=st.integers(2026, 2126),
    leap=st.sampled_from(["feb28", "mar1", "leap"]),
)
def test_every_birthday_is_one_day_of_every_year(born: date, year: int, leap: str) -> None:
    first = date(year, 1, 1)
    days = [
        first + timedelta(days=number)
        for number in range((date(year + 1, 1, 1) - first).days)
        if (born.month, born.day) in birthdays_on(first + timedelta(days=number), leap)  # type: ignore[arg-type]
    ]
    expected = day_in_year(born.month, born.day, year, leap)  # type: ignore[arg-type]
    assert days == ([expected] if expected else [])


def test_no_date_is_left_over() -> None:
    assert not PersonDate.objects.exists()
