"""What a source needs from one kind of business database.

Connections are SQLAlchemy Core connections outside any transaction: a method that writes commits
its own small transactions, a method that reads leaves none open (C12). All times are aware UTC.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from emailketing.common.plain import Cell, Values
from emailketing.common.port import port_problem
from emailketing.sources.capture.base import ChangeBlock, Health, Row, TableShape, WatchedTable
from emailketing.sources.capture.mark import SourceMark
from emailketing.sources.dialects.entries import NAMES, ConnectionField, Form
from emailketing.sources.dialects.expressions import Expressions
from emailketing.sources.dialects.long_read import LongRead, ReadBounds
from emailketing.sources.dialects.query_errors import first_line
from emailketing.sources.dialects.tables import KnownTable, Reference, Stored, TableColumn

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.exc import DBAPIError

OWN_SCHEMA = "emk"  # where our tables are, where there are schemas


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
    title: ClassVar[str]  # as people call it
    own_schemas: ClassVar[frozenset[str]] = frozenset()  # of the database itself
    parser_name: ClassVar[str] = ""  # what a parser of SQL calls it
    usual_schema: ClassVar[str] = ""  # where a table stands that is named without one
    query_options: ClassVar[Mapping[str, Any]] = {}  # SQLAlchemy's, for queries of connectors

    form: ClassVar[Form] = ()  # the entries that say where it is, row by row

    # how it behaves
    is_kept_open: ClassVar[bool] = True  # False: a connection is made anew for each look
    has_accounts: ClassVar[bool] = True  # that are given rights, and a password
    pads_char: ClassVar[bool] = True  # blanks behind a CHAR mean nothing, whoever wrote them
    replaces_rows: ClassVar[bool] = False  # an insert may stand for a row that was there already
    refuses_to_drop: ClassVar[bool] = False  # a column that a trigger of ours names (C19)

    @abstractmethod
    def engine(self, login: Login, *, timeout: float) -> "Engine":
        """Return an engine that is not connected yet.

        Its connections raise `ConnectionFailed` (or `DatabaseBusy`) with a sentence for the
        operator, also later, when one has to be opened anew. `timeout` counts in seconds, for
        connecting only.

        Raises:
            DriverMissing: the driver is an extra that is not installed.
        """

    @abstractmethod
    def server(self, connection: "Connection") -> str:
        """Return product and version in words; leaves no transaction open."""

    def glance(self, login: Login) -> object | None:  # noqa: ARG002
        """Return what every save changes, seen without connecting; None: it cannot be said."""
        return None

    # --- where it is

    def problems(self, login: Login) -> Iterator[tuple[str, str]]:
        """Yield (entry, sentence) of what is wrong with the entries, before anybody connects."""
        entries = {entry.name: entry for entry in self.entries()}
        for name in NAMES:
            value = getattr(login, name)
            if name not in entries and value and name != "password":
                yield name, self.not_asked_for()
            if name in entries and not value and entries[name].missing:
                yield name, str(entries[name].missing)
        if "port" in entries and login.port is not None and (problem := port_problem(login.port)):
            yield "port", problem

    def not_asked_for(self) -> str:
        """Say that an entry is given which this kind does not have."""
        return _("%(database)s has no such entry: leave it out.") % {"database": self.title}

    @classmethod
    def entries(cls) -> list[ConnectionField]:
        return [entry for row in cls.form for entry in row]

    @abstractmethod
    def address(self, login: Login) -> tuple[str, ...]:
        """Return the same for every way of writing the same place."""

    @abstractmethod
    def places(self, login: Login, identity: Mapping[str, str]) -> frozenset[tuple[str, ...]]:
        """Return what names the database itself; two with one in common are the same database.

        `identity` is what `identity` gave.
        """

    # --- reading what the connector asks for

    @abstractmethod
    def snapshot(self, connection: "Connection") -> AbstractContextManager[None]:
        """Read consistently within it, blocking nobody and waiting for nobody for long (C12).

        Where that would lock others, `data_version` says whether to read again.
        """

    def data_version(self, connection: "Connection") -> object | None:  # noqa: ARG002
        """Return a token that another connection's commit changes; None: a snapshot is enough."""
        return None

    @abstractmethod
    def long_read(self, login: Login, bounds: ReadBounds) -> AbstractContextManager[LongRead]:
        """Give a connection of its own for a read that may take long, in one moment's data.

        It can do nothing but read, keeps no save waiting (C12) and ends with its bounds.
        """

    def for_database(self, value: Cell) -> Cell:
        """Return a parameter as the driver wants it."""
        return value

    def for_no_rows(self, query: str) -> str:
        """Return a query that gives the same columns and no rows."""
        # the line break: a query may end with a comment
        return f"SELECT * FROM (\n{query}\n) emk_checked LIMIT 0"  # noqa: S608 - the connector is trusted data

    def padded(self, described: Sequence[Sequence[Any]]) -> list[str]:  # noqa: ARG002
        """Return the columns filled up with blanks, out of the cursor's description."""
        return []

    @abstractmethod
    def is_busy(self, error: "DBAPIError") -> bool:
        """Say whether somebody held a lock, or we gave up waiting: it is tried again."""

    def is_stopped(self, error: "DBAPIError") -> bool:  # noqa: ARG002
        """Say whether a query was ended because somebody, or its time limit, stopped it."""
        return False

    def is_lost(self, error: "DBAPIError") -> bool:
        """Say whether the connection is gone."""
        return error.connection_invalidated

    def why(self, error: "DBAPIError") -> str:
        """Say why a query cannot run, naming table or column, on one line (`query_errors`)."""
        return first_line(error)

    # --- the catalogue

    @abstractmethod
    def table(self, connection: "Connection", schema: str | None, table: str) -> KnownTable:
        """Return what the catalogue says of a table or view; nothing of one that is not there."""

    @abstractmethod
    def columns(
        self, connection: "Connection", schema: str | None, table: str
    ) -> list[TableColumn]:
        """Return the columns of a table or view in their order; none of one that is not there."""

    def references(
        self,
        connection: "Connection",  # noqa: ARG002
        schema: str | None,  # noqa: ARG002
        table: str,  # noqa: ARG002
    ) -> list[Reference]:
        """Return its foreign keys; many an old program has none."""
        return []

    @property
    def expressions(self) -> Expressions:
        """What a listing says in its SQL."""
        return Expressions()

    @abstractmethod
    def table_names(self, connection: "Connection", schema: str | None) -> list[str]:
        """Return what tables and views there are."""

    def is_no_business(self, schema: str | None, table: str) -> bool:  # noqa: ARG002
        """Say whether a table is ours, or the database's own."""
        return schema in {OWN_SCHEMA, *self.own_schemas}

    def schema_problem(self, table: str, schema: str | None) -> str:  # noqa: ARG002
        """Return a sentence when no table can stand in that schema, "" when it can."""
        return ""

    def reading_grants(self, tables: Mapping[str, Sequence[str]], reader: str) -> list[str]:  # noqa: ARG002
        """Return the statements that let `reader` read these tables, by schema (C21)."""
        return []

    def reading_account_problems(
        self,
        connection: "Connection",  # noqa: ARG002
        secrets: Mapping[tuple[str, str], Sequence[str]],  # noqa: ARG002
    ) -> Iterator[str]:
        """Yield what this account may do beyond reading what is no secret (S28)."""
        yield _("this kind of database has no accounts of its own.")

    def reading_account_grants(
        self,
        account: str,  # noqa: ARG002
        tables: Mapping[tuple[str, str], Sequence[str]],  # noqa: ARG002
        database: str,  # noqa: ARG002
    ) -> list[str]:
        """Return what makes an account that may read these tables; without columns the whole."""
        return []

    def stored_of(self, described: Sequence[Sequence[Any]]) -> list[Stored]:
        """Return how the columns of a cursor's description are kept."""
        return ["text" for _column in described]

    # --- what is told of it

    def remarks(self, own: Values) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return (label, sentence) of what `Health.own` says; advice, not faults."""
        return []

    def unseen_words(self) -> dict[str, str]:
        """Return the sentence of each code in `Health.unseen`; %(where)s says where."""
        return {}

    # --- capture

    @abstractmethod
    def describe(self, connection: "Connection", watch: WatchedTable) -> TableShape:
        """Read the table as it stands.

        Raises:
            UnsuitableTable: there is no such table or actor column, or it is too wide.
        """

    @abstractmethod
    def plan(
        self,
        connection: "Connection",
        watches: Sequence[WatchedTable],
        *,
        identity_id: str,
        puller: str | None = None,
    ) -> list[str]:
        """Return the statements that install or renew capture; running them twice is fine.

        Tables no longer in `watches` lose their triggers. `identity_id` is the random id that is
        kept in both places (C20), `puller` the database role that reads (PostgreSQL).
        """

    @abstractmethod
    def removal(self, connection: "Connection") -> list[str]:
        """Return the statements that remove us without a trace: triggers first, tables last."""

    @abstractmethod
    def script(self, statements: Sequence[str]) -> str:
        """Return the statements as one transaction, to be run by a DBA with the usual client."""

    @abstractmethod
    def install(
        self,
        connection: "Connection",
        watches: Sequence[WatchedTable],
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
        self,
        connection: "Connection",
        watches: Sequence[WatchedTable],
        *,
        identity_id: str | None = None,
    ) -> None:
        """Make tables and triggers as they should be; changes waiting are kept (C11, C19).

        Without `identity_id` the one in the database stays as it is, if it is still there.
        """

    @abstractmethod
    def remove(self, connection: "Connection") -> None:
        """Carry out the removal, all or nothing. Changes not read yet are gone with it."""

    @abstractmethod
    def read(
        self, connection: "Connection", *, limit: int, known: Collection[str] = ()
    ) -> ChangeBlock:
        """Return what is waiting, oldest first, at most `limit` rows, holding no lock (C12, C14).

        The uids in `known` are stored already and need not come again.

        Raises:
            NotInstalled: our table is not there.
            DatabaseBusy: (SQLite) somebody holds the file; try again.
        """

    @abstractmethod
    def rows(
        self, connection: "Connection", watch: WatchedTable
    ) -> Generator[tuple[Row, Row], None, None]:
        """Yield key and columns of every row as its insert would be noted, making nobody wait.

        Rows may be of different moments (SQLite is read in short pieces).

        Raises:
            UnsuitableTable: it has no key by which a row could be found again.
        """

    @abstractmethod
    def lift(self, connection: "Connection") -> None:
        """Take our triggers away, leaving our tables as they are: nothing is noted any more."""

    @abstractmethod
    def forget(
        self, connection: "Connection", uids: Sequence[str], mark: SourceMark | None = None
    ) -> int:
        """Delete exactly these changes, which are stored by now, in small blocks (C12, C14, C17).

        A `mark` is written with the first of them, in the same transaction.

        Return how many there were. Each block is committed: a repeat after an error is harmless.

        Raises:
            DatabaseBusy: it would disturb somebody; the rest is left for another time.
        """

    @abstractmethod
    def stamp(self, connection: "Connection") -> object | None:
        """Return a token that every save of the business changes.

        None: `forget` disturbs nobody, whatever the business does at that moment.
        """

    @abstractmethod
    def still_there(self, connection: "Connection", uid: str) -> bool:
        """Say whether this change still waits: what nobody forgot must be there."""

    @abstractmethod
    def put_mark(
        self, connection: "Connection", mark: SourceMark, *, politely: bool = False
    ) -> None:
        """Write the mark, but for its identity, and make sure of the disk."""

    @abstractmethod
    def renew_lease(self, connection: "Connection", until: datetime) -> None:
        """Let the triggers write until then (C3)."""

    @abstractmethod
    def inspect(self, connection: "Connection", watches: Sequence[WatchedTable]) -> Health:
        """Look at everything (C23). Changes nothing."""

    @abstractmethod
    def heartbeat(self, connection: "Connection", now: datetime) -> None:
        """Change our own watched row; it is expected back in `read` (C23)."""

    @abstractmethod
    def heartbeat_seen(self, connection: "Connection", at: datetime) -> None:
        """Note that the change of the heartbeat written at `at` came back."""

    @abstractmethod
    def forget_misses(self, connection: "Connection", until: datetime) -> None:
        """Remove the misses up to then: somebody has looked at them."""

    @abstractmethod
    def identity(self, connection: "Connection") -> dict[str, str]:
        """Return what tells this database from a copy of it (C20).

        "installation" is our random id; the other entries are the database's own.
        """

    @abstractmethod
    def grants(
        self, watches: Sequence[WatchedTable], *, installer: str, puller: str, database: str
    ) -> list[str]:
        """Return the least grants for the two roles as SQL with comments (C21)."""
