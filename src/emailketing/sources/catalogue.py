"""What the business database's catalogue says of a table: kinds of columns, what is unique."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, text

from emailketing.sources.connectors import Connector
from emailketing.sources.keys import TEXT, Key, Kind, as_key, canonical, parts_of

_CHAR = re.compile(
    r"(?:native +|national +|n)?(?:character|char)\s*(?:\(\s*(\d+)\s*\))?", re.IGNORECASE
)
_POSTGRESQL = (
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


@dataclass(frozen=True, slots=True)
class Known:
    """One table; nothing is known of one that is not there."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)  # column → what it holds
    primary: tuple[str, ...] = ()
    unique: tuple[frozenset[str], ...] = ()  # the primary key too
    is_view: bool = False

    def of(self, columns: Iterable[str]) -> tuple[Kind, ...]:
        return tuple(self.kinds.get(column, TEXT) for column in columns)


_known: WeakKeyDictionary[Engine, dict[tuple[str | None, str], Known]] = WeakKeyDictionary()


def known(connector: Connector, connection: Connection, table: str) -> Known:
    """Return what the catalogue says of this table; it is asked once."""
    name = connector.schemas.get(connection.dialect.name), table
    tables = _known.setdefault(connection.engine, {})
    if name not in tables:
        was_open = connection.in_transaction()
        try:
            look = _sqlite if connection.dialect.name == "sqlite" else _postgresql
            tables[name] = look(connection, *connector.place(table, connection.dialect.name))
        finally:
            if not was_open:
                connection.rollback()
    return tables[name]


def forget_catalogue(connection: Connection) -> None:
    """Ask again: the tables may have been altered."""
    _known.pop(connection.engine, None)


def table_names(connection: Connection, schema: str | None) -> list[str]:
    """Return what tables and views there are."""
    if connection.dialect.name == "sqlite":
        sql = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        return list(connection.exec_driver_sql(sql).scalars())
    return list(connection.execute(_NAMES, {"schema": schema or "public"}).scalars())


def key_from(
    connector: Connector, connection: Connection, table: str, columns: Sequence[str], key: object
) -> Key:
    """Return the parts of a key of this table as they are compared and asked for."""
    return canonical(as_key(key), known(connector, connection, table).of(columns))


def key_from_text(
    connector: Connector, connection: Connection, table: str, columns: Sequence[str], text: str
) -> Key:
    """Return the key that is written like this.

    Raises:
        ValueError: it does not have that many parts, or had to be shortened.
    """
    return key_from(connector, connection, table, columns, parts_of(text, len(columns)))


def _sqlite(connection: Connection, _schema: str | None, table: str) -> Known:
    columns = connection.exec_driver_sql("SELECT * FROM pragma_table_xinfo(?)", (table,)).all()
    view = connection.exec_driver_sql(
        "SELECT 1 FROM sqlite_master WHERE name = ? COLLATE NOCASE AND type = 'view'", (table,)
    ).first()
    primary = tuple(row.name for row in sorted(columns, key=lambda row: row.pk) if row.pk)
    unique = [frozenset(primary)] if primary else []
    indexes = connection.exec_driver_sql(
        'SELECT name FROM pragma_index_list(?) WHERE "unique" AND NOT partial', (table,)
    )
    for index in list(indexes.scalars()):
        names = connection.exec_driver_sql("SELECT name FROM pragma_index_info(?)", (index,))
        unique.append(frozenset(names.scalars()))
    return Known(
        {row.name: _kind_on_sqlite(row.type) for row in columns},
        primary,
        tuple(names for names in unique if None not in names),
        is_view=view is not None,
    )


def _kind_on_sqlite(declared: str) -> Kind:
    """SQLite keeps what it is given, but turns into numbers what looks like one (affinity)."""
    char = _CHAR.fullmatch(declared.strip())
    if char is not None:
        return Kind("fixed", int(char.group(1) or 0))
    upper = declared.upper()
    if "INT" in upper:
        return Kind("number")
    if any(word in upper for word in ("CHAR", "CLOB", "TEXT")):
        return TEXT
    if not upper or "BLOB" in upper:
        return Kind("bytes") if upper else TEXT
    return Kind("number") if not re.search("DATE|TIME", upper) else TEXT


def _postgresql(connection: Connection, schema: str | None, table: str) -> Known:
    place = {"schema": schema or "public", "table": table}
    columns = connection.execute(_COLUMNS, place).all()
    indexes: dict[int, list[str]] = {}
    primary: list[str] = []
    for row in connection.execute(_INDEXES, place):
        indexes.setdefault(row.number, []).append(row.column)
        if row.is_primary:
            primary = indexes[row.number]
    return Known(
        {row.name: _kind_on_postgresql(row.type, row.length) for row in columns},
        tuple(primary),
        tuple(frozenset(names) for names in indexes.values() if None not in names),
        is_view=any(row.is_view for row in columns),
    )


def _kind_on_postgresql(written: str, length: int) -> Kind:
    name = next((kind for pattern, kind in _POSTGRESQL if pattern.match(written)), "text")
    return Kind(name, length) if name == "fixed" else Kind(name)
