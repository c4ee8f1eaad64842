"""What a fixture writes, made once and put back at once: rows of our own database, and files.

Hundreds of tests begin with the same company. On SQLite its rows are kept as they are and written
back by plain statements, its files lie in one folder that is copied back; on PostgreSQL it is
made anew each time.
"""

import copy
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.db import connection

T = TypeVar("T")
Rows = dict[str, list[tuple[Any, ...]]]  # table → its rows
STALE_AFTER = 120.0  # seconds: pages compare with the clock, and say “3 minutes ago”


@dataclass
class Moment:
    """The time for which everything is made; it goes on in steps, so that much is made once."""

    at: datetime | None = None
    seen: float = 0.0

    def now(self) -> datetime:
        if self.at is None or time.monotonic() - self.seen >= STALE_AFTER:
            self.at, self.seen = datetime.now(UTC), time.monotonic()  # noqa: TID251 - as pages do
        return self.at


def _rows() -> Rows:
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = cursor.fetchall()
        return found


def _write(rows: Rows) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")
        triggering = {name for (name,) in cursor.fetchall()}
        # what triggers write is replaced in its turn: it comes after them
        for table in sorted(rows, key=lambda table: table not in triggering):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
            if rows[table]:
                places = ", ".join(["%s"] * len(rows[table][0]))
                insert = f"INSERT INTO {connection.ops.quote_name(table)} VALUES ({places})"  # noqa: S608
                cursor.executemany(insert, rows[table])


@dataclass
class Snapshot(Generic[T]):
    """One thing that tests begin with.

    Attributes:
        make: makes it in an empty database, with its files in this folder, for this moment.
        let_go: closes what holds its files open.
    """

    make: Callable[[Path, datetime], T]
    let_go: Callable[[], None] = lambda: None
    _home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="snapshot-")))
    _began: tuple[datetime, Rows] | None = None
    _made: Any = None
    _rows: Rows = field(default_factory=dict)

    @property
    def _kept(self) -> Path:
        return self._home / "kept"

    @property
    def folder(self) -> Path:
        """Where its files lie, in every test the same place."""
        return self._home / "used"

    def put(self, now: datetime) -> T:
        """Make it, or put it back where it was made for this moment and this database already."""
        self.let_go()
        shutil.rmtree(self.folder, ignore_errors=True)
        if connection.vendor != "sqlite":
            self.folder.mkdir()
            return self.make(self.folder, now)
        before = _rows()
        if self._began == (now, before):
            _write(self._rows)
            shutil.copytree(self._kept, self.folder)
            return copy.deepcopy(self._made)  # type: ignore[no-any-return]
        self.folder.mkdir()
        made = self.make(self.folder, now)
        self.let_go()
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self.folder, self._kept)
        self._rows = {name: rows for name, rows in _rows().items() if rows != before[name]}
        self._began, self._made = (now, before), copy.deepcopy(made)
        return made
