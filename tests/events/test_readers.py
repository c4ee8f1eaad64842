"""Every reader reads every event once, whatever the order in which they are committed."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from tests.events.one import record_one

from emailketing.common.own_dialect import is_a_file
from emailketing.events.models import Event, EventReader, Reading
from emailketing.events.readers import (
    Lag,
    Reader,
    has_news,
    has_read,
    lags,
    read_at,
    start,
    take,
    unread,
)
from emailketing.events.record import Happening, record
from emailketing.triggers.notifications.firing.reader import RULES

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
GOALS = Reader(name="goals", title="goals of campaigns")
HOOKS = Reader(name="hooks", title="webhooks", from_the_beginning=True)
pytestmark = pytest.mark.django_db
PATIENCE = 20  # seconds: for a busy machine


def happening(change: str) -> Happening:
    return Happening(source="shop", change=change, kind="order", occurred_at=NOW)


def happen(change: str) -> Event:
    event, _is_new = record_one(happening(change), now=NOW)
    return event


def changes(reader: Reader) -> list[str]:
    return [event.change for event in unread(reader)]


def read_everything(reader: Reader) -> None:
    for event in unread(reader):
        assert take(reader, event, now=NOW)


def test_a_reader_added_later_starts_from_now() -> None:
    happen("a")
    assert not has_news(GOALS, now=NOW)
    happen("b")
    assert has_news(GOALS, now=NOW)
    assert changes(GOALS) == ["b"]


def test_a_reader_that_says_so_starts_from_the_beginning() -> None:
    happen("a")
    assert has_news(HOOKS, now=NOW)
    happen("b")
    assert changes(HOOKS) == ["a", "b"]


def test_what_one_has_read_still_waits_for_the_other() -> None:
    start(HOOKS, now=NOW)
    event = happen("a")
    assert take(RULES, event, now=NOW)
    assert not take(RULES, event, now=NOW + timedelta(seconds=1))
    assert (changes(RULES), changes(HOOKS)) == ([], ["a"])
    assert (read_at(RULES, event), read_at(HOOKS, event)) == (NOW, None)
    assert list(Event.objects.filter(has_read(RULES))) == [event]


def test_what_is_told_again_is_not_read_again() -> None:
    """C17: killed between our commit and its removal, a change comes a second time."""
    record([happening("a"), happening("b")], now=NOW)
    read_everything(RULES)
    start(GOALS, now=NOW)
    record([happening("a"), happening("b"), happening("c")], now=NOW)
    record_one(happening("b"), now=NOW)
    assert (changes(RULES), changes(GOALS)) == (["c"], ["c"])


def test_a_second_start_changes_nothing() -> None:
    happen("a")
    start(HOOKS, now=NOW)
    read_everything(HOOKS)
    start(HOOKS, now=NOW + timedelta(days=1))
    assert changes(HOOKS) == []
    assert EventReader.objects.get(pk="hooks").since == NOW


def test_the_lag_of_every_reader_is_counted() -> None:
    start(GOALS, now=NOW)
    happen("a")
    happen("b")
    read_everything(RULES)
    assert lags() == [
        Lag("rules", str(RULES.title), 0, None),
        Lag("goals", "goals", 2, NOW),  # another version's: by its name
    ]


def test_an_idle_look_is_one_look_into_the_index() -> None:
    Event.objects.bulk_create(
        Event(source="shop", change=str(n), kind="order", occurred_at=NOW, recorded_at=NOW)
        for n in range(3000)
    )
    start(HOOKS, now=NOW)
    Reading.objects.filter(reader="hooks").update(read_at=NOW)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert not has_news(HOOKS, now=NOW)
    assert len(asked) == 1
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        for query in (asked[0]["sql"], str(unread(HOOKS)[:50].query).replace("hooks", "'hooks'")):
            cursor.execute("ANALYZE")
            cursor.execute(f"{explain} {query}")
            assert "reading_unread" in str(cursor.fetchall())


# ---- several at once ----


@pytest.fixture
def beside() -> Iterator[Callable[[Callable[[], object]], threading.Thread]]:
    """Do something in another connection meanwhile."""
    threads: list[threading.Thread] = []

    def run(work: Callable[[], object]) -> threading.Thread:
        def whole() -> None:
            try:
                work()
            finally:
                connections.close_all()

        thread = threading.Thread(target=whole)
        threads.append(thread)
        thread.start()
        return thread

    yield run
    for thread in threads:
        thread.join(PATIENCE)


Beside = Callable[[Callable[[], object]], threading.Thread]


@pytest.mark.django_db(transaction=True)
def test_several_workers_take_each_event_once(beside: Beside) -> None:
    start(RULES, now=NOW)
    record([happening(str(n)) for n in range(30)], now=NOW)
    events, taken, lock = list(unread(RULES)), list[int](), threading.Lock()

    def work() -> None:
        for event in events:
            if take(RULES, event, now=NOW):
                with lock:
                    taken.append(event.pk)

    for thread in [beside(work) for _ in range(3)]:
        thread.join(PATIENCE)
    assert sorted(taken) == [event.pk for event in events]


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_could_not_finish_is_read_by_the_next(beside: Beside) -> None:
    start(RULES, now=NOW)
    event, found = happen("a"), list[bool]()
    with transaction.atomic():
        assert take(RULES, event, now=NOW)
        second = beside(lambda: found.append(take(RULES, event, now=NOW)))
        transaction.set_rollback(True)
    second.join(PATIENCE)
    assert found == [True]


@pytest.mark.django_db(transaction=True)
def test_a_lower_number_that_is_committed_later_is_not_lost(beside: Beside) -> None:
    """C14: with “number > last” it would be: PostgreSQL commits in another order."""
    start(RULES, now=NOW)
    with transaction.atomic():
        late = happen("late")
        others = [beside(lambda: happen("early"))]
        if not is_a_file():  # else there is one writer, and whoever comes second waits for us
            others[0].join(PATIENCE)
            others.append(beside(lambda: read_everything(RULES)))
            others[1].join(PATIENCE)
    for other in others:
        other.join(PATIENCE)
    early = Event.objects.get(change="early")
    assert early.pk > late.pk
    assert read_at(RULES, early) == (None if is_a_file() else NOW)
    assert changes(RULES) == (["late", "early"] if is_a_file() else ["late"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("reader", "expected"), [(HOOKS, ["a"]), (GOALS, [])])
def test_a_start_waits_for_what_is_being_written(
    beside: Beside, reader: Reader, expected: list[str]
) -> None:
    """Else an event in an open transaction would belong neither to what was nor to what comes."""
    with transaction.atomic():
        happen("a")
        starting = beside(lambda: start(reader, now=NOW))
        _wait_until_somebody_waits()
        assert not EventReader.objects.filter(pk=reader.name).exists()
    starting.join(PATIENCE)
    assert changes(reader) == expected
    happen("b")
    assert changes(reader) == [*expected, "b"]


def _wait_until_somebody_waits() -> None:
    """In a file nobody can see who waits; there the second writer has to."""
    if is_a_file():
        return
    waiting = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'events_event'::regclass"
    )
    with connection.cursor() as cursor:
        for _attempt in range(100_000):
            cursor.execute(waiting)
            if cursor.fetchone() != (0,):
                return
    pytest.fail("the start does not wait")
