"""One worker: a thread for each lane of steps, one that hands over messages, and this one.

`serve` gives sending a process of its own: there the steps' polling takes nothing from it.
"""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import DatabaseError, close_old_connections
from django.utils.translation import gettext as _

from emailketing.common.due import has_come
from emailketing.common.os_errors import why
from emailketing.common.own_database import database_sentence, file_mark, own_file
from emailketing.company.beat import REPORTS, SENDING, WORKER, beat_file, give_beat
from emailketing.company.turn import follow
from emailketing.outbox.durability import check_durability
from emailketing.outbox.wake import wake_sending
from emailketing.worker.book import Book
from emailketing.worker.cannot import CannotWork
from emailketing.worker.identity import check_before_sending, check_own_identity
from emailketing.worker.leases import Leases, show_life
from emailketing.worker.number import named, own_number
from emailketing.worker.wake import wake_other_workers, woken_by_others

if TYPE_CHECKING:  # each process imports what its own parts need
    from emailketing.worker.lanes import Lanes
    from emailketing.worker.reporting import Reporting
    from emailketing.worker.sending import Sending

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.5  # a save is noticed within this time when nothing else happens
BUSY_SECONDS = 0.05
HOUSE_EVERY = 1.0
AFTER_AN_ERROR = 2.0
BUSY_FOR = timedelta(seconds=30)
BEAT_EVERY = timedelta(seconds=10)
IDENTITY_EVERY = timedelta(minutes=1)


class Part(StrEnum):
    """What a worker can do alone, beside another process that does the rest."""

    STEPS = "steps"
    SENDING = "sending"
    REPORTS = "reports"


EVERYTHING = frozenset(Part)


def clock() -> datetime:
    return datetime.now(UTC)


class Worker:
    """The lanes of steps, the sending engine and the built-in inbox; `stop()` ends them all."""

    def __init__(self, parts: frozenset[Part] = EVERYTHING) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self._file = file_mark()
        self._book = Book()
        self._number = os.getpid()  # or that among the workers of this folder, when it does steps
        self._leases: Leases | None = None  # of the steps, when it does them
        self._reports: Reporting | None = None  # when it does them
        self._last_work = clock() - BUSY_FOR
        self._next_beat: datetime | None = None
        self._next_identity: datetime | None = None

    def run(self, *, quiet_for: timedelta | None = None) -> None:
        """Work until `stop()`; a database that is away for a while is waited for.

        Args:
            quiet_for: end by itself when nothing has happened for so long.

        Raises:
            CannotWork: the inbox's port is in use, a thread has ended by itself, or the
                file of our database was put aside.
            LedgerUnsafe: the database may forget what it confirmed (R7).
        """
        with ExitStack() as numbers:
            if Part.STEPS in self._parts:
                from emailketing.worker.steps import LANES

                self._number = numbers.enter_context(own_number(WORKER))
                self._leases = Leases(named(self._number), self._book, LANES)
            self._wait_for_the_database()
            try:
                self._work(quiet_for)
            finally:
                self._let_go()

    def _work(self, quiet_for: timedelta | None) -> None:
        begun = clock()
        with (
            self._sending() as engine,
            self._reporting() as self._reports,
            self._lanes(engine) as lanes,
        ):
            while not self._stop.is_set():
                if engine and not engine.is_alive:
                    raise CannotWork(_("The sending thread has ended; see the log."))
                if self._reports and not self._reports.is_alive:
                    raise CannotWork(_("The thread of the reports has ended; see the log."))
                if lanes and not lanes.are_alive:
                    raise CannotWork(_("A thread of the worker has ended; see the log."))
                self._check_file()
                self._turn(engine)
                self._stop.wait(HOUSE_EVERY)
                if quiet_for and clock() - max(self._last_work, begun) > quiet_for:
                    break

    def _sending(self) -> "AbstractContextManager[Sending | None]":
        if Part.SENDING not in self._parts:
            return nullcontext()
        from emailketing.worker.sending import sending

        return sending(self._stop, clock)

    def _reporting(self) -> "AbstractContextManager[Reporting | None]":
        if Part.REPORTS not in self._parts:
            return nullcontext()
        from emailketing.worker.reporting import reporting

        return reporting(self._stop, clock, self._did)

    @contextmanager
    def _lanes(self, engine: "Sending | None") -> "Iterator[Lanes | None]":
        if self._leases is None:
            yield None
            return
        from emailketing.worker.lanes import Lanes

        def idle() -> float:
            """Return how long a lane rests: less while something is going on."""
            is_busy = bool(engine and engine.is_busy) or clock() - self._last_work < BUSY_FOR
            return BUSY_SECONDS if is_busy else IDLE_SECONDS

        lanes = Lanes(self._book, self._leases, clock=clock, idle=idle, on_work=self._did)
        lanes.start()
        try:
            with woken_by_others(self._number, lanes.wake):
                yield lanes
        finally:
            self._stop.set()
            lanes.stop()

    def stop(self) -> None:
        self._stop.set()

    def _let_go(self) -> None:
        """Whoever is left goes on at once; without the database the leases end by themselves."""
        if self._leases is None:
            return
        try:
            self._leases.release(clock())
        except DatabaseError as error:
            logger.warning("%s", database_sentence(error))

    def _wait_for_the_database(self) -> None:
        """Make sure of the database and of its identity before anything can leave (C20, R7)."""
        while not self._stop.is_set():
            try:
                self._file = file_mark()
                check_durability()
                self._keep_house(clock())
                if Part.SENDING in self._parts:
                    check_before_sending(clock())
            except DatabaseError as error:
                logger.warning("%s", database_sentence(error))
                self._stop.wait(AFTER_AN_ERROR)
            else:
                return

    def _check_file(self) -> None:
        """Stop when the file is gone or another one lies there: the old one is still open here.

        What is noted there would be forgotten, and its messages sent again. Whoever starts next
        looks at the file anew, its identity included (C20).
        """
        if file_mark() != self._file:
            sentence = _("The file of our database %(where)s was moved, deleted or replaced.")
            raise CannotWork(sentence % {"where": own_file()})

    def _turn(self, engine: "Sending | None") -> None:
        try:
            close_old_connections()
            self._keep_house(clock())
        except DatabaseError as error:
            logger.warning("%s", database_sentence(error))
            self._stop.wait(AFTER_AN_ERROR)
        except Exception:  # keeping house must not keep what is queued from leaving
            logger.exception("The worker could not keep house")
            self._stop.wait(AFTER_AN_ERROR)
        if engine and engine.is_busy:
            self._last_work = clock()

    def _did(self) -> None:
        self._last_work = clock()
        wake_sending()
        wake_other_workers(self._number)

    def _keep_house(self, now: datetime) -> None:
        if has_come(self._next_identity, IDENTITY_EVERY, now):
            check_own_identity(now)
            self._next_identity = now + IDENTITY_EVERY
        if has_come(self._next_beat, BEAT_EVERY, now):
            self._next_beat = None  # until it is done: a lease that ended meanwhile is renewed
            self._give_signs(now)
            self._next_beat = now + BEAT_EVERY
        elif self._leases:
            self._leases.look(now)
        if Part.SENDING not in self._parts:
            follow()

    def _give_signs(self, now: datetime) -> None:
        if Part.SENDING in self._parts:
            _beat(SENDING, self._number, now)
        if self._reports:
            _beat(REPORTS, self._reports.number, now)
        if self._leases:
            _beat(WORKER, self._number, now)
            show_life(self._leases.me, os.getpid(), now)
            self._leases.keep(now)


def _beat(name: str, number: int, now: datetime) -> None:
    """Give the sign of life; a full disk there must not keep a message from leaving."""
    try:
        give_beat(name, number, now)
    except OSError as error:
        sentence = _("The sign of life %(file)s cannot be written: %(why)s.")
        logger.warning("%s", sentence % {"file": beat_file(name), "why": why(error)})
