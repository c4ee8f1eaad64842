"""Opening a business database: soon refused, in one clear sentence, never waiting for long."""

import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from emailketing.sources.capture.errors import (
    CaptureError,
    ConnectionFailed,
    DatabaseBusy,
    DriverMissing,
    FileNotReadable,
    HostUnreachable,
    NoSuchDatabase,
    NoSuchFile,
    NotADatabaseFile,
    NotAdmitted,
    Unsupported,
    WrongPassword,
)
from emailketing.sources.capture.lenient import read_leniently

if TYPE_CHECKING:
    import psycopg

PORT = 5432
APPLICATION = "emailketing"
BUSY_TIMEOUT = 0.25  # seconds we wait for a writer of an SQLite file; later is soon enough (C12)

# The server says it in its own language; before the login it gives no code. English, Spanish,
# Portuguese, in this order of asking:
_REFUSALS: list[tuple[str, type[ConnectionFailed]]] = [
    (r"password|contrase.a|senha|\brole\b|\brol\b|\bpapel\b|user name map", WrongPassword),
    (r"pg_hba|permission denied|permiso denegado|permiss.o negada", NotAdmitted),
    (r"database.*exist|exist.*base de datos|banco de dados.*existe", NoSuchDatabase),
]
_UNREACHABLE = r"refused|timeout|timed out|resolve|translate|unreachable|no route|not known"


def open_engine(  # noqa: PLR0913 - one for each field of a source
    dialect: str,
    *,
    database: str,
    host: str = "",
    port: int | None = None,
    username: str = "",
    password: str = "",
    timeout: float = 5,
) -> Engine:
    """Return an engine that is not connected yet; `database` is a name or an SQLite file.

    Its connections raise `ConnectionFailed` (or `DatabaseBusy`) with a sentence for the operator,
    also later, when one has to be opened anew. `timeout` counts in seconds, for connecting only.

    Raises:
        Unsupported: no such dialect.
        DriverMissing: PostgreSQL without its driver.
    """
    if dialect == "sqlite":
        # no pool: a file replaced under our feet is seen at once (C20)
        return create_engine("sqlite://", creator=_sqlite(database), poolclass=NullPool)
    if dialect != "postgresql":
        raise Unsupported(detail=dialect)
    server = {"host": host, "port": port or PORT, "database": database, "username": username}
    return create_engine(
        "postgresql+psycopg://",
        creator=_postgresql(server, password=password, timeout=timeout),
        pool_size=1,
        max_overflow=2,
        pool_pre_ping=True,
    )


def _sqlite(database: str) -> Callable[[], sqlite3.Connection]:
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
        connection.text_factory = _lenient
        try:
            connection.execute("PRAGMA schema_version").fetchall()
        except sqlite3.Error as error:
            connection.close()
            raise _sqlite_refusal(error, database) from error
        return connection

    return connect


def _lenient(value: bytes) -> str:
    """Old programs leave other encodings in texts: that must not stop the reading."""
    return value.decode(errors="replace")


def _sqlite_refusal(error: sqlite3.Error, database: str) -> CaptureError:
    if error.sqlite_errorname in {"SQLITE_NOTADB", "SQLITE_CORRUPT"}:
        return NotADatabaseFile(database=database)
    if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseBusy()
    return FileNotReadable(database=database)


def _postgresql(
    server: dict[str, Any], *, password: str, timeout: float
) -> Callable[[], "psycopg.Connection[Any]"]:
    try:
        import psycopg
    except ImportError as error:
        raise DriverMissing from error

    def connect() -> "psycopg.Connection[Any]":
        try:
            opened = psycopg.connect(
                host=server["host"] or None,
                port=server["port"],
                dbname=server["database"],
                user=server["username"] or None,
                password=password or None,
                connect_timeout=max(1, round(timeout)),
                # a server that vanished without a word is noticed within seconds
                tcp_user_timeout=10_000,
                keepalives_idle=10,
                keepalives_interval=5,
                keepalives_count=2,
                application_name=APPLICATION,
                client_encoding="utf8",
                prepare_threshold=None,  # a pooler in between may give us another backend
            )
        except psycopg.Error as error:
            raise _postgresql_refusal(str(error), server) from error
        read_leniently(opened)
        return opened

    return connect


def _postgresql_refusal(said: str, server: dict[str, Any]) -> CaptureError:
    """Without a code before the login the server's words decide."""
    if "FATAL" not in said and re.search(_UNREACHABLE, said, re.IGNORECASE):
        return HostUnreachable(**server)
    for pattern, refusal in _REFUSALS:
        if re.search(pattern, said, re.IGNORECASE):
            return refusal(**server)
    return CaptureError(detail=" ".join(said.split())[:300])
