"""A long read of PostgreSQL: one snapshot, read-only, its rows fetched in blocks (P5)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from emailketing.sources.dialects.base import Dialect, Login
from emailketing.sources.dialects.long_read import LongRead, ReadBounds
from emailketing.sources.dialects.postgresql.connect import opener
from emailketing.sources.dialects.registry import DIALECT

CONNECT_TIMEOUT = 10.0  # seconds
LONGEST_CANCEL = 5.0
# the limits are for what is no attack: a question may raise them, so time counts outside, too (S29)
_BEGIN = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
    "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = {milliseconds};"
    "SET LOCAL idle_in_transaction_session_timeout = {milliseconds};"
    "SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL max_parallel_workers_per_gather = 0"
)


@contextmanager
def long_read(dialect: Dialect, login: Login, bounds: ReadBounds) -> Iterator[LongRead]:
    """Give a connection of its own, closed afterwards: nothing of a session stays behind (S30)."""
    engine = create_engine(
        "postgresql+psycopg://",
        creator=opener(login, timeout=CONNECT_TIMEOUT),
        poolclass=NullPool,
    )
    engine.update_execution_options(**{DIALECT: dialect})
    try:
        with engine.connect() as connection:
            milliseconds = max(1, int(bounds.seconds * 1000))
            connection.exec_driver_sql(_BEGIN.format(milliseconds=milliseconds))
            yield LongRead(connection, _stopper(connection))
    finally:
        engine.dispose()


def _stopper(connection: Connection) -> Callable[[], None]:
    """Return what asks the server to end what this connection is at."""
    import psycopg

    raw = connection.connection.driver_connection

    def stop() -> None:
        if isinstance(raw, psycopg.Connection):
            with suppress(psycopg.Error):  # it is gone already, or the server is
                raw.cancel_safe(timeout=LONGEST_CANCEL)

    return stop
