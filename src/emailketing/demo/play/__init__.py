"""A day of business: the operators' acts, each through the functions that the pages use."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from emailketing.demo.database import Database
from emailketing.demo.play.day import Act, Day
from emailketing.demo.play.late import LATE
from emailketing.demo.play.office import OFFICE
from emailketing.demo.play.station import STATION

PARTS = {"day": STATION[:-3] + OFFICE + STATION[-3:], "late": LATE}


def play(database: Database, clock: Callable[[], datetime], *, part: str = "day") -> Iterator[Act]:
    """Do one act after the other; each is saved when it is given back."""
    day = Day(database, clock)
    for kind, act in PARTS[part]:
        label, key = act(day)
        yield Act(kind, label, key, datetime.now(UTC).isoformat())
