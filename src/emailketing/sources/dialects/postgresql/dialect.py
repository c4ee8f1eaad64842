"""PostgreSQL, for a source."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from sqlalchemy import Connection, Engine, create_engine

from emailketing.sources.capture.base import SWITCHED_OFF
from emailketing.sources.dialects.base import Login
from emailketing.sources.dialects.entries import of_a_server
from emailketing.sources.dialects.long_read import LongRead, ReadBounds
from emailketing.sources.dialects.postgresql import (
    catalogue,
    long_read,
    queries,
    reading_account,
)
from emailketing.sources.dialects.postgresql.capture import CaptureInPostgreSQL
from emailketing.sources.dialects.postgresql.connect import PORT, opener
from emailketing.sources.dialects.postgresql.values import name as quoted
from emailketing.sources.dialects.tables import KnownTable, Reference, Stored, TableColumn

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

# one round trip: a snapshot for header, lines and parties that waits for nobody's lock for long
_SNAPSHOT = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
    "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '20s'"
)


class PostgreSQL(CaptureInPostgreSQL):
    name = "postgresql"
    title = "PostgreSQL"
    parser_name = "postgres"
    form = of_a_server(PORT)
    own_schemas = frozenset({"information_schema", "pg_catalog"})
    usual_schema = catalogue.USUAL_SCHEMA

    def engine(self, login: Login, *, timeout: float) -> Engine:
        return create_engine(
            "postgresql+psycopg://",
            creator=opener(login, timeout=timeout),
            pool_size=1,
            max_overflow=2,
            pool_pre_ping=True,
        )

    def server(self, connection: Connection) -> str:
        version = connection.exec_driver_sql("SHOW server_version").scalar_one()
        connection.rollback()
        return f"{self.title} {version.split()[0]}"

    def address(self, login: Login) -> tuple[str, ...]:
        return (login.host.casefold(), str(login.port or PORT), login.database)

    def places(self, login: Login, identity: Mapping[str, str]) -> frozenset[tuple[str, ...]]:
        oid = identity.get("database_oid", "")
        found: set[tuple[str, ...]] = {("address", login.host, str(login.port or ""), oid)}
        if system := identity.get("system_identifier"):
            found.add(("system", system, oid))
        return frozenset(found)

    @contextmanager
    def snapshot(self, connection: Connection) -> Iterator[None]:
        with connection.begin():
            connection.exec_driver_sql(_SNAPSHOT)
            yield

    def padded(self, described: Sequence[Sequence[Any]]) -> list[str]:
        return queries.padded(described)

    def long_read(self, login: Login, bounds: ReadBounds) -> AbstractContextManager[LongRead]:
        return long_read.long_read(self, login, bounds)

    def is_stopped(self, error: "DBAPIError") -> bool:
        return queries.code_of(error) == queries.STOPPED

    def is_busy(self, error: "DBAPIError") -> bool:
        return queries.code_of(error) in queries.BUSY

    def is_lost(self, error: "DBAPIError") -> bool:
        return super().is_lost(error) or queries.code_of(error).startswith(queries.LOST)

    def why(self, error: "DBAPIError") -> str:
        return queries.why(error)

    def table(self, connection: Connection, schema: str | None, table: str) -> KnownTable:
        return catalogue.known(connection, schema, table)

    def columns(self, connection: Connection, schema: str | None, table: str) -> list[TableColumn]:
        return catalogue.columns(connection, schema, table)

    def references(self, connection: Connection, schema: str | None, table: str) -> list[Reference]:
        return catalogue.references(connection, schema, table)

    def table_names(self, connection: Connection, schema: str | None) -> list[str]:
        return catalogue.table_names(connection, schema)

    def reading_account_problems(
        self, connection: Connection, secrets: Mapping[tuple[str, str], Sequence[str]]
    ) -> Iterator[str]:
        return reading_account.problems(connection, secrets)

    def reading_account_grants(
        self, account: str, tables: Mapping[tuple[str, str], Sequence[str]], database: str
    ) -> list[str]:
        return reading_account.grants(account, tables, database)

    def stored_of(self, described: Sequence[Sequence[Any]]) -> list[Stored]:
        return [queries.STORED.get(column[1], "text") for column in described]

    def reading_grants(self, tables: Mapping[str, Sequence[str]], reader: str) -> list[str]:
        named = [
            f"{quoted(schema)}.{quoted(table)}"
            for schema, its_own in tables.items()
            for table in its_own
        ]
        if not named:
            return []
        role = quoted(reader)
        first, *others = [f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {role}" for schema in tables]
        return [
            "-- For reading the documents, by the owner of the tables. Reading only.\n" + first,
            *others,
            f"GRANT SELECT ON {', '.join(named)} TO {role}",
        ]

    def unseen_words(self) -> dict[str, str]:
        return {
            "children": _("rows of tables that inherit from a watched one (%(where)s)"),
            "partitions": _(
                "rows that come or go because a partition is attached, detached, dropped or "
                "emptied by itself (%(where)s); what is saved in it is seen"
            ),
            SWITCHED_OFF: _(
                "whatever is saved under a setting that switches triggers off "
                "(session_replication_role=replica: %(where)s)"
            ),
            "replica": _(
                "what a superuser saves with triggers switched off for his session, and what "
                "logical replication writes"
            ),
        }
