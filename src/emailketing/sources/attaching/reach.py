"""Which tables the connector's queries read: what the reading account needs SELECT on (C21)."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from emailketing.sources.connectors import Connector, Query
from emailketing.sources.dialects.registry import dialect_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r'"((?:[^"]|"")+)"')


def readable_tables(connector: Connector, connection: "Connection", reader: str) -> list[str]:
    """Return the grants for reading documents, parties and names, where there are accounts."""
    dialect = dialect_of(connection)
    if not dialect.has_accounts:
        return []
    words = {word for query in queries(connector) for word in named(query.sql(dialect.name))}
    owners = {document.table for document in connector.papers.values()}
    owners |= {party.table for party in connector.parties.values()}
    owners |= set(connector.audit.tables if connector.audit else ())  # for the names of records
    usual = dialect.usual_schema
    wanted: dict[str, set[str]] = {connector.schemas.get(dialect.name, usual): set()}
    for name in owners:
        schema, table = connector.place(name, dialect.name)
        wanted.setdefault(schema or usual, set()).add(table)
    tables = {
        schema: sorted(set(dialect.table_names(connection, schema)) & (words | its_own))
        for schema, its_own in wanted.items()
    }
    connection.rollback()
    return dialect.reading_grants(tables, reader)


def named(query: str) -> set[str]:
    """Return every word and every quoted name: some systems have "order-lines" (C7)."""
    return {*_WORD.findall(query), *(name.replace('""', '"') for name in _QUOTED.findall(query))}


def queries(connector: Connector) -> Iterator[Query]:
    for document in connector.papers.values():
        yield from document.queries
        yield from (child.parents for child in document.children if child.parents)
    for party in connector.parties.values():
        yield from party.queries
        yield from (child.parents for child in party.children if child.parents)
    yield from (process.past for process in connector.edges.values() if process.past)
    for listing in connector.listings.values():
        yield from listing.queries
        if listing.statement:
            yield Query(listing.name, json.dumps(listing.statement))
    named = (connector.actor.name, connector.actor.deleted, connector.products)
    yield from (query for query in named if query is not None)
