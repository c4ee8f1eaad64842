"""What the catalogue of an SQLite file says of a table."""

import re
from typing import TYPE_CHECKING

from emailketing.sources.dialects.tables import KnownTable, Reference, Stored, TableColumn
from emailketing.sources.keys import TEXT, KeyKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CHAR = re.compile(
    r"(?:native +|national +|n)?(?:character|char)\s*(?:\(\s*(\d+)\s*\))?", re.IGNORECASE
)


def table_names(connection: "Connection") -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    return list(connection.exec_driver_sql(sql).scalars())


def known(connection: "Connection", table: str) -> KnownTable:
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
    return KnownTable(
        {row.name: _kind(row.type) for row in columns},
        primary,
        tuple(names for names in unique if None not in names),
        is_view=view is not None,
    )


def _kind(declared: str) -> KeyKind:
    """SQLite keeps what it is given, but turns into numbers what looks like one (affinity)."""
    char = _CHAR.fullmatch(declared.strip())
    if char is not None:
        return KeyKind("fixed", int(char.group(1) or 0))
    upper = declared.upper()
    if "INT" in upper:
        return KeyKind("number")
    if any(word in upper for word in ("CHAR", "CLOB", "TEXT")):
        return TEXT
    if not upper or "BLOB" in upper:
        return KeyKind("bytes") if upper else TEXT
    return KeyKind("number") if not re.search("DATE|TIME", upper) else TEXT


_STORED: tuple[tuple[str, Stored], ...] = (
    (r"DATETIME|TIMESTAMP", "moment"),
    (r"DATE", "date"),
    (r"BOOL", "boolean"),
    (r"INT|NUM|DEC|REAL|FLOAT|DOUBLE|MONEY", "number"),
    (r"BLOB", "bytes"),
)


def columns(connection: "Connection", table: str) -> list[TableColumn]:
    found = connection.exec_driver_sql("SELECT * FROM pragma_table_xinfo(?)", (table,)).all()
    return [TableColumn(row.name, _stored(row.type)) for row in found if row.hidden in {0, 2, 3}]


def _stored(declared: str) -> Stored:
    """Say what a column is meant to hold; SQLite puts anything into it."""
    upper = declared.upper()
    return next((kind for pattern, kind in _STORED if re.search(pattern, upper)), "text")


def references(connection: "Connection", table: str) -> list[Reference]:
    """One that names no column means the primary key."""
    rows = connection.exec_driver_sql(
        "SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq", (table,)
    ).all()
    found: dict[int, list[tuple[str, str, str | None]]] = {}
    for row in rows:
        found.setdefault(row.id, []).append((row[2], row[3], row[4]))
    return [_reference(connection, parts) for _id, parts in sorted(found.items())]


def _reference(connection: "Connection", parts: list[tuple[str, str, str | None]]) -> Reference:
    """Say it in the spelling of the table it leads to: a key may be written in other letters."""
    called = parts[0][0]
    sql = "SELECT name FROM sqlite_master WHERE name = ? COLLATE NOCASE AND type = 'table'"
    table = connection.exec_driver_sql(sql, (called,)).scalar() or called
    named = tuple(to for _table, _from, to in parts if to is not None)
    if len(named) < len(parts):
        key = known(connection, table).primary
    else:
        spelled = {each.name.casefold(): each.name for each in columns(connection, table)}
        key = tuple(spelled.get(to.casefold(), to) for to in named)
    return Reference(tuple(column for _table, column, _to in parts), None, table, key)
