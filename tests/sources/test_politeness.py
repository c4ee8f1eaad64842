"""Reading must not be felt: SQLite has one writer at a time, and it must not be us (C12)."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from subprocess import PIPE, Popen, TimeoutExpired

import pytest

from emailketing.sources.models import Source
from emailketing.sources.reading.pull import pull_due
from tests.sources.shop import Shop, now

pytestmark = pytest.mark.django_db
HEARTBEAT = 1  # came with the install
ORDER = "UPDATE pedido SET nota = 'leída y cambiada' WHERE id = 1"


@pytest.fixture
def store(sqlite_store: Shop, db: None) -> Shop:
    sqlite_store.attach()
    return sqlite_store


@pytest.fixture
def clerk(store: Shop) -> Iterator[sqlite3.Connection]:
    """Another window of the same program, which waits for nobody."""
    window = sqlite3.connect(store.file, isolation_level=None, timeout=0)
    yield window
    window.close()


def waiting(store: Shop) -> int:
    ((count,),) = store.rows("SELECT count(*) FROM emk_no_borrar_change")
    return int(count)


def test_c12_who_has_read_in_a_transaction_can_still_write(
    store: Shop, clerk: sqlite3.Connection
) -> None:
    """After another one's commit SQLite refuses the write at once, whatever the time-out."""
    store.order(1, number="P-1")
    clerk.execute("BEGIN")
    clerk.execute("SELECT * FROM pedido").fetchall()
    pull_due(now())
    clerk.execute(ORDER)
    clerk.execute("COMMIT")
    assert store.labels() == ["Pedido P-1"]


def test_c12_without_wal_a_reading_transaction_can_still_write(
    store: Shop, clerk: sqlite3.Connection
) -> None:
    store.run("PRAGMA journal_mode=DELETE")
    store.order(1, number="P-1")
    pull_due(now())
    clerk.execute("BEGIN")
    clerk.execute("SELECT * FROM pedido").fetchall()
    pull_due(now() + timedelta(seconds=3))  # quiet enough: we try to delete, and stand back
    clerk.execute(ORDER)
    clerk.execute("COMMIT")
    pull_due(now() + timedelta(seconds=6))
    pull_due(now() + timedelta(seconds=9))
    assert waiting(store) == 0


def test_what_is_stored_is_deleted_when_nobody_saves_and_never_read_again(store: Shop) -> None:
    store.order(1, number="P-1")
    assert pull_due(now()) == 3
    assert waiting(store) == 3 + HEARTBEAT
    assert pull_due(now()) == 0
    store.source.refresh_from_db()
    assert store.source.backlog == 0, "what is stored does not wait"
    pull_due(now() + timedelta(seconds=3))
    assert waiting(store) == 0


def test_while_somebody_saves_all_the_time_the_rows_stay_ten_minutes_at_most(store: Shop) -> None:
    start = now()
    for minute in range(11):
        store.order(minute, number=f"P-{minute}")
        pull_due(start + timedelta(minutes=minute))
    assert waiting(store) == 0
    assert len(store.events()) == 11


def test_a_clock_set_back_by_hours_makes_nobody_blind(store: Shop) -> None:
    away = store.file.with_suffix(".away")
    store.file.rename(away)
    pull_due(now() + timedelta(hours=5))
    away.rename(store.file)
    store.order(1, number="P-1")
    pull_due(now())
    assert store.labels() == ["Pedido P-1"]
    assert Source.objects.get().status == Source.Status.WORKING


LONG = """
import sqlite3, sys, time
window = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)
failures = 0
for number in range(int(sys.argv[2])):
    window.execute("BEGIN")
    window.execute("SELECT * FROM pedido").fetchall()
    time.sleep(float(sys.argv[3]))
    try:
        window.execute("UPDATE pedido SET nota = ? WHERE id = 1", (str(number),))
        window.execute("COMMIT")
    except sqlite3.OperationalError:
        failures += 1
        window.execute("ROLLBACK")
    time.sleep(float(sys.argv[4]))
print(failures)
"""


def long_transactions(store: Shop, count: int, *, seconds: float, rest: float) -> Popen[str]:
    """Another program that reads, thinks (its pauses are what is tried here), and writes."""
    words = [sys.executable, "-c", LONG, str(store.file), str(count), str(seconds), str(rest)]
    return Popen(words, stdout=PIPE, text=True)


@pytest.mark.parametrize(("seconds", "rest"), [(3.0, 0.2), (0.3, 0.01), (0.05, 0.05)])
def test_c12_long_transactions_do_not_fail_because_of_us(
    store: Shop, seconds: float, rest: float
) -> None:
    """As if it were quiet at every look, and the clock ran fast: the rows would all be due.

    Who begins in the microseconds between our last look and our commit cannot be seen; in life
    that commit comes once after a save, here after every one of theirs.
    """
    store.order(1, number="P-1")
    tries = round(12 / (seconds + rest))
    clerks = long_transactions(store, tries, seconds=seconds, rest=rest)
    moment = now()
    while clerks.poll() is None:
        moment += timedelta(minutes=11)
        pull_due(moment)
        with suppress(TimeoutExpired):
            clerks.wait(0.02)
    output, _errors = clerks.communicate()
    assert int(output) <= tries // 10
    pull_due(moment + timedelta(minutes=11))
    pull_due(moment + timedelta(minutes=22))
    assert waiting(store) == 0


def test_rows_are_deleted_within_seconds_though_nobody_else_has_the_file_open(store: Shop) -> None:
    """Opening and closing the file, as each poll does, is no saving."""
    store.order(1, number="P-1")
    store.business.close()  # type: ignore[attr-defined]
    start = now()
    for second in range(5):
        pull_due(start + timedelta(seconds=second))
    with sqlite3.connect(store.file) as again:
        ((count,),) = again.execute("SELECT count(*) FROM emk_no_borrar_change").fetchall()
    assert count == 0


def test_while_somebody_reads_for_long_saves_are_told_all_the_same(
    store: Shop, clerk: sqlite3.Connection
) -> None:
    clerk.execute("BEGIN")
    clerk.execute("SELECT * FROM pedido").fetchall()
    moment = now()
    for key in range(3):
        store.order(key, number=f"P-{key}")
        moment += timedelta(days=1)  # lease, heartbeat and deletion are all due
        pull_due(moment)
    assert len(store.events()) == 3
    assert Source.objects.get().status == Source.Status.WORKING
    clerk.execute("COMMIT")
    for _turn in range(3):
        moment += timedelta(minutes=11)
        pull_due(moment)
    assert waiting(store) == 0
