"""Connections to a source's database: one per call for verbs, one kept open for the worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop
from sqlalchemy import Connection, Engine, TableClause, column, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.sql import quoted_name

from emailketing.common.crypto import SecretUnreadable
from emailketing.common.plain import Cell, Row
from emailketing.sources.capture.errors import CaptureError, ConnectionFailed, DatabaseBusy
from emailketing.sources.connectors import Connector, Query
from emailketing.sources.dialects.base import Dialect
from emailketing.sources.dialects.connect import open_engine
from emailketing.sources.dialects.registry import dialect_of
from emailketing.sources.models import Source

# what a driver raises of a value that Python has no word for
FROM_DRIVERS = (ArithmeticError, LookupError, TypeError, ValueError, RecursionError)


class PasswordUnreadable(CaptureError):
    sentence = gettext_noop("%(why)s")


class QueryFailed(CaptureError):
    """A query of the connector cannot run; the sentence names file and column."""

    sentence = gettext_noop("%(file)s: %(why)s")


class ValuesNotUnderstood(QueryFailed):
    """This program erred over what the database gave: this one thing waits, the others do not."""

    sentence = gettext_noop("%(why)s")


@dataclass(slots=True)
class SourceConnection:
    """A source's engine with its dialect; `kept` is a connection kept between polls."""

    engine: Engine
    dialect: Dialect
    address: tuple[object, ...]
    kept: Connection | None = field(default=None)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a connection: the kept one, or a new one each time (C20)."""
        if not self.dialect.is_kept_open:
            with self.engine.connect() as connection:
                yield connection
            return
        if not self.is_open:
            self.keep(self.engine.connect())
        try:
            yield self._open()
        except BaseException:
            self.close()  # after any error begin anew: nothing half done stays behind
            raise

    @property
    def is_open(self) -> bool:
        return self.kept is not None and not self.kept.closed and not self.kept.invalidated

    def keep(self, connection: Connection) -> None:
        self.close()
        self.kept = connection

    def _open(self) -> Connection:
        if self.kept is None:
            raise ConnectionFailed
        return self.kept

    def close(self) -> None:
        kept, self.kept = self.kept, None
        if kept is not None:
            kept.close()

    def dispose(self) -> None:
        self.close()
        self.engine.dispose()


def address_of(source: Source) -> tuple[object, ...]:
    return (
        source.dialect,
        source.host,
        source.port,
        source.database,
        source.username,
        source.password_encrypted,
    )


def link_to(source: Source) -> SourceConnection:
    """Return a link that is not connected yet.

    Raises:
        CaptureError: the driver is missing or the password cannot be decrypted.
    """
    try:
        password = source.password
    except SecretUnreadable as error:
        raise PasswordUnreadable(why=str(error)) from error
    engine = open_engine(
        source.dialect,
        database=source.database,
        host=source.host,
        port=source.port,
        username=source.username,
        password=password,
    )
    return SourceConnection(engine, dialect_of(engine), address_of(source))


@contextmanager
def connected_to(source: Source) -> Iterator[tuple[Connection, Dialect]]:
    """Open the source's database for one verb."""
    link = link_to(source)
    try:
        with link.engine.connect() as connection:
            yield connection, link.dialect
    finally:
        link.dispose()


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """Read consistently, blocking nobody (C12), see `Dialect.snapshot`."""
    with dialect_of(connection).snapshot(connection):
        yield


def data_version(connection: Connection) -> object | None:
    """Return a token that another connection's commit changes, where a snapshot is none."""
    return dialect_of(connection).data_version(connection)


def ask(connection: Connection, query: Query, **parameters: Cell) -> list[Row]:
    """Run a connector's query and return its rows.

    Raises:
        QueryFailed: it cannot run; the sentence names the file.
        ConnectionFailed, DatabaseBusy: not the query's fault.
    """
    dialect = dialect_of(connection)
    statement = text(query.sql(dialect.name))
    wanted = {name: parameters.get(name) for name in statement.compile().params}
    try:
        found = connection.execute(statement, wanted, execution_options=dialect.query_options)
        columns = getattr(found.cursor, "description", None) or ()
        rows = [dict(row) for row in found.mappings()]
    except DBAPIError as error:
        raise translated(error, query.file_for(dialect.name), connection) from error
    except (SQLAlchemyError, *FROM_DRIVERS) as error:
        raise QueryFailed(file=query.file_for(dialect.name), why=_short(error)) from error
    padded = dialect.padded(columns)
    for row in rows:
        row |= {name: row[name].rstrip(" ") for name in padded if isinstance(row[name], str)}
    return rows


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def table_of(
    connector: Connector, table: str, connection: Connection, *columns: str
) -> TableClause:
    """Return a table of the business for a query of ours, every name quoted (C7)."""
    schema, table = connector.place(table, dialect_of(connection).name)
    return TableClause(
        quoted_name(table, quote=True),
        *(column(quoted_name(name, quote=True)) for name in dict.fromkeys(columns)),
        schema=quoted_name(schema, quote=True) if schema else None,
    )


def translated(error: DBAPIError, file: str, connection: Connection) -> CaptureError:
    """Return what is wrong, for a query that stands in `file`."""
    dialect = dialect_of(connection)
    if dialect.is_busy(error):
        return DatabaseBusy()
    if dialect.is_lost(error):
        return ConnectionFailed()
    return QueryFailed(file=file, why=dialect.why(error))
