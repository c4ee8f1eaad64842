"""A group to PostgreSQL straight from the event loop, on a connection of its own.

Through a thread each group would be handed over four times, from one that sleeps to another: with
that a message took a tenth longer. libpq is spoken to as its manual says (Asynchronous Command
Processing): psycopg's own waiting costs half of what is won.
"""

import asyncio
from typing import TYPE_CHECKING

import psycopg
from django.db import DatabaseError, connection
from psycopg.pq import DiagnosticField, ExecStatus

from emailketing.outbox.sending.sql import Writing, server_text

if TYPE_CHECKING:
    from psycopg import AsyncConnection
    from psycopg.pq.abc import PGconn, PGresult

OF_THREADS = frozenset({"context", "cursor_factory"})  # what Django's own connections are made with
DONE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


class ServerLine:
    """Writes as `write_together` does, while the event loop goes on; one group at a time."""

    def __init__(self) -> None:
        self._line: AsyncConnection | None = None

    async def write(self, *writings: Writing, beside: int | None = None) -> list[set[int]]:
        """Write all or nothing; arguments and answer as of `write_together`.

        Raises:
            DatabaseError: it may be written or not; the next group gets a new connection.
        """
        if not (with_rows := [writing for writing in writings if writing[1]]):
            return [set() for _ in writings]
        try:
            with connection.wrap_database_errors:
                answers = iter(await self._write(with_rows, beside))
        except (DatabaseError, asyncio.CancelledError):
            await self.close()
            raise
        return [next(answers) if rows else set() for _statement, rows in writings]

    async def close(self) -> None:
        """Hang up; the server rolls back what is not committed."""
        line, self._line = self._line, None
        if line is not None:
            await line.close()

    async def _write(self, writings: list[Writing], beside: int | None) -> list[set[int]]:
        line = self._line = self._line or await _connect()
        text = server_text(line, writings, beside)
        for first in text.preparations:
            await line.execute(first)
        whole = psycopg.AsyncClientCursor(line).mogrify(text.text, text.values)
        results = await _run(line.pgconn, whole.encode())
        return [_numbers(result) for result in results[text.unread :]]


async def _connect() -> "AsyncConnection":
    """Connect as Django does with these settings."""
    given = connection.get_connection_params()
    words = {name: value for name, value in given.items() if name not in OF_THREADS}
    line = await psycopg.AsyncConnection.connect(**words, autocommit=True)
    await line.execute("SELECT set_config('TimeZone', 'UTC', false)")
    return line


async def _run(server: "PGconn", text: bytes) -> "list[PGresult]":
    """Run a text of several statements; return what each of them answers.

    Raises:
        psycopg.Error: what the first that failed says: none of them is done.
    """
    server.send_query(text)
    results = await _Listening(server).to_the_end()
    if failed := next((one for one in results if one.status not in DONE), None):
        raise _error_of(failed)
    return results


class _Listening:
    """Until all answers of one text are here."""

    def __init__(self, server: "PGconn") -> None:
        self._loop = asyncio.get_running_loop()
        self._server = server
        self._socket = server.socket  # libpq forgets the number when it hangs up
        self._results: list[PGresult] = []
        self._answered: asyncio.Future[list[PGresult]] = self._loop.create_future()

    async def to_the_end(self) -> "list[PGresult]":
        try:
            self._listen()
            return await self._answered
        finally:
            self._stop_listening()

    def _listen(self) -> None:
        is_sent = not self._server.flush()
        self._loop.add_reader(self._socket, self._go_on)
        if not is_sent:  # a large group: the rest goes out when there is room
            self._loop.add_writer(self._socket, self._go_on)

    def _stop_listening(self) -> None:
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)

    def _go_on(self) -> None:
        self._stop_listening()  # and anew: uvloop tells once that a socket was reset, then no more
        try:
            self._server.consume_input()
            while not self._answered.done() and not self._server.is_busy():
                if result := self._server.get_result():
                    self._results.append(result)
                else:
                    self._answered.set_result(self._results)
            if not self._answered.done():
                self._listen()
        except psycopg.Error as error:
            if not self._answered.done():
                self._answered.set_exception(error)


def _error_of(result: "PGresult") -> psycopg.Error:
    state = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
    try:
        kind = psycopg.errors.lookup(state)
    except KeyError:
        kind = psycopg.OperationalError
    return kind(result.get_error_message())


def _numbers(result: "PGresult") -> set[int]:
    return {int(result.get_value(row, 0) or 0) for row in range(result.ntuples)}
