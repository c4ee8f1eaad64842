"""A business database as a test sees it: the program's connection, and ours beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection, Engine

from emailketing.sources.capture.base import Health, RowChange, WatchedTable
from emailketing.sources.dialects.base import Dialect
from emailketing.sources.dialects.connect import open_engine


class Business(Protocol):
    """What the tests need of sqlite3.Connection and psycopg.Connection."""

    def execute(self, query: Any, params: Any = ..., /) -> Any: ...


@dataclass
class Site:
    """A business database: `business` is the program's connection, `ours` the puller's."""

    dialect: Dialect
    engine: Engine
    business: Business
    ours: Connection
    place: str  # file or database name
    watches: list[WatchedTable] = field(default_factory=list)

    @property
    def is_sqlite(self) -> bool:
        return self.dialect.name == "sqlite"

    @property
    def mark(self) -> str:
        return "?" if self.is_sqlite else "%s"

    def watch(self, *watches: WatchedTable) -> None:
        self.watches = list(watches)
        self.dialect.install(self.ours, self.watches, identity_id="here")

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.business.execute(statement)

    def insert(self, table: str, *values: object) -> None:
        marks = ", ".join(self.mark for _ in values)
        self.business.execute(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608

    def changes(self, limit: int = 10_000) -> list[RowChange]:
        block = self.dialect.read(self.ours, limit=limit)
        assert block.unreadable == []
        return block.changes

    def take(self) -> list[RowChange]:
        """Read everything and forget it."""
        changes = self.changes()
        self.dialect.forget(self.ours, [change.uid for change in changes])
        return changes

    def ops(self) -> str:
        return "".join(change.op for change in self.take())

    def health(self) -> Health:
        return self.dialect.inspect(self.ours, self.watches)

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.business.execute(query, parameters).fetchall()]


def engine_at(address: str, *, username: str | None = None) -> Engine:
    place = psycopg.conninfo.conninfo_to_dict(address)
    return open_engine(
        "postgresql",
        host=str(place["host"]),
        port=int(place["port"] or 5432),
        database=str(place["dbname"]),
        username=username or str(place["user"]),
        password=str(place.get("password") or ""),
    )
