"""Read the listings of occasions when it is their time: now and then, until the worker ends."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from emailketing.common.due import has_come
from emailketing.common.reading import one_reading
from emailketing.common.unwanted import Unwanted
from emailketing.triggers.occasions.running.read_dates import read_dates_due, with_listing

LOOK_EVERY = timedelta(seconds=5)
LISTEN_EVERY = 1.0  # seconds: how soon a read ends when the worker does


class DatesWork:
    """One worker at the reads; `stop` ends the reading of the source."""

    def __init__(self, clock: Callable[[], datetime], stop: threading.Event) -> None:
        self._clock = clock
        self._stop = stop
        self._next_at: datetime | None = None

    def turn(self) -> int:
        """Read what is due; return how much that was."""
        now = self._clock()
        if not has_come(self._next_at, LOOK_EVERY, now):
            return 0
        self._next_at = now + LOOK_EVERY
        if not with_listing().exists():
            return 0
        unwanted, over = Unwanted(), threading.Event()
        listens = threading.Thread(target=self._listen, args=(unwanted, over), daemon=True)
        listens.start()
        try:
            with one_reading():
                return read_dates_due(now, unwanted.on)
        finally:
            over.set()
            listens.join()

    def _listen(self, unwanted: Unwanted, over: threading.Event) -> None:
        while not over.wait(LISTEN_EVERY):
            if self._stop.is_set():
                unwanted.tell()
