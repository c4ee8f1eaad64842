"""A run is once, whoever plans it, whoever dies at it (P1, P2, P4)."""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection, connections
from django.utils import translation

from emailketing.accounts.models import AuditEntry
from emailketing.accounts.who import Who
from emailketing.channels.models import Sender
from emailketing.common.said import say
from emailketing.company.change_free_days import move_free_day
from emailketing.company.free_days import FreeDays, free_days
from emailketing.content.models import Template
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.request import Recipient
from emailketing.schedule.models import Run
from emailketing.schedule.plan import MOST_MISSED, MOST_TOLD, MissedPolicy, plan_due
from emailketing.schedule.recurrence import FreeDayPolicy, Recurrence
from emailketing.schedule.run_by_hand import SentAlready, day_begins, run_by_hand
from emailketing.schedule.work import (
    LEASE,
    MOST_ATTEMPTS,
    CannotCancel,
    cancel_run,
    claim,
    finish,
    give_back,
    hold,
    renew,
)
from tests.outbox import cast

pytestmark = pytest.mark.django_db
ZONE = "America/Asuncion"
DAILY = Recurrence("FREQ=DAILY", (time(7),), ZONE, "run", date(2026, 11, 1))
LONG_AGO = Recurrence("FREQ=DAILY", (time(7),), ZONE, "run", date(2025, 1, 1))
SEVEN = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)  # 07:00 in Asunción
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
ANA = Who("ana")
SALES = "report:12"
NEVER_FREE = FreeDays("", frozenset())
State = Run.State


def plan(now: datetime, policy: MissedPolicy = "once", since: datetime = SEVEN - DAY) -> list[Run]:
    return plan_due(SALES, DAILY, since, policy, free=NEVER_FREE, now=now)


def instants(*states: State) -> list[datetime]:
    wanted = Run.objects.filter(state__in=states or [State.PLANNED])
    return [run.instant for run in wanted.order_by("instant")]


def reasons(language: str = "en") -> list[str]:
    with translation.override(language):
        left_out = Run.objects.filter(state=State.SKIPPED).order_by("instant")
        return [run.in_words for run in left_out]


def at_work(holder: str = "one", now: datetime = SEVEN) -> Run:
    run = claim(holder, kind="report", now=now)
    assert run is not None
    return run


def test_p1_planned_again_after_a_restart_in_that_second_it_is_the_same_run() -> None:
    assert plan(SEVEN - SECOND) == []
    assert len(plan(SEVEN)) == 1
    assert plan(SEVEN) == []
    assert plan(SEVEN + SECOND) == []
    assert instants() == [SEVEN]


@pytest.mark.parametrize(("policy", "days"), [("once", [0]), ("each", [3, 2, 1, 0]), ("skip", [0])])
def test_p4_three_missed_days_under_each_policy(policy: MissedPolicy, days: list[int]) -> None:
    now = SEVEN + timedelta(minutes=5)
    plan(now, policy, since=SEVEN - 4 * DAY)
    assert instants() == [SEVEN - day * DAY for day in days]


def test_p4_at_noon_skip_runs_nothing_and_once_says_how_late_it_is() -> None:
    noon = SEVEN + timedelta(hours=5)
    plan(noon, "skip", since=SEVEN - 4 * DAY)
    assert claim("one", kind="report", now=noon) is None
    assert instants(State.SKIPPED) == [SEVEN - day * DAY for day in (3, 2, 1, 0)]
    assert set(reasons()) == {"No worker was at work then, and missed runs are not made up for."}
    assert plan(noon, "skip", since=SEVEN - 4 * DAY) == []
    Run.objects.all().delete()
    plan(noon, "once", since=SEVEN - 4 * DAY)
    assert instants(State.SKIPPED) == [SEVEN - day * DAY for day in (3, 2, 1)]
    assert set(reasons()) == {
        "No worker was at work then; the run of Monday, November 30, 2026 07:00 stands for it."
    }
    assert at_work(now=noon).late_by == timedelta(hours=5)


def test_p4_after_a_year_the_newest_that_did_not_run_have_a_row_the_others_are_counted() -> None:
    plan_due(SALES, LONG_AGO, SEVEN - 400 * DAY, "skip", free=NEVER_FREE, now=SEVEN + 5 * HOUR)
    assert instants(State.SKIPPED) == [SEVEN - day * DAY for day in range(MOST_TOLD)][::-1]
    assert Run.objects.earliest("instant").missed == 400 - MOST_TOLD


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("skip", "Not on a free day: Christmas Day."),
        ("next", "On Saturday, December 26, 2026 07:00 instead: Christmas Day."),
        ("previous", "On Thursday, December 24, 2026 07:00 instead: Christmas Day."),
    ],
)
def test_what_a_free_day_does_stands_among_the_runs(policy: FreeDayPolicy, told: str) -> None:
    christmas = datetime(2026, 12, 25, 10, tzinfo=UTC)
    paraguay = FreeDays("PY", frozenset({6}))
    weekly = replace(DAILY, free_day=policy)
    for day in range(-1, 3):  # the Sunday of the same week is told by the schedule's own words
        plan_due(SALES, weekly, SEVEN + 22 * DAY, "each", free=paraguay, now=christmas + day * DAY)
    assert reasons() == [told]
    assert instants(State.SKIPPED) == [christmas]


def test_p4_each_after_a_year_is_bounded_to_the_newest() -> None:
    plan_due(SALES, LONG_AGO, SEVEN - 400 * DAY, "each", free=NEVER_FREE, now=SEVEN)
    assert len(instants()) == MOST_MISSED
    assert instants()[-1] == SEVEN
    assert len(instants(State.SKIPPED)) == MOST_TOLD
    assert Run.objects.earliest("instant").missed == 400 - MOST_MISSED - MOST_TOLD


def test_a_clock_that_ran_ahead_for_a_moment_keeps_no_later_run_away() -> None:
    plan(SEVEN + 30 * DAY)
    assert len(plan(SEVEN)) == 1
    assert instants() == [SEVEN, SEVEN + 30 * DAY]


def test_the_last_working_day_moves_with_a_holiday_that_a_decree_moves() -> None:
    move_free_day(date(2026, 12, 25), date(2026, 12, 31), by=ANA, now=SEVEN)
    last = Recurrence("FREQ=MONTHLY;BYMONTHDAY=-1", (time(7),), ZONE, "previous", DAILY.starts)
    plan_due(SALES, last, SEVEN, "once", free=free_days(), now=SEVEN + 31 * DAY)
    ran, moved = Run.objects.order_by("instant")
    assert (ran.instant, ran.state) == (datetime(2026, 12, 30, 10, tzinfo=UTC), State.PLANNED)
    assert (moved.instant, moved.state) == (ran.instant + DAY, State.SKIPPED)
    with translation.override("en"):
        assert moved.in_words.startswith("On Wednesday, December 30, 2026 07:00 instead: ")


def test_p2_a_run_caught_up_later_keeps_its_instant() -> None:
    plan(SEVEN + 2 * timedelta(hours=3))
    assert at_work(now=SEVEN + DAY).instant == SEVEN


def test_one_worker_at_a_time_and_it_ends_once() -> None:
    plan(SEVEN)
    run = at_work()
    assert claim("two", kind="report", now=SEVEN + SECOND) is None
    assert claim("two", kind="campaign", now=SEVEN + DAY) is None
    assert finish(run, State.SENT, now=SEVEN + 3 * SECOND, figures=(120, 4096, 4))
    assert not finish(run, State.FAILED, now=SEVEN + 4 * SECOND)
    done = Run.objects.get()
    assert (done.state, done.rows, done.bytes, done.messages) == ("sent", 120, 4096, 4)
    assert done.took == 3 * SECOND
    assert done.late_by is None


def test_a_worker_that_was_thought_dead_writes_nothing_when_it_comes_back() -> None:
    plan(SEVEN)
    slow = at_work("slow")
    later = SEVEN + LEASE + SECOND
    quick = at_work("quick", later)
    assert quick.attempts == 2
    assert not renew(slow, now=later)
    assert not finish(slow, State.EMPTY, now=later)
    assert renew(quick, now=later)
    assert finish(quick, State.SENT, now=later)


def test_a_lease_is_kept_while_it_is_renewed_and_a_clock_put_back_does_not_hold_it() -> None:
    plan(SEVEN)
    run = at_work(now=SEVEN + DAY)
    assert renew(run, now=SEVEN + DAY + LEASE / 2)
    assert claim("two", kind="report", now=SEVEN + DAY + LEASE) is None
    assert at_work("two", SEVEN + SECOND).pk == run.pk  # the lease of tomorrow says nothing


def test_a_run_that_kills_its_workers_is_given_up_with_a_sentence() -> None:
    plan(SEVEN)
    now = SEVEN
    for _number in range(MOST_ATTEMPTS):
        at_work(now=now)
        now += LEASE + SECOND
    assert claim("last", kind="report", now=now) is None
    run = Run.objects.get()
    assert run.state == State.FAILED
    with translation.override("en"):
        assert run.in_words == "Given up: 5 workers ended while they were at it."


def test_a_source_that_is_down_at_seven_is_asked_again_later() -> None:
    plan(SEVEN)
    at_eight = SEVEN + timedelta(hours=1)
    assert hold(at_work(), at_eight, reason=say("Only one line, please."))
    held = Run.objects.get()
    assert (held.state, held.next_at, held.attempts) == (State.HELD, at_eight, 0)
    assert claim("one", kind="report", now=at_eight - SECOND) is None
    run = at_work(now=at_eight)
    assert run.attempts == 1
    assert run.started_at == SEVEN


def test_what_a_worker_gives_back_is_planned_and_what_is_held_can_be_cancelled() -> None:
    plan(SEVEN)
    assert give_back(at_work(), now=SEVEN)
    assert Run.objects.get().state == State.PLANNED
    assert hold(at_work(), SEVEN + DAY, reason=say("Only one line, please."))
    cancel_run(Run.objects.get(), by=ANA, now=SEVEN)
    ended = Run.objects.get()
    assert (ended.state, ended.finished_at) == (State.FAILED, SEVEN)
    assert claim("one", kind="report", now=SEVEN + DAY) is None


def test_what_is_planned_is_cancelled_at_once_and_what_runs_hears_of_it() -> None:
    plan(SEVEN)
    run = at_work()
    cancel_run(run, by=ANA, now=SEVEN)
    assert not renew(run, now=SEVEN)
    assert finish(run, State.FAILED, now=SEVEN)
    plan(SEVEN + DAY)
    cancel_run(Run.objects.get(state=State.PLANNED), by=ANA, now=SEVEN)
    assert set(Run.objects.values_list("state", flat=True)) == {State.FAILED}
    with pytest.raises(CannotCancel):
        cancel_run(run, by=ANA, now=SEVEN)
    assert [entry.action for entry in AuditEntry.objects.all()] == ["cancelled", "cancelled"]


def test_a_cancelled_run_whose_worker_died_is_not_begun_again() -> None:
    plan(SEVEN)
    cancel_run(at_work(), by=ANA, now=SEVEN)
    assert claim("two", kind="report", now=SEVEN + LEASE + SECOND) is None
    assert Run.objects.get().state == State.FAILED


def test_p1_a_double_click_on_run_now_is_one_run_and_the_clock_has_its_own() -> None:
    plan(SEVEN)
    one = run_by_hand(SALES, "token", by=ANA, now=SEVEN)
    two = run_by_hand(SALES, "token", by=ANA, now=SEVEN + SECOND)
    assert one == two
    assert Run.objects.count() == 2
    assert AuditEntry.objects.filter(action="ran", username="ana").count() == 1


def test_what_went_out_today_is_asked_about_before_it_goes_again() -> None:
    plan(SEVEN)
    finish(at_work(), State.SENT, now=SEVEN + SECOND, figures=(9, 9, 4))
    noon = SEVEN + timedelta(hours=5)
    asked = (day_begins(noon, ZONE), ZONE)
    with translation.override("es"), pytest.raises(SentAlready) as asks:
        run_by_hand(SALES, "token", by=ANA, now=noon, asked=asked)
    assert str(asks.value) == (
        "Enviado el lunes, 30 de noviembre de 2026 07:00 a 4 personas: ¿otra vez?"
    )
    run_by_hand(SALES, "mine", by=ANA, now=noon, asked=asked, only_to="ana@x.test")
    run_by_hand(SALES, "token", by=ANA, now=noon)  # “again”
    tomorrow = noon + DAY
    asked = (day_begins(tomorrow, ZONE), ZONE)
    run_by_hand(SALES, "tomorrow", by=ANA, now=tomorrow, asked=asked)
    assert Run.objects.filter(state=State.PLANNED).count() == 3


def together(work: Callable[[], object], count: int = 2) -> None:
    gate = threading.Barrier(count)

    def whole() -> None:
        try:
            gate.wait(20)
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=whole) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


@pytest.mark.django_db(transaction=True)
def test_p1_two_workers_in_the_same_second_give_one_run_and_one_takes_it() -> None:
    taken: list[Run | None] = []

    def work() -> None:
        plan(SEVEN)
        taken.append(claim(str(threading.get_ident()), kind="report", now=SEVEN))

    together(work)
    assert Run.objects.get().instant == SEVEN
    assert len([run for run in taken if run is not None]) == 1


PEOPLE = tuple(Recipient(address=f"{name}@cliente.test") for name in ("ana", "luis", "eva"))
POINTS = ("before it writes", "after it wrote")


def send(run: Run, now: datetime) -> None:
    sender, words = Sender.objects.get(), Template.objects.get()
    cast.queue_request(PEOPLE, sender, key=run.dispatch_key, now=now, template=words)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
def test_a_run_killed_with_9_is_finished_by_another_without_a_message_twice(point: str) -> None:
    cast.sender(9)
    cast.template()
    plan(SEVEN)
    connection.close()
    child = os.fork()
    if not child:
        run = at_work("killed")
        if point == "after it wrote":
            send(run, SEVEN)
        os.kill(os.getpid(), signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert Message.objects.count() == (3 if point == "after it wrote" else 0)
    later = SEVEN + LEASE + SECOND
    run = at_work("other", later)
    send(run, later)
    assert finish(run, State.SENT, now=later)
    assert Message.objects.count() == 3
