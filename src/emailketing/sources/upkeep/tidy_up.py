"""Delete in the business database what is stored here, in a moment when that disturbs nobody.

PostgreSQL does not mind. SQLite does: a program that has read within a transaction cannot write
any more once somebody else has written, whatever its time-out (SQLITE_BUSY_SNAPSHOT). Our delete
must not be that somebody, so there it waits until nothing has been saved for a while, and in any
case until nobody is within a transaction (C12).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from emailketing.sources.capture.errors import DatabaseBusy
from emailketing.sources.upkeep.turns import advance, forgotten, must_tell
from emailketing.sources.visit import Visit

QUIET = timedelta(seconds=2)
LONGEST = timedelta(minutes=10)  # a business that never rests: the next moment between two saves
MOST = 20_000


@dataclass(slots=True)
class Leftovers:
    """Rows that are stored here and still stand in the business database."""

    uids: dict[str, None] = field(default_factory=dict)
    since: datetime | None = None
    stamp: object | None = None
    stamp_at: datetime | None = None

    def add(self, uids: list[str], now: datetime) -> None:
        if uids and not self.uids:
            self.since = now
        self.uids.update(dict.fromkeys(uids))

    def must_wait(self, stamp: object | None, now: datetime) -> bool:
        """Say whether somebody is saving right now."""
        if stamp is None or len(self.uids) >= MOST or _has_passed(LONGEST, self.since, now):
            return False
        if stamp != self.stamp:
            self.stamp, self.stamp_at = stamp, now
        return not _has_passed(QUIET, self.stamp_at, now)


def tidy_up(visit: Visit, left: Leftovers, *, closely: bool = True) -> None:
    """Delete the leftovers, or leave them for a quieter moment.

    Args:
        visit: the source and the connection.
        left: what is left over.
        closely: also tell the business database, when messages have left, how far we are.

    Raises:
        DatabaseBusy: (PostgreSQL) somebody holds them for long; they are deleted another time.
    """
    visit.stored = len(left.uids)
    if not left.uids and not (closely and must_tell(visit.source)):
        return
    stamp = visit.dialect.stamp(visit.connection)
    if left.must_wait(stamp, visit.now):
        return
    try:
        advance(visit, left.uids)
    except DatabaseBusy:
        if stamp is None:
            raise
        left.stamp_at = visit.now  # not so quiet after all
        return
    left.uids.clear()
    forgotten(visit.source)
    visit.stored = 0


def _has_passed(time: timedelta, since: datetime | None, now: datetime) -> bool:
    return since is None or abs(now - since) >= time
