"""How we read and write in an SQLite business database: shortly, or not at all (C12)."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.exc import DBAPIError

from emailketing.sources.capture.errors import (
    CaptureError,
    DatabaseBusy,
    DatabaseFull,
    NotInstalled,
    ReadOnlyDatabase,
)
from emailketing.sources.dialects.sqlite.connect import BUSY_TIMEOUT

if TYPE_CHECKING:
    from sqlalchemy import Connection

Statement = tuple[str, tuple[object, ...]]
ATTEMPTS = 8
PAUSE = 0.2  # seconds
LOCKS = Path("/proc/locks")
FIRST, LAST = 120, 127  # SQLite's file format: WAL_WRITE_LOCK to WAL_READ_LOCK(4)


def file_of(connection: "Connection") -> Path:
    databases = connection.exec_driver_sql("PRAGMA database_list").all()
    return Path(next(row.file for row in databases if row.name == "main"))


class FileState(NamedTuple):
    """A file as its folder shows it; times in nanoseconds since 1970."""

    number: int
    size: int
    written: int
    changed: int  # also by what puts the time of writing back (cp -p, touch -d)


def file_stamp(path: Path | str) -> list[FileState]:
    """Return what every commit changes: the state of the file and of its log."""
    found = []
    for ending in ("", "-wal"):
        with suppress(OSError):
            state = Path(f"{path}{ending}").stat()
            if state.st_size:  # an empty one is made anew by whoever opens the file, as we do
                # opened by root, SQLite gives the log its owner again: that is no change
                changed = state.st_mtime_ns if ending else state.st_ctime_ns
                found.append(FileState(state.st_ino, state.st_size, state.st_mtime_ns, changed))
    return found


def carry_out(connection: "Connection", plan: Callable[[], list[str]]) -> None:
    """Run the plan in one transaction; another writer is waited for only a moment (C13)."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with writing(connection):
                for statement in plan():
                    connection.exec_driver_sql(statement)
        except DatabaseBusy:
            if attempt == ATTEMPTS:
                raise
            time.sleep(PAUSE)
        else:
            return


@contextmanager
def reading(connection: "Connection") -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise translated(error) from error
    finally:
        connection.rollback()


@contextmanager
def writing(connection: "Connection") -> Iterator[None]:
    """Write at once or not at all (C12).

    Where there is no WAL, waiting for readers would keep new ones out and break the transactions
    that have read and now want to write.
    """
    try:
        is_wal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        if not is_wal:
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_wal else "BEGIN EXCLUSIVE")
        yield
        connection.commit()
    except DBAPIError as error:
        connection.rollback()
        raise translated(error) from error
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT * 1000)}")


def write_politely(connection: "Connection", statements: Sequence[Statement]) -> int:
    """Write where that can wait; return how many rows the last statement touched.

    With WAL our commit would break whoever has read within a transaction and now wants to write.
    So it is only made when nobody is within one; asked again before the commit, and whoever
    begins in the tenth of a millisecond after that is the only one who can be hit.

    Raises:
        DatabaseBusy: somebody is; nothing was changed.
    """
    with reading(connection):
        is_wal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        database = file_of(connection)
    if is_wal and anybody_in_transaction(database):
        raise DatabaseBusy
    touched = 0
    with writing(connection):
        raw = connection.connection.cursor()  # quick: others cannot write meanwhile
        try:
            for statement, values in statements:
                touched = raw.execute(statement, values).rowcount
            if is_wal and others_in_transaction(database):
                raise DatabaseBusy
            raw.execute("COMMIT")  # at once: each microsecond since the last look counts
        except sqlite3.Error as error:
            raise translated(error) from error
    return touched


def keep_for_sure(connection: "Connection") -> None:
    """Bring our last commit to the disk, now that nobody waits for us any more."""
    with reading(connection):
        database = file_of(connection)
    with suppress(OSError):  # no WAL: the commit itself has waited for the disk
        handle = os.open(f"{database}-wal", os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)  # SQLite holds no lock on this one that closing could drop


def translated(error: DBAPIError | sqlite3.Error) -> CaptureError:
    said = error.orig if isinstance(error, DBAPIError) else error
    code = said.sqlite_errorname if isinstance(said, sqlite3.Error) else ""
    detail = str(said)
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseBusy()
    if code.startswith("SQLITE_READONLY"):
        return ReadOnlyDatabase()
    if code == "SQLITE_FULL":
        return DatabaseFull()
    if code == "SQLITE_ERROR" and detail.startswith(("no such table", "no such column")):
        return NotInstalled()
    return CaptureError(detail=detail)


def others_in_transaction(database: Path) -> bool:
    """Whether another process reads or writes within a transaction; False when nobody can say.

    SQLite has no word for it: this is how the kernel knows it (Linux), for a WAL database. A
    program that has read within a transaction cannot write any more once somebody else has
    committed (SQLITE_BUSY_SNAPSHOT): our own writes wait until nobody is. A reader or writer holds
    a lock on bytes 120 to 127 of the “-shm” file for as long as that lasts.
    """
    return any(pid != os.getpid() for pid in _holders(database))


def anybody_in_transaction(database: Path) -> bool:
    """Also a connection of this very process, which must not be within a transaction itself."""
    return any(True for _pid in _holders(database))


def _holders(database: Path) -> Iterator[int]:
    try:
        inode = str(Path(f"{database}-shm").stat().st_ino)
        lines = LOCKS.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        if inode not in line:
            continue
        # 1: POSIX  ADVISORY  READ 13690 fe:00:10030929 124 124
        *_words, pid, place, begin, end = line.split()
        if place.rpartition(":")[2] == inode and begin.isdigit():
            last = int(end) if end.isdigit() else LAST
            if int(begin) <= LAST and last >= FIRST and pid.isdigit():
                yield int(pid)
