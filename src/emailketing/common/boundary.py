"""The outermost boundary around one thing of many: an error in the program stops no other."""

import logging
from types import TracebackType

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError

from emailketing.common.said import Said
from emailketing.common.said import say as _

logger = logging.getLogger(__name__)
LONGEST = 160  # characters of what an error says of itself
OF_ONE_ROW = (DataError, IntegrityError)  # any other error of our database concerns all of it


class Boundary:
    """Lets the others have their turn whatever happens to this one; the log gets the traceback.

    What is foreseen has a name and is caught inside. What concerns all of them goes on up:
    `passing`, want of memory, and our own database where it is away or not up to date.
    """

    def __init__(self, about: str, *, passing: tuple[type[Exception], ...] = ()) -> None:
        self.error: Exception | None = None
        self._about = about
        self._passing: tuple[type[Exception], ...] = (MemoryError, *passing)

    def __enter__(self) -> "Boundary":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, self._passing):
            return False
        if isinstance(error, DatabaseError | InterfaceError) and not isinstance(error, OF_ONE_ROW):
            return False
        logger.error("%s: an error in the program", self._about, exc_info=error)
        self.error = error
        return True

    @property
    def said(self) -> str:
        """The error in its own words."""
        said = " ".join(f"{type(self.error).__name__}: {self.error}".split())
        return said[:LONGEST].rstrip(": ")

    @property
    def sentence(self) -> Said:
        """What happened, for the person who sees the thing it happened to."""
        sentence = _(
            "An error in the program (%(error)s). The log says more: show it to whoever looks "
            "after the program."
        )
        return sentence % {"error": self.said}
