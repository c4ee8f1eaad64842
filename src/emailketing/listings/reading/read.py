"""One long read of a source: opened within limits, streamed, ended from any thread (P5, C12)."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from django.conf import settings
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from emailketing.common.crypto import SecretUnreadable
from emailketing.common.plain import Cell
from emailketing.listings.reading.errors import ReadCancelled, ReadTooLong
from emailketing.listings.reading.limits import Limits
from emailketing.sources.capture.errors import CaptureError, Unsupported
from emailketing.sources.dialects.base import Dialect, Login
from emailketing.sources.dialects.long_read import LongRead, ReadBounds
from emailketing.sources.dialects.tables import Stored
from emailketing.sources.link import FROM_DRIVERS, PasswordUnreadable, QueryFailed, translated
from emailketing.sources.login import login_of
from emailketing.sources.models import Source

if TYPE_CHECKING:
    from sqlalchemy import Connection, Executable

BLOCK = 1_000  # rows fetched at once


def nothing(_table: str, _column: str) -> bool:
    return False


class Read:
    """A source opened for reading; close it, or use it in a `with`."""

    def __init__(
        self,
        source: Source,
        limits: Limits,
        login: Login | None = None,
        hides: Callable[[str, str], bool] = nothing,
    ) -> None:
        """Open it.

        Args:
            source: whose database is read.
            limits: how long, and how many rows.
            login: another account than the source's.
            hides: (table, column) that is read as nothing, where the database can do that.

        Raises:
            CaptureError: it cannot be reached or read now.
        """
        self.limits = limits
        self._called = source.name
        self._why: CaptureError | None = None
        self._opened = ExitStack()
        self.stored: list[Stored] = []  # of the columns that were asked for last
        dialect = source.kind_of_database
        if dialect is None:
            raise Unsupported(detail=source.dialect)
        self.dialect: Dialect = dialect
        bounds = ReadBounds(limits.seconds, Path(settings.HOME) / "reading", hides)
        self._read: LongRead = self._opened.enter_context(
            dialect.long_read(login or _login(source), bounds)
        )
        self._clock = threading.Timer(limits.seconds, self._stop, [self._too_long()])
        self._clock.daemon = True
        self._clock.start()
        self._opened.callback(self._clock.cancel)

    @property
    def connection(self) -> "Connection":
        return self._read.connection

    def cancel(self) -> None:
        """End it, from any thread: the database is told to stop."""
        self._stop(ReadCancelled())

    def _too_long(self) -> ReadTooLong:
        return ReadTooLong(seconds=f"{self.limits.seconds:g}")

    def _stop(self, why: CaptureError) -> None:
        self._why = self._why or why
        self._read.stop()

    def stream(
        self, statement: "Executable", values: Mapping[str, Cell], *, file: str
    ) -> tuple[list[str], Iterator[tuple[Cell, ...]]]:
        """Return names of the columns, and the rows as they come.

        Args:
            statement: what is asked.
            values: its parameters.
            file: what a mistake in it is named after.

        Raises:
            QueryFailed: it cannot run; the iterator raises it, too.
            ReadTooLong, ReadCancelled: it was ended.
        """
        if self._why:
            raise self._why
        options = {**self.dialect.query_options, "stream_results": True, "max_row_buffer": BLOCK}
        bound = {name: self.dialect.for_database(value) for name, value in values.items()}
        try:
            found = self.connection.execute(statement, bound, execution_options=options)
        except (SQLAlchemyError, *FROM_DRIVERS) as error:
            raise self._translated(error, file) from error
        self._opened.callback(found.close)
        described = getattr(found.cursor, "description", None) or ()
        self.stored = self.dialect.stored_of(described)
        padded = set(self.dialect.padded(described))
        names = list(found.keys())
        blank = [number for number, name in enumerate(names) if name in padded]

        def rows() -> Iterator[tuple[Cell, ...]]:
            try:
                for block in found.partitions(BLOCK):
                    if self._why:
                        raise self._why
                    yield from (_trimmed(row, blank) for row in block) if blank else block
            except (SQLAlchemyError, *FROM_DRIVERS) as error:
                raise self._translated(error, file) from error
            finally:
                found.close()

        return names, rows()

    def _translated(self, error: Exception, file: str) -> CaptureError:
        if self._why:
            return self._why
        if isinstance(error, DBAPIError):
            if self.dialect.is_stopped(error):  # the database's own clock was first
                return self._too_long()
            return translated(error, file, self.connection)
        why = " ".join(str(error).split())[:300] or type(error).__name__
        return QueryFailed(file=file, why=why)

    def close(self) -> None:
        self._opened.close()

    def __enter__(self) -> "Read":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close it; what the database said to a look into its catalogue becomes a sentence."""
        said = self._translated(error, self._called) if isinstance(error, SQLAlchemyError) else None
        self.close()
        if said is not None:
            raise said from error


def _trimmed(row: tuple[Cell, ...], blank: list[int]) -> tuple[Cell, ...]:
    """The blanks behind a CHAR mean nothing."""
    cells = list(row)
    for number in blank:
        cell = cells[number]
        cells[number] = cell.rstrip(" ") if isinstance(cell, str) else cell
    return tuple(cells)


def _login(source: Source) -> Login:
    try:
        return login_of(source, source.password)
    except SecretUnreadable as error:
        raise PasswordUnreadable(why=str(error)) from error
