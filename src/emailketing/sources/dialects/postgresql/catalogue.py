"""What the catalogue of PostgreSQL says of a table."""

import re

from sqlalchemy import Connection, text

from emailketing.sources.dialects.tables import KnownTable
from emailketing.sources.keys import KeyKind

USUAL_SCHEMA = "public"
_KINDS = (
    (re.compile(r"character(?! varying)|bpchar"), "fixed"),
    (re.compile(r"smallint|integer|bigint|numeric|real|double precision|oid$"), "number"),
    (re.compile(r"timestamp|date$"), "moment"),
    (re.compile(r"time "), "time"),
    (re.compile(r"boolean$"), "boolean"),
    (re.compile(r"uuid$"), "uuid"),
    (re.compile(r"bytea$"), "bytes"),
)
_COLUMNS = text("""
    SELECT a.attname AS name, format_type(b.oid, NULL) AS type, c.relkind IN ('v', 'm') AS is_view,
           greatest(coalesce(nullif(a.atttypmod, -1), nullif(t.typtypmod, -1), 4) - 4, 0) AS length
    FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
    WHERE s.nspname = :schema AND c.relname = :table AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY a.attnum""")
_INDEXES = text("""
    SELECT i.indexrelid AS number, i.indisprimary AS is_primary, a.attname AS column
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace s ON s.oid = c.relnamespace
    JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k(attribute, place)
      ON k.place <= i.indnkeyatts
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attribute
    WHERE s.nspname = :schema AND c.relname = :table AND i.indisunique AND i.indisvalid
      AND i.indpred IS NULL
    ORDER BY i.indexrelid, k.place""")
_NAMES = text("""
    SELECT c.relname FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
    WHERE s.nspname = :schema AND c.relkind IN ('r', 'p', 'v', 'm', 'f')""")


def table_names(connection: Connection, schema: str | None) -> list[str]:
    return list(connection.execute(_NAMES, {"schema": schema or USUAL_SCHEMA}).scalars())


def known(connection: Connection, schema: str | None, table: str) -> KnownTable:
    place = {"schema": schema or USUAL_SCHEMA, "table": table}
    columns = connection.execute(_COLUMNS, place).all()
    indexes: dict[int, list[str]] = {}
    primary: list[str] = []
    for row in connection.execute(_INDEXES, place):
        indexes.setdefault(row.number, []).append(row.column)
        if row.is_primary:
            primary = indexes[row.number]
    return KnownTable(
        {row.name: _kind(row.type, row.length) for row in columns},
        tuple(primary),
        tuple(frozenset(names) for names in indexes.values() if None not in names),
        is_view=any(row.is_view for row in columns),
    )


def _kind(written: str, length: int) -> KeyKind:
    name = next((kind for pattern, kind in _KINDS if pattern.match(written)), "text")
    return KeyKind(name, length) if name == "fixed" else KeyKind(name)
