"""A day of greetings that is broken off: killed, shared, gone on with the next day, answered late.

Each person is greeted once, whatever ended in between (O1, O2; R1, R2).
"""

import os
import signal
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from emailketing.cli.show import clock
from emailketing.company.models import StepState, WorkerProcess
from emailketing.outbox.models import Message
from emailketing.outbox.sending import faults
from emailketing.triggers.occasions.definition.save import answer_doubt, skip, unskip
from emailketing.triggers.occasions.models import DoubtfulDay, GreetingDay, GreetingTold
from emailketing.triggers.occasions.running import greet as running
from emailketing.triggers.occasions.running.greet import BLOCK, LEASE, greet_due
from tests.outbox.cast import wait_until
from tests.triggers.occasions.cast import NINE, company, greet, occasion, person, senders, told
from tests.triggers.occasions.where import AT_NINE, Where, zone
from tests.worker import processes

DAY, MINUTES = timedelta(days=1), timedelta(minutes=11)
BORN = "1980-12-08"
WORKER = ("worker", "--only", "steps")
POINTS = ("greeting_judged", "greeting_told", "greeting_written")


@pytest.fixture(autouse=True)
def _senders(db: None) -> None:
    senders()


def people(count: int, born: str = BORN, **values: Any) -> list[str]:
    places = [f"p{number}@x.test" for number in range(count)]
    for place in places:
        person("Ana", born, places=(place,), **values)  # one card for all
    return places


class Killed(BaseException):
    """As by kill -9: nothing of ours runs after it, what is not committed is gone."""


@pytest.mark.parametrize("seed", range(6))
def test_o1_killed_again_and_again_each_is_greeted_once(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    places, dice, now = people(17), Random(seed), NINE  # noqa: S311 - chooses moments
    occasion()
    monkeypatch.setattr(running, "BLOCK", 4)
    left = 0

    def kill(_pid: int, number: int) -> None:
        nonlocal left
        assert number == signal.SIGKILL
        left -= 1
        if left == 0:
            raise Killed

    monkeypatch.setattr(os, "kill", kill)
    for _ in range(6):
        left = dice.randint(1, 3)
        monkeypatch.setattr(faults, "_ARMED", dice.choice(POINTS))
        with suppress(Killed):
            greet_due(now)
        now += LEASE + timedelta(seconds=1)
    monkeypatch.setattr(faults, "_ARMED", "")
    greet(now)
    assert Counter(told()) == Counter(("email", place) for place in places)
    assert GreetingTold.objects.count() == len(places)


def test_o2_a_day_broken_off_at_noon_goes_on_the_next_working_day_and_leaves_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = people(6)
    occasion(late="next")
    monkeypatch.setattr(running, "BLOCK", 2)
    monkeypatch.setattr(running, "BUDGET", 0.0)
    greet_due(NINE)
    assert len(told()) == 2
    monkeypatch.setattr(running, "BUDGET", 10.0)
    greet(NINE + DAY)
    assert told() == [("email", place) for place in places]
    late = Message.objects.filter(created_at=NINE + DAY)
    assert late.count() == 4
    assert {one.expires_at for one in late} == {(NINE + DAY).replace(hour=21, second=0)}


def test_many_who_were_asked_about_are_greeted_as_soon_as_somebody_says_they_are_real(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "MOST_LOOKED_AT_AGAIN", 20)
    places = people(60)
    occasion()
    greet()
    assert not told()
    answer_doubt(DoubtfulDay.objects.get(), DoubtfulDay.Answer.REAL, by="ana", now=NINE + MINUTES)
    greet(NINE + MINUTES)
    assert len(told()) == len(places)


def test_many_of_a_day_that_was_left_out_are_greeted_when_it_is_taken_in_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "MOST_LOOKED_AT_AGAIN", 5)
    places = people(9)
    made = occasion()
    found = skip(made, date(2026, 12, 8), by="ana", now=NINE)
    greet()
    assert not told()
    unskip(found, by="ana", now=NINE + MINUTES)
    greet(NINE + MINUTES)
    assert len(told()) == len(places)


# ── real processes, which read the real clock ──


def test_the_day_of_these_does_not_turn_whenever_they_run() -> None:
    for number in range(24 * 4):
        began = NINE.replace(hour=0, minute=14) + number * timedelta(minutes=15)
        where = Where.at(began)
        for moment in (began, began + timedelta(minutes=30)):
            there, closed = (
                moment.astimezone(ZoneInfo(zone(hours))) for hours in (where.nine, where.closed)
            )
            assert there.date() == closed.date() == where.today
            assert AT_NINE <= there.hour < 18
            assert not AT_NINE <= closed.hour < 18


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_o1_processes_are_killed_in_a_block_and_another_goes_on(tmp_path: Path) -> None:
    places = of_today(130)
    for point, greeted in (("greeting_told", 0), ("greeting_written", BLOCK)):
        with processes.running(tmp_path, *WORKER, EMAILKETING_FAULT=point) as killed:
            assert killed.wait(60) == -signal.SIGKILL, killed.text
        assert len(told()) == greeted
        let_time_pass()
    with processes.running(tmp_path, *WORKER):
        wait_until(is_done, 60)
    assert Counter(told()) == Counter(("email", place) for place in places)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="in the second round: SQLite has one writer"
)
def test_o1_of_two_processes_one_is_killed_among_the_blocks_and_each_is_greeted_once(
    tmp_path: Path,
) -> None:
    places = of_today(900)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with (
        processes.running(tmp_path / "one", *WORKER) as one,
        processes.running(tmp_path / "two", *WORKER) as two,
    ):
        wait_until(Message.objects.exists, 60)
        with transaction.atomic():
            GreetingDay.objects.select_for_update().get(written__gt=0)
            (backend,) = wait_until(who_waits_for_us)  # with the next block
            assert 0 < len(told()) < len(places)
            holder = StepState.objects.get(name=StepState.Name.OCCASIONS).holder
            pids = dict(WorkerProcess.objects.values_list("name", "pid"))
            killed = one if pids[holder] == one.pid else two
            os.kill(pids[holder], signal.SIGKILL)
            assert killed.wait() == -signal.SIGKILL
            end(backend)
        let_time_pass()
        wait_until(is_done, 60)
    assert Counter(told()) == Counter(("email", place) for place in places)


def of_today(count: int) -> list[str]:
    """Enter people whose birthday it is where it is past nine now, and switch the occasion on.

    In the company's own zone nobody is greeted at this hour: an empty block is none of ours.
    """
    where = Where.now()
    company(time_zone=zone(where.closed))
    places = people(count, f"{where.today:1980-%m-%d}", time_zone=zone(where.nine))
    DoubtfulDay.objects.create(
        occasion=occasion(now=clock() - DAY),
        month=where.today.month,
        day=where.today.day,
        people=count,
        of=count,
        answer=DoubtfulDay.Answer.REAL,
        asked_at=clock(),
    )
    return places


def who_waits_for_us() -> list[int]:
    """Return the backends that wait for what our transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_locks WHERE NOT granted"
            " AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return [int(row[0]) for row in cursor.fetchall()]


def end(backend: int) -> None:
    """Have the server notice now that nobody is left at the other end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [backend])


def let_time_pass() -> None:
    """Let the leases of who was killed be over: they are not waited for."""
    GreetingDay.objects.update(leased_until=None)
    WorkerProcess.objects.all().delete()  # who is alive says so again
    StepState.objects.update(leased_until=None, next_at=None)


def is_done() -> bool:
    return GreetingDay.objects.filter(state=GreetingDay.State.DONE, written__gt=0).exists()
