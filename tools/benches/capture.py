"""What capture costs the business system: an insert, and a change of 10 000 rows at once."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benches.pairs import Figure, Other, alternate
from emailketing.sources.capture.base import WatchedTable
from emailketing.sources.dialects.connect import open_engine
from emailketing.sources.dialects.registry import dialect_of

ROWS = 400
MANY = 10_000
TABLE = (
    "CREATE TABLE {name} (id INTEGER PRIMARY KEY, number TEXT, party TEXT, day TEXT, state TEXT,"
    " note TEXT, net NUMERIC, tax NUMERIC, total NUMERIC)"
)
INSERT = "INSERT INTO {name} VALUES ({marks})"


class Till:
    """A business program that saves row after row, each in a transaction of its own."""

    def __init__(self, business: Any, mark: str) -> None:
        self._business = business
        self._marks = ", ".join([mark] * 9)
        self._next = 0

    def microseconds(self, table: str) -> float:
        statement = INSERT.format(name=table, marks=self._marks)
        began = time.perf_counter()
        for _ in range(ROWS):
            self._next += 1
            row = (self._next, f"OC-{self._next}", "Distribuidora del Sur S.A.", "2026-11-24")
            self._business.execute(statement, (*row, "confirmed", "30 días", 1000, 100, 1100))
        return (time.perf_counter() - began) / ROWS * 1e6

    def fill(self, table: str) -> None:
        """Bring the table to exactly so many rows."""
        self._business.execute(f"DELETE FROM {table}")  # noqa: S608
        self._business.execute("BEGIN")
        statement = INSERT.format(name=table, marks=self._marks)
        for number in range(MANY):
            row = (number, f"P-{number}", "Gasoil", "2026-11-24")
            self._business.execute(statement, (*row, "activo", "", 1000, 100, 1100))
        self._business.execute("COMMIT")

    def change_all(self, table: str) -> float:
        """Raise every price in one statement, as an import of prices does; µs per row."""
        began = time.perf_counter()
        self._business.execute(f"UPDATE {table} SET total = total + 1")  # noqa: S608
        return (time.perf_counter() - began) / MANY * 1e6


def figures(folder: Path, server: str | None) -> Iterator[Figure]:
    yield from on_sqlite(folder)
    if server:
        yield from on_postgresql(server)


def on_sqlite(folder: Path) -> list[Figure]:
    path = folder / "business.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as business:
        business.execute("PRAGMA journal_mode=WAL")
        engine = open_engine("sqlite", database=str(path))
        found = measure("capture on SQLite", business, engine, "?")
        engine.dispose()
    return found


def on_postgresql(server: str) -> list[Figure]:
    import psycopg

    name = "emailketing_bench_business"
    place = urlsplit(server)
    with psycopg.connect(server, autocommit=True) as root:
        root.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        root.execute(f"CREATE DATABASE {name}")
    address = server.rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(address, autocommit=True) as business:
        engine = open_engine(
            "postgresql",
            host=place.hostname or "127.0.0.1",
            port=place.port or 5432,
            database=name,
            username=place.username or "postgres",
            password="",
        )
        found = measure("capture on PostgreSQL", business, engine, "%s")
        engine.dispose()
    return found


def measure(name: str, business: Any, engine: Any, mark: str) -> list[Figure]:
    for table in ("watched", "unwatched"):
        business.execute(TABLE.format(name=table))
    till = Till(business, mark)
    dialect = dialect_of(engine)
    with engine.connect() as ours:
        dialect.install(ours, [WatchedTable("watched")], identity_id="bench")

        def captured(took: float, rows: int) -> float:
            changes = dialect.read(ours, limit=2 * MANY).changes
            if len(changes) != rows:
                raise SystemExit(f"{name}: {rows} rows saved, {len(changes)} captured.")
            dialect.forget(ours, [change.uid for change in changes])
            return took

        one = alternate(
            lambda: captured(till.microseconds("watched"), ROWS),
            Other(
                name=name,
                versus="the same insert without triggers",
                measure=lambda: till.microseconds("unwatched"),
            ),
            unit="µs per row",
        )
        for table in ("watched", "unwatched"):
            till.fill(table)
        dialect.forget(ours, [c.uid for c in dialect.read(ours, limit=3 * MANY).changes])
        many = alternate(
            lambda: captured(till.change_all("watched"), MANY),
            Other(
                name=f"{name}: 10 000 rows changed at once",
                versus="the same change without triggers",
                measure=lambda: till.change_all("unwatched"),
            ),
            unit="µs per row",
        )
        return [*one, *many]
