"""Where it is past nine now: for processes that read the real clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from emailketing.cli.show import clock

AT_NINE, FARTHEST_WEST, FARTHEST_EAST = 9, -12, 12


@dataclass(frozen=True)
class Where:
    """Where it is past nine now, and where the same day is too young for it, or is nearly over.

    The day turns in neither place for an hour at least.
    """

    nine: int  # hours from UTC
    closed: int
    today: date  # in both

    @classmethod
    def at(cls, now: datetime) -> "Where":
        utc = now.astimezone(UTC)
        ahead = (AT_NINE - utc.hour) % 24
        nine = ahead if ahead <= FARTHEST_EAST else ahead - 24
        closed = nine - 3 if nine - 3 >= FARTHEST_WEST else nine + 12
        return cls(nine, closed, (utc + timedelta(hours=nine)).date())

    @classmethod
    def now(cls) -> "Where":
        return cls.at(clock())


def zone(hours: int) -> str:
    """Return the name of this zone; the sign of these names is the other way round."""
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"
