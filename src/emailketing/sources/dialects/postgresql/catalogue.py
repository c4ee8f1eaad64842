"""What the catalogue of PostgreSQL says of a table."""

import re

from sqlalchemy import Connection, text

from emailketing.sources.dialects.tables import KnownTable, Reference, Stored, TableColumn
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


_STORED: tuple[tuple[str, Stored], ...] = (
    (r"timestamp with time zone", "instant"),
    (r"timestamp", "moment"),
    (r"date$", "date"),
    (r"boolean$", "boolean"),
    (r"smallint|integer|bigint|numeric|real|double precision|money$", "number"),
    (r"character|text$|name$|bpchar|citext|\"char\"", "text"),
    (r"bytea$", "bytes"),
)
_REFERENCES = text("""
    SELECT k.oid AS number, os.nspname AS schema, o.relname AS table, a.attname AS column,
           b.attname AS key
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace s ON s.oid = c.relnamespace
    JOIN pg_class o ON o.oid = k.confrelid JOIN pg_namespace os ON os.oid = o.relnamespace
    JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY u(own, other, place) ON true
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.own
    JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = u.other
    WHERE k.contype = 'f' AND s.nspname = :schema AND c.relname = :table
    ORDER BY k.conname, k.oid, u.place""")


def columns(connection: Connection, schema: str | None, table: str) -> list[TableColumn]:
    place = {"schema": schema or USUAL_SCHEMA, "table": table}
    rows = connection.execute(_COLUMNS, place)
    return [TableColumn(row.name, _stored(row.type)) for row in rows]


def _stored(written: str) -> Stored:
    return next((kind for pattern, kind in _STORED if re.match(pattern, written)), "other")


def references(connection: Connection, schema: str | None, table: str) -> list[Reference]:
    place = {"schema": schema or USUAL_SCHEMA, "table": table}
    found: dict[int, list[tuple[str, str, str, str]]] = {}
    for row in connection.execute(_REFERENCES, place):
        found.setdefault(row.number, []).append((row.schema, row.table, row.column, row.key))
    return [
        Reference(
            tuple(part[2] for part in parts),
            parts[0][0],
            parts[0][1],
            tuple(part[3] for part in parts),
        )
        for parts in found.values()
    ]
