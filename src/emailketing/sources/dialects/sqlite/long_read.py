"""A long read of an SQLite file: in its log as it is, else in a copy; never anything but reading.

With WAL a reader keeps nobody from writing. With a rollback journal it would keep everybody, so
that the file is copied without a lock first (`copy_child`) and read there.
"""

import fcntl
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from emailketing.sources.capture.errors import DatabaseBusy
from emailketing.sources.dialects.base import Dialect, Login
from emailketing.sources.dialects.long_read import LongRead, ReadBounds
from emailketing.sources.dialects.registry import DIALECT
from emailketing.sources.dialects.sqlite import copy_child
from emailketing.sources.dialects.sqlite.connect import BUSY_TIMEOUT, lenient, refusal
from emailketing.sources.dialects.sqlite.errors import (
    FileNotReadable,
    NeverStill,
    NoRoomForCopy,
    NoSuchFile,
)
from emailketing.sources.dialects.sqlite.functions import register

STEPS = 2_000  # of SQLite's machine between two looks at the clock: less than a millisecond
# what a question may do; what is not here is refused: writing, attaching, loading code
ALLOWED = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_TRANSACTION,
    }
)
# of the catalogue
PRAGMAS = frozenset(
    {"table_xinfo", "table_info", "table_list", "index_list", "index_info", "foreign_key_list"}
)
FORBIDDEN = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})


@contextmanager
def long_read(dialect: Dialect, login: Login, bounds: ReadBounds) -> Iterator[LongRead]:
    """Give a connection to the file, or to a copy of it that is gone afterwards.

    Raises:
        NoSuchFile, FileNotReadable, NotADatabaseFile, DatabaseBusy: it cannot be read now.
        NeverStill, NoRoomForCopy: no copy could be made.
    """
    until = time.monotonic() + bounds.seconds
    stopped: list[bool] = []
    with closing(_open(Path(login.database), bounds)) as raw:
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
        engine.update_execution_options(**{DIALECT: dialect})

        def stop() -> None:
            stopped.append(True)
            with suppress(sqlite3.Error):  # closed meanwhile
                raw.interrupt()

        try:
            with engine.connect() as connection:  # SQLAlchemy asks for what the guard refuses
                _guard(raw, bounds, lambda: bool(stopped) or time.monotonic() > until)
                yield LongRead(connection, stop)
        finally:
            engine.dispose()


def _open(path: Path, bounds: ReadBounds) -> sqlite3.Connection:
    if not path.is_file():
        raise NoSuchFile(database=path)
    raw = _connect(path, "mode=ro")
    try:
        mode = raw.execute("PRAGMA journal_mode").fetchone()[0]
        raw.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:
        raw.close()
        raise refusal(error, str(path)) from error
    if mode == "wal":
        return raw
    raw.close()
    return _copied(path, bounds)


def _connect(path: Path, how: str) -> sqlite3.Connection:
    try:
        raw = sqlite3.connect(
            f"{path.resolve().as_uri()}?{how}",
            uri=True,
            timeout=BUSY_TIMEOUT,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        raise FileNotReadable(database=path) from error
    raw.text_factory = lenient
    return raw


def _copied(path: Path, bounds: ReadBounds) -> sqlite3.Connection:
    """Return a connection to a copy whose name is gone already: nobody else ever opens it."""
    lock, copy = _new_copy(bounds.folder)
    command = [sys.executable, "-I", copy_child.__file__, str(path), str(copy), str(bounds.seconds)]
    try:
        ended = subprocess.run(command, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
        if ended.returncode == copy_child.NEVER_STILL:
            raise NeverStill(database=path)
        if ended.returncode == copy_child.DISK_FULL:
            raise NoRoomForCopy(folder=bounds.folder)
        if ended.returncode == copy_child.UNREADABLE:
            raise FileNotReadable(database=path)
        if ended.returncode:
            raise DatabaseBusy
        raw = _connect(copy, "mode=ro&immutable=1")
        try:
            raw.execute("PRAGMA schema_version").fetchone()  # opens it
        except sqlite3.Error as error:
            raw.close()
            raise refusal(error, str(path)) from error
        return raw
    finally:
        copy.unlink(missing_ok=True)
        os.close(lock)


def _new_copy(folder: Path) -> tuple[int, Path]:
    """Make an empty one, locked while its maker lives; what a killed one left is deleted."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob("copy-*.db"):
        with suppress(OSError), left.open("rb") as file:  # its maker lives, or it is gone already
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()
    lock, name = tempfile.mkstemp(prefix=".copy-", suffix=".db", dir=folder)
    fcntl.flock(lock, fcntl.LOCK_EX)  # before it can be found under its name
    hidden = Path(name)
    return lock, hidden.rename(hidden.with_name(hidden.name.removeprefix(".")))


def _guard(raw: sqlite3.Connection, bounds: ReadBounds, is_over: Callable[[], bool]) -> None:
    """Nothing but reading, in one moment's data, until the time is over."""
    register(raw)
    raw.execute("PRAGMA query_only = 1")
    raw.execute("PRAGMA trusted_schema = 0")
    raw.execute("BEGIN")
    for name in PRAGMAS:  # declares them, which the authorizer would take for making a table
        raw.execute(f"SELECT 1 FROM pragma_{name}('sqlite_master')").fetchall()  # noqa: S608

    def allows(action: int, first: str | None, second: str | None, *_where: str | None) -> int:
        if action == sqlite3.SQLITE_PRAGMA and first in PRAGMAS:
            return sqlite3.SQLITE_OK
        if action not in ALLOWED or (action == sqlite3.SQLITE_FUNCTION and second in FORBIDDEN):
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_READ and first and second and bounds.hides(first, second):
            return sqlite3.SQLITE_IGNORE  # the value is read as NULL
        return sqlite3.SQLITE_OK

    raw.set_authorizer(allows)
    raw.set_progress_handler(lambda: int(is_over()), STEPS)
