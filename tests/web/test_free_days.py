"""The page of free days: what the calendar knows, and what is said of it; December asks to look."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from emailketing.accounts.models import AuditEntry
from emailketing.alerts.models import Alert
from emailketing.alerts.troubles import troubles
from emailketing.company.change_free_days import (
    add_free_day,
    look_through_free_days,
    move_free_day,
    set_free_weekdays,
)
from emailketing.company.free_days import free_days
from emailketing.company.models import Company, FreeDay
from emailketing.configuration import ConfigurationInvalid, apply, diff, export_configuration
from emailketing.web.console.dashboard.alerts import page, title, what_to_do

SignIn = Callable[[str], Client]
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
CHACO, MONDAY, TOWN = date(2026, 6, 12), date(2026, 6, 15), date(2026, 9, 8)
YEAR = "/free-days/?year=2026"


def test_a_holiday_is_moved_and_moved_back_by_clicking(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("operator")
    assert "Día de la Paz del Chaco" in client.get(YEAR).content.decode()
    moved = {"do": "move", "day": "2026-06-12", "to": "2026-06-15", "branch": ""}
    said = client.post("/free-days/", moved, follow=True).content.decode()
    assert "trasladado desde el 2026-06-12" in said
    assert MONDAY in free_days()
    assert AuditEntry.objects.filter(username="operator", action="created").count() == 2
    back = {"do": "move", "day": "2026-06-15", "to": "2026-06-12", "branch": ""}
    client.post("/free-days/", back)
    assert not FreeDay.objects.exists()


def test_a_day_of_a_branch_is_added_and_what_is_wrong_stands_beside_the_field(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("operator")
    day = {"do": "add", "day": "2026-09-08", "name": "Día de la ciudad", "branch": "Encarnación"}
    said = client.post("/free-days/", day, follow=True).content.decode()
    assert "Encarnación" in said
    assert TOWN in free_days("Encarnación")
    answer = client.post("/free-days/", day)
    assert answer.status_code == 422
    assert "ya es libre" in answer.content.decode()
    assert client.post("/free-days/", {**day, "day": "31/31"}).status_code == 422
    worked = {"do": "remove", "day": "2026-12-24", "branch": ""}
    assert "día de trabajo" in client.post("/free-days/", worked, follow=True).content.decode()


def test_a_worked_holiday_is_free_after_all_with_one_button(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("operator")
    day = {"day": "2026-12-25", "branch": "", "name": ""}
    client.post("/free-days/", {"do": "remove", **day})
    assert "se trabaja" in client.get(YEAR).content.decode()
    client.post("/free-days/", {"do": "add", **day, "name": "Navidad"})
    assert not FreeDay.objects.exists()


def test_readers_look_and_the_week_is_an_administrators(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    added = {"do": "add", "day": "2026-09-08", "name": "x", "branch": ""}
    assert signed_in("reader").get(YEAR).status_code == 200
    assert signed_in("reader").post("/free-days/", added).status_code == 403
    week = {"do": "week", "days": ["5", "6"]}
    assert signed_in("operator").post("/free-days/", week).status_code == 403
    assert signed_in("administrator").post("/free-days/", week).status_code == 302
    assert free_days().weekdays == {5, 6}
    assert signed_in("administrator").post("/free-days/", {"do": "x"}).status_code == 400
    signed_in("administrator").post("/free-days/", {"do": "week", "days": ["5", "9"]})
    assert free_days().weekdays == {5, 6}, "what cannot be read changes nothing"
    whole = {"do": "week", "days": list("0123456")}
    said = signed_in("administrator").post("/free-days/", whole, follow=True).content.decode()
    assert "nunca se haría nada" in said


def asked(now: datetime) -> list[str]:
    return [one.about for one in troubles(now) if one.kind == Alert.Kind.FREE_DAYS]


@pytest.mark.django_db
def test_december_asks_to_look_through_the_next_year_until_somebody_has() -> None:
    Company.get()
    Company.objects.update(setup_at=NOW)
    in_november, in_december = NOW, datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert asked(in_november) == []
    assert asked(in_december) == ["2027"]
    look_through_free_days(2027, by="ana", now=in_december)
    assert asked(in_december) == []
    assert asked(datetime(2027, 12, 31, 12, tzinfo=UTC)) == ["2028"]
    Company.objects.update(setup_at=in_december, free_days_looked=None)
    assert asked(in_december) == [], "who begins in December has just met them"


@pytest.mark.django_db
def test_the_alert_leads_to_the_year_it_is_about() -> None:
    alert = Alert(kind=Alert.Kind.FREE_DAYS, about="2027", name="2027")
    with translation.override("es"):
        assert title(alert) == "Repase los días libres de 2027"
        assert "Días libres" in what_to_do(alert)
    assert page(alert) == "/free-days/?year=2027"


@pytest.mark.django_db
def test_free_days_travel_in_the_configuration_file() -> None:
    Company.get()
    Company.objects.update(name="Estación")
    move_free_day(CHACO, MONDAY, by="ana", now=NOW)
    add_free_day(TOWN, "Día de la ciudad", branch="Encarnación", by="ana", now=NOW)
    set_free_weekdays((5, 6), by="ana", now=NOW)
    text = export_configuration()
    rows = list(FreeDay.objects.values("day", "branch", "name", "is_free", "other_day"))
    FreeDay.objects.all().delete()
    set_free_weekdays(None, by="ana", now=NOW)
    assert "2026-09-08 / Encarnación" in [one.name for one in diff(text)]
    apply(text, by="ana", now=NOW)
    assert list(FreeDay.objects.values("day", "branch", "name", "is_free", "other_day")) == rows
    assert free_days().weekdays == {5, 6}
    assert diff(text) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        '[[free_day]]\nday = "mañana"\nbranch = ""\nname = "x"\nis_free = true\n',
        '[[free_day]]\nday = "1492-10-12"\nbranch = ""\nname = "x"\nis_free = true\n',
        '[company]\nfree_weekdays = "lunes"\n',
        '[company]\nfree_weekdays = "mon-sun"\n',
    ],
)
def test_a_file_with_days_that_are_none_is_refused(text: str) -> None:
    Company.get()
    Company.objects.update(name="Estación")
    with pytest.raises(ConfigurationInvalid):
        apply(f"format = 1\n{text}", by="ana", now=NOW)
