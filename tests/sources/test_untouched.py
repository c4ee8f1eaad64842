"""An SQLite file that nobody has written is not read, and any kind of save ends that at once."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from emailketing.company.turn import move_on
from emailketing.sources.reading.pull import pull_due
from emailketing.sources.reading.pulse import CLOSELY_EVERY, RARELY
from tests.sources.shop import DEADLINE, Shop, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Statements that went to the business database."""
    statements: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def calm(sqlite_store: Shop, asked: list[str]) -> Shop:
    """A shop where nothing has happened for so long that its file is only glanced at."""
    sqlite_store.attach()
    sqlite_store.order(1, number="P-1")
    sqlite_store.pull_until(lambda: len(sqlite_store.events()) == 1)
    deadline = time.monotonic() + DEADLINE
    while True:
        asked.clear()
        pull_due(now())
        if not asked:
            return sqlite_store
        assert time.monotonic() < deadline, "it is read again and again"


def test_an_untouched_file_is_only_glanced_at(calm: Shop, asked: list[str]) -> None:
    at = now()
    assert [pull_due(at) for _ in range(3)] == [0, 0, 0]
    assert asked == []
    pull_due(at + RARELY + timedelta(seconds=1))
    assert asked  # even so, now and then


def test_c12_what_is_stored_is_removed_there_within_seconds_of_quiet(sqlite_store: Shop) -> None:
    """Our own polling is no sign of somebody who saves: only the ten-minute limit ended it."""
    sqlite_store.attach()
    sqlite_store.order(1, number="P-1")
    sqlite_store.pull_until(lambda: len(sqlite_store.events()) == 1)
    noted = "SELECT count(*) FROM emk_no_borrar_change"
    begun = now()
    sqlite_store.pull_until(lambda: sqlite_store.rows(noted) == [(0,)])
    assert now() - begun < timedelta(seconds=30)


def in_the_same_second(shop: Shop) -> None:
    """As a program that puts the time of its file back, with a file that does not grow."""
    before = shop.file.stat()
    shop.run("PRAGMA journal_mode = DELETE")
    shop.order(2, number="P-2")
    os.utime(shop.file, ns=(before.st_atime_ns, before.st_mtime_ns))


def by_a_copy(shop: Shop) -> None:
    """As an upgrade that writes a new file and moves it over the old one, its times kept."""
    shop.run("PRAGMA journal_mode = DELETE")
    shop.order(2, number="P-2")
    copy = Path(f"{shop.file}.new")
    shutil.copy2(shop.file, copy)
    copy.replace(shop.file)


SAVES: dict[str, Callable[[Shop], None]] = {
    "into the log": lambda shop: shop.order(2, number="P-2"),
    "time put back": in_the_same_second,
    "file replaced": by_a_copy,
}


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_any_save_is_seen_at_the_next_look(calm: Shop, save: Callable[[Shop], None]) -> None:
    save(calm)
    calm.pull_until(lambda: calm.labels() == ["Pedido P-1", "Pedido P-2"])


def test_a_changed_connector_is_seen_at_the_next_look(calm: Shop, asked: list[str]) -> None:
    calm.connector("Pedido confirmado", "Pedido ya confirmado")
    pull_due(now())
    assert asked


def test_what_has_left_is_told_to_the_business_database(calm: Shop, asked: list[str]) -> None:
    """C20: a copy of ours that is put back must be seen from there."""
    move_on(now())
    pull_due(now() + CLOSELY_EVERY)
    assert any("marks" in statement for statement in asked)
