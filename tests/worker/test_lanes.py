"""Each step of the worker runs by itself: neither an error nor a long turn holds another one."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from emailketing.accounts.models import User
from emailketing.alerts.alert import alert
from emailketing.alerts.models import Alert
from emailketing.company.models import TOO_LONG, Company, StepState
from emailketing.web.console.dashboard.steps import step_lines
from emailketing.worker.book import AFTER_AN_ERROR, LONGEST_PAUSE, Book
from emailketing.worker.lanes import Lanes
from emailketing.worker.leases import Leases
from emailketing.worker.loop import IDLE_SECONDS
from emailketing.worker.steps import LANES, Lane, Step, lanes_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    Company.objects.create(pk=1, language="en")
    with translation.override("en"):
        yield


NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Name = StepState.Name
PATIENCE = 20  # seconds for what another thread does


def nothing(_now: datetime) -> int:
    return 0


class Fails:
    """A step that fails so often, then works."""

    def __init__(self, times: int, error: Exception) -> None:
        self.turns = 0
        self._times, self._error = times, error

    def __call__(self, _now: datetime) -> int:
        self.turns += 1
        if self.turns <= self._times:
            raise self._error
        return 0


@contextmanager
def at_work(*lanes: Lane, name: str = "1") -> Iterator[Leases]:
    book = Book()
    leases = Leases(name, book, lanes)
    leases.keep(NOW)
    found = Lanes(
        book, leases, clock=lambda: NOW, idle=lambda: 0.01, on_work=lambda: None, lanes=lanes
    )
    found.start()
    try:
        yield leases
        assert found.are_alive
    finally:
        found.stop()


def held(*steps: Step) -> tuple[Book, Leases]:
    """A worker alone, that holds these steps."""
    book = Book()
    leases = Leases("1", book, lanes_of(steps))
    leases.keep(NOW)
    return book, leases


def state(leases: Leases, name: StepState.Name, now: datetime = NOW) -> StepState:
    leases.keep(now)
    return StepState.objects.get(name=name)


@pytest.mark.parametrize("error", [ValueError("not a number"), DatabaseError("away")])
def test_a_step_that_raises_rests_longer_each_time_and_is_remembered(error: Exception) -> None:
    fails = Fails(3, error)
    step = Step(Name.SOURCES, fails)
    book, leases = held(step)
    at = NOW
    for failures in (1, 2, 3):
        assert book.run(step, at) == 0
        found = state(leases, step.name, at)
        assert (found.failures, found.failed_at, found.failing_since) == (failures, at, NOW)
        assert str(error) in found.error
        pause = AFTER_AN_ERROR * 2 ** (failures - 1)
        book.run(step, at + pause - SECOND / 10)
        assert fails.turns == failures, "it rests"
        at += pause
    book.run(step, at)
    found = state(leases, step.name, at)
    assert (found.failures, found.failing_since, found.done_at) == (0, None, at)
    assert str(error) in found.error, "the last error stays to be read"


def test_the_rest_after_an_error_ends_even_when_the_clock_is_put_back() -> None:
    book, fails = Book(), Fails(1, ValueError())
    step = Step(Name.SOURCES, fails)
    book.run(step, NOW)
    book.run(step, NOW - LONGEST_PAUSE - SECOND)
    assert fails.turns == 2


def test_a_step_may_rest_for_longer_than_after_an_error() -> None:
    book, looks = Book(), Fails(0, ValueError())
    step = Step(Name.SOURCES, looks, every=4 * LONGEST_PAUSE)
    for at in (NOW, NOW + 3 * LONGEST_PAUSE):
        book.run(step, at)
    assert looks.turns == 1
    book.run(step, NOW + 4 * LONGEST_PAUSE)
    assert looks.turns == 2


def test_one_that_raises_keeps_no_other_of_its_lane_from_its_turn() -> None:
    had_its_turn = threading.Event()

    def second(_now: datetime) -> int:
        had_its_turn.set()
        return 0

    lane = Lane("one", (Step(Name.SOURCES, Fails(99, OSError())), Step(Name.RULES, second)))
    with at_work(lane):
        assert had_its_turn.wait(PATIENCE)


def test_one_that_takes_long_keeps_no_other_lane_from_its_turn() -> None:
    begun, turns, release = threading.Event(), threading.Semaphore(0), threading.Event()

    def long(_now: datetime) -> int:
        begun.set()
        release.wait(PATIENCE)
        return 0

    def short(_now: datetime) -> int:
        turns.release()
        return 0

    slow, quick = Lane("slow", (Step(Name.SOURCES, long),)), Lane("b", (Step(Name.ALERTS, short),))
    with at_work(slow, quick) as leases:
        assert begun.wait(PATIENCE)
        for _turn in range(3):
            assert turns.acquire(timeout=PATIENCE)
        found = state(leases, Name.SOURCES)
        assert found.began_at == NOW
        assert found.stands_still_since(NOW + TOO_LONG) == NOW
        release.set()


def test_what_one_lane_did_ends_the_rest_of_the_others() -> None:
    looked, saved = threading.Semaphore(0), threading.Event()

    def reads(_now: datetime) -> int:
        return int(saved.is_set() and not saved.clear())  # type: ignore[func-returns-value]

    def looks(_now: datetime) -> int:
        looked.release()
        return 0

    rest = LONGEST_PAUSE / 2
    lanes = (
        Lane("reading", (Step(Name.SOURCES, reads),)),
        Lane("telling", (Step(Name.DIGESTS, looks, rest),)),
    )
    with at_work(*lanes):
        assert looked.acquire(timeout=PATIENCE)
        assert not looked.acquire(timeout=0.2), "it rests"
        saved.set()
        assert looked.acquire(timeout=PATIENCE)


def test_what_another_worker_did_ends_every_rest() -> None:
    looked = threading.Semaphore(0)

    def looks(_now: datetime) -> int:
        looked.release()
        return 0

    (lane,) = lanes_of([Step(Name.DIGESTS, looks, LONGEST_PAUSE / 2)])
    leases = Leases("1", Book(), [lane])
    leases.keep(NOW)
    lanes = Lanes(
        Book(), leases, clock=lambda: NOW, idle=lambda: 0.01, on_work=lambda: None, lanes=(lane,)
    )
    lanes.start()
    try:
        assert looked.acquire(timeout=PATIENCE)
        assert not looked.acquire(timeout=0.2), "it rests"
        lanes.wake()
        assert looked.acquire(timeout=PATIENCE)
    finally:
        lanes.stop()


def test_a_lane_is_run_by_whoever_holds_its_lease_and_by_nobody_else() -> None:
    turns = {"1": threading.Semaphore(0), "2": threading.Semaphore(0)}

    def at(name: str) -> Lane:
        def work(_now: datetime) -> int:
            turns[name].release()
            return 0

        return Lane("one", (Step(Name.SOURCES, work),))

    with ExitStack() as both:
        first = both.enter_context(at_work(at("1"), name="1"))
        second = both.enter_context(at_work(at("2"), name="2"))
        for _turn in range(3):
            assert turns["1"].acquire(timeout=PATIENCE)
        assert not turns["2"].acquire(blocking=False)
        first.release(NOW)
        second.look(NOW)
        assert turns["2"].acquire(timeout=PATIENCE)


def test_every_step_has_a_name_of_its_own_and_alerts_wait_for_no_other_work() -> None:
    names = [step.name for lane in LANES for step in lane.steps]
    assert sorted(names) == sorted(Name.values)
    (watching,) = [lane for lane in LANES if Name.ALERTS in [step.name for step in lane.steps]]
    assert {step.name for step in watching.steps} == {Name.ALERTS, Name.MORNING}


def idle_turn(book: Book, now: datetime) -> int:
    lanes = Lanes(
        book, Leases("1", book, LANES), clock=lambda: now, idle=lambda: 0.0, on_work=lambda: None
    )
    with CaptureQueriesContext(connection) as asked:
        assert sum(lanes.turn(lane) for lane in LANES) == 0
    return len(asked)


def test_an_idle_turn_asks_no_more_than_six_queries() -> None:
    book = Book()
    idle_turn(book, NOW)
    assert idle_turn(book, NOW + SECOND / 2) <= 6


def test_an_idle_minute_asks_no_more_than_six_queries_a_second() -> None:
    """With nothing attached; each lane rests as its thread does, and the leases are kept."""
    book, at = Book(), [NOW]
    leases = Leases("1", book, LANES)
    lanes = Lanes(book, leases, clock=lambda: at[0], idle=lambda: 0.0, on_work=lambda: None)
    leases.keep(NOW)
    for lane in LANES:
        lanes.turn(lane)
    ends = NOW + timedelta(minutes=1)
    due = [(NOW + SECOND, lane) for lane in LANES]
    beats = [NOW + number * 10 * SECOND for number in range(1, 7)]
    with CaptureQueriesContext(connection) as asked:
        for beat in beats:
            leases.keep(beat)
        while (next_up := min(due, key=lambda turn: turn[0]))[0] < ends:
            due.remove(next_up)
            at[0], lane = next_up
            assert lanes.turn(lane) == 0
            rest = max(IDLE_SECONDS, book.rest(lane.steps, at[0]))
            due.append((at[0] + timedelta(seconds=rest), lane))
    assert len(asked) <= 360


def test_a_step_that_stands_still_is_an_alert_until_it_goes_on() -> None:
    """The alerts have a thread of their own: what raises in another step does not silence them."""
    User.objects.create_superuser("rosa", "rosa@shop.example", "x")
    fails = Fails(9, ValueError("a value of a new kind"))
    step = Step(Name.SOURCES, fails)
    book, leases = held(step)
    at = NOW
    while at < NOW + TOO_LONG:
        book.run(step, at)
        at += LONGEST_PAUSE
    leases.keep(at)
    alert(at)
    (told,) = Alert.objects.filter(kind=Alert.Kind.STANDSTILL)
    assert (told.about, told.told_at) == ("sources", at)
    for part in ("a value of a new kind", "by itself"):
        assert part in told.sentence
    lines = step_lines(at)
    assert (lines[0].tone, "a value of a new kind" in lines[0].said) == ("bad", True)
    while fails.turns <= 9:
        book.run(step, at)
        at += LONGEST_PAUSE
    leases.keep(at)
    alert(at)
    told.refresh_from_db()
    assert told.ended_at == at
    assert {line.tone for line in step_lines(at)} == {"ok"}  # and who reads the events
