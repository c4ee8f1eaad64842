"""`emailketing schedule next` and `emailketing free-day …`, as an operator types them."""

import pytest

from emailketing.cli.show import clock, who
from emailketing.company.models import FreeDay
from emailketing.schedule.run_by_hand import run_by_hand
from tests.cli.test_sender_message import run

pytestmark = pytest.mark.django_db
AFTER = ("--after", "2026-12-04T12:00", "--starts", "2026-12-01")


def test_p3_the_sentence_and_the_next_five_runs() -> None:
    said = run("schedule", "next", "--every", "working-day", "--at", "07:00", *AFTER).output
    lines = [line.strip() for line in said.splitlines()]
    assert lines[0] == "Todos los días hábiles a las 07:00. Hora de America/Asuncion."
    # the eighth is the day of the Virgin of Caacupé, the sixth a Sunday
    assert [line.split(",")[1].split()[0] for line in lines[1:]] == ["5", "7", "9", "10", "11"]


def test_several_hours_a_zone_and_weekdays() -> None:
    words = ("--every", "week", "--on", "mon,fri", "--at", "18:30", "--at", "7:00")
    said = run("schedule", "next", *words, "--zone", "Europe/Madrid", "--count", "3", *AFTER).output
    assert "Cada lunes y viernes a las 07:00 y 18:30. Hora de Europe/Madrid." in said
    assert said.count("2026") == 3


def test_a_rule_of_rfc_5545() -> None:
    rule = ("--rule", "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1", "--free-day", "previous")
    said = run("schedule", "next", *rule, "--at", "07:00", *AFTER).output
    assert "último día hábil" in said


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--every", "day", "--at", "25:00"), "25:00"),
        (("--every", "day", "--at", "07:00", "--zone", "Luna/Mar"), "Luna/Mar"),
        (("--every", "daily", "--at", "07:00"), "working-day"),
        (("--every", "week", "--on", "xyz", "--at", "07:00"), "xyz"),
        (("--every", "day", "--at", "07:00", "--free-day", "maybe"), "previous"),
        (("--rule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "--at", "07:00"), "Esto nunca ocurre"),
        (("--every", "week", "--on", "sun", "--free-day", "skip", "--at", "7:00"), "días libres"),
        (("--every", "day", "--at", "07:00", "--ends", "2026-02-31"), "2026-02-31"),
        (("--every", "day", "--at", "07:00", "--after", "ayer"), "ayer"),
        (("--every", "day", "--at", "07:00", "--after", "9000-01-01"), "9000-01-01"),
    ],
)
def test_what_cannot_be_is_one_sentence(words: tuple[str, ...], named: str) -> None:
    said = run("schedule", "next", *words, code=1).output.strip()
    assert named in said
    assert len(said.splitlines()) == 1


def test_free_days_are_listed_added_moved_and_taken_away() -> None:
    assert "Navidad" in run("free-day", "list", "--year", "2026").output
    run("free-day", "add", "2026-08-17", "Asueto")
    run("free-day", "move", "2026-06-12", "2026-06-15")
    run("free-day", "remove", "2026-12-25")
    said = run("free-day", "list", "--year", "2026").output
    assert "trasladado desde el 2026-06-12" in said
    assert "Asueto" in said
    assert FreeDay.objects.count() == 4
    run("free-day", "add", "2026-08-17", "Otra vez", code=1)
    run("free-day", "add", "mañana", "Asueto", code=1)
    run("free-day", "remove", "2026-12-24", code=1)


def test_the_free_days_of_the_week() -> None:
    assert "sábado y domingo" in run("free-day", "week", "sat-sun").output
    assert "domingo" in run("free-day", "week", "usual").output
    run("free-day", "week", "mon-sun", code=1)


@pytest.mark.parametrize("words", [("list", "--year", "99999"), ("looked", "99999")])
def test_a_year_far_away_is_refused_with_one_sentence(words: tuple[str, ...]) -> None:
    said = run("free-day", *words, code=1).output.strip()
    assert "2199" in said
    assert len(said.splitlines()) == 1


def test_runs_are_listed_and_cancelled() -> None:
    run_made = run_by_hand("report:12", "token", by=who(), now=clock())
    gone = "informe 12, que fue eliminado"  # as the page says it
    assert gone in run("schedule", "runs", "--state", "planned").output
    assert gone not in run("schedule", "runs", "--trigger", "report:1").output
    run("schedule", "cancel", str(run_made.pk))
    assert "Cancelada por" in run("schedule", "runs", "--state", "failed").output
    run("schedule", "cancel", str(run_made.pk), code=1)
    run("schedule", "cancel", "999", code=1)
    run("schedule", "runs", "--state", "gone", code=1)
