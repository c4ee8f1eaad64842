"""The tables of the business as a listing may see them: what is a secret is not there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection, TableClause, column
from sqlalchemy.sql import quoted_name

from emailketing.listings.errors import FieldGone, FieldSecret, TableGone
from emailketing.sources.connectors import Connector
from emailketing.sources.connectors.audit import Audit, AuditColumn, AuditTable
from emailketing.sources.dialects.base import Dialect
from emailketing.sources.dialects.registry import dialect_of
from emailketing.sources.dialects.tables import Reference, TableColumn


@dataclass(frozen=True, slots=True)
class BusinessTable:
    """One table or view; `called`: its name in the connector."""

    schema: str | None
    name: str
    called: str
    columns: Mapping[str, TableColumn]
    described: AuditTable

    def column(self, name: str) -> TableColumn:
        """Return a column.

        Raises:
            FieldGone, FieldSecret: it is not there, or nobody may see it.
        """
        if name not in self.columns:
            raise FieldGone(table=self.called, field=name)
        if self.described.hides(name):
            raise FieldSecret(field=name)
        return self.columns[name]

    def shown(self) -> Iterator[TableColumn]:
        return (each for each in self.columns.values() if not self.described.hides(each.name))

    def clause(self) -> TableClause:
        return TableClause(
            quoted_name(self.name, quote=True),
            *(column(quoted_name(name, quote=True)) for name in self.columns),
            schema=quoted_name(self.schema, quote=True) if self.schema else None,
        )


class Schema:
    """What the catalogue and the connector say; each table is asked for once."""

    def __init__(self, connection: Connection, connector: Connector) -> None:
        self.connection = connection
        self.connector = connector
        self.dialect: Dialect = dialect_of(connection)
        self.audit = connector.audit or Audit()
        self._tables: dict[str, BusinessTable] = {}
        self._names: dict[str | None, frozenset[str]] = {}
        self._references: dict[str, list[Reference]] = {}

    def table(self, name: str) -> BusinessTable:
        """Return a table by its name in the connector, or “schema.table”.

        Raises:
            TableGone: there is none.
        """
        if name not in self._tables:
            self._tables[name] = self._read(*self.connector.place(name, self.dialect.name))
        return self._tables[name]

    def _read(self, schema: str | None, table: str) -> BusinessTable:
        if schema and not self.dialect.usual_schema:  # another spelling of what is here
            raise TableGone(table=f"{schema}.{table}")
        if table not in self._names_in(schema):
            raise TableGone(table=table)
        called = self._called(schema, table)
        columns = self.dialect.columns(self.connection, schema, table)
        return BusinessTable(
            schema, table, called, {each.name: each for each in columns}, self.audit.table(called)
        )

    def _names_in(self, schema: str | None) -> frozenset[str]:
        """Return the tables and views of the business there."""
        if schema not in self._names:
            self._names[schema] = frozenset(
                name
                for name in self.dialect.table_names(self.connection, schema)
                if not self.dialect.is_no_business(schema, name)
            )
        return self._names[schema]

    def _called(self, schema: str | None, table: str) -> str:
        """Return what the connector calls it, whoever names it with or without its schema."""
        usual = self.dialect.usual_schema
        known = self._names_of_places.get((schema or usual, table))
        is_own = (schema or usual) == (self._own_schema or usual)
        return known or (table if is_own else f"{schema}.{table}")

    @cached_property
    def _names_of_places(self) -> dict[tuple[str, str], str]:
        """Return (schema, table) → its name; what the audit calls it has its secrets, too."""
        found = {}
        for known in (*(watch.label for watch in self.connector.tables), *self.audit.tables):
            schema, table = self.connector.place(known, self.dialect.name)
            found[schema or self.dialect.usual_schema, table] = known
        return found

    @cached_property
    def _own_schema(self) -> str | None:
        return self.connector.schemas.get(self.dialect.name)

    def names(self) -> list[str]:
        """Return every table and view that may be listed, of the usual schema and the stated."""
        schemas = {self._own_schema, *(self._schema_of(w.label) for w in self.connector.tables)}
        found = {
            self._called(schema, name) for schema in schemas for name in self._names_in(schema)
        }
        return sorted(found)

    def _schema_of(self, label: str) -> str | None:
        return self.connector.place(label, self.dialect.name)[0]

    def references(self, table: BusinessTable) -> list[Reference]:
        if table.called not in self._references:
            self._references[table.called] = self.dialect.references(
                self.connection, table.schema, table.name
            )
        return self._references[table.called]

    def behind(self, reference: Reference) -> BusinessTable:
        return self.table(self._called(reference.schema, reference.table))

    def name_behind(self, reference: Reference) -> str:
        """Return the table a key leads to; "" where there is none: SQLite keeps such keys."""
        is_there = reference.table in self._names_in(reference.schema)
        return self._called(reference.schema, reference.table) if is_there else ""

    def is_unique(self, table: BusinessTable, columns: set[str]) -> bool:
        """Say whether at most one row has the same values there."""
        known = self.dialect.table(self.connection, table.schema, table.name)
        return any(unique <= columns for unique in known.unique)

    def described(self, table: BusinessTable, name: str) -> AuditColumn:
        return self.audit.column(table.called, name)


def hidden_by(connector: Connector, dialect: str) -> Callable[[str, str], bool]:
    """Return what says of (table, column) that it is a secret, also behind a view."""
    described = connector.audit.tables if connector.audit else {}
    tables = {
        connector.place(name, dialect)[1].casefold(): table for name, table in described.items()
    }

    def hides(table: str, column: str) -> bool:
        known = tables.get(table.casefold())
        return known is not None and known.hides(column)

    return hides
