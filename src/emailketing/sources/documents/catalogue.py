"""What the business database's catalogue says of a table: kinds of columns, what is unique."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from emailketing.common.plain import Cell
from emailketing.sources.connectors import Connector
from emailketing.sources.dialects.registry import dialect_of
from emailketing.sources.dialects.tables import KnownTable
from emailketing.sources.keys import Key, as_key, canonical, parts_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_known: WeakKeyDictionary["Engine", dict[tuple[str | None, str], KnownTable]] = WeakKeyDictionary()


def known(connector: Connector, connection: "Connection", table: str) -> KnownTable:
    """Return what the catalogue says of this table; it is asked once."""
    dialect = dialect_of(connection)
    name = connector.schemas.get(dialect.name), table
    tables = _known.setdefault(connection.engine, {})
    if name not in tables:
        was_open = connection.in_transaction()
        try:
            tables[name] = dialect.table(connection, *connector.place(table, dialect.name))
        finally:
            if not was_open:
                connection.rollback()
    return tables[name]


def forget_catalogue(connection: "Connection") -> None:
    """Ask again: the tables may have been altered."""
    _known.pop(connection.engine, None)


def key_from(
    connector: Connector,
    connection: "Connection",
    table: str,
    columns: Sequence[str],
    key: Cell | Key,
) -> Key:
    """Return the parts of a key of this table as they are compared and asked for."""
    return canonical(as_key(key), known(connector, connection, table).of(columns))


def key_from_text(
    connector: Connector, connection: "Connection", table: str, columns: Sequence[str], text: str
) -> Key:
    """Return the key that is written like this.

    Raises:
        ValueError: it does not have that many parts, or had to be shortened.
    """
    return key_from(connector, connection, table, columns, parts_of(text, len(columns)))
