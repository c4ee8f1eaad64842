"""The SQL that is left in an SQLite business database.

SQLite cannot catch an error in a trigger (C11), and the library that runs it is the business
program's own, perhaps old. So: core functions only (C6), tables without anything that can fail
(C2), and no AUTOINCREMENT either: it fails when its numbers are used up and leaves the table
`sqlite_sequence` behind. A row number may thus come back after our delete; the random half of the
uid tells the two changes apart.
"""

# ruff: noqa: S608 - generating SQL is the task; names and values pass through name() and text()

from collections.abc import Iterator, Sequence

from emailketing.sources.capture.base import (
    LONGEST_ACTOR,
    LONGEST_TEXT,
    MASK,
    CapturedColumn,
    TableShape,
)

CHANGE = "emk_no_borrar_change"  # the names warn whoever tidies up (C11)
STATE = "emk_no_borrar_state"
PULSE = "emk_no_borrar_heartbeat"
TRIGGER = "emk_no_borrar_on_"

COLUMNS = {
    CHANGE: ("id", "uid", "at", "tbl", "op", "pk", "cells", "actor"),
    STATE: ("id", "name", "value"),
    PULSE: ("id", "at"),
}
TABLES = {
    table: f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {', '.join(names[1:])})"
    for table, names in COLUMNS.items()
}
LEASE_ID = 1  # the row of STATE that holds the lease: found by number, for every captured row
CLOCK = "strftime('%Y-%m-%d %H:%M:%f','now')"  # UTC, milliseconds; compares as text
MARKS_ID = 4  # our mark: how far the reader has come, and whose it is
WORDS = {"I": "INSERT", "U": "UPDATE", "D": "DELETE"}


def name(identifier: str) -> str:
    """Quote an identifier (C7)."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def trigger_name(table: str, op: str) -> str:
    return f"{TRIGGER}{table}_{op}"


def triggers(shape: TableShape, label: str) -> Iterator[tuple[str, str]]:
    """Yield name and CREATE TRIGGER of each trigger; `label` is what a change calls its table."""
    for op in WORDS:
        trigger = trigger_name(shape.watch.table, op)
        yield trigger, _trigger(shape, op, trigger, label)


def _trigger(shape: TableShape, op: str, trigger: str, label: str) -> str:
    side = "OLD" if op == "D" else "NEW"
    columns = [column.name for column in shape.columns]
    values = [
        text(label),
        text(op),
        key(shape, side),
        _tree([_cell(column, op) for column in shape.columns], "||") if columns else "''",
        _actor(shape, op),
    ]
    return (
        f"CREATE TRIGGER {name(trigger)} AFTER {WORDS[op]} ON {name(shape.watch.table)}"
        f" FOR EACH ROW{_when(columns, op)}\nBEGIN\n"
        f"  INSERT INTO {CHANGE}(uid, at, tbl, op, pk, cells, actor)\n"
        f"  SELECT hex(randomblob(8)), {CLOCK}, {', '.join(values)}\n"
        f"  WHERE (SELECT value FROM {STATE} WHERE id = {LEASE_ID}) > {CLOCK};\nEND"
    )


def key(shape: TableShape, side: str) -> str:
    return "||','||".join(_key(column, side) for column in shape.key)


def whole(shape: TableShape) -> str:
    """Return every column noted of a row called NEW."""
    return _tree([_cell(column, "I") for column in shape.columns], "||") if shape.columns else "''"


def _when(columns: Sequence[str], op: str) -> str:
    """An update in which nothing watched changed writes nothing (C4)."""
    if op != "U":
        return ""
    return f"\nWHEN {_tree([_differs(c) for c in columns], 'OR') if columns else '0'}"


def _differs(column: str) -> str:
    return f"OLD.{name(column)} COLLATE BINARY IS NOT NEW.{name(column)}"  # C5


def _cell(noted: CapturedColumn, op: str) -> str:
    """Text: the column's name, then its value before, after or both, each followed by a comma."""
    column, write = noted.name, _masked if noted.is_secret else _noted
    label = text(text(column) + ",")
    old, new = write(f"OLD.{name(column)}"), write(f"NEW.{name(column)}")
    if op == "I":
        return f"{label}||{new}||','"
    if op == "D":
        return f"{label}||{old}||','"
    return f"CASE WHEN {_differs(column)} THEN {label}||{old}||','||{new}||',' ELSE '' END"


def _masked(value: str) -> str:
    return f"CASE WHEN {value} IS NULL THEN 'NULL' ELSE {text(text(MASK))} END"


def _noted(value: str) -> str:
    """Binary, long and NUL-bearing values (quote() would cut them) by their length (C4)."""
    size = f"length(CAST({value} AS BLOB))"
    return (
        f"CASE WHEN typeof({value})='blob' OR {size}>{LONGEST_TEXT} OR instr({value},char(0))"
        f" THEN '~'||{size} ELSE quote({value}) END"
    )


def _key(column: str, side: str) -> str:
    """Name and value; a key is never cut, one with a NUL inside goes as hexadecimal."""
    value = f"{side}.{name(column)}"
    return (
        f"{text(text(column) + ',')}||CASE WHEN typeof({value})='text' AND instr({value},char(0))"
        f" THEN quote(CAST({value} AS BLOB)) ELSE quote({value}) END"
    )


def _actor(shape: TableShape, op: str) -> str:
    """Return who saved the row; a deleted row does not say who deleted it (C22)."""
    column = shape.watch.actor
    if column is None or op == "D":
        return "NULL"
    return f"substr(CAST(NEW.{name(column)} AS TEXT),1,{LONGEST_ACTOR})"


def _tree(parts: Sequence[str], operator: str) -> str:
    """Join as a balanced tree: SQLite stops at an expression depth of 1 000 (C6)."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return f"({_tree(parts[:half], operator)} {operator} {_tree(parts[half:], operator)})"
