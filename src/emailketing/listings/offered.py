"""What may be clicked: tables and views, their columns, and where their keys lead."""

from collections.abc import Iterator
from dataclasses import dataclass

from emailketing.common.language import active_language
from emailketing.listings.clicked.fields import KIND_OF
from emailketing.listings.clicked.schema import BusinessTable, Schema
from emailketing.listings.reading.limits import Limits
from emailketing.listings.reading.read import Read
from emailketing.sources.connectors import in_language
from emailketing.sources.in_use import in_use
from emailketing.sources.models import Source

SECONDS = Limits(seconds=30)


@dataclass(frozen=True, slots=True)
class OfferedTable:
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class OfferedColumn:
    """A column; `leads_to`: the table whose records its values name, `shows`: by which column."""

    name: str
    label: str
    kind: str
    leads_to: str = ""
    shows: str = ""


def offered_tables(source: Source) -> list[OfferedTable]:
    """Return every table and view that may be listed.

    Raises:
        CaptureError, ConnectorError: it cannot be looked at now.
    """
    with Read(source, SECONDS) as read:
        schema = Schema(read.connection, in_use(source))
        language = active_language()
        return [
            OfferedTable(name, in_language(schema.audit.table_label(name), language))
            for name in schema.names()
        ]


def offered_columns(source: Source, table: str) -> list[OfferedColumn]:
    """Return the columns of a table; secrets are not among them.

    Raises:
        TableGone: there is none of that name.
        CaptureError, ConnectorError: it cannot be looked at now.
    """
    with Read(source, SECONDS) as read:
        schema = Schema(read.connection, in_use(source))
        return list(_columns(schema, schema.table(table)))


def _columns(schema: Schema, table: BusinessTable) -> Iterator[OfferedColumn]:
    ways = {
        reference.columns[0]: schema.name_behind(reference)
        for reference in schema.references(table)
        if len(reference.columns) == 1
    }
    for column in table.shown():
        described = schema.described(table, column.name)
        lookup = described.lookup
        yield OfferedColumn(
            column.name,
            in_language(described.label, active_language()),
            described.type or KIND_OF.get(column.stored, "text"),
            ways.get(column.name) or (lookup.table if lookup else ""),
            lookup.text if lookup else "",
        )
