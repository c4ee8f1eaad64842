"""What a source needs from one kind of business database.

Connections are SQLAlchemy Core connections outside any transaction: a method that writes commits
its own small transactions, a method that reads leaves none open (C12). All times are aware UTC.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection, Engine

from emailketing.sources.capture.base import Block, Health, Row, TableShape, Watch
from emailketing.sources.capture.mark import Mark


@dataclass(frozen=True, slots=True)
class Login:
    """Where a source's database is, and the account that reads it."""

    database: str
    host: str = ""
    port: int | None = None
    username: str = ""
    password: str = field(default="", repr=False)


class Dialect(ABC):
    """One kind of business database. A folder beside this file holds it, and nothing else does."""

    name: ClassVar[str]  # also that of its folder, and in the files of connectors

    @abstractmethod
    def engine(self, login: Login, *, timeout: float) -> Engine:
        """Return an engine that is not connected yet.

        Its connections raise `ConnectionFailed` (or `DatabaseBusy`) with a sentence for the
        operator, also later, when one has to be opened anew. `timeout` counts in seconds, for
        connecting only.

        Raises:
            DriverMissing: the driver is an extra that is not installed.
        """

    @abstractmethod
    def describe(self, connection: Connection, watch: Watch) -> TableShape:
        """Read the table as it stands.

        Raises:
            UnsuitableTable: there is no such table or actor column, or it is too wide.
        """

    @abstractmethod
    def plan(
        self,
        connection: Connection,
        watches: Sequence[Watch],
        *,
        identity_id: str,
        puller: str | None = None,
    ) -> list[str]:
        """Return the statements that install or renew capture; running them twice is fine.

        Tables no longer in `watches` lose their triggers. `identity_id` is the random id that is
        kept in both places (C20), `puller` the database role that reads (PostgreSQL).
        """

    @abstractmethod
    def removal(self, connection: Connection) -> list[str]:
        """Return the statements that remove us without a trace: triggers first, tables last."""

    @abstractmethod
    def script(self, statements: Sequence[str]) -> str:
        """Return the statements as one transaction, to be run by a DBA with the usual client."""

    @abstractmethod
    def install(
        self,
        connection: Connection,
        watches: Sequence[Watch],
        *,
        identity_id: str,
        puller: str | None = None,
    ) -> None:
        """Carry out the plan, all or nothing, never making the business wait for long (C13).

        Raises:
            DatabaseBusy: a table stayed locked by others; nothing was changed.
            MissingRights: the account may not create triggers.
        """

    @abstractmethod
    def repair(
        self, connection: Connection, watches: Sequence[Watch], *, identity_id: str | None = None
    ) -> None:
        """Make tables and triggers as they should be; changes waiting are kept (C11, C19).

        Without `identity_id` the one in the database stays as it is, if it is still there.
        """

    @abstractmethod
    def remove(self, connection: Connection) -> None:
        """Carry out the removal, all or nothing. Changes not read yet are gone with it."""

    @abstractmethod
    def read(self, connection: Connection, *, limit: int, known: Collection[str] = ()) -> Block:
        """Return what is waiting, oldest first, at most `limit` rows, holding no lock (C12, C14).

        The uids in `known` are stored already and need not come again.

        Raises:
            NotInstalled: our table is not there.
            DatabaseBusy: (SQLite) somebody holds the file; try again.
        """

    @abstractmethod
    def rows(self, connection: Connection, watch: Watch) -> Generator[tuple[Row, Row], None, None]:
        """Yield key and columns of every row as its insert would be noted, making nobody wait.

        Rows may be of different moments (SQLite is read in short pieces).

        Raises:
            UnsuitableTable: it has no key by which a row could be found again.
        """

    @abstractmethod
    def lift(self, connection: Connection) -> None:
        """Take our triggers away, leaving our tables as they are: nothing is noted any more."""

    @abstractmethod
    def forget(self, connection: Connection, uids: Sequence[str], mark: Mark | None = None) -> int:
        """Delete exactly these changes, which are stored by now, in small blocks (C12, C14, C17).

        A `mark` is written with the first of them, in the same transaction.

        Return how many there were. Each block is committed: a repeat after an error is harmless.

        Raises:
            DatabaseBusy: it would disturb somebody; the rest is left for another time.
        """

    @abstractmethod
    def stamp(self, connection: Connection) -> object | None:
        """Return a token that every save of the business changes.

        None: `forget` disturbs nobody, whatever the business does at that moment.
        """

    @abstractmethod
    def still_there(self, connection: Connection, uid: str) -> bool:
        """Say whether this change still waits: what nobody forgot must be there."""

    @abstractmethod
    def put_mark(self, connection: Connection, mark: Mark, *, politely: bool = False) -> None:
        """Write the mark, but for its identity, and make sure of the disk."""

    @abstractmethod
    def renew_lease(self, connection: Connection, until: datetime) -> None:
        """Let the triggers write until then (C3)."""

    @abstractmethod
    def inspect(self, connection: Connection, watches: Sequence[Watch]) -> Health:
        """Look at everything (C23). Changes nothing."""

    @abstractmethod
    def heartbeat(self, connection: Connection, now: datetime) -> None:
        """Change our own watched row; it is expected back in `read` (C23)."""

    @abstractmethod
    def heartbeat_seen(self, connection: Connection, at: datetime) -> None:
        """Note that the change of the heartbeat written at `at` came back."""

    @abstractmethod
    def forget_misses(self, connection: Connection, until: datetime) -> None:
        """Remove the misses up to then: somebody has looked at them."""

    @abstractmethod
    def identity(self, connection: Connection) -> dict[str, str]:
        """Return what tells this database from a copy of it (C20).

        "installation" is our random id; the other entries are the database's own.
        """

    @abstractmethod
    def grants(
        self, watches: Sequence[Watch], *, installer: str, puller: str, database: str
    ) -> list[str]:
        """Return the least grants for the two roles as SQL with comments (C21)."""
