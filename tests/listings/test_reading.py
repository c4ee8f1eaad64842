"""P5, C12: a long read can only read, ends within its limits, and never delays a save."""

import fcntl
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol, cast

import psycopg
import pytest
from django.test import override_settings
from sqlalchemy import text

from emailketing.listings.reading.errors import ReadCancelled, ReadTooLong
from emailketing.listings.reading.limits import WHOLE, Limits
from emailketing.listings.reading.read import Read
from emailketing.sources.capture.errors import CaptureError
from emailketing.sources.dialects.sqlite.errors import NeverStill
from emailketing.sources.models import Source
from tests.length import sized
from tests.sources.capture.business import Business
from tests.sources.shop import place_of

ROWS = sized(1_000_000, in_every_run=60_000)
SLOWEST = 0.2  # seconds a save may take meanwhile
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
COUNTLESS = f"SELECT count(*) AS n FROM ({ENDLESS}) e"  # noqa: S608
HEAVY = "SELECT a.id FROM hoja a ORDER BY a.texto, a.id"
FILL = (
    "INSERT INTO hoja WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n"  # noqa: S608
    f" WHERE x < {ROWS}) SELECT x, 'texto ' || (x % 100003 * 7919 % 100003), x FROM n"
)
SAVE = "UPDATE hoja SET cantidad = cantidad + 1 WHERE id = 7"


class Open(Business, Protocol):
    def close(self) -> None: ...


@dataclass(frozen=True)
class Firm:
    """A business and our source at it; its program waits for nobody, so a lock of ours would show.

    Whoever is in the way makes the save fail: no busy timeout, or one of 50 ms in PostgreSQL.
    """

    source: Source
    connect: Callable[[], Open]


def fill(business: Business) -> None:
    business.execute("CREATE TABLE hoja (id integer PRIMARY KEY, texto text, cantidad integer)")
    business.execute(FILL)


@pytest.fixture(params=["wal", "delete", pytest.param("server", marks=pytest.mark.postgres)])
def firm(request: pytest.FixtureRequest, tmp_path: Path) -> Firm:
    if request.param == "server":
        address = request.getfixturevalue("postgres_database")
        with psycopg.connect(address, autocommit=True) as business:
            fill(business)
        options = "-c lock_timeout=50ms"
        return Firm(
            Source(**place_of(address)),
            lambda: cast("Open", psycopg.connect(address, autocommit=True, options=options)),
        )
    path = tmp_path / "negocio ñ?.db"

    firm = file_firm(path)
    with closing(firm.connect()) as business:
        business.execute(f"PRAGMA journal_mode={request.param}")
        fill(business)
    return firm


def file_firm(path: Path) -> Firm:
    def connect() -> Open:
        opened = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)
        return cast("Open", opened)

    return Firm(Source(dialect="sqlite", database=str(path)), connect)


@contextmanager
def saving(firm: Firm, every: float) -> Iterator[list[float]]:
    """Save again and again in another thread; give what each save took. None of them fails."""
    took: list[float] = []
    failed: list[Exception] = []
    done, business = threading.Event(), firm.connect()

    def save() -> None:
        while not done.wait(every):
            begun = time.monotonic()
            try:
                business.execute(SAVE)
            except (sqlite3.Error, psycopg.Error) as error:
                failed.append(error)
            took.append(time.monotonic() - begun)

    thread = threading.Thread(target=save)
    thread.start()
    try:
        yield took
    finally:
        done.set()
        thread.join()
        business.close()
    assert failed == []


@pytest.mark.soak
def test_c12_a_save_meanwhile_neither_fails_nor_waits(firm: Firm) -> None:
    with saving(firm, 0.1) as took, Read(firm.source, WHOLE) as read:
        while len(took) < 3:
            _names, rows = read.stream(text(HEAVY), {}, file="hoja")
            assert sum(1 for _row in rows) == ROWS
    slowest = f"{len(took)} saves, the slowest {max(took):.3f} s, beside reads of {ROWS} rows"
    assert median(took) < SLOWEST, slowest  # a single one may have met the disk, or others' work


def test_all_questions_of_a_read_see_one_moment(firm: Firm) -> None:
    count = text("SELECT sum(cantidad) AS sum FROM hoja")
    with Read(firm.source, WHOLE) as read:
        before = list(read.stream(count, {}, file="x")[1])
        with closing(firm.connect()) as business:
            business.execute(SAVE)
        assert list(read.stream(count, {}, file="x")[1]) == before
    with Read(firm.source, WHOLE) as read:
        assert list(read.stream(count, {}, file="x")[1]) != before


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM hoja", "UPDATE hoja SET cantidad = 0", "DROP TABLE hoja",
     "CREATE TABLE otra (id integer)", "INSERT INTO hoja VALUES (0, '', 0)"],
)  # fmt: skip
def test_nothing_but_reading_is_possible(firm: Firm, statement: str) -> None:
    with Read(firm.source, WHOLE) as read, pytest.raises(CaptureError) as refused:
        read.stream(text(statement), {}, file="hoja")
    assert "\n" not in str(refused.value)
    with closing(firm.connect()) as business:
        (count,) = business.execute("SELECT count(*) FROM hoja").fetchone() or (0,)
    assert count == ROWS


def test_what_the_database_says_to_a_look_into_its_catalogue_is_one_sentence(firm: Firm) -> None:
    with pytest.raises(CaptureError, match="nowhere") as said, Read(firm.source, WHOLE) as read:
        read.connection.execute(text("SELECT 1 FROM nowhere"))
    assert "\n" not in str(said.value)


def test_a_read_that_takes_too_long_ends_with_a_sentence(firm: Firm) -> None:
    with pytest.raises(ReadTooLong, match="1 sec"), Read(firm.source, Limits(seconds=1.0)) as read:
        list(read.stream(text(COUNTLESS), {}, file="x")[1])


def test_a_read_is_cancelled_from_another_thread(firm: Firm) -> None:
    """The database itself ends: what it computes, not only what we read of it."""
    with Read(firm.source, WHOLE) as read:
        threading.Timer(0.3, read.cancel).start()
        begun = time.monotonic()
        with pytest.raises(ReadCancelled):
            list(read.stream(text(COUNTLESS), {}, file="x")[1])
        assert time.monotonic() - begun < 10


def test_p5_rows_come_while_they_are_read(firm: Firm) -> None:
    """An endless answer gives its first rows: it is not gathered first."""
    with Read(firm.source, WHOLE) as read:
        _names, rows = read.stream(text(ENDLESS), {}, file="x")
        assert [next(rows)[0] for _number in range(2_500)][-1] == 2_500
        read.cancel()
        with pytest.raises(ReadCancelled):
            list(rows)


def test_a_copy_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    firm = file_firm(path)
    with closing(firm.connect()) as business:
        fill(business)
    with override_settings(HOME=tmp_path / "home"), Read(firm.source, WHOLE):
        assert list((tmp_path / "home" / "reading").iterdir()) == []  # its name is gone already


def test_a_copy_whose_maker_was_killed_is_deleted_by_the_next(tmp_path: Path) -> None:
    """With `kill -9` in the middle nobody takes its name away; one that is being made stays."""
    firm = file_firm(tmp_path / "a.db")
    with closing(firm.connect()) as business:
        fill(business)
    folder = tmp_path / "home" / "reading"
    folder.mkdir(parents=True)
    left, under_way = folder / "copy-left.db", folder / "copy-under-way.db"
    left.write_bytes(b"the business")
    with under_way.open("w") as file, override_settings(HOME=tmp_path / "home"):
        fcntl.flock(file, fcntl.LOCK_EX)
        with Read(firm.source, WHOLE):
            assert list(folder.iterdir()) == [under_way]


def test_a_file_that_is_never_still_is_refused_with_advice(tmp_path: Path) -> None:
    firm = file_firm(tmp_path / "a.db")
    with closing(firm.connect()) as business:
        fill(business)
    with saving(firm, 0.001), pytest.raises(NeverStill, match="WAL"):
        Read(firm.source, Limits(seconds=0.5))
