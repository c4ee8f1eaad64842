"""An import of ten thousand documents: in blocks, memory flat, nothing leaves, one line tells."""

import gc
import tracemalloc

import pytest

from emailketing.events.models import Event
from emailketing.sources.models import Source
from emailketing.sources.reading.pull import pull_due
from tests.sources.shop import Shop, now

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MANY = 10_000


def test_ten_thousand_rows_are_read_in_blocks_with_flat_memory(
    sqlite_store: Shop, db: None
) -> None:
    sqlite_store.attach()
    sqlite_store.run("BEGIN")
    for key in range(1, MANY + 1):
        sqlite_store.run(f"INSERT INTO aviso VALUES ({key}, 'n{key}')")  # noqa: S608
    sqlite_store.run("COMMIT")
    peaks, is_behind = [], []
    blocks = 0
    while True:
        is_watched = blocks in {1, MANY // 500 - 1}  # watching costs time
        if is_watched:  # without the collector, whose turn depends on what ran before
            gc.disable()
            tracemalloc.start()
        done = pull_due(now())
        if is_watched:
            gc.enable()
            # of each row: a block is as large as its time allows
            peaks.append(tracemalloc.get_traced_memory()[1] / max(done, 1))
            tracemalloc.stop()
        if not done:
            break
        blocks += 1
        is_behind.append(Source.objects.catching_up().exists())
    assert Event.objects.count() == MANY
    assert len(set(Event.objects.values_list("document_key", flat=True))) == MANY
    assert blocks >= MANY // 500
    assert is_behind[0]
    assert not Source.objects.catching_up().exists()
    first, last = peaks
    assert last < first * 1.5
