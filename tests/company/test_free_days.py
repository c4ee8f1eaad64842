"""Is this day free? The calendar, the company's word, and a branch's (83)."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from emailketing.accounts.models import AuditEntry
from emailketing.accounts.who import Who
from emailketing.audience.hours import Calendar
from emailketing.company.change_free_days import (
    FreeDayInvalid,
    add_free_day,
    move_free_day,
    remove_free_day,
    set_free_weekdays,
)
from emailketing.company.free_days import free_days
from emailketing.company.models import Company, FreeDay
from emailketing.triggers.notifications.models import Rule

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ANA = Who("ana", came_from="10.0.0.7")
CHACO = date(2026, 6, 12)  # a Friday, Paz del Chaco
CHRISTMAS = date(2026, 12, 25)
MONDAY = date(2026, 6, 15)


def test_a_holiday_moved_by_decree_is_free_where_it_went_and_worked_where_it_was() -> None:
    move_free_day(CHACO, MONDAY, by=ANA, now=NOW)
    known = free_days()
    assert MONDAY in known
    assert CHACO not in known
    with translation.override("es"):
        assert known.name_of(MONDAY) == "Día de la Paz del Chaco"
        assert known.why(MONDAY) == "trasladado desde el 2026-06-12"
    move_free_day(MONDAY, CHACO, by=ANA, now=NOW)
    assert not FreeDay.objects.exists()
    assert CHACO in free_days()


def test_a_day_is_added_and_taken_away_and_each_is_noted_with_who() -> None:
    day = date(2026, 8, 17)
    add_free_day(day, "Asueto", by=ANA, now=NOW)
    assert day in free_days()
    remove_free_day(day, by=ANA, now=NOW)
    assert day not in free_days()
    noted = AuditEntry.objects.filter(object_type="company.freeday").order_by("pk")
    assert [(entry.action, entry.username) for entry in noted] == [
        ("created", "ana"),
        ("deleted", "ana"),
    ]


def test_a_holiday_that_is_worked_can_be_free_again() -> None:
    remove_free_day(CHRISTMAS, by=ANA, now=NOW)
    assert not free_days().is_free(CHRISTMAS)
    add_free_day(CHRISTMAS, "Navidad", by=ANA, now=NOW)
    assert CHRISTMAS in free_days()
    assert not FreeDay.objects.exists()


def test_a_branch_has_days_of_its_own_over_those_of_the_company() -> None:
    town = date(2026, 9, 8)
    add_free_day(town, "Día de Encarnación", branch="Encarnación", by=ANA, now=NOW)
    remove_free_day(CHRISTMAS, by=ANA, now=NOW)
    add_free_day(CHRISTMAS, "Navidad", branch="Encarnación", by=ANA, now=NOW)
    assert town in free_days("Encarnación")
    assert CHRISTMAS in free_days("Encarnación")
    assert town not in free_days()
    assert CHRISTMAS not in free_days("Luque")


def test_sunday_is_free_in_paraguay_and_the_company_says_which_days_are() -> None:
    saturday, sunday = date(2026, 12, 5), date(2026, 12, 6)
    assert free_days().is_free(sunday)
    assert not free_days().is_free(saturday)
    assert sunday not in free_days()  # it is no holiday: hours of a rule know weekdays themselves
    set_free_weekdays({5, 6}, by=ANA, now=NOW)
    assert free_days().is_free(saturday)
    remove_free_day(saturday, by=ANA, now=NOW)  # a Saturday that is worked
    assert not free_days().is_free(saturday)
    set_free_weekdays((), by=ANA, now=NOW)
    assert not free_days().is_free(sunday)
    set_free_weekdays(None, by=ANA, now=NOW)
    assert free_days().is_free(sunday)


def test_the_hours_of_a_rule_ask_the_same_days() -> None:
    add_free_day(date(2026, 12, 1), "Asueto", by=ANA, now=NOW)
    rule = Rule(window={"from": "08:00", "to": "18:00", "holidays": False})
    calendar = Calendar.of(rule, Company.get())
    found = calendar.not_before(datetime(2026, 12, 1, 12, 0, tzinfo=UTC))
    assert found == datetime(2026, 12, 2, 11, 0, tzinfo=UTC)


def test_a_country_without_a_calendar_has_the_days_that_were_added() -> None:
    Company.get()
    Company.objects.update(country="ZZ")
    add_free_day(CHRISTMAS, "Navidad", by=ANA, now=NOW)
    assert CHRISTMAS in free_days()
    assert MONDAY not in free_days()


WRONG: list[Callable[[], None]] = [
    lambda: add_free_day(CHRISTMAS, "Navidad", by=ANA, now=NOW),
    lambda: add_free_day(MONDAY, " ", by=ANA, now=NOW),
    lambda: add_free_day(MONDAY, "a\nb", by=ANA, now=NOW),
    lambda: add_free_day(MONDAY, "x" * 121, by=ANA, now=NOW),
    lambda: add_free_day(date(1492, 10, 12), "Colón", by=ANA, now=NOW),
    lambda: remove_free_day(MONDAY, by=ANA, now=NOW),
    lambda: move_free_day(MONDAY, CHACO, by=ANA, now=NOW),
    lambda: move_free_day(CHACO, CHRISTMAS, by=ANA, now=NOW),
    lambda: move_free_day(CHACO, CHACO, by=ANA, now=NOW),
    lambda: set_free_weekdays(range(7), by=ANA, now=NOW),
    lambda: set_free_weekdays([9], by=ANA, now=NOW),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(number: int) -> None:
    with pytest.raises(FreeDayInvalid) as refused:
        WRONG[number]()
    assert str(refused.value).endswith(".")
    assert not FreeDay.objects.exists()
    assert not AuditEntry.objects.exists()
