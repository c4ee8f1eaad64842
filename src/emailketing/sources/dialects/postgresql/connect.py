"""Opening a session: soon refused, in one clear sentence, never waiting for long."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from emailketing.sources.capture.errors import (
    CaptureError,
    ConnectionFailed,
    DriverMissing,
    HostUnreachable,
    NoSuchDatabase,
    NotAdmitted,
    WrongPassword,
)
from emailketing.sources.dialects.base import Login
from emailketing.sources.dialects.postgresql.lenient import read_leniently

if TYPE_CHECKING:
    import psycopg

PORT = 5432
APPLICATION = "emailketing"

# The server says it in its own language; before the login it gives no code. English, Spanish,
# Portuguese, in this order of asking:
_REFUSALS: list[tuple[str, type[ConnectionFailed]]] = [
    (r"password|contrase.a|senha|\brole\b|\brol\b|\bpapel\b|user name map", WrongPassword),
    (r"pg_hba|permission denied|permiso denegado|permiss.o negada", NotAdmitted),
    (r"database.*exist|exist.*base de datos|banco de dados.*existe", NoSuchDatabase),
]
_UNREACHABLE = r"refused|timeout|timed out|resolve|translate|unreachable|no route|not known"


def opener(login: Login, *, timeout: float) -> Callable[[], "psycopg.Connection[Any]"]:
    try:
        import psycopg
    except ImportError as error:
        raise DriverMissing(database="PostgreSQL", extra="postgresql") from error
    server: dict[str, Any] = {
        "host": login.host,
        "port": login.port or PORT,
        "database": login.database,
        "username": login.username,
    }

    def connect() -> "psycopg.Connection[Any]":
        try:
            opened = psycopg.connect(
                host=server["host"] or None,
                port=server["port"],
                dbname=server["database"],
                user=server["username"] or None,
                password=login.password or None,
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
            raise refusal(str(error), server) from error
        read_leniently(opened)
        return opened

    return connect


def refusal(said: str, server: dict[str, Any]) -> CaptureError:
    """Without a code before the login the server's words decide."""
    if "FATAL" not in said and re.search(_UNREACHABLE, said, re.IGNORECASE):
        return HostUnreachable(**server)
    for pattern, refusal in _REFUSALS:
        if re.search(pattern, said, re.IGNORECASE):
            return refusal(**server)
    return CaptureError(detail=" ".join(said.split())[:300])
