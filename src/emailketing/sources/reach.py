"""Which tables the connector's queries read: what the reading account needs SELECT on (C21)."""

import re
from collections.abc import Iterator

from sqlalchemy import Connection

from emailketing.sources.catalogue import table_names
from emailketing.sources.connectors import Connector, Query

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r'"((?:[^"]|"")+)"')


def readable_tables(connector: Connector, connection: Connection, reader: str) -> list[str]:
    """Return the grants for reading documents, parties and names; nothing for SQLite."""
    dialect = connection.dialect
    if dialect.name == "sqlite":
        return []
    words = {word for query in queries(connector) for word in named(query.sql(dialect.name))}
    owners = {document.table for document in connector.papers.values()}
    owners |= {party.table for party in connector.parties.values()}
    owners |= set(connector.audit.tables if connector.audit else ())  # for the names of records
    wanted: dict[str, set[str]] = {connector.schemas.get(dialect.name, "public"): set()}
    for name in owners:
        schema, table = connector.place(name, dialect.name)
        wanted.setdefault(schema or "public", set()).add(table)
    quote = dialect.identifier_preparer.quote_identifier
    tables: list[str] = []
    for schema, its_own in wanted.items():
        there = set(table_names(connection, schema)) & (words | its_own)
        tables += [f"{quote(schema)}.{quote(table)}" for table in sorted(there)]
    connection.rollback()
    if not tables:
        return []
    role = quote(reader)
    usage = [f"GRANT USAGE ON SCHEMA {quote(schema)} TO {role}" for schema in wanted]
    return [
        "-- For reading the documents, by the owner of the tables. Reading only.\n" + usage[0],
        *usage[1:],
        f"GRANT SELECT ON {', '.join(tables)} TO {role}",
    ]


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
    yield from (listing.query for listing in connector.listings.values())
    named = (connector.actor.name, connector.actor.deleted, connector.products)
    yield from (query for query in named if query is not None)
