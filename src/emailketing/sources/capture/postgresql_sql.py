"""The SQL that is left in a PostgreSQL business database: schema `emk`.

Every function runs with its owner's rights, a fixed search path and a short lock timeout, and
catches every error: the save goes on and a row in `emk.miss` says what was not captured (C9).
"""

# ruff: noqa: S608 - generating SQL is the task; names and values pass through name() and text()

import hashlib
from collections.abc import Iterator

from emailketing.sources.capture.base import (
    LONGEST_ACTOR,
    LONGEST_TEXT,
    MASK,
    Column,
    TableShape,
)

SCHEMA = "emk"
MOST_MISSES = 1_000  # a capture broken for months must not fill the business database
# Sorts by time, and is made without a sequence: nextval() would change the program's lastval(),
# and a used-up sequence is an error (C2). 64 bits of microseconds, 60 random ones.
_UID = (
    "(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000000)::bigint), 16, '0')"
    " || left(replace(gen_random_uuid()::text, '-', ''), 16))::uuid"
)
TABLES: dict[str, dict[str, str]] = {  # nothing that can fail: no NOT NULL, UNIQUE, CHECK (C2)
    "change": {
        "uid": f"uuid DEFAULT {_UID}",
        "txid": "xid8 DEFAULT pg_current_xact_id()",
        "at": "timestamptz DEFAULT clock_timestamp()",
        "tbl": "text",
        "op": "text",
        "pk": "jsonb",
        "old": "jsonb",
        "new": "jsonb",
        "actor": "text",
        "db_user": "text DEFAULT session_user",
        "app": "text DEFAULT current_setting('application_name', true)",
    },
    "miss": {
        "at": "timestamptz DEFAULT clock_timestamp()",
        "tbl": "text",
        "op": "text",
        "reason": "text",
    },
    "state": {
        "lease_until": "timestamptz",
        "identity": "text",
        "heartbeat_seen": "timestamptz",
        "puller": "text",
    },
    "shape": {"label": "text", "fingerprint": "text"},
    "heartbeat": {"id": "integer PRIMARY KEY", "at": "timestamptz"},
}
# many small deletes: tidy up by count, not by share of the table; giving the empty end of the file
# back would lock the table against the saves that want to write into it
STORAGE = {
    "change": " WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,"
    " vacuum_truncate = off)"
}
INDEX = "CREATE INDEX IF NOT EXISTS change_uid ON emk.change (uid)"
INTO = "INSERT INTO emk.change(tbl, op, pk, old, new, actor)"
SESSION_ACTOR = "nullif(current_setting('emk.actor', true), '')"  # C22
EVENTS = {
    "insert": "REFERENCING NEW TABLE AS emk_new",
    "update": "REFERENCING OLD TABLE AS emk_old NEW TABLE AS emk_new",
    "delete": "REFERENCING OLD TABLE AS emk_old",
    "truncate": "",
}


def name(identifier: str) -> str:
    """Quote an identifier (C7)."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    quoted = "'" + value.replace("'", "''") + "'"
    return quoted if "\\" not in value else "E" + quoted.replace("\\", "\\\\")


def qualified(shape: TableShape) -> str:
    return f"{name(shape.schema)}.{name(shape.watch.table)}"


def function_name(shape: TableShape, event: str) -> str:
    """Readable, and different for every table although names stop at 63 bytes."""
    whole = f"{shape.schema}.{shape.watch.table}"
    readable = shape.watch.table.encode()[:36].decode(errors="ignore")
    return f"{readable}_{hashlib.sha256(whole.encode()).hexdigest()[:10]}_{event}"


def triggers(shape: TableShape, label: str) -> Iterator[tuple[str, str, str]]:
    """Yield trigger name, CREATE FUNCTION and CREATE TRIGGER."""
    bodies = (
        {"row": _by_row(shape, label)}
        if shape.by_row
        else {
            "insert": _inserted(shape, label, "emk_new n"),
            "update": _updated(shape, label),
            "delete": _deleted(shape, label, "emk_old o"),
        }
    )
    bodies["truncate"] = (
        f"{INTO}\n    SELECT {_label(shape, label)}, 'T', NULL, NULL, NULL, {_actor(shape, None)};"
    )
    for event, body in bodies.items():
        trigger = f"emk_{event}"
        function = function_name(shape, event)
        fires = (
            "INSERT OR UPDATE OR DELETE ON {0} FOR EACH ROW"
            if event == "row"
            else f"{event.upper()} ON {{0}} {EVENTS[event]} FOR EACH STATEMENT"
        )
        yield (
            trigger,
            _function(function, body, label),
            # no UPDATE OF and no WHEN: they would block the business's ALTER TYPE (C19)
            f"CREATE OR REPLACE TRIGGER {trigger} AFTER {fires.format(qualified(shape))}"
            f" EXECUTE FUNCTION emk.{name(function)}()",
        )


def _function(function: str, body: str, label: str) -> str:
    """Wrap the body in the guard.

    After a lock timeout nothing more is tried in the same transaction, so that a thousand rows
    wait once and not a thousand times.
    """
    code = f"""
BEGIN
  IF current_setting('emk.locked', true) = pg_current_xact_id_if_assigned()::text THEN
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT FROM emk.state WHERE lease_until > now()) THEN
    {body}
  END IF;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  BEGIN
    IF SQLSTATE = '55P03' THEN
      PERFORM set_config('emk.locked', pg_current_xact_id()::text, true);
    END IF;
    INSERT INTO emk.miss(tbl, op, reason)
    SELECT {text(label)}, TG_OP, left(SQLSTATE || ' ' || SQLERRM, 500)
    WHERE (SELECT count(*) FROM (SELECT FROM emk.miss LIMIT {MOST_MISSES}) m) < {MOST_MISSES};
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
  RETURN NULL;
END
"""
    tag = "$emk$"
    while tag in code:
        tag = f"{tag[:-1]}_$"
    return (
        f"CREATE OR REPLACE FUNCTION emk.{name(function)}() RETURNS trigger LANGUAGE plpgsql"
        " SECURITY DEFINER\nSET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms'"
        f" AS {tag}{code}{tag}"
    )


def _by_row(shape: TableShape, label: str) -> str:
    old, new = "(SELECT OLD.*) o", "(SELECT NEW.*) n"
    return (
        f"IF TG_OP = 'INSERT' THEN\n    {_inserted(shape, label, new)}\n"
        f"    ELSIF TG_OP = 'DELETE' THEN\n    {_deleted(shape, label, old)}\n"
        f"    ELSE\n    {INTO}\n"
        f"    SELECT {_label(shape, label)}, 'U', {_key(shape, 'n')}, c.ov, c.nv,"
        f" {_actor(shape, 'n')}\n"
        f"    FROM {old}, {new}, LATERAL ({_changed(shape, 'd')}) c WHERE c.nv IS NOT NULL;\n"
        "    END IF;"
    )


def _inserted(shape: TableShape, label: str, source: str) -> str:
    return (
        f"{INTO}\n    SELECT {_label(shape, label)}, 'I', {_key(shape, 'n')}, NULL,"
        f" {_whole(shape, 'n')}, {_actor(shape, 'n')}\n    FROM {source};"
    )


def _deleted(shape: TableShape, label: str, source: str) -> str:
    return (
        f"{INTO}\n    SELECT {_label(shape, label)}, 'D', {_key(shape, 'o')},"
        f" {_whole(shape, 'o')}, NULL, {_actor(shape, None)}\n    FROM {source};"
    )


def _updated(shape: TableShape, label: str) -> str:
    """A changed key has no partner: it comes out as D and I, with whole rows."""
    first = name(shape.key[0])
    came, went = f"o.{first} IS NULL", f"n.{first} IS NULL"
    joined = " AND ".join(_same(key, as_text=key in shape.joins_as_text) for key in shape.key)
    return (
        f"{INTO}\n    SELECT {_label(shape, label)},\n"
        f"      CASE WHEN {came} THEN 'I' WHEN {went} THEN 'D' ELSE 'U' END,\n"
        f"      CASE WHEN {went} THEN {_key(shape, 'o')} ELSE {_key(shape, 'n')} END,\n"
        f"      CASE WHEN {came} THEN NULL ELSE c.ov END,"
        f" CASE WHEN {went} THEN NULL ELSE c.nv END,\n"
        f"      CASE WHEN {went} THEN {_actor(shape, None)} ELSE {_actor(shape, 'n')} END\n"
        f"    FROM emk_old o FULL JOIN emk_new n ON {joined},\n"
        f"    LATERAL ({_changed(shape, f'd OR {came} OR {went}')}) c WHERE c.nv IS NOT NULL;"
    )


def _same(key: str, *, as_text: bool) -> str:
    cast = '::text COLLATE "C"' if as_text else ""
    return f"o.{name(key)}{cast} = n.{name(key)}{cast}"


def _label(shape: TableShape, label: str) -> str:
    """A table renamed away says its new name; a partition says its parent's."""
    if shape.by_row:
        return text(label)
    return (
        f"CASE WHEN TG_TABLE_NAME = {text(shape.watch.table)} THEN {text(label)}"
        " ELSE TG_TABLE_NAME END"
    )


def _actor(shape: TableShape, side: str | None) -> str:
    """The session says it, or the row; a deleted row does not know who deleted it (C22)."""
    if side is None or shape.watch.actor is None:
        return f"left({SESSION_ACTOR}, {LONGEST_ACTOR})"
    column = f"{side}.{name(shape.watch.actor)}::text"
    return f"left(coalesce({SESSION_ACTOR}, {column}), {LONGEST_ACTOR})"


def _key(shape: TableShape, side: str) -> str:
    pairs = ", ".join(f"{text(key)}, {side}.{name(key)}" for key in shape.key)
    return f"jsonb_build_object({pairs})"


def _whole(shape: TableShape, side: str) -> str:
    """VALUES, as jsonb_build_object() stops at 100 arguments (C6)."""
    if not shape.columns:
        return "'{}'::jsonb"
    cells = ",\n      ".join(f"({text(c.name)}, {_cell(c, side)})" for c in shape.columns)
    return f"(SELECT jsonb_object_agg(k, v) FROM (VALUES\n      {cells}) v(k, v))"


def _changed(shape: TableShape, condition: str) -> str:
    if not shape.columns:
        return "SELECT NULL::jsonb AS ov, NULL::jsonb AS nv"
    cells = ",\n      ".join(
        f"({text(c.name)}, {_cell(c, 'o')}, {_cell(c, 'n')}, {_differs(c)})" for c in shape.columns
    )
    return (
        "SELECT jsonb_object_agg(k, ov) AS ov, jsonb_object_agg(k, nv) AS nv FROM (VALUES\n"
        f"      {cells}) v(k, ov, nv, d) WHERE {condition}"
    )


def _cell(column: Column, side: str) -> str:
    value = f"{side}.{name(column.name)}"
    if column.is_secret:
        return f"CASE WHEN {value} IS NULL THEN NULL ELSE to_jsonb({text(MASK)}::text) END"
    if column.fixed:
        return f"to_jsonb({value})"
    size = f"octet_length({value}::text)"
    # json may hold escapes that jsonb refuses: it is noted as the text it is
    noted = f"{value}::text" if column.type == "json" else value
    return (
        f"CASE WHEN {size} > {LONGEST_TEXT} THEN jsonb_build_object('cut', {size})"
        f" ELSE to_jsonb({noted}) END"
    )


def _differs(column: Column) -> str:
    """Binary, not by collation (C5); json has no equality, so what varies is compared as text."""
    old, new = f"o.{name(column.name)}", f"n.{name(column.name)}"
    if column.fixed:
        return f"to_jsonb({old}) IS DISTINCT FROM to_jsonb({new})"
    return f'{old}::text COLLATE "C" IS DISTINCT FROM {new}::text COLLATE "C"'
