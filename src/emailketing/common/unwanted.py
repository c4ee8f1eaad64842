"""Tell long work that nobody waits for it any more."""

import threading
from collections.abc import Callable

HUNG_UP = "emailketing.hung_up"  # in a request's META: tells when whoever asked hangs up
OnUnwanted = Callable[[Callable[[], None]], None]  # is told what ends the work


def always_wanted(_end: Callable[[], None]) -> None:
    """Of work that nothing ends."""


class Unwanted:
    """Ends whatever asked for it, from any thread; what asks too late is ended at once."""

    def __init__(self) -> None:
        self._is_told = threading.Event()
        self._ends: list[Callable[[], None]] = []

    @property
    def is_told(self) -> bool:
        return self._is_told.is_set()

    def on(self, end: Callable[[], None]) -> None:
        self._ends.append(end)
        if self.is_told:
            end()

    def tell(self) -> None:
        """Told again, it ends what did not hear the first time: it was about to begin."""
        self._is_told.set()
        for end in list(self._ends):
            end()
