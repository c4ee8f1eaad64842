"""One thread for each lane of steps: what takes long there keeps nobody else from its turn."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError, close_old_connections, connections

from emailketing.common.own_database import database_sentence
from emailketing.common.reading import one_reading
from emailketing.sources.reading.pulse import forget_all
from emailketing.worker.book import Book
from emailketing.worker.leases import Leases
from emailketing.worker.steps import LANES, Lane

logger = logging.getLogger(__name__)
WITHOUT_A_LEASE = 0.5  # seconds until a lane that another worker has looks again


class Lanes:
    """The lanes this worker holds, at work; what one of them did wakes the others at once."""

    def __init__(
        self,
        book: Book,
        leases: Leases,
        *,
        clock: Callable[[], datetime],
        idle: Callable[[], float],
        on_work: Callable[[], None],
        lanes: tuple[Lane, ...] = LANES,
    ) -> None:
        self._book = book
        self._leases = leases
        self._clock = clock
        self._idle = idle
        self._on_work = on_work
        self._lanes = lanes
        self._stop = threading.Event()
        self._news = {lane.name: threading.Event() for lane in lanes}
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), name=lane.name) for lane in lanes
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def are_alive(self) -> bool:
        return all(thread.is_alive() for thread in self._threads)

    def wake(self) -> None:
        """Another worker has done something: end every rest."""
        for news in self._news.values():
            news.set()

    def stop(self) -> None:
        """Let every lane finish the step it is at."""
        self._stop.set()
        self.wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def turn(self, lane: Lane, *, is_news: bool = False) -> int:
        """Give every step of the lane its turn; return how much there was to do."""
        done = 0
        for step in lane.steps:
            if self._stop.is_set():
                break
            with one_reading():  # the company and the connectors once for each step
                done += self._book.run(step, self._clock(), is_news=is_news)
        return done

    def _run(self, lane: Lane) -> None:
        news = self._news[lane.name]
        is_news = True
        try:
            while not self._stop.is_set():
                close_old_connections()
                if not self._may_run(lane):
                    is_news = True  # the first turn after that looks at everything
                    news.wait(WITHOUT_A_LEASE)
                    news.clear()
                elif self.turn(lane, is_news=is_news):
                    is_news = True
                    self._tell(lane)
                else:
                    rest = self._book.rest(lane.steps, self._clock())
                    is_news = news.wait(max(self._idle(), rest))
                    news.clear()
        finally:
            forget_all()
            connections.close_all()

    def _may_run(self, lane: Lane) -> bool:
        """Whether the lane is ours; between two turns it is given back when it is wanted."""
        now = self._clock()
        if self._leases.must_give(lane):
            try:
                self._leases.give(lane, now)
            except DatabaseError as error:  # its lease ends by itself
                logger.warning("%s", database_sentence(error))
            forget_all()
        return self._leases.holds(lane, now)

    def _tell(self, lane: Lane) -> None:
        self._on_work()
        for name, news in self._news.items():
            if name != lane.name:
                news.set()
