"""The company's quiet hours for what is written without a rule: nobody is woken (R23)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from emailketing.company.windows import after_quiet, is_quiet

ASUNCION, MADRID = "America/Asuncion", "Europe/Madrid"  # UTC−3 all the year; with summer time
NIGHT, SIESTA = (time(21), time(7)), (time(12), time(15))


def at(local: str, zone: str = ASUNCION) -> datetime:
    """A moment as the clock on the wall shows it; with “bis” the second time in a long night."""
    clock, bis, _ = local.partition(" bis")
    moment = datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo(zone), fold=len(bis) > 0)
    return moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "local", "quiet_until"),
    [
        (NIGHT, "2026-11-24 20:59:59", None),
        (NIGHT, "2026-11-24 21:00", "2026-11-25 07:00"),  # exactly at the start
        (NIGHT, "2026-11-24 23:59:59", "2026-11-25 07:00"),
        (NIGHT, "2026-11-25 00:00", "2026-11-25 07:00"),
        (NIGHT, "2026-11-25 06:59:59", "2026-11-25 07:00"),
        (NIGHT, "2026-11-25 07:00", None),  # exactly at the end
        (NIGHT, "2026-11-25 12:00", None),
        (NIGHT, "2026-12-31 22:00", "2027-01-01 07:00"),
        (SIESTA, "2026-11-24 11:59:59", None),
        (SIESTA, "2026-11-24 12:00", "2026-11-24 15:00"),
        (SIESTA, "2026-11-24 14:59:59", "2026-11-24 15:00"),
        (SIESTA, "2026-11-24 15:00", None),
        (SIESTA, "2026-11-24 23:00", None),
        ((time(22), time(0)), "2026-11-24 23:00", "2026-11-25 00:00"),
        ((time(0), time(6)), "2026-11-24 00:00", "2026-11-24 06:00"),
    ],
)
def test_r23_quiet_hours_wait_for_their_end(
    hours: tuple[time, time], local: str, quiet_until: str | None
) -> None:
    now = at(local)
    assert is_quiet(now, *hours, ASUNCION) is (quiet_until is not None)
    assert after_quiet(now, *hours, ASUNCION) == (at(quiet_until) if quiet_until else now)


@pytest.mark.parametrize(
    "hours",
    [(None, None), (time(21), None), (None, time(7)), (time(21), time(21))],
    ids=["none", "no end", "no start", "of no length"],
)
def test_without_quiet_hours_nothing_waits(hours: tuple[time | None, time | None]) -> None:
    for local in ("2026-11-24 00:00", "2026-11-24 03:00", "2026-11-24 21:00", "2026-11-24 23:00"):
        assert not is_quiet(at(local), *hours, ASUNCION)
        assert after_quiet(at(local), *hours, ASUNCION) == at(local)


@pytest.mark.parametrize(
    ("local", "until", "sleeps"),
    [
        ("2026-03-28 21:00", "2026-03-29 07:00", 9),  # a night with 23 hours in its day
        ("2026-10-24 21:00", "2026-10-25 07:00", 11),  # and one with 25
        ("2026-10-25 02:30", "2026-10-25 07:00", 5.5),
        ("2026-10-25 02:30 bis", "2026-10-25 07:00", 4.5),
    ],
)
def test_r23_a_night_is_a_night_also_when_the_clocks_are_changed(
    local: str, until: str, sleeps: float
) -> None:
    now, end = at(local, MADRID), at(until, MADRID)
    assert after_quiet(now, *NIGHT, MADRID) == end
    assert end - now == timedelta(hours=sleeps)


def test_r23_an_end_that_comes_twice_is_never_in_the_past() -> None:
    until_half_past = (time(22), time(2, 30))
    again = at("2026-10-25 02:10 bis", MADRID)
    assert is_quiet(again, *until_half_past, MADRID)
    assert after_quiet(again, *until_half_past, MADRID) == at("2026-10-25 02:30 bis", MADRID)
    first = at("2026-10-25 02:10", MADRID)
    assert after_quiet(first, *until_half_past, MADRID) == at("2026-10-25 02:30", MADRID)


def test_r23_an_end_that_is_leapt_over_is_past_the_leap() -> None:
    until = after_quiet(at("2026-03-29 01:30", MADRID), time(22), time(2, 30), MADRID)
    assert until >= at("2026-03-29 03:00", MADRID)
    assert not is_quiet(until, time(22), time(2, 30), MADRID)


def test_the_answer_speaks_of_the_zone_it_was_asked_in() -> None:
    found = after_quiet(at("2026-11-24 22:00"), *NIGHT, ASUNCION)
    assert found.tzinfo is UTC
