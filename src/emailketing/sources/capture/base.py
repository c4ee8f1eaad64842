"""The words of capture: what is watched, what changed, how it is. All times are aware UTC."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import islice
from typing import Literal, TypeAlias

from emailketing.common.plain import JSON
from emailketing.sources.capture.errors import ColumnNotFound
from emailketing.sources.capture.mark import SourceMark

Row: TypeAlias = dict[str, JSON]  # as it was captured
Operation = Literal["I", "U", "D", "T"]

HEARTBEAT = "emk.heartbeat"  # what `Change.table` says when our own heartbeat row changed (C23)
FOUND = "gap-"  # what the uid of a change begins with that was found by comparing
LEASE = timedelta(days=30)  # C3
LONGEST_TEXT = 4_000  # bytes; longer values are noted as {"cut": bytes} (C4)
LONGEST_ACTOR = 150  # characters
SWITCHED_OFF = "switched off"  # in `Health.unseen`: not so everywhere, somebody did it
MASK = "••••"  # what stands for the value of a secret column: it never leaves its table (S22)
FORGET_BLOCK = 500  # rows per delete: the lock is held for less than a millisecond (C12)
GENERATION = 4  # raise it when the generated triggers change: installed ones then count as drifted


@dataclass(frozen=True, slots=True)
class WatchedTable:
    """One table to watch.

    `ignore` holds column names or patterns ("*_cache"), in any letter case; `actor` names the
    column that holds who saved the row. Without `schema` the dialect's usual one is meant.
    """

    table: str
    ignore: tuple[str, ...] = ()
    actor: str | None = None
    schema: str | None = None
    secret: tuple[str, ...] = ()  # noted as changed, without the value

    @classmethod
    def named(cls, name: str, ignore: tuple[str, ...] = ()) -> "WatchedTable":
        """Watch “pedido”, or “ventas.pedido”: then the table stands in that schema."""
        schema, dot, table = name.partition(".")
        if dot and schema and table and "." not in table:
            return cls(table, ignore, schema=schema)
        return cls(name, ignore)

    @property
    def label(self) -> str:
        """What `Change.table` says."""
        return f"{self.schema}.{self.table}" if self.schema else self.table

    def ignores(self, column: str) -> bool:
        return matches(column, self.ignore)

    def hides(self, column: str) -> bool:
        return matches(column, self.secret)


def matches(column: str, patterns: Collection[str]) -> bool:
    return bool(patterns) and _matches(column, tuple(patterns))


@lru_cache(maxsize=4096)  # asked for each value of each row
def _matches(column: str, patterns: tuple[str, ...]) -> bool:
    name = column.casefold()
    return any(fnmatchcase(name, pattern.casefold()) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class CapturedColumn:
    """A column as the triggers see it. `type` is the declared type in the database's own words."""

    name: str
    type: str
    fixed: bool = False  # a type of bounded size (PostgreSQL): never cut
    is_secret: bool = False  # that it changed is noted, its value is not
    oid: int = 0  # PostgreSQL: its type when that is one of pg_catalog's own
    is_foreign: bool = False  # PostgreSQL: not even what it is made of is pg_catalog's own


@dataclass(frozen=True, slots=True)
class TableShape:
    """A watched table as it stands: its key, the columns noted, and how its triggers must fire."""

    watch: WatchedTable
    schema: str
    key: tuple[str, ...]  # empty on PostgreSQL, the rowid's name on SQLite, if there is none (C8)
    columns: tuple[CapturedColumn, ...]  # without ignored, generated and binary ones
    by_row: bool  # row triggers; otherwise statement triggers with transition tables (C9)
    helpers: tuple[
        CapturedColumn, ...
    ] = ()  # PostgreSQL: the columns of key and actor, also if ignored
    has_rowid: bool = False  # the key is SQLite's own row number

    @property
    def fingerprint(self) -> str:
        """Changes when the columns, the way of watching or our generator change (C19)."""
        facts = [GENERATION, self.schema, self.watch.table, self.watch.actor, self.key, self.by_row]
        columns = [[c.name, c.type, *(["secret"] * c.is_secret)] for c in self.columns]
        return hashlib.sha256(json.dumps([facts, columns]).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One captured change; `uid` is its key for us, for ever.

    When a table was emptied at once, `old` holds about how many "rows" it had, if that is known.

    Values are JSON: a number when it holds the value exactly, otherwise a string with every digit;
    {"cut": n} stands for n bytes not noted. `old` and `new` hold the changed columns of an update,
    the whole row of a delete (old) and of an insert (new), without ignored and binary columns.
    `key` names the row; without a key it is SQLite's row number or the whole row, after an update
    as it is then (C8).
    `order` rises within a block; it is a hint, not a key.
    """

    uid: str
    order: int
    transaction: str
    at: datetime
    table: str
    op: Operation
    key: Row
    old: Row | None
    new: Row | None
    actor: str | None  # who saved it, as the row says
    db_user: str | None
    application: str | None
    claim: str | None = None  # who saved it, as the session says of itself: anybody may say so

    @property
    def is_heartbeat(self) -> bool:
        return self.table == HEARTBEAT

    @property
    def is_found(self) -> bool:
        """Nobody noted it: found by comparing a table with its picture, so without author."""
        return self.uid.startswith(FOUND)


@dataclass(slots=True)
class ChangeBlock:
    """Changes in the order they happened, and the business database's own clock."""

    changes: list[RowChange]
    now: datetime
    unreadable: list[str] = field(default_factory=list)  # rows nobody of ours wrote: log, forget
    mark: SourceMark = field(default_factory=SourceMark)
    # SQLite: differs when somebody altered tables or triggers; a look at everything is due then
    scheme: object | None = None
    is_unmarked: bool = False  # our lease or mark is gone: nothing is noted until it is mended


@dataclass(frozen=True, slots=True)
class Miss:
    """A change that was saved but could not be captured as it should, and the database's reason."""

    at: datetime
    table: str
    op: str
    reason: str
    noted: int | None = None  # so many rows were noted all the same (PostgreSQL)


@dataclass(frozen=True, slots=True)
class TableMisses:
    """All misses of one table (PostgreSQL)."""

    table: str
    first: datetime
    last: datetime
    lost: int  # statements of which nothing was noted
    noted: int  # rows noted all the same, as the table stands now
    reason: str  # the first one
    is_capped: bool  # there may have been more


@dataclass(slots=True)
class Health:
    """How capture is, in the business database's own words (C23)."""

    installed: bool
    now: datetime
    waiting: int = 0  # counted up to `MOST_COUNTED`
    oldest_at: datetime | None = None
    misses: list[Miss] = field(default_factory=list)  # the newest
    missed: list[TableMisses] = field(default_factory=list)
    lease_until: datetime | None = None
    heartbeat_sent: datetime | None = None
    heartbeat_seen: datetime | None = None
    unseen: list[tuple[str, str]] = field(default_factory=list)  # what no trigger sees, and where
    missing: list[str] = field(default_factory=list)  # tables or their triggers are gone or off
    drifted: list[str] = field(default_factory=list)  # columns changed since the install
    damaged: list[str] = field(default_factory=list)  # our own tables, dropped or altered
    own: dict[str, str] = field(default_factory=dict)  # facts of this kind: `Dialect.remarks`
    lost_secrets: list[str] = field(default_factory=list)  # "t.pin": renamed? it would be noted
    runs_as: list[str] = field(default_factory=list)  # PostgreSQL: whose rights the triggers have
    blocking: bool = False  # SQLite: the business may be unable to save: repair at once (C11)

    @property
    def needs_repair(self) -> bool:
        return bool(self.missing or self.drifted or self.damaged)


MOST_COUNTED = 100_000


def is_named_by_database(transaction: str) -> bool:
    """Say whether it certainly is one transaction: PostgreSQL numbers them.

    On SQLite it only is a run of neighbours in time, perhaps of several people: it may decide what
    is told together, never who did it (C16, C22).
    """
    return transaction.isdigit()


def noted(watch: WatchedTable, names: Sequence[str], key: Sequence[str]) -> list[str]:
    """Return the columns to note: the key's always, the others unless ignored.

    Raises:
        ColumnNotFound: the table has no such actor column.
    """
    if watch.actor is not None and watch.actor not in names:
        raise ColumnNotFound(table=watch.label, column=watch.actor)
    return [name for name in names if name in key or not watch.ignores(name)]


def lost_secrets(shape: TableShape) -> list[str]:
    """Return the columns the connector calls secret, by name, that are not there."""
    names = {column.name.casefold() for column in shape.columns}
    named = [secret for secret in shape.watch.secret if not set(secret) & set("*?[")]
    return [secret for secret in named if secret.casefold() not in names]


def blocks(uids: Sequence[str]) -> Iterator[list[str]]:
    remaining = iter(uids)
    while block := list(islice(remaining, FORGET_BLOCK)):
        yield block
