"""Capture in SQLite.

What cannot be caught (C11): SQLite has no way to catch an error in a trigger, so a business save
fails while one of our tables is dropped or altered by hand, and when the disk is full. `inspect`
reports it (`blocking`) and `repair` puts it right; a connection open at that time works again after
its next SELECT. What cannot be seen (C18): the row that REPLACE removes.

There is no transaction id: changes follow one another in commit order, because SQLite has a single
writer, so `transaction` names a run of changes no more than `SAME_RUN` apart. It can join two
transactions: the settle time joins neighbours of one document anyway (C16), but nobody's name may
be lent to a neighbour (C22).
"""

# ruff: noqa: S608 - generating SQL is the task; names and values pass through name() and text()

import json
from collections.abc import Collection, Generator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from emailketing.sources.capture import base
from emailketing.sources.capture.base import (
    MOST_COUNTED,
    ChangeBlock,
    Health,
    Operation,
    RowChange,
    TableShape,
    WatchedTable,
    blocks,
)
from emailketing.sources.capture.errors import (
    TableNotFound,
    UnsuitableTable,
)
from emailketing.sources.capture.mark import SourceMark, read_mark
from emailketing.sources.dialects.base import Dialect
from emailketing.sources.dialects.sqlite import plan as plans
from emailketing.sources.dialects.sqlite import sql
from emailketing.sources.dialects.sqlite.access import (
    Statement,
    carry_out,
    file_of,
    file_stamp,
    keep_for_sure,
    reading,
    write_politely,
    writing,
)
from emailketing.sources.dialects.sqlite.rows import pieces
from emailketing.sources.dialects.sqlite.values import literals, rows

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

SAME_RUN = timedelta(seconds=1)
# read with every poll: the cheap first look (C19), and whether our own rows are still there
_OWN = (sql.LEASE_ID, plans.IDENTITY_ID)
_SCHEME = (
    "(SELECT schema_version FROM pragma_schema_version) AS scheme,"
    f" (SELECT count(*) FROM {sql.STATE} WHERE id IN {_OWN} AND value IS NOT NULL) AS own"
)
UID = "CAST(id AS TEXT)||'-'||CAST(coalesce(uid, '') AS TEXT)"
OPERATIONS: dict[str, Operation] = {"I": "I", "U": "U", "D": "D"}
_MARK = (
    f"(SELECT value FROM {sql.STATE} WHERE id = {plans.IDENTITY_ID}) AS identity,"
    f" (SELECT value FROM {sql.STATE} WHERE id = {sql.MARKS_ID}) AS marks,"
)


class CaptureInSQLite(Dialect):
    def describe(self, connection: "Connection", watch: WatchedTable) -> TableShape:
        with reading(connection):
            return plans.describe(connection, watch)

    def plan(
        self,
        connection: "Connection",
        watches: Sequence[WatchedTable],
        *,
        identity_id: str,
        puller: str | None = None,  # noqa: ARG002 - SQLite has no roles
    ) -> list[str]:
        with reading(connection):
            return plans.plan(connection, watches, identity_id)

    def removal(self, connection: "Connection") -> list[str]:
        with reading(connection):
            return plans.removal(connection)

    def script(self, statements: Sequence[str]) -> str:
        return "BEGIN IMMEDIATE;\n" + "".join(f"{s};\n" for s in statements) + "COMMIT;\n"

    def install(
        self,
        connection: "Connection",
        watches: Sequence[WatchedTable],
        *,
        identity_id: str,
        puller: str | None = None,  # noqa: ARG002 - SQLite has no roles
    ) -> None:
        carry_out(connection, lambda: plans.plan(connection, watches, identity_id))

    def repair(
        self,
        connection: "Connection",
        watches: Sequence[WatchedTable],
        *,
        identity_id: str | None = None,
    ) -> None:
        carry_out(connection, lambda: plans.plan(connection, watches, identity_id))

    def remove(self, connection: "Connection") -> None:
        carry_out(connection, lambda: plans.removal(connection))

    def read(
        self, connection: "Connection", *, limit: int, known: Collection[str] = ()
    ) -> ChangeBlock:
        with reading(connection):  # all rows at once: a half-read SELECT can block a save (C12)
            found = connection.exec_driver_sql(
                f"SELECT {sql.CLOCK} AS now, {_SCHEME}, {_MARK} c.*"
                " FROM (SELECT 1) LEFT JOIN (SELECT id,"
                " CAST(coalesce(uid, '') AS TEXT) AS uid, at, tbl, op, pk, cells, actor"
                f" FROM {sql.CHANGE} WHERE {UID} NOT IN (SELECT value FROM json_each(?))"
                " ORDER BY id LIMIT ?) c",
                (json.dumps(list(known)), limit),
            ).all()
        first = found[0]
        block = ChangeBlock(
            [],
            _time(first.now),
            mark=read_mark(first.identity, first.marks),
            scheme=first.scheme,
            is_unmarked=first.own < len(_OWN),
        )
        run, last = "", block.now
        for row in sorted((row for row in found if row.id is not None), key=lambda row: row.id):
            uid = f"{row.id}-{row.uid}"
            try:
                at = _time(row.at)
                run = run if run and abs(at - last) <= SAME_RUN else uid
                block.changes.append(_change(row, uid=uid, at=at, run=run))
                last = at
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
                block.unreadable.append(uid)
        return block

    def rows(
        self, connection: "Connection", watch: WatchedTable
    ) -> Generator[tuple[base.Row, base.Row], None, None]:
        shape = self.describe(connection, watch)
        found = pieces(connection, shape)
        while True:
            with reading(connection):
                piece = next(found, None)
            if piece is None:
                return
            yield from piece

    def lift(self, connection: "Connection") -> None:
        carry_out(connection, lambda: plans.lifting(connection))

    def forget(
        self, connection: "Connection", uids: Sequence[str], mark: SourceMark | None = None
    ) -> int:
        gone = 0
        with reading(connection):
            if connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal":
                # nobody waits for us while we wait for the disk: lost, it is only done again
                connection.exec_driver_sql("PRAGMA synchronous = NORMAL")
        put = [] if mark is None else [_state_row(sql.MARKS_ID, "marks", mark.written())]
        for block in blocks(uids):
            numbers = [int(uid.partition("-")[0]) for uid in block]
            deletion = (
                f"DELETE FROM {sql.CHANGE} WHERE id IN (SELECT value FROM json_each(?))"
                f" AND {UID} IN (SELECT value FROM json_each(?))",
                (json.dumps(numbers), json.dumps(block)),
            )
            gone += write_politely(connection, [*put, deletion])
            if put:
                keep_for_sure(connection)  # lost, the mark would look like a restore
            put = []
        return gone

    def stamp(self, connection: "Connection") -> object | None:
        """A transaction that has read cannot write any more after our delete: no time-out helps."""
        with reading(connection):
            path = file_of(connection)
        return file_stamp(path)

    def still_there(self, connection: "Connection", uid: str) -> bool:
        asked = f"SELECT 1 FROM {sql.CHANGE} WHERE id = ? AND {UID} = ?"
        with reading(connection):
            number = int(uid.partition("-")[0])
            return connection.exec_driver_sql(asked, (number, uid)).first() is not None

    def put_mark(
        self, connection: "Connection", mark: SourceMark, *, politely: bool = False
    ) -> None:
        statement, values = _state_row(sql.MARKS_ID, "marks", mark.written())
        if politely:
            write_politely(connection, [(statement, values)])
            return
        with writing(connection):
            connection.exec_driver_sql(statement, values)

    def renew_lease(self, connection: "Connection", until: datetime) -> None:
        write_politely(connection, [_state_row(sql.LEASE_ID, "lease", _written(until))])

    def heartbeat(self, connection: "Connection", now: datetime) -> None:
        write_politely(connection, [(f"UPDATE {sql.PULSE} SET at = ?", (_written(now),))])

    def heartbeat_seen(self, connection: "Connection", at: datetime) -> None:
        write_politely(connection, [_state_row(plans.SEEN_ID, "heartbeat_seen", _written(at))])

    def forget_misses(self, connection: "Connection", until: datetime) -> None:
        """There are none: SQLite cannot catch an error in a trigger."""

    def identity(self, connection: "Connection") -> dict[str, str]:
        with reading(connection):
            path = file_of(connection)
            state = _state(connection)
        found = path.stat()
        return {
            "device": str(found.st_dev),
            "inode": str(found.st_ino),
            "path": str(path),
            "installation": state.get("identity", ""),
        }

    def grants(
        self,
        watches: Sequence[WatchedTable],  # noqa: ARG002
        *,
        installer: str,  # noqa: ARG002
        puller: str,
        database: str,
    ) -> list[str]:
        return [
            "-- SQLite has no roles. The operating system's user\n"
            f"-- {puller}\n-- needs to read and write the file and its folder:\n-- {database}"
        ]

    def inspect(self, connection: "Connection", watches: Sequence[WatchedTable]) -> Health:
        with reading(connection):
            now = connection.exec_driver_sql(f"SELECT {sql.CLOCK}").scalar_one()
            triggers = plans.standing_triggers(connection)
            damaged = plans.damaged_tables(connection)
            installed = bool(triggers) or len(damaged) < len(sql.TABLES)
            health = Health(installed=installed, now=_time(now), damaged=damaged)
            if not installed:
                health.damaged = []
                return health
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            health.own["journal_mode"] = mode  # propose WAL when it is not that (C12)
            health.blocking = bool(triggers) and not {sql.CHANGE, sql.STATE}.isdisjoint(damaged)
            state = _state(connection)
            if sql.STATE not in damaged and not {"lease", "identity"} <= state.keys():
                damaged.append(sql.STATE)  # somebody deleted our rows: nothing is noted
            health.lease_until = _maybe_time(state.get("lease"))
            health.heartbeat_seen = _maybe_time(state.get("heartbeat_seen"))
            _compare(connection, watches, triggers=triggers, state=state, health=health)
            _count(connection, health)
            if watches:
                health.unseen = [("replaced", ", ".join(watch.label for watch in watches[:5]))]
        return health


def _state_row(number: int, name: str, value: str) -> Statement:
    return (
        f"INSERT OR REPLACE INTO {sql.STATE} (id, name, value) VALUES (?, ?, ?)",
        (number, name, value),
    )


def _compare(
    connection: "Connection",
    watches: Sequence[WatchedTable],
    *,
    triggers: dict[str, str],
    state: dict[str, str],
    health: Health,
) -> None:
    """Note whose triggers are gone and whose no longer fit (C19)."""
    for watch, label in plans.targets(watches):
        try:
            shape = plans.describe(connection, watch)
            wanted = plans.wanted_triggers(shape, label)
        except TableNotFound:
            health.missing.append(label)
            continue
        except UnsuitableTable:
            health.drifted.append(label)
            continue
        if not wanted.keys() <= triggers.keys():
            health.missing.append(label)
        elif state.get(f"shape:{label}") != shape.fingerprint or any(
            triggers[name] != text for name, text in wanted.items()
        ):
            health.drifted.append(label)


def _count(connection: "Connection", health: Health) -> None:
    if sql.CHANGE not in health.damaged:
        row = connection.exec_driver_sql(
            f"SELECT (SELECT count(*) FROM (SELECT 1 FROM {sql.CHANGE} LIMIT {MOST_COUNTED})) AS n,"
            f" (SELECT at FROM {sql.CHANGE} ORDER BY id LIMIT 1) AS oldest"
        ).one()
        health.waiting, health.oldest_at = row.n, _maybe_time(row.oldest)
    if sql.PULSE not in health.damaged:
        at = connection.exec_driver_sql(f"SELECT at FROM {sql.PULSE} WHERE id = 1").scalar()
        health.heartbeat_sent = _maybe_time(at)


def _change(row: "Row", *, uid: str, at: datetime, run: str) -> RowChange:  # type: ignore[type-arg]
    key = list(literals(row.pk))
    names, values = key[::2], key[1::2]
    old, new = rows(row.cells, row.op)
    return RowChange(
        uid=uid,
        order=row.id,
        transaction=run,
        at=at,
        table=str(row.tbl),
        op=OPERATIONS[row.op],
        key={str(name): value for name, value in zip(names, values, strict=True)},
        old=old,
        new=new,
        actor=None if row.actor is None else str(row.actor),
        db_user=None,
        application=None,
    )


def _state(connection: "Connection") -> dict[str, str]:
    """Return what the state table holds, nothing when it is not as it should be."""
    if sql.STATE in plans.damaged_tables(connection):
        return {}
    found = connection.exec_driver_sql(f"SELECT name, value FROM {sql.STATE}").all()
    return {row.name: row.value for row in found}


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}"


def _time(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def _maybe_time(written: object) -> datetime | None:
    try:
        return _time(written) if isinstance(written, str) else None
    except ValueError:
        return None
