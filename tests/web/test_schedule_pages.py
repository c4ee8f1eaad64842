"""A schedule by clicking with its sentence and next runs; the list of runs, and stopping one."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from emailketing.company.change_free_days import add_free_day
from emailketing.company.models import Company
from emailketing.schedule.choices import RecurrenceChoice, rule_of
from emailketing.schedule.models import Run
from emailketing.schedule.recurrence import Recurrence
from emailketing.web.console.forms.schedule_form import ScheduleForm, initial_schedule

SignIn = Callable[[str], Client]
NOW = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)
WORKING_DAYS: dict[str, str] = {"frequency": "working-day", "at": "07:00"}


@pytest.mark.django_db
def test_p3_what_is_clicked_is_told_with_the_next_five_runs() -> None:
    Company.get()
    form = ScheduleForm({**WORKING_DAYS, "also_at": "18:30; 12:00"}, now=NOW)
    with translation.override("es"):
        assert form.is_valid()
        assert form.sentence() == (
            "Todos los días hábiles a las 07:00, 12:00 y 18:30. Hora de America/Asuncion."
        )
        assert form.next_runs(2) == [
            "viernes, 4 de diciembre de 2026 12:00",
            "viernes, 4 de diciembre de 2026 18:30",
        ]
    assert form.recurrence is not None
    assert form.recurrence.to_json()["free_day"] == "skip"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "piece"),
    [
        ({"frequency": "week"}, "al menos un día"),
        ({"frequency": "month", "day": "32"}, "31"),
        ({"frequency": "rule", "rule": "FREQ=SECONDLY"}, "FREQ=DAILY"),
        ({"frequency": "year", "month": "2", "day": "30"}, "nunca ocurre"),
        ({"frequency": "day", "zone": "Luna/Mar"}, "Luna/Mar"),
        ({"frequency": "day", "also_at": "mañana"}, "mañana"),
        ({"frequency": "day", "starts": "2027-01-01", "ends": "2026-12-31"}, "último día"),
        ({"frequency": "sometimes"}, "sometimes"),
    ],
)
def test_what_cannot_be_is_one_sentence(wrong: dict[str, str], piece: str) -> None:
    Company.get()
    form = ScheduleForm({"at": "07:00", **wrong}, now=NOW)
    with translation.override("es"):
        assert not form.is_valid()
        [[said]] = form.errors.values()
        assert piece in said
    assert form.sentence() == ""
    assert form.next_runs() == []


CHOICES = st.sampled_from(
    [
        RecurrenceChoice("day", every=3),
        RecurrenceChoice("working-day"),
        RecurrenceChoice("week", every=2, weekdays=(0, 4)),
        RecurrenceChoice("month", day=15),
        RecurrenceChoice("month-weekday", nth=-1, weekdays=(4,)),
        RecurrenceChoice("last-working-day"),
        RecurrenceChoice("quarter"),
        RecurrenceChoice("year", month=12, day=25),
        RecurrenceChoice("rule", rule="FREQ=YEARLY;BYYEARDAY=100"),
    ]
)


@pytest.mark.django_db
def test_a_saved_schedule_opens_as_it_was_clicked() -> None:
    Company.get()

    @given(choice=CHOICES, times=st.sets(st.sampled_from([time(7), time(12), time(0)]), min_size=1))
    def check(choice: RecurrenceChoice, times: set[time]) -> None:
        rule, policy = rule_of(choice, "next")
        zone, starts = "America/New_York", date(2026, 11, 30)
        saved = Recurrence(rule, tuple(sorted(times)), zone, policy, starts, date(2040, 1, 1))
        form = ScheduleForm(initial_schedule(saved), now=NOW)
        assert form.is_valid(), form.errors
        assert form.recurrence == saved

    check()


@pytest.mark.django_db
def test_the_sentence_follows_what_is_clicked(staff: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("reader")
    sent = {f"schedule-{name}": value for name, value in WORKING_DAYS.items()}
    said = client.post("/schedule/said/", {"prefix": "schedule", **sent}).content.decode()
    assert "Todos los días hábiles a las 07:00." in said
    assert said.count("<li>") == 5
    town = date(2030, 6, 3)  # a Monday that is worked everywhere else
    add_free_day(town, "Día de la ciudad", branch="Encarnación", by="ana", now=NOW)
    once = {"schedule-frequency": "working-day", "schedule-at": "07:00"}
    there = {"prefix": "schedule", "schedule-starts": "2030-06-03", **once}
    assert "lunes, 3 de junio" in client.post("/schedule/said/", there).content.decode()
    there["branch"] = "Encarnación"
    assert "lunes, 3 de junio" not in client.post("/schedule/said/", there).content.decode()
    bad = {"prefix": "schedule", "schedule-frequency": "week", "schedule-at": "07:00"}
    assert "al menos un día" in client.post("/schedule/said/", bad).content.decode()


def a_run(state: Run.State) -> Run:
    return Run.objects.create(
        trigger="report:12", instant=NOW, planned_at=NOW, next_at=NOW, state=state, messages=4
    )


def test_runs_are_listed_by_state_and_stopped_by_who_may(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    run = a_run(Run.State.PLANNED)
    stop = f"/runs/{run.pk}/cancel/"
    said = signed_in("reader").get("/runs/").content.decode()
    assert "informe 12" in said
    assert stop not in said
    assert signed_in("reader").post(stop).status_code == 403
    assert "informe 12" not in signed_in("reader").get("/runs/?state=sent").content.decode()
    assert stop in signed_in("operator").get("/runs/?state=planned").content.decode()
    assert signed_in("operator").get(stop).status_code == 200
    signed_in("operator").post(stop)
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    said = signed_in("operator").post(stop, follow=True).content.decode()
    assert "ya terminó" in said


def test_p4_a_run_that_began_late_says_by_how_much(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    run = a_run(Run.State.SENT)
    Run.objects.filter(pk=run.pk).update(started_at=NOW + timedelta(hours=5, minutes=7))
    assert "5 h 7 min tarde" in signed_in("reader").get("/runs/").content.decode()
