"""What does the runs of reports: in a thread of its own; `serve` gives it a process of its own.

Reading, XLSX and PDF may take minutes and much memory: no notification waits for them. The listings
that have the days of occasions are read here, too.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DatabaseError, close_old_connections, connections

from emailketing.common.own_database import database_sentence
from emailketing.company.beat import REPORTS
from emailketing.triggers.occasions.running.dates_work import DatesWork
from emailketing.triggers.reports.running.work import RunWork
from emailketing.worker.number import named, own_number

logger = logging.getLogger(__name__)
OnWork = Callable[[], None]
LOOK_EVERY = 1.0  # seconds
AFTER_AN_ERROR = 5.0


class Reporting:
    """Begins and ends with the block of `reporting()`."""

    def __init__(self, thread: threading.Thread, number: int) -> None:
        self._thread = thread
        self.number = number

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()


@contextmanager
def reporting(
    stop: threading.Event, clock: Callable[[], datetime], on_work: OnWork
) -> Iterator[Reporting]:
    """Do what is due until `stop` is set; a run that is being read then is given back."""
    with own_number(REPORTS) as number:
        work = RunWork(named(number), clock, stop)
        parts = work, DatesWork(clock, stop), stop, on_work
        thread = threading.Thread(target=_run, args=parts, name="reports")
        thread.start()
        try:
            yield Reporting(thread, number)
        finally:
            stop.set()
            thread.join()


def _run(work: RunWork, dates: DatesWork, stop: threading.Event, on_work: OnWork) -> None:
    try:
        while not stop.is_set():
            close_old_connections()
            try:
                done = work.turn() + dates.turn()
            except DatabaseError as error:
                logger.warning("%s", database_sentence(error))
                stop.wait(AFTER_AN_ERROR)
            except Exception:  # one run that cannot be done must not keep the others from theirs
                logger.exception("The reports could not go on")
                stop.wait(AFTER_AN_ERROR)
            else:
                if done:
                    on_work()
                else:
                    stop.wait(LOOK_EVERY)
    finally:
        connections.close_all()
