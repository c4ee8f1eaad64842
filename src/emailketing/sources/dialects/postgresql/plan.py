"""Looking at a PostgreSQL database, and the statements that bring us into it and out of it."""

# ruff: noqa: S608 - generating SQL is the task; names and values pass through name() and text()

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from emailketing.sources.capture.base import (
    HEARTBEAT,
    LEASE,
    SWITCHED_OFF,
    CapturedColumn,
    TableShape,
    WatchedTable,
    noted,
)
from emailketing.sources.capture.errors import TableNotFound
from emailketing.sources.dialects.postgresql import fallback as fallback
from emailketing.sources.dialects.postgresql import role as role
from emailketing.sources.dialects.postgresql import sql, values

_ID = CapturedColumn("id", "integer", fixed=True, oid=23)
OWN_SHAPE = TableShape(
    watch=WatchedTable(table="heartbeat", schema=sql.SCHEMA),
    schema=sql.SCHEMA,
    key=("id",),
    columns=(_ID, CapturedColumn("at", "timestamptz", fixed=True, oid=1184)),
    by_row=False,
    helpers=(_ID,),
)
_TABLE = text("""
    SELECT c.oid,
           c.relkind = 'p' OR c.relispartition OR c.relhassubclass
             OR EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AS family
    FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
    WHERE s.nspname = :schema AND c.relname = :table AND c.relkind IN ('r', 'p')""")
_COLUMNS = text("""
    SELECT a.attname AS name, format_type(b.oid, NULL) AS type, b.typlen, a.atttypid::int8 AS oid,
           array_position((i.indkey::int2[])[0:i.indnkeyatts - 1], a.attnum) AS place,
           a.atttypid <> b.oid AS is_domain,
           b.typnamespace <> 'pg_catalog'::regnamespace AS is_foreign
    FROM pg_attribute a
    CROSS JOIN LATERAL (
      WITH RECURSIVE made_of(oid, base) AS (
        SELECT t.oid, t.typbasetype FROM pg_type t WHERE t.oid = a.atttypid
        UNION ALL SELECT t.oid, t.typbasetype FROM made_of m JOIN pg_type t ON t.oid = m.base)
      SELECT oid FROM made_of WHERE base = 0) made
    JOIN pg_type b ON b.oid = made.oid
    LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
    WHERE a.attrelid = :oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> 'v'
    ORDER BY a.attnum""")
_STANDING = text("""
    SELECT t.tgname AS trigger, s.nspname AS schema, c.relname AS table, p.proname AS function
    FROM pg_trigger t
    JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace f ON f.oid = p.pronamespace
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace s ON s.oid = c.relnamespace
    WHERE f.nspname = 'emk' AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')""")
# what inherits without being a partition, and what is a partition: neither is seen whole
_RELATIVES = text("""
    SELECT p.relkind = 'p' AS is_partitioned, s.nspname AS schema, p.relname AS table,
           x.nspname AS child_schema, c.relname AS child
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace x ON x.oid = c.relnamespace
    JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace s ON s.oid = p.relnamespace
    ORDER BY 3, 4""")
_SWITCHED_OFF = text("""
    SELECT coalesce(r.rolname, d.datname, '') AS place
    FROM pg_db_role_setting s
    LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
    WHERE 'session_replication_role=replica' = ANY(s.setconfig)
      AND (s.setdatabase = 0 OR d.datname = current_database()) ORDER BY 1""")
_FUNCTIONS = text("""
    SELECT p.proname, p.oid::regprocedure::text AS called
    FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace
    WHERE s.nspname = 'emk' AND (p.prorettype = 'trigger'::regtype OR NOT :triggers_only)
    ORDER BY p.proname""")
_OWN_TABLES = text("""
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type,
           EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'p'
                      AND NOT (k.contype = 'n' AND c.relname = 'heartbeat'))  -- its key, since 18
             OR EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                        WHERE t.tgrelid = c.oid AND p.pronamespace <> c.relnamespace) AS laden
    FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE s.nspname = 'emk' AND c.relkind = 'r' ORDER BY a.attnum""")
_TYPE_NAMES = {"timestamptz": "timestamp with time zone"}


@dataclass(frozen=True, slots=True)
class StandingTrigger:
    """A trigger of ours that is there and switched on."""

    trigger: str
    schema: str
    table: str
    function: str


def describe(connection: Connection, watch: WatchedTable) -> TableShape:
    schema = watch.schema or "public"
    table = connection.execute(_TABLE, {"schema": schema, "table": watch.table}).first()
    if table is None:
        raise TableNotFound(table=watch.label)
    found = connection.execute(_COLUMNS, {"oid": table.oid}).all()
    placed = sorted((row for row in found if row.place is not None), key=lambda row: row.place)
    key = tuple(row.name for row in placed)
    kept = noted(watch, [row.name for row in found], key)
    columns = {row.name: _column(row, watch) for row in found}
    helpers = dict.fromkeys([*key, *filter(None, [watch.actor])])
    noted_ones = [row.name for row in found if row.name in kept]
    return TableShape(
        watch=watch,
        schema=schema,
        key=key,
        columns=tuple(
            columns[name] for name in noted_ones if not columns[name].type.startswith("bytea")
        ),
        by_row=table.family or not key,
        helpers=tuple(columns[name] for name in helpers),
    )


def _column(row: Row[Any], watch: WatchedTable) -> CapturedColumn:
    return CapturedColumn(
        row.name,
        row.type,
        fixed=row.typlen > 0 or row.type == "numeric",
        is_secret=watch.hides(row.name),
        oid=0 if row.is_domain or row.is_foreign else row.oid,
        is_foreign=row.is_foreign,
    )


def unseen(connection: Connection, watches: Sequence[WatchedTable]) -> Iterator[tuple[str, str]]:
    """Yield what no trigger of ours sees in this database (C18)."""
    watched = {(watch.schema or "public", watch.table) for watch in watches}
    children: dict[str, list[str]] = {}
    partitioned: list[str] = []
    for row in connection.execute(_RELATIVES):
        if (row.schema, row.table) not in watched:
            continue
        if row.is_partitioned:
            partitioned.append(row.table)
        elif (row.child_schema, row.child) not in watched:
            children.setdefault(row.table, []).append(row.child)
    for table, names in children.items():
        yield "children", f"{table} ← {', '.join(names)}"
    if partitioned:
        yield "partitions", ", ".join(dict.fromkeys(partitioned))
    off = [row.place for row in connection.execute(_SWITCHED_OFF)]
    if off:
        yield SWITCHED_OFF, ", ".join(off)
    yield "replica", ""


def standing_triggers(connection: Connection) -> set[StandingTrigger]:
    found = connection.execute(_STANDING)
    return {StandingTrigger(row.trigger, row.schema, row.table, row.function) for row in found}


def wanted_triggers(shape: TableShape, label: str) -> set[StandingTrigger]:
    return {
        StandingTrigger(
            trigger,
            shape.schema,
            shape.watch.table,
            sql.function_name(shape, trigger.removeprefix("emk_")),
        )
        for trigger, _, _ in sql.triggers(shape, label)
    }


def own_columns(connection: Connection) -> dict[str, dict[str, str]]:
    """Return table → column → type of what stands in our schema."""
    tables: dict[str, dict[str, str]] = {}
    for row in connection.execute(_OWN_TABLES):
        tables.setdefault(row.table, {})[row.column] = row.type
        if row.laden:  # a constraint or trigger of somebody else
            tables[row.table][""] = "laden"
    return tables


def expected_columns(table: str) -> dict[str, str]:
    types = {name: kind.split()[0] for name, kind in sql.TABLES[table].items()}
    return {name: _TYPE_NAMES.get(kind, kind) for name, kind in types.items()}


def damaged_tables(connection: Connection) -> list[str]:
    """Return those of our tables that are missing, altered, or had something hung onto them."""
    standing = own_columns(connection)
    return [table for table in sql.TABLES if standing.get(table) != expected_columns(table)]


def plan(
    connection: Connection,
    watches: Sequence[WatchedTable],
    *,
    identity_id: str | None,
    puller: str | None,
) -> list[str]:
    """Return everything that installs, renews or repairs; None keeps what the database has."""
    shapes = {watch.label: describe(connection, watch) for watch in watches}
    shapes[HEARTBEAT] = OWN_SHAPE
    return [
        *_schema(connection),
        role.made(),
        *_tables(connection),
        role.granted(),
        *_state(shapes, identity_id, puller),
        *_obsolete(connection, shapes),
        fallback.FUNCTION,
        *_triggers(connection, shapes),
        role.handed_over(),
        *(puller_grants(puller) if puller else []),
    ]


def _schema(connection: Connection) -> Iterator[str]:
    # not when it is there: the question alone needs CREATE on the database
    if connection.execute(text("SELECT to_regnamespace('emk')")).scalar() is None:
        yield (
            "-- eMailketing notes changes here; nothing of the business is altered\n"
            "CREATE SCHEMA IF NOT EXISTS emk"
        )
    yield "COMMENT ON SCHEMA emk IS 'eMailketing: no borrar (captura de cambios)'"


def _tables(connection: Connection) -> Iterator[str]:
    standing = own_columns(connection)
    for table, columns in sql.TABLES.items():
        cells = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        create = f"CREATE TABLE IF NOT EXISTS emk.{table} ({cells}){sql.STORAGE.get(table, '')}"
        there, expected = standing.get(table), expected_columns(table)
        if there is None or there == expected:
            yield create
            continue
        kept = ", ".join(name for name, kind in expected.items() if there.get(name) == kind)
        yield (
            "-- altered by somebody: made anew, its rows are kept\n"
            f"ALTER TABLE emk.{table} RENAME TO {table}_old"
        )
        yield create
        if kept:
            yield f"INSERT INTO emk.{table} ({kept}) SELECT {kept} FROM emk.{table}_old"
        yield f"DROP TABLE emk.{table}_old CASCADE"
    # not when it is there: the question alone locks the table, and saves would be missed
    indexed = connection.execute(text("SELECT to_regclass('emk.change_uid')")).scalar()
    if indexed is None or standing.get("change") != expected_columns("change"):
        yield sql.INDEX


def _state(
    shapes: dict[str, TableShape], identity_id: str | None, puller: str | None
) -> Iterator[str]:
    identity = "identity" if identity_id is None else values.text(identity_id)
    reader = "puller" if puller is None else values.text(puller)
    yield "INSERT INTO emk.state (identity) SELECT NULL WHERE NOT EXISTS (SELECT FROM emk.state)"
    yield (
        "-- the triggers write until then: if we are gone for good, capture ends by itself\n"
        f"UPDATE emk.state SET lease_until = now() + interval '{LEASE.days} days',"
        f" identity = {identity}, puller = {reader},"
        " secret = coalesce(secret, gen_random_uuid()::text)"
    )
    yield "INSERT INTO emk.heartbeat (id) VALUES (1) ON CONFLICT DO NOTHING"
    yield "DELETE FROM emk.shape"
    for label, shape in shapes.items():
        yield (
            "INSERT INTO emk.shape (label, fingerprint)"
            f" VALUES ({values.text(label)}, {values.text(shape.fingerprint)})"
        )


def _obsolete(connection: Connection, shapes: dict[str, TableShape]) -> Iterator[str]:
    """Drop the functions, and with them the triggers, of what is no longer watched like this.

    Dropping the function needs no right on the table; dropping the trigger would.
    """
    wanted = {t.function for label, s in shapes.items() for t in wanted_triggers(s, label)}
    standing = standing_triggers(connection)
    places = {t for label, s in shapes.items() for t in wanted_triggers(s, label)}
    strayed = {t.function for t in standing - places}  # on a table that was renamed away
    for function, _called in connection.execute(_FUNCTIONS, {"triggers_only": True}):
        if function not in wanted or function in strayed:
            yield f"DROP FUNCTION IF EXISTS emk.{values.name(function)}() CASCADE"


def _triggers(connection: Connection, shapes: dict[str, TableShape]) -> Iterator[str]:
    """Functions always, as they lock nothing; triggers only where they are not (C13)."""
    standing = standing_triggers(connection)
    wanted = {label: wanted_triggers(shape, label) for label, shape in shapes.items()}
    strayed = {t.function for t in standing - set().union(*wanted.values())}
    for label, shape in shapes.items():
        there = {t.trigger for t in wanted[label] & standing if t.function not in strayed}
        for trigger, function, create in sql.triggers(shape, label):
            yield f"{function}"
            if trigger not in there:
                yield create


def lifting(connection: Connection, *, triggers_only: bool = True) -> list[str]:
    """The triggers go with their functions."""
    functions = connection.execute(_FUNCTIONS, {"triggers_only": triggers_only})
    return [f"DROP FUNCTION IF EXISTS {row.called} CASCADE" for row in functions]


def removal(connection: Connection) -> list[str]:
    """Triggers first (with their functions), tables last (C11)."""
    return [
        *lifting(connection, triggers_only=False),
        *(f"DROP TABLE IF EXISTS emk.{table}" for table in sql.TABLES),
        "DROP SCHEMA IF EXISTS emk",
        role.dropped(),
    ]


def puller_grants(puller: str) -> list[str]:
    """What the role that reads needs on our own tables, and nothing more (C21)."""
    reader = values.name(puller)
    return [
        f"GRANT USAGE ON SCHEMA emk TO {reader}",
        f"GRANT SELECT, DELETE ON emk.change, emk.miss TO {reader}",
        f"GRANT SELECT, UPDATE ON emk.state, emk.heartbeat TO {reader}",
        f"GRANT SELECT ON emk.shape TO {reader}",
    ]
