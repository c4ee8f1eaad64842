"""What is clicked becomes a rule, the rule what was clicked, and a sentence in three languages."""

from datetime import date, datetime, time

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from emailketing.schedule.choices import FREQUENCIES, RecurrenceChoice, choice_of, rule_of
from emailketing.schedule.recurrence import FreeDayPolicy, Recurrence, RecurrenceInvalid
from emailketing.schedule.sentence import run_words, sentence

STARTS = date(2026, 11, 30)


def told(
    choice: RecurrenceChoice, language: str, free_day: FreeDayPolicy = "run", **more: date
) -> str:
    rule, policy = rule_of(choice, free_day)
    times = (time(7), time(18, 30))
    found = Recurrence(rule, times, "America/Asuncion", policy, STARTS, more.get("ends"))
    with translation.override(language):
        return sentence(found, more.get("today"))


@pytest.mark.parametrize(
    ("choice", "spanish"),
    [
        (RecurrenceChoice("day"), "Todos los días a las 07:00 y 18:30."),
        (RecurrenceChoice("day", every=3), "Cada 3 días a las 07:00 y 18:30."),
        (RecurrenceChoice("working-day"), "Todos los días hábiles a las 07:00 y 18:30."),
        (RecurrenceChoice("week", weekdays=(4, 0)), "Cada lunes y viernes a las 07:00 y 18:30."),
        (
            RecurrenceChoice("week", every=2, weekdays=(0,)),
            "Cada 2 semanas, los días lunes, a las 07:00 y 18:30.",
        ),
        (RecurrenceChoice("month", day=15), "El día 15 de cada mes a las 07:00 y 18:30."),
        (RecurrenceChoice("last-day"), "El último día del mes a las 07:00 y 18:30."),
        (RecurrenceChoice("last-working-day"), "El último día hábil del mes a las 07:00 y 18:30."),
        (RecurrenceChoice("first-working-day"), "El primer día hábil del mes a las 07:00 y 18:30."),
        (
            RecurrenceChoice("month-weekday", nth=1, weekdays=(0,)),
            "El primer lunes del mes a las 07:00 y 18:30.",
        ),
        (RecurrenceChoice("quarter"), "El primer día del trimestre a las 07:00 y 18:30."),
        (RecurrenceChoice("quarter-end"), "El último día del trimestre a las 07:00 y 18:30."),
        (
            RecurrenceChoice("year", month=12, day=25),
            "Cada año el 25 de diciembre a las 07:00 y 18:30.",
        ),
        (
            RecurrenceChoice("rule", rule="FREQ=YEARLY;BYYEARDAY=100"),
            "Según la regla FREQ=YEARLY;BYYEARDAY=100 a las 07:00 y 18:30.",
        ),
    ],
)
def test_p3_a_schedule_is_told_in_words(choice: RecurrenceChoice, spanish: str) -> None:
    zone = "Hora de America/Asuncion."
    assert told(choice, "es") == f"{spanish} {zone}"
    for language in ("en", "pt"):
        assert told(choice, language) not in {told(choice, "es"), ""}


def test_free_days_first_and_last_day_are_told() -> None:
    said = told(
        RecurrenceChoice("month", day=31, every=2),
        "en",
        "next",
        ends=date(2027, 12, 31),
        today=date(2026, 11, 1),
    )
    assert said == (
        "On day 31 of the month at 07:00 and 18:30. "
        "Only every 2 months, counted from November 30, 2026. "
        "Months without that day are left out. On a free day: the next working day instead. "
        "From November 30, 2026. Until December 31, 2027. Time of America/Asuncion."
    )


def test_portuguese_knows_the_gender_of_saturday() -> None:
    monday = told(RecurrenceChoice("month-weekday", nth=1, weekdays=(0,)), "pt")
    saturday = told(RecurrenceChoice("month-weekday", nth=1, weekdays=(5,)), "pt")
    assert "primeira segunda-feira" in monday
    assert "primeiro sábado" in saturday


def test_a_run_is_written_as_the_wall_clock_there_shows_it() -> None:
    moment = datetime.fromisoformat("2026-12-01T10:00:00+00:00")
    with translation.override("es"):
        assert run_words(moment, "America/Asuncion") == "martes, 1 de diciembre de 2026 07:00"


CHOICES = st.one_of(
    st.builds(RecurrenceChoice, st.just("day"), every=st.integers(1, 99)),
    st.builds(
        RecurrenceChoice,
        st.just("week"),
        every=st.integers(1, 9),
        weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    ),
    st.builds(RecurrenceChoice, st.just("month"), every=st.integers(1, 9), day=st.integers(1, 31)),
    st.builds(
        RecurrenceChoice,
        st.just("month-weekday"),
        every=st.integers(1, 9),
        nth=st.sampled_from([1, 2, 3, 4, -1]),
        weekdays=st.integers(0, 6).map(lambda day: (day,)),
    ),
    st.builds(RecurrenceChoice, st.just("year"), day=st.integers(1, 31), month=st.integers(1, 12)),
    st.sampled_from(
        [RecurrenceChoice(name) for name in FREQUENCIES if "work" in name or "quarter" in name]
    ),
)


@given(choice=CHOICES, free_day=st.sampled_from(["run", "next", "previous"]))
def test_what_was_clicked_is_clicked_when_the_page_opens_again(
    choice: RecurrenceChoice, free_day: FreeDayPolicy
) -> None:
    rule, policy = rule_of(choice, free_day)
    again = choice_of(rule, policy)
    assert rule_of(again, policy) == (rule, policy)
    # the first day of the month, moved to the next working day, is the first working day
    assert again == choice or again.frequency == "first-working-day"
    Recurrence(rule, (time(7),), "UTC", policy, STARTS)


@pytest.mark.parametrize(
    "wrong",
    [
        RecurrenceChoice("week"),
        RecurrenceChoice("week", weekdays=(7,)),
        RecurrenceChoice("month", day=32),
        RecurrenceChoice("month", day=0),
        RecurrenceChoice("day", every=0),
        RecurrenceChoice("year", month=13),
        RecurrenceChoice("month-weekday", nth=5, weekdays=(0,)),
        RecurrenceChoice("month-weekday", nth=1, weekdays=(0, 1)),
        RecurrenceChoice("sometimes"),
        RecurrenceChoice(""),
    ],
)
def test_what_is_not_chosen_is_asked_for(wrong: RecurrenceChoice) -> None:
    with pytest.raises(RecurrenceInvalid):
        rule_of(wrong)
