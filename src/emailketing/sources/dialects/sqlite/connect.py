"""Opening a file: soon refused, in one clear sentence, never waiting for long."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from emailketing.sources.capture.errors import CaptureError, DatabaseBusy
from emailketing.sources.dialects.sqlite.errors import (
    FileNotReadable,
    NoSuchFile,
    NotADatabaseFile,
)

BUSY_TIMEOUT = 0.25  # seconds we wait for a writer of the file; later is soon enough (C12)


def opener(database: str) -> Callable[[], sqlite3.Connection]:
    path = Path(database)

    def connect() -> sqlite3.Connection:
        if not path.is_file():
            raise NoSuchFile(database=database)
        if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
            raise FileNotReadable(database=database)
        uri = f"{path.resolve().as_uri()}?mode=rw"  # never creates a file
        try:
            connection = sqlite3.connect(
                uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise FileNotReadable(database=database) from error
        connection.text_factory = lenient
        try:
            connection.execute("PRAGMA schema_version").fetchall()
        except sqlite3.Error as error:
            connection.close()
            raise refusal(error, database) from error
        return connection

    return connect


def lenient(value: bytes) -> str:
    """Old programs leave other encodings in texts: that must not stop the reading."""
    return value.decode(errors="replace")


def refusal(error: sqlite3.Error, database: str) -> CaptureError:
    if error.sqlite_errorname in {"SQLITE_NOTADB", "SQLITE_CORRUPT"}:
        return NotADatabaseFile(database=database)
    if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseBusy()
    return FileNotReadable(database=database)
