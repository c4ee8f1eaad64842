"""Sees that the clock of this computer was put back, by one that only goes forward."""

from collections.abc import Callable
from datetime import datetime, timedelta

LEAST = timedelta(minutes=1)  # less is an hour kept right, not put right


class ClockWatch:
    """Compares at each look how far both clocks have come since the last one."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._last: tuple[datetime, float] | None = None

    def look(self, now: datetime) -> timedelta | None:
        """Return by how much the clock was put back since the last look; None at the first."""
        before, steady = self._last, self._steady()
        self._last = now, steady
        if before is None:
            return None
        back = timedelta(seconds=steady - before[1]) - (now - before[0])
        return back if back >= LEAST else timedelta()
