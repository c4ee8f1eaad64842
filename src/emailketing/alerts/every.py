"""Not at every turn: a step that looks around does so now and then."""

from datetime import datetime, timedelta


class Every:
    """Says whether it is time again; a new process looks at once."""

    def __init__(self, pause: timedelta) -> None:
        self._pause = pause
        self._next: datetime | None = None

    def is_time(self, now: datetime) -> bool:
        # a clock that was put back must not silence it
        if self._next is not None and self._next - self._pause <= now < self._next:
            return False
        self._next = now + self._pause
        return True
