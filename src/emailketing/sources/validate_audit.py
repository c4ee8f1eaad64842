"""Does an `[audit]` fit this database? What it names and is not there is shown by its key."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from emailketing.common.said import say as _
from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.capture.errors import UnsuitableTable
from emailketing.sources.connectors import Connector
from emailketing.sources.connectors.audit import PLACE, AuditTable
from emailketing.sources.dialects.registry import dialect_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


def audit_problems(connector: Connector, connection: "Connection") -> Iterator[str]:
    """Yield a sentence for each column that is named and not there; nothing stops because of it."""
    if connector.audit is None:
        return
    dialect = dialect_of(connection)
    watches = connector.named_watches(dialect.name)
    for table in connector.audit.tables.values():
        try:
            shape = dialect.describe(connection, watches[table.table])
        except UnsuitableTable:
            continue  # said of the watched table already
        there = {*shape.key, *(column.name for column in shape.columns)}
        for column in sorted(named_columns(table, watches[table.table]) - there):
            sentence = _("[audit.tables.%(table)s]: the table has no column “%(column)s”")
            yield sentence % {"table": table.table, "column": column}


def named_columns(table: AuditTable, watch: WatchedTable) -> set[str]:
    names = {*PLACE.findall(table.record), *table.columns}
    names |= {table.currency} if table.currency else set()
    names |= {*table.parent.columns} if table.parent else set()
    return {name for name in names if not watch.ignores(name)}
