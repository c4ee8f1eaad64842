"""What a thread of the worker remembers of each source: connection, back-off, next look."""

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import local
from typing import TYPE_CHECKING

from emailketing.common.due import has_come
from emailketing.sources.connectors import Connector
from emailketing.sources.link import SourceConnection, address_of, link_to
from emailketing.sources.models import CATCHING_UP, Source
from emailketing.sources.upkeep.tidy_up import Leftovers

if TYPE_CHECKING:
    from sqlalchemy import Connection

FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=1), timedelta(seconds=60)
CLOSELY_EVERY = timedelta(seconds=2)
RARELY = timedelta(seconds=20)  # an SQLite file that looks untouched is read even so
HELD_DELAY = timedelta(seconds=1)
BUSY_DELAY = timedelta(seconds=0.25)
SLICE, LEAST = 0.8, 25  # seconds a source may take while others wait; changes at least
PATIENCE = 0.5  # seconds the other sources wait for one that is slow to answer

# by thread: a connection is never used by two at once
_openers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="source")


class _Known(local):
    def __init__(self) -> None:
        self.pulses: dict[int, Pulse] = {}


_known = _Known()


@dataclass(slots=True)
class Pulse:
    """One source as this process knows it."""

    link: SourceConnection
    failures: int = 0
    busy: int = 0
    next_at: datetime | None = None
    look_at: datetime | None = None  # None: at once
    closely_at: datetime | None = None
    seen_at: datetime | None = None
    scheme: object | None = None  # SQLite: of the last poll; another one asks for a look
    well_at: datetime | None = None  # when the last poll found everything well, by its clock
    waiting: set[str] = field(default_factory=set)
    left: Leftovers = field(default_factory=Leftovers)
    connector: Connector | None = None  # as it was in the last turn
    try_at: datetime | None = None  # when to read again what could not be read; None: look
    read_at: datetime | None = None
    untouched: object | None = None  # SQLite: as it was when a turn found nothing left to do
    limit: int = 100  # changes read in one slice of time
    is_behind: bool = False  # there was more than one block to read
    opening: "Future[Connection] | None" = None

    def is_due(self, now: datetime) -> bool:
        """Whether to look now; a clock that was set back must not make us blind for hours."""
        return has_come(self.next_at, LONGEST_DELAY, now)

    def is_open(self) -> bool:
        """Open the kept connection in the background: a dead server makes nobody wait."""
        if not self.link.dialect.is_kept_open or self.link.is_open:
            return True
        if self.opening is None:
            self.opening = _openers.submit(self.link.engine.connect)
        try:
            opened = self.opening.result(timeout=PATIENCE)
        except NotYet:
            if self.opening.done():
                self.opening = None
                raise
            return False
        except BaseException:
            self.opening = None
            raise
        self.opening = None
        self.link.keep(opened)
        return True

    def took(self, seconds: float) -> None:
        """Read less at once where it takes long: the other sources have their turn in between."""
        if seconds > SLICE:
            self.limit = max(self.limit // 2, LEAST)
        elif seconds < SLICE / 4:
            self.limit = min(self.limit * 2, CATCHING_UP)

    def failed(self, now: datetime) -> None:
        """Wait twice as long as the last time, one minute at most."""
        self.failures += 1
        self.next_at = now + min(FIRST_DELAY * 2 ** min(self.failures - 1, 10), LONGEST_DELAY)

    def hold(self, now: datetime) -> None:
        """A person decides; the server is well: go on soon after."""
        self.next_at, self.look_at = now + HELD_DELAY, None

    def must_read(self, untouched: object | None, now: datetime) -> bool:
        """Whether something may be there, or one of the looks at intervals is due."""
        if untouched is None or untouched != self.untouched or self.left.uids or self.waiting:
            return True
        again_at = self.read_at and self.read_at + RARELY
        return any(has_come(at, LONGEST_DELAY, now) for at in (self.try_at, self.look_at, again_at))

    def looks_closely(self, now: datetime) -> bool:
        """Whether to ask for what is stored and not deleted there: at once, then now and then."""
        if self.closely_at is not None and abs(now - self.closely_at) < CLOSELY_EVERY:
            return False
        self.closely_at = now
        return True

    def was_busy(self, now: datetime) -> None:
        self.busy += 1
        self.next_at = now + BUSY_DELAY

    def succeeded(self) -> None:
        if self.failures:
            self.look_at = None
        self.failures = self.busy = 0
        self.next_at = None


def pulse_of(source: Source) -> Pulse:
    """Return what is remembered; anew when the source's address or password was changed.

    Raises:
        CaptureError: the driver is missing or the password cannot be decrypted.
    """
    known = _known.pulses.get(source.pk)
    if known is not None and known.link.address == address_of(source):
        return known
    forget_pulse(source.pk)
    pulse = _known.pulses[source.pk] = Pulse(link_to(source))
    return pulse


def forget_pulse(pk: int) -> None:
    known = _known.pulses.pop(pk, None)
    if known is not None:
        known.link.dispose()


def forget_all() -> None:
    """Close every connection this thread keeps."""
    for pk in list(_known.pulses):
        forget_pulse(pk)


def keep_only(pks: set[int]) -> None:
    """Close the connections of sources that are paused or gone."""
    for pk in set(_known.pulses) - pks:
        forget_pulse(pk)
