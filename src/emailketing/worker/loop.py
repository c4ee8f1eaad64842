"""One worker: reads the sources and fires rules in one thread, hands over messages in another."""

import logging
import threading
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from emailketing.channels.inbox.receive import InboxServer
from emailketing.channels.inbox.store import store
from emailketing.outbox.engine import Engine
from emailketing.worker.identity import check_own_identity
from emailketing.worker.steps import STEPS

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.5  # a save is noticed within this time when nothing else happens
BUSY_SECONDS = 0.05
BUSY_FOR = timedelta(seconds=30)
BEAT_EVERY = timedelta(seconds=10)
IDENTITY_EVERY = timedelta(minutes=1)


def clock() -> datetime:
    return datetime.now(UTC)


class Worker:
    """The steps' thread, the sending engine and the built-in inbox; `stop()` ends all three."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._inbox = InboxServer(store=lambda *mail: store(*mail, now=clock()))
        self._last_work = clock() - BUSY_FOR
        self._next_beat = self._next_identity = clock()

    def run(self, *, quiet_for: timedelta | None = None) -> None:
        """Work until `stop()`; a database that is away for a while is waited for.

        With `quiet_for`: until nothing has happened for so long.
        """
        begun = clock()
        port = self._inbox.start(settings.INBOX_PORT)
        engine = Engine(clock=clock, inbox=("127.0.0.1", port))
        sending = threading.Thread(target=engine.run, args=(self._stop,), name="sending")
        sending.start()
        try:
            while not self._stop.is_set():
                self._stop.wait(self._turn(engine))
                if quiet_for and clock() - max(self._last_work, begun) > quiet_for:
                    break
        finally:
            self._stop.set()
            sending.join()
            self._inbox.stop()

    def stop(self) -> None:
        self._stop.set()

    def _turn(self, engine: Engine) -> float:
        """Do every step once; return the seconds to wait before the next turn."""
        now = clock()
        try:
            close_old_connections()
            self._keep_house(now)
            done = sum(step(clock()) for step in STEPS)
        except DatabaseError as error:
            logger.warning("The database does not answer: %s", type(error).__name__)
            return 2.0
        if done:
            engine.wake()
            self._last_work = clock()
            return 0.0
        return BUSY_SECONDS if now - self._last_work < BUSY_FOR else IDLE_SECONDS

    def _keep_house(self, now: datetime) -> None:
        if now >= self._next_identity:
            self._next_identity = now + IDENTITY_EVERY
            check_own_identity(now)
        if now >= self._next_beat:
            self._next_beat = now + BEAT_EVERY
            (settings.HOME / "worker.beat").write_text(now.isoformat())
