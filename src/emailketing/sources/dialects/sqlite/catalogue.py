"""What the catalogue of an SQLite file says of a table."""

import re

from sqlalchemy import Connection

from emailketing.sources.dialects.tables import KnownTable
from emailketing.sources.keys import TEXT, KeyKind

_CHAR = re.compile(
    r"(?:native +|national +|n)?(?:character|char)\s*(?:\(\s*(\d+)\s*\))?", re.IGNORECASE
)


def table_names(connection: Connection) -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    return list(connection.exec_driver_sql(sql).scalars())


def known(connection: Connection, table: str) -> KnownTable:
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
