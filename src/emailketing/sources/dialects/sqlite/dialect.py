"""SQLite, for a source."""

import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from emailketing.common.plain import Cell, Values
from emailketing.sources.dialects.base import Login
from emailketing.sources.dialects.entries import ConnectionField
from emailketing.sources.dialects.expressions import Expressions
from emailketing.sources.dialects.long_read import LongRead, ReadBounds
from emailketing.sources.dialects.sqlite import catalogue, long_read, queries
from emailketing.sources.dialects.sqlite.access import file_stamp
from emailketing.sources.dialects.sqlite.capture import CaptureInSQLite
from emailketing.sources.dialects.sqlite.connect import opener
from emailketing.sources.dialects.sqlite.errors import NoSchemas
from emailketing.sources.dialects.sqlite.expressions import SQLiteExpressions
from emailketing.sources.dialects.tables import KnownTable, Reference, TableColumn

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

# file systems tell times coarsely: within it a second save may leave no mark of its own
SETTLED_AFTER = timedelta(seconds=2)

FILE = ConnectionField(
    "database",
    gettext_lazy("SQLite file"),
    help=gettext_lazy("Its full path on this machine, for example /srv/erp/erp.sqlite3"),
    longest=500,
)


class SQLite(CaptureInSQLite):
    name = "sqlite"
    title = "SQLite"
    form = ((FILE,),)
    query_options: ClassVar[Mapping[str, Any]] = {"sqlite_raw_colnames": True}
    is_kept_open = False  # a file replaced under our feet is seen at once (C20)
    has_accounts = False
    pads_char = False
    replaces_rows = True  # REPLACE
    refuses_to_drop = True

    def engine(self, login: Login, *, timeout: float) -> Engine:  # noqa: ARG002 - never waits
        return create_engine("sqlite://", creator=opener(login.database), poolclass=NullPool)

    def server(self, connection: Connection) -> str:
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
        connection.rollback()
        return f"{self.title} {version}"

    def glance(self, login: Login) -> object | None:
        """Opening the file makes it parse every table and trigger in it; this does not."""
        file = file_stamp(login.database)
        # by the clock that gave the file its time, whatever time the caller plays
        settled = time.time_ns() - SETTLED_AFTER // timedelta(microseconds=1) * 1000
        if not file or any(not 0 < state.changed < settled for state in file):
            return None  # away, or written a moment ago
        return file

    def problems(self, login: Login) -> Iterator[tuple[str, str]]:
        """A path that begins elsewhere would be another file in each folder."""
        if not login.database.startswith("/"):
            yield "database", _("Write the full path of the file; it begins with “/”.")
        yield from super().problems(login)

    def not_asked_for(self) -> str:
        return _("A database in a file has no server and no user: leave it out.")

    def address(self, login: Login) -> tuple[str, ...]:
        return (str(Path(login.database).resolve()),)

    def places(self, login: Login, identity: Mapping[str, str]) -> frozenset[tuple[str, ...]]:  # noqa: ARG002
        file = ("file", identity.get("device", ""), identity.get("inode", ""))
        return frozenset({file, ("path", identity.get("path", ""))})

    @contextmanager
    def snapshot(self, connection: Connection) -> Iterator[None]:
        """A file in rollback-journal mode would be locked by one: `data_version` instead."""
        try:
            yield
        finally:
            connection.rollback()

    def data_version(self, connection: Connection) -> object | None:
        version: object = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        return version

    def long_read(self, login: Login, bounds: ReadBounds) -> AbstractContextManager[LongRead]:
        return long_read.long_read(self, login, bounds)

    def for_database(self, value: Cell) -> Cell:
        return queries.for_database(value)

    def is_stopped(self, error: "DBAPIError") -> bool:
        return queries.is_stopped(error)

    def is_busy(self, error: "DBAPIError") -> bool:
        return queries.is_busy(error)

    def why(self, error: "DBAPIError") -> str:
        return queries.why(error)

    def table(self, connection: Connection, schema: str | None, table: str) -> KnownTable:  # noqa: ARG002
        return catalogue.known(connection, table)

    def columns(
        self,
        connection: Connection,
        schema: str | None,  # noqa: ARG002
        table: str,
    ) -> list[TableColumn]:
        return catalogue.columns(connection, table)

    def references(
        self,
        connection: Connection,
        schema: str | None,  # noqa: ARG002
        table: str,
    ) -> list[Reference]:
        return catalogue.references(connection, table)

    @property
    def expressions(self) -> Expressions:
        return SQLiteExpressions()

    def table_names(self, connection: Connection, schema: str | None) -> list[str]:  # noqa: ARG002
        return catalogue.table_names(connection)

    def is_no_business(self, schema: str | None, table: str) -> bool:  # noqa: ARG002
        return table.casefold().startswith(("emk_", "_emk", "sqlite_"))

    def schema_problem(self, table: str, schema: str | None) -> str:
        return "" if schema in {None, "main"} else str(NoSchemas(table=table, schema=schema))

    def remarks(self, own: Values) -> list[tuple[str, str]]:
        mode = own.get("journal_mode")
        if mode in {None, "wal"}:
            return []
        sentence = _(
            "“%(mode)s”: works, but readers and writers wait for each other. Whoever looks after "
            "the business system may switch it to WAL (PRAGMA journal_mode=WAL)."
        )
        return [(_("Journal of SQLite"), sentence % {"mode": mode})]

    def unseen_words(self) -> dict[str, str]:
        return {
            "replaced": _(
                "the row that REPLACE removes (%(where)s): the new one is noted as added, the old "
                "one is in no line of the audit"
            )
        }
