"""The listing that has the days: read once a day, held where it fails, by its author's right."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connections

from emailketing.accounts.models import User
from emailketing.accounts.roles import ensure_roles
from emailketing.accounts.who import Who
from emailketing.alerts.occasions import occasions_waiting
from emailketing.listings.models import ListingRight
from emailketing.listings.reading.limits import WHOLE
from emailketing.outbox.models import Message
from emailketing.triggers.occasions.definition.save import (
    OccasionInvalid,
    resume_occasion,
    save_occasion,
)
from emailketing.triggers.occasions.models import (
    DatesRead,
    GreetingDay,
    ListedDate,
    Occasion,
)
from emailketing.triggers.occasions.running import read_dates as reading
from emailketing.triggers.occasions.running.listed import problem_rows
from emailketing.triggers.occasions.running.read_dates import is_due, read_dates_due
from tests.triggers.occasions.cast import BEFORE, HOURS, NINE, greet, told
from tests.triggers.occasions.listed_cast import DAY, DUE, TODAY, Fleet, owner, read, reminder

pytestmark = pytest.mark.django_db
MINUTE, HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_rows_of_nobody_and_without_a_day_are_listed_not_guessed(fleet: Fleet) -> None:
    owner(1)
    fleet.add(
        ("customer:1", "BIEN", "15/12/2026"),
        ("customer:1", "VACIO", ""),
        ("customer:1", "NADA", "00000000"),
        ("customer:1", "MARZO", "marzo"),
        ("customer:1", "FEB30", "30/02/2027"),
        ("customer:1", "SIN AÑO", "15/12"),
        ("customer:9", "AJENO", DUE),
        (None, "NADIE", DUE),
    )
    made = reminder()
    found = read(made)
    assert (found.count, found.unowned, found.unreadable) == (8, 2, 3)
    said = {row.name: row.problem_in_words for row in problem_rows(made)}
    assert said["MARZO"] == "“marzo” is no date."
    assert "no such day" in said["FEB30"]
    assert said["SIN AÑO"] == "The year is missing."
    assert said["AJENO"] == "belongs to nobody: “customer:9” is no contact"
    assert said["NADIE"] == "belongs to nobody: its column is empty"
    greet()
    assert [m.fields["of"] for m in Message.objects.all()] == ["BIEN"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (20261215, (12, 15, 2026)),
        ("20261215", (12, 15, 2026)),
        ("2026-12-15 00:00:00", (12, 15, 2026)),
        ("15 de diciembre de 2026", (12, 15, 2026)),
    ],
)
def test_dates_of_old_systems_are_understood(
    fleet: Fleet, written: Any, kept: tuple[int, int, int]
) -> None:
    owner(1)
    fleet.add(("customer:1", "ABC 123", written))
    read(reminder())
    row = ListedDate.objects.get()
    assert (row.month, row.day, row.year) == kept


def test_o2_a_listing_that_fails_holds_the_day_and_is_tried_again(fleet: Fleet) -> None:
    owner(1)
    fleet.add(("customer:1", "ABC 123", DUE))
    made = reminder()
    read(made, BEFORE)
    fleet.gone()
    read_dates_due(NINE - HOUR)
    greet()
    assert not told()
    row = GreetingDay.objects.get(day=TODAY, zone="")
    assert row.state == "open"
    assert "read last on 2026-12-05" in row.reason_in_words
    [trouble] = [one for one in occasions_waiting(NINE) if one.about.endswith(":listing")]
    assert "could not be read" in trouble.sentence
    assert not is_due(made, NINE - HOUR + 5 * MINUTE), "in a while, not each minute"
    fleet.back()
    assert read_dates_due(NINE + 2 * HOUR) == 1
    greet(NINE + 2 * HOUR)
    assert len(told()) == 1
    row.refresh_from_db()
    assert (row.state, row.reason) == ("done", "")


def test_o2_a_day_on_which_it_could_not_be_read_is_missed_and_says_why(fleet: Fleet) -> None:
    owner(1)
    fleet.add(("customer:1", "ABC 123", DUE))
    made = reminder()
    fleet.gone()
    read_dates_due(NINE)
    greet()
    fleet.back()
    read_dates_due(NINE + A_DAY)
    greet(NINE + A_DAY)
    assert not told(), "that day or never"
    row = GreetingDay.objects.get(day=TODAY, zone="")
    assert (row.state, row.seen) == ("missed", 1)
    assert "its listing was not read yet" in row.reason_in_words
    assert any(
        "its listing was not read yet" in one.sentence for one in occasions_waiting(NINE + A_DAY)
    )
    assert made.pk


def test_o2_missed_days_by_policy_on_the_next_working_day(fleet: Fleet) -> None:
    owner(1)
    fleet.add(("customer:1", "ABC 123", DUE))
    made = reminder(late="next")
    fleet.gone()
    read_dates_due(NINE)
    greet()
    fleet.back()
    read(made, NINE + A_DAY)
    greet(NINE + A_DAY)
    assert len(told()) == 1


def test_it_is_read_once_a_day_before_its_hours_and_when_somebody_asks(fleet: Fleet) -> None:
    made = reminder()
    assert is_due(made, BEFORE)
    read(made, NINE - A_DAY)
    for hours in (-23, -10, -2):
        assert not is_due(made, NINE + hours * HOUR)
    assert is_due(made, NINE - HOUR)
    read(made, NINE - HOUR)
    for hours in (0, 5, 14):
        assert not is_due(made, NINE + hours * HOUR)
    DatesRead.objects.update(wanted_at=NINE)
    assert is_due(made, NINE)
    made.is_active = False
    read(made, NINE)
    assert not is_due(made, NINE + 3 * A_DAY), "at rest it is read when asked for"


def test_it_changed_and_the_rows_of_the_other_question_greet_nobody(fleet: Fleet) -> None:
    owner(1)
    fleet.add(("customer:1", "ABC 123", DUE))
    made = reminder()
    read(made)
    made.day = {**made.day, "of": ""}
    save_occasion(made, by="ana", now=NINE)
    assert is_due(made, NINE)
    greet()
    assert not told()
    read(made, NINE + MINUTE)
    greet(NINE + MINUTE)
    assert [m.fields["of"] for m in Message.objects.all()] == [""]


def user(name: str, role: str = "operator") -> Who:
    ensure_roles()
    found = User.objects.create_user(name)
    found.groups.add(Group.objects.get(name=role))
    return Who(name, found)


def test_p12_its_authors_right_is_asked_at_each_read(fleet: Fleet) -> None:
    eva, luz = user("eva"), user("luz")
    made = save_occasion(
        Occasion(name="Inspección", day=DAY, window=HOURS, is_active=True), by=eva, now=BEFORE
    )
    assert made.owner == eva.user
    right = ListingRight.objects.create(listing="shop.inspections")
    right.users.add(luz.user)  # type: ignore[arg-type]
    read(made)
    made.refresh_from_db()
    assert not made.is_active
    assert "eva may not see the listing" in made.paused_reason
    with pytest.raises(OccasionInvalid, match="not for you"):
        resume_occasion(made, by=eva, now=NINE)
    with pytest.raises(OccasionInvalid, match="not for you"):
        save_occasion(
            Occasion(name="Otra", day={**DAY, "listing": "inspections"}), by=eva, now=NINE
        )
    resume_occasion(made, by=luz, now=NINE)
    assert made.owner == luz.user
    assert read(made, NINE + MINUTE).problem == ""


@pytest.mark.django_db(transaction=True)
def test_o1_two_workers_read_and_tell_once(fleet: Fleet) -> None:
    for number in range(20):
        owner(number)
        fleet.add((f"customer:{number}", f"V{number}", DUE))
    made = reminder()

    def work() -> None:
        read_dates_due(NINE)
        greet()
        connections.close_all()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    greet(NINE + MINUTE)
    assert len(told()) == len(set(told())) == 20
    assert ListedDate.objects.filter(occasion=made).count() == 20


def test_who_lost_the_read_leaves_nothing_that_holds(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner(1)
    fleet.add(*(("customer:1", f"V{number}", DUE) for number in range(7)))
    made = reminder()
    monkeypatch.setattr(reading, "BLOCK", 3)
    first = reading._claim(made, NINE)  # a worker that hangs from now on
    assert first is not None
    assert not reading.read_dates(made, now=NINE + MINUTE)
    assert reading.read_dates(made, now=NINE + reading.LEASE)
    with pytest.raises(reading.ReadLost):
        reading._read(made, first, NINE, lambda _end: None, WHOLE)
    assert DatesRead.objects.get().number == 2
    reading._forget(made)
    assert ListedDate.objects.count() == 7
