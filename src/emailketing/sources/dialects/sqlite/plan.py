"""Looking at an SQLite database, and the statements that bring us into it and out of it."""

# ruff: noqa: S608 - generating SQL is the task; names and values pass through name() and text()

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from emailketing.sources.capture.base import (
    HEARTBEAT,
    LEASE,
    CapturedColumn,
    TableShape,
    WatchedTable,
    noted,
)
from emailketing.sources.capture.errors import TableNotFound, TableTooWide
from emailketing.sources.dialects.sqlite import sql
from emailketing.sources.dialects.sqlite.errors import NoSchemas

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_STATEMENT = 900_000  # SQLite's usual limit is 1 000 000 bytes, for stored triggers too
IDENTITY_ID, SEEN_ID, FIRST_SHAPE_ID = 2, 3, 100  # rows of STATE


def describe(connection: "Connection", watch: WatchedTable) -> TableShape:
    if watch.schema not in {None, "main"}:
        raise NoSchemas(table=watch.label, schema=watch.schema)
    info = connection.exec_driver_sql(f"PRAGMA table_xinfo({sql.name(watch.table)})").all()
    if not info or not _is_plain_table(connection, watch.table):
        raise TableNotFound(table=watch.label)
    # generated columns are left out: computing one can fail, and a delete would fail with it
    names = [row.name for row in info if row.hidden == 0]
    key = tuple(row.name for row in sorted(info, key=lambda row: row.pk) if row.pk)
    kept = noted(watch, names, key)
    columns = [
        CapturedColumn(row.name, row.type, is_secret=watch.hides(row.name))
        for row in info
        if row.name in kept and "BLOB" not in row.type.upper()
    ]
    return TableShape(
        watch=watch,
        schema="main",
        key=key or row_number(names),
        columns=tuple(columns),
        by_row=True,
        has_rowid=not key,
    )


def _is_plain_table(connection: "Connection", table: str) -> bool:
    found = connection.exec_driver_sql(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE"
        " AND sql NOT LIKE 'CREATE VIRTUAL%'",
        (table,),
    )
    return found.first() is not None


def row_number(names: Sequence[str]) -> tuple[str, ...]:
    """Return the name under which the row number can be asked for (C8)."""
    taken = {name.casefold() for name in names}
    free = [name for name in ("rowid", "_rowid_", "oid") if name not in taken]
    return tuple(free[:1]) or tuple(names)


def targets(watches: Sequence[WatchedTable]) -> Iterator[tuple[WatchedTable, str]]:
    """Yield every table to watch with its label, ours last (C23)."""
    yield from ((watch, watch.label) for watch in watches)
    yield WatchedTable(table=sql.PULSE), HEARTBEAT


def wanted_triggers(shape: TableShape, label: str) -> dict[str, str]:
    """Return name and text of the triggers.

    Raises:
        TableTooWide: one would not fit into the business database.
    """
    triggers = dict(sql.triggers(shape, label))
    if any(len(statement.encode()) > LONGEST_STATEMENT for statement in triggers.values()):
        raise TableTooWide(table=label)
    return triggers


def standing_triggers(connection: "Connection") -> dict[str, str]:
    """Return name and text of our triggers that are there, on whatever table."""
    found = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        f" AND substr(name, 1, {len(sql.TRIGGER)}) = '{sql.TRIGGER}' ORDER BY name"
    )
    return {row.name: row.sql for row in found}


def damaged_tables(connection: "Connection") -> list[str]:
    """Return those of our tables that are missing, altered, or had something hung onto them."""
    found = connection.exec_driver_sql(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE tbl_name IN (?, ?, ?)",
        tuple(sql.TABLES),
    ).all()
    ours = {row.name: row.sql for row in found}
    foreign = {
        row.tbl_name
        for row in found
        if row.name not in sql.TABLES and not row.name.startswith(sql.TRIGGER)
    }
    return [t for t, text in sql.TABLES.items() if ours.get(t) != text or t in foreign]


def plan(
    connection: "Connection", watches: Sequence[WatchedTable], identity_id: str | None
) -> list[str]:
    """Return everything that installs, renews or repairs; None keeps the identity there is."""
    old = standing_triggers(connection)
    damaged = damaged_tables(connection)
    rebuilt = [line for table in damaged for line in _rebuild(connection, table)]
    shapes = {}
    new: dict[str, str] = {}
    for watch, label in targets(watches):
        shape = _own_shape() if label == HEARTBEAT else describe(connection, watch)
        shapes[label] = shape.fingerprint
        new |= wanted_triggers(shape, label)
    return [
        # first no trigger, so that no save fails while our tables change; all is one transaction
        *(f"DROP TRIGGER IF EXISTS {sql.name(trigger)}" for trigger in {**old, **new}),
        *rebuilt,
        *_state(shapes, identity_id),
        *new.values(),
    ]


def _own_shape() -> TableShape:
    """The heartbeat table may not be there yet when the plan is made."""
    return TableShape(
        watch=WatchedTable(table=sql.PULSE),
        schema="main",
        key=("id",),
        columns=(CapturedColumn("id", "INTEGER"), CapturedColumn("at", "")),
        by_row=True,
    )


def _rebuild(connection: "Connection", table: str) -> Iterator[str]:
    """Make a table of ours anew, keeping what can be kept of its rows."""
    info = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
    create = sql.TABLES[table].replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1)
    if not info:
        yield create
        return
    common = ", ".join(row.name for row in info if row.name in sql.COLUMNS[table])
    if not common:
        yield f"DROP TABLE {table}"
        yield create
        return
    yield f"CREATE TEMP TABLE emk_salvage AS SELECT {common} FROM main.{table}"
    yield f"DROP TABLE main.{table}"
    yield create
    yield f"INSERT INTO main.{table} ({common}) SELECT {common} FROM temp.emk_salvage"
    yield "DROP TABLE temp.emk_salvage"


def _state(shapes: dict[str, str], identity_id: str | None) -> Iterator[str]:
    put = f"INSERT OR REPLACE INTO {sql.STATE} (id, name, value) VALUES"
    lease = f"strftime('%Y-%m-%d %H:%M:%f','now','+{LEASE.days} days')"
    yield f"{put} ({sql.LEASE_ID}, 'lease', {lease})"
    if identity_id is not None:
        yield f"{put} ({IDENTITY_ID}, 'identity', {sql.text(identity_id)})"
    yield f"DELETE FROM {sql.STATE} WHERE id >= {FIRST_SHAPE_ID}"
    for number, (label, fingerprint) in enumerate(shapes.items(), FIRST_SHAPE_ID):
        yield f"{put} ({number}, {sql.text('shape:' + label)}, {sql.text(fingerprint)})"
    yield f"INSERT OR IGNORE INTO {sql.PULSE} (id) VALUES (1)"


def lifting(connection: "Connection") -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {sql.name(name)}" for name in standing_triggers(connection)]


def removal(connection: "Connection") -> list[str]:
    """Triggers first, tables last (C11)."""
    return [
        *lifting(connection),
        *(f"DROP TABLE IF EXISTS {table}" for table in sql.TABLES),
    ]
