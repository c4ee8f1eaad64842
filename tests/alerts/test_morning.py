"""The morning list: at seven, once, to whom it concerns, and nothing when there is nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from emailketing.accounts.models import User
from emailketing.alerts import morning as step
from emailketing.alerts.models import Morning
from emailketing.contacts.models import Address, Contact, Role
from emailketing.outbox.models import Message, State
from emailketing.outbox.queueing.preview import preview
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
# NOW is 12:00 in Asunción on the 24th; seven there is 10:00 in UTC
SIX = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
SEVEN = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    User.objects.create_superuser("rosa", "rosa@shop.example", "x")
    return Cast()


def lists() -> list[Message]:
    return list(Message.objects.filter(dispatch__trigger="morning-list").order_by("pk"))


def without_an_address(cast: Cast) -> None:
    cast.supplier.addresses.all().delete()
    assert cast.judge().result == "no_address"


def test_yesterdays_people_without_an_address_are_listed_at_seven_and_once(cast: Cast) -> None:
    without_an_address(cast)
    assert [step.morning_due(at) for at in (SIX, SEVEN, SEVEN + timedelta(hours=3))] == [0, 1, 0]
    (message,) = lists()
    text = preview(message).text
    for part in ("Order OC-17", "Ñandutí S.A.", "Order to the supplier", "2026-11-25"):
        assert part in text


def test_nothing_is_written_when_there_is_nothing_to_say(cast: Cast) -> None:
    cast.judge()
    Message.objects.update(state=State.ACCEPTED)
    assert step.morning_due(SEVEN) == 0
    assert (lists(), Morning.objects.get().count) == ([], 0)


def test_what_is_older_than_yesterday_is_not_told_again(cast: Cast) -> None:
    without_an_address(cast)
    assert step.morning_due(SEVEN + timedelta(days=1)) == 0


def test_messages_in_doubt_and_phones_not_understood_are_in_the_list(cast: Cast) -> None:
    cast.judge()
    Message.objects.update(state=State.IN_DOUBT)
    Address.objects.create(
        contact=cast.supplier, kind="phone", value="0981 12 / 0971", problem="more than one number"
    )
    Contact.objects.filter(pk=cast.supplier.pk).update(updated_at=NOW)
    assert step.morning_due(SEVEN) == 1
    text = preview(lists()[0]).text
    for part in ("0981 12 / 0971", "more than one number", "Order OC-17"):
        assert part in text


@pytest.mark.parametrize("name", ["Sin dirección", "SIN DIRECCIÓN", "Without an address"])
def test_it_goes_to_whoever_has_the_duty(name: str, cast: Cast) -> None:
    clerk = Contact.objects.create(name="Lidia", language="pt")
    clerk.addresses.create(value="lidia@shop.example")
    Role.objects.create(name=name).contacts.add(clerk)
    without_an_address(cast)
    step.morning_due(SEVEN)
    assert [(m.address, m.language) for m in lists()] == [("lidia@shop.example", "pt")]


def test_a_worker_that_was_away_at_seven_writes_it_when_it_is_back(cast: Cast) -> None:
    without_an_address(cast)
    assert step.morning_due(SEVEN + timedelta(hours=6)) == 1
