"""200 000 people whose birthday a program filled in: asked about, counted, never held in memory."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emailketing.contacts.models import Address, Contact, PersonDate
from emailketing.outbox.models import Message
from emailketing.triggers.occasions.definition.save import answer_doubt
from emailketing.triggers.occasions.models import DoubtfulDay, GreetingDay
from emailketing.triggers.occasions.running.coming import DAYS, SHOWN, coming_days, days_ahead
from tests.length import sized
from tests.triggers.occasions.cast import greet, occasion, person, senders

pytestmark = [pytest.mark.slow, pytest.mark.soak, pytest.mark.timeout(3600)]
PEOPLE = sized(200_000, in_every_run=1_500)
AT_ONCE = 5_000
NEW_YEAR = datetime(2027, 1, 1, 12, 0, 5, tzinfo=UTC)  # 09:00:05 in Asunción
BEFORE = NEW_YEAR - timedelta(days=20)


@pytest.fixture(autouse=True)
def _senders(db: None) -> None:
    senders()


def fill(first: int, count: int) -> None:
    """Enter people as a system does that asks for a birthday and gets none: all on 1 January."""
    for begin in range(first, first + count, AT_ONCE):
        numbers = range(begin, min(begin + AT_ONCE, first + count))
        people = Contact.objects.bulk_create([Contact(name="Ana") for _ in numbers])
        places = zip(people, numbers, strict=True)
        Address.objects.bulk_create(
            [Address(contact=one, kind="email", value=f"p{n}@x.test") for one, n in places]
        )
        PersonDate.objects.bulk_create(
            [
                PersonDate(
                    contact=one, kind="birth", written="1900-01-01", year=1900, month=1, day=1
                )
                for one in people
            ]
        )


def queries_of_the_calendar() -> int:
    with CaptureQueriesContext(connection) as asked:
        found = coming_days(BEFORE.date(), days=DAYS)
    assert max(len(one.verdicts) for one in found) <= SHOWN
    return len(asked)


def test_o4_o5_so_many_are_asked_about_shown_in_short_and_greeted_when_they_are_real() -> None:
    made = occasion(BEFORE)
    person("Beto", "1980-12-30")
    fill(0, 60)
    few = queries_of_the_calendar()
    fill(60, PEOPLE - 60)
    assert queries_of_the_calendar() == few
    assert days_ahead(made, BEFORE.date()) == [(date(2026, 12, 30), 1), (date(2027, 1, 1), PEOPLE)]

    greet(BEFORE)
    doubt = DoubtfulDay.objects.get()
    assert (doubt.month, doubt.day, doubt.people, doubt.of) == (1, 1, PEOPLE, PEOPLE + 1)
    greet(NEW_YEAR)
    assert not Message.objects.filter(address__startswith="p").exists()
    row = GreetingDay.objects.get(day=NEW_YEAR.date(), zone="")
    assert (row.seen, row.left_out, row.written) == (PEOPLE, PEOPLE, 0)

    answer_doubt(doubt, DoubtfulDay.Answer.REAL, by="ana", now=NEW_YEAR)
    greet(NEW_YEAR + timedelta(minutes=11))
    row.refresh_from_db()
    assert (row.state, row.written) == (GreetingDay.State.DONE, PEOPLE)
    assert Message.objects.filter(address__startswith="p").count() == PEOPLE
