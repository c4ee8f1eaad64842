"""Capture in PostgreSQL 14 and later.

What it costs: reading an empty change table is one index look-up. What is not seen (C18) is told
by `plans.unseen`, for each database, and stands in docs/explanation/capture.md.
"""

import json
import time
import uuid
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from emailketing.sources.capture.base import (
    ChangeBlock,
    Health,
    Operation,
    Row,
    RowChange,
    TableShape,
    WatchedTable,
    blocks,
)
from emailketing.sources.capture.errors import (
    CaptureError,
    ConnectionFailed,
    DatabaseBusy,
    DatabaseFull,
    MissingRights,
    NotInstalled,
    Unsupported,
)
from emailketing.sources.capture.mark import SourceMark, read_mark
from emailketing.sources.dialects.base import Dialect
from emailketing.sources.dialects.postgresql import plan as plans
from emailketing.sources.dialects.postgresql import values
from emailketing.sources.dialects.postgresql.health import health_of
from emailketing.sources.dialects.postgresql.queries import BUSY, LOST, NO_RIGHT, code_of
from emailketing.sources.dialects.postgresql.role import ROLE, words_for_a_dba
from emailketing.sources.dialects.postgresql.rows import exact, read_rows

OLDEST = 14  # CREATE OR REPLACE TRIGGER: what the least grants allow
LOCK_WAITS = (50, 50, 100, 100, 250, 250, 500, 500, 900, 900)  # milliseconds, then given up (C13)
# somebody else's lock must not keep the worker; LOCAL, so that a pooler hands nothing on
PATIENCE = "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30s'"
OPERATIONS: dict[str, Operation] = {"I": "I", "U": "U", "D": "D", "T": "T"}
_READ = """
    SELECT clock_timestamp() AS now, {mark}, c.uid, convert_to(c.whole::text, 'UTF8') AS whole
    FROM (SELECT 1) one {from_state} LEFT JOIN LATERAL
      (SELECT uid, to_jsonb(x) AS whole FROM emk.change x ORDER BY uid LIMIT :limit) c ON true"""
_READ_ALL = text(
    _READ.format(
        mark="s.identity, s.marks",
        from_state="LEFT JOIN LATERAL (SELECT x.identity, to_jsonb(x) ->> 'marks' AS marks"
        " FROM emk.state x LIMIT 1) s ON true",
    )
)
_READ_WITHOUT_STATE = text(_READ.format(mark="NULL AS identity, NULL AS marks", from_state=""))


class CaptureInPostgreSQL(Dialect):
    def describe(self, connection: Connection, watch: WatchedTable) -> TableShape:
        with _transaction(connection):
            return plans.describe(connection, watch)

    def plan(
        self,
        connection: Connection,
        watches: Sequence[WatchedTable],
        *,
        identity_id: str,
        puller: str | None = None,
    ) -> list[str]:
        with _transaction(connection):
            return _plan(connection, watches, identity_id, puller)

    def removal(self, connection: Connection) -> list[str]:
        with _transaction(connection):
            return plans.removal(connection)

    def script(self, statements: Sequence[str]) -> str:
        body = "".join(f"{statement};\n" for statement in statements)
        return f"BEGIN;\nSET LOCAL lock_timeout = '{LOCK_WAITS[-1]}ms';\n{body}COMMIT;\n"

    def install(
        self,
        connection: Connection,
        watches: Sequence[WatchedTable],
        *,
        identity_id: str,
        puller: str | None = None,
    ) -> None:
        _carry_out(connection, lambda: _plan(connection, watches, identity_id, puller))

    def repair(
        self,
        connection: Connection,
        watches: Sequence[WatchedTable],
        *,
        identity_id: str | None = None,
    ) -> None:
        _carry_out(connection, lambda: _plan(connection, watches, identity_id, None))

    def remove(self, connection: Connection) -> None:
        _carry_out(connection, lambda: plans.removal(connection))

    def read(
        self,
        connection: Connection,
        *,
        limit: int,
        known: Collection[str] = (),  # noqa: ARG002 - they are forgotten at once
    ) -> ChangeBlock:
        try:
            with _transaction(connection):
                found = connection.execute(_READ_ALL, {"limit": limit}).all()
        except NotInstalled:  # our table of state may be gone: what waits is read all the same
            with _transaction(connection):
                found = connection.execute(_READ_WITHOUT_STATE, {"limit": limit}).all()
        mark = read_mark(found[0].identity, found[0].marks)
        block = ChangeBlock(changes=[], now=found[0].now.astimezone(UTC), mark=mark)
        for row in found:
            if row.whole is None:
                continue
            try:
                block.changes.append(_change(row.uid, row.whole))
            except (
                ArithmeticError,
                AttributeError,
                LookupError,
                TypeError,
                ValueError,
                RecursionError,
            ):
                block.unreadable.append(str(row.uid))
        block.changes.sort(key=lambda change: (change.order, change.uid))
        return block

    def rows(
        self, connection: Connection, watch: WatchedTable
    ) -> Generator[tuple[Row, Row], None, None]:
        shape = self.describe(connection, watch)
        try:
            yield from read_rows(connection, shape)
        except DBAPIError as error:
            raise _translated(error) from error

    def lift(self, connection: Connection) -> None:
        _carry_out(connection, lambda: plans.lifting(connection))

    def forget(
        self, connection: Connection, uids: Sequence[str], mark: SourceMark | None = None
    ) -> int:
        gone = 0
        for block in blocks(uids):
            with _transaction(connection):
                if mark is not None:
                    _put_mark(connection, mark)
                    mark = None
                gone += connection.execute(
                    text("DELETE FROM emk.change WHERE uid = ANY(CAST(:uids AS uuid[]))"),
                    {"uids": block},
                ).rowcount
        return gone

    def stamp(self, connection: Connection) -> object | None:  # noqa: ARG002
        return None

    def still_there(self, connection: Connection, uid: str) -> bool:
        asked = text("SELECT 1 FROM emk.change WHERE uid = CAST(:uid AS uuid)")
        with _transaction(connection):
            return connection.execute(asked, {"uid": uid}).first() is not None

    def put_mark(
        self,
        connection: Connection,
        mark: SourceMark,
        *,
        politely: bool = False,  # noqa: ARG002 - nobody minds
    ) -> None:
        with _transaction(connection):
            _put_mark(connection, mark)

    def renew_lease(self, connection: Connection, until: datetime) -> None:
        _write(connection, "UPDATE emk.state SET lease_until = :at", until)

    def heartbeat(self, connection: Connection, now: datetime) -> None:
        _write(connection, "UPDATE emk.heartbeat SET at = :at WHERE id = 1", now)

    def heartbeat_seen(self, connection: Connection, at: datetime) -> None:
        _write(connection, "UPDATE emk.state SET heartbeat_seen = :at", at)

    def forget_misses(self, connection: Connection, until: datetime) -> None:
        _write(connection, "DELETE FROM emk.miss WHERE at <= :at", until)

    def identity(self, connection: Connection) -> dict[str, str]:
        with _transaction(connection):
            row = connection.execute(
                text("""
                SELECT d.oid::text, d.datname, to_regclass('emk.state') IS NOT NULL AS installed,
                  has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS may_ask
                FROM pg_database d WHERE d.datname = current_database()""")
            ).one()
            identity = {"database_oid": row.oid, "database": row.datname}
            if row.may_ask:  # not everywhere
                asked = "SELECT system_identifier::text FROM pg_control_system()"
                identity["system_identifier"] = connection.execute(text(asked)).scalar_one()
            kept = None
            if row.installed:
                kept = connection.execute(text("SELECT identity FROM emk.state")).scalar()
        return {**identity, "installation": kept or ""}

    def grants(
        self, watches: Sequence[WatchedTable], *, installer: str, puller: str, database: str
    ) -> list[str]:
        role = values.name(installer)
        schemas = dict.fromkeys(watch.schema or "public" for watch in watches)
        tables = [f"{values.name(w.schema or 'public')}.{values.name(w.table)}" for w in watches]
        first, *others = plans.puller_grants(puller)
        return [
            "-- Before installing, by the owner of the tables. The business role needs nothing.\n"
            f"GRANT CREATE ON DATABASE {values.name(database)} TO {role}",
            *(f"GRANT USAGE ON SCHEMA {values.name(schema)} TO {role}" for schema in schemas),
            *(f"GRANT TRIGGER ON TABLE {table} TO {role}" for table in tables),
            *words_for_a_dba(installer),
            "-- After installing, by the installer (installing with the puller's name does it).\n"
            f"{first}",
            *others,
        ]

    def inspect(self, connection: Connection, watches: Sequence[WatchedTable]) -> Health:
        with _transaction(connection):
            return health_of(connection, watches)


def _plan(
    connection: Connection,
    watches: Sequence[WatchedTable],
    identity_id: str | None,
    puller: str | None,
) -> list[str]:
    version = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
    if version < OLDEST:
        raise Unsupported(detail=f"PostgreSQL {version} < {OLDEST}")
    if puller is None and "state" not in plans.damaged_tables(connection):
        puller = connection.execute(text("SELECT puller FROM emk.state")).scalar()
    return plans.plan(connection, watches, identity_id=identity_id, puller=puller)


def _change(uid: uuid.UUID, whole: bytes) -> RowChange:
    row = json.loads(whole.decode(errors="replace"), parse_float=exact)
    return RowChange(
        uid=str(uid),
        order=uid.int >> 64,
        transaction=str(row["txid"]),
        at=datetime.fromisoformat(row["at"]).astimezone(UTC),
        table=str(row["tbl"]),
        op=OPERATIONS[row["op"]],
        key=row["pk"] or {},
        old=row["old"],
        new=row["new"],
        actor=row["actor"],
        claim=row["claim"],
        db_user=row["db_user"],
        application=row["app"] or None,
    )


def _put_mark(connection: Connection, mark: SourceMark) -> None:
    # a crash of the server must not take it back: that would look like a restore
    connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
    connection.execute(text("UPDATE emk.state SET marks = :marks"), {"marks": mark.written()})


def _write(connection: Connection, statement: str, at: datetime) -> None:
    with _transaction(connection):
        connection.execute(text(statement), {"at": at})


def _carry_out(connection: Connection, plan: Callable[[], list[str]]) -> None:
    """Run the plan in one transaction, trying again when somebody holds a lock (C13).

    We wait shorter than `deadlock_timeout` (1 s), so that nobody else is ever the victim.
    """
    for wait in LOCK_WAITS:
        try:
            with _transaction(connection):
                connection.execute(text(f"SET LOCAL lock_timeout = '{wait}ms'"))
                connection.execute(text("SET LOCAL client_min_messages = warning"))
                for statement in plan():
                    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        except DatabaseBusy:
            if wait == LOCK_WAITS[-1]:
                raise
            time.sleep(wait / 1000)
        else:
            return


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    try:
        with connection.begin():
            connection.exec_driver_sql(PATIENCE)
            yield
    except DBAPIError as error:
        raise _translated(error) from error


def _translated(error: DBAPIError) -> CaptureError:
    code = code_of(error)
    detail = str(error.orig).splitlines()[0][:300]
    if error.connection_invalidated or code.startswith(LOST) or not code:
        return ConnectionFailed(detail=detail)
    # our role is the server's: another database may give it up at the very moment
    if code in BUSY or (code == "42704" and ROLE in detail):
        return DatabaseBusy()
    if code in {"42P01", "3F000", "42703"}:
        return NotInstalled()
    if code == NO_RIGHT:
        return MissingRights(detail=detail)
    if code.startswith("53"):
        return DatabaseFull()
    return CaptureError(detail=detail)
