"""How a value leaves its column in PostgreSQL: never through code that is not PostgreSQL's own.

Whoever owns a type may define casts and operators for it, and our functions would run them. So a
value of a type outside `pg_catalog` is touched by one thing alone, the output function of its
type: `format('%s', …)`; `::text`, `to_jsonb`, `=` would look for his. What comes out is text, and
from there on everything is PostgreSQL's. Columns of types inside `pg_catalog` are used as they are;
that they still have that type is asked before each statement is even planned (`fits`).
"""

# ruff: noqa: S608 - generating SQL is the task; names and values pass through name() and text()

from emailketing.sources.capture.base import (
    LONGEST_ACTOR,
    LONGEST_TEXT,
    MASK,
    CapturedColumn,
    TableShape,
)

CLAIM = f"left(nullif(current_setting('emk.actor', true), ''), {LONGEST_ACTOR})"  # C22


def name(identifier: str) -> str:
    """Quote an identifier (C7)."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    quoted = "'" + value.replace("'", "''") + "'"
    return quoted if "\\" not in value else "E" + quoted.replace("\\", "\\\\")


def value(column: CapturedColumn, side: str) -> str:
    """Return the value as something of `pg_catalog`: itself, or as it is written out."""
    own = f"{side}.{name(column.name)}"
    if column.oid:
        return own
    # not IS NULL: that is true of a composite value of nothing but nulls
    written = f"CASE WHEN {own} IS DISTINCT FROM NULL THEN format('%s', {own}) END"
    return f"({written})" if column.is_foreign else f"({written})::{column.type}"


def as_text(column: CapturedColumn, side: str) -> str:
    written = value(column, side)
    return written if column.is_foreign else f"{written}::text"


def fits(shape: TableShape, side: str) -> str:
    """Whether each column still is of the type this was written for.

    Asked in a statement of its own: planning alone may run code of an immutable cast.
    """
    known = {c.name: c.oid for c in (*shape.columns, *shape.helpers) if c.oid}
    if not known:
        return "true"
    types = ", ".join(f"pg_typeof({side}.{name(column)})" for column in known)
    wanted = ",".join(str(oid) for oid in known.values())
    return f"ARRAY[{types}] = '{{{wanted}}}'::regtype[]"


def asked(shape: TableShape) -> list[str]:
    """Return the columns that `fits` asks for."""
    return list(dict.fromkeys(c.name for c in (*shape.columns, *shape.helpers) if c.oid))


def same(shape: TableShape, key: str) -> str:
    column = helper(shape, key)
    if column.oid:
        return f"o.{name(key)} = n.{name(key)}"
    return f'{as_text(column, "o")} COLLATE "C" = {as_text(column, "n")} COLLATE "C"'


def helper(shape: TableShape, column: str) -> CapturedColumn:
    return next(found for found in shape.helpers if found.name == column)


def who(shape: TableShape, side: str | None) -> str:
    return f"{actor(shape, side)}, {CLAIM}"


def actor(shape: TableShape, side: str | None) -> str:
    """What the row says; a deleted row does not know who deleted it (C22)."""
    if side is None or shape.watch.actor is None:
        return "NULL"
    return f"left({as_text(helper(shape, shape.watch.actor), side)}, {LONGEST_ACTOR})"


def key(shape: TableShape, side: str) -> str:
    """A row without a key is named by its columns (C8)."""
    if not shape.key:
        return whole(shape, side)
    pairs = ", ".join(f"{text(k)}, {value(helper(shape, k), side)}" for k in shape.key)
    return f"jsonb_build_object({pairs})"


def whole(shape: TableShape, side: str) -> str:
    """VALUES, as jsonb_build_object() stops at 100 arguments (C6)."""
    if not shape.columns:
        return "'{}'::jsonb"
    cells = ",\n      ".join(f"({text(c.name)}, {cell(c, side)})" for c in shape.columns)
    return f"(SELECT jsonb_object_agg(k, v) FROM (VALUES\n      {cells}) v(k, v))"


def changed(shape: TableShape, condition: str) -> str:
    if not shape.columns:
        return "SELECT NULL::jsonb AS ov, NULL::jsonb AS nv"
    cells = ",\n      ".join(
        f"({text(c.name)}, {cell(c, 'o')}, {cell(c, 'n')}, {differs(c)})" for c in shape.columns
    )
    return (
        "SELECT jsonb_object_agg(k, ov) AS ov, jsonb_object_agg(k, nv) AS nv FROM (VALUES\n"
        f"      {cells}) v(k, ov, nv, d) WHERE {condition}"
    )


def cell(column: CapturedColumn, side: str) -> str:
    if column.is_secret:
        own = f"{side}.{name(column.name)}"
        return f"CASE WHEN {own} IS DISTINCT FROM NULL THEN to_jsonb({text(MASK)}::text) END"
    found = value(column, side)
    if column.fixed:
        return f"to_jsonb({found})"
    size = f"octet_length({as_text(column, side)})"
    # json may hold escapes that jsonb refuses: it is noted as the text it is
    noted = as_text(column, side) if column.type == "json" else found
    return (
        f"CASE WHEN {size} > {LONGEST_TEXT} THEN jsonb_build_object('cut', {size})"
        f" ELSE to_jsonb({noted}) END"
    )


def differs(column: CapturedColumn) -> str:
    """Binary, not by collation (C5); json has no equality, so what varies is compared as text."""
    if column.fixed:
        return f"to_jsonb({value(column, 'o')}) IS DISTINCT FROM to_jsonb({value(column, 'n')})"
    old, new = as_text(column, "o"), as_text(column, "n")
    return f'{old} COLLATE "C" IS DISTINCT FROM {new} COLLATE "C"'
