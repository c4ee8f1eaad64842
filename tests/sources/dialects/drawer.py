"""A kind of database that can be reached and nothing else: what each dialect must have at least."""

# ruff: noqa: ARG002 - it does nothing with what it is given

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Engine, StaticPool, create_engine
from sqlalchemy.exc import DBAPIError

from emailketing.common.plain import Values
from emailketing.sources.capture.base import ChangeBlock, Health, Row, TableShape, WatchedTable
from emailketing.sources.capture.errors import NotInstalled, WrongPassword
from emailketing.sources.capture.mark import SourceMark
from emailketing.sources.dialects.base import Dialect, Login
from emailketing.sources.dialects.entries import ConnectionField
from emailketing.sources.dialects.long_read import LongRead, ReadBounds
from emailketing.sources.dialects.tables import KnownTable, TableColumn
from emailketing.sources.keys import KeyKind
from tests.sources.shop import now

LABEL, MISSING = "Gaveta de la caja", "Diga cuál gaveta."
SCHEMA = "CREATE TABLE pedido (numero integer PRIMARY KEY, estado text)"


class Drawer(Dialect):
    name = "drawer"
    title = "Drawer of papers"
    form = (
        (
            ConnectionField("database", LABEL, missing=MISSING),
            ConnectionField("password", "Llave", longest=20),
        ),
    )

    def engine(self, login: Login, *, timeout: float) -> Engine:
        if login.password == "falsa":  # noqa: S105 - of a test
            raise WrongPassword(username=login.database)
        engine = create_engine("sqlite://", poolclass=StaticPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(SCHEMA)
        return engine

    def server(self, connection: Connection) -> str:
        return f"{self.title} 1.0"

    def address(self, login: Login) -> tuple[str, ...]:
        return (login.database.casefold(),)

    def places(self, login: Login, identity: Mapping[str, str]) -> frozenset[tuple[str, ...]]:
        return frozenset({("drawer", login.database)})

    @contextmanager
    def snapshot(self, connection: Connection) -> Iterator[None]:
        try:
            yield
        finally:
            connection.rollback()

    def columns(self, connection: Connection, schema: str | None, table: str) -> list[TableColumn]:
        return [TableColumn("numero", "number"), TableColumn("estado")]

    @contextmanager
    def long_read(self, login: Login, bounds: ReadBounds) -> Iterator[LongRead]:
        with self.engine(login, timeout=1).connect() as connection:
            yield LongRead(connection, connection.invalidate)

    def is_busy(self, error: DBAPIError) -> bool:
        return False

    def table(self, connection: Connection, schema: str | None, table: str) -> KnownTable:
        kinds = {"numero": KeyKind("number"), "estado": KeyKind()}
        return (
            KnownTable(kinds, ("numero",), (frozenset({"numero"}),))
            if table == "pedido"
            else KnownTable()
        )

    def table_names(self, connection: Connection, schema: str | None) -> list[str]:
        return ["pedido"]

    def describe(self, connection: Connection, watch: WatchedTable) -> TableShape:
        return TableShape(watch, "", ("numero",), (), by_row=True)

    def plan(
        self,
        connection: Connection,
        watches: Sequence[WatchedTable],
        *,
        identity_id: str,
        puller: str | None = None,
    ) -> list[str]:
        return [f"WATCH {watch.table} AS {identity_id} FOR {puller}" for watch in watches]

    def removal(self, connection: Connection) -> list[str]:
        return []

    def script(self, statements: Sequence[str]) -> str:
        return "".join(f"{statement};\n" for statement in statements)

    def install(
        self,
        connection: Connection,
        watches: Sequence[WatchedTable],
        *,
        identity_id: str,
        puller: str | None = None,
    ) -> None:
        """Nothing is captured."""

    def repair(
        self,
        connection: Connection,
        watches: Sequence[WatchedTable],
        *,
        identity_id: str | None = None,
    ) -> None:
        """Nothing is captured."""

    def remove(self, connection: Connection) -> None:
        """Nothing is captured."""

    def read(
        self, connection: Connection, *, limit: int, known: Collection[str] = ()
    ) -> ChangeBlock:
        raise NotInstalled

    def rows(
        self, connection: Connection, watch: WatchedTable
    ) -> Generator[tuple[Row, Row], None, None]:
        yield from ()

    def lift(self, connection: Connection) -> None:
        """Nothing is captured."""

    def forget(
        self, connection: Connection, uids: Sequence[str], mark: SourceMark | None = None
    ) -> int:
        return 0

    def stamp(self, connection: Connection) -> object | None:
        return None

    def still_there(self, connection: Connection, uid: str) -> bool:
        return False

    def put_mark(self, connection: Connection, mark: SourceMark, *, politely: bool = False) -> None:
        """Nothing is captured."""

    def renew_lease(self, connection: Connection, until: datetime) -> None:
        """Nothing is captured."""

    def inspect(self, connection: Connection, watches: Sequence[WatchedTable]) -> Health:
        return Health(installed=False, now=now(), own={"dust": "much"})

    def heartbeat(self, connection: Connection, now: datetime) -> None:
        """Nothing is captured."""

    def heartbeat_seen(self, connection: Connection, at: datetime) -> None:
        """Nothing is captured."""

    def forget_misses(self, connection: Connection, until: datetime) -> None:
        """Nothing is captured."""

    def identity(self, connection: Connection) -> dict[str, str]:
        raise NotInstalled

    def grants(
        self,
        watches: Sequence[WatchedTable],
        *,
        installer: str,
        puller: str,
        database: str,
    ) -> list[str]:
        return [f"-- {puller} needs the key of {database}"]

    def remarks(self, own: Values) -> list[tuple[str, str]]:
        return [("Polvo", "Hay que limpiar la gaveta.")] if own.get("dust") else []
