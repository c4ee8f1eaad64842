"""Reading a whole SQLite table as its inserts would be noted, in pieces that block nobody (C12)."""

# ruff: noqa: S608 - generating SQL is the task; names and values pass through name() and text()

from collections.abc import Iterator
from typing import TYPE_CHECKING

from emailketing.common.plain import JSON
from emailketing.sources.capture.base import Row, TableShape
from emailketing.sources.capture.errors import DatabaseBusy, NoKey
from emailketing.sources.dialects.sqlite import plan as plans
from emailketing.sources.dialects.sqlite import sql
from emailketing.sources.dialects.sqlite.values import literals, rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

PIECE = 500  # rows: a few milliseconds, and the lock is gone


def pieces(connection: "Connection", shape: TableShape) -> Iterator[list[tuple[Row, Row]]]:
    """Yield all rows, each piece read at once and the lock given back.

    Raises:
        NoKey: row numbers are no key: they change when the table is copied.
        DatabaseBusy: the tables were altered meanwhile; row numbers may have moved.
    """
    if shape.has_rowid:
        raise NoKey(table=shape.watch.label)
    order = _order(connection, shape)
    query = _query(shape, order)
    scheme = _scheme(connection)
    connection.rollback()
    last: list[JSON] | None = None
    while True:
        where = "" if last is None else f" WHERE ({', '.join(order)}) > ({_marks(order)})"
        found = connection.exec_driver_sql(
            f"{query}{where} ORDER BY {', '.join(order)} LIMIT {PIECE}", tuple(last or ())
        ).all()
        has_moved = _scheme(connection) != scheme
        connection.rollback()
        if has_moved:
            raise DatabaseBusy
        if not found:
            return
        last = list(found[-1][2:])
        yield [(_key(row.pk), rows(row.cells, "I")[1] or {}) for row in found]


def _query(shape: TableShape, order: list[str]) -> str:
    cells = sql.whole(shape)
    places = "".join(f", {column}" for column in order)
    return (
        f"SELECT {sql.key(shape, 'NEW')} AS pk, {cells} AS cells{places}"
        f" FROM {sql.name(shape.watch.table)} AS NEW"
    )


def _order(connection: "Connection", shape: TableShape) -> list[str]:
    """By row number where there is one: a key may be NULL in SQLite, and sorts by its collation."""
    info = connection.exec_driver_sql(f"PRAGMA table_list({sql.name(shape.watch.table)})").first()
    columns = connection.exec_driver_sql(f"PRAGMA table_xinfo({sql.name(shape.watch.table)})")
    taken = [row.name for row in columns]
    number = plans.row_number(taken)
    if info is not None and not info.wr and number != tuple(taken):
        return [f"NEW.{number[0]}"]
    return [f"NEW.{sql.name(column)}" for column in shape.key]


def _marks(order: list[str]) -> str:
    return ", ".join("?" for _ in order)


def _scheme(connection: "Connection") -> int:
    return int(connection.exec_driver_sql("PRAGMA schema_version").scalar_one())


def _key(written: str) -> Row:
    values = list(literals(written))
    return {str(k): v for k, v in zip(values[::2], values[1::2], strict=True)}
